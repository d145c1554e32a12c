"""The way to Hoiio and back: one POST, its timeout, its retries, its errors.

With `transport_errors` beside it, this is the only module that imports requests, and the only place
where a foreign exception becomes one of ours.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import cache, partial
from os import PathLike
from pathlib import Path
from ssl import SSLSocket
from time import monotonic, perf_counter, sleep
from traceback import walk_tb
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit
from weakref import WeakValueDictionary

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError
from urllib3.util import Retry

from .connection import Attempt, Connection, current_attempt, use_own_pools
from .exceptions import HoiioException, InputInvalid, ResponseUnreadable, TransportError
from .idempotency import is_idempotent, next_step
from .transport_errors import counterpart, describe

__all__ = ['Timeout', 'Transport', 'check_session']

#: Seconds to connect, seconds to wait for each piece of the answer, and seconds for the whole call;
#: the first two alone, or one number for both.
Timeout = float | tuple[float, float] | tuple[float, float, float]

R = TypeVar('R')

# Connections that are kept for the next call. More threads than this may call at a time; the
# surplus connections are closed after use.
POOL_SIZE = 32

# Pauses double from a quarter of a second up to 8 seconds.
FIRST_PAUSE = 0.25
MOST_DOUBLINGS = 5

# The longest wait that a server may ask for before a query is repeated. Whoever waits for a query
# may wait half a minute; what takes longer is better decided by the program.
LONGEST_WAIT = 30.0

# A call takes 70 s at most if every piece comes in time, and a query with its two repeats 220 s.
# What takes ten minutes is stuck, or somebody feeds it on purpose.
LONGEST_CALL = 600.0
SHORTEST_TIMEOUT = 0.001

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500

# How much of a body is read at a time.
CHUNK = 2**16

# Hosts whose settings are remembered: as many as requests keeps connections to.
MOST_HOSTS = 10

# Requests that requests itself refuses.
_REFUSED = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
)
_PASSING = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)


class Transport:
    """Send forms over pooled connections; safe to share between threads and across a fork.

    Args:
        session: The session to use instead of connections of our own. Its adapters, hooks, auth,
            cookies, proxies and certificates apply; redirects are not followed.
        user_agent: The value of the ``User-Agent`` header.
    """

    def __init__(self, session: requests.Session | None, user_agent: str) -> None:
        headers = {
            'User-Agent': user_agent,
            'Accept-Encoding': 'gzip, deflate',
            'Accept': 'application/json',
            'Connection': 'keep-alive',
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
        """Post a form and return what is read out of the response, whatever its HTTP status.

        An operation that reads is repeated after a dropped connection, a timeout or a 5xx; any
        other only if the request certainly never left. The connection is used again only if the
        response could be read.

        Raises:
            InputInvalid: The session would repeat a request that may have arrived.
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
                    _read_body(response, max_response_size, schedule)
                except TooLarge as exc:
                    raise _unreadable(response, operation, str(exc)) from None
                except Exception as exc:
                    _let_interruptions_pass(exc, attempt)
                    left = _has_left(exc, attempt)
                    pause = schedule.pause() if _may_repeat(exc, operation, left=left) else None
                    if pause is None:
                        raise _translate(exc, operation, schedule, left=left) from exc
                else:
                    wait = _wait(response, operation)
                    pause = None if wait is None else schedule.pause(wait)
                    if pause is None:
                        return _understand(response, operation, read, attempt)
            sleep(pause)

    def renew_connections(self) -> None:
        """Let go of the pooled connections, without closing them, and start with none.

        For a child after a fork: its parent goes on using them. It must not even close them,
        because a lock of the pool may have been held by a thread that the child does not have.
        """
        for adapter in self._http.adapters():
            if isinstance(adapter, HTTPAdapter):
                _inherited.append((adapter.poolmanager, adapter.proxy_manager))
                adapter.__setstate__(adapter.__getstate__())

    def close(self) -> None:
        """Close the pooled connections, unless they are those of somebody else's session."""
        self._http.close()


