"""Whatever happens to a campaign, in whatever order: no inbox has two messages."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hoiio.campaign.outcomes import Wait
from hoiio.campaign.states import PEOPLE, CampaignState, PersonState
from hoiio.notification import Notification, SmsDelivery
from hoiio.sandbox import Sandbox, Seed
from tests.campaign.conftest import Trial, person

PEOPLE_COUNT = 4

FAULTS = (
    *('dropped_before', 'dropped_after', 'http_error', 'truncated', 'garbage', 'rate_limited'),
    *('error_insufficient_credit', 'error_no_valid_dests', 'error_invalid_sender_name'),
)


def reachable() -> dict[PersonState, set[PersonState]]:
    """Return what a person can become, in any number of changes."""
    found = {state: {state} for state in PersonState}
    for _ in PersonState:
        for change in PEOPLE:
            for states in found.values():
                if change.before in states:
                    states.add(change.after)
    return found


REACHABLE = reachable()


class AnySequence(RuleBasedStateMachine):
    """A campaign in a file, and a sandbox that fails in every way that keeps S1 to S4."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.sandbox = Sandbox(seed=Seed(points=Decimal(1_000), queries_per_minute=None))
        self.sandbox.start()
        self.before: dict[str, PersonState] = {}

    @initialize()
    def begin(self) -> None:
        where = str(Path(self.folder.name) / 'ledger.sqlite')
        self.trial = Trial(self.sandbox, where, PEOPLE_COUNT, {'settle': 0.01})

    @rule(times=st.integers(1, 8))
    def step(self, times: int) -> None:
        for _ in range(times):
            outcome = self.trial.campaign.step(self.trial.client)
            if isinstance(outcome, Wait):
                time.sleep(min(outcome.seconds, 0.01))

    @rule(fault=st.sampled_from(FAULTS))
    def fail(self, fault: Any) -> None:
        if fault.startswith('error_'):
            self.sandbox.fault('status', 'sms/bulk_send', status=fault)
        else:
            self.sandbox.fault(fault, 'sms/bulk_send')

    @rule()
    def interrupt(self) -> None:
        def end(what: str) -> None:
            if what == 'sent':
                raise KeyboardInterrupt

        self.trial.database.on_event = end
        with suppress(KeyboardInterrupt):
            self.trial.campaign.step(self.trial.client)
        self.trial.database.on_event = lambda what: None

    @rule()
    def restart(self) -> None:
        self.trial.restart()

    @rule()
    def pause(self) -> None:
        if self.trial.campaign.status().state is CampaignState.READY:
            self.trial.campaign.pause()

    @rule()
    def resume(self) -> None:
        if self.trial.campaign.status().state is CampaignState.PAUSED:
            self.trial.campaign.resume()

    @rule(place=st.integers(0, PEOPLE_COUNT - 1))
    def suppress(self, place: int) -> None:
        self.trial.ledger.suppress([person(place).dest])

    @rule(data=st.data())
    def notify(self, data: st.DataObject) -> None:
        """Deliver some of what the service would notify, in any order and any number."""
        entries = self.trial.client.sms.history().entries
        if entries:
            chosen = data.draw(st.lists(st.sampled_from(entries), max_size=4))
            notifications: list[Notification] = [SmsDelivery(dict(each.json)) for each in chosen]
            self.trial.ledger.notified(*notifications)

    @rule()
    def say_that_it_was_sent_if_it_was(self) -> None:
        attempt = self.trial.campaign.status().attempt
        if attempt is not None and attempt.state == 'unknown' and 1 in self.trial.inboxes():
            self.trial.campaign.resolve(attempt.number, self.trial.client, is_sent=True)

    @invariant()
    def nobody_has_two(self) -> None:
        assert max(self.trial.inboxes()) <= 1
        assert not any(each.twice for each in self.trial.campaign.people())

    @invariant()
    def each_person_is_in_one_state_that_follows_from_the_last(self) -> None:
        people = {each.dest: each.state for each in self.trial.campaign.people()}
        assert len(people) == PEOPLE_COUNT
        for dest, state in people.items():
            assert state in REACHABLE[self.before.get(dest, PersonState.WAITING)]
        self.before = people

    @invariant()
    def the_sum_is_kept(self) -> None:
        status = self.trial.campaign.status()
        assert status.max_cost is not None
        assert status.charged <= status.spent
        assert status.spent + status.held <= status.max_cost
        held = status.counts[PersonState.HELD]
        assert status.held == held * 32_000
        assert (held > 0) == (status.attempt is not None)

    def teardown(self) -> None:
        self.trial.ledger.close()
        self.sandbox.stop()
        self.folder.cleanup()


AnySequence.TestCase.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
TestAnySequence = pytest.mark.slow(AnySequence.TestCase)
