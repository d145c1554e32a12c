"""IVR: a call that the client steers block by block.

Each operation checks its parameters, begins a block, and lets it run; `sessions` holds what
they have in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..constants import CallState, CallStatus, NumberMode, OnFailure, Status
from . import calls, checks, rates, sessions, voice, wire
from .calls import Call
from .checks import Callback
from .refusal import Refused
from .sessions import Gather, Session, State
from .speech import spoken

if TYPE_CHECKING:
    from .numbers import Subscription
    from .params import Params
    from .world import World

__all__ = [
    'dial',
    'gather',
    'hangup',
    'hold',
    'monitor',
    'play',
    'press',
    'record',
    'ring',
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
    callback = checks.callback(params)
    dest = checks.number(params.text('dest'), Status.DEST_INVALID)
    checks.reachable(world, dest, Status.DEST_NOT_SUPPORTED)
    checks.caller_id(world, params)
    seconds = voice.max_duration(params)
    msg = spoken(params)
    rate = voice.leg_rate(dest)
    calls.require_room(world, 1, rate)
    call = Call(world.reference('AA-C-'), world.now(), rate, dest)
    session = sessions.open_session(world, call, callback)
    _dialled(world, session, msg, seconds or None)
    return {'txn_ref': session.call.txn_ref, 'session': session.ref}


def play(world: World, params: Params) -> wire.Reply:
    """Say something."""
    session = sessions.ready(world, params)
    callback, msg = checks.callback(params), spoken(params)
    sessions.enter(world, session, 'play', callback)
    sessions.say(world, session, msg)
    sessions.finish(world, session)
    return {}


def gather(world: World, params: Params) -> wire.Reply:
    """Wait for keys."""
    session = sessions.ready(world, params)
    callback = checks.callback(params)
    wanted = _wanted(params)
    sessions.enter(world, session, 'gather', callback)
    session.gather = wanted
    _attempt(world, session, wanted)
    return {}


def record(world: World, params: Params) -> wire.Reply:
    """Record what the other party says."""
    session = sessions.ready(world, params)
    callback = checks.callback(params)
    seconds = checks.whole(
        params, 'max_duration', RECORDINGS, DEFAULT_RECORDING, Status.INVALID_MAX_DURATION
    )
    msg = spoken(params)
    sessions.enter(world, session, 'record', callback)
    sessions.say(world, session, msg)
    session.timer = world.schedule.after(seconds, lambda: _recorded(world, session))
    return {}


def monitor(world: World, params: Params) -> wire.Reply:
    """Record the whole call from now on."""
    session = sessions.ready(world, params)
    if session.monitor is not None:
        raise Refused(Status.MONITOR_IN_PROGRESS)
    callback = checks.callback(params)
    target = checks.url(params, 'monitor_notify_url') or callback.url
    msg = spoken(params)
    sessions.enter(world, session, 'monitor', callback)
    sessions.say(world, session, msg)
    session.monitor = Callback(callback.tag, target)
    sessions.finish(world, session)
    return {}


def hold(world: World, params: Params) -> wire.Reply:
    """Let the other party wait; no notification follows."""
    session = sessions.ready(world, params)
    msg = spoken(params)
    sessions.put_on_hold(world, session)
    sessions.say(world, session, msg)
    return {}


def unhold(world: World, params: Params) -> wire.Reply:
    """Take the other party back."""
    session = sessions.find(world, params)
    if session.state is not State.HELD:
        raise Refused(Status.SESSION_NOT_ON_HOLD)
    callback = checks.callback(params)
    sessions.enter(world, session, 'unhold', callback)
    sessions.finish(world, session)
    return {}


def transfer(world: World, params: Params) -> wire.Reply:
    """Connect the other party to a phone or a conference room."""
    session = sessions.ready(world, params)
    callback, dest = checks.callback(params), params.text('dest')
    _transfer_caller_id(world, session, params)
    on_failure = params.get('on_failure') or OnFailure.HANGUP.value
    if on_failure not in {OnFailure.HANGUP.value, OnFailure.CONTINUE.value}:
        raise Refused(Status.ON_FAILURE_INVALID)
    if dest.startswith(ROOM_PREFIX):
        room = _room(world, dest.removeprefix(ROOM_PREFIX))
        return _join_room(world, session, callback, spoken(params), room)
    leg = _leg(world, dest)
    msg = spoken(params)
    sessions.enter(world, session, 'transfer', callback)
    sessions.say(world, session, msg)
    _bridge(world, session, leg, on_failure)
    return {}


def hangup(world: World, params: Params) -> wire.Reply:
    """End the call; by force even in the middle of a block."""
    forced = params.get('force') == 'enabled'
    session = sessions.find(world, params) if forced else sessions.ready(world, params)
    callback, msg = checks.callback(params), spoken(params)
    words = [] if forced else msg
    # A call that rings is rejected, unless there is something to say to it.
    sessions.enter(world, session, 'hangup', callback, answer=bool(words))
    sessions.say(world, session, words)
    calls.end(world, session.call)
    return {}


# What phones do


def ring(world: World, caller: str, number: str) -> Session | None:
    """Let a phone call one of the account's numbers; None if nothing answers there."""
    subscription = world.numbers.get(number)
    if subscription is None or not _takes_call(world, caller, subscription):
        world.note(f'call {caller} -> {number} lost: nothing answers calls there')
        return None
    record = Call(world.reference('AA-C-'), world.now(), rates.INCOMING_CALL, caller, number=number)
    callback = Callback(url=subscription.forward_to)
    session = sessions.open_session(world, record, callback, own=number)
    session.state, session.block = State.RINGING, 'answer'
    sessions.notify(world, session, CallState.RINGING)
    return session


