r"""The IVR state machine: what happens in a session, and where the session goes from there.

Every block is asked for in one of two states, RINGING or READY; unhold wants HELD, and a forced
hangup takes any. A block that does not end at once makes the session BUSY, and until it is over
each other block is refused with ``error_session_not_ready``. Nothing is queued.

==================== ================================== ============ ============================
from                 what happens                       to           what is reported
==================== ================================== ============ ============================
\-                   a phone calls a Hoiio number       RINGING      answer: ringing
\-                   dial                               DIALING      nothing yet
DIALING              the phone is picked up             BUSY         nothing until msg is said
BUSY (dial, play)    msg is said                        READY        ongoing; without notify_url
                                                                     the call ends, unreported
DIALING              busy, unanswered, failed           ENDED        dial: ended
RINGING              a middle block, transfer           as in READY  the call is answered first
RINGING              hangup                             ENDED        rejected; with a msg it is
                                                                     answered to say that
RINGING              the caller gives up                ENDED        answer: ended
READY                gather                             BUSY         nothing yet
BUSY (gather)        ``#``, max_digits, the last        READY        digits, maybe none
                     timeout, a timeout with digits
BUSY (gather)        a timeout without digits           BUSY         nothing: msg is repeated
READY                record                             BUSY         nothing yet
BUSY (record)        ``#``, max_duration                READY        record_url
READY                monitor                            READY        ongoing, once msg is said
READY                hold                               HELD         nothing
HELD                 unhold                             READY        ongoing; without notify_url
                                                                     the call ends, unreported
READY                transfer to a phone                BUSY         nothing yet
BUSY (transfer)      the phone is picked up             BRIDGED      nothing yet
BUSY (transfer)      busy, unanswered, failed, and      ENDED        transfer: ended
                     on_failure is hangup
BUSY (transfer)      the same, on_failure is continue   READY        transfer: ongoing; without
                                                                     notify_url the call ends
READY                transfer to a room                 BRIDGED      nothing yet
BRIDGED              either side hangs up               ENDED        transfer: answered, ended
READY                hangup                             ENDED        hangup: ended, msg is said
any but ENDED        hangup by force                    ENDED        hangup: ended, msg is not
any but ENDED        the other party hangs up, dial's   ENDED        the present or the last
                     max_duration, no credit left                    block: ended, with digits or
                                                                     record_url so far
READY                no block for `IDLE_SECONDS`        ENDED        the last block: ended
ENDED, monitored     at once                            ENDED        monitor_url
==================== ================================== ============ ============================

Messages take no time here, so that a key pressed during one counts for the block that says it.
"""

from __future__ import annotations

from ...constants import CallState, CallStatus, NumberMode, OnFailure
from .. import formats
from ..presets import rates
from ..state.records import Call, Callback, Gather, Leg, Session, SessionState, Subscription
from ..state.world import World
from . import calls, legs, sessions

__all__ = [
    'IDLE_SECONDS',
    'call_in',
    'dial',
    'gather',
    'hang_up',
    'hold',
    'join_room',
    'listens',
    'monitor',
    'play',
    'press',
    'record',
    'transfer',
    'unhold',
]

# How long a session waits for its next block; the service has a limit but does not name it.
IDLE_SECONDS = 60


# A session begins


def call_in(world: World, caller: str, number: str) -> Leg:
    """Let a phone call one of the account's numbers: it rings until the application acts.

    Where nothing takes the call, the phone hears that at once.
    """
    subscription = world.numbers.get(number)
    if subscription is None or not _takes_calls(world, caller, subscription):
        world.note(f'call {caller} -> {number} lost: nothing answers calls there')
        return _lost(world, caller, number, CallStatus.FAILED)
    if not calls.has_free_slot(world):
        world.note(f'call {caller} -> {number} lost: no line is free')
        return _lost(world, caller, number, CallStatus.BUSY)
    ref = world.reference('AA-C-', world.owners[number])
    call = Call(ref, world.now(), rates.INCOMING_CALL, caller, number=number)
    session = _open(world, call, Callback(url=subscription.forward_to), number)
    session.state, session.block = SessionState.RINGING, 'answer'
    leg = calls.add_leg(world, call, caller, number)
    leg.placed = True
    legs.ring(world, leg)
    sessions.notify(world, session, CallState.RINGING)
    return leg


def dial(
    world: World,
    call: Call,
    callback: Callback,
    shown: str,
    msg: list[str],
    seconds: float | None,
) -> Session:
    """Ring a phone; the limit of so many seconds counts from its pick-up."""
    session = _open(world, call, callback)
    session.outcome = {'dial_status': CallStatus.UNANSWERED.value}
    calls.ring(
        world,
        call,
        session.remote,
        shown,
        lambda outcome: _dialled(world, session, outcome, msg, seconds),
    )
    return session


