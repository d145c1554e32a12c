"""Voice: calls between two phones, conferences, asking about calls."""

from __future__ import annotations

import re
from decimal import Decimal

from ...constants import CallStatus, Status
from .. import formats
from ..errors import Refused, unlisted
from ..presets import rates
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

ROOM = re.compile(r'[A-Za-z0-9._]{1,32}')
MOST_IN_ROOM = 8
LONGEST_CALL = 24 * 60 * 60


def call(world: World, request: Request) -> formats.Reply:
    """Ring two phones and join them."""
    require_service(world)
    callback = checks.callback(request)
    dest1, dest2 = _two_ends(world, request)
    shown = checks.caller_id(world, request)
    seconds = max_duration(request) or None
    rate = _joint_rate(dest1, dest2)
    calls.require_line_and_credit(world, 1, rate)
    ref = world.reference('AA-C-', request.app_id)
    record = Call(ref, world.now(), rate, dest1, dest2=dest2, callback=callback)
    _ring_first(world, record, shown, seconds)
    return {'txn_ref': record.txn_ref}


def conference(world: World, request: Request) -> formats.Reply:
    """Bring up to eight phones into a room; the references come as one string."""
    refs, room = _confer(world, request)
    return {'txn_refs': ','.join(refs), 'room': room}


def conference_call(world: World, request: Request) -> formats.Reply:
    """Bring up to eight phones into a room; the references come as a list."""
    refs, room = _confer(world, request)
    return {'txn_refs': refs, 'room': room}


def moderate(world: World, request: Request) -> formats.Reply:
    """Kick, mute or unmute somebody in a conference."""
    record = _find(world, request)
    if record.room is None:
        raise Refused(Status.INVALID_TXN_REF)
    action = request.text('action')
    if action not in {'kick', 'mute', 'unmute'}:
        # The references name no status for this; the word follows those of other parameters.
        raise Refused(unlisted('error_action_invalid'))
    world.note(f'conference {record.room}: {action} {record.txn_ref}')
    if action == 'kick':
        calls.end(world, record)
    else:
        record.muted = action == 'mute'
    return {}


def hangup(world: World, request: Request) -> formats.Reply:
    """End a call; one that is over stays over."""
    calls.end(world, _find(world, request))
    return {}


def query_status(world: World, request: Request) -> formats.Reply:
    """Show one call."""
    record = _find(world, request)
    return _shown(world, record)


def get_history(world: World, request: Request) -> formats.Reply:
    """List the calls, those under way included."""
    own = world.call_history[request.app_id]
    return history.of_period(request, own, lambda record: _shown(world, record))


def get_rate(world: World, request: Request) -> formats.Reply:
    """Show what a call would cost, and how long the credit would last."""
    rate = _joint_rate(*_two_ends(world, request))
    return formats.filled(
        currency=world.seed.currency,
        rate=formats.money(rate),
        talktime=str(int(world.account.balance // rate)),
    )


def describe(world: World, call: Call, tag: str | None) -> formats.Reply:
    """Return the fields of a call; what it costs is known at its end.

    A call to one phone has the fields of a second one too, with nothing in them: clients of that
    time read them without a look.
    """
    over = call.ended or None
    return formats.filled(
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
    """Refuse to place a call while the service is down."""
    checks.require_in_service(world, 'voice', Status.CALL_SERVICE_NOT_AVAILABLE)


def leg_rate(dest: str) -> Decimal:
    """Return the price of a minute to one phone."""
    return rates.rate_of(rates.VOICE, dest)


def max_duration(request: Request) -> int:
    """Return the longest time a call may take in seconds; 0 stands for no limit."""
    return checks.whole_number(
        request, 'max_duration', range(1, LONGEST_CALL + 1), None, Status.INVALID_MAX_DURATION
    )


def room_name(world: World, request: Request, name: str | None) -> str:
    """Return the name of a room, a new one where none was asked for."""
    if not name:
        return world.reference('R', request.app_id)
    if not ROOM.fullmatch(name):
        raise Refused(Status.INVALID_ROOM)
    return name


def members(world: World, request: Request, room: str) -> list[Call]:
    """Return the calls that are in a room at the moment; applications share no rooms."""
    own = [record for record in world.live_calls if world.is_owner(request.app_id, record.txn_ref)]
    return [record for record in own if record.room == room]


def require_room_capacity(world: World, request: Request, room: str, newcomers: int) -> None:
    """Refuse a room that would hold too many."""
    if len(members(world, request, room)) + newcomers > MOST_IN_ROOM:
        raise Refused(Status.DEST_TOO_MANY)


def report_end(world: World, record: Call) -> None:
    """See to it that the client hears of the end of a call."""
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


def _joint_rate(dest1: str, dest2: str) -> Decimal:
    return leg_rate(dest1) + leg_rate(dest2)


def _begin(world: World, record: Call) -> None:
    report_end(world, record)
    calls.place(world, record)


def _ring_first(world: World, record: Call, shown: str, seconds: float | None) -> None:
    """Ring the first phone, which sees the number of the second."""

    def settled(outcome: CallStatus) -> None:
        if outcome == CallStatus.ANSWERED:
            _ring_second(world, record, shown, seconds)
        else:
            calls.end(world, record)

    _begin(world, record)
    calls.ring(world, record, record.dest1, record.dest2 or shown, settled)


def _ring_second(world: World, record: Call, shown: str, seconds: float | None) -> None:
    """Ring the second phone while the first waits; the limit counts from its pick-up."""
    dest2 = record.dest2 or ''
    calls.ring(world, record, dest2, shown, lambda outcome: _met(world, record, outcome, seconds))


def _met(world: World, record: Call, outcome: CallStatus, seconds: float | None) -> None:
    if outcome == CallStatus.ANSWERED:
        calls.connect(world, record, seconds or calls.talk_limit(record))
    else:
        calls.end(world, record)


def _invite(world: World, waiting: list[Call], shown: str) -> None:
    """Ring the participants of a conference one after another."""
    for index, record in enumerate(waiting):
        if not record.ended:
            _invite_one(world, record, waiting[index + 1 :], shown)
            return


def _invite_one(world: World, record: Call, others: list[Call], shown: str) -> None:
    def settled(outcome: CallStatus) -> None:
        _met(world, record, outcome, None)
        _invite(world, others, shown)

    calls.ring(world, record, record.dest1, shown, settled)


def _shown(world: World, record: Call) -> formats.Reply:
    return describe(world, record, record.callback.tag or '')


def _notify(world: World, record: Call) -> None:
    fields = describe(world, record, record.callback.tag)
    world.notify(record.callback.url, formats.strings(fields), record.txn_ref)


def _confer(world: World, request: Request) -> tuple[list[str], str]:
    require_service(world)
    callback = checks.callback(request)
    phones = _participants(world, request)
    shown = checks.caller_id(world, request)
    prices = [leg_rate(phone) for phone in phones]
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
    _invite(world, joined, shown)
    return refs, room


def _participants(world: World, request: Request) -> list[str]:
    phones = request.text('dest').split(',')
    for phone in phones:
        checks.number(phone, Status.DEST_INVALID)
    if len(phones) > MOST_IN_ROOM:
        raise Refused(Status.DEST_TOO_MANY)
    return [checks.require_reachable(world, phone, Status.DEST_NOT_SUPPORTED) for phone in phones]


def _find(world: World, request: Request) -> Call:
    record = world.calls.get(request.text('txn_ref'))
    if record is None:
        raise Refused(Status.INVALID_TXN_REF)
    checks.require_owner(world, request, record.txn_ref)
    return record