def check_session(session: requests.Session) -> requests.Session:
    """Return a session.

    Raises:
        InputInvalid: It is not one of requests.
    """
    if not isinstance(session, requests.Session):
        raise InputInvalid('session must be a requests.Session')
    return session


# Kept from being finalised: see Transport.renew_connections.
_inherited: list[object] = []


class Body(bytes):
    """The body of a request. It holds the token, so its repr shows only its size."""

    def __repr__(self) -> str:
        return f'<{len(self)} bytes>'

    __str__ = __repr__


class TooLarge(Exception):
    """The body of a response is larger than it may be."""


class Schedule:
    """How long a call may take, and when it may repeat its request."""

    def __init__(self, timeout: Timeout, max_retries: int) -> None:
        self._connect, self._read, self.total = seconds_of(timeout)
        self.deadline = monotonic() + self.total
        self._retries, self._max_retries = 0, max_retries

    def timeout(self) -> tuple[float, float]:
        """Return the seconds to connect and to wait for each piece of the answer, from now on."""
        remaining = max(self.deadline - monotonic(), SHORTEST_TIMEOUT)
        return min(self._connect, remaining), min(self._read, remaining)

    def pause(self, wait: float = 0) -> float | None:
        """Return the seconds until the next attempt, at least so many; None if there is none."""
        # Spread, so that clients which failed together do not come back together.
        spread = random.uniform(0.5, 1.5)  # noqa: S311
        pause = max(wait, FIRST_PAUSE * 2.0 ** min(self._retries, MOST_DOUBLINGS) * spread)
        if self._retries == self._max_retries or monotonic() + pause >= self.deadline:
            return None
        self._retries += 1
        return pause


def seconds_of(timeout: Timeout) -> tuple[float, float, float]:
    """Return the seconds to connect, for each piece of the answer, and for the whole call."""
    if not isinstance(timeout, tuple):
        timeout = timeout, timeout
    return timeout if len(timeout) == 3 else (*timeout, max(LONGEST_CALL, sum(timeout)))  # noqa: PLR2004


class HttpTransport(Protocol):
    """A way to post one request: over connections of our own, or over a session of the user's."""

    def check(self, url: str) -> None:
        """Refuse to post where that could repeat itself."""

    def post(
        self, url: str, body: Body, timeout: tuple[float, float], attempt: Attempt
    ) -> requests.Response:
        """Post, and return the response before it is read, without the body of its request."""

    def adapters(self) -> Iterable[BaseAdapter]:
        """Return what holds the connections."""

    def close(self) -> None:
        """Close the connections, if they are ours."""


