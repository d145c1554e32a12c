"""Prepared requests, with their body and without it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict

__all__ = ['Body', 'forget_bodies', 'origin_of', 'prepare', 'proxies_for', 'without_body']

# A session may add a header that contains a password, such as Authorization, Cookie, or the key of
# a gateway. These headers never do.
_SHOWN_HEADERS = (
    *('Accept', 'Accept-Encoding', 'Connection', 'Content-Length', 'Content-Type', 'User-Agent'),
)


class Body(bytes):
    """The body of a request. It contains the token, so its repr shows only its size."""

    def __repr__(self) -> str:
        return f'<{len(self)} bytes>'

    __str__ = __repr__


def prepare(url: str, headers: Any, body: Body | None) -> requests.PreparedRequest:
    """Make a prepared request from parts that are ready to send."""
    request = requests.PreparedRequest()
    request.method, request.url, request.headers, request.body = 'POST', url, headers, body
    return request


def without_body(request: Any) -> Any:
    """Return a copy of a request without its body, its hooks and its secret headers.

    The body contains the access token, and programs pickle, log and report responses and errors. A
    hook of the session may not pickle. The original stays whole, because an adapter, a hook or a
    test may look at it.
    """
    if request is None:
        return None
    headers = request.headers or CaseInsensitiveDict()
    shown = {name: headers[name] for name in _SHOWN_HEADERS if name in headers}
    return prepare(str(request.url), CaseInsensitiveDict(shown), None)


def forget_bodies(response: requests.Response | None) -> None:
    """Remove the bodies of the requests that led to a response."""
    for each in [response, *response.history] if response is not None else []:
        each.request = without_body(each.request)


def origin_of(url: str) -> str:
    """Return the scheme, the host and the port of a URL."""
    return url[: url.index('/', len('https://'))]


def proxies_for(url: str) -> dict[str, str]:
    """Return the proxy settings for a URL: plain http never goes through a proxy.

    A proxy of the environment would receive the access token without encryption.
    """
    return {'no_proxy': urlsplit(url).hostname or ''} if url.startswith('http:') else {}
