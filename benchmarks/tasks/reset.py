"""Reset a sandbox between small tests, or parse and write a page: what each costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import thread_time

from hoiio.sandbox import Sandbox

from .. import wire
from . import Task


def prepare(what: str) -> Task:
    """Prepare one of the two.

    The task takes so many seconds of CPU time of this thread for so many times.

    Args:
        what: ``reset``: a sandbox that serves, after one SMS. ``json``: a page of a history.
    """
    return _resets() if what == 'reset' else _round_trips()


def _resets() -> Task:
    sandbox = Sandbox()
    sandbox.start()
    client = sandbox.client()

    def work(count: int) -> float:
        seconds = 0.0
        for _ in range(count):
            client.sms.send(wire.TEXT, wire.DEST)
            seconds += _timed(sandbox.reset)
        return seconds

    work(5)
    return work


def _round_trips() -> Task:
    page = wire.history_page(1)

    def work(count: int) -> float:
        return sum(_timed(lambda: json.dumps(json.loads(page))) for _ in range(count))

    work(5)
    return work


def _timed(action: Callable[[], object]) -> float:
    started = thread_time()
    action()
    return thread_time() - started
