"""IVR: calls that the client controls block by block.

Each operation first checks the session, then the parameters, and then begins a block. The module
`ivr_machine` runs the block.
"""

from __future__ import annotations

from decimal import Decimal

from ...constants import OnFailure, Status
from .. import formats
from ..errors import Refused
from ..state.records import Call, Callback, Gather, Session, SessionState
from ..state.world import World
from ..telephony import calls, ivr_machine
from . import checks, voice
from .request import Request
from .speech import parse_msg

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
# The API documentation gives no maximum for these. The sandbox chooses one.
TIMEOUTS = range(1, 3601)
ATTEMPTS = range(1, 101)
MAX_DIGITS = range(256)
RECORDINGS = range(1, 3601)
ROOM_PREFIX = 'room:'


# Operations


def dial(world: World, request: Request) -> formats.Reply:
    """Call a phone and begin an IVR session."""
    voice.require_service(world)
    callback = checks.callback(request)
    dest = checks.number(request.text('dest'), Status.DEST_INVALID)
    checks.require_reachable(world, dest, Status.DEST_NOT_SUPPORTED)
    caller_id = checks.caller_id(world, request)
    seconds = voice.max_duration(request) or None
    msg = parse_msg(request)
    rate = voice.leg_rate(world, dest)
    calls.require_line_and_credit(world, 1, rate)
    call = Call(world.reference('AA-C-', request.app_id), world.now(), rate, dest)
    session = ivr_machine.dial(world, call, callback, caller_id, msg, seconds)
    return {'txn_ref': session.call.txn_ref, 'session': session.ref}


def play(world: World, request: Request) -> formats.Reply:
    """Play a message."""
    session = _ready(world, request)
    callback, msg = checks.callback(request), parse_msg(request)
    ivr_machine.play(world, session, callback, msg)
    return {}


def gather(world: World, request: Request) -> formats.Reply:
    """Wait for the other party to press keys."""
    session = _ready(world, request)
    ivr_machine.gather(world, session, checks.callback(request), _gather_options(request))
    return {}


def record(world: World, request: Request) -> formats.Reply:
    """Record what the other party says."""
    session = _ready(world, request)
    callback = checks.callback(request)
    seconds = checks.whole_number(
        request, 'max_duration', RECORDINGS, DEFAULT_RECORDING, Status.INVALID_MAX_DURATION
    )
    ivr_machine.record(world, session, callback, parse_msg(request), seconds)
    return {}


def monitor(world: World, request: Request) -> formats.Reply:
    """Record the whole call from now on."""
    session = _ready(world, request)
    if session.monitor is not None:
        raise Refused(Status.MONITOR_IN_PROGRESS)
    callback = checks.callback(request)
    target = checks.url(request, 'monitor_notify_url') or callback.url
    ivr_machine.monitor(
        world, session, callback, parse_msg(request), Callback(callback.tag, target)
    )
    return {}


def hold(world: World, request: Request) -> formats.Reply:
    """Put the other party on hold; no notification follows."""
    session = _ready(world, request)
    ivr_machine.hold(world, session, parse_msg(request))
    return {}


def unhold(world: World, request: Request) -> formats.Reply:
    """Take the other party off hold."""
    session = _find(world, request)
    if session.state is not SessionState.HELD:
        raise Refused(Status.SESSION_NOT_ON_HOLD)
    ivr_machine.unhold(world, session, checks.callback(request))
    return {}


def transfer(world: World, request: Request) -> formats.Reply:
    """Connect the other party to a phone or a conference room."""
    session = _ready(world, request)
    callback, dest = checks.callback(request), request.text('dest')
    caller_id = _transfer_caller_id(world, session, request)
    on_failure = _on_failure(request)
    if dest.startswith(ROOM_PREFIX):
        room = _room(world, request, dest.removeprefix(ROOM_PREFIX))
        ivr_machine.join_room(world, session, callback, parse_msg(request), room)
        return {'room': room}
    rate = _transfer_rate(world, dest)
    msg = parse_msg(request)
    calls.require_line_and_credit(world, 1, rate)
    transfer_call = Call(world.reference('AA-C-', request.app_id), world.now(), rate, dest)
    ivr_machine.transfer(world, session, callback, msg, transfer_call, caller_id, on_failure)
    return {}


def hangup(world: World, request: Request) -> formats.Reply:
    """End the call; with ``force``, even while a block is running."""
    forced = request.get('force') == 'enabled'
    session = _find(world, request) if forced else _ready(world, request)
    callback, msg = checks.callback(request), parse_msg(request)
    ivr_machine.hang_up(world, session, callback, [] if forced else msg)
    return {}


# Sessions


def _find(world: World, request: Request) -> Session:
    """Return the session, or refuse the request if the session has ended."""
    session = world.sessions.get(request.text('session'))
    if session is None:
        raise Refused(Status.INVALID_SESSION)
    if not world.is_owner(request.app_id, session.ref):
        raise Refused(Status.SESSION_ACCESS_DENIED)
    if session.state is SessionState.ENDED:
        raise Refused(Status.SESSION_ENDED)
    return session


def _ready(world: World, request: Request) -> Session:
    """Return the session, or refuse the request if the session cannot begin a block."""
    session = _find(world, request)
    if session.state not in {SessionState.READY, SessionState.RINGING}:
        raise Refused(Status.SESSION_NOT_READY)
    return session


# Parameters


def _gather_options(request: Request) -> Gather:
    return Gather(
        max_digits=checks.whole_number(
            request, 'max_digits', MAX_DIGITS, 0, Status.INVALID_MAX_DIGITS
        ),
        timeout=checks.whole_number(
            request, 'timeout', TIMEOUTS, DEFAULT_TIMEOUT, Status.INVALID_TIMEOUT
        ),
        attempts=checks.whole_number(
            request, 'attempts', ATTEMPTS, DEFAULT_ATTEMPTS, Status.INVALID_ATTEMPTS
        ),
        msg=parse_msg(request),
    )


def _on_failure(request: Request) -> OnFailure:
    word = request.get('on_failure') or OnFailure.HANGUP.value
    if word not in {OnFailure.HANGUP.value, OnFailure.CONTINUE.value}:
        raise Refused(Status.ON_FAILURE_INVALID)
    return OnFailure(word)


def _transfer_caller_id(world: World, session: Session, request: Request) -> str:
    # The transfer of an incoming call may show the number of the original caller.
    if session.own is not None and request.get('caller_id') == session.remote:
        return session.remote
    return checks.caller_id(world, request)


def _transfer_rate(world: World, dest: str) -> Decimal:
    voice.require_service(world)
    checks.number(dest, Status.DEST_INVALID)
    checks.require_reachable(world, dest, Status.DEST_NOT_SUPPORTED)
    return voice.leg_rate(world, dest)


def _room(world: World, request: Request, name: str) -> str:
    room = voice.room_name(world, request, name)
    if name and not voice.members(world, request, room):
        raise Refused(Status.INVALID_ROOM)
    voice.require_room_capacity(world, request, room, 1)
    return room
