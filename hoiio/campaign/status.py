"""What the ledger knows about a campaign and its people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, literal, select

from .database import Database
from .plan import Dropped, PlannedPerson
from .planning import Totals, totals_above
from .schema import attempt, dropped_row, of_campaign_by_number, person
from .settle import lock_campaign
from .states import LIVE, AttemptState, CampaignState, PersonState

__all__ = ['LiveAttempt', 'Person', 'Status', 'dropped_rows', 'people', 'planned', 'status']

_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class LiveAttempt:
    """A batch that is on its way, or whose outcome is unknown.

    Attributes:
        number: Its number, for ``resolve``.
        state: ``'sending'`` or ``'unknown'``.
        people: How many people are in it.
        reason: The response or the error, if it does not say whether Hoiio took the batch.
    """

    number: int
    state: AttemptState
    people: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The progress of a campaign.

    Amounts of money are in millionths of the currency.

    Attributes:
        tag: The tag.
        state: ``'planning'``, ``'ready'``, ``'paused'``, ``'done'`` or ``'purged'``.
        reason: Why it is paused; otherwise None.
        counts: How many people are in each state. A state without people has 0.
        dropped_rows: How many rows of the file did not become people.
        repeated_rows: How many of these have the number of a person, who gets a message.
        twice: How many people have two messages, or may have.
        is_unread: True if the campaign is too large for its history to be read.
        confirmed: The people whose cost is confirmed.
        unconfirmed: The people who are planned and not confirmed.
        again: True if it may send although Hoiio's history already has messages with this tag.
        max_cost: The confirmed sum; None if nobody has confirmed one.
        spent: The planned cost of the batches that were taken, and what Hoiio charged above it.
        held: The planned cost of the batch that is on its way, or whose outcome is unknown.
        charged: What Hoiio has charged, as far as the ledger knows.
        attempt: The batch that is on its way, or whose outcome is unknown; None if there is none.
    """

    tag: str
    state: CampaignState
    reason: str | None
    counts: Mapping[PersonState, int]
    dropped_rows: int
    repeated_rows: int
    twice: int
    is_unread: bool
    confirmed: Totals
    unconfirmed: Totals
    again: bool
    max_cost: int | None
    spent: int
    held: int
    charged: int
    attempt: LiveAttempt | None


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a campaign, and the state of the message.

    Attributes:
        line: The line of the file.
        dest: The phone number.
        variables: The value of each variable of the message.
        state: The state, such as ``'delivered'``.
        reason: Why the message was refused or not delivered, or the person dropped.
        twice: True if the person has two messages, or may have.
        txn_ref: The transaction; None if it is not known.
        cost: The planned price, in millionths of the currency.
        debit: What Hoiio charged, in millionths; None if it is not known.
        zone: The time zone of the person; None for that of the campaign.
    """

    line: int
    dest: str
    variables: Mapping[str, str]
    state: PersonState
    reason: str | None
    twice: bool
    txn_ref: str | None
    cost: int
    debit: int | None
    zone: str | None


def status(connection: Connection, number: int) -> Status:
    """Return the progress of a campaign."""
    row = lock_campaign(connection, number)
    return Status(
        tag=row.tag,
        state=CampaignState(row.state),
        reason=row.reason,
        counts=_counts(connection, row),
        dropped_rows=_count(connection, dropped_row, dropped_row.c.campaign_id == number),
        repeated_rows=_count(
            connection, dropped_row, dropped_row.c.campaign_id == number, _has_person()
        ),
        twice=_count(connection, person, person.c.campaign_id == number, person.c.twice),
        is_unread=row.is_unread,
        confirmed=Totals(row.people, row.parts, row.cost),
        unconfirmed=totals_above(connection, row),
        again=row.again,
        max_cost=row.max_cost,
        spent=row.spent,
        held=row.held,
        charged=row.charged,
        attempt=_live(connection, row),
    )


def people(database: Database, number: int, states: tuple[PersonState, ...]) -> Iterator[Person]:
    """Iterate over the people of a campaign, a thousand in memory at a time."""
    last: int | None = 0
    while last is not None:
        with database.transaction() as connection:
            rows = _next_people(connection, lock_campaign(connection, number), states, last)
        yield from map(_person, rows)
        last = rows[-1].id if rows else None


def planned(database: Database, number: int) -> Iterator[PlannedPerson]:
    """Iterate over the people who are planned and not confirmed, a thousand at a time."""
    last: int | None = 0
    while last is not None:
        with database.transaction() as connection:
            row = lock_campaign(connection, number)
            found = (
                select(person)
                .where(
                    of_campaign_by_number == row.id,
                    person.c.id > max(last, row.confirmed_to),
                )
                .order_by(person.c.id)
                .limit(_CHUNK)
            )
            rows = connection.execute(found).all()
        yield from map(_planned_person, rows)
        last = rows[-1].id if rows else None


def dropped_rows(database: Database, number: int) -> Iterator[Dropped]:
    """Iterate over the rows of the file that did not become people."""
    last: int | None = 0
    while last is not None:
        found = (
            select(dropped_row)
            .where(dropped_row.c.campaign_id == number, dropped_row.c.id > last)
            .order_by(dropped_row.c.id)
            .limit(_CHUNK)
        )
        with database.transaction() as connection:
            rows = connection.execute(found).all()
        yield from (Dropped(each.line, each.reason, each.dest) for each in rows)
        last = rows[-1].id if rows else None


def _counts(connection: Connection, row: Row[Any]) -> dict[PersonState, int]:
    counted = (
        select(person.c.state, func.count())
        .where(person.c.campaign_id == row.id, person.c.id <= row.confirmed_to)
        .group_by(person.c.state)
    )
    found = {PersonState(state): count for state, count in connection.execute(counted)}
    return {state: found.get(state, 0) for state in PersonState}


def _count(connection: Connection, table: Any, *conditions: Any) -> int:
    counted = select(func.count()).select_from(table).where(*conditions)
    return connection.scalar(counted) or 0


def _has_person() -> ColumnElement[bool]:
    """Return the condition that the number of a row is that of a person of its campaign."""
    return exists(literal(1)).where(
        person.c.campaign_id == dropped_row.c.campaign_id, person.c.dest == dropped_row.c.dest
    )


def _live(connection: Connection, row: Row[Any]) -> LiveAttempt | None:
    found = connection.execute(
        select(attempt).where(attempt.c.campaign_id == row.id, attempt.c.state.in_(LIVE))
    ).one_or_none()
    if found is None:
        return None
    return LiveAttempt(found.id, AttemptState(found.state), found.people, found.reason)


def _next_people(
    connection: Connection, row: Row[Any], states: tuple[PersonState, ...], last: int
) -> list[Row[Any]]:
    found = (
        select(person)
        .where(
            of_campaign_by_number == row.id,
            person.c.state.in_(states),
            person.c.id > last,
            person.c.id <= row.confirmed_to,
        )
        .order_by(person.c.id)
        .limit(_CHUNK)
    )
    return list(connection.execute(found))


def _planned_person(row: Row[Any]) -> PlannedPerson:
    variables = json.loads(row.variables)
    return PlannedPerson(row.line, row.dest, variables, row.parts, row.cost, row.zone or None)


def _person(row: Row[Any]) -> Person:
    return Person(
        row.line,
        row.dest,
        json.loads(row.variables),
        PersonState(row.state),
        row.reason,
        row.twice,
        row.txn_ref,
        row.cost,
        row.debit,
        row.zone or None,
    )
