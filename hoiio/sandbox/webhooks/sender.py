"""Posts one notification to the client's URL, once."""

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

__all__ = ['PORTS', 'Attempt', 'Sender']

# An application under a debugger may take its time, but not for ever.
TIMEOUT = 30.0
# The service ignores what the application answers; the log shows the beginning of it.
LONGEST_ANSWER = 1024
PORTS = {'http': 80, 'https': 443}


class Attempt(NamedTuple):
    """What came of an attempt to deliver a notification.

    Attributes:
        status: The HTTP status of the answer, or None if there was none.
        answer: The beginning of its body.
        error: Why there was no answer, or None.
        milliseconds: How long it took.
    """

    status: int | None
    answer: str
    error: str | None
    milliseconds: float


class Sender:
    """Posts forms to local servers, several at a time if asked by several threads.

    Attributes:
        cuts: How often everything under way was broken off.
        public_hosts: Whether it also posts to servers that are not local. It never posts to
            link-local addresses, where cloud providers hand out the credentials of a machine.
    """

    def __init__(self) -> None:
        self.cuts = 0
        self.public_hosts = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def send(self, url: str, body: str, headers: Mapping[str, str], cuts: int) -> Attempt:
        """Post a body; whatever goes wrong, the attempt says so.

        Args:
            url: Where it goes.
            body: The form.
            headers: What is sent with it.
            cuts: What `cuts` was when this was decided. A cut since then ends the attempt.
        """
        status: int | None = None
        answer = ''
        error: str | None = None
        started = time.perf_counter()
        try:
            status, answer = self._post(url, body.encode(), headers, cuts)
        except Exception as exc:
            # Whatever it is, the notifications behind this one have to leave.
            error = (str(exc) or type(exc).__name__)[:LONGEST_ANSWER]
        return Attempt(status, answer, error, (time.perf_counter() - started) * 1000)

    def cut(self) -> None:
        """Break off whatever is under way."""
        with self._lock:
            self.cuts += 1
            for sock in self._open:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def leave(self) -> None:
        """Close what a forked child has copies of; the deliveries of the parent go on."""
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
        with closing(connection), self._breakable(sock, cuts):
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            target = (parts.path or '/') + (f'?{parts.query}' if parts.query else '')
            whole = {'Host': parts.netloc.rpartition('@')[2], **headers}
            connection.request('POST', target, body, whole)
            return _read(sock)

    def _connect(self, host: str, port: int) -> socket.socket:
        """Connect to an address that was looked up and checked: another look might differ."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(address[0]) for *_rest, address in found]
        if not all(map(self._may_reach, addresses)):
            raise ValueError(f'not sent: {host} is neither a loopback nor a private address')
        failure = OSError(f'{host} has no address')
        for address in addresses:
            try:
                return socket.create_connection((address, port), TIMEOUT)
            except OSError as exc:  # noqa: PERF203 - there are one or two
                failure = exc
        raise failure

    def _may_reach(self, address: str) -> bool:
        """Keep a sandbox from posting made-up events to somebody's real server."""
        if self.public_hosts:
            return not is_link_local_or_metadata(address)
        return is_local(address)

    @contextmanager
    def _breakable(self, sock: socket.socket, cuts: int) -> Iterator[None]:
        with self._lock:
            # What was cut before it had a socket would otherwise go on.
            if self.cuts != cuts:
                raise ConnectionAbortedError('the sandbox has stopped or was reset')
            self._open.add(sock)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(sock)


def _read(sock: socket.socket) -> tuple[int, str]:
    # An answer that comes byte by byte, or never gets past ``100 Continue``, has an end too.
    with http.client.HTTPResponse(cast('socket.socket', _Until(sock, TIMEOUT))) as answer:
        answer.begin()
        return answer.status, answer.read(LONGEST_ANSWER).decode(errors='replace')


class _Until(io.RawIOBase):
    """Reads from a socket, for so many seconds and no longer.

    It stands for the socket where the standard library wants one to make a file of.
    """

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self._end = time.monotonic() + seconds

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return it with a buffer."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what has come, or wait for something to come."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError('the answer takes too long')
        self._sock.settimeout(left)
        return self._sock.recv_into(buffer)


def _wrapped(sock: socket.socket, host: str) -> ssl.SSLSocket:
    tls = ssl.create_default_context()
    # What is wrapped has lost its connection, and what could not be wrapped is closed.
    with sock:
        return tls.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
