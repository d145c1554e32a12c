r"""The IVR state machine: the states of a session and the transitions between them.

A session accepts a new block only in the states RINGING and READY. There are two exceptions:
unhold requires the state HELD, and a forced hangup works in every state but ENDED. A block that
does not end at once puts the session into the state BUSY. Until that block ends, the session
refuses all other blocks with ``error_session_not_ready``. Blocks are not queued.

==================== ================================== ============ ============================
From                 Event                              To           Notification
==================== ================================== ============ ============================
\-                   a phone calls a Hoiio number       RINGING      answer: ringing
\-                   dial                               DIALING      none yet
DIALING              the phone answers                  BUSY         none until msg has played
BUSY (dial, play)    msg has played                     READY        ongoing; without notify_url
                                                                     the call ends without a
                                                                     notification
DIALING              busy, unanswered, failed           ENDED        dial: ended
RINGING              a middle block, transfer           as in READY  the call is answered first
RINGING              hangup                             ENDED        rejected; if there is a msg,
                                                                     the call is answered first
RINGING              the caller hangs up                ENDED        answer: ended
READY                gather                             BUSY         none yet
BUSY (gather)        ``#``, max_digits, the last        READY        digits, which may be empty
                     timeout, a timeout with digits
BUSY (gather)        a timeout without digits           BUSY         none: msg is repeated
READY                record                             BUSY         none yet
BUSY (record)        ``#``, max_duration                READY        record_url
READY                monitor                            READY        ongoing, after msg
READY                hold                               HELD         none
HELD                 unhold                             READY        ongoing; without notify_url
                                                                     the call ends without a
                                                                     notification
READY                transfer to a phone                BUSY         none yet
BUSY (transfer)      the phone answers                  BRIDGED      none yet
BUSY (transfer)      busy, unanswered or failed, and    ENDED        transfer: ended
                     on_failure is hangup
BUSY (transfer)      busy, unanswered or failed, and    READY        transfer: ongoing; without
                     on_failure is continue                          notify_url the call ends
READY                transfer to a room                 BRIDGED      none yet
BRIDGED              either side hangs up               ENDED        transfer: answered, ended
READY                hangup                             ENDED        hangup: ended, after msg
any but ENDED        a forced hangup                    ENDED        hangup: ended, without msg
any but ENDED        the other party hangs up, dial's   ENDED        current or last block: ended,
                     max_duration, not enough credit                 with the digits or the
                                                                     record_url so far
READY                no block for `IDLE_SECONDS`        ENDED        last block: ended
ENDED, monitored     immediately                        ENDED        monitor_url
==================== ================================== ============ ============================

In the sandbox, a message takes no time. A key pressed during a message counts for the block that
plays the message.
"""

from __future__ import annotations

from ...constants import CallState, CallStatus, NumberMode, OnFailure
from .. import formats
from ..presets import rates
from ..state.journal import EventKind
from ..state.records import (
    Call,
    Callback,
    Gather,
    Leg,
    Piece,
    Session,
    SessionState,
    Subscription,
)
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

# How long a session waits for its next block. The API documentation does not give the real limit.
IDLE_SECONDS = 60


# The beginning of a session


def call_in(world: World, caller: str, number: str) -> Leg:
    """Call a Hoiio number from a phone. It rings until the application begins a block.

    If the number does not accept the call, the call fails at once. If no call slot is free, the
    caller gets a busy signal.
    """
    subscription = world.numbers.get(number)
    if subscription is None or not _takes_calls(world, caller, subscription):
        _note_lost_call(world, caller, number, 'the number does not accept it')
        return _lose_call(world, caller, number, CallStatus.FAILED)
    if not calls.has_free_slot(world):
        _note_lost_call(world, caller, number, 'no free call slot')
        return _lose_call(world, caller, number, CallStatus.BUSY)
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
    caller_id: str,
    msg: list[Piece],
    seconds: float | None,
) -> Session:
    """Ring a phone. The time limit in seconds begins when the phone answers."""
    session = _open(world, call, callback)
    session.outcome = {'dial_status': CallStatus.UNANSWERED.value}
    calls.ring(
        world,
        call,
        session.remote,
        caller_id,
        lambda outcome: _dialled(world, session, outcome, msg, seconds),
    )
    return session


