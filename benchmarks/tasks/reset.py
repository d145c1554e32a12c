"""Reset a sandbox as between small tests, or parse and write a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import thread_time

from hoiio.sandbox import Sandbox

from .. import wire
from . import Task


def prepare(what: str) -> Task:
    """Prepare one of the two kinds of work.

    The task returns the CPU time of its thread in seconds.

    Args:
        what: ``reset`` to reset a running sandbox after one SMS, or ``json`` to parse and write a
            page of a history.
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
