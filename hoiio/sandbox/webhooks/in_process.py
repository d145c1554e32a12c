"""Hands a notification to a callable instead of a server."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

from .sender import MAX_ANSWER, Attempt

__all__ = ['Post', 'attempt']

# Takes the URL, the body and the headers; returns an HTTP status or a response that has one.
Post: TypeAlias = Callable[[str, str, dict[str, str]], object]


def attempt(post: Post, url: str, body: str, headers: dict[str, str]) -> Attempt:
    """Call it once; whatever goes wrong, the attempt says so."""
    status: int | None = None
    answer = ''
    cause: Exception | None = None
    started = time.perf_counter()
    try:
        response = post(url, body, headers)
        status, answer = _status_of(response), _text_of(response)
    except Exception as exc:
        # A view can raise anything, and the notifications behind this one have to leave.
        cause = exc
    error = None if cause is None else f'{type(cause).__name__}: {cause}'[:MAX_ANSWER]
    return Attempt(status, answer, error, (time.perf_counter() - started) * 1000, cause)


def _status_of(response: object) -> int:
    status = getattr(response, 'status_code', response)
    if not isinstance(status, int):
        raise TypeError(
            'the function given to delivered_by must return the response of your application, '
            f'or its HTTP status as an int, and not {type(response).__name__}'
        )
    return int(status)


def _text_of(response: object) -> str:
    # Werkzeug, httpx and requests have a text; a response of Django before 5.2 has bytes alone.
    text = getattr(response, 'text', None)
    if text is None:
        text = getattr(response, 'content', b'').decode(errors='replace')
    return str(text)[:MAX_ANSWER]
