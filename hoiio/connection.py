"""Connections of our own: those of urllib3, made safe for requests that cost money.

They know when a request leaves, they end in time, and they give an answer only to the request that
it belongs to.
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

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ['Attempt', 'Connection', 'Pool', 'current_attempt', 'use_own_pools']

# Answers below are interim ones.
FIRST_FINAL = 200


class Attempt:
    """One try to send a request: how long it may take, and how far it gets.

    urllib3 puts a connection back into its pool as soon as an answer is read. An attempt holds it
    back until the answer is understood. If it is not, more of it may be under way, and the next
    request would take that for its own answer.

    Attributes:
        deadline: When the attempt has to be over, by the clock of ``monotonic``.
        left: True once the request may have left, and False before that. None if that cannot be
            seen: a session of the user's sends the request, or a test fakes the answer.
        is_understood: Whether the answer is one of the API.
        handled: What the caller was handling before; it is in the context of every later exception.
    """

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.left: bool | None = None
        self.is_understood = False
        self.handled = sys.exc_info()[1]
        self._held: list[HTTPResponse] = []

    def hold(self, raw: object) -> None:
        """Hold back the connection of an answer, if it has one."""
        if isinstance(raw, HTTPResponse) and raw.connection and raw not in self._held:
            self._held.append(raw)
            vars(raw)['release_conn'] = _not_yet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for raw in self._held:
            del vars(raw)['release_conn']
            # A hook of a session may have asked again, so only the last one was understood.
            is_understood = self.is_understood and raw is self._held[-1]
            if not is_understood or _is_ahead(raw.connection):
                raw.close()
            raw.release_conn()


#: The attempt that this thread is making.
current_attempt: ContextVar[Attempt] = ContextVar('current_attempt')


def _is_ahead(connection: Any) -> bool:
    """Return True if TLS has taken more from the socket than the answer."""
    return getattr(connection.sock, 'pending', int)() > 0


def _not_yet() -> None:
    """Stand in for the method that puts a connection back into its pool."""


class Source(io.RawIOBase):
    """What arrives on a socket, until a deadline."""

    def __init__(self, sock: Any, deadline: float) -> None:
        super().__init__()
        self._raw = sock.makefile('rb', buffering=0)
        self._sock, self._deadline = sock, deadline
        self._patience: float = sock.gettimeout()
        self._is_over = False

    def makefile(self, *_: object) -> Reader:
        """Return what http.client reads an answer from."""
        return Reader(self)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Wait for the next bytes, but not past the deadline."""
        if self._is_over:
            return 0
        remaining = self._deadline - monotonic()
        if remaining <= 0:
            raise TimeoutError('the whole answer took too long')
        if remaining < self._patience:
            self._sock.settimeout(remaining)
        count: int | None = self._raw.readinto(buffer)
        return count

    def end(self) -> bool:
        """Read nothing more; return True if TLS has already taken more from the socket."""
        self._is_over = True
        return getattr(self._sock, 'pending', int)() > 0

    def hang_up(self) -> None:
        """Let the pool find the connection closed."""
        with suppress(OSError):
            self._sock.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class Reader(io.BufferedReader):
    """The bytes of one answer; more of them than it has must not begin the next one."""

    raw: Source

    def close(self) -> None:
        """Close, and hang up on a server that has sent more than it announced."""
        if not self.closed and (self.raw.end() or self.peek()):
            self.raw.hang_up()
        super().close()


class Answer(http.client.HTTPResponse):
    """The final answer to a request, read until the deadline of the attempt."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        source: Any = Source(sock, current_attempt.get().deadline)
        super().__init__(source, *args, **kwargs)

    def begin(self) -> None:
        """Read past interim answers: http.client knows 100 alone, and servers send others."""
        super().begin()
        while self.status < FIRST_FINAL:
            self.headers = self.msg = None  # type: ignore[assignment]
            super().begin()


class Connection(HTTPConnection):
    """A connection that notes when a request leaves."""

    response_class = Answer

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Connect, and send a request."""
        if self.sock is None:
            self.connect()
        current_attempt.get().left = True
        super().request(*args, **kwargs)


class Stack(queue.LifoQueue[Any]):
    """The queue of a pool, without locks.

    An exception that another thread or a signal raises here could leave a lock locked for ever. To
    append to a list and to pop from it are single steps.
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
    """A pool of our own connections."""

    QueueCls = Stack

    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802 - the name in urllib3
        """The class of connections, looked up each time: a recorder of tests may replace it."""
        return _own(Connection, super().ConnectionCls)


def use_own_pools(manager: PoolManager) -> None:
    """Let a manager make pools of our own connections, whichever proxy it is for."""
    classes = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {each: _own(Pool, classes[each]) for each in classes}
    manager.pools.dispose_func = _close_idle_connections


def _close_idle_connections(pool: Any) -> None:
    # Nobody asks this pool again, but a response that somebody keeps would keep it as well. It is
    # not closed itself, because another thread may be using it.
    with suppress(queue.Empty):
        while True:
            connection = pool.pool.get(block=False)
            if connection is not None:
                connection.close()


@cache
def _own(ours: type, base: type) -> type:
    # What is not of urllib3 itself, such as a recorder of tests, is better left alone.
    if issubclass(base, ours) or not base.__module__.startswith('urllib3.'):
        return base
    return type(base.__name__, (ours, base), {})
