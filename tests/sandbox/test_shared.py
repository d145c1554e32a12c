"""What a test asks of the sandbox that it shares with others, and what it leaves behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from hoiio.sandbox import FakeClock, Seed
from hoiio.sandbox.clock import Clock
from hoiio.sandbox.shared import Settings, SharedSandbox
from tests.sandbox.conftest import Receiver, ask
from tests.sandbox.webhooks.conftest import wait_for_the_end

DEST = '+6598765432'


@pytest.fixture
def shared() -> Iterator[SharedSandbox]:
    with SharedSandbox() as sandbox:
        yield sandbox


def test_a_test_gets_what_it_asks_for_and_the_next_one_does_not(shared: SharedSandbox) -> None:
    clock = FakeClock()
    settings = Settings(answer='manual', seed=Seed(name='Ann'), clock=clock, one_at_a_time=True)
    with shared.lent(settings):
        client = shared.client()
        client.voice.call(DEST, '+6581234567')
        assert shared.phone(DEST).expect_call().state == 'ringing'
        assert client.account.info().name == 'Ann'
        assert shared.clock is clock
        assert shared._emulator.outbox.one_at_a_time
    with shared.lent(Settings()):
        client.voice.call(DEST, '+6581234567')
        assert shared.phone(DEST).expect_call().state == 'talking'
        assert client.account.info().name == Seed().name
        assert type(shared.clock) is Clock
        assert not shared._emulator.outbox.one_at_a_time


def test_a_clock_of_ones_own_goes_off_and_begins_anew_each_time(shared: SharedSandbox) -> None:
    settings = Settings(clock=FakeClock())
    for _ in range(2):
        with shared.lent(settings):
            client = shared.client()
            call = client.voice.call(DEST, '+6581234567', max_duration=60)
            assert shared.clock.now().minute == 0
            shared.clock.advance(minutes=1)
            assert client.voice.status(call.txn_ref).duration == 1


@pytest.mark.parametrize('clock', [None, Clock()], ids=['usual', 'own'])
def test_a_clock_that_runs_does_so_after_a_fake_one(
    shared: SharedSandbox, clock: Clock | None
) -> None:
    with shared.lent(Settings(clock=FakeClock())):
        pass
    with shared.lent(Settings(clock=clock)):
        fired = threading.Event()
        shared._emulator.world.schedule.after(0.01, fired.set)
        assert fired.wait(30)


def test_a_parameter_that_nobody_knows_fails_the_test(shared: SharedSandbox) -> None:
    with (
        pytest.raises(
            AssertionError, match='does not know these parameters: sms/send ignored: flavour'
        ),
        shared.lent(Settings()),
    ):
        ask(shared, 'sms/send', dest=DEST, msg='x', flavour='vanilla')
    with shared.lent(Settings(strict_parameters=False)):
        ask(shared, 'sms/send', dest=DEST, msg='x', flavour='vanilla')
        with pytest.raises(AssertionError, match='flavour'):
            shared.assert_known_parameters()
    with shared.lent(Settings()):
        shared.assert_known_parameters()


def test_the_end_of_a_test_waits_for_what_is_under_way(
    shared: SharedSandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hoiio.sandbox.shared.SETTLE_SECONDS', 60)
    begun, written = threading.Event(), threading.Event()

    def write(_post: object) -> None:
        begun.set()
        wait_for_the_end(shared._emulator.outbox)
        written.set()

    receiver.react = write
    with shared.lent(Settings()):
        shared.client().sms.send('Hello', DEST, notify_url=receiver.url)
        assert begun.wait(30)
    assert written.is_set()


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'answer': 'never'}, "answer must be 'auto' or 'manual', not 'never'"),
        ({'seed': 'Ann'}, 'seed must be a Seed'),
        ({'clock': 12}, 'clock must be a Clock'),
        ({'one_at_a_time': 1}, 'one_at_a_time must be True or False'),
        ({'strict_parameters': 'no'}, 'strict_parameters must be True or False'),
        ({'delivered_by': '/notify'}, 'delivered_by must be a function'),
        ({'anwser': 'manual'}, 'anwser'),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        Settings(**options)
