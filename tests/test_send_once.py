"""The recipe of the documentation sends once, whatever interrupts it."""

from __future__ import annotations

import asyncio
import os
import signal
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import requests
import tenacity

from hoiio import HoiioException
from hoiio.sandbox import Sandbox
from hoiio.sandbox.words import FaultKind

CHAPTER = Path(__file__).parent.parent / 'docs' / 'errors.rst'
DEST = '+6591234567'
# What a careless user repeats: any trouble of the network.
retrying = tenacity.retry(
    retry=tenacity.retry_if_exception_type(requests.RequestException),
    stop=tenacity.stop_after_attempt(3),
)

SendOnce = Callable[..., str]
Begun = dict[str, datetime]


class SoftTimeLimit(Exception):
    """What a job queue raises from a signal in the middle of a job, as Celery does."""


class GreenTimeout(BaseException):
    """What passes every ``except Exception``, as the timeout of gevent does."""


@pytest.fixture
def send_once() -> SendOnce:
    blocks = CHAPTER.read_text('utf-8').split('.. code-block:: python\n')
    (block,) = [block for block in blocks if 'def send_once(' in block]
    lines = takewhile(lambda line: not line.strip() or line.startswith(' '), block.splitlines())
    names: dict[str, Any] = {}
    exec(textwrap.dedent('\n'.join(lines)), names)  # noqa: S102
    recipe: SendOnce = names['send_once']
    return recipe


@contextmanager
def interrupted_when_it_has_arrived(sandbox: Sandbox, error: type[BaseException]) -> Iterator[None]:
    """Raise an error in the main thread, from a signal, once the SMS has been delivered."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            if sandbox.phone(DEST).inbox:
                os.kill(os.getpid(), signal.SIGUSR1)
                return

    def handler(*_: object) -> None:
        raise error

    before = signal.signal(signal.SIGUSR1, handler)
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        signal.signal(signal.SIGUSR1, before)


def assert_one_arrived(sandbox: Sandbox, ref: str) -> None:
    assert [sms.txn_ref for sms in sandbox.client().sms.history().entries] == [ref]
    assert len(sandbox.phone(DEST).inbox) == 1


@pytest.mark.parametrize('error', [KeyboardInterrupt, SoftTimeLimit, GreenTimeout])
def test_what_an_interruption_leaves_is_looked_for(
    sandbox: Sandbox, send_once: SendOnce, error: type[BaseException]
) -> None:
    client, begun = sandbox.client(), Begun()
    sandbox.fault('latency', 'sms/send', seconds=30)
    with interrupted_when_it_has_arrived(sandbox, error), pytest.raises(error):
        send_once(client, 'Parcel', DEST, 'parcel-17', begun, wait=0)
    assert_one_arrived(sandbox, send_once(client, 'Parcel', DEST, 'parcel-17', begun, wait=0))


@pytest.mark.slow
def test_what_an_abandoned_thread_sends_is_looked_for(
    sandbox: Sandbox, send_once: SendOnce
) -> None:
    job = partial(send_once, sandbox.client(), 'Parcel', DEST, 'parcel-17', Begun(), wait=0)
    sandbox.fault('latency', 'sms/send', seconds=1)

    async def give_up_and_repeat() -> str:
        abandoned = asyncio.create_task(asyncio.to_thread(job))
        while not sandbox.phone(DEST).inbox:
            await asyncio.sleep(0.01)
        abandoned.cancel()
        return await asyncio.to_thread(job)

    assert_one_arrived(sandbox, asyncio.run(give_up_and_repeat()))


@pytest.mark.parametrize('kind', ['dropped_before', 'dropped_after', 'truncated'])
def test_a_retry_decorator_around_the_recipe_sends_once(
    sandbox: Sandbox, send_once: SendOnce, kind: FaultKind
) -> None:
    sandbox.fault(kind, 'sms/send')
    send = retrying(send_once)
    ref = send(sandbox.client(), 'Parcel', DEST, 'parcel-17', Begun(), wait=0)
    assert_one_arrived(sandbox, ref)


def test_a_retry_decorator_around_a_send_pays_twice(sandbox: Sandbox) -> None:
    sandbox.fault('dropped_after', 'sms/send')
    retrying(sandbox.client().sms.send)('Parcel', DEST)
    assert len(sandbox.phone(DEST).inbox) == 2


def test_a_search_that_fails_sends_nothing(sandbox: Sandbox, send_once: SendOnce) -> None:
    client, begun = sandbox.client(max_retries=0), Begun()
    sandbox.fault('dropped_after', 'sms/send')
    sandbox.fault('http_error', 'sms/get_history', times=2)
    for _ in range(3):
        with suppress(HoiioException):
            send_once(client, 'Parcel', DEST, 'parcel-17', begun, wait=0)
    assert_one_arrived(sandbox, send_once(client, 'Parcel', DEST, 'parcel-17', begun, wait=0))
