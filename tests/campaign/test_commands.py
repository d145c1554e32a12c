from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from hoiio.campaign import schema
from hoiio.campaign.campaign import Campaign
from hoiio.campaign.exceptions import CampaignRefused, CampaignUnknown, LedgerFailed
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.outcomes import Attention, Done
from hoiio.campaign.plan import Dropped
from hoiio.campaign.states import AttemptState, CampaignState
from hoiio.notification import SmsDelivery
from hoiio.service.sms import SmsHistory
from tests.campaign.conftest import Trial, hold, person

Make = Callable[..., Trial]


def test_a_campaign_that_is_paused_sends_nothing_until_it_is_resumed(make: Make) -> None:
    trial = make()
    trial.campaign.pause()
    trial.campaign.pause()
    assert trial.run() == Attention('You paused the campaign. To continue, resume it')
    assert trial.inboxes() == [0, 0, 0]
    trial.campaign.resume()
    trial.campaign.resume()
    assert trial.run() == Done()


def test_a_campaign_that_is_done_is_neither_paused_nor_grows(make: Make) -> None:
    trial = make()
    trial.run()
    for command in (trial.campaign.pause, trial.campaign.resume):
        with pytest.raises(CampaignRefused, match='reminder is done, not ready or paused'):
            command()
    with pytest.raises(CampaignRefused, match='is done; plan a campaign with a new tag'):
        trial.campaign.add([person(7)])


def unknown(make: Make, kind: str, **changes: object) -> Trial:
    trial = make(settle=60, **changes)
    trial.sandbox.fault(kind, 'sms/bulk_send')  # type: ignore[arg-type]
    trial.run(until=lambda: trial.is_(AttemptState.UNKNOWN))
    return trial


def test_a_person_says_that_a_batch_was_sent(make: Make) -> None:
    trial = unknown(make, 'dropped_before')
    assert trial.campaign.resolve(1, trial.client, is_sent=True) == 'taken'
    assert trial.people() == ['accepted'] * 3


def test_a_person_says_that_a_batch_was_not_sent(make: Make) -> None:
    trial = unknown(make, 'dropped_before')
    assert trial.ledger.campaign_of(1).status().tag == 'reminder'
    assert trial.campaign.resolve(1, trial.client, is_sent=False) == 'untaken'
    trial.run(until=lambda: trial.attempts()[1:] == ['taken'])
    assert trial.inboxes() == [1, 1, 1]


def test_a_person_decides_between_two_empty_looks(make: Make) -> None:
    trial = unknown(make, 'dropped_before')
    with trial.database.transaction() as connection:
        clock, seconds = trial.database.moment(connection)
        looked = {'since_clock': clock, 'since': seconds - 100, 'empty_at': seconds}
        connection.execute(schema.attempt.update().values(looked))
    assert trial.campaign.resolve(1, trial.client, is_sent=False) == 'untaken'


@pytest.mark.slow
def test_the_history_outweighs_a_person_who_is_wrong(make: Make) -> None:
    trial = unknown(make, 'dropped_after')
    for _ in range(150):
        trial.client.sms.send('Other', '+6598765432')
    assert trial.campaign.resolve(1, trial.client, is_sent=False) == 'taken'
    assert trial.inboxes() == [1, 1, 1]


def test_a_wrong_word_that_nothing_contradicts_yet_is_told_later(make: Make) -> None:
    trial = unknown(make, 'dropped_after')
    trial.sandbox.fault('stale', 'sms/get_history', seconds=3_600)
    assert trial.campaign.resolve(1, trial.client, is_sent=False) == 'untaken'
    trial.ledger.create(replace(trial.settings, settle=0.05))
    outcome = trial.run()
    assert trial.inboxes() == [2, 2, 2]
    assert isinstance(outcome, Attention)
    assert '3 people have two messages' in outcome.reason
    assert [each.twice for each in trial.campaign.people()] == [True] * 3


def test_nothing_is_decided_if_the_history_cannot_be_read(make: Make) -> None:
    trial = unknown(make, 'dropped_before')
    trial.sandbox.fault('http_error', 'sms/get_history')
    with pytest.raises(CampaignRefused, match='nothing was changed'):
        trial.campaign.resolve(1, trial.client, is_sent=False)
    assert trial.attempts() == ['unknown']


def test_a_decision_settles_no_other_batch(make: Make) -> None:
    trial = unknown(make, 'dropped_before')
    history = trial.client.sms.history

    def restore(**params: Any) -> SmsHistory:
        """Restore an older ledger, which has used the number for another batch meanwhile."""
        with trial.database.transaction() as connection:
            connection.execute(schema.attempt.update().values(key='of another batch'))
        return history(**params)

    trial.client.sms.history = restore  # type: ignore[method-assign]
    with pytest.raises(LedgerFailed):
        trial.campaign.resolve(1, trial.client, is_sent=False)
    assert trial.attempts() == ['unknown']


