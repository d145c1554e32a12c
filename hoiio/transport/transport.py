"""The transport: post a form, repeat what is safe to repeat, and read the response."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import sleep
from typing import Protocol, TypeVar
from urllib.parse import urlencode

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from ..exceptions import HoiioException, ResponseUnreadable
from ..idempotency import is_idempotent, next_step
from .connection import Attempt
from .failures import has_left, may_repeat, raise_interruption, translate
from .pooled import PooledTransport
from .prepared import Body
from .response_body import TooLarge, read_body
from .schedule import LONGEST_WAIT, Schedule, Timeout
from .session import SessionTransport

__all__ = ['Transport']

R = TypeVar('R')

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500


class HttpTransport(Protocol):
    """A way to post one request: over connections of the SDK's own, or over a session."""

    def check(self, url: str) -> None:
        """Refuse a URL if a request to it could repeat itself."""

    def post(
        self, url: str, body: Body, timeout: tuple[float, float], attempt: Attempt
    ) -> requests.Response:
        """Post, and return the response, unread and without the body of its request."""

    def adapters(self) -> Iterable[BaseAdapter]:
        """Return the adapters, which have the connections."""

    def close(self) -> None:
        """Close the connections, unless they are those of a session."""


class Transport:
    """Send forms over pooled connections. Threads can share it, and it works after a fork.

    Args:
        session: The session to use instead of the SDK's own connections. Its adapters, hooks, auth,
            cookies, proxies and certificates apply. The SDK does not follow redirects.
        user_agent: The value of the ``User-Agent`` header.
    """

    def __init__(self, session: requests.Session | None, user_agent: str) -> None:
        headers = {
            'User-Agent': user_agent,
            'Accept-Encoding': 'gzip, deflate',
            'Accept': 'application/json',
            'Content-Type': 'application/x-www-form-urlencoded',
        }
        self._http: HttpTransport = (
            PooledTransport(headers) if session is None else SessionTransport(session, headers)
        )

    def post(
        self,
        url: str,
        operation: str,
        form: Mapping[str, str],
        read: Callable[[requests.Response], R],
        *,
        timeout: Timeout,
        max_retries: int,
        max_response_size: int,
    ) -> R:
        """Post a form, and return what ``read`` makes of the response, whatever its HTTP status.

        The transport repeats an idempotent operation after a dropped connection, a timeout, a 5xx
        or a 429 with ``Retry-After``. It repeats any other operation only if the request certainly
        never left. It uses the connection again only if ``read`` accepts the response.

        Raises:
            InputInvalid: The session could repeat a request that may have arrived.
            TransportError: No complete response arrived.
            ResponseUnreadable: The response is too large, or cannot be read.
        """
        body = Body(urlencode(form).encode('ascii'))
        schedule = Schedule(timeout, max_retries)
        self._http.check(url)
        while True:
            with Attempt(schedule.deadline) as attempt:
                try:
                    response = self._http.post(url, body, schedule.timeout(), attempt)
                    read_body(response, max_response_size, schedule)
                except TooLarge as exc:
                    raise _unreadable(response, operation, str(exc)) from None
                except Exception as exc:
                    raise_interruption(exc, attempt)
                    left = has_left(exc, attempt)
                    pause = schedule.pause() if may_repeat(exc, operation, left=left) else None
                    if pause is None:
                        raise translate(exc, operation, schedule, left=left) from exc
                else:
                    wait = _shortest_wait(response, operation)
                    pause = None if wait is None else schedule.pause(wait)
                    if pause is None:
                        return _understand(response, operation, read, attempt)
            sleep(pause)

    def renew_connections(self) -> None:
        """Drop the pooled connections without closing them, and start with none.

        A child process needs this after a fork, because its parent still uses the connections. The
        child must not even close them: a thread that the child does not have may have locked the
        pool.
        """
        for adapter in self._http.adapters():
            if isinstance(adapter, HTTPAdapter):
                _inherited.append((adapter.poolmanager, adapter.proxy_manager))
                adapter.__setstate__(adapter.__getstate__())

    def close(self) -> None:
        """Close the pooled connections, unless they are those of a session."""
        self._http.close()


# Keeps the pools alive, because to finalise one is to close it. See Transport.renew_connections.
_inherited: list[object] = []


def _understand(
    response: requests.Response,
    operation: str,
    read: Callable[[requests.Response], R],
    attempt: Attempt,
) -> R:
    try:
        result = read(response)
    except HoiioException:
        raise
    except Exception as exc:
        raise_interruption(exc, attempt)
        raise _unreadable(response, operation, type(exc).__name__) from exc
    attempt.is_understood = True
    return result


def _unreadable(response: requests.Response, operation: str, reason: str) -> ResponseUnreadable:
    unknown = not is_idempotent(operation)
    advice = next_step(operation, outcome_unknown=unknown)
    return ResponseUnreadable(
        f'{operation}: the response cannot be read: {reason}.{advice}',
        response,
        outcome_unknown=unknown,
    )


def _shortest_wait(response: requests.Response, operation: str) -> float | None:
    """Return the seconds to wait at least before a repeat; None if this response is the last."""
    code = response.status_code
    if code < TOO_MANY_REQUESTS or not is_idempotent(operation):
        return None
    wanted = response.headers.get('Retry-After', '0' if code >= SERVER_ERROR else '')
    if code < SERVER_ERROR and (code != TOO_MANY_REQUESTS or not wanted):
        return None
    try:
        wait: float = Retry().parse_retry_after(wanted)
    except (HTTPError, ValueError, OverflowError):
        wait = 0
    return wait if wait <= LONGEST_WAIT else None
