"""Voice: calls between two phones, conferences, and the status, history and price of calls."""

from __future__ import annotations

import re
from decimal import Decimal

from ...constants import CallStatus, Status
from .. import formats
from ..errors import Refused, unlisted
from ..presets import rates
from ..state.journal import EventKind
from ..state.records import Call
from ..state.world import World
from ..telephony import calls
from . import checks, history
from .request import Request

__all__ = [
    'call',
    'conference',
    'conference_call',
    'describe',
    'get_history',
    'get_rate',
    'hangup',
    'leg_rate',
    'max_duration',
    'members',
    'moderate',
    'query_status',
    'report_end',
    'require_room_capacity',
    'require_service',
    'room_name',
]

ROOM_NAME = re.compile(r'[A-Za-z0-9._]{1,32}')
ROOM_CAPACITY = 8
MAX_CALL_SECONDS = 24 * 60 * 60


def call(world: World, request: Request) -> formats.Reply:
    """Call two phones and connect them."""
    require_service(world)
    callback = checks.callback(request)
    dest1, dest2 = _two_ends(world, request)
    caller_id = checks.caller_id(world, request)
    seconds = max_duration(request) or None
    rate = _joint_rate(world, dest1, dest2)
    calls.require_line_and_credit(world, 1, rate)
    ref = world.reference('AA-C-', request.app_id)
    record = Call(ref, world.now(), rate, dest1, dest2=dest2, callback=callback)
    _ring_first(world, record, caller_id, seconds)
    return {'txn_ref': record.txn_ref}


def conference(world: World, request: Request) -> formats.Reply:
    """Call up to eight phones into a conference; the references are one string."""
    refs, room = _start_conference(world, request)
    return {'txn_refs': ','.join(refs), 'room': room}


def conference_call(world: World, request: Request) -> formats.Reply:
    """Call up to eight phones into a conference; the references are a list."""
    refs, room = _start_conference(world, request)
    return {'txn_refs': refs, 'room': room}


def moderate(world: World, request: Request) -> formats.Reply:
    """Kick, mute or unmute a participant of a conference."""
    record = checks.own_transaction(world, request, world.calls)
    if record.room is None:
        raise Refused(Status.INVALID_TXN_REF)
    action = request.text('action')
    if action not in {'kick', 'mute', 'unmute'}:
        # The API documentation has no status for this. The word follows the pattern of the others.
        raise Refused(unlisted('error_action_invalid'))
    world.note(
        f'conference {record.room}: {action} {record.txn_ref}',
        EventKind.CALL,
        phones=(record.dest1,),
        txn_ref=record.txn_ref,
    )
    if action == 'kick':
        calls.end(world, record)
    else:
        record.muted = action == 'mute'
    return {}


def hangup(world: World, request: Request) -> formats.Reply:
    """End a call; a call that has already ended is not changed."""
    calls.end(world, checks.own_transaction(world, request, world.calls))
    return {}


def query_status(world: World, request: Request) -> formats.Reply:
    """Show the status of a call."""
    record = checks.own_transaction(world, request, world.calls)
    return _describe_tagged(world, record)


def get_history(world: World, request: Request) -> formats.Reply:
    """List the calls of the application, including calls in progress."""
    own = world.call_history[request.app_id]
    return history.of_period(request, own, lambda record: _describe_tagged(world, record))


