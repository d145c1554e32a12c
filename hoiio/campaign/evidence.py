"""What Hoiio reports about single messages, in notifications and in its history.

The reports can arrive in any order, any number of times and at any time: the result is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, insert, or_, select, update

from ..constants import SmsStatus
from .money import in_words
from .schema import attempt, campaign, person, released
from .settle import is_anybody_waiting, pause, settle, take_over
from .states import AttemptEvent, AttemptState, PersonEvent, PersonState, person_after

__all__ = ['Evidence', 'absorb', 'dest_of', 'parse_tag', 'report_of', 'wire_tag']

# The sender of an attempt that only Hoiio's history knows.
STRANGER = 'stranger'

# If more than this part of a batch is refused, something is wrong with the numbers or the account.
_MOST_REFUSED = 0.2

# SQLite before 3.32 takes 999 values in a statement.
_CHUNK = 500

_REPORTS: Mapping[str, PersonEvent] = {
    SmsStatus.QUEUED: PersonEvent.REPORTED,
    SmsStatus.DELIVERED: PersonEvent.DELIVERED,
    SmsStatus.FAILED: PersonEvent.FAILED,
    SmsStatus.ERROR: PersonEvent.FAILED,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What Hoiio reports about one message.

    Attributes:
        key: The attempt.
        dest: The recipient.
        event: What it means for the person.
        reason: Why the message was refused, or was not delivered.
        txn_ref: The transaction; None if Hoiio refused the recipient.
        debit: What Hoiio charged, in millionths; None if it does not say.
        date: The date of the message, by the clock of Hoiio; None if it does not say.
        tag: The tag, the digits of the campaign and the attempt, if Hoiio certainly said them. A
            parameter of a callback URL is not signed, so it counts only if the recipient is in
            that attempt.
    """

    key: str
    dest: str
    event: PersonEvent
    reason: str | None = None
    txn_ref: str | None = None
    debit: int | None = None
    date: str | None = None
    tag: tuple[str, str, str] | None = None


def wire_tag(row: Row[Any], key: str) -> str:
    """Return the tag of an attempt, as Hoiio gets it."""
    return f'{row.tag}/{row.hex}/{key}'


def parse_tag(tag: str) -> tuple[str, str, str] | None:
    """Return the tag, the hex digits and the attempt in a tag of Hoiio; None if it has none."""
    pieces = tag.rsplit('/', 2)
    return (pieces[0], pieces[1], pieces[2]) if len(pieces) == 3 else None  # noqa: PLR2004


def dest_of(number: str) -> str:
    """Return a recipient as in the ledger, because Hoiio may omit the +."""
    return '+' + re.sub(r'\D', '', number)


def report_of(status: str) -> PersonEvent:
    """Return what the status of an SMS means for its recipient."""
    return _REPORTS.get(status, PersonEvent.REPORTED)


def absorb(connection: Connection, row: Row[Any], told: Iterable[Evidence]) -> int:
    """Record what Hoiio reported about a campaign.

    Args:
        connection: The transaction.
        row: The campaign, which this transaction has locked.
        told: What Hoiio reported.

    Returns:
        How many of them are about people of the campaign.
    """
    groups: dict[str, list[Evidence]] = {}
    for each in told:
        groups.setdefault(each.key, []).append(each)
    return sum(_absorb_attempt(connection, row, key, group) for key, group in groups.items())


def _absorb_attempt(
    connection: Connection, row: Row[Any], key: str, group: Sequence[Evidence]
) -> int:
    found = _attempt_of(connection, row, key)
    if found is None or found.sender == STRANGER:
        group = [each for each in group if each.tag == (row.tag, row.hex, key)]
        if not group:
            return 0
        found = found or _adopt(connection, row, key)
        _add_strangers(connection, row, found, {each.dest for each in group})
    people = _members(connection, row, found, {each.dest for each in group})
    group = [each for each in group if each.dest in people]
    if not group:
        return 0
    if found.state != AttemptState.TAKEN:
        settle(connection, row, found, AttemptEvent.PROVEN)
        people = _members(connection, row, found, {each.dest for each in group})
    _report(connection, row, found, group, people)
    return len(group)