def _dialled(
    world: World, session: Session, outcome: CallStatus, msg: list[str], seconds: float | None
) -> None:
    if session.call.ended:
        return
    session.outcome = {'dial_status': outcome.value}
    if outcome != CallStatus.ANSWERED:
        calls.end(world, session.call)
        return
    session.state = SessionState.BUSY
    calls.connect(world, session.call, seconds)
    _say(world, session, msg)
    _finish(world, session)


# Middle blocks


def play(world: World, session: Session, callback: Callback, msg: list[str]) -> None:
    """Say something; without a notify_url that was the last word."""
    _enter(world, session, 'play', callback)
    _say(world, session, msg)
    _finish(world, session)


def gather(world: World, session: Session, callback: Callback, wanted: Gather) -> None:
    """Ask for keys."""
    _enter(world, session, 'gather', callback)
    session.gather = wanted
    _ask(world, session, wanted)


def _ask(world: World, session: Session, wanted: Gather) -> None:
    wanted.attempts -= 1
    session.timer = world.schedule.after(wanted.timeout, lambda: _timed_out(world, session, wanted))
    _say(world, session, wanted.msg)
    press(world, session, legs.next_keys(session.phone))


def _timed_out(world: World, session: Session, wanted: Gather) -> None:
    if wanted.attempts and not session.digits:
        _ask(world, session, wanted)
    else:
        _finish(world, session, digits=session.digits)


def listens(session: Session) -> bool:
    """Tell whether a block waits for keys."""
    return session.state is SessionState.BUSY and session.block in {'gather', 'record'}


def press(world: World, session: Session, keys: str) -> None:
    """Press keys one after another; those that no block waits for are lost."""
    for key in keys:
        heard = listens(session)
        world.note(f'session {session.ref} key {key}{"" if heard else " lost"}')
        if heard and session.gather is not None:
            _gathered(world, session, session.gather, key)
        elif heard and key == '#':
            _recorded(world, session)


def _gathered(world: World, session: Session, wanted: Gather, key: str) -> None:
    if key != '#':
        session.digits += key
    if key == '#' or len(session.digits) == wanted.max_digits:
        _finish(world, session, digits=session.digits)


def record(
    world: World, session: Session, callback: Callback, msg: list[str], seconds: float
) -> None:
    """Record what the other party says, for so many seconds at most."""
    _enter(world, session, 'record', callback)
    session.timer = world.schedule.after(seconds, lambda: _recorded(world, session))
    _say(world, session, msg)


def _recorded(world: World, session: Session) -> None:
    _finish(world, session, record_url=sessions.recording(world, session))


def monitor(
    world: World, session: Session, callback: Callback, msg: list[str], target: Callback
) -> None:
    """Record the whole call from now on; the target hears of it after the end."""
    _enter(world, session, 'monitor', callback)
    _say(world, session, msg)
    session.monitor = target
    _finish(world, session)


def hold(world: World, session: Session, msg: list[str]) -> None:
    """Let the other party wait; the end meanwhile is reported to the block before."""
    _pick_up(world, session)
    _stop_timer(session)
    session.state = SessionState.HELD
    world.note(f'session {session.ref} hold')
    _say(world, session, msg)


def unhold(world: World, session: Session, callback: Callback) -> None:
    """Take the other party back."""
    _enter(world, session, 'unhold', callback)
    _finish(world, session)


# Transfer


def transfer(
    world: World,
    session: Session,
    callback: Callback,
    msg: list[str],
    transfer_call: Call,
    shown: str,
    on_failure: OnFailure,
) -> None:
    """Ring another phone, a call of its own with its own minutes."""
    _enter(world, session, 'transfer', callback)
    _say(world, session, msg)
    session.outcome = {'transfer_status': CallStatus.UNANSWERED.value}
    session.transfer_call = transfer_call
    calls.place(world, transfer_call)
    calls.ring(
        world,
        transfer_call,
        transfer_call.dest1,
        shown,
        lambda outcome: _transferred(world, session, transfer_call, outcome, on_failure),
    )


def _transferred(
    world: World, session: Session, transfer_call: Call, outcome: CallStatus, on_failure: OnFailure
) -> None:
    session.outcome = {'transfer_status': outcome.value}
    if outcome == CallStatus.ANSWERED:
        _bridge(world, session, transfer_call)
        return
    calls.end(world, transfer_call)
    if on_failure == OnFailure.CONTINUE:
        _finish(world, session)
    else:
        calls.end(world, session.call)


