"""What a failed attempt means: whether the request left, whether to repeat it, what to raise."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import partial
from ssl import SSLSocket
from time import monotonic
from traceback import walk_tb
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from ..exceptions import TransportError
from ..idempotency import is_idempotent, next_step
from ..transport_errors import counterpart, describe
from .connection import Attempt
from .schedule import Schedule

__all__ = ['has_left', 'may_repeat', 'raise_interruption', 'translate']

# requests raises these before it sends anything.
_NEVER_SENT = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
)
# A later attempt may succeed after these.
_TEMPORARY = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)
# A wrong password for the proxy. A few of these lock the account.
_PROXY_REFUSED = 'Tunnel connection failed: 407|authentication failed'


def may_repeat(exc: Exception, operation: str, *, left: bool) -> bool:
    """Return True if a later attempt may succeed and cannot be charged twice."""
    return _is_temporary(exc) and (is_idempotent(operation) or not left)


def _is_temporary(exc: Exception) -> bool:
    if not isinstance(exc, _TEMPORARY) or isinstance(exc, requests.exceptions.SSLError):
        return False
    return not re.search(_PROXY_REFUSED, str(_reason(exc)))


def has_left(exc: Exception, attempt: Attempt) -> bool:
    """Return False if the request certainly never left."""
    return not _never_left(exc, attempt) if attempt.left is None else attempt.left


def raise_interruption(exc: Exception, attempt: Attempt) -> None:
    """Raise the exception of a signal handler of the program, if a library wrapped one.

    A signal handler may raise ``TimeoutError`` for an alarm. The libraries take it for the timeout
    of a socket.
    """
    import signal  # noqa: PLC0415 - few programs get here

    handlers = map(signal.getsignal, signal.valid_signals())
    interruption = _raised_in(exc, {*map(_code_of, handlers)}, attempt)
    if interruption is not None:
        # The wrapper has the interruption as its cause, and becomes its context here. ``from``
        # suppresses that context, or the chain would have no end.
        raise interruption from interruption.__cause__


def _code_of(handler: Any) -> object:
    while isinstance(handler, partial):
        handler = handler.func
    # The code of a callable object is in its class.
    method = getattr(type(handler), '__call__', None)  # noqa: B004
    return getattr(handler, '__code__', getattr(method, '__code__', None))


def _raised_in(
    exc: BaseException, functions: Container[object], attempt: Attempt
) -> BaseException | None:
    """Find the exception that one of these functions raised, inside its wrappers."""
    each: BaseException | None = exc
    while each is not None and each is not attempt.handled:
        is_wrapper = isinstance(each, (requests.RequestException, HTTPError))
        frames = walk_tb(each.__traceback__)
        if not is_wrapper and any(frame.f_code in functions for frame, _ in frames):
            return each
        each = each.__cause__ or each.__context__
    return None


def translate(exc: Exception, operation: str, schedule: Schedule, *, left: bool) -> TransportError:
    """Return the `TransportError` for an exception of another library."""
    what, kind = describe(exc), counterpart(exc)
    if monotonic() >= schedule.deadline:
        what = f'no complete response arrived within {schedule.total:g} seconds'
        kind = kind if issubclass(kind, requests.Timeout) else counterpart(requests.ReadTimeout())
    unknown = left and not is_idempotent(operation)
    advice = next_step(operation, outcome_unknown=unknown)
    error = kind(f'{operation}: {what}.{advice}', outcome_unknown=unknown)
    error.__dict__.update(request=getattr(exc, 'request', None), response=None)
    return error


def _never_left(exc: Exception, attempt: Attempt) -> bool:
    if isinstance(exc, _NEVER_SENT) or _raised_in(exc, {SSLSocket.do_handshake.__code__}, attempt):
        return True
    reason = _reason(exc)
    return (
        isinstance(reason, (NewConnectionError, ConnectTimeoutError))
        or (isinstance(reason, OSError) and str(reason).startswith('Tunnel connection failed'))
        or (isinstance(reason, SSLError) and 'CERTIFICATE_VERIFY_FAILED' in str(reason))
    )


def _reason(exc: BaseException) -> object:
    """Return the innermost reason that urllib3 gives, also behind a proxy."""
    inner = exc.args[0] if exc.args else exc
    reason = getattr(inner, 'reason', None) or inner
    return getattr(reason, 'original_error', reason)
