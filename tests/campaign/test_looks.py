"""What Hoiio's history proves, and what it does not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hoiio.campaign import schema
from hoiio.campaign.claim import Batch
from hoiio.campaign.exceptions import LedgerFailed
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.outcomes import Attention, Done, Wait
from hoiio.campaign.states import AttemptState, PersonState
from hoiio.service.sms import SmsHistory
from tests.campaign.conftest import Trial, hold, person

Make = Callable[..., Trial]

SENDING, UNKNOWN, TAKEN, UNTAKEN = 'sending', 'unknown', 'taken', 'untaken'


@pytest.mark.slow
def test_a_batch_that_reaches_hoiio_after_the_first_look_is_not_sent_again(make: Make) -> None:
    trial = make()
    trial.sandbox.fault('deferred', 'sms/bulk_send', seconds=3_600)

    def has_found_nothing() -> bool:
        with trial.database.transaction() as connection:
            return connection.scalar(select(schema.attempt.c.empty_at)) is not None

    trial.run(until=has_found_nothing)
    trial.sandbox.clock.advance(hours=1)
    assert trial.run() == Done()
    assert (trial.attempts(), trial.inboxes()) == ([TAKEN], [1, 1, 1])


@pytest.mark.slow
def test_late_proof_of_a_batch_that_was_sent_again_is_told(make: Make) -> None:
    """S1 does not hold here: Hoiio carries the request out after the settling time."""
    trial = make(1_001)
    trial.sandbox.fault('deferred', 'sms/bulk_send', seconds=3_600)
    # The second attempt is taken, and then the first one is carried out.
    trial.run(until=lambda: trial.attempts()[:2] == [UNTAKEN, TAKEN])
    trial.sandbox.clock.advance(hours=1)
    trial.restart()
    outcome = trial.run()
    assert isinstance(outcome, Attention)
    assert '1000 people have two messages' in outcome.reason
    assert trial.attempts()[:2] == [TAKEN, TAKEN]
    assert trial.campaign.status().twice == 1_000
    # The second messages have used up the confirmed sum.
    trial.campaign.ready(max_cost=3_000 * 32_000)
    trial.campaign.resume()
    assert trial.run() == Done()
    marked = [each.twice for each in trial.campaign.people()]
    assert marked == [count == 2 for count in trial.inboxes()]


def test_people_whom_a_bulk_left_out_are_missing(make: Make) -> None:
    trial = make(4)
    trial.sandbox.fault('partial', 'sms/bulk_send', count=3)
    assert trial.run() == Done()
    assert trial.people() == ['delivered'] * 3 + ['missing']
    assert trial.inboxes() == [1, 1, 1, 0]


@pytest.mark.slow
def test_the_history_is_read_in_pages_and_one_page_a_step(make: Make) -> None:
    trial = make(250)
    trial.sandbox.fault('dropped_after', 'sms/bulk_send')
    pages = []
    history = trial.client.sms.history

    def counted(**params: Any) -> SmsHistory:
        pages.append(params['page'])
        return history(**params)

    trial.client.sms.history = counted  # type: ignore[method-assign]
    steps = 0
    while trial.campaign.step(trial.client) != Done():
        steps += 1
        assert len(pages) <= steps
        if len(pages) > 50:
            break
    assert trial.people() == ['delivered'] * 250
    assert pages[-3:] == [1, 2, 3]


@pytest.mark.slow
def test_a_look_whose_total_changes_proves_nothing_by_its_silence(make: Make) -> None:
    trial = make(settle=0.1)
    for _ in range(150):
        trial.client.sms.send('Other', '+6598765432')
    trial.sandbox.fault('dropped_before', 'sms/bulk_send')
    trial.run(until=lambda: trial.is_(AttemptState.UNKNOWN))
    for _ in range(12):
        outcome = trial.campaign.step(trial.client)
        trial.client.sms.send('Other', '+6598765432')
    assert 'changed during the look' in str(outcome) or outcome == Wait(0)
    assert trial.attempts() == [UNKNOWN]
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]


@pytest.mark.parametrize(
    'entry',
    ['damaged', {'tag': ['x']}, {'tag': 'a\ufffdb'}],
    ids=['not-an-object', 'list', 'damaged-byte'],
)
def test_a_look_with_an_entry_that_cannot_be_read_proves_nothing(make: Make, entry: Any) -> None:
    trial = make()
    trial.client.sms.send('Other', '+6598765432')
    history = trial.client.sms.history

    def damaged(**params: Any) -> SmsHistory:
        page = history(**params)
        page.json['entries'][0] = entry
        return page

    trial.client.sms.history = damaged  # type: ignore[method-assign]
    assert trial.run() == Wait(60, "Hoiio's history has an entry that cannot be read.")
    assert trial.attempts() == []
    trial.client.sms.history = history  # type: ignore[method-assign]
    assert trial.run() == Done()


def test_an_entry_of_the_campaign_that_cannot_be_read_makes_the_look_invalid(make: Make) -> None:
    trial = make()
    trial.sandbox.fault('dropped_after', 'sms/bulk_send')
    trial.run(until=lambda: trial.is_(AttemptState.UNKNOWN))
    history = trial.client.sms.history

    def damaged(**params: Any) -> SmsHistory:
        page = history(**params)
        for entry in page.json['entries']:
            del entry['dest']
        return page

    trial.client.sms.history = damaged  # type: ignore[method-assign]
    assert isinstance(trial.run(), Wait)
    assert trial.attempts() == [UNKNOWN]


def test_a_history_that_cannot_be_read_is_asked_again(make: Make) -> None:
    trial = make()
    trial.sandbox.fault('rate_limited', 'sms/get_history')
    outcome = trial.run()
    assert isinstance(outcome, Wait)
    assert 'error_rate_limit_exceeded' in outcome.reason
    assert outcome.seconds == 60
    history = trial.client.sms.history

    def without_total(**params: Any) -> SmsHistory:
        page = history(**params)
        del page.json['total_entries_count']
        return page

    trial.client.sms.history = without_total  # type: ignore[method-assign]
    outcome = trial.run()
    assert isinstance(outcome, Wait)
    assert "has no 'total_entries_count'" in outcome.reason
    trial.client.sms.history = history  # type: ignore[method-assign]
    assert trial.run() == Done()


def test_refused_credentials_need_attention(make: Make) -> None:
    trial = make()
    trial.sandbox.fault('status', 'sms/get_history', status='error_invalid_access_token')
    outcome = trial.run()
    assert isinstance(outcome, Attention)
    assert 'error_invalid_access_token' in outcome.reason


def test_a_tag_that_hoiio_knows_already_stops_the_campaign(make: Make) -> None:
    trial = make()
    trial.client.sms.send('Before', person(0).dest, tag='reminder')
    outcome = trial.run()
    assert isinstance(outcome, Attention)
    assert 'messages with the tag reminder that are not from this ledger' in outcome.reason
    trial.campaign.resume()
    assert isinstance(trial.run(until=lambda: trial.attempts() != []), Attention)
    trial.campaign.resume(again=True)
    assert trial.run() == Done()


def test_the_tag_of_a_campaign_of_another_ledger_stops_it_too(make: Make, tmp_path: Path) -> None:
    trial = make()
    trial.client.sms.send('Before', person(0).dest, tag='reminder/0123456789ab/cafe')
    trial.client.sms.send('Before', person(0).dest, tag='reminder-2')
    assert isinstance(trial.run(), Attention)
    assert trial.attempts() == []


def test_again_can_be_said_at_once(make: Make) -> None:
    trial = make()
    trial.client.sms.send('Before', person(0).dest, tag='reminder')
    trial.campaign.ready(96_000, again=True)
    assert trial.run() == Done()


@pytest.fixture
def file_only(where: str) -> Path:
    if '://' in where:
        pytest.skip('a file can be copied')
    return Path(where)


@pytest.mark.slow
def test_a_restored_ledger_finds_what_it_has_forgotten(make: Make, file_only: Path) -> None:
    trial = make(1_500)
    trial.run(until=trial.is_clean)
    copy = file_only.with_name('copy')
    trial.ledger.close()
    shutil.copy(file_only, copy)
    trial.restart()
    trial.run(until=lambda: trial.is_(AttemptState.TAKEN))
    trial.ledger.close()
    shutil.copy(copy, file_only)
    trial.restart()
    outcome = trial.run()
    assert isinstance(outcome, Attention)
    assert 'the ledger is an older copy' in outcome.reason
    assert trial.people().count('delivered') == 1_000
    trial.campaign.resume()
    assert trial.run() == Done()
    assert set(trial.inboxes()) == {1}


@pytest.mark.slow
def test_an_attempt_of_a_process_that_ended_is_unknown(make: Make) -> None:
    trial = make()
    trial.run(until=trial.is_clean)
    hold(trial.database, trial.campaign._number, trial.campaign._sender().identity)
    trial.restart()
    trial.run(until=lambda: trial.is_(AttemptState.UNKNOWN))
    assert trial.attempts() == [UNKNOWN]
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]


@pytest.mark.slow
def test_an_attempt_of_another_machine_is_left_to_a_person(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make()
    trial.run(until=trial.is_clean)
    hold(trial.database, trial.campaign._number, 'another machine')
    if trial.database.is_shared:
        assert trial.run() == Wait(60, 'A process on another machine is sending this campaign.')
        assert trial.attempts() == [SENDING]
        with trial.database.transaction() as connection:
            connection.exec_driver_sql('UPDATE attempt SET lease = 1')
    outcome = trial.run()
    assert isinstance(outcome, Attention)
    assert 'their sender was on another machine' in outcome.reason
    assert 'hoiio campaign resolve 1 --sent' in outcome.reason
    assert (trial.attempts(), trial.people()) == ([UNKNOWN], ['held'] * 3)


@pytest.mark.slow
def test_a_notification_helps_when_nobody_can_tell(make: Make) -> None:
    trial = make()
    trial.run(until=trial.is_clean)
    batch = hold(trial.database, trial.campaign._number, 'another machine')
    assert isinstance(batch, Batch)
    with trial.database.transaction() as connection:
        connection.exec_driver_sql('UPDATE attempt SET lease = 1')
    assert isinstance(trial.run(), Attention)
    trial.client.sms.bulk_send('Dear Ann', [person(0).dest], tag=batch.tag)
    outcome = trial.run(until=lambda: trial.is_(AttemptState.TAKEN))
    while not trial.is_(AttemptState.TAKEN):
        outcome = trial.run(until=lambda: trial.is_(AttemptState.TAKEN))
    assert outcome == Wait(0)
    assert trial.people()[0] == 'delivered'


def test_a_large_campaign_is_not_read(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('hoiio.campaign.survey.MOST_READ', 150)
    trial = make(151)
    assert trial.run() == Done()
    status = trial.campaign.status()
    assert status.is_unread
    assert status.counts[PersonState.ACCEPTED] == 151


@pytest.mark.slow
def test_with_a_callback_url_the_history_is_read_only_for_those_without_a_word(
    make: Make,
) -> None:
    trial = make(120, notify_url='http://127.0.0.1:9/hook')
    assert trial.run() == Done()
    assert trial.people() == ['delivered'] * 120
    assert trial.waits == [trial.waits[0]]


@pytest.mark.slow
def test_a_history_that_lags_delays_the_next_batch(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make(1_010, settle=300)
    trial.run(until=trial.is_clean)
    trial.sandbox.fault('stale', 'sms/get_history', seconds=3_600, times=2)
    with monkeypatch.context() as patch:
        patch.setattr('hoiio.campaign.survey._BETWEEN_LOOKS', 60)
        lags = Wait(60, "Hoiio's history does not show the last batch yet.")
        assert [trial.run(), trial.attempts()] == [lags, [TAKEN]]
    trial.run(until=lambda: len(trial.attempts()) == 2)
    assert set(trial.inboxes()) == {1}


@pytest.mark.slow
def test_a_batch_that_the_history_never_shows_delays_the_next_one_no_longer(make: Make) -> None:
    trial = make(1_010, settle=0.01)
    trial.sandbox.fault('partial', 'sms/bulk_send', count=1)
    trial.sandbox.fault('stale', 'sms/get_history', seconds=3_600, times=30)
    trial.run(until=lambda: len(trial.attempts()) == 2)
    assert trial.people().count('accepted') == 1_010


def test_a_connection_that_was_lost_during_a_look_begins_another(make: Make) -> None:
    trial = make()
    history = trial.client.sms.history

    def reconnect(**params: Any) -> SmsHistory:
        trial.database.opened += 1
        return history(**params)

    trial.client.sms.history = reconnect  # type: ignore[method-assign]
    assert trial.campaign.step(trial.client) == Wait(0)
    assert not trial.is_clean()


def test_another_process_may_have_read_the_page(make: Make) -> None:
    trial = make()
    history = trial.client.sms.history

    def slow(**params: Any) -> SmsHistory:
        with Ledger(trial.where) as other, other.database.transaction() as connection:
            connection.exec_driver_sql('UPDATE campaign SET look_page = 2')
        return history(**params)

    trial.client.sms.history = slow  # type: ignore[method-assign]
    assert trial.campaign.step(trial.client) == Wait(0)
    assert not trial.is_clean()


def test_a_new_connection_looks_for_strangers_again(make: Make) -> None:
    trial = make(settle=60)
    trial.run(until=trial.is_clean)
    trial.database.opened += 1
    assert trial.campaign.step(trial.client) == Wait(0)
    assert trial.attempts() == []
    assert trial.campaign._sender().clean_in == trial.database.opened


def test_a_campaign_that_is_paused_during_a_look_reads_it_to_its_end(make: Make) -> None:
    trial = make()
    trial.run(until=trial.is_clean)
    with trial.database.transaction() as connection:
        clock, seconds = trial.database.moment(connection)
    trial.set_up(
        look_clock=clock,
        look_began=seconds,
        look_from='2026-01-01 00:00:00',
        look_is_whole=False,
        look_page=1,
        look_seen=0,
    )
    trial.campaign.pause()
    assert trial.campaign.step(trial.client) == Wait(0)
    assert trial.run() == Attention('You paused the campaign. To continue, resume it')


def test_a_clock_that_was_wrong_when_the_campaign_was_created_hides_nothing(make: Make) -> None:
    trial = make()
    trial.set_up(created=2_000_000_000.0)
    trial.sandbox.fault('dropped_after', 'sms/bulk_send')
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]


def test_a_ledger_that_was_restored_under_an_open_connection_is_noticed(make: Make) -> None:
    """A pooler between the process and the server hides that the server is another one."""
    trial = make(settle=60)
    trial.run(until=lambda: trial.is_(AttemptState.TAKEN))
    restore_empty(trial)
    outcome = trial.run()
    assert isinstance(outcome, Attention)
    assert 'the ledger is an older copy' in outcome.reason
    trial.campaign.resume()
    trial.set_up(settle=0.05)
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]


def test_a_ledger_that_is_restored_just_before_a_claim_sends_nothing_again(make: Make) -> None:
    """The process may be stopped at any moment, and the ledger restored meanwhile."""
    trial = make()
    trial.run(until=lambda: trial.is_(AttemptState.TAKEN))
    trial.campaign.add([person(3)])
    trial.campaign.ready(4 * 32_000)
    trial.run(until=lambda: trial.people()[0] == 'delivered')

    def restore(what: str) -> None:
        if what == 'committed':
            trial.database.on_event = lambda what: None
            restore_empty(trial)

    trial.database.on_event = restore
    with pytest.raises(LedgerFailed):
        trial.campaign.step(trial.client)
    trial.restart()
    outcome = trial.run()
    assert isinstance(outcome, Attention)
    assert 'the ledger is an older copy' in outcome.reason
    trial.campaign.resume()
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]
    assert len(trial.sandbox.phone(person(3).dest).inbox) == 1


def restore_empty(trial: Trial) -> None:
    """Replace the ledger by a copy from before the first batch."""
    waiting = {'state': 'waiting', 'attempt_id': None, 'txn_ref': None}
    with trial.database.transaction() as connection:
        connection.execute(schema.person.update().values(waiting))
        connection.execute(schema.attempt.delete())
    trial.set_up(spent=0, held=0, charged=0)


def test_the_answer_to_a_batch_settles_no_other_batch(make: Make) -> None:
    trial = make()
    trial.run(until=trial.is_clean)

    def restore(what: str) -> None:
        if what == 'sent':
            trial.database.on_event = lambda what: None
            with trial.database.transaction() as connection:
                connection.execute(schema.attempt.update().values(key='of another batch'))

    trial.database.on_event = restore
    with pytest.raises(LedgerFailed):
        trial.campaign.step(trial.client)
    assert trial.attempts() == [SENDING]
