"""Every row of the two tables of states, and that nothing else happens."""

from __future__ import annotations

import pytest

from hoiio.campaign.claim import Batch
from hoiio.campaign.evidence import Evidence
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.states import (
    ATTEMPTS,
    PEOPLE,
    AttemptEvent,
    AttemptState,
    PersonChange,
    PersonEvent,
    PersonState,
    attempt_after,
    person_after,
)
from tests.campaign.conftest import hold, person
from tests.campaign.play import Play

A, E = AttemptState, AttemptEvent
P, PE = PersonState, PersonEvent

# These make an attempt; the others change one.
MAKING = (E.CLAIMED, E.STRANGER)
CHANGES = [(state, event) for state in A for event in E if event not in MAKING]

HELD_BY = {A.SENDING: 'held', A.UNKNOWN: 'held', A.TAKEN: 'accepted', A.UNTAKEN: 'waiting'}


@pytest.fixture
def play(ledger: Ledger) -> Play:
    return Play(ledger)


@pytest.mark.parametrize(('before', 'event'), CHANGES, ids=lambda each: each.name)
def test_an_attempt_becomes_what_its_table_says_and_nothing_else(
    play: Play, before: AttemptState, event: AttemptEvent
) -> None:
    batch = play.batch_in(before)
    if event is E.ACCEPTED and before is not A.SENDING:
        # An answer that comes late is a proof.
        expected = attempt_after(before, E.PROVEN)
    else:
        expected = attempt_after(before, event)
    assert play.settle(batch, event) == (expected or before)
    after = AttemptState(play.state_of(batch))
    assert after is (expected or before)
    all_refused = event is E.NO_VALID_DESTS and before is A.SENDING
    assert play.state() == ('refused' if all_refused else HELD_BY[after])
    status = play.campaign.status()
    assert (status.held, status.spent) == {
        A.SENDING: (32_000, 0),
        A.UNKNOWN: (32_000, 0),
        A.TAKEN: (0, 32_000),
        A.UNTAKEN: (0, 0),
    }[after]


def test_every_row_of_the_table_of_attempts_is_one_of_these() -> None:
    rows = {(change.before, change.event) for change in ATTEMPTS}
    assert len(rows) == len(ATTEMPTS)
    assert rows == {each for each in CHANGES if attempt_after(*each)} | {
        (None, event) for event in MAKING
    }


def test_a_claim_makes_an_attempt(play: Play) -> None:
    batch = play.claim()
    assert play.state_of(batch) == attempt_after(None, E.CLAIMED)
    assert play.state() == 'held'


def test_an_attempt_that_the_ledger_lacks_is_taken(play: Play) -> None:
    row = play.claim().row
    stranger = Evidence('key', person(0).dest, PE.REPORTED, tag=(row.tag, row.hex, 'key'))
    assert play.tell(stranger) == 1
    assert play.campaign.status().reason is not None


def _cause(play: Play, event: PersonEvent, first: Batch, current: Batch | None) -> None:
    """Let an event happen to the person, who was in a first attempt that was not taken."""
    if event is PE.CLAIMED:
        hold(play.ledger.database, play.number, 'sender')
    elif event is PE.SUPPRESSED:
        play.ledger.suppress([person(0).dest])
        hold(play.ledger.database, play.number, 'sender')
    elif event is PE.EXPIRED:
        play.expire()
    elif event is PE.NOT_FOUND:
        play.miss()
    elif event is PE.PROVEN:
        play.tell(play.told(first, PE.REPORTED))
    elif event in {PE.REPORTED, PE.FAILED, PE.DELIVERED, PE.REFUSED}:
        assert current is not None
        play.tell(play.told(current, event))
    else:
        assert current is not None
        if event is PE.EARLIER:
            play.tell(play.told(first, PE.REPORTED))
        ends = {PE.TAKEN: E.ACCEPTED, PE.ALL_REFUSED: E.NO_VALID_DESTS}
        play.settle(current, ends.get(event, E.NOT_SENT))


@pytest.mark.parametrize('change', PEOPLE, ids=lambda each: f'{each.before}-{each.event.name}')
def test_a_person_becomes_what_the_table_says(play: Play, change: PersonChange) -> None:
    before, event, after = change
    first = play.batch_in(A.UNTAKEN)
    current = play.person_in(before)
    assert play.state() == before
    _cause(play, event, first, current)
    assert play.state() == after
    assert not play.person().twice


REPORTS = (PE.REPORTED, PE.REFUSED, PE.FAILED, PE.DELIVERED)
REPORTED = (P.ACCEPTED, P.DELIVERED, P.FAILED, P.REFUSED, P.MISSING)


@pytest.mark.parametrize('event', REPORTS, ids=lambda each: each.name)
@pytest.mark.parametrize('before', REPORTED)
def test_reports_only_move_up(play: Play, before: PersonState, event: PersonEvent) -> None:
    current = play.person_in(before)
    assert current is not None
    has_message = play.person().txn_ref is not None
    play.tell(play.told(current, event))
    # Who has a message was not refused.
    expected = None if event is PE.REFUSED and has_message else person_after(before, event)
    assert play.state() == (expected or before)


@pytest.mark.parametrize('state', P)
def test_no_attempt_ends_twice_for_a_person(play: Play, state: PersonState) -> None:
    """What was settled is not settled again by a second answer."""
    current = play.person_in(state)
    if current is None or state is P.HELD:
        return
    for event in (E.NOT_SENT, E.UNCLEAR, E.NO_VALID_DESTS, E.REFUSED, E.ACCEPTED):
        play.settle(current, event)
    assert play.state() == state
