"""Fixtures: an outbox with a fake sender, and a sandbox that uses the network."""

from __future__ import annotations

import contextlib
import threading
import time
from queue import Queue
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

import pytest

from hoiio.sandbox import FakeClock, Sandbox
from hoiio.sandbox.webhooks.outbox import Outbox
from hoiio.sandbox.webhooks.sender import Attempt, Sender

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=FakeClock()) as sandbox:
        yield sandbox


@contextlib.contextmanager
def released(event: threading.Event) -> Iterator[None]:
    try:
        yield
    finally:
        event.set()


class FakeSender:
    """Delivers each notification at once, or after the test unblocks its URL.

    Attributes:
        blocked: The blocked URLs. A delivery to one of them waits until its event is set.
        entered: The URL of each delivery that has begun.
        arrived: The identifying value of each delivered notification.
        threads: The threads that have sent something.
        most_at_once: How many notifications were under way at the same time.
    """

    def __init__(self, outbox: Outbox) -> None:
        self.blocked: dict[str, threading.Event] = {}
        self.entered: Queue[str] = Queue()
        self.arrived: Queue[str] = Queue()
        self.threads: set[threading.Thread] = set()
        self.most_at_once = 0
        self.cuts = 0
        self._under_way = 0
        self._lock = threading.Lock()
        outbox._sender = cast(Sender, self)

    def send(self, url: str, body: str, _headers: dict[str, str], _cuts: int) -> Attempt:
        with self._counted():
            self.entered.put(url)
            if url in self.blocked:
                self.blocked[url].wait(60)
        fields = dict(parse_qsl(body))
        self.arrived.put(fields.get('call_state') or fields.get('txn_ref') or fields['n'])
        return Attempt(200, '', None, 1.0)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self.threads.add(threading.current_thread())
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        yield
        with self._lock:
            self._under_way -= 1

    def cut(self) -> None:
        pass

    def next(self) -> str:
        return self.arrived.get(timeout=30)

    def wait_until_under_way(self, count: int = 1) -> None:
        for _ in range(count):
            self.entered.get(timeout=30)

    def wait_for_the_end_of_threads(self) -> None:
        for thread in list(self.threads):
            thread.join(30)
            assert not thread.is_alive()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def outbox(clock: FakeClock) -> Iterator[Outbox]:
    outbox = Outbox(clock)
    yield outbox
    outbox.stop()


@pytest.fixture
def sender(outbox: Outbox) -> FakeSender:
    sender = FakeSender(outbox)
    outbox.start()
    return sender


def queue_one(outbox: Outbox, url: str, fields: dict[str, str], key: str) -> None:
    outbox.queue(url, fields, key, 'token')
    outbox.release(outbox.claim())


def queue(outbox: Outbox, *numbers: str, key: str = 'A', host: str = 'a') -> None:
    for n in numbers:
        queue_one(outbox, f'http://{host}/', {'n': n}, key)


def wait_for_the_end(outbox: Outbox) -> None:
    """Wait until `settle` has begun, which begins nothing new."""
    deadline = time.monotonic() + 60
    while outbox._running:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def arrivals(outbox: Outbox, sender: FakeSender) -> list[str]:
    outbox.drain(30)
    return [sender.next() for _ in range(sender.arrived.qsize())]
