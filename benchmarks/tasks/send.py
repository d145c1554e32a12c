"""Send an SMS over and over: what one costs the processor."""

from __future__ import annotations

from time import process_time

from ..contenders import connect
from . import Task

# Until every cache is filled and every code path of the interpreter specialised.
WARM_UP = 20


def prepare(name: str, url: str) -> Task:
    """Set up a contender; the task takes so many seconds of CPU time."""
    send = connect(name, url)

    def work(calls: int) -> float:
        started = process_time()
        for _ in range(calls):
            send()
        return process_time() - started

    work(WARM_UP)
    return work
