"""The way of one notification: a POST to the client's URL, attempted once."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ['Courier', 'Receipt']

# An application under a debugger may take its time, but not for ever.
TIMEOUT = 30.0
# The service ignores what the application answers; the log shows the beginning of it.
LONGEST_ANSWER = 64 * 1024


class Receipt(NamedTuple):
    """What came of an attempt.

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


class Courier:
    """Posts forms to local servers, several at a time if asked by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[http.client.HTTPConnection] = set()

    def carry(self, url: str, body: str, headers: Mapping[str, str]) -> Receipt:
        """Post a body; whatever goes wrong is in the receipt."""
        status: int | None = None
        answer = ''
        error: str | None = None
        started = time.perf_counter()
        try:
            status, answer = self._post(url, body.encode(), headers)
        except (OSError, http.client.HTTPException, ValueError) as exc:
            error = str(exc) or type(exc).__name__
        return Receipt(status, answer, error, (time.perf_counter() - started) * 1000)

    def cut(self) -> None:
        """Break off whatever is under way."""
        with self._lock:
            for connection in self._open:
                _shut(connection)
            self._open.clear()

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        parts = urlsplit(url)
        _require_local(parts.hostname or '')
        connection = _connection(parts.scheme, parts.hostname or '', parts.port)
        with self._lock:
            self._open.add(connection)
        try:
            connection.connect()
            self._require_uncut(connection)
            target = (parts.path or '/') + (f'?{parts.query}' if parts.query else '')
            connection.request('POST', target, body, dict(headers))
            return _read(connection)
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _require_uncut(self, connection: http.client.HTTPConnection) -> None:
        # What was cut before it had a socket would otherwise go on.
        with self._lock:
            if connection not in self._open:
                raise ConnectionAbortedError('the sandbox has stopped or was reset')


def _read(connection: http.client.HTTPConnection) -> tuple[int, str]:
    answer = connection.getresponse()
    return answer.status, answer.read(LONGEST_ANSWER).decode(errors='replace')


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == 'https':
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT)
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def _shut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _require_local(host: str) -> None:
    """Keep a sandbox from posting made-up events to somebody's real server."""
    for *_rest, address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
        ip = ipaddress.ip_address(str(address[0]).partition('%')[0])
        if ip.is_link_local or not ip.is_private:
            raise ValueError(f'not sent: {host} is neither a loopback nor a private address')
