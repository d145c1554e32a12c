"""What comes next for a campaign, as the ledger has it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, exists, literal, select, update

from .answers import explained
from .database import Database
from .exceptions import CampaignRefused
from .looks import Look, begin_or_continue
from .outcomes import Attention, Done, Outcome, Wait, wait
from .schema import attempt, campaign, person
from .sender import Sender
from .settings import require_account
from .settle import is_anybody_waiting, settle
from .states import LIVE, AttemptEvent, AttemptState, CampaignState, PersonState

if TYPE_CHECKING:
    from ..client import HoiioClient

__all__ = ['has_ended', 'live_attempt', 'survey']

# Reading more people from the history takes too many pages.
MOST_READ = 20_000

# While the history does not show a batch yet.
_BETWEEN_LOOKS = 1.0


def survey(
    database: Database, connection: Connection, row: Row[Any], client: HoiioClient, sender: Sender
) -> Outcome | Look | None:
    """Return what comes next: a look, something to tell the caller, or None to claim a batch.

    Args:
        database: The ledger.
        connection: The transaction.
        row: The campaign, which this transaction has locked.
        client: The client that would send.
        sender: This process.

    Raises:
        SettingsDiffer: The client belongs to another application, or has another base URL.
        CampaignRefused: The campaign is not ready, or purged.
    """
    require_account(row, client)
    if not sender.lock.acquire():
        return Wait(1, 'Another process is sending this campaign.')
    if row.state in {CampaignState.PLANNING, CampaignState.PURGED}:
        raise CampaignRefused(f'the campaign {row.tag} is {row.state}; it cannot send')
    return _Survey(database, connection, row, sender).next()


def live_attempt(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    """Return the attempt of a campaign that is on its way or unknown."""
    return connection.execute(
        select(attempt).where(attempt.c.campaign_id == row.id, attempt.c.state.in_(LIVE))
    ).one_or_none()


def has_ended(database: Database, connection: Connection, sender: Sender, live: Row[Any]) -> bool:
    """Return True if there is no need to wait for the sender of an attempt any longer.

    This is the case if this process holds the lock of the sender, so the sender has ended. It is
    also the case on a database server after the lease, and in a file from another machine or from
    before a restart of this machine.
    """
    if live.sender == sender.identity or not database.is_shared:
        return True
    has_lapsed: bool = database.now(connection).timestamp() >= live.lease
    return has_lapsed


class _Survey:
    def __init__(
        self, database: Database, connection: Connection, row: Row[Any], sender: Sender
    ) -> None:
        self._database = database
        self._connection = connection
        self._row = row
        self._sender = sender
        self._now = database.now(connection)
        self._moment = database.moment(connection)

    def next(self) -> Outcome | Look | None:
        if self._has_forgotten():
            self._sender.last, self._sender.began_in, self._sender.clean_in = '', 0, 0
        live = live_attempt(self._connection, self._row)
        if live is not None and live.state == AttemptState.SENDING:
            if not has_ended(self._database, self._connection, self._sender, live):
                return wait(60, 'A process on another machine is sending this campaign.')
            settle(self._connection, self._row, live, AttemptEvent.SENDER_LOST, _LOST)
            live = live_attempt(self._connection, self._row)
        if live is not None:
            return self._unknown(live)
        if self._row.state == CampaignState.DONE:
            return Done()
        if self._row.state == CampaignState.PAUSED:
            return self._paused()
        if self._sender.clean_in != self._database.opened:
            # The stranger look: the ledger may be an older copy of itself.
            return self._look(is_whole=False)
        return self._ready()

    def _has_forgotten(self) -> bool:
        """Return True if the ledger lacks the last batch of this process.

        Then it is an older copy of itself, although the connection is the same: the file was
        overwritten, or something between here and the server hides that there is another server.
        """
        last = select(attempt.c.id).where(attempt.c.key == self._sender.last)
        return bool(self._sender.last) and self._connection.scalar(last) is None

    def _paused(self) -> Outcome | Look:
        """Read the look that is under way to its end, because it may show more strangers."""
        is_looking = self._row.look_clock == self._moment.clock
        return self._look(is_whole=False) if is_looking else Attention(self._row.reason)

    def _ready(self) -> Outcome | Look | None:
        if not is_anybody_waiting(self._connection, self._row):
            return self._finish()
        unseen = self._unseen()
        return None if unseen is None else self._see(unseen)

    def _unknown(self, live: Row[Any]) -> Outcome | Look:
        """Look for an attempt at once, then twice with the settling time before each look."""
        settle_time = self._row.settle
        since = self._since(live)
        looked = self._moment.since(self._row.looked_clock, self._row.looked_at)
        empty = self._moment.since(live.since_clock, live.empty_at) if since else None
        if looked is None or looked > since:
            return self._look(is_whole=False)
        is_stuck = empty is not None and empty - looked >= settle_time
        left = settle_time - (looked if is_stuck else since if empty is None else empty)
        if left <= 0:
            return self._look(is_whole=False)
        if is_stuck:
            return Attention(_stuck(live))
        return wait(left, _unclear(live, self._clock_in(left)))

    def _since(self, found: Row[Any]) -> float:
        """Return for how long this clock has known the state of an attempt.

        The count begins anew with another clock, and when the sender is known to have ended: it
        may have lived until now.
        """
        since = self._moment.since(found.since_clock, found.since)
        has_ended = found.has_ended or found.sender == self._sender.identity
        if since is None or has_ended is not found.has_ended:
            clock, seconds = self._moment
            change = update(attempt).where(attempt.c.id == found.id)
            self._connection.execute(
                change.values(since_clock=clock, since=seconds, empty_at=None, has_ended=has_ended)
            )
            return 0.0
        return since

    def _unseen(self) -> Row[Any] | None:
        """Return the last batch that was taken, if nothing tells yet what it cost."""
        last = select(attempt).where(
            attempt.c.campaign_id == self._row.id, attempt.c.state == AttemptState.TAKEN
        )
        found = self._connection.execute(last.order_by(attempt.c.id.desc()).limit(1)).one_or_none()
        is_seen = found is None or found.date is not None or found.refused >= found.people
        return None if is_seen else found

    def _see(self, unseen: Row[Any]) -> Outcome | Look | None:
        """See the price of the last batch before the next one, so that at most one costs more."""
        since = self._since(unseen)
        if since >= self._row.settle:
            return None
        looked = self._moment.since(self._row.looked_clock, self._row.looked_at)
        if looked is not None and looked <= since and looked < _BETWEEN_LOOKS:
            return wait(_BETWEEN_LOOKS, "Hoiio's history does not show the last batch yet.")
        return self._look(is_whole=False)

    def _finish(self) -> Outcome | Look:
        """Read the status of the messages, when nobody is waiting."""
        has_unread = self._has(PersonState.ACCEPTED, is_unread=True)
        is_asked = self._row.notify_url is None and self._has(PersonState.ACCEPTED)
        is_large = self._row.people > MOST_READ
        if is_large or not (has_unread or is_asked):
            return self._done(is_unread=is_large and has_unread)
        idle = self._moment.since(self._row.idle_clock, self._row.idle_since)
        if idle is None:
            clock, seconds = self._moment
            self._change(idle_clock=clock, idle_since=seconds)
        left = self._row.settle - (idle or 0.0)
        if left > 0:
            when = self._clock_in(left)
            return wait(
                left, f'Nothing is left to send. The next look at the history is at {when}.'
            )
        return self._look(is_whole=True)

    def _has(self, state: PersonState, *, is_unread: bool = False) -> bool:
        theirs = exists().where(
            person.c.campaign_id == self._row.id,
            person.c.state == state,
            person.c.txn_ref.is_(None) if is_unread else literal(1) == 1,
        )
        return bool(self._connection.scalar(select(literal(1)).where(theirs)))

    def _done(self, *, is_unread: bool) -> Done:
        self._change(state=CampaignState.DONE, is_unread=is_unread)
        return Done()

    def _look(self, *, is_whole: bool) -> Look:
        return begin_or_continue(
            self._database,
            self._connection,
            self._row,
            self._sender,
            self._moment,
            is_whole=is_whole,
        )

    def _change(self, **values: Any) -> None:
        change = update(campaign).where(campaign.c.id == self._row.id)
        self._connection.execute(change.values(values))

    def _clock_in(self, seconds: float) -> str:
        at: datetime = self._now + timedelta(seconds=seconds)
        return f'{at.astimezone():%H:%M:%S}'


_LOST = 'its process ended'


def _unclear(live: Row[Any], when: str) -> str:
    return (
        f'{_doubt(live)}. The next look at its history is at {when}. Or look in the portal, and run'
        f' `hoiio campaign resolve {live.id} --sent` or `--not-sent`'
    )


def _stuck(live: Row[Any]) -> str:
    return (
        f'{_doubt(live)}. Its history does not show them, but their sender was on another machine,'
        ' or on this one before it was restarted, and may still send them. Look in the portal, and'
        ' run'
        f' `hoiio campaign resolve {live.id} --sent` or `--not-sent`'
    )


def _doubt(live: Row[Any]) -> str:
    return f'Hoiio may or may not have received {live.people:,} messages: {explained(live.reason)}'
