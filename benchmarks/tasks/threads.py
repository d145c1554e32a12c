"""Send from eight threads at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from ..contenders import OURS, Send, connect
from . import Task

THREADS = 8


def prepare(name: str, url: str) -> Task:
    """Set up one client of the SDK for all threads, or another client for each thread.

    The task sends SMS from all threads and returns the elapsed time in seconds.
    """
    shared = name == OURS
    sends = (
        [connect(name, url)] * THREADS if shared else [connect(name, url) for _ in range(THREADS)]
    )
    pool = ThreadPoolExecutor(THREADS)

    def work(calls: int) -> float:
        started = perf_counter()
        for done in [pool.submit(_repeat, send, calls) for send in sends]:
            done.result()
        return perf_counter() - started

    work(2)
    return work


def _repeat(send: Send, calls: int) -> None:
    for _ in range(calls):
        send()
