"""The sessions of IVR calls: their states, their blocks, what is reported about them.

A session goes through the states below. Each block ends with a notification to its own
notify_url, and the next one is accepted as soon as that notification is on its way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from ..constants import CallState, Status
from . import calls, files, wire
from .calls import Call
from .checks import Callback
from .refusal import Refused
from .world import excerpt

if TYPE_CHECKING:
    from .clock import Timer
    from .params import Params
    from .world import World

__all__ = [
    'Gather',
    'Session',
    'State',
    'enter',
    'find',
    'finish',
    'notify',
    'open_session',
    'put_on_hold',
    'ready',
    'recording',
    'say',
]

# How long a session waits for its next block; the service has a limit but does not name it.
IDLE_SECONDS = 60


class State(Enum):
    """Where a session stands."""

    RINGING = auto()
    DIALING = auto()
    BUSY = auto()
    READY = auto()
    HELD = auto()
    BRIDGED = auto()
    ENDED = auto()


@dataclass
class Gather:
    """What a gather block still waits for."""

    msg: list[str]
    max_digits: int
    timeout: int
    attempts: int


@dataclass(eq=False)
class Session:
    """One IVR call.

    Attributes:
        remote: The phone at the other end.
        own: The account's number that was called, or None if the account called.
        callback: Where the current block reports, or the last one while none is under way.
        outcome: How the dial or the transfer went, repeated until another block begins.
        monitor: Where the recording of the whole call goes.
    """

    ref: str
    call: Call
    remote: str
    own: str | None = None
    state: State = State.DIALING
    block: str = 'dial'
    callback: Callback = field(default_factory=Callback)
    outcome: dict[str, str] = field(default_factory=dict)
    digits: str = ''
    gather: Gather | None = None
    timer: Timer | None = None
    leg: Call | None = None
    monitor: Callback | None = None


def open_session(world: World, record: Call, callback: Callback, own: str | None = None) -> Session:
    """Begin a session with the call that it is about."""
    session = Session(world.reference('S'), record, record.dest1, own=own, callback=callback)
    record.callback = Callback(callback.tag)
    record.after = lambda: _over(world, session)
    world.sessions[session.ref] = session
    calls.place(world, record)
    return session


def _over(world: World, session: Session) -> None:
    """Report the end of the call to the current or last block, with what it had so far."""
    data = _unfinished(world, session)
    _stop_timer(session)
    session.state = State.ENDED
    if session.leg is not None:
        calls.end(world, session.leg)
    notify(world, session, CallState.ENDED, **data)
    if session.monitor is not None:
        _send_monitored(world, session, session.monitor)


def _unfinished(world: World, session: Session) -> dict[str, str]:
    if session.state is State.BUSY and session.block == 'gather':
        return {'digits': session.digits}
    if session.state is State.BUSY and session.block == 'record':
        return {'record_url': recording(world, session)}
    return session.outcome


def _send_monitored(world: World, session: Session, target: Callback) -> None:
    url = world.files.add(f'{session.ref}/monitor.mp3', files.silence())
    fields = _fields(world, session, CallState.ENDED, 'monitor', target.tag, {'monitor_url': url})
    world.post(target.url, fields, session.call.txn_ref)


def find(world: World, params: Params) -> Session:
    """Return a session that is not over."""
    session = world.sessions.get(params.text('session'))
    if session is None:
        raise Refused(Status.INVALID_SESSION)
    if session.state is State.ENDED:
        raise Refused(Status.SESSION_ENDED)
    return session


def ready(world: World, params: Params) -> Session:
    """Return a session that takes its next block."""
    session = find(world, params)
    if session.state not in {State.READY, State.RINGING}:
        raise Refused(Status.SESSION_NOT_READY)
    return session


def enter(
    world: World,
    session: Session,
    block: str,
    callback: Callback,
    *,
    answer: bool = True,
) -> None:
    """Begin a block; the first one answers a call that rings."""
    if answer:
        _pick_up(world, session)
    _stop_timer(session)
    session.state, session.block, session.callback = State.BUSY, block, callback
    session.digits, session.gather, session.outcome = '', None, {}
    session.call.callback = Callback(callback.tag or session.call.callback.tag)
    world.note(f'session {session.ref} {block}')


def put_on_hold(world: World, session: Session) -> None:
    """Let a session wait; what happens meanwhile is reported to the block before."""
    _pick_up(world, session)
    _stop_timer(session)
    session.state = State.HELD
    world.note(f'session {session.ref} hold')


def _pick_up(world: World, session: Session) -> None:
    if session.state is State.RINGING:
        world.account.require(session.call.rate)
        calls.connect(world, session.call, None)


def finish(world: World, session: Session, **data: str) -> None:
    """End a block: report it and wait for the next, or hang up if nobody wants to know."""
    if session.callback.url is None:
        calls.end(world, session.call)
        return
    _stop_timer(session)
    session.state = State.READY
    session.timer = world.schedule.after(IDLE_SECONDS, lambda: calls.end(world, session.call))
    notify(world, session, CallState.ONGOING, **{**session.outcome, **data})


def _stop_timer(session: Session) -> None:
    if session.timer is not None:
        session.timer.cancel()
        session.timer = None


def say(world: World, session: Session, pieces: list[str]) -> None:
    """Let the phone at the other end hear something."""
    world.line(session.remote).heard.extend(pieces)
    for piece in pieces:
        world.note(f'session {session.ref} says: {excerpt(piece)}')


def recording(world: World, session: Session) -> str:
    """Keep what was recorded and return its URL."""
    key = f'{session.ref}/{world.reference("recording-")}.mp3'
    return world.files.add(key, files.silence())


def notify(world: World, session: Session, call_state: CallState, **data: str) -> None:
    """Report where the current block stands, if the client asked for it."""
    fields = _fields(world, session, call_state, session.block, session.callback.tag, data)
    world.post(session.callback.url, fields, session.call.txn_ref)


def _fields(
    world: World,
    session: Session,
    call_state: CallState,
    block: str,
    tag: str | None,
    data: dict[str, str],
) -> dict[str, str]:
    head = wire.filled(
        ivr_block=block,
        session=session.ref,
        txn_ref=session.call.txn_ref,
        tag=tag,
        call_state=call_state.value,
    )
    tail = _costs(world, session.call) if call_state == CallState.ENDED else {}
    return {**wire.strings(head), **data, **_parties(session), **tail}


def _parties(session: Session) -> dict[str, str]:
    if session.own is None:
        return {'dest': session.remote}
    return {'from': session.remote, 'to': session.own}


def _costs(world: World, record: Call) -> dict[str, str]:
    return {
        'date': wire.moment(record.date),
        'duration': str(record.minutes),
        'currency': world.seed.currency,
        'rate': wire.money(record.rate),
        'debit': wire.money(record.debit),
    }
