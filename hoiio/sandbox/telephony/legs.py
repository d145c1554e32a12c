"""The leg of a phone in a call or a fax: it rings, is answered and ends."""

from __future__ import annotations

from ...constants import CallStatus
from ..state.records import Activity, ActivityKind, Caption, Leg, LegState, Piece
from ..state.world import World

__all__ = ['close', 'forget', 'next_keys', 'reject', 'ring', 'say', 'settle']


def ring(world: World, leg: Leg) -> None:
    """Ring a phone. Its script can answer or decline the call, at once or later."""
    leg.date = world.now()
    kind = ActivityKind.CALL if leg.fax is None else ActivityKind.FAX
    phone = world.use_phone(leg.number, Activity(leg.date, kind, not leg.placed, leg.other))
    leg.script = phone.next_script()
    phone.legs.append(leg)
    if leg.placed:
        return
    phone.surprises.append(leg)
    seconds, outcome = leg.script.reaction
    if seconds:
        leg.timers.append(world.schedule.after(seconds, lambda: settle(world, leg, outcome)))
    else:
        settle(world, leg, outcome)


def settle(world: World, leg: Leg, outcome: CallStatus) -> None:
    """End the ringing with an outcome: the phone answers, or it does not."""
    if leg.state is not LegState.RINGING:
        return
    leg.outcome = outcome
    leg.state = LegState.TALKING if outcome == CallStatus.ANSWERED else LegState.OVER
    _note_time(world, leg)
    if leg.state is LegState.TALKING and leg.script.hanging_up_after is not None:
        leg.timers.append(world.schedule.after(leg.script.hanging_up_after, leg.leave))
    world.phone_changed(leg.number)
    leg.settled(outcome)


def reject(world: World, leg: Leg) -> None:
    """Decline a call. The other side gets the outcome busy."""
    settle(world, leg, CallStatus.BUSY)


def close(world: World, leg: Leg) -> None:
    """End a leg. A leg that is still ringing is unanswered."""
    settle(world, leg, CallStatus.UNANSWERED)
    _cancel(leg)
    leg.state = LegState.OVER
    _note_time(world, leg)
    world.phone_changed(leg.number)


def forget(leg: Leg) -> None:
    """End a leg without running its callbacks, when a reset removes its call or fax."""
    if leg.state is LegState.RINGING:
        leg.outcome = CallStatus.UNANSWERED
    leg.state = LegState.OVER
    _cancel(leg)


def say(world: World, leg: Leg, pieces: list[Piece]) -> None:
    """Play the pieces of a message to a phone."""
    now = world.now()
    leg.captions.extend(Caption(now, piece) for piece in pieces)
    world.phone(leg.number).heard.extend(piece.text for piece in pieces)
    world.phone_changed(leg.number)


def next_keys(leg: Leg) -> str:
    """Return the keys that the script presses at this prompt, and count the prompt."""
    keys = leg.script.pressing[leg.prompts : leg.prompts + 1]
    leg.prompts += 1
    return ''.join(keys)


def _note_time(world: World, leg: Leg) -> None:
    if leg.state is LegState.TALKING:
        leg.answered = world.now()
    elif leg.ended is None:
        leg.ended = world.now()


def _cancel(leg: Leg) -> None:
    for timer in leg.timers:
        timer.cancel()
    leg.timers.clear()
