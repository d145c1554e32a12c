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
    """Posts forms to local servers, several at a time if asked by several threads.

    Attributes:
        cuts: How often everything under way was broken off.
        public_hosts: Whether it also posts to servers that are not local.
    """

    def __init__(self) -> None:
        self.cuts = 0
        self.public_hosts = False
        self._lock = threading.Lock()
        self._open: set[http.client.HTTPConnection] = set()

    def carry(self, url: str, body: str, headers: Mapping[str, str], cuts: int) -> Receipt:
        """Post a body; whatever goes wrong is in the receipt.

        Args:
            url: Where it goes.
            body: The form.
            headers: What is sent with it.
            cuts: What `cuts` was when it was decided to post this: a cut since then ends it.
        """
        status: int | None = None
        answer = ''
        error: str | None = None
        started = time.perf_counter()
        try:
            status, answer = self._post(url, body.encode(), headers, cuts)
        except (OSError, http.client.HTTPException, ValueError) as exc:
            error = str(exc) or type(exc).__name__
        return Receipt(status, answer, error, (time.perf_counter() - started) * 1000)

    def cut(self) -> None:
        """Break off whatever is under way."""
        with self._lock:
            self.cuts += 1
            for connection in self._open:
                _shut(connection)
            self._open.clear()

    def _post(
        self, url: str, body: bytes, headers: Mapping[str, str], cuts: int
    ) -> tuple[int, str]:
        parts = urlsplit(url)
        host = parts.hostname or ''
        self._require_allowed(host, _addresses(host))
        connection = _connection(parts.scheme, host, parts.port)
        with self._lock:
            self._open.add(connection)
        try:
            connection.connect()
            # The name may have been looked up anew, to another address.
            self._require_allowed(host, [connection.sock.getpeername()[0]])
            self._require_uncut(cuts)
            target = (parts.path or '/') + (f'?{parts.query}' if parts.query else '')
            connection.request('POST', target, body, dict(headers))
            return _read(connection)
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _require_allowed(self, host: str, addresses: list[str]) -> None:
        """Keep a sandbox from posting made-up events to somebody's real server."""
        if not self.public_hosts and not all(map(_is_local, addresses)):
            raise ValueError(f'not sent: {host} is neither a loopback nor a private address')

    def _require_uncut(self, cuts: int) -> None:
        # What was cut before it had a socket would otherwise go on.
        with self._lock:
            if self.cuts != cuts:
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


def _addresses(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_rest, address in found]


def _is_local(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition('%')[0])
    return ip.is_private and not ip.is_link_local
