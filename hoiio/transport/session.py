"""Post over a session of the user's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse
from urllib3.util import Retry

from ..exceptions import InputInvalid
from .connection import Attempt
from .prepared import Body, forget_bodies, proxies_for, without_body

__all__ = ['SessionTransport', 'check_session']


class SessionTransport:
    """Post over a session, with its adapters, hooks, cookies, proxies and certificates."""

    def __init__(self, session: requests.Session, headers: Mapping[str, str]) -> None:
        self._session = session
        self._headers = headers

    def check(self, url: str) -> None:
        """Refuse a session that would repeat a request that may have arrived."""
        # If the session has no adapter for a URL, the session refuses it in `post`.
        with suppress(requests.exceptions.InvalidSchema):
            _check_retries(self._session.get_adapter(_as_prepared(url)))

    def post(
        self, url: str, body: Body, timeout: tuple[float, float], attempt: Attempt
    ) -> requests.Response:
        """Post, and return the response, unread and without the body of its request."""
        attempt.left = False
        self._check_certificates(url)
        attempt.left = None
        locations: list[str] = []

        def mark_as_sent(response: requests.Response, **_: object) -> None:
            attempt.left = True
            attempt.keep_out_of_pool(response.raw)

        def hide_location(response: requests.Response, **_: object) -> None:
            # Even with allow_redirects=False, requests reads the Location, fails if it is not
            # valid, and prepares a next request with the same body. So hide it for a while.
            locations.append(response.headers.pop('Location', ''))

        try:
            response = self._session.post(
                url,
                data=body,
                headers=self._headers,
                timeout=timeout,
                # A redirect would take the body, and the access token in it, to another address.
                allow_redirects=False,
                hooks={'response': [mark_as_sent, *self._hooks(), hide_location]},
                proxies=proxies_for(url),
                stream=True,
            )
        except requests.RequestException as exc:
            # An adapter may send requests of its own, for example to a collector of metrics, after
            # this request left.
            if getattr(exc.request, 'body', body) is not body:
                attempt.left = True
            exc.request = without_body(exc.request)
            forget_bodies(exc.response)
            raise
        attempt.keep_out_of_pool(response.raw)
        _read_as_it_arrives(response.raw)
        for location in filter(None, locations):
            response.headers['Location'] = location
        forget_bodies(response)
        return response

    def _check_certificates(self, url: str) -> None:
        # The session would raise a plain OSError, which does not show that nothing was sent.
        settings = self._session.merge_environment_settings(url, proxies_for(url), True, None, None)
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
        """Leave the session open, because it belongs to the user."""


def _read_as_it_arrives(raw: object) -> None:
    """Make a body readable in pieces, so that the deadline is checked between them."""

    def stream(amount: int, decode_content: bool) -> Iterator[bytes]:
        while piece := raw.read1(amount, decode_content):  # type: ignore[attr-defined]
            yield piece

    if isinstance(raw, HTTPResponse) and raw.connection:
        raw.stream = stream  # type: ignore[method-assign, assignment]


def check_session(session: requests.Session) -> requests.Session:
    """Return a session if it is valid.

    Raises:
        InputInvalid: It is not a ``requests.Session``.
    """
    if not isinstance(session, requests.Session):
        raise InputInvalid('session must be a requests.Session')
    return session


@cache
def _as_prepared(url: str) -> str:
    """Return a URL in the form in which a session looks for its adapter."""
    return str(requests.Request('POST', url).prepare().url)


def _check_retries(adapter: BaseAdapter) -> None:
    retry = getattr(adapter, 'max_retries', 0)
    # A program may set a number on the adapter itself. urllib3 converts it in the same way.
    retry = Retry.from_int(retry) if retry is None or isinstance(retry, int) else retry
    if not isinstance(retry, Retry) or retry.total == 0:
        return
    # None is not 0. It means that only the total limits the retries.
    if any(count is None or count > 0 for count in (retry.read, retry.status, retry.other)):
        raise InputInvalid(
            'an adapter of the session repeats requests that may have arrived, so a send could be'
            ' charged twice: give max_retries to the HoiioClient, and to the adapter at most'
            ' Retry(connect=3, read=0, status=0, other=0)'
        )
