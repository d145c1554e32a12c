"""Read the body of a response, up to its limits of size and time."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

import requests

from .schedule import Schedule

__all__ = ['TooLarge', 'read_body']

# How much of a body is read at a time.
CHUNK = 2**16


class TooLarge(Exception):
    """The body of a response is larger than ``max_response_size``."""


def read_body(response: requests.Response, limit: int, schedule: Schedule) -> None:
    """Read the body into ``response.content``.

    Raises:
        TooLarge: The body has more bytes than the limit.
        requests.RequestException: The body did not arrive, or not in time.
    """
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
    # ``response.content`` sets the same two attributes, but it has no limit.
    response._content, response._content_consumed = b''.join(pieces), True  # noqa: SLF001
    if size > limit:
        raise TooLarge(f'it has more than the {limit} bytes that max_response_size allows')


def _pieces(response: requests.Response) -> Iterable[bytes]:
    # An adapter, or its fake in a test, may have read the body already.
    if response._content is not False or response.raw is None:  # noqa: SLF001
        return [response.content or b'']
    # If urllib3 reads exactly the announced number of bytes, it does not wait for more.
    announced = getattr(response.raw, 'length_remaining', None) or CHUNK
    return response.iter_content(min(announced, CHUNK))