def _attempt_of(connection: Connection, row: Row[Any], key: str) -> Row[Any] | None:
    of_key = select(attempt).where(attempt.c.campaign_id == row.id, attempt.c.key == key)
    return connection.execute(of_key).one_or_none()


def _adopt(connection: Connection, row: Row[Any], key: str) -> Row[Any]:
    """Enter an attempt that the ledger lacks: the ledger is an older copy of itself."""
    connection.execute(
        insert(attempt).values(
            key=key,
            campaign_id=row.id,
            state=AttemptState.TAKEN,
            people=0,
            cost=0,
            made=row.created,
            sender=STRANGER,
            lease=row.created,
        )
    )
    pause(
        connection,
        row,
        'Hoiio has messages of this campaign that the ledger does not know, so the ledger is an'
        ' older copy. Their people are marked as accepted. Find out where the newer ledger is; to'
        ' continue with this one, resume the campaign',
    )
    found = _attempt_of(connection, row, key)
    assert found is not None  # noqa: S101 - it was just inserted
    return found


def _add_strangers(connection: Connection, row: Row[Any], found: Row[Any], dests: set[str]) -> None:
    for chunk in _chunks(sorted(dests)):
        take_over(connection, row, found.id, person.c.dest.in_(chunk))
    is_in = or_(person.c.attempt_id == found.id, person.c.earlier_id == found.id)
    theirs = select(func.count(), func.coalesce(func.sum(person.c.cost), 0)).where(is_in)
    people, cost = connection.execute(theirs).one()
    of_number = attempt.c.id == found.id
    before = connection.execute(select(attempt.c.cost).where(of_number)).scalar_one()
    connection.execute(update(attempt).where(of_number).values(people=people, cost=int(cost)))
    # I5: what a forgotten batch cost was spent, too.
    connection.execute(
        update(campaign)
        .where(campaign.c.id == row.id)
        .values(spent=campaign.c.spent + max(0, int(cost) - before))
    )


def _members(
    connection: Connection, row: Row[Any], found: Row[Any], dests: set[str]
) -> dict[str, dict[str, Any]]:
    """Read the people with these numbers who are or were in an attempt."""
    was_in = exists().where(released.c.attempt_id == found.id, released.c.person_id == person.c.id)
    is_in = or_(person.c.attempt_id == found.id, person.c.earlier_id == found.id, was_in)
    theirs = select(
        *(person.c.id, person.c.dest, person.c.state, person.c.reason, person.c.cost),
        *(person.c.twice, person.c.txn_ref, person.c.debit, person.c.attempt_id),
    ).where(person.c.campaign_id == row.id, is_in)
    return {
        each['dest']: dict(each)
        for chunk in _chunks(sorted(dests))
        for each in connection.execute(theirs.where(person.c.dest.in_(chunk))).mappings()
    }


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _report(
    connection: Connection,
    row: Row[Any],
    found: Row[Any],
    group: Sequence[Evidence],
    people: Mapping[str, dict[str, Any]],
) -> None:
    before = {dest: dict(each) for dest, each in people.items()}
    for each in group:
        _apply(each, people[each.dest])
    _write(connection, [each for dest, each in people.items() if each != before[dest]])
    _pause_if_twice(connection, row, before, people)
    _count_refused(connection, row, found, before, people)
    _count_charges(connection, row, before, people)
    dates = sorted(filter(None, [found.date, *(each.date for each in group)]))
    if dates and dates[0] != found.date:
        connection.execute(update(attempt).where(attempt.c.id == found.id).values(date=dates[0]))


