"""The HTTP server: it passes requests to the emulator and sends the replies as JSON."""

from __future__ import annotations

import io
import json
import logging
import socket
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from ...constants import Status
from ..api.operations import OPERATIONS
from ..api.request import Value
from ..did_you_mean import LONGEST, nearest
from ..emulator import Emulator, Outcome
from ..errors import Refused
from ..forks import close_copies
from ..formats import shortened
from .faulty_responses import CutOff, faulty_response
from .framing import Chunks, flaw_in_head, flaw_in_length, read_head, without_blanks
from .guard import BASE_PATH, CONTROL_PATH, Guard
from .page import Page, introduction
from .request_body import MAX_BODY, largest_body, parse_body, parse_form

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from .control_app import ControlApp

__all__ = ['App', 'Server']

logger = logging.getLogger('hoiio.sandbox')

VERBS = frozenset({'GET', 'POST'})
# An old client sends whole faxes in the query of a GET.
MAX_LINE = MAX_BODY
MAX_PATH = 256 * 1024
MAX_LOGGED = 200
JSON = 'application/json'
DESCRIPTION_PATH = f'{BASE_PATH}openapi.json'
LONGEST_METHOD = 40
# What people open in a browser to see whether the sandbox runs.
LANDING_PATHS = frozenset({'/', BASE_PATH, BASE_PATH.rstrip('/')})
BLANK = frozenset({b'\r\n', b'\n'})