class PooledTransport:
    """Post over an adapter of requests, without the session around it.

    A session reads the environment, ~/.netrc, cookies, hooks and the parts of the URL anew for
    each request. Here the environment is read once for each host, and there are no others: the
    credentials of ~/.netrc are for others, one caller's cookies are not the next one's, and an
    adapter follows no redirect.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers
        self._adapter = Adapter(pool_maxsize=POOL_SIZE)
        self._settings: dict[str, dict[str, Any]] = {}

    def check(self, url: str) -> None:
        """Do nothing: our own adapter does not repeat."""

    def post(
        self, url: str, body: Body, timeout: tuple[float, float], attempt: Attempt
    ) -> requests.Response:
        """Post, and return the response before it is read, without the body of its request."""
        started = perf_counter()
        headers = CaseInsensitiveDict({**self._headers, 'Content-Length': str(len(body))})
        request, shown = _request(url, headers, body), _request(url, headers, None)
        before = current_attempt.set(attempt)
        try:
            response = self._adapter.send(request, timeout=timeout, **self._settings_for(url))
        except requests.RequestException as exc:
            exc.request = shown
            raise
        finally:
            current_attempt.reset(before)
        attempt.hold(response.raw)
        response.elapsed = timedelta(seconds=perf_counter() - started)
        response.request = shown
        return response

    def _settings_for(self, url: str) -> dict[str, Any]:
        origin = _origin(url)
        if origin not in self._settings:
            if len(self._settings) >= MOST_HOSTS:
                self._settings.clear()
            session = requests.Session()
            self._settings[origin] = session.merge_environment_settings(
                url, _proxies(url), True, None, None
            )
        return self._settings[origin]

    def adapters(self) -> Iterable[BaseAdapter]:
        """Return the one adapter."""
        return [self._adapter]

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()


class Adapter(HTTPAdapter):
    """An adapter with connections of our own."""

    _pools: WeakValueDictionary[str, HTTPConnectionPool]

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Start with no connections."""
        # The manager decides which hosts are worth keeping connections to.
        self._pools = WeakValueDictionary()
        super().init_poolmanager(*args, **kwargs)
        use_own_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return the manager of the connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        use_own_pools(manager)
        return manager

    def close(self) -> None:
        """Close the connections."""
        self._pools = WeakValueDictionary()
        super().close()

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> HTTPConnectionPool:
        """Return the connections to the host of a request.

        They are found by the host alone, because all else stays the same. If requests worked out
        the key of the pool each time, a send would take 5 % to 14 % more.
        """
        attempt = current_attempt.get()
        attempt.left = False
        origin = _origin(str(request.url))
        pool = self._pools.get(origin)
        if pool is None:
            pool = super().get_connection_with_tls_context(request, *args, **kwargs)
            self._pools[origin] = pool
        # Connections of our own tell when the request leaves.
        if not issubclass(pool.ConnectionCls, Connection):
            attempt.left = None
        return pool

    def request_url(self, request: requests.PreparedRequest, proxies: dict[str, str] | None) -> str:
        """Return the target of a request, which is its path: plain http never goes to a proxy.

        Without this method, which takes no URL apart, a send takes 3 % to 5 % more.
        """
        url = str(request.url)
        return url[len(_origin(url)) :]


class SessionTransport:
    """Post over a session of the user's, with all that hangs on it."""

    def __init__(self, session: requests.Session, headers: Mapping[str, str]) -> None:
        self._session = session
        self._headers = headers

    def check(self, url: str) -> None:
        """Refuse a session that would repeat a request that may have arrived."""
        # An URL that no adapter is for is refused by the session itself.
        with suppress(requests.exceptions.InvalidSchema):
            _check_retries(self._session.get_adapter(_as_prepared(url)))

    def post(
        self, url: str, body: Body, timeout: tuple[float, float], attempt: Attempt
    ) -> requests.Response:
        """Post, and return the response before it is read, without the body of its request."""
        attempt.left = False
        self._check_certificates(url)
        attempt.left = None
        locations: list[str] = []

        def first(response: requests.Response, **_: object) -> None:
            attempt.left = True
            attempt.hold(response.raw)

        def last(response: requests.Response, **_: object) -> None:
            # Even told not to follow, requests would read it, fail on nonsense, and prepare a next
            # request with the same body.
            locations.append(response.headers.pop('Location', ''))

        try:
            response = self._session.post(
                url,
                data=body,
                headers=self._headers,
                timeout=timeout,
                # The body, and with it the access token, would go wherever it says.
                allow_redirects=False,
                hooks={'response': [first, *self._hooks(), last]},
                proxies=_proxies(url),
                stream=True,
            )
        except requests.RequestException as exc:
            # An adapter may ask others, such as a collector of metrics, after this request left.
            if getattr(exc.request, 'body', body) is not body:
                attempt.left = True
            exc.request = _without_body(exc.request)
            _forget_bodies(exc.response)
            raise
        attempt.hold(response.raw)
        _let_arrive(response.raw)
        for location in filter(None, locations):
            response.headers['Location'] = location
        _forget_bodies(response)
        return response

    def _check_certificates(self, url: str) -> None:
        # The session would say so with an OSError, which may mean anything.
        settings = self._session.merge_environment_settings(url, _proxies(url), True, None, None)
        verify, cert = settings['verify'], settings['cert']
        for path in (verify, *(cert if isinstance(cert, tuple) else [cert])):
            if isinstance(path, (str, PathLike)) and not Path(path).exists():
                raise OSError(f'Could not find the file of certificates {path}')

    def _hooks(self) -> Iterable[Any]:
        hooks = self._session.hooks.get('response') or []
        return [hooks] if callable(hooks) else hooks

    def adapters(self) -> Iterable[BaseAdapter]:
        """Return the adapters that are mounted."""
        return self._session.adapters.values()

    def close(self) -> None:
        """Leave the session open: it is not ours."""


