"""The way to Hoiio and back: one POST, its timeout, its retries, its errors.

With `transport_errors` beside it, this is the only module that imports requests, and the only place
where a foreign exception becomes one of ours.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import timedelta
from time import perf_counter, sleep
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError
from urllib3.util import Retry

from .exceptions import InputInvalid, TransportError, is_read, next_step
from .transport_errors import counterpart, describe

__all__ = ['Timeout', 'Transport', 'check_session']

#: Seconds to connect and seconds to wait for each piece of the answer, or one number for both.
Timeout = float | tuple[float, float]

# Connections that are kept for the next call. More threads than this may call at a time; the
# surplus connections are closed after use.
POOL_SIZE = 32

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 8.0

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
        user_agent: How to introduce ourselves.
    """

    def __init__(self, session: requests.Session | None, user_agent: str) -> None:
        headers = {
            'User-Agent': user_agent,
            'Accept-Encoding': 'gzip, deflate',
            'Accept': 'application/json',
            'Connection': 'keep-alive',
            'Content-Type': 'application/x-www-form-urlencoded',
        }
        self._line: Line = Direct(headers) if session is None else Borrowed(session, headers)

    def post(
        self,
        url: str,
        operation: str,
        form: Mapping[str, str],
        *,
        timeout: Timeout,
        max_retries: int,
    ) -> requests.Response:
        """Post a form and return the response, whatever its HTTP status.

        An operation that reads is repeated after a dropped connection, a timeout or a 5xx; any
        other only where the request certainly never left.

        Raises:
            InputInvalid: The session would repeat a request that may have arrived.
            TransportError: No complete response arrived.
        """
        body, attempt = Body(urlencode(form).encode('ascii')), 0
        self._line.check(url)
        while True:
            last = attempt == max_retries
            answered = Flag()
            try:
                response = self._line.post(url, body, timeout, answered)
            except (OSError, HTTPError, ValueError, OverflowError) as exc:
                left = answered.is_set or not _never_left(exc)
                if last or not _is_passing(exc) or (left and not is_read(operation)):
                    raise _translate(exc, operation, left=left) from exc
            else:
                if last or response.status_code < 500 or not is_read(operation):  # noqa: PLR2004
                    return response
            _pause(attempt)
            attempt += 1

    def renew_connections(self) -> None:
        """Let go of the pooled connections, without closing them, and start with none.

        For a child after a fork: its parent goes on using them. It must not even close them,
        because a lock of the pool may have been held by a thread that the child does not have.
        """
        for adapter in self._line.adapters():
            if isinstance(adapter, HTTPAdapter):
                _inherited.append((adapter.poolmanager, adapter.proxy_manager))
                adapter.__setstate__(adapter.__getstate__())

    def close(self) -> None:
        """Close the pooled connections, unless they are those of somebody else's session."""
        self._line.close()


def check_session(session: requests.Session) -> requests.Session:
    """Return a session.

    Raises:
        InputInvalid: It is not one of requests.
    """
    if not isinstance(session, requests.Session):
        raise InputInvalid('session is a requests.Session')
    return session


# Kept from being finalised: see Transport.renew_connections.
_inherited: list[object] = []


class Body(bytes):
    """The body of a request; it holds the token, so a traceback with variables shows its size."""

    def __repr__(self) -> str:
        return f'<{len(self)} bytes>'


class Flag:
    """Something that may turn out to be true."""

    is_set = False


class Line(Protocol):
    """A way to post: over connections of our own, or over somebody's session."""

    def check(self, url: str) -> None:
        """Refuse to post where that could repeat itself."""

    def post(self, url: str, body: Body, timeout: Timeout, answered: Flag) -> requests.Response:
        """Post, and return the response without the body of its request.

        The flag is set as soon as an answer has begun.
        """

    def adapters(self) -> Iterable[BaseAdapter]:
        """Return what holds the connections."""

    def close(self) -> None:
        """Close the connections, if they are ours."""


class Direct:
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

    def post(self, url: str, body: Body, timeout: Timeout, answered: Flag) -> requests.Response:
        """Post, and return the response without the body of its request."""
        started = perf_counter()
        headers = CaseInsensitiveDict({**self._headers, 'Content-Length': str(len(body))})
        request, shown = _request(url, headers, body), _request(url, headers, None)
        try:
            response = self._adapter.send(request, timeout=timeout, **self._settings_for(url))
            answered.is_set = True
            response.content  # noqa: B018 - reads it
        except requests.RequestException as exc:
            exc.request = shown
            raise
        response.elapsed = timedelta(seconds=perf_counter() - started)
        response.request = shown
        return response

    def _settings_for(self, url: str) -> dict[str, Any]:
        origin = _origin(url)
        if origin not in self._settings:
            session = requests.Session()
            self._settings[origin] = session.merge_environment_settings(
                url, _proxies(url), False, None, None
            )
        return self._settings[origin]

    def adapters(self) -> Iterable[BaseAdapter]:
        """Return the one adapter."""
        return [self._adapter]

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()


