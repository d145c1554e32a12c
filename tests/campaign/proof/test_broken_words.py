"""What the promise rests on is not true: Hoiio acts later than it should, or a person is wrong.

Then somebody may have two messages. The ledger must find out, mark these people, and stop.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable

import pytest

from hoiio.campaign import AttemptState, CampaignState, Ledger
from tests.campaign.proof.conftest import MakeStage
from tests.campaign.proof.notifications import parse
from tests.campaign.proof.processes import ATTENTION, DONE, KILLED, go_on, start, wait_until_stopped
from tests.campaign.proof.stage import COST, Stage, inboxes
from tests.sandbox.conftest import Receiver

pytestmark = pytest.mark.slow

BATCH = 4
HOUR = 3600


def check_twice(made: Stage, dests: Iterable[str]) -> None:
    """Check that these people have two messages, that the ledger says so, and that it stopped."""
    dests = {*dests}
    received = inboxes(made.sandbox)
    assert {dest for dest in made.dests if received[dest] == 2} == dests
    made.check(twice=dests)
    assert {person.dest for person in made.known() if person.twice} == dests
    status = made.status()
    assert (status.state, status.twice) == (CampaignState.PAUSED, len(dests))
    assert f'{len(dests)} people have two messages' in (status.reason or '')
    assert made.run() == ATTENTION


def first_batch(made: Stage) -> list[str]:
    return [person.dest for person in made.people[:BATCH]]


def test_a_batch_that_hoiio_carries_out_late_is_found_by_the_next_look(stage: MakeStage) -> None:
    made = stage(number=3 * BATCH)
    made.sandbox.fault('deferred', 'sms/bulk_send', seconds=HOUR)
    # Two looks find nothing, so the batch is sent again. The process stops when that is answered.
    process = start(made.orders(at=1, of='sent', signal=signal.SIGSTOP))
    wait_until_stopped(process)
    made.sandbox.clock.advance(seconds=HOUR)
    go_on(process)
    assert made.join(process) == [ATTENTION]
    check_twice(made, first_batch(made))
    # The money that these messages cost is not there for the others.
    made.resume()
    assert made.run() == ATTENTION
    made.check(twice=first_batch(made))
    status = made.status()
    assert status.spent == status.max_cost == COST * made.received()


def test_a_batch_that_hoiio_carries_out_after_the_end_is_found_by_its_notifications(
    stage: MakeStage, receiver: Receiver
) -> None:
    made = stage(number=BATCH, notify_url=receiver.url)
    made.sandbox.fault('deferred', 'sms/bulk_send', seconds=HOUR)
    assert made.run() == DONE
    made.check_reached()
    made.sandbox.clock.advance(seconds=HOUR)
    made.sandbox.drain()
    with Ledger(made.ledger) as ledger:
        ledger.notified(*map(parse, receiver.posts))
    check_twice(made, made.dests)
    made.resume()
    assert made.run() == DONE


def test_a_history_that_shows_a_batch_after_the_settling_time(stage: MakeStage) -> None:
    made = stage(number=2 * BATCH)
    assert made.run(at=1, of='sent') == KILLED
    made.sandbox.fault('stale', seconds=HOUR, times=None)
    process = start(made.orders(at=1, of='sent', signal=signal.SIGSTOP))
    wait_until_stopped(process)
    made.sandbox._emulator.faults.clear()
    go_on(process)
    assert made.join(process) == [ATTENTION]
    check_twice(made, first_batch(made))


def test_a_person_who_says_wrongly_that_a_batch_was_not_sent(stage: MakeStage) -> None:
    made = stage(number=BATCH)
    assert made.run(at=1, of='sent') == KILLED
    made.sandbox.fault('stale', seconds=HOUR, times=None)
    assert resolve(made, is_sent=False) == AttemptState.UNTAKEN
    process = start(made.orders(at=1, of='sent', signal=signal.SIGSTOP))
    wait_until_stopped(process)
    made.sandbox._emulator.faults.clear()
    go_on(process)
    assert made.join(process) == [ATTENTION]
    check_twice(made, made.dests)


def test_a_person_who_says_wrongly_that_a_batch_was_not_sent_while_the_history_shows_it(
    stage: MakeStage,
) -> None:
    made = stage(number=BATCH)
    assert made.run(at=1, of='sent') == KILLED
    assert resolve(made, is_sent=False) == AttemptState.TAKEN
    assert made.run() == DONE
    made.check_reached()


def test_a_person_who_says_wrongly_that_a_batch_was_sent(stage: MakeStage) -> None:
    made = stage(number=2 * BATCH)
    assert made.run(at=1, of='send') == KILLED
    assert resolve(made, is_sent=True) == AttemptState.TAKEN
    assert made.run() == DONE
    # Nobody is told twice, and those who got nothing are reported as missing.
    made.check()
    assert made.received() == BATCH
    assert made.missing() == {*first_batch(made)}


def resolve(made: Stage, *, is_sent: bool) -> AttemptState:
    with Ledger(made.ledger) as ledger:
        campaign = ledger.campaign(made.tag)
        live = campaign.status().attempt
        assert live is not None
        return campaign.resolve(live.number, made.client(), is_sent=is_sent)
