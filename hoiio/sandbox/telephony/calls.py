"""What every call has in common, whoever placed it: its minutes and its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from ...constants import CallStatus, Status
from ..errors import Refused
from ..state.records import Call, Leg, LegState
from ..state.world import World
from . import legs

__all__ = [
    'add_leg',
    'connect',
    'end',
    'has_free_slot',
    'place',
    'require_line_and_credit',
    'ring',
    'talk_limit',
    'talking_legs',
]

MOST_CALLS = 8
BLOCK = timedelta(minutes=1)
# A minute is paid once it has begun, which it has not for a call that ends on its boundary.
BEGUN = timedelta(milliseconds=1)


def has_free_slot(world: World, slots: int = 1) -> bool:
    """Return True if the account has so many call slots left."""
    return len(world.live_calls) + len(world.live_faxes) + slots <= MOST_CALLS


def require_line_and_credit(world: World, slots: int, cost: Decimal) -> None:
    """Refuse calls if the account has no call slots or no credit left for them."""
    if not has_free_slot(world, slots):
        raise Refused(Status.CONCURRENT_CALL_LIMIT_REACHED)
    world.account.require(cost)


def place(world: World, call: Call) -> None:
    """Begin a call; it takes one of the account's call slots."""
    world.keep_call(call)
    world.live_calls.append(call)
    ends = ' + '.join(number for number in (call.dest1, call.dest2) if number)
    world.note(f'call {call.txn_ref} {ends}')


def add_leg(world: World, call: Call, number: str, other: str) -> Leg:
    """Give a phone its part in a call; hanging up ends the call."""
    leg = Leg(number, other, call.txn_ref, leave=lambda: end(world, call))
    call.legs.append(leg)
    return leg


def ring(
    world: World, call: Call, number: str, other: str, settled: Callable[[CallStatus], None]
) -> None:
    """Ring a phone.

    Args:
        world: Where all this happens.
        call: What it is about.
        number: Whose phone rings.
        other: What its display shows.
        settled: Is told once what came of it, the end of the call meanwhile included.
    """
    leg = add_leg(world, call, number, other)
    leg.settled = settled
    legs.ring(world, leg)


def talking_legs(world: World, call: Call) -> list[Leg]:
    """Return the phones that talk in a call, in the one joined with it, and in its room."""
    owner = world.owners[call.txn_ref]
    joined = [other for other in world.live_calls if other in {call, call.partner}]
    if call.room is not None:
        in_room = [other for other in world.live_calls if other.room == call.room]
        joined += [other for other in in_room if world.owners[other.txn_ref] == owner]
    phones = {leg: None for other in joined for leg in other.legs}
    return [leg for leg in phones if leg.state is LegState.TALKING]


def talk_limit(call: Call) -> float | None:
    """Return for how many seconds people talk where nobody says how long; None is for ever."""
    parties = call.legs + (call.partner.legs if call.partner else [])
    limits = [leg.script.talking for leg in parties if leg.script.talking is not None]
    return min(limits, default=None)


def connect(world: World, call: Call, seconds: float | None) -> None:
    """Let the parties talk, for so many seconds or until something ends the call."""
    if seconds is not None:
        call.timers.append(world.schedule.after(seconds, lambda: end(world, call)))
    _pay_minute(world, call, world.now())


def end(world: World, call: Call) -> None:
    """Hang up; ending a call twice does nothing."""
    if call.ended:
        return
    call.ended = True
    world.live_calls.remove(call)
    for timer in call.timers:
        timer.cancel()
    for leg in call.legs:
        legs.close(world, leg)
    call.status1, call.status2 = _outcome(call, 0), _outcome(call, 1)
    world.note(f'call {call.txn_ref} ended: {call.status1}, {call.minutes} min')
    call.after()


def _outcome(call: Call, which: int) -> CallStatus:
    """Return what became of a phone; one that was never called did not answer."""
    found = call.legs[which : which + 1]
    return found[0].outcome if found else CallStatus.UNANSWERED


def _pay_minute(world: World, call: Call, since: datetime) -> None:
    """Pay the minute since a moment, and plan the next; a late timer shifts no boundary."""
    try:
        world.account.spend(call.rate)
    except Refused:
        world.note(f'call {call.txn_ref} cut off: no credit left')
        end(world, call)
        return
    call.minutes += 1
    call.timers = [timer for timer in call.timers if timer.due > world.now()]
    following = since + BLOCK
    pay = world.schedule.at(following + BEGUN, lambda: _pay_minute(world, call, following))
    call.timers.append(pay)
