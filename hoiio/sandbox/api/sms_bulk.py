"""Send SMS to up to 1000 recipients in one request (``sms/bulk_send``)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from ...constants import Status
from .. import formats
from ..errors import Refused, missing
from ..state.journal import EventKind
from ..state.records import Callback, Sms
from ..state.world import World
from . import checks, sms
from .gsm import TOO_LONG
from .request import Request

__all__ = ['bulk_send']

MAX_RECIPIENTS = 1000
PLACEHOLDER = re.compile(r'\{\{\{?\s*([\w.]+)\s*\}?\}\}')


class Recipient(NamedTuple):
    """One recipient, with the values for the template."""

    dest: str
    variables: Mapping[str, str]


class Template:
    """A text with placeholders. It is parsed once and filled in for each recipient.

    A text that is too long to send is cut to `TOO_LONG` characters and is refused later. This
    limits the memory that a long template or long variables can use.
    """

    def __init__(self, text: str) -> None:
        self._plain = text[:TOO_LONG]
        pieces = PLACEHOLDER.split(text)
        self._fixed = [(place, pieces[place]) for place in range(0, len(pieces), 2)]
        self._fixed = [(place, piece) for place, piece in self._fixed if piece]
        self._length = sum(len(piece) for _, piece in self._fixed)
        self._placeholders: dict[str, list[int]] = {}
        for place in range(1, len(pieces), 2):
            self._placeholders.setdefault(pieces[place], []).append(place)

    def text(self, variables: Mapping[str, str]) -> str:
        """Return the text for one recipient.

        A placeholder without a value is removed. If there are no variables at all, the text keeps
        its placeholders.
        """
        if not variables:
            return self._plain
        known = [(self._placeholders.get(name, []), value) for name, value in variables.items()]
        if self._length + sum(len(value) * len(places) for places, value in known) >= TOO_LONG:
            # The text is refused because of its length, so its content does not matter.
            return '?' * TOO_LONG
        filled = [(place, value) for places, value in known if value for place in places]
        return ''.join(piece for _, piece in sorted(self._fixed + filled))


class Plan(NamedTuple):
    """The message to one recipient, or the status with which it is refused."""

    dest: str
    draft: sms.Draft | None
    status: Status


def bulk_send(world: World, request: Request) -> formats.Reply:
    """Send an SMS to many recipients; a notification reports each result."""
    callback = checks.callback(request)
    template = Template(sms.require_text(request))
    recipients = _recipients(request)
    sender = sms.sender_name(world, request)
    plans = [
        _plan(world, request, recipient, template, sender, callback) for recipient in recipients
    ]
    if any(plan.status == Status.NOT_ALLOWED_FOR_TRIAL for plan in plans):
        raise Refused(Status.NOT_ALLOWED_FOR_TRIAL)
    world.account.require(sum((p.draft.cost for p in plans if p.draft), Decimal()))
    bulk_ref = world.reference('AA-B-', request.app_id)
    plans = plans[: request.served]
    # Pay for all messages before any is delivered. A delivery can cost credit too, because a Hoiio
    # number of the account pays for each SMS that it receives.
    sent = [sms.dispatch(world, request, plan.draft) if plan.draft else None for plan in plans]
    for plan, message in zip(plans, sent, strict=True):
        _report(world, plan, message, bulk_ref, callback)
    # The service has used both names. Older and newer clients read different ones.
    return {'bulk_txn_ref': bulk_ref, 'txn_ref': bulk_ref}


def _recipients(request: Request) -> list[Recipient]:
    listed = request.get('recipients')
    dest = request.get('dest')
    if listed is not None:
        recipients = _parse(listed)
    elif dest is not None:
        recipients = [Recipient(number, {}) for number in dest.split(',')]
    else:
        raise missing('dest')
    if len(recipients) > MAX_RECIPIENTS:
        raise Refused(Status.DEST_TOO_MANY)
    if not any(checks.is_number(recipient.dest) for recipient in recipients):
        hints = (checks.space_hint(recipient.dest) for recipient in recipients)
        raise Refused(Status.NO_VALID_DESTS, next(filter(None, hints), ''))
    return recipients


def _parse(text: str) -> list[Recipient]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise Refused(
            Status.NO_VALID_DESTS, 'recipients is not valid JSON: send a list of objects'
        ) from exc
    # The API documentation describes a list, but its example is an object that has the list.
    entries = data.get('recipients') if isinstance(data, dict) else data
    if not isinstance(entries, list):
        raise Refused(
            Status.NO_VALID_DESTS, 'recipients is not a JSON list: send a list of objects'
        )
    return [_recipient(entry) for entry in entries]


def _recipient(entry: object) -> Recipient:
    if not isinstance(entry, dict):
        return Recipient('', {})
    variables = {_clean(str(name)): _clean(str(value)) for name, value in entry.items()}
    return Recipient(variables.get('dest', ''), variables)


def _clean(text: str) -> str:
    # JSON can escape a lone surrogate, which UTF-8 cannot encode.
    return text.encode(errors='replace').decode()


def _plan(
    world: World,
    request: Request,
    recipient: Recipient,
    template: Template,
    sender: str | None,
    callback: Callback,
) -> Plan:
    text = template.text(recipient.variables)
    try:
        checks.number(recipient.dest, Status.DEST_INVALID)
        draft = sms.prepare(world, request, recipient.dest, text, sender, callback)
    except Refused as refusal:
        return Plan(recipient.dest, None, refusal.status)
    return Plan(recipient.dest, draft, Status.SUCCESS_OK)


def _report(
    world: World, plan: Plan, message: Sms | None, bulk_ref: str, callback: Callback
) -> None:
    """Notify the client of the result for one recipient, and deliver the message."""
    fields = {'status': plan.status.value, 'dest': plan.dest, 'bulk_txn_ref': bulk_ref}
    if message is None:
        text = f'bulk {bulk_ref} {plan.dest} refused: {plan.status}'
        world.note(text, EventKind.SMS, txn_ref=bulk_ref, failed=True)
        world.notify(callback.url, fields, bulk_ref)
        return
    world.notify(callback.url, fields | {'txn_ref': message.txn_ref}, message.txn_ref)
    sms.notify_delivery(world, message)
