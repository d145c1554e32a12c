"""The decisions of a person about a campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, select, update

from .database import Database
from .exceptions import CampaignRefused, CampaignUnknown
from .looks import Look, begin_or_continue, look
from .outcomes import Wait
from .schema import attempt, campaign, campaign_zone, dropped_row, person, released
from .sender import Sender
from .settle import lock_campaign, settle
from .settle import pause as pause_ready
from .states import AttemptEvent, AttemptState, CampaignState
from .survey import has_ended, live_attempt

if TYPE_CHECKING:
    from ..client import HoiioClient

__all__ = ['pause', 'purge', 'resolve', 'resume']


def pause(database: Database, number: int) -> None:
    """Send no more batches of a campaign."""
    with database.transaction() as connection:
        row = lock_campaign(connection, number)
        _require(row, CampaignState.READY, CampaignState.PAUSED)
        pause_ready(connection, row, 'You paused the campaign. To continue, resume it')


def resume(database: Database, number: int, *, again: bool) -> None:
    """Resume a campaign."""
    with database.transaction() as connection:
        row = lock_campaign(connection, number)
        _require(row, CampaignState.READY, CampaignState.PAUSED)
        connection.execute(
            update(campaign)
            .where(campaign.c.id == number)
            .values(
                state=CampaignState.READY,
                reason=None,
                unknown_in_a_row=0,
                again=row.again or again,
            )
        )


def resolve(
    database: Database,
    number: int,
    client: HoiioClient,
    sender: Sender,
    attempt_number: int,
    *,
    is_sent: bool,
) -> AttemptState:
    """Record what a person knows about an attempt whose outcome is unknown."""
    if not sender.lock.acquire():
        raise CampaignRefused('another process is sending this campaign; stop it first')
    key = _unknown_key(database, number, sender, attempt_number)
    if not is_sent:
        _look_once(database, number, client, sender)
    event = AttemptEvent.RESOLVED_SENT if is_sent else AttemptEvent.RESOLVED_NOT_SENT
    with database.transaction() as connection:
        row = lock_campaign(connection, number)
        # Not its number: a ledger that was restored meanwhile may use that for another batch.
        found = connection.execute(select(attempt).where(attempt.c.key == key)).one()
        return settle(connection, row, found, event)


def purge(database: Database, number: int) -> None:
    """Delete the personal data of a campaign. Its tag stays, so it is never used again."""
    with database.transaction() as connection:
        row = lock_campaign(connection, number)
        if row.state == CampaignState.READY:
            raise CampaignRefused(f'{row.tag} is not done; first pause it')
        if row.state == CampaignState.PURGED:
            raise CampaignRefused(f'{row.tag} was purged already')
        live = live_attempt(connection, row)
        if live is not None:
            raise CampaignRefused(
                f'attempt {live.id} of {row.tag} is {live.state}; wait until its outcome is known,'
                ' or resolve it'
            )
        attempts = select(attempt.c.id).where(attempt.c.campaign_id == number)
        connection.execute(delete(released).where(released.c.attempt_id.in_(attempts)))
        for table in (person, attempt, dropped_row, campaign_zone):
            connection.execute(delete(table).where(table.c.campaign_id == number))
        connection.execute(
            update(campaign)
            .where(campaign.c.id == number)
            .values(
                state=CampaignState.PURGED,
                reason=None,
                message='',
                sender_name=None,
                notify_url=None,
                # A look that is under way would enter what it finds.
                look_clock=None,
            )
        )


def _require(row: Row[Any], *states: CampaignState) -> None:
    if row.state not in states:
        wanted = ' or '.join(states)
        raise CampaignRefused(f'{row.tag} is {row.state}, not {wanted}')


def _unknown_key(database: Database, number: int, sender: Sender, attempt_number: int) -> str:
    """Return the random part of the tag of an attempt whose outcome is unknown."""
    with database.transaction() as connection:
        row = lock_campaign(connection, number)
        found = connection.execute(
            select(attempt).where(attempt.c.id == attempt_number, attempt.c.campaign_id == number)
        ).one_or_none()
        if found is None:
            raise CampaignUnknown(f'{row.tag} does not have an attempt {attempt_number}')
        state = AttemptState(found.state)
        if state is AttemptState.SENDING and has_ended(database, connection, sender, found):
            lost = AttemptEvent.SENDER_LOST
            state = settle(connection, row, found, lost, 'its process ended')
        if state is not AttemptState.UNKNOWN:
            raise CampaignRefused(
                f'attempt {attempt_number} is {state}, so there is nothing to decide'
            )
        return str(found.key)


def _look_once(database: Database, number: int, client: HoiioClient, sender: Sender) -> None:
    """Make one look now, with a request for each page of the history."""
    with database.transaction() as connection:
        # A look that is under way has begun too early.
        change = update(campaign).where(campaign.c.id == number).values(look_clock=None)
        connection.execute(change)
        row = lock_campaign(connection, number)
        moment = database.moment(connection)
        page = begin_or_continue(database, connection, row, sender, moment, is_whole=False)
    clock, began = page.clock, page.began
    while True:
        outcome = look(database, number, client, sender, page)
        if outcome != Wait(0):
            raise CampaignRefused(
                f'nothing was changed, because the history could not be read: {outcome}'
            )
        with database.transaction() as connection:
            row = lock_campaign(connection, number)
        if (row.looked_clock, row.looked_at) == (clock, began):
            return
        if (row.look_clock, row.look_began) != (clock, began):
            raise CampaignRefused(
                'nothing was changed, because another process is reading the history; try again'
            )
        page = Look(row.look_clock, row.look_began, row.look_from, row.look_page)
