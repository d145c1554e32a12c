"""One step of a campaign: why nobody gets two messages.

The order of a step is what matters::

    survey   Is anything on its way, or unknown? Then look for it, and send nothing.
    claim    If not, hold up to 1,000 people for one attempt, in the same transaction. Commit. The
             commit is on the disk.
    send     Make one request, with a tag that no other attempt has.
    settle   Record the result. Commit.

**Before a request leaves, the ledger says that it may have left.** If the process ends between
``claim`` and ``settle``, the attempt stays ``sending``, and the next process finds it. Until it is
resolved, the schema refuses another attempt of the campaign, and its people do not wait, so no
batch takes them. They wait again only when it is known that Hoiio does not have them.

**An unknown outcome stays unknown.** After a lost connection, an unexpected response or Ctrl-C,
Hoiio may or may not have the batch. The step does not send it again. It looks for the tag in
Hoiio's history. An entry proves that the batch was taken. An empty history proves the opposite only
if the sender has certainly ended, and if two whole looks found nothing, each after the settling
time.

**A commit that may have failed is not a commit.** If the database cannot confirm it, the step
raises `LedgerFailed` before it sends anything, and this ledger never sends again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..exceptions import InputInvalid, ResponseUnreadable, TransportError
from .answers import explained, meaning_of
from .claim import LONGEST_PAUSE, Batch, claim, is_still_ours, postpone
from .database import Database
from .evidence import pause_if_refused
from .exceptions import LedgerFailed
from .looks import Look, look
from .notified import with_attempt
from .outcomes import Outcome, Wait
from .schema import attempt
from .settle import lock_campaign, pause, settle
from .states import AttemptEvent
from .survey import survey

if TYPE_CHECKING:
    from ..client import HoiioClient
    from .sender import Sender

__all__ = ['step']

_REFUSED = 'Nobody in this batch got the message'
_REPAIR = (
    'Repair this, then resume the campaign. You cannot change its message or its sender name; to'
    ' use other ones, choose a new tag'
)


def step(database: Database, number: int, client: HoiioClient, sender: Sender) -> Outcome:
    """Do what comes next for a campaign, with at most one request."""
    if database.failed:
        raise LedgerFailed('a write to the ledger failed, so this process sends nothing more')
    found = _decide(database, number, client, sender)
    if isinstance(found, Look):
        return look(database, number, client, sender, found)
    if not isinstance(found, Batch):
        return found
    sender.last = found.key
    return _send(database, client, found)


def _decide(
    database: Database, number: int, client: HoiioClient, sender: Sender
) -> Outcome | Look | Batch:
    """Survey and claim in one transaction: nothing changes between them, not even the ledger."""
    try:
        with database.transaction() as connection:
            row = lock_campaign(connection, number)
            found = survey(database, connection, row, client, sender)
            if found is None:
                return claim(database, connection, row, sender.identity)
            return found
    except IntegrityError:
        # I2: the schema refused a second batch on its way.
        return Wait(1, 'Another process is sending a batch of this campaign.')


def _send(database: Database, client: HoiioClient, batch: Batch) -> Outcome:
    """Send a batch once. Its claim is committed, and only this process has made it (I3)."""
    event, reason = AttemptEvent.UNCLEAR, 'the request was interrupted'
    try:
        if is_still_ours(database, batch):
            event, reason = _request(database, client, batch)
        else:
            event, reason = AttemptEvent.NOT_SENT, 'its time had passed before it could leave'
    except InputInvalid as exc:
        event, reason = AttemptEvent.REFUSED, str(exc)
    except (TransportError, ResponseUnreadable) as exc:
        event = AttemptEvent.UNCLEAR if exc.outcome_unknown else AttemptEvent.NOT_SENT
        reason = str(exc)
    finally:
        # Also after Ctrl-C. Until then the outcome is unclear.
        _settle(database, batch, event, reason)
    return _outcome(event, reason)


def _request(database: Database, client: HoiioClient, batch: Batch) -> tuple[AttemptEvent, str]:
    row = batch.row
    has_values = any(len(each) > 1 for each in batch.people)
    database.on_event('send')
    response = client.sms.bulk_send(
        row.message,
        *([] if has_values else [each['dest'] for each in batch.people]),
        recipients=batch.people if has_values else None,
        sender_name=row.sender_name,
        tag=batch.tag,
        notify_url=row.notify_url and with_attempt(row.notify_url, batch.key),
    )
    database.on_event('sent')
    return meaning_of(response), str(response.status)


def _settle(database: Database, batch: Batch, event: AttemptEvent, reason: str) -> None:
    with database.transaction() as connection:
        row = lock_campaign(connection, batch.row.id)
        # Not its number: a ledger that was restored meanwhile may use that for another batch.
        found = connection.execute(select(attempt).where(attempt.c.key == batch.key)).one()
        settle(connection, row, found, event, reason)
        if event is AttemptEvent.RATE_LIMITED:
            postpone(database, connection, row, LONGEST_PAUSE)
        elif event is AttemptEvent.REFUSED:
            pause(connection, row, f'{_REFUSED}: {explained(reason)}. {_REPAIR}')
        elif event is AttemptEvent.NO_VALID_DESTS:
            pause_if_refused(connection, row, found.id)


def _outcome(event: AttemptEvent, reason: str) -> Outcome:
    if event is AttemptEvent.NOT_SENT:
        return Wait(LONGEST_PAUSE, f'The batch did not leave: {reason}')
    if event is AttemptEvent.RATE_LIMITED:
        return Wait(LONGEST_PAUSE, 'Hoiio asked to send more slowly.')
    return Wait(0)
