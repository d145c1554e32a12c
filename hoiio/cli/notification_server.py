"""A small HTTP server for a ``notify_url``, which takes requests as their bytes are."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, NamedTuple
from urllib.parse import quote

from ..notification.frameworks import HEADER, LONGEST_BODY
from .streams import complain

__all__ = ['Answer', 'Incoming', 'NotificationServer']

# How many seconds a sender may be silent.
SILENCE = 30.0
LONGEST_LENGTH = 18
LONGEST_REASON = 100
ASCII = ''.join(map(chr, range(128)))


@dataclass(frozen=True)
class Incoming:
    """A request as its bytes were.

    Attributes:
        target: The path, with the query if there is one.
        body: The raw body.
        content_type: The header ``Content-Type``.
        signature: The header ``X-Hoiio-Signature``.
    """

    target: str
    body: bytes
    content_type: str | None = None
    signature: str | None = None


class Answer(NamedTuple):
    """The answer to the sender of a request.

    Attributes:
        status: The HTTP status.
        body: The body.
        content_type: The header ``Content-Type``.
    """

    status: int
    body: bytes = b''
    content_type: str | None = None


class NotificationServer(ThreadingHTTPServer):
    """Receives requests, each in a thread of its own, so that a slow sender does not delay others.

    Args:
        port: The port on this machine; 0 selects a free one.
        receive: Returns the answer to a request. Several threads may call it at the same time.
    """

    # A sandbox can send many notifications at once.
    request_queue_size = 128

    def __init__(self, port: int, receive: Callable[[Incoming], Answer]) -> None:
        self.receive = receive
        super().__init__(('127.0.0.1', port), _Handler)

    def server_bind(self) -> None:
        """Take the port. The name of the machine, which the base class looks up, is not needed."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = '127.0.0.1', self.socket.getsockname()[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a sender that has closed its connection, and report any other error."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: NotificationServer
    timeout = SILENCE
    # The header Server does not tell which Python this is.
    server_version = 'hoiio'
    sys_version = ''

    def do_POST(self) -> None:
        read = self._read()
        if isinstance(read, bytes):
            # A path with bytes beyond ASCII means the same when they are escaped.
            target = quote(self.path, safe=ASCII, encoding='latin-1')
            content_type, signature = self.headers.get('Content-Type'), self.headers.get(HEADER)
            answer = self.server.receive(Incoming(target, read, content_type, signature))
        else:
            answer = read
            self.log_error('%s', answer.body.decode().strip())
        self._answer(answer)

    def do_GET(self) -> None:
        self._answer(_text(HTTPStatus.METHOD_NOT_ALLOWED, 'Send a POST request to hoiio listen.'))

    def _read(self) -> bytes | Answer:
        declared = self.headers.get('Content-Length', '')
        if 'Transfer-Encoding' in self.headers or not (declared.isascii() and declared.isdigit()):
            return _text(HTTPStatus.LENGTH_REQUIRED, 'Send a Content-Length, and no chunks.')
        length = int(declared[:LONGEST_LENGTH])
        if length > LONGEST_BODY:
            return _text(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 'The body is too long for a notification.'
            )
        body = self.rfile.read(length)
        if len(body) < length or not self.path.startswith('/'):
            return _text(HTTPStatus.BAD_REQUEST, 'The request is not complete.')
        return body

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.content_type is not None:
            self.send_header('Content-Type', answer.content_type)
        self.send_header('Content-Length', str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_request(self, code: object = '-', size: object = '-') -> None:
        """Print nothing, because the command prints each notification itself."""

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base
        """Print why a request was refused, which may be a notification that a tunnel changed."""
        reason = (format % args)[:LONGEST_REASON].replace('\n', ' ')
        complain(f'hoiio listen: a request was refused: {reason}')


def _text(status: HTTPStatus, sentence: str) -> Answer:
    return Answer(status, f'{sentence}\n'.encode(), 'text/plain; charset=utf-8')
