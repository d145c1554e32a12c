"""The way to Hoiio and back: one POST, its timeout, its retries, its errors.

This is the only module that imports requests, and the only place where a foreign exception
becomes one of ours.
"""

from __future__ import annotations

import http.cookiejar
import os
import random
import weakref
from collections.abc import Mapping
from time import sleep
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, NewConnectionError

from .constants import is_read
from .exceptions import InputInvalid, TransportError, next_step

__all__ = ['Timeout', 'Transport']

#: Seconds to connect and seconds to wait for each piece of the answer, or one number for both.
Timeout = float | tuple[float, float]

# Connections that are kept for the next call. More threads than this may call at a time; the
# surplus connections are closed after use.
POOL_SIZE = 32

FIRST_PAUSE = 0.25

# Requests refused by requests itself. The bare OSError is its complaint about a CA bundle that
# is not there; an OSError of a socket always comes wrapped.
_NEVER_LEFT = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.ProxyError,
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
            proxies and certificates apply, its redirects and its retries of reads do not.
        user_agent: What to call the application, after ``hoiio-python/<version>``.
    """

    def __init__(self, session: requests.Session | None, user_agent: str) -> None:
        self._session = _session() if session is None else session
        self._headers = {
            'Accept': 'application/json',
            'Content-Type': 'application/x-www-form-urlencoded',
            'User-Agent': user_agent,
        }
        _living.add(self)

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
            InputInvalid: A value cannot be written in UTF-8.
            TransportError: No complete response arrived.
        """
        body = _encode(form)
        attempt = 0
        while True:
            last = attempt == max_retries
            try:
                response = self._post(url, body, timeout)
            except (OSError, HTTPError) as exc:
                if last or not _repeatable(exc, operation):
                    raise _translate(exc, operation) from exc
            else:
                if last or response.status_code < 500 or not is_read(operation):  # noqa: PLR2004
                    return response
            _pause(attempt)
            attempt += 1

    def _post(self, url: str, body: bytes, timeout: Timeout) -> requests.Response:
        locations: list[str] = []

        def keep_location(response: requests.Response, **_: object) -> None:
            # Even told not to follow, requests would read it, fail on nonsense, and prepare a
            # next request with the same body.
            locations.append(response.headers.pop('Location', ''))

        try:
            response = self._session.post(
                url,
                data=body,
                headers=self._headers,
                timeout=timeout,
                # The body, and with it the access token, would go wherever it says.
                allow_redirects=False,
                hooks={'response': [*self._hooks(), keep_location]},
                proxies=_proxies(url),
            )
        except requests.RequestException as exc:
            exc.request = _without_body(exc.request)
            if exc.response is not None:
                exc.response.request = _without_body(exc.response.request)
            raise
        for location in filter(None, locations):
            response.headers['Location'] = location
        response.request = _without_body(response.request)
        return response

    def _hooks(self) -> list[Any]:
        hooks = self._session.hooks.get('response') or []
        return [hooks] if callable(hooks) else list(hooks)

    def renew_connections(self) -> None:
        """Let go of the pooled connections, without closing them, and start with none."""
        for adapter in self._session.adapters.values():
            if isinstance(adapter, HTTPAdapter):
                _inherited.append(adapter.poolmanager)
                adapter.__setstate__(adapter.__getstate__())

    def close(self) -> None:
        """Close the pooled connections; the next call opens new ones."""
        self._session.close()


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


def _encode(form: Mapping[str, str]) -> bytes:
    try:
        return urlencode(form).encode('ascii')
    except UnicodeEncodeError:
        pass
    # Outside the handler, whose exception holds the text.
    raise InputInvalid('a parameter holds half of a surrogate pair, which is no text')


def _proxies(url: str) -> dict[str, str]:
    # Plain http goes to this machine alone (see client.check_base_url), never through a proxy
    # of the environment: the access token would leave the machine in the clear.
    return {'no_proxy': urlsplit(url).hostname or ''} if url.startswith('http:') else {}


def _without_body(request: Any) -> Any:
    # It holds the access token, and responses and errors are pickled, logged and reported. A
    # hook of the session's is no part of them and may not pickle. The original stays whole for
    # whoever looks at it on its way: an adapter, a hook, a test.
    if not isinstance(request, requests.PreparedRequest):
        return request
    bare = request.copy()
    bare.body, bare.hooks = None, {}
    return bare


def _may_have_arrived(exc: BaseException) -> bool:
    if isinstance(exc, _NEVER_LEFT) or type(exc) is OSError:
        return False
    reason = _reason(exc)
    if isinstance(exc, requests.exceptions.SSLError):
        return 'CERTIFICATE_VERIFY_FAILED' not in str(reason)
    return not isinstance(reason, NewConnectionError)


def _reason(exc: BaseException) -> object:
    """Unwrap what urllib3 says went wrong."""
    inner = exc.args[0] if exc.args else exc
    return getattr(inner, 'reason', None) or inner


def _repeatable(exc: Exception, operation: str) -> bool:
    passing = isinstance(exc, _PASSING) and not isinstance(exc, requests.exceptions.SSLError)
    return passing and (is_read(operation) or not _may_have_arrived(exc))


def _pause(attempt: int) -> None:
    # Spread, so that clients which failed together do not come back together.
    sleep(FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311


def _translate(exc: OSError | HTTPError, operation: str) -> TransportError:
    unknown = not is_read(operation) and _may_have_arrived(exc)
    kind = type(exc) if isinstance(exc, requests.RequestException) else requests.RequestException
    error = _counterpart(kind)(
        f'{operation}: {_reason(exc)}.{next_step(operation, outcome_unknown=unknown)}',
        outcome_unknown=unknown,
    )
    error.__dict__.update(request=getattr(exc, 'request', None), response=None)
    return error


_counterparts: dict[type[requests.RequestException], type[TransportError]] = {}


def _counterpart(kind: type[requests.RequestException]) -> type[TransportError]:
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


# A forked child must not talk over connections that its parent goes on using. It does not close
# them either: a lock of the pool may have been held by a thread that the child does not have.
_living: weakref.WeakSet[Transport] = weakref.WeakSet()
_inherited: list[object] = []


def _after_fork() -> None:
    for transport in list(_living):
        transport.renew_connections()


if hasattr(os, 'register_at_fork'):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_after_fork)