class App:
    """The WSGI application of a sandbox."""

    def __init__(self, emulator: Emulator, allowed_hosts: frozenset[str] = frozenset()) -> None:
        self.emulator = emulator
        self._guard = Guard(emulator, allowed_hosts)
        self._closing = threading.Event()
        self._page = Page()

    @cached_property
    def _control(self) -> ControlApp:
        from .control_app import ControlApp  # noqa: PLC0415 - many tests send only requests

        return ControlApp(self.emulator, self._closing)

    def close(self) -> None:
        """End event streams and delayed responses."""
        self._closing.set()
        self.emulator.journal.wake()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one WSGI request."""
        return self.respond(Request(environ))(environ, start_response)

    def respond(self, request: Request) -> Response:
        """Answer one request. An unexpected error becomes a response with status 500."""
        try:
            return self._respond(request, _body(request))
        except RequestEntityTooLarge:
            return _too_large(request.path)
        except ClientDisconnected:
            message = 'the body is incomplete, or its chunks are malformed'
            return _last(_json({'message': message}, HTTPStatus.BAD_REQUEST))
        except Exception:
            logger.exception('%s failed inside the sandbox', request.path)
            body = {'status': Status.INTERNAL_SERVER_ERROR.value}
            return _last(_json(body, HTTPStatus.INTERNAL_SERVER_ERROR))

    def _respond(self, request: Request, body: bytes) -> Response:
        if (refusal := self._guard.refusal(request)) is not None:
            return _json({'message': refusal}, HTTPStatus.FORBIDDEN)
        if (document := self._document(request)) is not None:
            return document
        if request.path.startswith(CONTROL_PATH):
            return self._control.respond(request, body)
        path = request.path.removeprefix(BASE_PATH)
        if not request.path.startswith(BASE_PATH) or path not in OPERATIONS:
            return _not_found(request.path)
        return self._operation(path, request, body)

    def _document(self, request: Request) -> Response | None:
        """Return what a person or a tool reads about the sandbox, if the request asks for it."""
        if request.method != 'POST' and request.path in LANDING_PATHS:
            return introduction(request, self.emulator.origin)
        if request.method != 'POST' and request.path == DESCRIPTION_PATH:
            return _json(_description(self.emulator.origin))
        return self._page.respond(request)

    def _operation(self, path: str, request: Request, body: bytes) -> Response:
        started = perf_counter()
        values: dict[str, Value] = {}
        try:
            values = _values(request, body)
        except Refused as refusal:
            outcome = self.emulator.reject(path, refusal)
        else:
            outcome = self.emulator.perform(path, values)
        answer = json.dumps(outcome.reply)
        response = Response(answer, mimetype=JSON)
        self._log(path, request, values, outcome, answer, (perf_counter() - started) * 1000)
        response = faulty_response(outcome.fault, response, self._closing)
        # Notifications about a transaction must not arrive before the response to its request.
        response.call_on_close(lambda: self.emulator.outbox.release(outcome.notifications))
        return response

    def _log(
        self,
        path: str,
        request: Request,
        values: Mapping[str, Value],
        outcome: Outcome,
        answer: str,
        milliseconds: float,
    ) -> None:
        emulator, fault = self.emulator, outcome.fault
        emulator.requests.add(
            emulator.clock.now(),
            path,
            method=request.method[:LONGEST_METHOD],
            client=request.environ.get('HTTP_USER_AGENT', ''),
            values=values,
            app_ids=emulator.world.app_ids,
            reply=outcome.reply,
            answer=answer,
            milliseconds=milliseconds,
            events=outcome.events,
            fault=(fault.id, fault.kind.value) if fault else None,
        )


class Handler(WSGIRequestHandler):
    """A handler with persistent connections, which Werkzeug's own handler does not support."""

    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    # Buffer the output, so that headers and body are sent together.
    wbufsize = -1
    # Send headers even in the response to a request that is not HTTP.
    default_request_version = 'HTTP/1.0'
    path = ''
    error_content_type = 'text/plain; charset=utf-8'
    error_message_format = '%(message)s\n'

    def handle_one_request(self) -> None:
        """Read a request, whose first line can be very long, and answer it."""
        self.raw_requestline = self.rfile.readline(MAX_LINE + 1)
        if self.raw_requestline in BLANK:
            # Some clients send an empty line after the body of the previous request.
            self.raw_requestline = self.rfile.readline(MAX_LINE + 1)
        if len(self.raw_requestline) > MAX_LINE:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        elif not self.raw_requestline:
            self.close_connection = True
        elif self.parse_request():
            self.run_wsgi()
        self.wfile.flush()

    def parse_request(self) -> bool:
        """Read the headers, and refuse an ambiguous request."""
        lines = read_head(self.rfile)
        flaw = flaw_in_head(self.raw_requestline, lines)
        if flaw is None:
            if not self._parse(lines):
                return False
            flaw = flaw_in_length(self.request_version, self.headers)
        if flaw is not None:
            self._refuse(HTTPStatus.BAD_REQUEST, flaw)
        elif len(self.path.partition('?')[0]) > MAX_PATH:
            flaw = 'the path is too long'
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        return flaw is None

    def _parse(self, lines: list[bytes]) -> bool:
        body, self.rfile = self.rfile, io.BytesIO(b''.join(map(without_blanks, lines)))
        try:
            return super().parse_request()
        finally:
            self.rfile = body

    def _refuse(self, status: HTTPStatus, message: str | None = None) -> None:
        self.requestline = self.request_version = self.command = self.path = ''
        self.send_error(status, message)

    def make_environ(self) -> WSGIEnvironment:
        """Return the WSGI environment, with the local address of the connection as server name."""
        environ = super().make_environ()
        environ['SERVER_NAME'] = self.connection.getsockname()[0]
        if 'HTTP_TRANSFER_ENCODING' in environ:
            environ['wsgi.input'] = Chunks(self.rfile)
            environ['wsgi.input_terminated'] = True
        return environ

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin a response that tells browsers not to guess its content type."""
        super().send_response(code, message)
        self.send_header('X-Content-Type-Options', 'nosniff')

    def handle_expect_100(self) -> bool:
        """Answer a client that waits for 100 Continue before it sends the body."""
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def finish(self) -> None:
        """Close both streams, even if the client has closed the connection early."""
        try:
            super().finish()
        finally:
            self.rfile.close()

    def run_wsgi(self) -> None:
        """Answer a request after its headers were read."""
        try:
            request = Request(self.make_environ())
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST, 'malformed request target')
            return
        app = cast('App', self.server.app)
        response = app.respond(request)
        try:
            self._send(response, head=request.method == 'HEAD')
        finally:
            response.close()

    def _send(self, response: Response, *, head: bool) -> None:
        if isinstance(response, CutOff):
            self._send_beginning(response)
            return
        self._send_head(response)
        for chunk in () if head else response.response:
            self.wfile.write(cast('bytes', chunk))
            # The client of a stream needs each event at once. Other responses are one chunk.
            self.wfile.flush()
        self.wfile.flush()

    def _send_beginning(self, response: CutOff) -> None:
        if response.whole_head:
            self._send_head(response)
        self.wfile.write(response.beginning())
        self.close_connection = True

    def _send_head(self, response: Response) -> None:
        self.send_response(response.status_code)
        for name, value in response.headers:
            self.send_header(name, value)
        self.end_headers()

    def log_request(self, code: int | str = '-', size: int | str = '-') -> None:
        """Log a request without its query, which contains credentials, numbers and texts."""
        path = shortened(self.path.partition('?')[0], MAX_LOGGED)
        logger.debug('%s %s %s', self.command, path, code)

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Log a message at debug level instead of writing it to stderr."""
        logger.debug(message, *args)


