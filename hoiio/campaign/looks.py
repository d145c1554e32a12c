"""Look into Hoiio's history, one page a step.

What a page shows counts at once. What it does not show counts only after a look that is valid: the
total is the same on its first and its last page, and every entry in between could be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select, update

from ..exceptions import CredentialsRefused, FieldUnreadable, HoiioException
from ..fields import GMT8
from .database import Database, Moment
from .evidence import Evidence, absorb, dest_of, parse_tag, report_of
from .money import in_millionths
from .outcomes import Attention, Outcome, Wait, wait
from .schema import attempt, campaign, person
from .sender import Sender
from .settle import is_anybody_waiting, lock_campaign, move, pause, settle
from .states import LIVE, AttemptEvent, AttemptState, CampaignState, PersonEvent

if TYPE_CHECKING:
    from ..client import HoiioClient
    from ..service.sms import SmsRecord

__all__ = ['Look', 'begin_or_continue', 'look']

# Messages of a batch may have an earlier date than those of the batch before.
_MARGIN = timedelta(hours=1)
# The clock of the ledger may be wrong.
_LARGE_MARGIN = timedelta(days=1)

# The total of a look that cannot become valid any more.
_DAMAGED = -1

# Python decodes a byte that is not UTF-8 to this character.
_REPLACEMENT = '\N{REPLACEMENT CHARACTER}'


@dataclass(frozen=True, slots=True)
class Look:
    """The next page of a look.

    Attributes:
        clock: The clock by which it began.
        began: When it began.
        start: The date from which it reads, by the clock of Hoiio.
        page: The page.
    """

    clock: str
    began: float
    start: str
    page: int


@dataclass(frozen=True, slots=True)
class _Page:
    total: int
    count: int
    told: list[Evidence]
    is_damaged: bool
    has_other_tag: bool


def begin_or_continue(
    database: Database,
    connection: Connection,
    row: Row[Any],
    sender: Sender,
    moment: Moment,
    *,
    is_whole: bool,
) -> Look:
    """Return the next page of the look that is under way, or the first page of a new one.

    Args:
        database: The ledger.
        connection: The transaction.
        row: The campaign, which this transaction has locked.
        sender: This process.
        moment: The time.
        is_whole: Whether to read everything since the campaign began.
    """
    if row.look_clock == moment.clock and (row.look_is_whole or not is_whole):
        return Look(row.look_clock, row.look_began, row.look_from, row.look_page)
    recent = None if is_whole else _date_of_last_batch(connection, row)
    now = database.now(connection).timestamp()
    start = _date_of_creation(row, now) if recent is None else recent - _MARGIN
    text = start.isoformat(' ', 'seconds')
    _change(
        connection,
        row,
        look_clock=moment.clock,
        look_began=moment.seconds,
        look_from=text,
        look_is_whole=recent is None,
        look_page=1,
        look_total=None,
        look_seen=0,
    )
    sender.began_in = database.opened
    return Look(moment.clock, moment.seconds, text, 1)


def look(
    database: Database, number: int, client: HoiioClient, sender: Sender, found: Look
) -> Outcome:
    """Read a page of the history, and record what it shows."""
    try:
        answer = client.sms.history(from_=found.start, page=found.page).raise_for_status()
        total, entries = answer.total_entries_count, answer.entries
    except CredentialsRefused as exc:
        return Attention(f'Hoiio refused to show its history: {exc}')
    except (HoiioException, AttributeError) as exc:
        return wait(60, f"Hoiio's history cannot be read: {exc}")
    with database.transaction() as connection:
        row = lock_campaign(connection, number)
        if Look(row.look_clock, row.look_began, row.look_from, row.look_page) != found:
            # Another process has read this page meanwhile.
            return Wait(0)
        page = _read(row, total, entries)
        is_used = page.has_other_tag and not row.again and not _has_attempts(connection, row)
        absorb(connection, row, page.told)
        if is_used:
            pause(connection, row, _used(row))
            # This look does not end, so it allows nothing, even if the campaign is resumed.
            _change(connection, row, look_clock=None)
            return Wait(0)
        # An entry of the page may have paused the campaign.
        row = lock_campaign(connection, number)
        return _Walk(database, connection, row, sender, page).go_on()


def _read(row: Row[Any], total: int, entries: Iterable[SmsRecord]) -> _Page:
    told, count, is_damaged, has_other_tag = [], 0, False, False
    for entry in entries:
        count += 1
        tag = _tag_of(entry)
        is_damaged |= tag is None or _REPLACEMENT in tag
        parsed = parse_tag(tag or '')
        if parsed is not None and parsed[:2] == (row.tag, row.hex):
            evidence = _evidence(entry, parsed)
            is_damaged |= evidence is None
            told += [evidence] if evidence else []
        else:
            has_other_tag |= row.tag in {tag, parsed and parsed[0]}
    return _Page(total, count, told, is_damaged, has_other_tag)


def _tag_of(entry: SmsRecord) -> str | None:
    """Return the tag of an entry: empty if it does not have one, None if it is unreadable."""
    with suppress(FieldUnreadable):
        return entry.tag or ''
    return None


def _evidence(entry: SmsRecord, tag: tuple[str, str, str]) -> Evidence | None:
    with suppress(FieldUnreadable, AttributeError):
        event = report_of(entry.sms_status)
        return Evidence(
            key=tag[2],
            dest=dest_of(entry.dest),
            event=event,
            reason=str(entry.sms_status) if event is PersonEvent.FAILED else None,
            txn_ref=entry.txn_ref,
            debit=in_millionths(entry.debit),
            date=str(entry.date),
            tag=tag,
        )
    return None


class _Walk:
    """A look after its newest page."""

    def __init__(
        self,
        database: Database,
        connection: Connection,
        row: Row[Any],
        sender: Sender,
        page: _Page,
    ) -> None:
        self._database = database
        self._connection = connection
        self._row = row
        self._sender = sender
        self._page = page

    def go_on(self) -> Outcome:
        page = self._page
        seen = self._row.look_seen + page.count
        first_total = page.total if self._row.look_total is None else self._row.look_total
        first_total = _DAMAGED if page.is_damaged else first_total
        if page.count and seen < page.total:
            self._change(look_page=self._row.look_page + 1, look_total=first_total, look_seen=seen)
            return Wait(0)
        if first_total == page.total == seen:
            return self._conclude()
        self._change(look_clock=None)
        if first_total == _DAMAGED:
            return wait(60, "Hoiio's history has an entry that cannot be read.")
        return wait(1, "Hoiio's history changed during the look: there were other messages.")

    def _conclude(self) -> Outcome:
        """Write what a valid look did not show."""
        clock, began = self._row.look_clock, self._row.look_began
        self._change(look_clock=None, looked_clock=clock, looked_at=began)
        if self._sender.began_in == self._database.opened:
            self._sender.clean_in = self._sender.began_in
        live = self._connection.execute(
            select(attempt).where(attempt.c.campaign_id == self._row.id, attempt.c.state.in_(LIVE))
        ).one_or_none()
        if live is not None:
            self._conclude_unknown(live)
        elif self._row.look_is_whole and self._row.state == CampaignState.READY:
            self._conclude_reports()
        return Wait(0)

    def _conclude_unknown(self, live: Row[Any]) -> None:
        """Count an empty look. The second one decides, if the sender has certainly ended."""
        if live.state != AttemptState.UNKNOWN or not self._is_settled(live.since_clock, live.since):
            return
        if live.empty_at is None:
            change = update(attempt).where(attempt.c.id == live.id)
            self._connection.execute(change.values(empty_at=self._row.look_began))
        elif self._is_settled(live.since_clock, live.empty_at):
            elsewhere = AttemptEvent.NOT_FOUND_ELSEWHERE
            event = AttemptEvent.NOT_FOUND if live.has_ended else elsewhere
            settle(self._connection, self._row, live, event, live.reason)

    def _conclude_reports(self) -> None:
        """Report who is missing, and end the campaign."""
        is_settled = self._is_settled(self._row.idle_clock, self._row.idle_since)
        if not is_settled or is_anybody_waiting(self._connection, self._row):
            return
        missing = move(PersonEvent.NOT_FOUND).where(
            person.c.campaign_id == self._row.id, person.c.txn_ref.is_(None)
        )
        self._connection.execute(missing)
        self._change(state=CampaignState.DONE)

    def _is_settled(self, clock: str | None, since: float | None) -> bool:
        """Return True if this look began at least the settling time after a moment."""
        began = Moment(self._row.look_clock, self._row.look_began).since(clock, since)
        return began is not None and began >= self._row.settle

    def _change(self, **values: Any) -> None:
        _change(self._connection, self._row, **values)


def _change(connection: Connection, row: Row[Any], **values: Any) -> None:
    connection.execute(update(campaign).where(campaign.c.id == row.id).values(values))


def _has_attempts(connection: Connection, row: Row[Any]) -> bool:
    found = select(attempt.c.id).where(attempt.c.campaign_id == row.id).limit(1)
    return connection.scalar(found) is not None


def _date_of_last_batch(connection: Connection, row: Row[Any]) -> datetime | None:
    found = connection.scalar(
        select(attempt.c.date)
        .where(
            attempt.c.campaign_id == row.id,
            attempt.c.state == AttemptState.TAKEN,
            attempt.c.date.is_not(None),
        )
        .order_by(attempt.c.id.desc())
        .limit(1)
    )
    return None if found is None else datetime.fromisoformat(found)


def _date_of_creation(row: Row[Any], now: float) -> datetime:
    # If the clock has been set back since, it was wrong when the campaign was created.
    earliest = min(row.created, now)
    created = datetime.fromtimestamp(earliest, timezone.utc) - _LARGE_MARGIN
    return created.astimezone(GMT8).replace(tzinfo=None)


def _used(row: Row[Any]) -> str:
    return (
        f'Hoiio has messages with the tag {row.tag} that are not from this ledger, so these people'
        ' may already have got the message. If they have not, resume the campaign with --again'
    )