def _apply(told: Evidence, theirs: dict[str, Any]) -> None:
    if told.event is PersonEvent.REFUSED and theirs['txn_ref']:
        # There is a message, so something else was refused.
        return
    after = person_after(PersonState(theirs['state']), told.event)
    if after is not None:
        theirs.update(state=after.value, reason=told.reason)
    if told.txn_ref and theirs['txn_ref'] not in {None, told.txn_ref}:
        theirs['twice'] = True
    elif told.txn_ref:
        theirs['txn_ref'] = told.txn_ref
        theirs['debit'] = theirs['debit'] if told.debit is None else told.debit


def _write(connection: Connection, changed: Sequence[Mapping[str, Any]]) -> None:
    if not changed:
        return
    names = ('state', 'reason', 'twice', 'txn_ref', 'debit')
    change = (
        update(person)
        .where(person.c.id == bindparam('number'))
        .values({name: bindparam(f'new_{name}') for name in names})
    )
    connection.execute(
        change,
        [
            {'number': each['id'], **{f'new_{name}': each[name] for name in names}}
            for each in changed
        ],
    )


def _pause_if_twice(
    connection: Connection,
    row: Row[Any],
    before: Mapping[str, Mapping[str, Any]],
    people: Mapping[str, Mapping[str, Any]],
) -> None:
    twice = sum(each['twice'] and not before[dest]['twice'] for dest, each in people.items())
    if twice:
        reason = (
            f'Hoiio has two messages for {twice} people, although the ledger has one for each. The'
            ' report marks them as "twice". Find out why, then resume the campaign'
        )
        pause(connection, row, reason)


def _count_refused(
    connection: Connection,
    row: Row[Any],
    found: Row[Any],
    before: Mapping[str, Mapping[str, Any]],
    people: Mapping[str, Mapping[str, Any]],
) -> None:
    refused = PersonState.REFUSED.value
    more = sum(each['state'] == refused for each in people.values())
    more -= sum(each['state'] == refused for each in before.values())
    if not more:
        return
    connection.execute(
        update(attempt).where(attempt.c.id == found.id).values(refused=attempt.c.refused + more)
    )
    pause_if_refused(connection, row, found.id)


def pause_if_refused(connection: Connection, row: Row[Any], number: int) -> None:
    """Pause a campaign after a batch of which too many people were refused."""
    found = connection.execute(select(attempt).where(attempt.c.id == number)).one()
    is_too_many = found.refused > _MOST_REFUSED * found.people and not found.has_paused
    if not is_too_many or not is_anybody_waiting(connection, row):
        return
    reason = (
        f'Hoiio refused {found.refused} of the {found.people} people of a batch. Check the'
        ' reasons in the report; to continue with the others, resume the campaign'
    )
    if pause(connection, row, reason):
        connection.execute(update(attempt).where(attempt.c.id == number).values(has_paused=True))


def _count_charges(
    connection: Connection,
    row: Row[Any],
    before: Mapping[str, Mapping[str, Any]],
    people: Mapping[str, Mapping[str, Any]],
) -> None:
    charged = excess = 0
    rises = [(0, 0, 0)]
    for dest, each in people.items():
        cost, old, new = each['cost'], before[dest]['debit'] or 0, each['debit'] or 0
        charged += new - old
        excess += max(0, new - cost) - max(0, old - cost)
        if new > cost:
            rises.append((new * 1000 // max(cost, 1), new, cost))
    if charged:
        spent = campaign.c.spent + excess
        connection.execute(
            update(campaign)
            .where(campaign.c.id == row.id)
            .values(charged=campaign.c.charged + charged, spent=spent)
        )
    _pause_if_dearer(connection, row, *max(rises))


def _pause_if_dearer(
    connection: Connection, row: Row[Any], rise: int, price: int, cost: int
) -> None:
    """Pause a campaign once for each higher price."""
    if rise <= row.rise or not is_anybody_waiting(connection, row):
        return
    reason = (
        f'Hoiio charges more than planned: {in_words(price)} for a message that was planned at'
        f' {in_words(cost)}. To continue at this price, up to the confirmed sum, resume the'
        ' campaign'
    )
    if pause(connection, row, reason):
        connection.execute(update(campaign).where(campaign.c.id == row.id).values(rise=rise))
