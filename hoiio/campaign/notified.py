"""Record notifications in the ledger, many in one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from urllib.parse import urlencode, urlsplit

from sqlalchemy import Connection, select

from ..constants import Status
from ..exceptions import FieldUnreadable
from ..notification import BulkSmsTransaction, Notification, SmsDelivery
from .database import Database
from .evidence import Evidence, absorb, dest_of, parse_tag, report_of
from .money import in_millionths
from .schema import attempt, campaign
from .settle import lock_campaign
from .states import CampaignState, PersonEvent

__all__ = ['evidence_of', 'notified', 'with_attempt']

#: The parameter of a callback URL that brings the attempt back.
PARAMETER = 'hoiio_attempt'

_KEY = re.compile('[0-9a-f]{16}')

# SQLite before 3.32 takes 999 values in a statement.
_VALUES = 500


def notified(
    database: Database, notifications: Iterable[Notification], number: int | None = None
) -> int:
    """Record notifications about messages of a campaign, or of all campaigns."""
    told = [each for notification in notifications for each in evidence_of(notification)]
    if not told:
        return 0
    with database.transaction() as connection:
        groups = _by_campaign(connection, told)
        # In the order of their numbers, so that two processes never wait for each other.
        return sum(
            absorb(connection, lock_campaign(connection, each), groups[each])
            for each in sorted(groups)
            if number in {None, each}
        )


def with_attempt(notify_url: str, key: str) -> str:
    """Return a callback URL that brings an attempt back."""
    parts = urlsplit(notify_url)
    query = '&'.join(filter(None, (parts.query, urlencode({PARAMETER: key}))))
    return parts._replace(query=query).geturl()


def evidence_of(notification: Notification) -> list[Evidence]:
    """Return what a notification tells about a message: nothing, or one thing."""
    # A field may be unreadable. Then the ledger relies on the history.
    with suppress(FieldUnreadable, AttributeError):
        if isinstance(notification, SmsDelivery):
            return _of_delivery(notification)
        if isinstance(notification, BulkSmsTransaction):
            return _of_transaction(notification)
    return []


def _of_delivery(told: SmsDelivery) -> list[Evidence]:
    # The signature covers the tag, but not the parameters of the URL.
    tag = None if 'tag' in told.unsigned else parse_tag(told.tag or '')
    key = tag[2] if tag else _attempt_in(told)
    if key is None:
        return []
    event = report_of(told.sms_status)
    return [
        Evidence(
            key=key,
            dest=dest_of(told.dest),
            event=event,
            reason=str(told.sms_status) if event is PersonEvent.FAILED else None,
            txn_ref=told.txn_ref,
            debit=in_millionths(told.debit),
            date=str(told.date),
            tag=tag,
        )
    ]


def _of_transaction(told: BulkSmsTransaction) -> list[Evidence]:
    key, dest = _attempt_in(told), told.dest
    if key is None or not dest:
        return []
    if told.status == Status.SUCCESS_OK:
        return [Evidence(key, dest_of(dest), PersonEvent.REPORTED, txn_ref=told.txn_ref)]
    return [Evidence(key, dest_of(dest), PersonEvent.REFUSED, reason=str(told.status))]


def _attempt_in(told: Notification) -> str | None:
    """Return the attempt in the callback URL, which anybody may have written."""
    key = told.json.get(PARAMETER)
    return key if isinstance(key, str) and _KEY.fullmatch(key) else None


def _by_campaign(connection: Connection, told: Iterable[Evidence]) -> dict[int, list[Evidence]]:
    told = list(told)
    campaigns = _campaigns(connection, {each.key for each in told})
    groups: dict[int, list[Evidence]] = {}
    for each in told:
        number = campaigns.get(each.key) or _campaign_of_tag(connection, each)
        if number is not None:
            groups.setdefault(number, []).append(each)
    return groups


def _campaigns(connection: Connection, keys: set[str]) -> Mapping[str, int]:
    listed = sorted(keys)
    found: dict[str, int] = {}
    for start in range(0, len(listed), _VALUES):
        chunk = listed[start : start + _VALUES]
        rows = select(attempt.c.key, attempt.c.campaign_id).where(attempt.c.key.in_(chunk))
        found.update((row.key, row.campaign_id) for row in connection.execute(rows))
    return found


def _campaign_of_tag(connection: Connection, told: Evidence) -> int | None:
    if told.tag is None:
        return None
    name, digits, _ = told.tag
    found = select(campaign.c.id).where(
        campaign.c.tag == name,
        campaign.c.hex == digits,
        campaign.c.state != CampaignState.PURGED,
    )
    return connection.execute(found).scalar_one_or_none()