def _origin(url: str) -> str:
    return url[: url.index('/', len('https://'))]


def _request(url: str, headers: Any, body: Body | None) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.method, request.url, request.headers, request.body = 'POST', url, headers, body
    return request


def _let_arrive(raw: object) -> None:
    """Let a body be read as it arrives, so that somebody looks at the clock between the pieces."""

    def stream(amount: int, decode_content: bool) -> Iterator[bytes]:
        while piece := raw.read1(amount, decode_content):  # type: ignore[attr-defined]
            yield piece

    if isinstance(raw, HTTPResponse) and raw.connection:
        raw.stream = stream  # type: ignore[method-assign, assignment]


def _read_body(response: requests.Response, limit: int, schedule: Schedule) -> None:
    pieces, size = [], 0
    try:
        for piece in _pieces(response):
            if monotonic() >= schedule.deadline:
                raise requests.ReadTimeout
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                pieces.clear()
                break
    except requests.RequestException as exc:
        exc.request = response.request
        raise
    # As ``response.content`` does, which knows no limit.
    response._content, response._content_consumed = b''.join(pieces), True  # noqa: SLF001
    if size > limit:
        raise TooLarge(f'it has more than the {limit} bytes that max_response_size allows')


def _pieces(response: requests.Response) -> Iterable[bytes]:
    # An adapter, or what takes its place in a test, may have read it already.
    if response._content is not False or response.raw is None:  # noqa: SLF001
        return [response.content or b'']
    # Asked for as many bytes as there are, urllib3 does not look for more, which takes a while.
    announced = getattr(response.raw, 'length_remaining', None) or CHUNK
    return response.iter_content(min(announced, CHUNK))


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
        _let_interruptions_pass(exc, attempt)
        raise _unreadable(response, operation, type(exc).__name__) from exc
    attempt.is_understood = True
    return result


def _unreadable(response: requests.Response, operation: str, reason: str) -> ResponseUnreadable:
    unknown = not is_idempotent(operation)
    advice = next_step(operation, outcome_unknown=unknown)
    return ResponseUnreadable(
        f'{operation}: the answer cannot be read: {reason}.{advice}',
        response,
        outcome_unknown=unknown,
    )


def _wait(response: requests.Response, operation: str) -> float | None:
    """Return the seconds that a query waits at least; None if the answer is not to be repeated."""
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


def _may_repeat(exc: Exception, operation: str, *, left: bool) -> bool:
    return _is_passing(exc) and (is_idempotent(operation) or not left)


def _is_passing(exc: Exception) -> bool:
    if not isinstance(exc, _PASSING) or isinstance(exc, requests.exceptions.SSLError):
        return False
    return not _WRONG_PASSWORD.search(str(_reason(exc)))


def _has_left(exc: Exception, attempt: Attempt) -> bool:
    return not _never_left(exc, attempt) if attempt.left is None else attempt.left


def _let_interruptions_pass(exc: Exception, attempt: Attempt) -> None:
    """Raise what a signal handler of the program raised, also if a library took it for its own.

    The libraries cannot tell the ``TimeoutError`` of an alarm from that of a socket.
    """
    import signal  # noqa: PLC0415 - few programs get here

    handlers = map(signal.getsignal, signal.valid_signals())
    interruption = _raised_in(exc, {*map(_code_of, handlers)}, attempt)
    if interruption is not None:
        # What wraps it has it as its cause. If that became its context, the chain would never end.
        raise interruption from interruption.__cause__


def _code_of(handler: Any) -> object:
    while isinstance(handler, partial):
        handler = handler.func
    # An object that can be called has it in its class.
    method = getattr(type(handler), '__call__', None)  # noqa: B004
    return getattr(handler, '__code__', getattr(method, '__code__', None))