def get_rate(world: World, request: Request) -> formats.Reply:
    """Show the price of a call, and for how many minutes the credit lasts."""
    rate = _joint_rate(world, *_two_ends(world, request))
    return formats.without_none(
        currency=world.seed.currency,
        rate=formats.money(rate),
        talktime=str(int(world.account.balance // rate)),
    )


def describe(world: World, call: Call, tag: str | None) -> formats.Reply:
    """Return the fields of a call. The duration and the cost are included only after it ends.

    The fields of the second phone are empty if the call has only one. They are always there,
    because some old clients read them without a check.
    """
    over = call.ended or None
    return formats.without_none(
        txn_ref=call.txn_ref,
        tag=tag,
        dest1=call.dest1,
        dest2=call.dest2 or '',
        number=call.number,
        call_status_dest1=call.status1.value,
        call_status_dest2=call.status2.value if call.dest2 else '',
        date=formats.moment(call.date),
        duration=over and str(call.minutes),
        currency=world.seed.currency,
        rate=formats.money(call.rate),
        debit=over and formats.money(call.debit),
    )


def require_service(world: World) -> None:
    """Refuse the request if the seed has switched the voice service off."""
    checks.require_in_service(world, 'voice', Status.CALL_SERVICE_NOT_AVAILABLE)


def leg_rate(world: World, dest: str) -> Decimal:
    """Return the price per minute of a call to one phone."""
    return rates.rate_of(world.current_rates('voice'), dest)


def max_duration(request: Request) -> int:
    """Return the time limit of a call in seconds; 0 means no limit."""
    return checks.whole_number(
        request, 'max_duration', range(1, MAX_CALL_SECONDS + 1), None, Status.INVALID_MAX_DURATION
    )


def room_name(world: World, request: Request, name: str | None) -> str:
    """Return the name of a room, or a new name if the request does not have one."""
    if not name:
        return world.reference('R', request.app_id)
    if not ROOM_NAME.fullmatch(name):
        raise Refused(Status.INVALID_ROOM)
    return name


def members(world: World, request: Request, room: str) -> list[Call]:
    """Return the calls in a room. Each application has its own rooms."""
    own = [record for record in world.live_calls if world.is_owner(request.app_id, record.txn_ref)]
    return [record for record in own if record.room == room]


def require_room_capacity(world: World, request: Request, room: str, newcomers: int) -> None:
    """Refuse the request if the room does not have enough free places."""
    if len(members(world, request, room)) + newcomers > ROOM_CAPACITY:
        raise Refused(Status.DEST_TOO_MANY)


def report_end(world: World, record: Call) -> None:
    """Notify the client when the call ends."""
    record.after = lambda: _notify(world, record)


def _two_ends(world: World, request: Request) -> tuple[str, str]:
    dest1 = request.get('dest1') or world.seed.registered
    dest1 = checks.number(dest1, Status.DEST1_INVALID)
    dest2 = checks.number(request.text('dest2'), Status.DEST2_INVALID)
    if dest1 == dest2:
        raise Refused(Status.SAME_DEST1_DEST2)
    checks.require_reachable(world, dest1, Status.DEST1_NOT_SUPPORTED)
    checks.require_reachable(world, dest2, Status.DEST2_NOT_SUPPORTED)
    return dest1, dest2


def _joint_rate(world: World, dest1: str, dest2: str) -> Decimal:
    return leg_rate(world, dest1) + leg_rate(world, dest2)


def _begin(world: World, record: Call) -> None:
    report_end(world, record)
    calls.place(world, record)


def _ring_first(world: World, record: Call, caller_id: str, seconds: float | None) -> None:
    """Ring the first phone. Its display shows the number of the second phone."""

    def settled(outcome: CallStatus) -> None:
        if outcome == CallStatus.ANSWERED:
            _ring_second(world, record, caller_id, seconds)
        else:
            calls.end(world, record)

    _begin(world, record)
    calls.ring(world, record, record.dest1, record.dest2 or caller_id, settled)


def _ring_second(world: World, record: Call, caller_id: str, seconds: float | None) -> None:
    """Ring the second phone while the first waits.

    The time limit begins when the second phone answers.
    """
    dest2 = record.dest2 or ''
    calls.ring(
        world,
        record,
        dest2,
        caller_id,
        lambda outcome: _connect_or_end(world, record, outcome, seconds),
    )


def _connect_or_end(world: World, record: Call, outcome: CallStatus, seconds: float | None) -> None:
    if outcome == CallStatus.ANSWERED:
        calls.connect(world, record, seconds or calls.talk_limit(record))
    else:
        calls.end(world, record)


def _invite(world: World, waiting: list[Call], caller_id: str) -> None:
    """Ring the participants of a conference one after another."""
    for index, record in enumerate(waiting):
        if not record.ended:
            _invite_one(world, record, waiting[index + 1 :], caller_id)
            return


def _invite_one(world: World, record: Call, others: list[Call], caller_id: str) -> None:
    def settled(outcome: CallStatus) -> None:
        _connect_or_end(world, record, outcome, None)
        _invite(world, others, caller_id)

    calls.ring(world, record, record.dest1, caller_id, settled)


def _describe_tagged(world: World, record: Call) -> formats.Reply:
    return describe(world, record, record.callback.tag or '')


def _notify(world: World, record: Call) -> None:
    fields = describe(world, record, record.callback.tag)
    world.notify(record.callback.url, formats.strings(fields), record.txn_ref)


def _start_conference(world: World, request: Request) -> tuple[list[str], str]:
    require_service(world)
    callback = checks.callback(request)
    phones = _participants(world, request)
    caller_id = checks.caller_id(world, request)
    prices = [leg_rate(world, phone) for phone in phones]
    name = request.get('room')
    if name:
        require_room_capacity(world, request, room_name(world, request, name), len(phones))
    calls.require_line_and_credit(world, len(phones), sum(prices, start=prices[0] * 0))
    room = room_name(world, request, name)
    refs = [world.reference('AA-C-', request.app_id) for _phone in phones]
    joined = [
        Call(ref, world.now(), price, phone, room=room, callback=callback)
        for ref, phone, price in zip(refs, phones, prices, strict=True)
    ]
    for record in joined:
        _begin(world, record)
    _invite(world, joined, caller_id)
    return refs, room


def _participants(world: World, request: Request) -> list[str]:
    phones = request.text('dest').split(',')
    for phone in phones:
        checks.number(phone, Status.DEST_INVALID)
    if len(phones) > ROOM_CAPACITY:
        raise Refused(Status.DEST_TOO_MANY)
    return [checks.require_reachable(world, phone, Status.DEST_NOT_SUPPORTED) for phone in phones]