def _dialled(
    world: World, session: Session, outcome: CallStatus, msg: list[Piece], seconds: float | None
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


def play(world: World, session: Session, callback: Callback, msg: list[Piece]) -> None:
    """Play a message. Without a callback URL, the call ends after the message."""
    _enter(world, session, 'play', callback)
    _say(world, session, msg)
    _finish(world, session)


def gather(world: World, session: Session, callback: Callback, options: Gather) -> None:
    """Play a message and wait for the other party to press keys."""
    _enter(world, session, 'gather', callback)
    session.gather = options
    _ask(world, session, options)


def _ask(world: World, session: Session, options: Gather) -> None:
    options.attempts -= 1
    session.timer = world.schedule.after(
        options.timeout, lambda: _timed_out(world, session, options)
    )
    _say(world, session, options.msg)
    press(world, session, legs.next_keys(session.phone))


def _timed_out(world: World, session: Session, options: Gather) -> None:
    if options.attempts and not session.digits:
        _ask(world, session, options)
    else:
        _finish(world, session, digits=session.digits)


def listens(session: Session) -> bool:
    """Return True if the session waits for keys."""
    return session.state is SessionState.BUSY and session.block in {'gather', 'record'}


def press(world: World, session: Session, keys: str) -> bool:
    """Press keys one after another. A key is ignored if no block waits for it.

    Returns:
        True if a block waited for the first key.
    """
    listening = listens(session)
    for key in keys:
        accepted = listens(session)
        _note(world, session, f'key {key}{"" if accepted else " ignored"}')
        if accepted and session.gather is not None:
            _gathered(world, session, session.gather, key)
        elif accepted and key == '#':
            _recorded(world, session)
    return listening


def _gathered(world: World, session: Session, options: Gather, key: str) -> None:
    if key != '#':
        session.digits += key
    if key == '#' or len(session.digits) == options.max_digits:
        _finish(world, session, digits=session.digits)


def record(
    world: World, session: Session, callback: Callback, msg: list[Piece], seconds: float
) -> None:
    """Record the other party for up to the given number of seconds."""
    _enter(world, session, 'record', callback)
    session.timer = world.schedule.after(seconds, lambda: _recorded(world, session))
    _say(world, session, msg)


def _recorded(world: World, session: Session) -> None:
    _finish(world, session, record_url=sessions.recording(world, session))


def monitor(
    world: World, session: Session, callback: Callback, msg: list[Piece], target: Callback
) -> None:
    """Record the call from now on, and report the recording to ``target`` after the call ends."""
    _enter(world, session, 'monitor', callback)
    _say(world, session, msg)
    session.monitor = target
    _finish(world, session)


def hold(world: World, session: Session, msg: list[Piece]) -> None:
    """Put the other party on hold.

    Hold has no callback URL. If the call ends on hold, the previous block gets the notification.
    """
    _pick_up(world, session)
    _stop_timer(session)
    session.state = SessionState.HELD
    _note(world, session, 'hold')
    _say(world, session, msg)


def unhold(world: World, session: Session, callback: Callback) -> None:
    """Take the other party off hold."""
    _enter(world, session, 'unhold', callback)
    _finish(world, session)


# Transfer


def transfer(
    world: World,
    session: Session,
    callback: Callback,
    msg: list[Piece],
    transfer_call: Call,
    caller_id: str,
    on_failure: OnFailure,
) -> None:
    """Ring another phone in a second call, which is billed separately."""
    _enter(world, session, 'transfer', callback)
    _say(world, session, msg)
    session.outcome = {'transfer_status': CallStatus.UNANSWERED.value}
    session.transfer_call, transfer_call.session = transfer_call, session.ref
    calls.place(world, transfer_call)
    calls.ring(
        world,
        transfer_call,
        transfer_call.dest1,
        caller_id,
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
    """Connect the two calls. When one of them ends, the other ends too."""
    session.state = SessionState.BRIDGED
    world.phone_changed(session.remote)
    transfer_call.partner, session.call.partner = session.call, transfer_call
    transfer_call.after = lambda: calls.end(world, session.call)
    calls.connect(world, transfer_call, calls.talk_limit(transfer_call))


def join_room(
    world: World, session: Session, callback: Callback, msg: list[Piece], room: str
) -> None:
    """Move the other party into a conference room."""
    _enter(world, session, 'transfer', callback)
    _say(world, session, msg)
    session.state = SessionState.BRIDGED
    session.outcome = {'transfer_status': CallStatus.ANSWERED.value}
    session.call.room = room
    seconds = calls.talk_limit(session.call)
    if seconds is not None:
        session.timer = world.schedule.after(seconds, lambda: calls.end(world, session.call))


# The end of a session


def hang_up(world: World, session: Session, callback: Callback, msg: list[Piece]) -> None:
    """End the call after the message. Without a message, reject a call that is still ringing."""
    _enter(world, session, 'hangup', callback, answer=bool(msg))
    _say(world, session, msg)
    calls.end(world, session.call)


def _end_session(world: World, session: Session) -> None:
    """Report the end of the call to the current or the last block, with its data so far.

    This runs after every end of a call: a phone or the application hangs up, the time limit is
    reached, or the credit is not enough.
    """
    data = _data_so_far(world, session)
    _stop_timer(session)
    session.state = SessionState.ENDED
    if session.transfer_call is not None:
        calls.end(world, session.transfer_call)
    sessions.notify(world, session, CallState.ENDED, **data)
    if session.monitor is not None:
        sessions.send_monitored(world, session, session.monitor)


def _data_so_far(world: World, session: Session) -> dict[str, str]:
    if session.state is SessionState.BUSY and session.block == 'gather':
        return {'digits': session.digits}
    if session.state is SessionState.BUSY and session.block == 'record':
        return {'record_url': sessions.recording(world, session)}
    return session.outcome


# Shared by the transitions


def report_end(world: World, session: Session) -> None:
    """End the session and notify the client when the call ends."""
    session.call.after = lambda: _end_session(world, session)


def _open(world: World, call: Call, callback: Callback, own: str | None = None) -> Session:
    ref = world.reference('S', world.owners[call.txn_ref])
    session = Session(ref, call, call.dest1, own=own, callback=callback)
    call.callback, call.session = Callback(callback.tag), ref
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


def _note_lost_call(world: World, caller: str, number: str, reason: str) -> None:
    text = f'call {caller} -> {number} lost: {reason}'
    world.note(text, EventKind.CALL, phones=(caller,), failed=True)


def _lose_call(world: World, caller: str, number: str, outcome: CallStatus) -> Leg:
    leg = Leg(caller, number, '', leave=lambda: None, placed=True)
    legs.ring(world, leg)
    legs.settle(world, leg, outcome)
    return leg


def _enter(
    world: World, session: Session, block: str, callback: Callback, *, answer: bool = True
) -> None:
    """Begin a block. If the call is still ringing, answer it, unless ``answer`` is False."""
    if answer:
        _pick_up(world, session)
    _stop_timer(session)
    session.state, session.block, session.callback = SessionState.BUSY, block, callback
    session.digits, session.gather, session.outcome = '', None, {}
    session.call.callback = Callback(callback.tag or session.call.callback.tag)
    _note(world, session, block)


def _pick_up(world: World, session: Session) -> None:
    if session.state is SessionState.RINGING:
        world.account.require(session.call.rate)
        legs.settle(world, session.phone, CallStatus.ANSWERED)
        calls.connect(world, session.call, None)


def _finish(world: World, session: Session, **data: str) -> None:
    """End a block: send its notification and wait for the next block.

    End the call if the block has no callback URL, because the application cannot continue it.
    """
    if session.callback.url is None:
        calls.end(world, session.call)
    if session.call.ended:
        return
    _stop_timer(session)
    session.state = SessionState.READY
    world.phone_changed(session.remote)
    session.timer = world.schedule.after(IDLE_SECONDS, lambda: calls.end(world, session.call))
    sessions.notify(world, session, CallState.ONGOING, **{**session.outcome, **data})


def _stop_timer(session: Session) -> None:
    if session.timer is not None:
        session.timer.cancel()
        session.timer = None


def _say(world: World, session: Session, pieces: list[Piece]) -> None:
    if session.call.ended:
        return
    legs.say(world, session.phone, pieces)
    for piece in pieces:
        _note(world, session, f'says: {formats.excerpt(piece.text)}')


def _note(world: World, session: Session, what: str) -> None:
    world.note(
        f'session {session.ref} {what}',
        EventKind.IVR,
        phones=(session.remote,),
        txn_ref=session.call.txn_ref,
        session=session.ref,
    )
