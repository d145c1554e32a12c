"""The limits of the figures. ``python -m benchmarks`` fails if one does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Limit(NamedTuple):
    """The maximum of a ratio, or its minimum if ``at_least`` is True."""

    ratio: float
    at_least: bool = False


LIMITS: Mapping[str, Limit] = {
    # CPU time of a send / that of requests.Session.post, and / that of the fastest peer.
    'send': Limit(0.50),
    'fastest peer': Limit(1.00),
    # Time and memory of ``from hoiio import Hoiio`` / those of ``import requests``.
    'import': Limit(1.05),
    # CPU time of a page of 100 entries / that of json.loads.
    'page, nothing read': Limit(1.20),
    'page, every field read': Limit(2.50),
    # Memory of entries that are kept / that of dicts.
    'entries kept': Limit(1.00),
    # Peak memory of paging over many pages / over a few pages.
    'paging': Limit(1.10),
    # Calls per second from eight threads with one client / with a session for each thread.
    'threads': Limit(1.00, at_least=True),
    # CPU time of a request to a sandbox with a million SMS / with a thousand SMS.
    'past': Limit(1.50),
    # CPU time of a reset / that of parsing and writing a page of 100 entries, about 0.3 ms.
    'reset': Limit(1.00),
    # CPU time that the pytest fixture adds to a test / that of the same page: at most 1 ms.
    'fixture': Limit(3.00),
    # Time of ``import hoiio.sandbox`` / that of importing requests and werkzeug.serving.
    'sandbox import': Limit(1.25),
    # Time of importing, starting and stopping a sandbox / that of the same two imports.
    'sandbox start': Limit(1.60),
    # People planned in a second of CPU time / 30,000.
    'plan': Limit(1.00, at_least=True),
    # Peak memory of planning many people / ten thousand.
    'plan memory': Limit(1.10),
    # People claimed and settled in a second of CPU time / 15,000. Each claim is synced.
    'claim': Limit(1.00, at_least=True),
    # Peak memory of a process with a campaign of many people / of ten thousand, on SQLite.
    'campaign memory': Limit(1.10),
    # Its peak memory for many people / 200 MB.
    'campaign size': Limit(1.00),
    # CPU time of a process of the command line / that of the Python that does the same.
    'command': Limit(1.30),
}
