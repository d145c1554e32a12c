"""The routes of the logs: what happened, what was requested, and what was delivered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..emulator import Emulator
from ..state.journal import Event, EventKind
from ..state.request_log import LoggedRequest
from ..webhooks.delivery import Delivery, Notification, Skipped, WaitingReason
from ..webhooks.outbox import DELIVERED
from .control_lists import contains, entry_of, newest

if TYPE_CHECKING:
    from . import control_answers as answers

__all__ = [
    'deliveries',
    'delivery',
    'event',
    'events',
    'request',
    'requests',
    'resend',
    'shown_delivery',
    'shown_request',
]

# How many skipped notifications are listed if the request does not say it.
MAX_SKIPPED = 100


def events(
    emulator: Emulator,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int | None = None,
    search: str = '',
    phone: str | None = None,
    **wanted: object,
) -> answers.Events:
    """List what happened, oldest first. With ``Accept: text/event-stream``, follow it."""

    def fits(event: Event) -> bool:
        return (
            all(getattr(event, name) == value for name, value in wanted.items())
            and (phone is None or phone in event.phones)
            and contains(search, event.text)
        )

    journal = emulator.journal
    log, last = journal.since(), journal.last
    found, more = newest(log, fits, last, after=after, before=before, limit=limit)
    answer: answers.Events = {'events': found, 'last': last, 'more': more}
    if journal.dropped:
        answer['dropped'] = journal.dropped
    return answer


def event(emulator: Emulator, number: int) -> Event:
    """Show one event."""
    return entry_of(emulator.journal.since(), number, 'event')


def requests(
    emulator: Emulator,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int | None = None,
    search: str = '',
    phone: str | None = None,
    event: int | None = None,
    **wanted: object,
) -> answers.Requests:
    """List the requests that clients sent to the API, oldest first, without access tokens."""

    def fits(one: LoggedRequest) -> bool:
        return (
            all(getattr(one, name) == value for name, value in wanted.items())
            and (phone is None or phone in one.phones)
            and (event is None or _caused(emulator, one, event))
            and contains(search, one.operation, one.client, one.answer, *one.form.values())
        )

    log = emulator.requests
    found, more = newest(log.all(), fits, log.last, after=after, before=before, limit=limit)
    answer: answers.Requests = {
        'requests': [shown_request(one) for one in found],
        'last': log.last,
        'more': more,
    }
    if log.dropped:
        answer['dropped'] = log.dropped
    return answer


def request(emulator: Emulator, number: int) -> answers.Request:
    """Show one request."""
    return shown_request(entry_of(emulator.requests.all(), number, 'request'))


def shown_request(one: LoggedRequest) -> answers.Request:
    """Return a request as the control API shows it."""
    answer = _parsed(one.answer)
    return {
        'id': one.id,
        'date': one.date,
        'operation': one.operation,
        'method': one.method,
        'client': one.client,
        'form': one.form,
        'status': one.status,
        'answer': answer,
        'answer_text': None if answer is not None else one.answer,
        'failed': one.failed,
        'milliseconds': one.milliseconds,
        'cut': one.cut,
        'txn_ref': one.txn_ref,
        'session': one.session,
        'phones': one.phones,
        'events': one.events,
        'fault': {'id': one.fault[0], 'kind': one.fault[1]} if one.fault else None,
    }


def _parsed(answer: str) -> Mapping[str, object] | None:
    try:
        parsed: Mapping[str, object] = json.loads(answer)
    except ValueError:
        # It was too long, and only its beginning was kept.
        return None
    return parsed


def _caused(emulator: Emulator, one: LoggedRequest, number: int) -> bool:
    # A notification can be delivered while a request is answered, without a connection to it.
    if one.events is None or not one.events[0] <= number <= one.events[1]:
        return False
    return event(emulator, number).kind is not EventKind.NOTIFICATION


# Notifications


def deliveries(
    emulator: Emulator,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int | None = None,
    search: str = '',
    txn_ref: str | None = None,
    failed: bool | None = None,
) -> answers.Deliveries:
    """List the attempted deliveries, oldest first, and the notifications that wait."""

    def fits(one: Delivery | Notification | Skipped) -> bool:
        lane = one.key if isinstance(one, Notification) else one.lane
        url = '' if isinstance(one, Skipped) else one.url
        return txn_ref in {None, lane} and contains(search, lane, url, one.body)

    outbox = emulator.outbox
    found, more = newest(
        outbox.deliveries,
        lambda one: fits(one) and failed in {None, _has_failed(one)},
        outbox.last,
        after=after,
        before=before,
        limit=limit,
    )
    skipped, _more = newest(outbox.skipped, fits, 0, limit=limit or MAX_SKIPPED)
    answer: answers.Deliveries = {
        'deliveries': [shown_delivery(one) for one in found],
        'waiting': [_waiting(one, why) for one, why in outbox.waiting_reasons() if fits(one)],
        'skipped': [_skipped(one) for one in skipped],
        'last': outbox.last,
        'more': more,
    }
    if outbox.dropped:
        answer['dropped'] = outbox.dropped
    return answer


def delivery(emulator: Emulator, number: int) -> answers.DeliveryEntry:
    """Show one attempted delivery."""
    return shown_delivery(entry_of(emulator.outbox.deliveries, number, 'delivery'))


def resend(emulator: Emulator, number: int) -> answers.NewId:
    """Deliver a notification again."""
    return {'id': emulator.outbox.resend(number)}


def _has_failed(one: Delivery) -> bool:
    return one.status not in DELIVERED


def shown_delivery(one: Delivery) -> answers.DeliveryEntry:
    """Return a delivery as the control API shows it."""
    return {
        'id': one.id,
        'date': one.date,
        'lane': one.lane,
        'url': one.url,
        'body': one.body,
        'headers': one.headers,
        'status': one.status,
        'answer': one.answer,
        'error': one.error,
        'milliseconds': one.milliseconds,
        'copy_of': one.copy_of,
        'failed': _has_failed(one),
    }


def _waiting(one: Notification, reason: WaitingReason) -> answers.Waiting:
    return {
        'id': one.id,
        'date': one.date,
        'lane': one.key,
        'url': one.url,
        'body': one.body,
        'copy_of': one.copy_of,
        'reason': reason,
        'until': one.until,
    }


def _skipped(one: Skipped) -> answers.Skipped:
    return {'id': one.id, 'date': one.date, 'lane': one.lane, 'body': one.body}
