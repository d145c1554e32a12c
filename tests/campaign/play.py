"""A campaign whose attempts a test moves by hand, without any service."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from hoiio.campaign import schema
from hoiio.campaign.campaign import Campaign
from hoiio.campaign.claim import Batch
from hoiio.campaign.evidence import Evidence, absorb
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.settle import lock_campaign, move, settle
from hoiio.campaign.states import AttemptEvent, AttemptState, PersonEvent, PersonState
from tests.campaign.conftest import hold, person, settings

EVENT = AttemptEvent


class Play:
    """A ready campaign.

    Args:
        ledger: The ledger.
        count: How many people it has.
    """

    def __init__(self, ledger: Ledger, count: int = 1) -> None:
        self.ledger = ledger
        self.campaign: Campaign = ledger.create(settings())
        self.campaign.add(person(place) for place in range(count))
        self.campaign.ready(max_cost=10 * count * 32_000)
        self.number = self.campaign._number

    def claim(self) -> Batch:
        batch = hold(self.ledger.database, self.number, 'sender')
        assert isinstance(batch, Batch), batch
        return batch

    def settle(self, batch: Batch, event: AttemptEvent) -> AttemptState:
        with self.ledger.database.transaction() as connection:
            row = lock_campaign(connection, self.number)
            of_batch = select(schema.attempt).where(schema.attempt.c.id == batch.number)
            found = connection.execute(of_batch).one()
            return settle(connection, row, found, event, 'a reason')

    def batch_in(self, state: AttemptState) -> Batch:
        """Claim a batch and bring it into a state."""
        batch = self.claim()
        events = {
            AttemptState.SENDING: (),
            AttemptState.UNKNOWN: (EVENT.UNCLEAR,),
            AttemptState.TAKEN: (EVENT.ACCEPTED,),
            AttemptState.UNTAKEN: (EVENT.NOT_SENT,),
        }
        for event in events[state]:
            self.settle(batch, event)
        return batch

    def tell(self, *told: Evidence) -> int:
        with self.ledger.database.transaction() as connection:
            return absorb(connection, lock_campaign(connection, self.number), told)

    def told(self, batch: Batch, event: PersonEvent, place: int = 0, **values: Any) -> Evidence:
        txn_ref = None if event is PersonEvent.REFUSED else f'AA-S-{batch.number}-{place}'
        return Evidence(batch.key, person(place).dest, event, **{'txn_ref': txn_ref, **values})

    def miss(self) -> None:
        """Let a look end without the people who are accepted."""
        with self.ledger.database.transaction() as connection:
            connection.execute(move(PersonEvent.NOT_FOUND))

    def state_of(self, batch: Batch) -> str:
        with self.ledger.database.transaction() as connection:
            found = select(schema.attempt.c.state).where(schema.attempt.c.id == batch.number)
            return str(connection.scalar(found))

    def person(self, place: int = 0) -> Row[Any]:
        with self.ledger.database.transaction() as connection:
            found = select(schema.person).where(schema.person.c.dest == person(place).dest)
            return connection.execute(found).one()

    def state(self, place: int = 0) -> str:
        return str(self.person(place).state)

    def person_in(self, state: PersonState) -> Batch | None:
        """Bring the person into a state; return the attempt that holds it."""
        if state is PersonState.WAITING:
            return None
        if state is PersonState.DROPPED:
            self.ledger.suppress([person(0).dest])
            hold(self.ledger.database, self.number, 'sender')
            return None
        batch = self.claim()
        if state is not PersonState.HELD:
            self.settle(batch, EVENT.ACCEPTED)
        if state is PersonState.MISSING:
            self.miss()
        reports = {
            PersonState.REFUSED: PersonEvent.REFUSED,
            PersonState.FAILED: PersonEvent.FAILED,
            PersonState.DELIVERED: PersonEvent.DELIVERED,
        }
        if state in reports:
            self.tell(self.told(batch, reports[state]))
        return batch

    def expire(self) -> None:
        with self.ledger.database.transaction() as connection:
            connection.execute(update(schema.campaign).values(expires=1.0))
        hold(self.ledger.database, self.number, 'sender')
