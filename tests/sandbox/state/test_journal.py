from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hoiio.sandbox import FakeClock, Sandbox
from hoiio.sandbox.state.journal import Journal

if TYPE_CHECKING:
    from tests.sandbox.conftest import LocalService

DEST = '+6598765432'


def test_a_reset_clears_the_journal_and_continues_its_ids(service: LocalService) -> None:
    service('sms/send', dest='+6598765432', msg='x')
    last, resets = service.emulator.journal.last, service.emulator.journal.resets
    service.emulator.reset()
    assert (service.emulator.journal.last, service.emulator.journal.resets) == (last, resets + 1)
    assert service.emulator.world.events == []


def test_the_journal_keeps_the_newest_events_and_counts_the_dropped_ones() -> None:
    journal = Journal(limit=3)
    now = FakeClock().now()
    for n in range(5):
        journal.add(now, f'event {n}')
    assert [event.text for event in journal.since()] == ['event 2', 'event 3', 'event 4']
    assert [event.id for event in journal.since(4)] == [5]
    assert [event.id for event in journal.since(1)] == [3, 4, 5]
    missing, *lines = journal.lines()
    assert missing == '2 earlier events were dropped (see log_limit)'
    assert [line[9:] for line in lines] == ['event 2', 'event 3', 'event 4']
    journal.clear()
    journal.add(now, 'event 5')
    assert [line[9:] for line in journal.lines()] == ['event 5']


def test_the_journal_shortens_long_texts(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='x', **{'x' * 8_000_000: '1'})
    service('sms/send', dest='+' + '9' * 8_000_000, msg='x')
    service('sms/send', dest=DEST, msg='x' * 8_000_000)
    assert all(len(event.text) <= 1000 for event in service.emulator.journal.since())


def test_log_limit_limits_the_events_of_a_sandbox() -> None:
    with Sandbox(log_limit=2) as sandbox:
        for _ in range(3):
            sandbox.client().sms.send('x', DEST)
        assert sandbox.events[0].startswith('1 earlier events were dropped')
        assert len(sandbox.events) == 3
    with pytest.raises(ValueError, match='1 or more'):
        Sandbox(log_limit=0)
