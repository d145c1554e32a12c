"""The HTTP face: requests become calls of the core, replies become JSON."""

from __future__ import annotations

import difflib
import json
import logging
import socket
import threading
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from ..constants import Status
from . import files
from .forms import parse_body, parse_form
from .operations import OPERATIONS
from .refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from .core import Core
    from .params import Value

__all__ = ['BASE_PATH', 'Face', 'Server']

logger = logging.getLogger('hoiio.sandbox')

BASE_PATH = '/open/'
VERBS = frozenset({'GET', 'POST'})
LARGEST_BODY = 8 * 1024 * 1024
# One old client sends whole faxes by GET.
LONGEST_LINE = LARGEST_BODY


class Face:
    """The WSGI application of a sandbox."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request of WSGI."""
        return self.respond(Request(environ))(environ, start_response)

    def respond(self, request: Request) -> Response:
        """Answer one request; whatever goes wrong, there is an answer."""
        try:
            return self._respond(request, _body(request))
        except RequestEntityTooLarge:
            return self._too_large()
        except Exception:
            logger.exception('%s failed inside the sandbox', request.path)
            body = {'status': Status.INTERNAL_SERVER_ERROR.value}
            return _last(_json(body, HTTPStatus.INTERNAL_SERVER_ERROR))

    def _respond(self, request: Request, body: bytes) -> Response:
        if request.path.startswith(files.PATH):
            return self._file(request.path.removeprefix(files.PATH))
        path = request.path.removeprefix(BASE_PATH)
        if not request.path.startswith(BASE_PATH) or path not in OPERATIONS:
            return _not_found(request.path)
        return self._operation(path, request, body)

    def _operation(self, path: str, request: Request, body: bytes) -> Response:
        try:
            values = _values(request, body)
        except Refused as refusal:
            return _json(self.core.refuse(path, refusal))
        reply, hold = self.core.perform(path, values)
        response = _json(reply)
        # Nobody hears about a transaction before its answer is out.
        response.call_on_close(lambda: self.core.postman.release(hold))
        return response

    def _file(self, key: str) -> Response:
        file = self.core.world.files.get(key)
        if file is None:
            return _json({'message': 'there is no such file'}, HTTPStatus.NOT_FOUND)
        return Response(file.content, mimetype=file.mimetype)

    @staticmethod
    def _too_large() -> Response:
        message = f'the body is larger than {LARGEST_BODY} bytes'
        return _last(_json({'message': message}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE))


class Handler(WSGIRequestHandler):
    """Keeps connections open, which Werkzeug's own handler never does."""

    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    # Headers and body leave together.
    wbufsize = -1

    def handle_one_request(self) -> None:
        """Read a request, whose first line may be very long, and answer it."""
        self.raw_requestline = self.rfile.readline(LONGEST_LINE + 1)
        if len(self.raw_requestline) > LONGEST_LINE:
            self.requestline = self.request_version = self.command = ''
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
        elif not self.raw_requestline:
            self.close_connection = True
        elif self.parse_request():
            self.run_wsgi()
        self.wfile.flush()

    def handle_expect_100(self) -> bool:
        """Let a client that asks first send its body."""
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def run_wsgi(self) -> None:
        """Answer a request that was read to its end."""
        request = Request(self.make_environ())
        face = cast('Face', self.server.app)
        response = face.respond(request)
        try:
            self._send(response, head=request.method == 'HEAD')
        finally:
            response.close()

    def _send(self, response: Response, *, head: bool) -> None:
        self.send_response(response.status_code)
        for name, value in response.headers:
            self.send_header(name, value)
        self.end_headers()
        if not head:
            self.wfile.write(response.get_data())
        self.wfile.flush()

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Leave stderr alone."""
        logger.debug(message, *args)


class Server(ThreadedWSGIServer):
    """A threaded server that can let go of its open connections."""

    def __init__(self, host: str, port: int, core: Core) -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        # Werkzeug ends the whole process where a port is taken; a socket of our own raises.
        family = socket.AF_INET6 if ':' in host else socket.AF_INET
        with socket.create_server((host, port), family=family) as listener:
            super().__init__(host, port, Face(core), Handler, fd=listener.fileno())

    def start(self) -> None:
        """Serve on a thread of its own."""
        threading.Thread(
            target=lambda: self.serve_forever(poll_interval=0.02),
            name='hoiio-sandbox-http',
            daemon=True,
        ).start()

    def stop(self) -> None:
        """Stop listening, and close the connections that clients keep."""
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def get_request(self) -> tuple[socket.socket, object]:
        """Accept a connection and remember it."""
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """Report a broken connection to the log instead of stderr."""
        logger.debug('the connection from %s broke', client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Forget a connection and close it."""
        with self._lock:
            self._open.discard(cast('socket.socket', request))
        super().shutdown_request(request)


def _body(request: Request) -> bytes:
    # It is read in any case: the next request on the connection starts behind it.
    request.max_content_length = LARGEST_BODY
    return request.get_data(cache=False, parse_form_data=False)


def _last(response: Response) -> Response:
    """Close the connection, because the rest of the request may still be on its way."""
    response.headers['Connection'] = 'close'
    return response


def _values(request: Request, body: bytes) -> dict[str, Value]:
    if request.method not in VERBS:
        raise Refused(Status.INVALID_HTTP_METHOD)
    if request.method == 'GET':
        return parse_form(request.query_string)
    return parse_body(body, request.headers.get('Content-Type', ''))


def _not_found(path: str) -> Response:
    asked = path.removeprefix(BASE_PATH).strip('/')
    nearest = difflib.get_close_matches(asked, OPERATIONS, n=1, cutoff=0)[0]
    message = f'there is nothing at {path}; did you mean {BASE_PATH}{nearest}?'
    return _json({'message': message, 'nearest': nearest}, HTTPStatus.NOT_FOUND)


def _json(body: dict[str, object], status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(json.dumps(body), status=status, mimetype='application/json')
