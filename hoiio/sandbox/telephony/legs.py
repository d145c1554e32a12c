"""One phone's part in a call or a fax: it rings, it is picked up, it is over."""

from __future__ import annotations

from ...constants import CallStatus
from ..state.records import Leg, LegState
from ..state.world import World

__all__ = ['close', 'forget', 'next_keys', 'reject', 'ring', 'say', 'settle']


def ring(world: World, leg: Leg) -> None:
    """Let a phone ring; its script may take the call at once or later."""
    phone = world.phone(leg.number)
    leg.script = phone.next_script()
    phone.legs.append(leg)
    world.changed.notify_all()
    if leg.placed:
        return
    phone.surprises.append(leg)
    seconds, outcome = leg.script.reaction
    if seconds:
        leg.timers.append(world.schedule.after(seconds, lambda: settle(world, leg, outcome)))
    else:
        settle(world, leg, outcome)


def settle(world: World, leg: Leg, outcome: CallStatus) -> None:
    """End the ringing: the phone is picked up, or it will not be."""
    if leg.state is not LegState.RINGING:
        return
    leg.outcome = outcome
    leg.state = LegState.TALKING if outcome == CallStatus.ANSWERED else LegState.OVER
    if leg.state is LegState.TALKING and leg.script.hanging_up_after is not None:
        leg.timers.append(world.schedule.after(leg.script.hanging_up_after, leg.leave))
    world.changed.notify_all()
    leg.settled(outcome)


def reject(world: World, leg: Leg) -> None:
    """Decline a call; the other side finds the phone busy."""
    settle(world, leg, CallStatus.BUSY)


def close(world: World, leg: Leg) -> None:
    """End a phone's part; a phone that still rings was never answered."""
    settle(world, leg, CallStatus.UNANSWERED)
    _cancel(leg)
    leg.state = LegState.OVER
    world.changed.notify_all()


def forget(leg: Leg) -> None:
    """Let a phone's part be over, because nothing is left of what it was a part of."""
    if leg.state is LegState.RINGING:
        leg.outcome = CallStatus.UNANSWERED
    leg.state = LegState.OVER
    _cancel(leg)


def say(world: World, leg: Leg, pieces: list[str]) -> None:
    """Say something to a phone."""
    leg.said.extend(pieces)
    world.phone(leg.number).heard.extend(pieces)
    world.changed.notify_all()


def next_keys(leg: Leg) -> str:
    """Return what the script presses now that it is asked once more."""
    keys = leg.script.pressing[leg.prompts : leg.prompts + 1]
    leg.prompts += 1
    return ''.join(keys)


def _cancel(leg: Leg) -> None:
    for timer in leg.timers:
        timer.cancel()
    leg.timers.clear()
