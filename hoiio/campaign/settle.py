"""Change the states of an attempt and of its people after an event.

The tables in `states` say how. This module applies them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    exists,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from .answers import explained
from .exceptions import CampaignUnknown
from .schema import attempt, campaign, person, released
from .states import (
    AttemptEvent,
    AttemptState,
    CampaignState,
    PersonEvent,
    PersonState,
    attempt_after,
    people_before,
    person_after,
)

__all__ = ['is_anybody_waiting', 'lock_campaign', 'move', 'pause', 'settle', 'take_over']

# After so many attempts in a row without a clear response, something is wrong.
_MOST_UNKNOWN = 3


def lock_campaign(connection: Connection, number: int) -> Row[Any]:
    """Read a campaign, and let nobody else change it until the transaction ends.

    Raises:
        CampaignUnknown: Another process has deleted it and planned it again.
    """
    found = select(campaign).where(campaign.c.id == number).with_for_update()
    row = connection.execute(found).one_or_none()
    if row is None:
        raise CampaignUnknown('another process has planned this campaign again; open it again')
    return row


def settle(
    connection: Connection, row: Row[Any], found: Row[Any], event: AttemptEvent, reason: str = ''
) -> AttemptState:
    """Record what happened to an attempt, and to its people.

    Args:
        connection: The transaction.
        row: The campaign, which this transaction has locked.
        found: The attempt, which this transaction has read.
        event: What happened.
        reason: The response of Hoiio, or the error.

    Returns:
        The state of the attempt afterwards. If the event changes nothing, it is the state before.
    """
    before = AttemptState(found.state)
    if before is not AttemptState.SENDING and event is AttemptEvent.ACCEPTED:
        # Another process has settled the attempt meanwhile. The response is a proof.
        event = AttemptEvent.PROVEN
    after = attempt_after(before, event)
    if after in {None, before}:
        return before
    connection.execute(
        update(attempt).where(attempt.c.id == found.id).values(state=after, reason=reason or None)
    )
    if after is AttemptState.UNKNOWN:
        _count_unknown(connection, row, reason)
    elif after is AttemptState.UNTAKEN:
        _release(connection, row, found)
    elif before is AttemptState.UNTAKEN:
        _take_late(connection, row, found)
    else:
        _take(connection, row, found, event, reason)
    return after


def move(event: PersonEvent, /, **values: Any) -> Any:
    """Return the statement that changes people as the table of states says."""
    (after,) = {person_after(before, event) for before in people_before(event)}
    return update(person).where(_where_state(event)).values(state=after, **values)


def _where_state(event: PersonEvent) -> ColumnElement[bool]:
    """Return the condition that an event changes a person."""
    # Not in_(), which cannot be executed for many people at once.
    return or_(*(person.c.state == state for state in people_before(event)))


def pause(connection: Connection, row: Row[Any], reason: str, *states: CampaignState) -> bool:
    """Pause a campaign. A campaign that is paused keeps its first reason.

    Args:
        connection: The transaction.
        row: The campaign, which this transaction has locked.
        reason: Why, in plain words.
        *states: The states in which it is paused; by default only if it is ready.

    Returns:
        True if it was in one of them.
    """
    was = campaign.c.state.in_(states or (CampaignState.READY,))
    may_pause = and_(campaign.c.id == row.id, was)
    change = update(campaign).where(may_pause).values(state=CampaignState.PAUSED, reason=reason)
    return connection.execute(change).rowcount == 1


def is_anybody_waiting(connection: Connection, row: Row[Any]) -> bool:
    """Return True if people wait for their message."""
    waiting = exists().where(
        person.c.campaign_id == row.id,
        person.c.state == PersonState.WAITING,
        person.c.id <= row.confirmed_to,
    )
    return bool(connection.scalar(select(literal(1)).where(waiting)))


def _count_unknown(connection: Connection, row: Row[Any], reason: str) -> None:
    change = update(campaign).where(campaign.c.id == row.id)
    connection.execute(change.values(unknown_in_a_row=campaign.c.unknown_in_a_row + 1))
    if row.unknown_in_a_row + 1 >= _MOST_UNKNOWN:
        pause(
            connection,
            row,
            f'{row.unknown_in_a_row + 1} batches in a row ended without a clear response. The'
            f' reason of the last one: {explained(reason)}. Find out why, then resume the campaign',
        )


def _take(
    connection: Connection, row: Row[Any], found: Row[Any], event: AttemptEvent, reason: str
) -> None:
    """Let the people of a live attempt have their message."""
    theirs = and_(person.c.campaign_id == row.id, person.c.attempt_id == found.id)
    if event is AttemptEvent.NO_VALID_DESTS:
        _return_to_earlier(connection, theirs)
        change = move(PersonEvent.ALL_REFUSED, reason=reason).where(theirs)
        refused = connection.execute(change).rowcount
        connection.execute(update(attempt).where(attempt.c.id == found.id).values(refused=refused))
    else:
        connection.execute(move(PersonEvent.TAKEN).where(theirs))
    is_clear = event in {AttemptEvent.ACCEPTED, AttemptEvent.NO_VALID_DESTS}
    connection.execute(
        update(campaign)
        .where(campaign.c.id == row.id)
        .values(
            held=campaign.c.held - found.cost,
            spent=campaign.c.spent + found.cost,
            unknown_in_a_row=0 if is_clear else campaign.c.unknown_in_a_row,
        )
    )


def _release(connection: Connection, row: Row[Any], found: Row[Any]) -> None:
    """Let the people of an attempt wait again, and remember that they were in it."""
    theirs = and_(person.c.campaign_id == row.id, person.c.attempt_id == found.id)
    is_held = _where_state(PersonEvent.RELEASED)
    remembered = select(literal(found.id), person.c.id).where(theirs, is_held)
    connection.execute(insert(released).from_select(['attempt_id', 'person_id'], remembered))
    _return_to_earlier(connection, theirs)
    connection.execute(move(PersonEvent.RELEASED, attempt_id=null()).where(theirs))
    connection.execute(
        update(campaign).where(campaign.c.id == row.id).values(held=campaign.c.held - found.cost)
    )


def _return_to_earlier(connection: Connection, theirs: ColumnElement[bool]) -> None:
    """Give people back to the attempt that reached them before this one did not."""
    has_earlier = and_(theirs, person.c.earlier_id.is_not(None))
    has_more = exists().where(
        released.c.person_id == person.c.id,
        released.c.attempt_id != person.c.earlier_id,
        attempt.c.id == released.c.attempt_id,
        attempt.c.state == AttemptState.TAKEN,
    )
    connection.execute(
        move(
            PersonEvent.EARLIER,
            attempt_id=person.c.earlier_id,
            earlier_id=null(),
            twice=has_more,
        ).where(has_earlier)
    )


def _take_late(connection: Connection, row: Row[Any], found: Row[Any]) -> None:
    """Believe that an attempt was taken, after its people were allowed to wait again."""
    members = select(released.c.person_id).where(released.c.attempt_id == found.id)
    take_over(connection, row, found.id, person.c.id.in_(members))
    connection.execute(
        update(campaign).where(campaign.c.id == row.id).values(spent=campaign.c.spent + found.cost)
    )


def take_over(
    connection: Connection, row: Row[Any], number: int, theirs: ColumnElement[bool]
) -> None:
    """Give people to an attempt that reached them unexpectedly.

    Those who are out again with another attempt have, or may get, two messages.
    """
    theirs = and_(person.c.campaign_id == row.id, theirs)
    out_again = and_(
        theirs,
        person.c.attempt_id != number,
        person.c.state.not_in(people_before(PersonEvent.PROVEN)),
    )
    twice = connection.execute(
        update(person).where(out_again).values(twice=True, earlier_id=number)
    ).rowcount
    connection.execute(move(PersonEvent.PROVEN, attempt_id=number, reason=null()).where(theirs))
    if twice:
        pause(
            connection,
            row,
            f'{twice} people have two messages, or may get a second one: Hoiio has taken a batch'
            ' that counted as not taken. The report marks them as "twice". To continue with the'
            ' others, resume the campaign',
            CampaignState.READY,
            # A person must hear of it, however late it is.
            CampaignState.DONE,
        )
