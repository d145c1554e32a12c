"""What Hoiio tells counts in any order, any number of times, and however late."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoiio.campaign.evidence import Evidence
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.notified import PARAMETER, evidence_of, with_attempt
from hoiio.campaign.states import AttemptEvent, AttemptState, PersonEvent
from hoiio.notification import BulkSmsTransaction, IncomingSms, Notification, SmsDelivery
from tests.campaign.conftest import person
from tests.campaign.conftest import settings as campaign_settings
from tests.campaign.play import Play

A, E, PE = AttemptState, AttemptEvent, PersonEvent


def delivery(batch: Any, place: Any = 0, **changes: Any) -> SmsDelivery:
    fields = {
        'sms_status': 'delivered',
        'txn_ref': f'AA-S-{place}',
        'tag': batch.tag,
        'dest': person(place).dest,
        'date': '2026-12-01 10:00:00',
        'split_count': '1',
        'currency': 'SGD',
        'rate': '0.032',
        'debit': '0.032',
        PARAMETER: batch.key,
        **changes,
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    return SmsDelivery(kept, unsigned=frozenset({PARAMETER}))


def transaction(batch: Any, place: Any = 0, **changes: Any) -> BulkSmsTransaction:
    fields = {
        'status': 'success_ok',
        'dest': person(place).dest,
        'txn_ref': f'AA-S-{place}',
        PARAMETER: batch.key,
        **changes,
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    return BulkSmsTransaction(kept, unsigned=frozenset({PARAMETER}))


@pytest.fixture
def play(ledger: Ledger) -> Play:
    return Play(ledger, 3)


def test_notifications_report_people(play: Play) -> None:
    batch = play.batch_in(A.TAKEN)
    count = play.campaign.notified(
        delivery(batch),
        delivery(batch, 1, sms_status='failed'),
        transaction(batch, 2, status='error_dest_not_supported', txn_ref=None),
    )
    assert count == 3
    assert [play.state(place) for place in range(3)] == ['delivered', 'failed', 'refused']
    reasons = [each.reason for each in play.campaign.people()]
    assert reasons == [None, 'failed', 'error_dest_not_supported']
    [first, *_] = play.campaign.people()
    assert (first.txn_ref, first.debit) == ('AA-S-0', 32_000)


@pytest.mark.parametrize('state', [A.SENDING, A.UNKNOWN, A.UNTAKEN])
def test_i4_a_notification_counts_in_every_state(play: Play, state: AttemptState) -> None:
    batch = play.batch_in(state)
    assert play.ledger.notified(transaction(batch)) == 1
    assert play.state_of(batch) == 'taken'
    assert [play.state(place) for place in range(3)] == ['accepted'] * 3
    assert play.campaign.status().spent == 96_000
    assert play.campaign.status().held == 0


def test_a_notification_before_the_answer_outweighs_it(play: Play) -> None:
    batch = play.claim()
    play.campaign.notified(delivery(batch))
    assert play.settle(batch, E.UNCLEAR) == 'taken'
    assert [play.state(place) for place in range(3)] == ['delivered', 'accepted', 'accepted']


def test_late_proof_of_people_who_are_out_again_marks_them_twice(play: Play) -> None:
    first = play.batch_in(A.UNTAKEN)
    play.ledger.suppress([person(2).dest])
    second = play.claim()
    play.campaign.notified(delivery(first))
    status = play.campaign.status()
    assert (status.twice, status.state) == (2, 'paused')
    assert status.reason is not None
    assert status.reason.startswith('2 people have two messages')
    assert [play.state(place) for place in range(3)] == ['held', 'held', 'accepted']
    play.settle(second, E.ACCEPTED)
    assert [each.twice for each in play.campaign.people()] == [True, True, False]
    assert play.campaign.status().spent == (3 + 2) * 32_000


@pytest.mark.parametrize('event', [E.NOT_SENT, E.NO_VALID_DESTS])
def test_nobody_stays_marked_whom_the_second_batch_did_not_reach(
    play: Play, event: AttemptEvent
) -> None:
    first = play.batch_in(A.UNTAKEN)
    second = play.claim()
    play.campaign.notified(transaction(first))
    play.settle(second, event)
    assert [play.state(place) for place in range(3)] == ['accepted'] * 3
    assert play.campaign.status().twice == 0


def test_a_parameter_of_the_url_counts_only_for_people_of_that_attempt(play: Play) -> None:
    play.ledger.suppress([person(2).dest])
    batch = play.batch_in(A.UNKNOWN)
    assert play.campaign.notified(transaction(batch, 2), transaction(batch, 7)) == 0
    assert play.state_of(batch) == 'unknown'


def test_an_unsigned_tag_does_not_name_an_attempt_that_the_ledger_lacks(play: Play) -> None:
    batch = play.claim()
    tag = batch.tag[:-1] + 'x'
    forged = delivery(batch, tag=tag, **{PARAMETER: None})
    forged.unsigned = frozenset({'tag'})
    assert play.campaign.notified(forged) == 0
    signed = delivery(batch, tag=tag, **{PARAMETER: None})
    assert play.campaign.notified(signed) == 1
    assert play.campaign.status().state == 'paused'


def test_a_stranger_takes_the_people_of_its_entries(play: Play) -> None:
    batch = play.batch_in(A.UNTAKEN)
    strange = {'tag': batch.tag[:-4] + 'beef', PARAMETER: None}
    assert play.ledger.notified(delivery(batch, 0, **strange)) == 1
    assert play.ledger.notified(delivery(batch, 1, **strange)) == 1
    assert [play.state(place) for place in range(3)] == ['delivered', 'delivered', 'waiting']
    # An unsigned parameter says nothing about it.
    assert play.ledger.notified(transaction(batch, 2, **{PARAMETER: batch.key[:-4] + 'beef'})) == 0
    status = play.campaign.status()
    assert status.reason is not None
    assert 'the ledger is an older copy' in status.reason


def test_a_person_with_two_transactions_has_two_messages(play: Play) -> None:
    batch = play.batch_in(A.TAKEN)
    play.campaign.notified(delivery(batch), delivery(batch, txn_ref='AA-S-99'))
    assert play.person().twice


def test_what_is_not_about_a_campaign_is_ignored(play: Play) -> None:
    batch = play.claim()
    others: list[Notification] = [
        IncomingSms({'msg': 'STOP'}),
        delivery(batch, tag=None, **{PARAMETER: None}),
        delivery(batch, tag='mine', **{PARAMETER: None}),
        delivery(batch, tag='other/000000000000/key', **{PARAMETER: None}),
        delivery(batch, debit='unreadable'),
        transaction(batch, dest=None),
        transaction(batch, **{PARAMETER: None}),
        transaction(batch, **{PARAMETER: 'unknown'}),
        transaction(batch, **{PARAMETER: '0' * 16}),
    ]
    assert play.ledger.notified(*others) == 0
    assert play.state_of(batch) == 'sending'
    other = play.ledger.create(campaign_settings(tag='other'))
    assert other.notified(delivery(batch)) == 0


def test_a_delivery_without_a_tag_is_known_by_its_url(play: Play) -> None:
    batch = play.claim()
    assert play.campaign.notified(delivery(batch, tag='')) == 1


def test_the_attempt_is_added_to_the_callback_url() -> None:
    assert with_attempt('https://example.com/hook', 'k') == (
        'https://example.com/hook?hoiio_attempt=k'
    )
    assert with_attempt('https://example.com/?a=%20b#c', 'k') == (
        'https://example.com/?a=%20b&hoiio_attempt=k#c'
    )


@pytest.mark.slow
def test_many_notifications_are_one_transaction(ledger: Ledger) -> None:
    play = Play(ledger, 1_000)
    batch = play.batch_in(A.UNKNOWN)
    commits = []
    ledger.database.on_event = lambda what: commits.append(what) if what == 'commit' else None
    assert play.campaign.notified(*(delivery(batch, place) for place in range(1_000))) == 1_000
    assert len(commits) == 1
    ledger.database.on_event = lambda what: None
    assert {each.state for each in play.campaign.people()} == {'delivered'}


@pytest.mark.slow
def test_more_than_a_fifth_refused_pauses_while_others_wait(ledger: Ledger) -> None:
    play = Play(ledger, 1_010)
    batch = play.batch_in(A.TAKEN)
    refusals = [
        transaction(batch, place, status='error_dest_invalid', txn_ref=None) for place in range(202)
    ]
    play.campaign.notified(*refusals[:200])
    assert play.campaign.status().state == 'ready'
    play.campaign.notified(refusals[200])
    status = play.campaign.status()
    assert status.state == 'paused'
    assert status.reason == (
        'Hoiio refused 201 of the 1000 people of a batch. Check the reasons in the report; to'
        ' continue with the others, resume the campaign'
    )
    play.campaign.resume()
    play.campaign.notified(refusals[201])
    assert play.campaign.status().state == 'ready'


def test_a_campaign_that_is_paused_keeps_its_reason(ledger: Ledger) -> None:
    play = Play(ledger, 1_001)
    batch = play.batch_in(A.TAKEN)
    play.campaign.pause()
    reason = play.campaign.status().reason
    refused = {'status': 'error_dest_invalid', 'txn_ref': None}
    play.campaign.notified(*(transaction(batch, place, **refused) for place in range(300)))
    play.campaign.notified(delivery(batch, 300, debit='0.050'))
    assert play.campaign.status().reason == reason
    # Both count again with the next word about them.
    play.campaign.resume()
    play.campaign.notified(delivery(batch, 301, debit='0.050'))
    assert play.campaign.status().state == 'paused'


def test_if_nobody_waits_refusals_do_not_pause(play: Play) -> None:
    batch = play.batch_in(A.TAKEN)
    play.campaign.notified(
        *(transaction(batch, place, status='error_x', txn_ref=None) for place in range(3))
    )
    assert play.campaign.status().state == 'ready'


def test_what_is_charged_above_the_plan_is_spent(ledger: Ledger) -> None:
    play = Play(ledger, 1_001)
    batch = play.batch_in(A.TAKEN)
    dear = delivery(batch, debit='0.050')
    for _ in range(2):
        play.campaign.notified(dear)
        status = play.campaign.status()
        assert (status.spent, status.charged) == (1_000 * 32_000 + 18_000, 50_000)
    assert status.state == 'paused'
    play.campaign.resume()
    play.campaign.notified(delivery(batch, 1, debit='0.050'))
    assert play.campaign.status().state == 'ready'
    play.campaign.notified(delivery(batch, 2, debit='0.051'))
    assert play.campaign.status().state == 'paused'


REPORTS = (PE.REPORTED, PE.REFUSED, PE.FAILED, PE.DELIVERED)


def final(play: Play, told: list[tuple[int, PersonEvent, int]]) -> object:
    """Return what the ledger says in the end, after two batches and some evidence."""
    first = play.batch_in(A.UNTAKEN)
    second = play.claim()
    batches = (first, second)
    for number, event, place in told:
        play.tell(play.told(batches[number], event, place))
    play.settle(second, E.UNCLEAR)
    status = play.campaign.status()
    people = [(each.dest, each.state, each.twice) for each in play.campaign.people()]
    return people, status.spent, status.held, [play.state_of(batch) for batch in batches]


@pytest.mark.slow
@settings(max_examples=25)
@given(
    told=st.lists(st.tuples(st.just(1), st.sampled_from(REPORTS), st.integers(0, 2)), max_size=8),
    seed=st.integers(0, 1_000),
)
def test_any_order_and_any_number_end_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    told: list[tuple[int, PersonEvent, int]],
    seed: int,
) -> None:
    shuffled = [*told, *told[: seed % 5]]
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order that can be repeated
    results = []
    for each in (told, shuffled):
        folder: Path = tmp_path_factory.mktemp('ledger')
        with Ledger(folder / 'ledger.sqlite') as ledger:
            results.append(final(Play(ledger, 3), each))
    assert results[0] == results[1]


def test_evidence_names_the_attempt_that_the_signature_covers(play: Play) -> None:
    batch = play.claim()
    [told] = evidence_of(delivery(batch, **{PARAMETER: 'another'}))
    assert isinstance(told, Evidence)
    assert told.key == batch.key


def test_who_got_the_messages_of_two_earlier_batches_stays_marked(play: Play) -> None:
    first, second = play.batch_in(A.UNTAKEN), play.batch_in(A.UNTAKEN)
    third = play.claim()
    play.campaign.notified(delivery(first), delivery(second, txn_ref='AA-S-99'))
    assert [each.twice for each in play.campaign.people()] == [True] * 3
    play.settle(third, E.NOT_SENT)
    assert [play.state(place) for place in range(3)] == ['accepted'] * 3
    assert [each.twice for each in play.campaign.people()] == [True] * 3


def test_a_message_that_hoiio_sent_twice_pauses_the_campaign(play: Play) -> None:
    batch = play.batch_in(A.TAKEN)
    twice = [delivery(batch, place, txn_ref=ref) for place in range(2) for ref in ('A', 'B')]
    play.campaign.notified(*twice)
    status = play.campaign.status()
    assert (status.state, status.twice) == ('paused', 2)
    assert (status.reason or '').startswith('Hoiio has two messages for 2 people')
    play.campaign.resume()
    play.campaign.notified(*twice)
    assert play.campaign.status().state == 'ready'


def test_i5_the_batch_of_a_newer_ledger_is_spent(play: Play) -> None:
    batch = play.batch_in(A.UNTAKEN)
    strange = {'tag': batch.tag[:-4] + 'beef', PARAMETER: None}
    for _ in range(2):
        play.campaign.notified(delivery(batch, 0, **strange), delivery(batch, 1, **strange))
    status = play.campaign.status()
    assert (status.spent, status.charged) == (64_000, 64_000)


@pytest.mark.parametrize('key', ['\0', '\udcff', "' OR 1=1", '', ['x'], {'a': 'b'}, None])
def test_an_attempt_in_a_url_that_nobody_made_is_ignored(play: Play, key: Any) -> None:
    batch = play.claim()
    forged = delivery(batch, tag='')
    forged.json[PARAMETER] = key
    assert play.ledger.notified(forged, delivery(batch, 1)) == 1


@pytest.mark.parametrize('dest', ['6591230000', ' 6591230000', '+65 9123 0000'])
def test_a_recipient_may_be_written_in_another_way(play: Play, dest: str) -> None:
    batch = play.batch_in(A.TAKEN)
    assert play.campaign.notified(delivery(batch, dest=dest)) == 1
    assert play.campaign.notified(transaction(batch, dest=dest)) == 1


def test_the_attempt_of_another_campaign_counts_only_for_its_own_people(play: Play) -> None:
    other = play.ledger.create(campaign_settings(tag='other'))
    other.add([person(7)])
    other.ready(32_000)
    batch = play.batch_in(A.UNKNOWN)
    # The person is in the other campaign, and not in the attempt that the URL names.
    assert play.ledger.notified(transaction(batch, 7)) == 0
    assert other.notified(transaction(batch, 0)) == 0
    assert play.state_of(batch) == 'unknown'
    assert [each.state for each in other.people()] == ['waiting']
