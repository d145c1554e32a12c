"""Posts a notification to its callback URL, without retries."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urlsplit

from ..addresses import is_link_local_or_metadata, is_local
from ..forks import close_copies

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ['MAX_ANSWER', 'PORTS', 'Attempt', 'Sender']

# Long enough for a short stop in a debugger, but not unlimited.
TIMEOUT = 30.0
# The service ignores the response body; the log shows the first bytes of it.
MAX_ANSWER = 1024
PORTS = {'http': 80, 'https': 443}


class Attempt(NamedTuple):
    """The result of one attempt to deliver a notification.

    Attributes:
        status: The HTTP status of the response, or None if there was no response.
        answer: The beginning of the response body.
        error: The reason why there was no response, or None.
        milliseconds: The duration of the attempt.
        cause: The exception that a receiver in this process raised, or None.
    """

    status: int | None
    answer: str
    error: str | None
    milliseconds: float
    cause: Exception | None = None


class Sender:
    """Posts forms to local servers. Several threads can use one sender at the same time.

    Attributes:
        cuts: How often `cut` was called.
        public_hosts: Whether it also posts to servers that are not local. It never posts to
            link-local addresses, because cloud providers serve machine credentials there.
    """

    def __init__(self) -> None:
        self.cuts = 0
        self.public_hosts = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def send(self, url: str, body: str, headers: Mapping[str, str], cuts: int) -> Attempt:
        """Post a body. This never raises: ``error`` of the attempt has the failure.

        Args:
            url: The callback URL.
            body: The form body.
            headers: The headers of the request.
            cuts: The value of ``cuts`` when the delivery began. If it has changed since then, the
                attempt is aborted.
        """
        status: int | None = None
        answer = ''
        error: str | None = None
        started = time.perf_counter()
        try:
            status, answer = self._post(url, body.encode(), headers, cuts)
        except Exception as exc:
            # After any failure, the notifications that wait for this one must still be delivered.
            error = (str(exc) or type(exc).__name__)[:MAX_ANSWER]
        return Attempt(status, answer, error, (time.perf_counter() - started) * 1000)

    def cut(self) -> None:
        """Abort all deliveries that are under way."""
        with self._lock:
            self.cuts += 1
            for sock in self._open:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def leave(self) -> None:
        """Close the sockets that a forked child has inherited; those of the parent stay open."""
        close_copies(self._open)

    def _post(
        self, url: str, body: bytes, headers: Mapping[str, str], cuts: int
    ) -> tuple[int, str]:
        parts = urlsplit(url)
        host, port = parts.hostname or '', parts.port or PORTS[parts.scheme]
        sock = self._connect(host, port)
        if parts.scheme == 'https':
            sock = _wrapped(sock, host)
        connection = http.client.HTTPConnection(host, port)
        connection.sock = sock
        with closing(connection), self._abortable(sock, cuts):
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            target = (parts.path or '/') + (f'?{parts.query}' if parts.query else '')
            whole = {'Host': parts.netloc.rpartition('@')[2], **headers}
            connection.request('POST', target, body, whole)
            return _read(sock)

    def _connect(self, host: str, port: int) -> socket.socket:
        """Resolve and check a host, then connect to the checked address.

        A second lookup could return another address, so there is only one.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(address[0]) for *_rest, address in found]
        if not all(map(self._may_reach, addresses)):
            raise ValueError(f'not sent: {host} is neither a loopback nor a private address')
        failure = OSError(f'{host} has no address')
        for address in addresses:
            try:
                return socket.create_connection((address, port), TIMEOUT)
            except OSError as exc:  # noqa: PERF203 - a host has one or two addresses
                failure = exc
        raise failure

    def _may_reach(self, address: str) -> bool:
        """Return True if the sender may connect to an address.

        By default a sandbox must not post simulated events to a real server.
        """
        if self.public_hosts:
            return not is_link_local_or_metadata(address)
        return is_local(address)

    @contextmanager
    def _abortable(self, sock: socket.socket, cuts: int) -> Iterator[None]:
        with self._lock:
            # `cut` may have run before this socket was registered, and then it did not close it.
            if self.cuts != cuts:
                raise ConnectionAbortedError('the sandbox has stopped or was reset')
            self._open.add(sock)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(sock)


def _read(sock: socket.socket) -> tuple[int, str]:
    # The limit also covers a response that arrives byte by byte or never gets past 100 Continue.
    with http.client.HTTPResponse(cast('socket.socket', _DeadlineSocket(sock, TIMEOUT))) as answer:
        answer.begin()
        return answer.status, answer.read(MAX_ANSWER).decode(errors='replace')


class _DeadlineSocket(io.RawIOBase):
    """Reads from a socket until a deadline.

    It has the part of the socket interface that `http.client.HTTPResponse` uses.
    """

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self._end = time.monotonic() + seconds

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return a buffered reader."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read the available bytes, or wait for some until the deadline."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError('the response took too long')
        self._sock.settimeout(left)
        return self._sock.recv_into(buffer)


def _wrapped(sock: socket.socket, host: str) -> ssl.SSLSocket:
    tls = ssl.create_default_context()
    # ``wrap_socket`` detaches the plain socket. If it fails, the socket is closed here.
    with sock:
        return tls.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