class Server(ThreadedWSGIServer):
    """A threaded server that can close its open connections."""

    def __init__(
        self, host: str, port: int, emulator: Emulator, allowed_hosts: frozenset[str] = frozenset()
    ) -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        # If a port is taken, Werkzeug exits the process. Our own socket raises OSError instead.
        family = socket.AF_INET6 if ':' in host else socket.AF_INET
        with socket.create_server((host, port), family=family) as listener:
            super().__init__(
                host, port, App(emulator, allowed_hosts), Handler, fd=listener.fileno()
            )

    def start(self) -> None:
        """Serve in a new thread."""
        thread = threading.Thread(
            target=lambda: self.serve_forever(poll_interval=0.02),
            name='hoiio-sandbox-http',
            daemon=True,
        )
        thread.start()
        self._thread = thread

    def stop(self) -> None:
        """Stop listening, and close the open connections."""
        cast('App', self.app).close()
        if self._thread is not None:
            with suppress(OSError):
                # On Linux, this ends the wait for the next connection.
                self.socket.shutdown(socket.SHUT_RDWR)
            self.shutdown()
            # The thread closes the port after `shutdown` returns, so wait until the thread ends.
            self._thread.join()
        self.server_close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def leave(self) -> None:
        """Close the sockets that a forked child has inherited; the parent keeps serving."""
        close_copies([self.socket, *self._open])

    def get_request(self) -> tuple[socket.socket, object]:
        """Accept a connection and remember it."""
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """Log a broken connection instead of printing it to stderr."""
        logger.debug('connection error with client %s', client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close a connection and remove it from the open ones."""
        with self._lock:
            self._open.discard(cast('socket.socket', request))
        super().shutdown_request(request)


def _description(origin: str) -> dict[str, Any]:
    from .openapi import hoiio_api  # noqa: PLC0415 - few sandboxes describe themselves

    return hoiio_api(origin)


def _body(request: Request) -> bytes:
    # Read the body always, because the next request on the connection starts after it.
    limit = largest_body(request.path)
    # Without a Content-Length, Werkzeug silently truncates the body at this limit. Allow one byte
    # more, so that the check below sees that the body is too large.
    request.max_content_length = limit if request.content_length is not None else limit + 1
    body = request.get_data(cache=False, parse_form_data=False)
    if len(body) > limit:
        raise RequestEntityTooLarge
    return body


def _too_large(path: str) -> Response:
    message = f'the body is larger than the limit of {largest_body(path)} bytes'
    return _last(_json({'message': message}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE))


def _last(response: Response) -> Response:
    """Make this the last response, because the rest of the request may still arrive."""
    response.headers['Connection'] = 'close'
    return response


def _values(request: Request, body: bytes) -> dict[str, Value]:
    if request.method not in VERBS:
        raise Refused(Status.INVALID_HTTP_METHOD)
    if request.method == 'GET':
        return parse_form(request.query_string)
    return parse_body(body, request.headers.get('Content-Type', ''))


def _not_found(path: str) -> Response:
    meant = nearest(path.removeprefix(BASE_PATH).strip('/'), OPERATIONS)
    message = f'{path[:LONGEST]} not found; did you mean {BASE_PATH}{meant}?'
    return _json({'message': message, 'nearest': meant}, HTTPStatus.NOT_FOUND)


def _json(body: dict[str, object], status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(json.dumps(body), status=status, mimetype=JSON)
