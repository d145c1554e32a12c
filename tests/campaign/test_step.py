"""A campaign against a sandbox: nobody gets two messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from hoiio import HoiioClient
from hoiio.campaign.database import Database
from hoiio.campaign.exceptions import CampaignRefused, LedgerFailed, SettingsDiffer
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.outcomes import Attention, Done, Wait
from hoiio.campaign.quiet_hours import Window
from hoiio.campaign.states import AttemptState, CampaignState, PersonState
from hoiio.constants import Status
from hoiio.sandbox import Sandbox
from tests.campaign.conftest import Trial, hold, person, settings

Make = Callable[..., Trial]

TAKEN, UNTAKEN, UNKNOWN, SENDING = 'taken', 'untaken', 'unknown', 'sending'


@pytest.mark.slow
def test_everybody_gets_one_message(make: Make) -> None:
    trial = make(1_200)
    assert trial.run() == Done()
    assert trial.attempts() == [TAKEN, TAKEN]
    assert set(trial.inboxes()) == {1}
    status = trial.campaign.status()
    assert status.state is CampaignState.DONE
    assert status.counts[PersonState.DELIVERED] == 1_200
    assert status.spent == status.charged == status.max_cost == 1_200 * 32_000
    assert status.held == 0
    assert trial.campaign.step(trial.client) == Done()


def test_each_person_gets_the_own_text(make: Make) -> None:
    trial = make(2)
    trial.run()
    [sms] = trial.sandbox.phone(person(1).dest).inbox
    assert sms.text == 'Dear Ann'


def test_a_message_without_variables_goes_to_plain_numbers(make: Make) -> None:
    trial = make(0, message='Hello')
    trial.campaign.add([person(0, variables={}), person(1, variables={})])
    trial.campaign.ready(64_000)
    assert trial.run() == Done()
    assert [sms.text for sms in trial.sandbox.phone(person(1).dest).inbox] == ['Hello']


def test_i3_the_ledger_has_the_claim_before_a_byte_leaves(make: Make) -> None:
    trial = make(3)
    seen = []

    def look(what: str) -> None:
        if what == 'send':
            with Ledger(trial.where) as other:
                status = other.campaign('reminder').status()
            assert status.attempt is not None
            seen.append((status.attempt.state, status.counts[PersonState.HELD], status.held))

    trial.database.on_event = look
    trial.run()
    assert seen == [(AttemptState.SENDING, 3, 96_000)]


@pytest.mark.slow
@pytest.mark.parametrize(
    'status',
    [
        *('error_invalid_access_token', 'error_invalid_app_id', 'error_invalid_sender_name'),
        *('error_sms_rebrand_not_enabled', 'error_invalid_notify_url', 'error_dest_too_many'),
        *('error_unable_to_resolve_notify_url', 'error_not_allowed_for_trial'),
        *('error_msg_empty', 'error_msg_param_missing'),
    ],
)
def test_a_refused_form_pauses_the_campaign(make: Make, status: str) -> None:
    trial = make()
    trial.sandbox.fault('status', 'sms/bulk_send', status=Status(status))
    outcome = trial.run()
    assert isinstance(outcome, Attention)
    assert status in outcome.reason
    assert (trial.attempts(), trial.people()) == ([UNTAKEN], ['waiting'] * 3)
    trial.campaign.resume()
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]


def test_a_rate_limit_makes_the_application_wait(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make()
    at(trial.database, monkeypatch, NOON)
    trial.sandbox.fault('rate_limited', 'sms/bulk_send')
    assert trial.run() == Wait(60, 'Hoiio asked to send more slowly.')
    assert trial.attempts() == [UNTAKEN]
    shift(trial.database, monkeypatch, seconds=20)
    assert trial.run() == Wait(40, 'Hoiio asked to send more slowly.')
    assert trial.attempts() == [UNTAKEN]


def test_a_clock_that_was_set_back_does_not_make_it_wait_for_a_day(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make()
    trial.sandbox.fault('rate_limited', 'sms/bulk_send')
    trial.run()
    shift(trial.database, monkeypatch, days=-1)
    assert trial.run() == Done()


def test_if_no_destination_is_valid_all_are_refused(make: Make) -> None:
    trial = make()
    trial.sandbox.fault('status', 'sms/bulk_send', status='error_no_valid_dests')
    assert trial.run() == Done()
    assert (trial.attempts(), trial.people()) == ([TAKEN], ['refused'] * 3)
    assert {each.reason for each in trial.campaign.people()} == {'error_no_valid_dests'}


UNCLEAR: list[dict[str, Any]] = [
    {'kind': 'status', 'status': 'error_insufficient_credit'},
    {'kind': 'status', 'status': 'error_internal_server_error'},
    {'kind': 'status', 'status': 'error_service_not_available'},
    {'kind': 'http_error'},
    {'kind': 'dropped_before'},
]


@pytest.mark.slow
@pytest.mark.parametrize('fault', UNCLEAR, ids=lambda fault: fault.get('status', fault['kind']))
def test_what_hoiio_did_not_carry_out_is_sent_after_two_empty_looks(
    make: Make, fault: dict[str, Any]
) -> None:
    trial = make()
    trial.sandbox.fault(operation='sms/bulk_send', **fault)
    assert trial.run() == Done()
    assert trial.attempts() == [UNTAKEN, TAKEN]
    assert trial.inboxes() == [1, 1, 1]


@pytest.mark.parametrize('kind', ['dropped_after', 'truncated', 'garbage'])
def test_what_hoiio_carried_out_is_found_in_its_history(make: Make, kind: Any) -> None:
    trial = make()
    trial.sandbox.fault(kind, 'sms/bulk_send')
    assert trial.run() == Done()
    assert trial.attempts() == [TAKEN]
    assert trial.inboxes() == [1, 1, 1]


@pytest.mark.slow
@pytest.mark.parametrize('when', ['send', 'sent'])
def test_ctrl_c_during_a_request_leaves_the_outcome_unknown(make: Make, when: str) -> None:
    trial = make()
    interrupt(trial.database, when)
    with pytest.raises(KeyboardInterrupt):
        trial.run()
    assert trial.attempts() == [UNKNOWN]
    trial.database.on_event = lambda what: None
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]


@pytest.mark.slow
def test_a_request_that_never_left_is_made_again(make: Make) -> None:
    trial = make()
    trial.run(until=trial.is_clean)
    closed = HoiioClient('APP', 'TOKEN', base_url='http://127.0.0.1:9/')
    trial.set_up(app_id='APP', base_url='http://127.0.0.1:9/')
    outcome = trial.campaign.step(closed)
    assert isinstance(outcome, Wait)
    assert outcome.reason.startswith(
        'The batch did not leave: sms/bulk_send: the connection failed'
    )
    assert (outcome.seconds, trial.attempts()) == (60, [UNTAKEN])
    trial.set_up(app_id=trial.sandbox.app_id, base_url=trial.sandbox.url)
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]


def test_input_that_cannot_be_sent_pauses_the_campaign(make: Make) -> None:
    trial = make(message='Dear {{name}}')
    trial.set_up(message='Dear {{first_name}}')
    outcome = trial.run()
    assert isinstance(outcome, Attention)
    assert 'no value for {{first_name}}' in outcome.reason
    assert trial.attempts() == [UNTAKEN]


NOON = datetime(2026, 12, 1, 12, tzinfo=timezone.utc)


def at(database: Database, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(database, 'now', lambda connection: moment)


def shift(database: Database, monkeypatch: pytest.MonkeyPatch, **step: float) -> None:
    now = database.now
    monkeypatch.setattr(database, 'now', lambda each: now(each) + timedelta(**step))


def interrupt(database: Database, when: str) -> None:
    def end(what: str) -> None:
        if what == when:
            raise KeyboardInterrupt

    database.on_event = end


def test_messages_leave_only_in_the_window_of_the_person(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make(2, zone='UTC', window=Window(time(9), time(21)))
    at(trial.database, monkeypatch, NOON.replace(hour=20, minute=55))
    outcome = trial.run()
    again = (NOON.replace(hour=9) + timedelta(days=1)).astimezone()
    assert outcome == Wait(
        60,
        f'The window is closed. Messages leave again at {again:%H:%M %Z}.',
    )
    assert trial.attempts() == []
    at(trial.database, monkeypatch, NOON)
    trial.run(until=lambda: trial.is_(AttemptState.TAKEN))
    assert trial.inboxes() == [1, 1]


def test_each_zone_has_its_own_window(
    make: Make, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make(1, zone='UTC', window=Window(time(9), time(21)))
    trial.campaign.add([person(0), person(1, zone='Asia/Tokyo'), person(2, zone='Europe/London')])
    trial.campaign.ready(96_000)
    at(trial.database, monkeypatch, NOON)
    assert isinstance(trial.run(), Wait)
    assert trial.people() == ['delivered', 'waiting', 'delivered']


@pytest.mark.parametrize(
    'changes',
    [
        {'zone': 'UTC', 'window': Window(time(9), time(21))},
        {'expires': NOON + timedelta(minutes=30)},
        {},
    ],
    ids=['window', 'expiry', 'lease'],
)
def test_a_batch_whose_time_has_passed_before_the_first_byte_does_not_leave(
    make: Make, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    trial = make(**changes)
    at(trial.database, monkeypatch, NOON)
    trial.run(until=trial.is_clean)

    def stop(what: str) -> None:
        # The process is stopped between its claim and its request.
        if what == 'committed' and trial.is_(AttemptState.SENDING):
            at(trial.database, monkeypatch, NOON + timedelta(hours=11))

    def once(what: str) -> None:
        trial.database.on_event = lambda what: None
        stop(what)
        trial.database.on_event = once

    trial.database.on_event = once
    outcome = trial.campaign.step(trial.client)
    trial.database.on_event = lambda what: None
    assert isinstance(outcome, Wait)
    assert 'its time had passed' in outcome.reason
    assert (trial.attempts(), trial.people()) == ([UNTAKEN], ['waiting'] * 3)
    assert trial.inboxes() == [0, 0, 0]


def test_people_who_wait_when_the_campaign_expires_are_dropped(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make(expires=NOON)
    at(trial.database, monkeypatch, NOON + timedelta(seconds=1))
    assert trial.run() == Done()
    assert trial.people() == ['dropped'] * 3
    assert [each.reason for each in trial.campaign.people()] == ['the campaign had expired'] * 3


def test_who_is_suppressed_gets_nothing(make: Make) -> None:
    trial = make()
    trial.ledger.suppress([person(1).dest])
    assert trial.run() == Done()
    assert trial.people() == ['delivered', 'dropped', 'delivered']
    assert trial.inboxes() == [1, 0, 1]


def test_if_all_are_suppressed_nothing_is_sent(make: Make) -> None:
    trial = make()
    trial.ledger.suppress(person(place).dest for place in range(3))
    assert trial.run() == Done()
    assert (trial.people(), trial.attempts()) == (['dropped'] * 3, [])


@pytest.mark.slow
def test_i5_no_batch_costs_more_than_what_is_left_of_the_sum(make: Make) -> None:
    trial = make(5)
    trial.campaign.ready(max_cost=100_000)
    outcome = trial.run()
    assert isinstance(outcome, Attention)
    assert 'more than the confirmed sum' in outcome.reason
    assert trial.inboxes() == [1, 1, 1, 0, 0]
    trial.campaign.ready(max_cost=160_000)
    trial.campaign.resume()
    assert trial.run() == Done()
    assert trial.inboxes() == [1] * 5


@pytest.mark.slow
def test_i5_what_is_unknown_stays_held(make: Make) -> None:
    trial = make(5)
    trial.campaign.ready(max_cost=100_000)
    trial.sandbox.fault('dropped_before', 'sms/bulk_send')
    trial.run(until=lambda: trial.is_(AttemptState.UNKNOWN))
    status = trial.campaign.status()
    assert (status.held, status.spent) == (96_000, 0)
    trial.run()
    status = trial.campaign.status()
    assert (status.held, status.spent) == (0, 96_000)


@pytest.mark.slow
def test_a_higher_price_pauses_the_campaign_after_one_batch(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hoiio.campaign.claim.MAX_PEOPLE', 10)
    trial = make(30, settle=30)
    trial.sandbox.set_rate('sms', '+65', '0.064')
    outcome = trial.run()
    assert outcome == Attention(
        'Hoiio charges more than planned: 0.064 for a message that was planned at 0.032. To'
        ' continue at this price, up to the confirmed sum, resume the campaign'
    )
    assert sum(trial.inboxes()) == 10
    trial.campaign.resume()
    trial.run()
    # What the first batches cost more is not there for the last one.
    status = trial.campaign.status()
    assert status.counts[PersonState.WAITING] > 0
    assert status.charged <= 30 * 32_000 + 10 * 32_000


@pytest.mark.slow
def test_three_unknown_attempts_in_a_row_pause_the_campaign(make: Make) -> None:
    trial = make()
    trial.sandbox.fault('status', 'sms/bulk_send', status='error_insufficient_credit', times=None)
    outcome = trial.run()
    assert outcome == Attention(
        '3 batches in a row ended without a clear response. The reason of the last one:'
        ' error_insufficient_credit (The balance is too low for this request). Find out why, then'
        ' resume the campaign'
    )
    assert (
        'Hoiio may or may not have received 3 messages: error_insufficient_credit (The'
        in (trial.waits[0])
    )
    assert trial.attempts() == [UNTAKEN] * 3
    trial.sandbox.reset()
    trial.campaign.resume()
    assert trial.run() == Done()


def test_two_looks_are_the_settling_time_apart_and_begin_after_it(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make(settle=100)
    with trial.database.transaction() as connection:
        began = trial.database.moment(connection)
    clock = {'shift': 0.0}

    def moved(_connection: Any) -> Any:
        # Each reading is a little later, however busy this machine is.
        clock['shift'] += 0.001
        return began._replace(seconds=began.seconds + clock['shift'])

    monkeypatch.setattr(trial.database, 'moment', moved)
    trial.sandbox.fault('dropped_before', 'sms/bulk_send')
    outcome = trial.run()
    assert isinstance(outcome, Wait)
    assert outcome.seconds == 60
    assert 'Hoiio may or may not have received 3 messages: sms/bulk_send: ' in outcome.reason
    assert 'The next look at its history is at' in outcome.reason
    assert 'hoiio campaign resolve 1 --sent' in outcome.reason
    assert trial.attempts() == [UNKNOWN]
    for step, state in ((98, UNKNOWN), (4, UNKNOWN), (96, UNKNOWN), (6, UNTAKEN)):
        clock['shift'] += step
        trial.run(until=lambda: trial.is_(AttemptState.UNTAKEN))
        assert trial.attempts() == [state], clock


@pytest.mark.slow
def test_a_restart_counts_the_settling_time_anew(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make(settle=0.3)
    trial.sandbox.fault('dropped_before', 'sms/bulk_send')
    trial.run(until=lambda: bool(trial.waits))
    with trial.database.transaction() as connection:
        clock = trial.database.moment(connection).clock
    trial.restart()
    if clock != 'postgresql':
        monkeypatch.setattr('hoiio.campaign.database._process', 'another process')
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]


def test_a_campaign_sends_only_as_its_own_application(make: Make) -> None:
    trial = make()
    other = HoiioClient('OTHER', 'TOKEN', base_url=trial.sandbox.url)
    with pytest.raises(SettingsDiffer, match=r"app_id was .* and is 'OTHER'"):
        trial.campaign.step(other)
    with pytest.raises(SettingsDiffer, match='base_url'):
        trial.campaign.step(HoiioClient(trial.sandbox.app_id, 'TOKEN'))
    with pytest.raises(SettingsDiffer, match='app_id'):
        trial.campaign.resolve(1, other, is_sent=True)
    # It does not keep the others from sending either.
    assert trial.ledger.campaign(trial.settings.tag).step(trial.client) == Wait(0)


def test_a_campaign_that_is_not_ready_does_not_send(make: Make) -> None:
    trial = make()
    other = trial.ledger.create(
        settings(tag='other', app_id=trial.sandbox.app_id, base_url=trial.sandbox.url)
    )
    with pytest.raises(CampaignRefused, match='other is planning'):
        other.step(trial.client)


def test_only_one_process_of_a_machine_sends_a_campaign(make: Make) -> None:
    trial = make()
    trial.campaign.step(trial.client)
    with Ledger(trial.where) as other:
        waiting = other.campaign('reminder')
        assert waiting.step(trial.client) == Wait(1, 'Another process is sending this campaign.')
        trial.ledger.close()
        assert waiting.step(trial.client) == Wait(0)


def test_a_campaign_that_is_opened_again_shares_the_lock(make: Make) -> None:
    trial = make()
    for _ in range(2):
        again = trial.ledger.campaign('reminder')
        assert again.step(trial.client) == Wait(0)
    assert trial.inboxes() == [1, 1, 1]
    again.close()
    with Ledger(trial.where) as other:
        assert other.campaign('reminder')._sender().lock.acquire()


@pytest.mark.slow
def test_i2_the_schema_refuses_a_second_batch_on_its_way(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make(1_500)
    hold(trial.database, trial.campaign._number, 'another machine')
    # Whatever this process has found.
    monkeypatch.setattr('hoiio.campaign.step.survey', lambda *_: None)
    assert trial.campaign.step(trial.client) == Wait(
        1, 'Another process is sending a batch of this campaign.'
    )
    assert trial.attempts() == [SENDING]
    assert trial.people().count('held') == 1_000


def test_a_failed_write_ends_all_sending(make: Make) -> None:
    trial = make()
    trial.run(until=trial.is_clean)

    def fail(what: str) -> None:
        if what == 'statement':
            raise sqlalchemy_error()

    trial.database.on_event = fail
    with pytest.raises(LedgerFailed, match='the disk is full'):
        trial.campaign.step(trial.client)
    trial.database.on_event = lambda what: None
    with pytest.raises(LedgerFailed, match='sends nothing more'):
        trial.campaign.step(trial.client)
    trial.restart()
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]


@pytest.mark.slow
def test_i3_a_claim_whose_commit_failed_is_not_sent(make: Make) -> None:
    trial = make()
    trial.run(until=trial.is_clean)
    commits = []

    def fail(what: str) -> None:
        if what == 'committed':
            commits.append(what)
            raise sqlalchemy_error()

    trial.database.on_event = fail
    with pytest.raises(LedgerFailed):
        trial.campaign.step(trial.client)
    trial.database.on_event = lambda what: None
    assert len(commits) == 1
    assert (trial.attempts(), trial.inboxes()) == ([SENDING], [0, 0, 0])
    trial.restart()
    assert trial.run() == Done()
    assert trial.inboxes() == [1, 1, 1]


@pytest.mark.slow
def test_a_server_that_restarts_during_a_request_still_gets_its_answer(
    service: Sandbox, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path))
    service.reset()
    trial = Trial(service, postgresql_url, 3, {})

    def end(what: str) -> None:
        if what == 'sent':
            with Ledger(postgresql_url) as other, other.database.transaction() as connection:
                connection.exec_driver_sql(
                    'SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity'
                    ' WHERE pid <> pg_backend_pid() AND datname = current_database()'
                )

    trial.database.on_event = end
    assert trial.run() == Done()
    assert trial.database.opened > 1
    assert (trial.attempts(), trial.inboxes()) == ([TAKEN], [1, 1, 1])
    trial.ledger.close()


def sqlalchemy_error() -> Exception:
    return OperationalError('statement', {}, Exception('the disk is full'))