class Adapter(HTTPAdapter):
    """An adapter that finds its connections by the host alone, because all else stays the same."""

    _pools: dict[str, HTTPConnectionPool]

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Start with no connections."""
        self._pools = {}
        super().init_poolmanager(*args, **kwargs)

    def close(self) -> None:
        """Close the connections."""
        self._pools = {}
        super().close()

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> HTTPConnectionPool:
        """Return the connections to the host of a request."""
        pool = self._pools.get(_origin(str(request.url)))
        return pool or super().get_connection_with_tls_context(request, *args, **kwargs)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Set the certificates for the connections to a host, once, and remember these."""
        origin = _origin(url)
        if self._pools.get(origin) is not conn:
            super().cert_verify(conn, url, verify, cert)
            self._pools[origin] = conn

    def request_url(self, request: requests.PreparedRequest, proxies: dict[str, str] | None) -> str:
        """Return the target of a request, which is its path, as plain http meets no proxy."""
        url = str(request.url)
        return url[len(_origin(url)) :]

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Make the response; looking for cookies takes long, so only where there are any."""
        if 'Set-Cookie' in resp.headers:
            return super().build_response(req, resp)
        response = requests.Response()
        response.status_code, response.reason = resp.status, resp.reason
        response.headers = CaseInsensitiveDict(resp.headers)
        response.encoding = get_encoding_from_headers(response.headers)
        response.raw, response.url, response.request = resp, str(req.url), req
        return response


class Borrowed:
    """Post over a session of the user's, with all that hangs on it."""

    def __init__(self, session: requests.Session, headers: Mapping[str, str]) -> None:
        self._session = session
        self._headers = headers

    def check(self, url: str) -> None:
        """Refuse a session that would repeat a request that may have arrived."""
        _check_retries(self._session, url)

    def post(self, url: str, body: Body, timeout: Timeout, answered: Flag) -> requests.Response:
        """Post, and return the response without the body of its request."""
        locations: list[str] = []

        def first(response: requests.Response, **_: object) -> None:
            answered.is_set = True

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
                stream=False,
            )
        except requests.RequestException as exc:
            exc.request = _without_body(exc.request)
            _forget_bodies(exc.response)
            raise
        for location in filter(None, locations):
            response.headers['Location'] = location
        _forget_bodies(response)
        return response

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


def _is_passing(exc: Exception) -> bool:
    return isinstance(exc, _PASSING) and not isinstance(exc, requests.exceptions.SSLError)


def _translate(exc: Exception, operation: str, *, left: bool) -> TransportError:
    unknown = left and not is_read(operation)
    advice = next_step(operation, outcome_unknown=unknown)
    message = f'{operation}: {describe(exc)}.{advice}'
    error = counterpart(exc)(message, outcome_unknown=unknown)
    error.__dict__.update(request=getattr(exc, 'request', None), response=None)
    return error


def _never_left(exc: Exception) -> bool:
    if isinstance(exc, _REFUSED):
        return True
    # A bare OSError is the complaint of requests about a CA bundle that is not there; one of a
    # socket comes wrapped.
    if type(exc) is OSError and exc.errno is None:
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


def _check_retries(session: requests.Session, url: str) -> None:
    adapters = session.adapters.items()
    adapter = next((adapter for prefix, adapter in adapters if url.startswith(prefix)), None)
    retry = getattr(adapter, 'max_retries', None)
    if not isinstance(retry, Retry) or retry.total == 0:
        return
    # None is not 0: it is no limit but that of the total.
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
    # It holds the access token, and responses and errors are pickled, logged and reported. A
    # hook of the session's is not part of them and may not pickle. The original stays whole for
    # whoever looks at it on its way: an adapter, a hook, a test.
    if request is None:
        return None
    headers = request.headers or CaseInsensitiveDict()
    shown = {name: headers[name] for name in _SHOWN_HEADERS if name in headers}
    return _request(str(request.url), CaseInsensitiveDict(shown), None)


def _pause(attempt: int) -> None:
    # Spread, so that clients which failed together do not come back together.
    pause = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
    sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
