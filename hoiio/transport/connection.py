"""Connections of urllib3, made safe for requests that cost money.

They record when a request leaves, they stop reading at the deadline, and they give a response only
to the request that it belongs to.
"""

from __future__ import annotations

import http.client
import io
import queue
import sys
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from socket import SHUT_RDWR
from time import monotonic
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPResponse, PoolManager
from urllib3.connection import HTTPConnection

from .prepared import Body

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ['Attempt', 'Connection', 'Pool', 'current_attempt', 'use_own_pools']

# A response with a lower status is an interim one.
FIRST_FINAL = 200


class Attempt:
    """One attempt to send a request: how long it may take, and how far it gets.

    urllib3 puts a connection back into its pool as soon as the response is read. An attempt keeps
    it out of the pool until the response is understood. If the response is not understood, more
    bytes of it may follow, and the next request would take them for its own response.

    Attributes:
        deadline: When the attempt must end, by the clock of ``monotonic``.
        left: True if the request may have left, and False before that. None if the SDK cannot see
            it, because a session sends the request or a test fakes the response.
        is_understood: True if the response is one of the API.
        handled: The exception that the caller was handling before. It is in the context of every
            later exception.
    """

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.left: bool | None = None
        self.is_understood = False
        self.handled = sys.exc_info()[1]
        self._kept: list[HTTPResponse] = []

    def keep_out_of_pool(self, raw: object) -> None:
        """Keep the connection of a response, if it has one, out of its pool."""
        if isinstance(raw, HTTPResponse) and raw.connection and raw not in self._kept:
            self._kept.append(raw)
            vars(raw)['release_conn'] = _do_nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for raw in self._kept:
            del vars(raw)['release_conn']
            # A hook of a session may have sent another request. Only the last response was read.
            is_understood = self.is_understood and raw is self._kept[-1]
            if not is_understood or _has_surplus(raw.connection):
                raw.close()
            raw.release_conn()


#: The current attempt of this thread.
current_attempt: ContextVar[Attempt] = ContextVar('current_attempt')


def _has_surplus(connection: Any) -> bool:
    """Return True if TLS has read more from the socket than the response."""
    return getattr(connection.sock, 'pending', int)() > 0


def _do_nothing() -> None:
    """Replace ``release_conn``, which puts a connection back into its pool."""


class Source(io.RawIOBase):
    """The bytes that arrive on a socket until a deadline."""

    def __init__(self, sock: Any, deadline: float) -> None:
        super().__init__()
        self._raw = sock.makefile('rb', buffering=0)
        self._sock, self._deadline = sock, deadline
        self._timeout: float = sock.gettimeout()
        self._is_at_end = False

    def makefile(self, *_: object) -> Reader:
        """Return the file from which http.client reads a response."""
        return Reader(self)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Wait for the next bytes, but not past the deadline."""
        if self._is_at_end:
            return 0
        remaining = self._deadline - monotonic()
        if remaining <= 0:
            raise TimeoutError('the whole response took too long')
        if remaining < self._timeout:
            self._sock.settimeout(remaining)
        count: int | None = self._raw.readinto(buffer)
        return count

    def end(self) -> bool:
        """Stop reading; return True if TLS has already read more from the socket."""
        self._is_at_end = True
        return getattr(self._sock, 'pending', int)() > 0

    def shut_down(self) -> None:
        """Shut the socket down, so that the pool does not use the connection again."""
        with suppress(OSError):
            self._sock.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """Release the socket."""
        self._raw.close()
        super().close()


class Reader(io.BufferedReader):
    """The bytes of one response. Surplus bytes must not become the start of the next one."""

    raw: Source

    def close(self) -> None:
        """Close, and shut the socket down if the server has sent more than it announced."""
        if not self.closed and (self.raw.end() or self.peek()):
            self.raw.shut_down()
        super().close()


class FinalResponse(http.client.HTTPResponse):
    """The final response to a request, read until the deadline of the attempt."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        source: Any = Source(sock, current_attempt.get().deadline)
        super().__init__(source, *args, **kwargs)

    def begin(self) -> None:
        """Skip interim responses: http.client only skips 100, and servers send others too."""
        super().begin()
        while self.status < FIRST_FINAL:
            self.headers = self.msg = None  # type: ignore[assignment]
            super().begin()


class Connection(HTTPConnection):
    """A connection that records when a request leaves."""

    response_class = FinalResponse
    _pieces: list[bytes] | None = None

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Connect, and send a request: its headers and its body together.

        If they left one after the other, a send over TLS would take 10 % more.
        """
        if self.sock is None:
            self.connect()
        pieces: list[bytes] = []
        self._pieces = pieces
        try:
            super().request(*args, **kwargs)
        finally:
            self._pieces = None
        current_attempt.get().left = True
        self.send(Body(b''.join(pieces)))

    def send(self, data: Any) -> None:
        """Send bytes, or keep them until the request is complete."""
        if self._pieces is None:
            super().send(data)
        else:
            self._pieces.append(data)


class Stack(queue.LifoQueue[Any]):
    """The queue of a pool, without locks.

    If a signal or another thread raised an exception here, a lock could stay locked for ever. A
    list needs no lock, because its ``append`` and its ``pop`` are atomic.
    """

    def put(self, item: Any, block: bool = False, timeout: float | None = None) -> None:
        """Add a connection, or raise Full."""
        if len(self.queue) >= self.maxsize:
            raise queue.Full
        self.queue.append(item)

    def get(self, block: bool = False, timeout: float | None = None) -> Any:
        """Take the last connection, or raise Empty."""
        try:
            return self.queue.pop()
        except IndexError:
            raise queue.Empty from None

    def qsize(self) -> int:
        """Count the connections."""
        return len(self.queue)


class Pool(HTTPConnectionPool):
    """A pool whose connections are `Connection`."""

    QueueCls = Stack

    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802 - the name in urllib3
        """The class of connections, read each time: a test recorder may replace it."""
        return _combined(Connection, super().ConnectionCls)


def use_own_pools(manager: PoolManager) -> None:
    """Make a manager create pools of `Connection`, with a proxy or without one."""
    classes = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {each: _combined(Pool, classes[each]) for each in classes}
    manager.pools.dispose_func = _close_idle_connections


def _close_idle_connections(pool: Any) -> None:
    # The manager has dropped this pool, but a response that a program keeps would keep the pool and
    # its connections too. The pool itself stays open, because another thread may be using it.
    with suppress(queue.Empty):
        while True:
            connection = pool.pool.get(block=False)
            if connection is not None:
                connection.close()


@cache
def _combined(ours: type, base: type) -> type:
    # Leave classes of other libraries unchanged, such as those of a test recorder.
    if issubclass(base, ours) or not base.__module__.startswith('urllib3.'):
        return base
    return type(base.__name__, (ours, base), {})
