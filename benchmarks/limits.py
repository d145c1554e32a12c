"""The limits that the figures must keep. ``python -m benchmarks`` fails where one does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Limit(NamedTuple):
    """The ratio that may not be passed: from above, unless it is a least one."""

    ratio: float
    at_least: bool = False


LIMITS: Mapping[str, Limit] = {
    # CPU time of a send, by that of requests.Session.post and of the fastest SDK of others.
    'send': Limit(0.50),
    'fastest peer': Limit(1.00),
    # Time and memory of ``import hoiio``, by those of ``import requests``.
    'import': Limit(1.05),
    # CPU time of a page of 100 entries, by that of json.loads.
    'page, nothing read': Limit(1.20),
    'page, every field read': Limit(2.50),
    # Memory of entries that are kept, by that of dicts.
    'entries kept': Limit(1.00),
    # Peak of memory over many pages, by that over a few.
    'paging': Limit(1.10),
    # Calls per second from eight threads, by those with a session for each thread.
    'threads': Limit(1.00, at_least=True),
    # CPU time of a request to a sandbox with a million SMS, by that with a thousand.
    'past': Limit(1.50),
    # CPU time of a reset, by that of parsing and writing a page of 100 entries, about 0.3 ms.
    'reset': Limit(1.00),
    # Time of ``import hoiio.sandbox``, by that of requests and werkzeug.serving together.
    'sandbox import': Limit(1.25),
}
