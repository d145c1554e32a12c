"""Put the next people into a batch, before anything is sent."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, insert, select, update

from .database import Database, insert_new
from .evidence import wire_tag
from .outcomes import Outcome, Wait, wait
from .quiet_hours import Window
from .schema import application, attempt, campaign, campaign_zone, person, suppression
from .settle import move, pause
from .states import AttemptState, PersonEvent, PersonState

__all__ = ['Batch', 'claim', 'is_still_ours', 'postpone']

MAX_PEOPLE = 1_000
# A sender whose request takes longer than this has surely given up, as far as others know.
LEASE = 900.0
# Hoiio counts requests in a minute.
LONGEST_PAUSE = 60.0
_KEY_BYTES = 8


@dataclass(frozen=True, slots=True)
class Batch:
    """The people of one request, whom the ledger holds for it.

    Attributes:
        number: The attempt.
        tag: Its tag, as Hoiio gets it.
        key: The random part of the tag.
        row: The campaign.
        people: The recipients, with their values.
        zones: The time zones of the people.
    """

    number: int
    tag: str
    key: str
    row: Row[Any]
    people: list[dict[str, str]]
    zones: frozenset[str]


def claim(
    database: Database, connection: Connection, row: Row[Any], sender: str
) -> Batch | Outcome:
    """Hold the next people of a campaign, which is ready, for a request.

    Args:
        database: The ledger.
        connection: The transaction. It must be the one that has found that the campaign may send.
        row: The campaign, which this transaction has locked.
        sender: Names the lock of this process.

    Returns:
        The batch, which only the caller may send, once, and after the commit; or what to do if
        there is none.

    Raises:
        IntegrityError: The schema refused a second batch on its way (I2).
    """
    now = database.now(connection)
    if _has_expired(row, now):
        _drop(connection, row, PersonEvent.EXPIRED, 'the campaign had expired')
        return Wait(0)
    pause_left = _pause_left(connection, row, now)
    if pause_left:
        return wait(pause_left, 'Hoiio asked to send more slowly.')
    open_zones = [zone for zone in _zones(connection, row) if stays_open(row, zone, now)]
    candidates = list(_candidates(connection, row, open_zones))
    if not candidates:
        return wait(60, _closed(connection, row, now))
    suppressed = [each.id for each in candidates if each.is_suppressed]
    if suppressed:
        change = move(PersonEvent.SUPPRESSED, reason='on the suppression list')
        _change_each(connection, change, suppressed)
    people, cost = _affordable(row, [each for each in candidates if not each.is_suppressed])
    if people:
        return _hold(connection, row, people, cost, sender, now)
    if len(suppressed) < len(candidates):
        pause(
            connection,
            row,
            'The remaining messages would cost more than the confirmed sum. Confirm a higher sum,'
            ' then resume the campaign',
        )
    return Wait(0)


def _hold(
    connection: Connection,
    row: Row[Any],
    people: list[Row[Any]],
    cost: int,
    sender: str,
    now: datetime,
) -> Batch:
    key = secrets.token_hex(_KEY_BYTES)
    values = {
        'key': key,
        'campaign_id': row.id,
        'state': AttemptState.SENDING,
        'people': len(people),
        'cost': cost,
        'made': now.timestamp(),
        'sender': sender,
        'lease': now.timestamp() + LEASE,
    }
    number: int = connection.execute(
        insert(attempt).values(values).returning(attempt.c.id)
    ).scalar_one()
    # The first who wait in each zone. Nobody else changes them while the campaign is locked.
    for zone, last in {each.zone: each.id for each in people}.items():
        theirs = and_(person.c.campaign_id == row.id, person.c.zone == zone, person.c.id <= last)
        connection.execute(move(PersonEvent.CLAIMED, attempt_id=number).where(theirs))
    connection.execute(
        update(campaign)
        .where(campaign.c.id == row.id)
        # The look that is under way began before this batch, and the campaign is no longer idle.
        .values(held=campaign.c.held + cost, look_clock=None, idle_clock=None)
    )
    recipients = [{**json.loads(each.variables), 'dest': each.dest} for each in people]
    zones = frozenset(each.zone for each in people)
    return Batch(number, wire_tag(row, key), key, row, recipients, zones)


def is_still_ours(database: Database, batch: Batch) -> bool:
    """Return True if a batch may leave now: its people's window is open, and nobody gave it up.

    The process may have been stopped since the claim.
    """
    with database.transaction() as connection:
        now = database.now(connection)
        found = connection.execute(
            select(attempt.c.state, attempt.c.lease).where(attempt.c.key == batch.key)
        ).one()
    return (
        found.state == AttemptState.SENDING
        and now.timestamp() < found.lease
        and not _has_expired(batch.row, now)
        and all(_is_open(batch.row, zone, now) for zone in batch.zones)
    )


def postpone(database: Database, connection: Connection, row: Row[Any], seconds: float) -> None:
    """Let no batch of an application be claimed for some seconds."""
    next_at = database.now(connection).timestamp() + seconds
    # Another campaign of the application may do the same now.
    values = {'app_id': row.app_id, 'next_at': next_at}
    connection.execute(insert_new(connection, application).values(values))
    of_app = application.c.app_id == row.app_id
    connection.execute(update(application).where(of_app).values(next_at=next_at))


def stays_open(row: Row[Any], zone: str, now: datetime) -> bool:
    """Return True if the window of people in a zone stays open long enough for a batch."""
    return row.window is None or Window.parse(row.window).stays_open(now, zone or row.zone)


def _is_open(row: Row[Any], zone: str, now: datetime) -> bool:
    return row.window is None or Window.parse(row.window).is_open(now, zone or row.zone)


def _has_expired(row: Row[Any], now: datetime) -> bool:
    return row.expires is not None and now >= datetime.fromtimestamp(row.expires, timezone.utc)


def _pause_left(connection: Connection, row: Row[Any], now: datetime) -> float:
    next_at = connection.scalar(
        select(application.c.next_at).where(application.c.app_id == row.app_id)
    )
    left = (next_at or 0) - now.timestamp()
    # A clock that was set back must not stop the campaign for a day.
    return left if 0 < left <= LONGEST_PAUSE else 0


def _zones(connection: Connection, row: Row[Any]) -> list[str]:
    found = select(campaign_zone.c.zone).where(campaign_zone.c.campaign_id == row.id)
    return list(connection.scalars(found.order_by(campaign_zone.c.zone)))


def _closed(connection: Connection, row: Row[Any], now: datetime) -> str:
    """Return a sentence with the time at which the window opens for the first who wait."""
    waiting = (
        zone for zone in _zones(connection, row) if any(_candidates(connection, row, [zone]))
    )
    opens = (Window.parse(row.window).leaves_at(now, zone or row.zone) for zone in waiting)
    # The caller may ask although nobody waits.
    at = min(opens, default=now).astimezone()
    return f'The window is closed. Messages leave again at {at:%H:%M %Z}.'


def _candidates(connection: Connection, row: Row[Any], zones: Iterable[str]) -> Iterator[Row[Any]]:
    """Find at most a thousand people who wait, zone by zone: the index has them in this order."""
    left = MAX_PEOPLE
    is_suppressed = exists().where(suppression.c.dest == person.c.dest)
    for zone in zones:
        found = (
            select(
                *(person.c.id, person.c.dest, person.c.variables, person.c.cost, person.c.zone),
                is_suppressed.label('is_suppressed'),
            )
            .where(
                person.c.campaign_id == row.id,
                person.c.state == PersonState.WAITING,
                person.c.zone == zone,
                person.c.id <= row.confirmed_to,
            )
            .order_by(person.c.id)
            .limit(left)
        )
        rows = connection.execute(found).all()
        left -= len(rows)
        yield from rows
        if not left:
            return


def _affordable(row: Row[Any], people: Iterable[Row[Any]]) -> tuple[list[Row[Any]], int]:
    """Return the first people whom the confirmed sum pays for, and their cost."""
    chosen, cost = [], 0
    for each in people:
        # I5: what was spent, what is on its way, and this batch.
        if row.spent + row.held + cost + each.cost > row.max_cost:
            break
        chosen.append(each)
        cost += each.cost
    return chosen, cost


def _drop(connection: Connection, row: Row[Any], event: PersonEvent, reason: str) -> None:
    theirs = and_(person.c.campaign_id == row.id, person.c.id <= row.confirmed_to)
    connection.execute(move(event, reason=reason).where(theirs))


def _change_each(connection: Connection, change: Any, numbers: Iterable[int]) -> None:
    values: list[Mapping[str, int]] = [{'number': number} for number in numbers]
    connection.execute(change.where(person.c.id == bindparam('number')), values)