def _takes_call(world: World, caller: str, subscription: Subscription) -> bool:
    return (
        subscription.mode == NumberMode.VOICE
        and subscription.forward_to is not None
        and checks.admitted(world, caller)
        and calls.line_free(world)
    )


def press(world: World, session: Session, keys: str) -> None:
    """Press keys one after another; those that no block waits for are lost."""
    world.note(f'session {session.ref} keys {keys}')
    for key in keys:
        if session.state is State.BUSY:
            _press_one(world, session, key)


# Dial


def _dialled(world: World, session: Session, msg: list[str], seconds: float | None) -> None:
    reaction = world.line(session.remote).reaction
    session.outcome = {'dial_status': reaction.value}
    if reaction != CallStatus.ANSWERED:
        calls.fail(world, session.call, reaction)
        return
    session.state = State.BUSY
    calls.connect(world, session.call, seconds)
    sessions.say(world, session, msg)
    sessions.finish(world, session)


# Gather and record


def _wanted(params: Params) -> Gather:
    return Gather(
        max_digits=checks.whole(params, 'max_digits', MAX_DIGITS, 0, Status.INVALID_MAX_DIGITS),
        timeout=checks.whole(params, 'timeout', TIMEOUTS, DEFAULT_TIMEOUT, Status.INVALID_TIMEOUT),
        attempts=checks.whole(
            params, 'attempts', ATTEMPTS, DEFAULT_ATTEMPTS, Status.INVALID_ATTEMPTS
        ),
        msg=spoken(params),
    )


def _attempt(world: World, session: Session, wanted: Gather) -> None:
    wanted.attempts -= 1
    sessions.say(world, session, wanted.msg)
    session.timer = world.schedule.after(wanted.timeout, lambda: _timed_out(world, session, wanted))


def _timed_out(world: World, session: Session, wanted: Gather) -> None:
    if wanted.attempts and not session.digits:
        _attempt(world, session, wanted)
    else:
        sessions.finish(world, session, digits=session.digits)


def _press_one(world: World, session: Session, key: str) -> None:
    if session.block == 'record' and key == '#':
        _recorded(world, session)
    elif session.gather is not None:
        _gather_one(world, session, session.gather, key)


def _gather_one(world: World, session: Session, wanted: Gather, key: str) -> None:
    if key != '#':
        session.digits += key
    if key == '#' or len(session.digits) == wanted.max_digits:
        sessions.finish(world, session, digits=session.digits)


def _recorded(world: World, session: Session) -> None:
    sessions.finish(world, session, record_url=sessions.recording(world, session))


# Transfer


def _transfer_caller_id(world: World, session: Session, params: Params) -> None:
    # A call that came in may show its own caller to whoever it is passed on to.
    if session.own is None or params.get('caller_id') != session.remote:
        checks.caller_id(world, params)


def _leg(world: World, dest: str) -> Call:
    checks.number(dest, Status.DEST_INVALID)
    checks.reachable(world, dest, Status.DEST_NOT_SUPPORTED)
    rate = voice.leg_rate(dest)
    calls.require_room(world, 1, rate)
    return Call(world.reference('AA-C-'), world.now(), rate, dest)


def _bridge(world: World, session: Session, leg: Call, on_failure: str) -> None:
    calls.place(world, leg)
    reaction = world.line(leg.dest1).reaction
    session.outcome = {'transfer_status': reaction.value}
    if reaction == CallStatus.ANSWERED:
        session.state, session.leg = State.BRIDGED, leg
        leg.after = lambda: calls.end(world, session.call)
        calls.connect(world, leg, calls.TALK_SECONDS)
        return
    calls.fail(world, leg, reaction)
    if on_failure == OnFailure.CONTINUE:
        sessions.finish(world, session)
    else:
        calls.end(world, session.call)


def _room(world: World, name: str) -> str:
    room = voice.room_name(world, name)
    if name and not voice.members(world, room):
        raise Refused(Status.INVALID_ROOM)
    voice.require_space(world, room, 1)
    return room


def _join_room(
    world: World, session: Session, callback: Callback, msg: list[str], room: str
) -> wire.Reply:
    sessions.enter(world, session, 'transfer', callback)
    sessions.say(world, session, msg)
    session.state = State.BRIDGED
    session.outcome = {'transfer_status': CallStatus.ANSWERED.value}
    session.call.room = room
    session.timer = world.schedule.after(calls.TALK_SECONDS, lambda: calls.end(world, session.call))
    return {'room': room}
