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


def about(service: LocalService, **wanted: object) -> list[str]:
    """Return the texts of the events that have the given fields."""
    events = service.emulator.journal.since()
    return [
        event.text
        for event in events
        if all(getattr(event, name) == value for name, value in wanted.items())
    ]


def test_an_event_of_an_sms_names_its_transaction_and_its_phone(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='Hello')
    service.phone(DEST).send_sms('+14155550100', 'Hi')
    service.phone(DEST).send_sms('+6531580000', 'lost')
    service.phone(DEST).send_sms('+6581234567', 'between phones')
    [sent, received, lost, direct] = service.emulator.journal.since()
    assert {event.kind for event in (sent, received, lost, direct)} == {'sms'}
    assert (sent.phones, sent.txn_ref, sent.failed) == ((DEST,), 'AA-S-1', False)
    assert (received.phones, received.txn_ref) == ((DEST,), 'AA-SI-1')
    assert (lost.phones, lost.txn_ref, lost.failed) == ((DEST,), None, True)
    assert (direct.phones, direct.failed) == ((DEST, '+6581234567'), False)


@pytest.mark.parametrize(
    ('dest', 'failed'), [(DEST, False), ('+6588880021', False), ('+6588880022', True)]
)
def test_an_event_of_an_sms_that_fails_is_marked(
    service: LocalService, dest: str, failed: bool
) -> None:
    service('sms/send', dest=dest, msg='x')
    assert service.emulator.journal.since()[-1].failed is failed


def test_all_events_of_a_session_name_it_also_those_of_its_transfer(service: LocalService) -> None:
    url = 'http://127.0.0.1:9/hook'
    session = service('ivr/start/dial', dest=DEST, msg='Welcome', notify_url=url)['session']
    service('ivr/end/transfer', session=session, dest='+6581234567', notify_url=url)
    service.phone(DEST).hang_up()
    events = service.emulator.journal.since()
    assert {event.session for event in events} == {session}
    assert {(event.kind, event.txn_ref) for event in events} == {
        ('call', 'AA-C-1'), ('ivr', 'AA-C-1'), ('call', 'AA-C-2'),
    }  # fmt: skip
    assert not any(event.failed for event in events)


@pytest.mark.parametrize('outcome', ['busy', 'unanswered', 'failed'])
def test_an_event_of_a_call_that_nobody_answers_is_marked(
    service: LocalService, outcome: str
) -> None:
    service.phone('+6581234567').react(outcome)  # type: ignore[arg-type]
    service('voice/call', dest1=DEST, dest2='+6581234567')
    assert len(about(service, kind='call', txn_ref='AA-C-1')) == 2
    [ended] = about(service, kind='call', failed=True)
    assert 'ended' in ended


def test_an_event_of_a_request_names_its_operation(service: LocalService) -> None:
    service('sms/send', dest='x', msg='x')
    service('sms/send', dest=DEST, msg='x', colour='red')
    assert about(service, operation='sms/send', failed=True) == [
        'sms/send refused: error_dest_invalid'
    ]
    assert about(service, operation='sms/send', failed=False) == ['sms/send ignored: colour']
