"""Enter a plan into the ledger, and confirm it.

People who are entered have numbers above the campaign's ``confirmed_to``, so no batch takes them.
One commit raises it: then all of them are confirmed. An unfinished plan is deleted.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from operator import attrgetter
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Row,
    Table,
    Text,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)

from .database import Database, insert_new
from .exceptions import CampaignRefused, DuplicateDestination, LedgerFailed, PlanInvalid
from .plan import Dropped, PlannedPerson
from .schema import campaign, campaign_zone, dropped_row, of_campaign_by_number, person
from .settle import lock_campaign
from .states import CampaignState, PersonState
from .template import Template

__all__ = [
    'NOBODY',
    'Difference',
    'Duplicates',
    'Totals',
    'add',
    'compare',
    'confirm',
    'totals_above',
]

T = TypeVar('T')

#: What to do with a number that occurs twice with different texts.
Duplicates: TypeAlias = Literal['stop', 'first']

# Nobody else can write for as long as this many rows take.
_CHUNK = 5_000
# SQLite before 3.32 takes 999 values in a statement.
_VALUES = 500
#: The number of a person before the first.
NOBODY = 0

# The largest number in a column of the ledger.
_MOST = 2**63 - 1

_MAY_GROW = {CampaignState.PLANNING, CampaignState.READY, CampaignState.PAUSED}


class Totals(NamedTuple):
    """What people cost.

    Attributes:
        people: How many there are.
        parts: How many SMS parts they get.
        cost: What these cost, in millionths of the currency.
    """

    people: int
    parts: int
    cost: int


class Difference(NamedTuple):
    """How a file differs from a campaign.

    Attributes:
        added: How many numbers only the file has.
        removed: How many numbers only the campaign has.
        changed: How many numbers both have, with other values for the message.
    """

    added: int
    removed: int
    changed: int


def add(
    database: Database,
    number: int,
    planned: Iterable[PlannedPerson | Dropped],
    duplicates: Duplicates,
) -> int:
    """Enter people and rows that are left out; return the number of the last person."""
    with database.transaction() as connection:
        row = _require_growing(connection, number)
        _discard(connection, row)
    template = Template(row.message, row.sender_name)
    try:
        for chunk in _chunks(planned, _CHUNK):
            with database.transaction() as connection:
                row = _require_growing(connection, number)
                _enter(connection, row, chunk, template, duplicates)
    except BaseException:
        # Nothing stays half planned. If the ledger cannot be written, the next plan deletes it.
        with suppress(LedgerFailed), database.transaction() as connection:
            _discard(connection, row)
        raise
    with database.transaction() as connection:
        return _last_person(connection, number)


def confirm(
    database: Database, number: int, last: int | None, max_cost: int, *, again: bool
) -> None:
    """Make a campaign ready, in one commit.

    Args:
        database: The ledger.
        number: The campaign.
        last: The last person to confirm; None for all, and `NOBODY` for no more than before.
        max_cost: The most that the campaign may cost.
        again: Whether to send although the tag is in Hoiio's history.
    """
    _require_whole(max_cost, 'the maximum cost')
    with database.transaction() as connection:
        row = _require_growing(connection, number)
        last = max(row.confirmed_to, _last_person(connection, number) if last is None else last)
        new = totals_above(connection, row, last)
        if not row.people + new.people:
            raise CampaignRefused('nobody is planned; look at the rows that were left out')
        is_new = row.state == CampaignState.PLANNING
        connection.execute(
            update(campaign)
            .where(campaign.c.id == number)
            .values(
                state=CampaignState.READY if is_new else row.state,
                confirmed_to=last,
                people=row.people + new.people,
                parts=row.parts + new.parts,
                cost=row.cost + new.cost,
                max_cost=max_cost,
                again=row.again or again,
            )
        )


def _require_whole(amount: int, what: str, line: int | None = None) -> None:
    # A Decimal cannot be stored, and the ledger would count as failed after the attempt.
    if not isinstance(amount, int) or not 0 <= amount <= _MOST:
        raise PlanInvalid(
            f'{what} must be a whole number of millionths of the currency, from 0 to {_MOST}', line
        )


def totals_above(connection: Connection, row: Row[Any], last: int | None = None) -> Totals:
    """Add up the people who are not confirmed yet, up to a number."""
    theirs = and_(of_campaign_by_number == row.id, person.c.id > row.confirmed_to)
    found = select(func.count(), func.sum(person.c.parts), func.sum(person.c.cost))
    found = found.where(theirs if last is None else and_(theirs, person.c.id <= last))
    people, parts, cost = connection.execute(found).one()
    return Totals(people, int(parts or 0), int(cost or 0))


def _last_person(connection: Connection, number: int) -> int:
    last = select(func.max(person.c.id)).where(person.c.campaign_id == number)
    return connection.scalar(last) or 0


def compare(
    database: Database, number: int, planned: Iterable[PlannedPerson | Dropped]
) -> Difference:
    """Compare a plan with the people of a campaign, in constant memory."""
    # A temporary table, which no other process sees and which is not in the file of the ledger.
    # The threads of this process share a connection, so each table needs a name of its own.
    seen = Table(
        f'seen_{secrets.token_hex(8)}',
        MetaData(),
        Column('dest', Text, primary_key=True),
        Column('variables', Text, nullable=False),
        prefixes=['TEMPORARY'],
    )
    rows = (
        {'dest': each.dest, 'variables': _to_json(each.variables)}
        for each in planned
        if isinstance(each, PlannedPerson)
    )
    with database.transaction() as connection:
        seen.create(connection)
    try:
        for chunk in _chunks(rows, _CHUNK):
            with database.transaction() as connection:
                connection.execute(insert_new(connection, seen), chunk)
        with database.transaction() as connection:
            return _difference(connection, lock_campaign(connection, number), seen)
    finally:
        with database.transaction() as connection:
            seen.drop(connection)


def _difference(connection: Connection, row: Row[Any], seen: Table) -> Difference:
    theirs = and_(person.c.campaign_id == row.id, person.c.id <= row.confirmed_to)
    in_both = exists(literal(1)).where(theirs, person.c.dest == seen.c.dest)
    # A number for which there was no price is known, too.
    left_out = exists(literal(1)).where(
        dropped_row.c.campaign_id == row.id, dropped_row.c.dest == seen.c.dest
    )
    added = connection.scalar(
        select(func.count()).select_from(seen).where(not_(in_both), not_(left_out))
    )
    in_file = exists(literal(1)).where(seen.c.dest == person.c.dest)
    removed = connection.scalar(
        select(func.count()).select_from(person).where(theirs, not_(in_file))
    )
    both = person.join(seen, person.c.dest == seen.c.dest)
    changed = connection.scalar(
        select(func.count()).select_from(both).where(theirs, person.c.variables != seen.c.variables)
    )
    return Difference(added or 0, removed or 0, changed or 0)


def _to_json(variables: Mapping[str, str]) -> str:
    return json.dumps(dict(variables), ensure_ascii=False)


def _require_growing(connection: Connection, number: int) -> Row[Any]:
    row = lock_campaign(connection, number)
    if row.state not in _MAY_GROW:
        raise CampaignRefused(
            f'the campaign {row.tag} is {row.state}; plan a campaign with a new tag'
        )
    return row


def _discard(connection: Connection, row: Row[Any]) -> None:
    unconfirmed = and_(person.c.campaign_id == row.id, person.c.id > row.confirmed_to)
    connection.execute(delete(person).where(unconfirmed))
    # The rows that a file left out are those of its last plan.
    connection.execute(delete(dropped_row).where(dropped_row.c.campaign_id == row.id))


def _enter(
    connection: Connection,
    row: Row[Any],
    chunk: Sequence[PlannedPerson | Dropped],
    template: Template,
    duplicates: Duplicates,
) -> None:
    people = [each for each in chunk if isinstance(each, PlannedPerson)]
    dropped = [each for each in chunk if isinstance(each, Dropped)]
    if people:
        _enter_zones(connection, row, people)
        values = [_person_values(row, each) for each in people]
        entered = connection.execute(insert_new(connection, person), values).rowcount
        if entered != len(people):
            dropped += _duplicates(connection, row, people, template, duplicates)
    if dropped:
        # Duplicates are found later than the other rows, but are listed in the order of the file.
        dropped.sort(key=attrgetter('line'))
        connection.execute(insert(dropped_row), [_dropped_values(row, each) for each in dropped])


def _enter_zones(connection: Connection, row: Row[Any], people: Sequence[PlannedPerson]) -> None:
    zones = [{'campaign_id': row.id, 'zone': zone} for zone in {each.zone or '' for each in people}]
    connection.execute(insert_new(connection, campaign_zone), zones)


def _person_values(row: Row[Any], each: PlannedPerson) -> dict[str, Any]:
    _require_whole(each.cost, 'the cost', each.line)
    return {
        'campaign_id': row.id,
        'dest': each.dest,
        'line': each.line,
        'variables': _to_json(each.variables),
        'parts': each.parts,
        'cost': each.cost,
        'zone': each.zone or '',
        'state': PersonState.WAITING.value,
    }


def _dropped_values(row: Row[Any], each: Dropped) -> dict[str, Any]:
    values = {'line': each.line, 'dest': each.dest, 'reason': each.reason}
    return {'campaign_id': row.id, **values}


def _duplicates(
    connection: Connection,
    row: Row[Any],
    people: Sequence[PlannedPerson],
    template: Template,
    duplicates: Duplicates,
) -> list[Dropped]:
    """Return the rows of people whose number an earlier row has."""
    earlier = _entered(connection, row, people)
    dropped = []
    for each in people:
        found = earlier[each.dest]
        is_known = found['id'] <= row.confirmed_to
        if not is_known and found['line'] == each.line:
            continue
        first = json.loads(found['variables'])
        is_same = first == each.variables or template.render(first) == template.render(
            each.variables
        )
        if not is_same and duplicates == 'stop':
            raise _different(each.line, found['line'], is_known=is_known)
        if not is_same or not is_known:
            text = 'the same text' if is_same else 'another text'
            reason = f'the number is already in line {found["line"]}, with {text}'
            dropped.append(Dropped(each.line, reason, each.dest))
    return dropped


def _entered(
    connection: Connection, row: Row[Any], people: Sequence[PlannedPerson]
) -> Mapping[str, Mapping[Any, Any]]:
    names = (person.c.id, person.c.dest, person.c.line, person.c.variables)
    theirs = select(*names).where(person.c.campaign_id == row.id)
    return {
        found['dest']: found
        for chunk in _chunks([each.dest for each in people], _VALUES)
        for found in connection.execute(theirs.where(person.c.dest.in_(chunk))).mappings()
    }


def _different(line: int, earlier: int, *, is_known: bool) -> DuplicateDestination:
    where = (
        f'line {earlier} of the file that the campaign started with'
        if is_known
        else (f'line {earlier}')
    )
    return DuplicateDestination(
        f'the number is in {where} too, with a different text; correct the file, or pass'
        ' --duplicates first to use the first of these rows',
        line,
        earlier,
    )


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
