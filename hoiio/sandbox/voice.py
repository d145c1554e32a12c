"""Voice: calls between two phones, conferences, asking about calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..constants import CallStatus, Status
from . import calls, checks, history, rates, wire
from .calls import Call
from .refusal import Refused, unlisted

if TYPE_CHECKING:
    from decimal import Decimal

    from .params import Params
    from .world import World

__all__ = [
    'call',
    'conference',
    'conference_call',
    'get_history',
    'get_rate',
    'hangup',
    'leg_rate',
    'max_duration',
    'members',
    'moderate',
    'query_status',
    'require_space',
    'room_name',
]

ROOM = re.compile(r'[A-Za-z0-9._]{1,32}')
MOST_IN_ROOM = 8
LONGEST_CALL = 24 * 60 * 60


def call(world: World, params: Params) -> wire.Reply:
    """Ring two phones and join them."""
    callback = checks.callback(params)
    dest1, dest2 = _two_ends(world, params)
    checks.caller_id(world, params)
    seconds = max_duration(params) or calls.TALK_SECONDS
    rate = _joint_rate(dest1, dest2)
    calls.require_room(world, 1, rate)
    record = Call(
        world.reference('AA-C-'), world.now(), rate, dest1, dest2=dest2, callback=callback
    )
    _run(world, record, seconds)
    return {'txn_ref': record.txn_ref}


def conference(world: World, params: Params) -> wire.Reply:
    """Bring up to eight phones into a room; the references come as one string."""
    refs, room = _confer(world, params)
    return {'txn_refs': ','.join(refs), 'room': room}


def conference_call(world: World, params: Params) -> wire.Reply:
    """Do the same under the path of later years, whose references come as a list."""
    refs, room = _confer(world, params)
    return {'txn_refs': refs, 'room': room}


def moderate(world: World, params: Params) -> wire.Reply:
    """Kick, mute or unmute somebody in a conference."""
    record = _find(world, params)
    if record.room is None:
        raise Refused(Status.INVALID_TXN_REF)
    action = params.text('action')
    if action not in {'kick', 'mute', 'unmute'}:
        # The references name no status for this; the word follows those of other parameters.
        raise Refused(unlisted('error_action_invalid'))
    world.note(f'conference {record.room}: {action} {record.txn_ref}')
    if action == 'kick':
        calls.end(world, record)
    else:
        record.muted = action == 'mute'
    return {}


def hangup(world: World, params: Params) -> wire.Reply:
    """End a call; one that is over stays over."""
    calls.end(world, _find(world, params))
    return {}


def query_status(world: World, params: Params) -> wire.Reply:
    """Show one call."""
    record = _find(world, params)
    return calls.describe(world, record, record.callback.tag or None)


def get_history(world: World, params: Params) -> wire.Reply:
    """List the calls, those under way included."""
    return history.of_period(
        params,
        world.calls.values(),
        lambda record: calls.describe(world, record, record.callback.tag or None),
    )


def get_rate(world: World, params: Params) -> wire.Reply:
    """Show what a call would cost, and how long the credit would last."""
    rate = _joint_rate(*_two_ends(world, params))
    return wire.filled(
        currency=world.seed.currency,
        rate=wire.money(rate),
        talktime=str(int(world.account.balance // rate)),
    )


def leg_rate(dest: str) -> Decimal:
    """Return the price of a minute to one phone."""
    return rates.rate_of(rates.VOICE, dest)


def max_duration(params: Params) -> int:
    """Return the longest time a call may take in seconds; 0 stands for no limit."""
    return checks.whole(
        params, 'max_duration', range(1, LONGEST_CALL + 1), None, Status.INVALID_MAX_DURATION
    )


def room_name(world: World, name: str | None) -> str:
    """Return the name of a room, a new one where none was asked for."""
    if not name:
        return world.reference('R')
    if not ROOM.fullmatch(name):
        raise Refused(Status.INVALID_ROOM)
    return name


def members(world: World, room: str) -> list[Call]:
    """Return the calls that are in a room at the moment."""
    return [record for record in world.live_calls if record.room == room]


def require_space(world: World, room: str, newcomers: int) -> None:
    """Refuse a room that would hold too many."""
    if len(members(world, room)) + newcomers > MOST_IN_ROOM:
        raise Refused(Status.DEST_TOO_MANY)


def _two_ends(world: World, params: Params) -> tuple[str, str]:
    dest1 = params.get('dest1') or world.seed.registered
    dest1 = checks.number(dest1, Status.DEST1_INVALID)
    dest2 = checks.number(params.text('dest2'), Status.DEST2_INVALID)
    if dest1 == dest2:
        raise Refused(Status.SAME_DEST1_DEST2)
    checks.reachable(world, dest1, Status.DEST1_NOT_SUPPORTED)
    checks.reachable(world, dest2, Status.DEST2_NOT_SUPPORTED)
    return dest1, dest2


def _joint_rate(dest1: str, dest2: str) -> Decimal:
    return leg_rate(dest1) + leg_rate(dest2)


def _run(world: World, record: Call, seconds: float) -> None:
    record.after = lambda: _notify(world, record)
    calls.place(world, record)
    first = world.line(record.dest1).reaction
    second = world.line(record.dest2).reaction if record.dest2 else CallStatus.ANSWERED
    if first != CallStatus.ANSWERED:
        calls.fail(world, record, first)
    elif second != CallStatus.ANSWERED:
        calls.end(world, record, CallStatus.ANSWERED, second)
    else:
        calls.connect(world, record, seconds)


def _notify(world: World, record: Call) -> None:
    fields = calls.describe(world, record, record.callback.tag)
    world.post(record.callback.url, wire.strings(fields), record.txn_ref)


def _confer(world: World, params: Params) -> tuple[list[str], str]:
    callback = checks.callback(params)
    phones = _participants(world, params)
    checks.caller_id(world, params)
    prices = [leg_rate(phone) for phone in phones]
    name = params.get('room')
    if name:
        require_space(world, room_name(world, name), len(phones))
    calls.require_room(world, len(phones), sum(prices, start=prices[0] * 0))
    room = room_name(world, name)
    joined = [
        Call(world.reference('AA-C-'), world.now(), price, phone, room=room, callback=callback)
        for phone, price in zip(phones, prices, strict=True)
    ]
    for record in joined:
        _run(world, record, calls.TALK_SECONDS)
    return [record.txn_ref for record in joined], room


def _participants(world: World, params: Params) -> list[str]:
    phones = params.text('dest').split(',')
    for phone in phones:
        checks.number(phone, Status.DEST_INVALID)
    if len(phones) > MOST_IN_ROOM:
        raise Refused(Status.DEST_TOO_MANY)
    return [checks.reachable(world, phone, Status.DEST_NOT_SUPPORTED) for phone in phones]


def _find(world: World, params: Params) -> Call:
    record = world.calls.get(params.text('txn_ref'))
    if record is None:
        raise Refused(Status.INVALID_TXN_REF)
    return record
