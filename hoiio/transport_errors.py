"""The exceptions of requests, each also a `TransportError`, and their descriptions.

The classes have the names that requests gives them: ``hoiio.transport_errors.ReadTimeout`` is a
`TransportError` and a ``requests.ReadTimeout``. Each is made when it is first used: by an error, or
by pickle or Celery, which look it up by name.
"""

from __future__ import annotations

import errno
import os
import ssl
from collections.abc import Iterator
from typing import TypeGuard

import requests
from urllib3.exceptions import NameResolutionError

from .exceptions import TransportError

__all__ = ['counterpart', 'describe']

_COUNTERPARTS: dict[type, type[TransportError]] = {}


def __getattr__(name: str) -> type[TransportError]:
    kind = vars(requests.exceptions).get(name)
    if _is_of_requests(kind):
        return _counterpart_of(kind)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')


def counterpart(exc: Exception) -> type[TransportError]:
    """Return the class that is both a TransportError and the nearest exception of requests."""
    kinds = [*type(exc).__mro__, requests.RequestException]
    return _counterpart_of(next(filter(_is_of_requests, kinds)))


def _is_of_requests(kind: object) -> TypeGuard[type[requests.RequestException]]:
    # The module also has warnings, and requests and users derive other classes from these.
    is_error = isinstance(kind, type) and issubclass(kind, requests.RequestException)
    return is_error and kind.__module__ == requests.exceptions.__name__


def _counterpart_of(kind: type[requests.RequestException]) -> type[TransportError]:
    if kind not in _COUNTERPARTS:
        about = {'__doc__': kind.__doc__, '__module__': __name__}
        # If two threads make a class at the same time, both get the same one.
        _COUNTERPARTS.setdefault(kind, type(kind.__name__, (TransportError, kind), about))
    return _COUNTERPARTS[kind]


# The first class that fits is used.
_MEANINGS = (
    (requests.exceptions.InvalidProxyURL, 'the URL of the proxy is not valid'),
    (requests.exceptions.ProxyError, 'the proxy could not be used'),
    (requests.exceptions.SSLError, 'the TLS connection failed'),
    (requests.ConnectTimeout, 'the connection timed out'),
    (requests.Timeout, 'no response arrived in time'),
    (requests.exceptions.ChunkedEncodingError, 'the response ended too early'),
    (requests.exceptions.ContentDecodingError, 'the response could not be decompressed'),
    (requests.ConnectionError, 'the connection failed'),
)


def describe(exc: Exception) -> str:
    """Describe an exception without its own text.

    That text may quote what the server sent, or the password of a proxy.
    """
    meanings = (meaning for kind, meaning in _MEANINGS if isinstance(exc, kind))
    details = filter(None, map(_detail, _layers(exc)))
    return f'{next(meanings, f"stopped by {type(exc).__name__}")}{next(details, "")}'


# How requests starts its message about a CA bundle, a certificate or a key.
_FILE_MISSING = 'Could not find '


def _detail(exc: BaseException) -> str:
    if isinstance(exc, NameResolutionError):
        return ' (the host name was not found)'
    if isinstance(exc, ssl.SSLError):
        # Its errno is not an errno of the system.
        return f' ({exc.reason})' if getattr(exc, 'reason', None) else ''
    if isinstance(exc, OSError) and exc.errno is not None and exc.errno in errno.errorcode:
        return f' ({os.strerror(exc.errno)})'
    if type(exc) is OSError and str(exc).startswith(_FILE_MISSING):
        return ' (a file of certificates was not found; look at REQUESTS_CA_BUNDLE)'
    return ''


# An exception may wrap itself.
MAX_LAYERS = 10


def _layers(exc: object) -> Iterator[BaseException]:
    """Iterate over an exception and those that requests and urllib3 wrapped in it."""
    for _ in range(MAX_LAYERS):
        if not isinstance(exc, BaseException):
            return
        yield exc
        reasons = (getattr(exc, 'reason', None), getattr(exc, 'original_error', None))
        inner = (*reasons, *exc.args, exc.__cause__)
        exc = next((each for each in inner if isinstance(each, BaseException)), None)
