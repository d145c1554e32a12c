"""The way to Hoiio and back: one POST, its timeout, its retries, its errors.

This is the only module that imports requests, and the only place where a foreign exception
becomes one of ours.
"""

from __future__ import annotations

import http.cookiejar
import random
import re
from collections.abc import Mapping
from time import sleep
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError
from urllib3.util import Retry

from .constants import is_read
from .exceptions import InputInvalid, TransportError, next_step

__all__ = ['Timeout', 'Transport']

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
        session: The session to use instead of one of our own. Its adapters, hooks, auth, cookies,
            proxies and certificates apply; redirects are not followed.
        user_agent: How to introduce ourselves.
    """

    def __init__(self, session: requests.Session | None, user_agent: str) -> None:
        self._own = session is None
        self._session = _session() if session is None else session
        self._headers = {
            'Accept': 'application/json',
            'Content-Type': 'application/x-www-form-urlencoded',
            'User-Agent': user_agent,
        }

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
        if not self._own:
            _check_retries(self._session, url)
        body, attempt = Body(urlencode(form).encode('ascii')), 0
        while True:
            last = attempt == max_retries
            exchange = Exchange(self._session, operation)
            try:
                response = exchange.post(url, body, self._headers, timeout)
            except (OSError, HTTPError, ValueError, OverflowError) as exc:
                if last or not exchange.repeatable(exc):
                    raise exchange.translate(exc) from exc
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
        for adapter in self._session.adapters.values():
            if isinstance(adapter, HTTPAdapter):
                _inherited.append((adapter.poolmanager, adapter.proxy_manager))
                adapter.__setstate__(adapter.__getstate__())

    def close(self) -> None:
        """Close the pooled connections, unless they are those of somebody else's session."""
        if self._own:
            self._session.close()


# Kept from being finalised: see Transport.renew_connections.
_inherited: list[object] = []


class Body(bytes):
    """The body of a request; it holds the token, so a traceback with variables shows its size."""

    def __repr__(self) -> str:
        return f'<{len(self)} bytes>'


class Exchange:
    """One attempt: a request, and as much as is known of its fate."""

    def __init__(self, session: requests.Session, operation: str) -> None:
        self._session = session
        self._operation = operation
        self._answered = False
        self._location = ''

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], timeout: Timeout
    ) -> requests.Response:
        """Post, and return the response without the body of its request."""
        try:
            response = self._session.post(
                url,
                data=body,
                headers=headers,
                timeout=timeout,
                # The body, and with it the access token, would go wherever it says.
                allow_redirects=False,
                hooks={'response': self._hooks()},
                proxies=_proxies(url),
                stream=False,
            )
        except requests.RequestException as exc:
            exc.request = _without_body(exc.request)
            _forget_bodies(exc.response)
            raise
        if self._location:
            response.headers['Location'] = self._location
        _forget_bodies(response)
        return response

    def _hooks(self) -> list[Any]:
        hooks = self._session.hooks.get('response') or []
        between = [hooks] if callable(hooks) else hooks
        return [self._note_answer, *between, self._keep_location]

    def _note_answer(self, response: requests.Response, **_: object) -> None:
        self._answered = True

    def _keep_location(self, response: requests.Response, **_: object) -> None:
        # Even told not to follow, requests would read it, fail on nonsense, and prepare a next
        # request with the same body.
        self._location = response.headers.pop('Location', '')

    def repeatable(self, exc: Exception) -> bool:
        """Tell whether another attempt is safe and may help."""
        passing = isinstance(exc, _PASSING) and not isinstance(exc, requests.exceptions.SSLError)
        safe = is_read(self._operation) or not self._may_have_arrived(exc)
        return passing and safe

    def translate(self, exc: Exception) -> TransportError:
        """Make the error of ours that an exception becomes."""
        unknown = not is_read(self._operation) and self._may_have_arrived(exc)
        advice = next_step(self._operation, outcome_unknown=unknown)
        kind = (
            type(exc) if isinstance(exc, requests.RequestException) else requests.RequestException
        )
        error = _counterpart(kind)(
            f'{self._operation}: {_USER_INFO.sub("//", str(_reason(exc)))}.{advice}',
            outcome_unknown=unknown,
        )
        error.__dict__.update(request=getattr(exc, 'request', None), response=None)
        return error

    def _may_have_arrived(self, exc: Exception) -> bool:
        return self._answered or not _never_left(exc)


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


# The name and password of a proxy, in a message that quotes its URL.
_USER_INFO = re.compile(r'//[^/@\s]*@')


def _session() -> requests.Session:
    session = requests.Session()
    session.mount('https://', HTTPAdapter(pool_maxsize=POOL_SIZE))
    session.mount('http://', HTTPAdapter(pool_maxsize=POOL_SIZE))
    # Credentials of ~/.netrc are for others, and one caller's cookies are not the next one's.
    session.auth = _no_auth
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=()))
    return session


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


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


def _without_body(request: Any) -> Any:
    # It holds the access token, and responses and errors are pickled, logged and reported. A
    # hook of the session's is no part of them and may not pickle. The original stays whole for
    # whoever looks at it on its way: an adapter, a hook, a test.
    if not isinstance(request, requests.PreparedRequest):
        return request
    bare = request.copy()
    bare.body, bare.hooks = None, {}
    return bare


def _pause(attempt: int) -> None:
    # Spread, so that clients which failed together do not come back together.
    pause = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
    sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311


_counterparts: dict[type[Exception], type[TransportError]] = {}


def _counterpart(kind: type[Exception]) -> type[TransportError]:
    """Get the class that is a TransportError and the given exception of requests at once."""

    def reduce(error: TransportError) -> tuple[Any, ...]:
        return _revive, (kind, str(error), error.__dict__)

    if kind not in _counterparts:
        members = {'__doc__': kind.__doc__, '__module__': __name__, '__reduce__': reduce}
        both = type(kind.__name__, (TransportError, kind), members)
        _counterparts.setdefault(kind, both)
    return _counterparts[kind]


def _revive(
    kind: type[requests.RequestException], message: str, state: dict[str, Any]
) -> TransportError:
    error = _counterpart(kind)(message)
    error.__dict__.update(state)
    return error
