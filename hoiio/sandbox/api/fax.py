"""Send and receive faxes, and show their status, history and price."""

from __future__ import annotations

import base64
import re
from decimal import Decimal

from ...constants import CallStatus, FaxStatus, FaxType, NumberMode, Status
from .. import formats
from ..errors import Refused, unlisted
from ..presets import rates
from ..state.files import File
from ..state.journal import EventKind
from ..state.records import Callback, Fax, Leg
from ..state.world import World
from ..telephony import calls, legs
from . import checks, history, pdf
from .request import Request

__all__ = ['get_history', 'get_rate', 'query_status', 'receive', 'send']

MAX_FILE_SIZE = 2 * 1024 * 1024
FAX_HEADER = re.compile(r'[A-Za-z0-9 ]{0,100}')
URL_SAFE = str.maketrans('-_', '+/')
# The API documentation names only `busy`. The sandbox adds the other two words.
ERROR_CODES = {
    FaxStatus.BUSY: 'busy',
    FaxStatus.UNANSWERED: 'no_answer',
    FaxStatus.FAILED: 'failed',
}


def send(world: World, request: Request) -> formats.Reply:
    """Send a PDF to a fax machine."""
    checks.require_in_service(world, 'fax', Status.SERVICE_NOT_AVAILABLE)
    callback = checks.callback(request)
    dest = checks.number(request.text('dest'), Status.DEST_INVALID)
    rate = rate_to(world, dest)
    checks.require_reachable(world, dest, Status.DEST_NOT_SUPPORTED)
    caller_id = checks.caller_id(world, request)
    _check_header(request)
    content = _content(request)
    pages = pdf.page_count(content)
    calls.require_line_and_credit(world, 1, rate * pages)
    fax = Fax(
        world.reference('AA-F-', request.app_id), world.now(), '', dest, FaxStatus.ONGOING, pages,
        rate, None, FaxType.OUTGOING, callback,
    )  # fmt: skip
    _ring(world, fax, caller_id, content, request.get('filename'))
    return {'txn_ref': fax.txn_ref}


def receive(world: World, sender: str, number: str, content: bytes) -> Fax | None:
    """Send a fax from a fax machine to a Hoiio number.

    Returns:
        The fax, or None if the number does not accept it.
    """
    subscription = world.numbers.get(number)
    in_fax_mode = subscription is not None and subscription.mode == NumberMode.FAX
    if subscription is None or not in_fax_mode or not world.admits(sender):
        _note_lost(world, sender, number, 'the number does not accept it')
        return None
    pages = pdf.page_count(content)
    if not calls.has_free_slot(world) or world.account.balance < rates.INCOMING_FAX * pages:
        _note_lost(world, sender, number, 'no free call slot or not enough credit')
        return None
    fax = Fax(
        world.reference('AA-F-', world.owners[number]), world.now(), sender, number,
        FaxStatus.ANSWERED, pages, rates.INCOMING_FAX, None, FaxType.INCOMING, Callback(),
    )  # fmt: skip
    fax.url = _keep(world, fax, content, None)
    world.keep_fax(fax)
    _complete(world, fax)
    world.notify(subscription.forward_to, _incoming_fields(world, fax), fax.txn_ref)
    return fax


def cut_off(world: World, fax: Fax) -> None:
    """Mark a fax as failed because its call ended early."""
    fax.fax_status = FaxStatus.FAILED
    _complete(world, fax)
    world.notify(fax.callback.url, formats.strings(_outgoing_fields(world, fax)), fax.txn_ref)


def query_status(world: World, request: Request) -> formats.Reply:
    """Show the status of a fax."""
    fax = checks.own_transaction(world, request, world.faxes)
    return describe(world, fax)


def get_history(world: World, request: Request) -> formats.Reply:
    """List the faxes that the application sent, received, or both."""
    own = world.fax_history[request.app_id, _type(request)]
    return history.of_period(request, own, lambda fax: describe(world, fax))


def get_rate(world: World, request: Request) -> formats.Reply:
    """Show the price per minute of a sent or received fax."""
    checks.require_in_service(world, 'fax', Status.SERVICE_NOT_AVAILABLE)
    dest, incoming = request.get('dest'), request.get('incoming')
    if dest and incoming:
        raise Refused(Status.DEST_INCOMING_BOTH_PRESENT)
    if dest:
        rate = rate_to(world, checks.number(dest, Status.DEST_INVALID))
    elif incoming:
        rate = _rate_from(world, request, incoming)
    else:
        raise Refused(Status.DEST_INCOMING_BOTH_MISSING)
    return formats.without_none(currency=world.seed.currency, rate=formats.money(rate))


def rate_to(world: World, dest: str) -> Decimal:
    """Return the price per minute of a fax to a number.

    Refuse the request if the service does not send faxes to that country.
    """
    rate = rates.lookup(world.current_rates('fax'), dest)
    if rate is None or rates.refused_for_all(dest):
        raise Refused(Status.DEST_NOT_SUPPORTED)
    return rate