def _raised_in(
    exc: BaseException, functions: Container[object], attempt: Attempt
) -> BaseException | None:
    """Find what was raised in one of these functions, under what libraries wrapped around it."""
    each: BaseException | None = exc
    while each is not None and each is not attempt.handled:
        is_wrapper = isinstance(each, (requests.RequestException, HTTPError))
        frames = walk_tb(each.__traceback__)
        if not is_wrapper and any(frame.f_code in functions for frame, _ in frames):
            return each
        each = each.__cause__ or each.__context__
    return None


def _translate(exc: Exception, operation: str, schedule: Schedule, *, left: bool) -> TransportError:
    what, kind = describe(exc), counterpart(exc)
    if monotonic() >= schedule.deadline:
        what = f'there was no complete answer within {schedule.total:g} seconds'
        kind = kind if issubclass(kind, requests.Timeout) else counterpart(requests.ReadTimeout())
    unknown = left and not is_idempotent(operation)
    advice = next_step(operation, outcome_unknown=unknown)
    error = kind(f'{operation}: {what}.{advice}', outcome_unknown=unknown)
    error.__dict__.update(request=getattr(exc, 'request', None), response=None)
    return error


def _never_left(exc: Exception, attempt: Attempt) -> bool:
    if isinstance(exc, _REFUSED) or _raised_in(exc, {SSLSocket.do_handshake.__code__}, attempt):
        return True
    reason = _reason(exc)
    return (
        isinstance(reason, (NewConnectionError, ConnectTimeoutError))
        or (isinstance(reason, OSError) and str(reason).startswith('Tunnel connection failed'))
        or (isinstance(reason, SSLError) and 'CERTIFICATE_VERIFY_FAILED' in str(reason))
    )


def _reason(exc: BaseException) -> object:
    """Unwrap what urllib3 says went wrong, also behind a proxy."""
    inner = exc.args[0] if exc.args else exc
    reason = getattr(inner, 'reason', None) or inner
    return getattr(reason, 'original_error', reason)


# A proxy locks an account after a few of these.
_WRONG_PASSWORD = re.compile('Tunnel connection failed: 407|authentication failed')


@cache
def _as_prepared(url: str) -> str:
    """Return a URL in the form in which a session looks for its adapter."""
    return str(requests.Request('POST', url).prepare().url)


def _check_retries(adapter: BaseAdapter) -> None:
    retry = getattr(adapter, 'max_retries', 0)
    # Set on the adapter itself, a number is what urllib3 makes of it.
    retry = Retry.from_int(retry) if retry is None or isinstance(retry, int) else retry
    if not isinstance(retry, Retry) or retry.total == 0:
        return
    # None is not 0: it means that only the total is limited.
    if any(count is None or count > 0 for count in (retry.read, retry.status, retry.other)):
        raise InputInvalid(
            'an adapter of the session repeats requests that may have arrived, so a send could be'
            ' charged twice: give max_retries to the HoiioClient, and to the adapter at most'
            ' Retry(connect=3, read=0, status=0, other=0)'
        )


def _proxies(url: str) -> dict[str, str]:
    # Plain http goes to this machine alone (see client.check_base_url), never through a proxy
    # of the environment: the access token would leave the machine in the clear.
    return {'no_proxy': urlsplit(url).hostname or ''} if url.startswith('http:') else {}


def _forget_bodies(response: requests.Response | None) -> None:
    for each in [response, *response.history] if response is not None else []:
        each.request = _without_body(each.request)


# What a session adds may be a password: Authorization, Cookie, the key of a gateway.
_SHOWN_HEADERS = (
    *('Accept', 'Accept-Encoding', 'Connection', 'Content-Length', 'Content-Type', 'User-Agent'),
)


def _without_body(request: Any) -> Any:
    # The body holds the access token, and responses and errors are pickled, logged and reported. A
    # hook of the session's is not part of them and may not pickle. The original stays whole for
    # whoever looks at it on its way: an adapter, a hook, a test.
    if request is None:
        return None
    headers = request.headers or CaseInsensitiveDict()
    shown = {name: headers[name] for name in _SHOWN_HEADERS if name in headers}
    return _request(str(request.url), CaseInsensitiveDict(shown), None)