def _bridge(world: World, session: Session, transfer_call: Call) -> None:
    """Let two phones talk; when one hangs up, the other is hung up as well."""
    session.state = SessionState.BRIDGED
    transfer_call.partner, session.call.partner = session.call, transfer_call
    transfer_call.after = lambda: calls.end(world, session.call)
    calls.connect(world, transfer_call, calls.talk_limit(transfer_call))


def join_room(
    world: World, session: Session, callback: Callback, msg: list[str], room: str
) -> None:
    """Put the other party into a conference."""
    _enter(world, session, 'transfer', callback)
    _say(world, session, msg)
    session.state = SessionState.BRIDGED
    session.outcome = {'transfer_status': CallStatus.ANSWERED.value}
    session.call.room = room
    seconds = calls.talk_limit(session.call)
    if seconds is not None:
        session.timer = world.schedule.after(seconds, lambda: calls.end(world, session.call))


# A session ends


def hang_up(world: World, session: Session, callback: Callback, msg: list[str]) -> None:
    """End the call; one that rings is rejected, unless there is something to say to it."""
    _enter(world, session, 'hangup', callback, answer=bool(msg))
    _say(world, session, msg)
    calls.end(world, session.call)


def _over(world: World, session: Session) -> None:
    """Report the end to the present or the last block, with what it had so far.

    This follows whatever ends the call: a phone, the application, a limit, the credit.
    """
    data = _unfinished(world, session)
    _stop_timer(session)
    session.state = SessionState.ENDED
    if session.transfer_call is not None:
        calls.end(world, session.transfer_call)
    sessions.notify(world, session, CallState.ENDED, **data)
    if session.monitor is not None:
        sessions.send_monitored(world, session, session.monitor)


def _unfinished(world: World, session: Session) -> dict[str, str]:
    if session.state is SessionState.BUSY and session.block == 'gather':
        return {'digits': session.digits}
    if session.state is SessionState.BUSY and session.block == 'record':
        return {'record_url': sessions.recording(world, session)}
    return session.outcome


# What the transitions share


def report_end(world: World, session: Session) -> None:
    """See to it that the end of its call ends a session, and that the client hears of it."""
    session.call.after = lambda: _over(world, session)


def _open(world: World, call: Call, callback: Callback, own: str | None = None) -> Session:
    ref = world.reference('S', world.owners[call.txn_ref])
    session = Session(ref, call, call.dest1, own=own, callback=callback)
    call.callback = Callback(callback.tag)
    report_end(world, session)
    world.keep_session(session)
    calls.place(world, call)
    return session


def _takes_calls(world: World, caller: str, subscription: Subscription) -> bool:
    return (
        subscription.mode == NumberMode.VOICE
        and subscription.forward_to is not None
        and world.admits(caller)
    )


def _lost(world: World, caller: str, number: str, outcome: CallStatus) -> Leg:
    leg = Leg(caller, number, '', leave=lambda: None, placed=True)
    legs.ring(world, leg)
    legs.settle(world, leg, outcome)
    return leg


def _enter(
    world: World, session: Session, block: str, callback: Callback, *, answer: bool = True
) -> None:
    """Begin a block; the first one answers a call that rings."""
    if answer:
        _pick_up(world, session)
    _stop_timer(session)
    session.state, session.block, session.callback = SessionState.BUSY, block, callback
    session.digits, session.gather, session.outcome = '', None, {}
    session.call.callback = Callback(callback.tag or session.call.callback.tag)
    world.note(f'session {session.ref} {block}')


def _pick_up(world: World, session: Session) -> None:
    if session.state is SessionState.RINGING:
        world.account.require(session.call.rate)
        legs.settle(world, session.phone, CallStatus.ANSWERED)
        calls.connect(world, session.call, None)


def _finish(world: World, session: Session, **data: str) -> None:
    """End a block: report it and wait for the next, or hang up if nobody wants to know."""
    if session.callback.url is None:
        calls.end(world, session.call)
    if session.call.ended:
        return
    _stop_timer(session)
    session.state = SessionState.READY
    session.timer = world.schedule.after(IDLE_SECONDS, lambda: calls.end(world, session.call))
    sessions.notify(world, session, CallState.ONGOING, **{**session.outcome, **data})


def _stop_timer(session: Session) -> None:
    if session.timer is not None:
        session.timer.cancel()
        session.timer = None


def _say(world: World, session: Session, pieces: list[str]) -> None:
    if session.call.ended:
        return
    legs.say(world, session.phone, pieces)
    for piece in pieces:
        world.note(f'session {session.ref} says: {formats.excerpt(piece)}')