def describe(world: World, fax: Fax) -> formats.Reply:
    """Return the fields of a fax for its status and the history.

    The pages and the cost are included only after the fax ends.
    """
    over = fax.fax_status != FaxStatus.ONGOING or None
    return formats.without_none(
        txn_ref=fax.txn_ref,
        tag=fax.callback.tag or '',
        src=fax.src,
        dest=fax.dest,
        fax_status=fax.fax_status.value,
        fax_pages=over and str(fax.pages),
        fax_url=fax.url,
        date=formats.moment(fax.date),
        currency=world.seed.currency,
        rate=formats.money(fax.rate),
        debit=over and formats.money(fax.debit),
    )


def _type(request: Request) -> FaxType:
    kind = request.get('type') or FaxType.ALL.value
    if kind not in {member.value for member in FaxType}:
        raise Refused(Status.INVALID_TYPE)
    return FaxType(kind)


def _check_header(request: Request) -> None:
    header = request.given('fax_header')
    if header is not None and not FAX_HEADER.fullmatch(header):
        # The API documentation has no status for this. The word follows the pattern of the others.
        raise Refused(unlisted('error_fax_header_invalid'))


def _content(request: Request) -> bytes:
    raw = request.raw('file')
    content = raw if isinstance(raw, bytes) else _decode(raw or '')
    if len(content) > MAX_FILE_SIZE:
        raise Refused(Status.FILE_TOO_BIG)
    return content


def _decode(text: str) -> bytes:
    """Decode base64 in the standard or the URL-safe alphabet, with or without line breaks."""
    joined = text.replace('\r', '').replace('\n', '').translate(URL_SAFE)
    try:
        return base64.b64decode(joined, validate=True)
    except ValueError as exc:
        raise Refused(Status.FILE_INVALID) from exc


def _ring(world: World, fax: Fax, caller_id: str, content: bytes, filename: str | None) -> None:
    """Ring the fax machine. The fax occupies a call slot until the ringing ends."""

    def settled(outcome: CallStatus) -> None:
        world.live_faxes.remove(fax)
        fax.fax_status = _outcome(world, fax, outcome)
        if fax.fax_status == FaxStatus.ANSWERED:
            fax.url = _keep(world, fax, content, filename)
        _complete(world, fax)
        legs.close(world, leg)
        world.notify(fax.callback.url, formats.strings(_outgoing_fields(world, fax)), fax.txn_ref)

    leg = Leg(fax.dest, caller_id, fax.txn_ref, lambda: None, settled, fax=content)
    world.keep_fax(fax)
    world.live_faxes.append(fax)
    legs.ring(world, leg)


def _outcome(world: World, fax: Fax, outcome: CallStatus) -> FaxStatus:
    """Return the result of a fax.

    A fax fails if the credit no longer covers it when the fax machine answers.
    """
    if outcome == CallStatus.ANSWERED and world.account.balance < fax.rate * fax.pages:
        return FaxStatus.FAILED
    return FaxStatus(outcome.value)


def _keep(world: World, fax: Fax, content: bytes, filename: str | None) -> str:
    name = (filename or 'fax.pdf').replace('/', '_')
    return world.files.add(f'{fax.txn_ref}/{name}', File(content, 'application/pdf'))


def _complete(world: World, fax: Fax) -> None:
    world.account.spend(fax.debit)
    pages = '1 page' if fax.pages == 1 else f'{fax.pages} pages'
    world.note(
        f'fax {fax.txn_ref} -> {fax.dest}: {fax.fax_status}, {pages}',
        EventKind.FAX,
        phones=(fax.src if fax.kind == FaxType.INCOMING else fax.dest,),
        txn_ref=fax.txn_ref,
        failed=fax.fax_status != FaxStatus.ANSWERED,
    )


def _note_lost(world: World, sender: str, number: str, reason: str) -> None:
    text = f'fax {sender} -> {number} lost: {reason}'
    world.note(text, EventKind.FAX, phones=(sender,), failed=True)


def _outgoing_fields(world: World, fax: Fax) -> formats.Reply:
    fields = describe(world, fax)
    del fields['src'], fields['tag']
    tagged = formats.without_none(
        tag=fax.callback.tag, fax_error_code=ERROR_CODES.get(fax.fax_status)
    )
    return fields | {'duration': str(fax.minutes)} | tagged


def _incoming_fields(world: World, fax: Fax) -> dict[str, str]:
    return {
        'txn_ref': fax.txn_ref,
        'fax_status': fax.fax_status.value,
        'from': fax.src,
        'to': fax.dest,
        'fax_url': fax.url or '',
        'date': formats.moment(fax.date),
        'duration': str(fax.minutes),
        'currency': world.seed.currency,
        'debit': formats.money(fax.debit),
    }


def _rate_from(world: World, request: Request, number: str) -> Decimal:
    if not world.is_owner(request.app_id, number):
        raise Refused(Status.NUMBER_NOT_ASSIGNED)
    return rates.INCOMING_FAX