def test_only_what_is_unknown_is_resolved(make: Make) -> None:
    trial = make()
    trial.run()
    with pytest.raises(CampaignRefused, match='attempt 1 is taken, so there is nothing to decide'):
        trial.campaign.resolve(1, trial.client, is_sent=False)
    with pytest.raises(CampaignUnknown, match='reminder does not have an attempt 17'):
        trial.campaign.resolve(17, trial.client, is_sent=False)
    with pytest.raises(CampaignUnknown, match='the ledger does not have an attempt 17'):
        trial.ledger.campaign_of(17)


def test_an_attempt_of_a_process_that_ended_can_be_resolved_at_once(make: Make) -> None:
    trial = make()
    hold(trial.database, trial.campaign._number, trial.campaign._sender().identity)
    trial.restart()
    assert trial.campaign.resolve(1, trial.client, is_sent=True) == 'taken'


def test_an_attempt_whose_sender_may_live_is_not_resolved(make: Make) -> None:
    trial = make()
    trial.campaign.step(trial.client)
    refused = pytest.raises(CampaignRefused, match='another process is sending this campaign')
    with Ledger(trial.where) as other, refused:
        other.campaign('reminder').resolve(1, trial.client, is_sent=True)
    hold(trial.database, trial.campaign._number, 'another machine')
    if trial.database.is_shared:
        with pytest.raises(CampaignRefused, match='attempt 1 is sending'):
            trial.campaign.resolve(1, trial.client, is_sent=True)


@pytest.mark.slow
def test_a_purged_campaign_keeps_its_tag_and_nothing_else(make: Make) -> None:
    trial = make()
    trial.sandbox.fault('dropped_before', 'sms/bulk_send')
    with pytest.raises(CampaignRefused, match='reminder is not done; first pause it'):
        trial.campaign.purge()
    trial.run()
    entry = dict(trial.client.sms.history().entries[0].json)
    trial.campaign.purge()
    with trial.database.transaction() as connection:
        for table in (schema.person, schema.attempt, schema.released, schema.dropped_row):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
    assert trial.campaign.status().state is CampaignState.PURGED
    assert trial.ledger.tags() == ['reminder']
    with pytest.raises(
        CampaignRefused, match='the tag reminder belongs to a campaign that was purged'
    ):
        trial.ledger.create(trial.settings)
    with pytest.raises(CampaignRefused, match='it cannot send'):
        trial.campaign.step(trial.client)
    # Late news of it does not come back into the ledger.
    assert trial.ledger.notified(SmsDelivery(entry)) == 0
    with trial.database.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.attempt)) == 0


def test_a_campaign_that_was_given_up_can_be_purged(make: Make) -> None:
    trial = make()
    trial.campaign.pause()
    trial.campaign.purge()
    assert list(trial.campaign.people()) == []
    with pytest.raises(CampaignRefused, match='reminder is purged, not ready or paused'):
        trial.campaign.resume()
    with pytest.raises(CampaignRefused, match='reminder was purged already'):
        trial.campaign.purge()
    assert trial.inboxes() == [0, 0, 0]


def test_a_plan_that_nobody_confirmed_can_be_purged(ledger: Ledger, campaign: Campaign) -> None:
    campaign.add([person(0), Dropped(3, 'bad', '+6591234567')])
    campaign.purge()
    assert ledger.campaign('reminder').status().state is CampaignState.PURGED
    assert [*campaign.planned(), *campaign.dropped_rows()] == []
    with pytest.raises(CampaignRefused, match='reminder is purged; plan a campaign with a new tag'):
        campaign.ready(32_000)


def test_what_is_on_its_way_is_not_purged(make: Make) -> None:
    trial = unknown(make, 'dropped_after')
    trial.campaign.pause()
    with pytest.raises(CampaignRefused, match='attempt 1 of reminder is unknown; wait until'):
        trial.campaign.purge()
    trial.campaign.resolve(1, trial.client, is_sent=True)
    trial.campaign.purge()
    assert trial.campaign.status().state is CampaignState.PURGED


def test_a_look_does_not_bring_a_purged_campaign_back(make: Make) -> None:
    trial = make()
    trial.run(until=lambda: trial.is_(AttemptState.TAKEN))
    history = trial.client.sms.history

    def purge(**params: Any) -> SmsHistory:
        trial.campaign.pause()
        trial.campaign.purge()
        return history(**params)

    trial.client.sms.history = purge  # type: ignore[method-assign]
    with pytest.raises(CampaignRefused, match='reminder is purged'):
        trial.run()
    assert trial.attempts() == []


def test_nothing_is_decided_if_another_process_spoils_the_look(make: Make) -> None:
    trial = unknown(make, 'dropped_before')
    history = trial.client.sms.history

    def spoil(**params: Any) -> SmsHistory:
        trial.set_up(look_clock=None)
        return history(**params)

    trial.client.sms.history = spoil  # type: ignore[method-assign]
    with pytest.raises(CampaignRefused, match='because another process is reading the history'):
        trial.campaign.resolve(1, trial.client, is_sent=False)
    assert trial.attempts() == ['unknown']
