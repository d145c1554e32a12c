"""Processes that send a campaign, and that end or stop at a chosen point.

A point is just before or after a statement, a commit or a request. Every state in which a crash can
leave a campaign lies at one of them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from hoiio import HoiioClient
from hoiio.campaign import Done, Ledger, Wait, claim
from hoiio.campaign.exceptions import LedgerFailed
from hoiio.sandbox import ACCESS_TOKEN, APP_ID

__all__ = [
    'ATTENTION',
    'DONE',
    'FAILED',
    'KILLED',
    'SECONDS',
    'Orders',
    'Points',
    'exit_code',
    'go_on',
    'send',
    'send_here',
    'start',
    'start_process',
    'wait_until_stopped',
]

DONE, FAILED, ATTENTION = 0, 1, 5
KILLED = -signal.SIGKILL
# How long a process may take on a busy machine.
SECONDS = 300
LONGEST_PAUSE = 1.0

# There are hundreds of processes, so each must start fast.
_context = multiprocessing.get_context('forkserver')
_context.set_forkserver_preload(['tests.campaign.proof.prepared'])
# Two threads must not ask for the end of a process at the same time, and `start` asks for all.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Orders:
    """What a process sends, and where it ends.

    Attributes:
        ledger: The ledger.
        tag: The campaign.
        url: The base URL of Hoiio.
        at: The number of the point at which the process gets the signal, from 1; None for never.
        of: What to count, such as ``'sent'`` for the requests that were answered; empty for all.
        signal: The signal.
        trace: The file to which the process writes the points that it passes.
        batch: How many people are in a batch.
        before: Called in the process before it opens the ledger.
    """

    ledger: str
    tag: str
    url: str
    at: int | None = None
    of: str = ''
    signal: signal.Signals = signal.SIGKILL
    trace: Path | None = None
    batch: int = 4
    before: Callable[[], None] | None = None


class Points:
    """Counts the points that this process passes, and gives it the signal at one of them."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._count = 0

    def __call__(self, what: str) -> None:
        if self._orders.trace is not None:
            with self._orders.trace.open('a') as trace:
                trace.write(f'{what}\n')
        if self._orders.of not in {what, ''}:
            return
        self._count += 1
        if self._count == self._orders.at:
            os.kill(os.getpid(), self._orders.signal)


def start(orders: Orders) -> ForkServerProcess:
    """Start a process that sends until nothing is left to do, or until a person is needed."""
    return start_process(send, orders)


def start_process(target: Callable[..., None], *arguments: object) -> ForkServerProcess:
    """Start a process that calls a function."""
    process = _context.Process(target=target, args=arguments, daemon=True)
    with _one_at_a_time:
        process.start()
    return process


def exit_code(process: ForkServerProcess, seconds: float) -> int | None:
    """Wait for a process, and return its exit code; None if it still runs."""
    connection.wait([process.sentinel], seconds)
    with _one_at_a_time:
        return process.exitcode


def send(orders: Orders) -> None:
    """Send in this process, and end it."""
    if orders.before is not None:
        orders.before()
    try:
        code = _steps(Ledger(orders.ledger), orders)
    except LedgerFailed:
        code = FAILED
    # Nothing that would tidy up must run, as after a crash.
    os._exit(code)


def send_here(orders: Orders) -> int:
    """Send in this process, and return the exit code that a process of its own would have."""
    with Ledger(orders.ledger) as ledger:
        return _steps(ledger, orders)


def _steps(ledger: Ledger, orders: Orders) -> int:
    claim.MAX_PEOPLE = orders.batch
    ledger.database.on_event = Points(orders)
    campaign = ledger.campaign(orders.tag)
    with HoiioClient(APP_ID, ACCESS_TOKEN, base_url=orders.url, timeout=SECONDS) as client:
        while isinstance(outcome := campaign.step(client), Wait):
            time.sleep(min(outcome.seconds, LONGEST_PAUSE))
    return DONE if isinstance(outcome, Done) else ATTENTION


def wait_until_stopped(process: ForkServerProcess) -> None:
    """Wait until a process has given itself a signal that stops it."""
    stat = Path(f'/proc/{process.pid}/stat')
    end = time.monotonic() + SECONDS
    while stat.read_text('ascii').rpartition(')')[2].split()[0] != 'T':
        assert time.monotonic() < end, 'the process goes on'
        time.sleep(0.02)


def go_on(process: ForkServerProcess) -> None:
    """Let a process go on that was stopped."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGCONT)
