"""Send an SMS repeatedly, and measure the CPU time."""

from __future__ import annotations

from time import process_time

from ..contenders import connect
from . import Task

# Enough calls to fill the caches, and to let the interpreter specialise its bytecode.
WARM_UP = 20


def prepare(name: str, url: str) -> Task:
    """Set up a contender. The task sends SMS and returns the CPU time in seconds."""
    send = connect(name, url)

    def work(calls: int) -> float:
        started = process_time()
        for _ in range(calls):
            send()
        return process_time() - started

    work(WARM_UP)
    return work
