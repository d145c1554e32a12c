"""Send and receive SMS, and show their status, history and price."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from ...constants import Capability, SmsStatus, Status
from .. import formats
from ..errors import Refused
from ..presets import rates
from ..state.journal import EventKind
from ..state.records import Activity, ActivityKind, Callback, Message, Sms
from ..state.world import World
from . import checks, gsm, history
from .request import Request

__all__ = ['get_history', 'get_rate', 'query_status', 'receive', 'send', 'send_from_phone']

# Operators in these countries do not show sender names, so the sandbox adds the name to the text.
PREFIXES_WITHOUT_SENDER_NAME = ('+1', '+27', '+253', '+60', '+62', '+84', '+86')
SENDER_NAME = re.compile(r'[A-Za-z0-9][A-Za-z0-9 ]{2,10}')
INCOMING_PART = 152
INCOMING_UNSPLIT = 160


class Draft(NamedTuple):
    """A message that passed all checks but is not paid yet."""

    src: str
    dest: str
    text: str
    parts: int
    rate: Decimal
    callback: Callback

    @property
    def cost(self) -> Decimal:
        """The price of the message."""
        return self.rate * self.parts


def send(world: World, request: Request) -> formats.Reply:
    """Send an SMS."""
    callback = checks.callback(request)
    dest = checks.number(request.text('dest'), Status.DEST_INVALID)
    text = require_text(request)
    draft = prepare(world, request, dest, text, sender_name(world, request), callback)
    world.account.require(draft.cost)
    sms = dispatch(world, request, draft)
    notify_delivery(world, sms)
    return {'txn_ref': sms.txn_ref}


def require_text(request: Request) -> str:
    """Return the text of the message, or refuse the request if it is empty."""
    text = request.text('msg')
    if not text:
        raise Refused(Status.MSG_EMPTY)
    return text


def sender_name(world: World, request: Request) -> str | None:
    """Return the sender name, or None if the request does not have one."""
    name = request.get('sender_name')
    if name is None:
        return None
    if not world.seed.sms_rebrand:
        raise Refused(Status.SMS_REBRAND_NOT_ENABLED)
    if not (SENDER_NAME.fullmatch(name) or checks.is_number(name)):
        raise Refused(Status.INVALID_SENDER_NAME)
    return name


def prepare(
    world: World, request: Request, dest: str, text: str, sender: str | None, callback: Callback
) -> Draft:
    """Check the message and its destination, and calculate its price."""
    checks.require_in_service(world, 'sms', Status.SMS_SERVICE_NOT_AVAILABLE)
    require_reachable(world, dest)
    src = sender or world.seed.registered
    if sender and not _shows_sender(world, request, dest, sender):
        src, text = world.seed.registered, f'Fr:{sender}\n{text}'
    rate = rates.rate_of(world.current_rates('sms'), dest)
    return Draft(src, dest, text, gsm.measure(text).parts, rate, callback)


def require_reachable(world: World, dest: str) -> None:
    """Refuse the request if the account cannot send SMS to the number."""
    checks.require_reachable(world, dest, Status.DEST_NOT_SUPPORTED)
    if rates.refused_for_sms(dest):
        raise Refused(Status.DEST_NOT_SUPPORTED)


def dispatch(world: World, request: Request, draft: Draft) -> Sms:
    """Pay for the message and create it."""
    world.account.spend(draft.cost)
    sms = Sms(
        txn_ref=world.reference('AA-S-', request.app_id),
        date=world.now(),
        src=draft.src,
        dest=draft.dest,
        text=draft.text,
        parts=draft.parts,
        rate=draft.rate,
        sms_status=world.phone(draft.dest).script.texted,
        callback=draft.callback,
    )
    world.keep_sms(sms)
    _note(world, sms, sms.dest, failed=sms.sms_status in {SmsStatus.FAILED, SmsStatus.ERROR})
    return sms


def notify_delivery(world: World, sms: Sms) -> None:
    """Notify the client of the delivery status, and deliver the message to the phone."""
    fields = describe(world, sms, sms.callback.tag)
    for name in ('src', 'msg'):
        del fields[name]
    world.notify(sms.callback.url, formats.strings(fields), sms.txn_ref)
    if sms.sms_status == SmsStatus.DELIVERED:
        _deliver(world, sms)


def send_from_phone(world: World, phone: str, number: str, text: str) -> None:
    """Send an SMS from a phone to a Hoiio number or to another phone."""
    world.use_phone(phone, Activity(world.now(), ActivityKind.SMS, False, number, text))
    receive(world, phone, number, text)


def receive(world: World, sender: str, number: str, text: str) -> list[Sms]:
    """Send an SMS from a phone to a Hoiio number.

    A text of more than 160 characters arrives in parts. If the number is not a Hoiio number of the
    account, the SMS goes directly to the inbox of that phone, and the account pays nothing.

    Returns:
        The parts that the number received.
    """
    subscription = world.numbers.get(number)
    if subscription is None:
        text_of_event = f'sms {sender} -> {number}: {formats.excerpt(text)}'
        world.note(text_of_event, EventKind.SMS, phones=(sender, number))
        world.put_in_inbox(Message(sender, text, world.now()), number)
        return []
    if Capability.SMS not in subscription.capabilities or not world.admits(sender):
        _note_lost(world, sender, number, 'the number does not accept it')
        return []
    pieces = _pieces(text)
    if world.account.balance < rates.INCOMING_SMS * len(pieces):
        _note_lost(world, sender, number, 'not enough credit')
        return []
    url = subscription.forward_sms_to
    return [_receive_part(world, sender, number, piece, url) for piece in pieces]


def query_status(world: World, request: Request) -> formats.Reply:
    """Show the status of an SMS."""
    sms = checks.own_transaction(world, request, world.messages)
    return _describe_tagged(world, sms)


def get_history(world: World, request: Request) -> formats.Reply:
    """List the SMS that the application sent and received."""
    own = world.sms_history[request.app_id]
    return history.of_period(request, own, lambda sms: _describe_tagged(world, sms))


def get_rate(world: World, request: Request) -> formats.Reply:
    """Show the price of a sent or received SMS."""
    dest, incoming = request.get('dest'), request.get('incoming')
    if dest and incoming:
        raise Refused(Status.DEST_INCOMING_BOTH_PRESENT)
    if dest:
        return _rate_to(world, checks.number(dest, Status.DEST_INVALID), request.get('msg'))
    if incoming:
        return _rate_from(world, request, incoming)
    raise Refused(Status.DEST_INCOMING_BOTH_MISSING)


def describe(world: World, sms: Sms, tag: str | None) -> formats.Reply:
    """Return the fields of a message."""
    return formats.without_none(
        txn_ref=sms.txn_ref,
        tag=tag,
        sms_status=sms.sms_status.value,
        src=sms.src,
        dest=sms.dest,
        date=formats.moment(sms.date),
        split_count=str(sms.parts),
        msg=sms.text,
        currency=world.seed.currency,
        rate=formats.money(sms.rate),
        debit=formats.money(sms.debit),
    )


def _describe_tagged(world: World, sms: Sms) -> formats.Reply:
    return describe(world, sms, sms.callback.tag or '')


def _deliver(world: World, sms: Sms) -> None:
    """Deliver the message to a Hoiio number or to a phone, which may reply."""
    if sms.dest in world.numbers:
        receive(world, sms.src, sms.dest, sms.text)
        return
    world.put_in_inbox(Message(sms.src, sms.text, sms.date, sms.txn_ref), sms.dest)
    reply = world.phone(sms.dest).script.replying
    if reply is not None and checks.is_number(sms.src):
        send_from_phone(world, sms.dest, sms.src, reply)


def _shows_sender(world: World, request: Request, dest: str, sender: str) -> bool:
    if dest.startswith('+1') and sender.startswith('+1'):
        return world.is_owner(request.app_id, sender)
    return not dest.startswith(PREFIXES_WITHOUT_SENDER_NAME)


def _pieces(text: str) -> list[str]:
    if len(text) <= INCOMING_UNSPLIT:
        return [text]
    return [text[i : i + INCOMING_PART] for i in range(0, len(text), INCOMING_PART)]


def _receive_part(world: World, sender: str, number: str, text: str, url: str | None) -> Sms:
    sms = Sms(
        txn_ref=world.reference('AA-SI-', world.owners[number]),
        date=world.now(),
        src=sender,
        dest=number,
        text=text,
        parts=1,
        rate=rates.INCOMING_SMS,
        sms_status=SmsStatus.RECEIVED,
        callback=Callback(),
    )
    world.account.spend(sms.debit)
    world.keep_sms(sms)
    _note(world, sms, sender)
    world.notify(url, _incoming_fields(world, sms), sms.txn_ref)
    return sms


def _note(world: World, sms: Sms, phone: str, *, failed: bool = False) -> None:
    world.note(
        f'sms {sms.txn_ref} {sms.src} -> {sms.dest}: {formats.excerpt(sms.text)}',
        EventKind.SMS,
        phones=(phone,),
        txn_ref=sms.txn_ref,
        failed=failed,
    )


def _note_lost(world: World, sender: str, number: str, reason: str) -> None:
    text = f'sms {sender} -> {number} lost: {reason}'
    world.note(text, EventKind.SMS, phones=(sender,), failed=True)


def _incoming_fields(world: World, sms: Sms) -> dict[str, str]:
    return {
        'txn_ref': sms.txn_ref,
        'msg': sms.text,
        'from': sms.src,
        'to': sms.dest,
        'date': formats.moment(sms.date),
        'currency': world.seed.currency,
        'debit': formats.money(sms.debit),
    }


def _rate_to(world: World, dest: str, text: str | None) -> formats.Reply:
    require_reachable(world, dest)
    rate = rates.rate_of(world.current_rates('sms'), dest)
    if text is None:
        return formats.without_none(currency=world.seed.currency, rate=formats.money(rate))
    return _rate(world, rate, gsm.measure(text))


def _rate_from(world: World, request: Request, number: str) -> formats.Reply:
    checks.number(number, Status.NUMBER_NOT_ASSIGNED)
    subscription = world.numbers_of(request.app_id).get(number)
    if subscription is None:
        raise Refused(Status.NUMBER_NOT_ASSIGNED)
    if Capability.SMS not in subscription.capabilities:
        raise Refused(Status.INCOMING_SMS_NOT_SUPPORTED)
    return _rate(world, rates.INCOMING_SMS, gsm.Size(parts=1, is_unicode=False))


def _rate(world: World, rate: Decimal, size: gsm.Size) -> formats.Reply:
    return formats.without_none(
        currency=world.seed.currency,
        rate=formats.money(rate),
        split_count=str(size.parts),
        total_cost=formats.money(rate * size.parts),
        is_unicode=size.is_unicode,
    )
