"""IVR: a call that the client steers block by block.

Each operation checks its session first and its parameters next, and then begins a block. What
happens from there stands in `machine`.
"""

from __future__ import annotations

from decimal import Decimal

from ..constants import OnFailure, Status
from . import calls, checks, machine, sessions, voice, wire
from .params import Params
from .refusal import Refused
from .speech import spoken
from .state.records import Call, Callback, Gather, Session, State
from .world import World

__all__ = [
    'dial',
    'gather',
    'hangup',
    'hold',
    'monitor',
    'play',
    'record',
    'transfer',
    'unhold',
]

DEFAULT_TIMEOUT = 15
DEFAULT_ATTEMPTS = 1
DEFAULT_RECORDING = 120
# The references give no maxima for these.
TIMEOUTS = range(1, 3601)
ATTEMPTS = range(1, 101)
MAX_DIGITS = range(256)
RECORDINGS = range(1, 3601)
ROOM_PREFIX = 'room:'


# Operations


def dial(world: World, params: Params) -> wire.Reply:
    """Call a phone."""
    voice.require_service(world)
    callback = checks.callback(params)
    dest = checks.number(params.text('dest'), Status.DEST_INVALID)
    checks.reachable(world, dest, Status.DEST_NOT_SUPPORTED)
    shown = checks.caller_id(world, params)
    seconds = voice.max_duration(params) or None
    msg = spoken(params)
    rate = voice.leg_rate(dest)
    calls.require_room(world, 1, rate)
    call = Call(world.reference('AA-C-'), world.now(), rate, dest)
    session = machine.dial(world, call, callback, shown, msg, seconds)
    return {'txn_ref': session.call.txn_ref, 'session': session.ref}


def play(world: World, params: Params) -> wire.Reply:
    """Say something."""
    session = sessions.ready(world, params)
    callback, msg = checks.callback(params), spoken(params)
    machine.play(world, session, callback, msg)
    return {}


def gather(world: World, params: Params) -> wire.Reply:
    """Wait for keys."""
    session = sessions.ready(world, params)
    machine.gather(world, session, checks.callback(params), _wanted(params))
    return {}


def record(world: World, params: Params) -> wire.Reply:
    """Record what the other party says."""
    session = sessions.ready(world, params)
    callback = checks.callback(params)
    seconds = checks.whole(
        params, 'max_duration', RECORDINGS, DEFAULT_RECORDING, Status.INVALID_MAX_DURATION
    )
    machine.record(world, session, callback, spoken(params), seconds)
    return {}


def monitor(world: World, params: Params) -> wire.Reply:
    """Record the whole call from now on."""
    session = sessions.ready(world, params)
    if session.monitor is not None:
        raise Refused(Status.MONITOR_IN_PROGRESS)
    callback = checks.callback(params)
    target = checks.url(params, 'monitor_notify_url') or callback.url
    machine.monitor(world, session, callback, spoken(params), Callback(callback.tag, target))
    return {}


def hold(world: World, params: Params) -> wire.Reply:
    """Let the other party wait; no notification follows."""
    session = sessions.ready(world, params)
    machine.hold(world, session, spoken(params))
    return {}


def unhold(world: World, params: Params) -> wire.Reply:
    """Take the other party back."""
    session = sessions.find(world, params)
    if session.state is not State.HELD:
        raise Refused(Status.SESSION_NOT_ON_HOLD)
    machine.unhold(world, session, checks.callback(params))
    return {}


def transfer(world: World, params: Params) -> wire.Reply:
    """Connect the other party to a phone or a conference room."""
    session = sessions.ready(world, params)
    callback, dest = checks.callback(params), params.text('dest')
    shown = _transfer_caller_id(world, session, params)
    on_failure = _on_failure(params)
    if dest.startswith(ROOM_PREFIX):
        room = _room(world, dest.removeprefix(ROOM_PREFIX))
        machine.join_room(world, session, callback, spoken(params), room)
        return {'room': room}
    rate = _rate(world, dest)
    msg = spoken(params)
    calls.require_room(world, 1, rate)
    leg = Call(world.reference('AA-C-'), world.now(), rate, dest)
    machine.transfer(world, session, callback, msg, leg, shown, on_failure)
    return {}


def hangup(world: World, params: Params) -> wire.Reply:
    """End the call; by force even in the middle of a block."""
    forced = params.get('force') == 'enabled'
    session = sessions.find(world, params) if forced else sessions.ready(world, params)
    callback, msg = checks.callback(params), spoken(params)
    machine.hang_up(world, session, callback, [] if forced else msg)
    return {}


# Parameters


def _wanted(params: Params) -> Gather:
    return Gather(
        max_digits=checks.whole(params, 'max_digits', MAX_DIGITS, 0, Status.INVALID_MAX_DIGITS),
        timeout=checks.whole(params, 'timeout', TIMEOUTS, DEFAULT_TIMEOUT, Status.INVALID_TIMEOUT),
        attempts=checks.whole(
            params, 'attempts', ATTEMPTS, DEFAULT_ATTEMPTS, Status.INVALID_ATTEMPTS
        ),
        msg=spoken(params),
    )


def _on_failure(params: Params) -> OnFailure:
    word = params.get('on_failure') or OnFailure.HANGUP.value
    if word not in {OnFailure.HANGUP.value, OnFailure.CONTINUE.value}:
        raise Refused(Status.ON_FAILURE_INVALID)
    return OnFailure(word)


def _transfer_caller_id(world: World, session: Session, params: Params) -> str:
    # A call that came in may show its own caller to whoever it is passed on to.
    if session.own is not None and params.get('caller_id') == session.remote:
        return session.remote
    return checks.caller_id(world, params)


def _rate(world: World, dest: str) -> Decimal:
    voice.require_service(world)
    checks.number(dest, Status.DEST_INVALID)
    checks.reachable(world, dest, Status.DEST_NOT_SUPPORTED)
    return voice.leg_rate(dest)


def _room(world: World, name: str) -> str:
    room = voice.room_name(world, name)
    if name and not voice.members(world, room):
        raise Refused(Status.INVALID_ROOM)
    voice.require_space(world, room, 1)
    return room
