"""Functions for every kind of call: call slots, billing by the minute, and the end of a call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from ...constants import CallStatus, Status
from ..errors import Refused
from ..state.journal import EventKind
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

CALL_SLOTS = 8
MINUTE = timedelta(minutes=1)
# The delay before the next minute is charged. A call that ends exactly at the end of a minute
# therefore does not pay for the next one.
BILLING_DELAY = timedelta(milliseconds=1)


def has_free_slot(world: World, slots: int = 1) -> bool:
    """Return True if the account has the given number of free call slots."""
    return len(world.live_calls) + len(world.live_faxes) + slots <= CALL_SLOTS


def require_line_and_credit(world: World, slots: int, cost: Decimal) -> None:
    """Refuse the request if the account has too few free call slots or too little credit."""
    if not has_free_slot(world, slots):
        raise Refused(Status.CONCURRENT_CALL_LIMIT_REACHED)
    world.account.require(cost)


def place(world: World, call: Call) -> None:
    """Begin a call. It occupies one call slot of the account."""
    world.keep_call(call)
    world.live_calls.append(call)
    _note(world, call, ' + '.join(_ends(call)))


def add_leg(world: World, call: Call, number: str, other: str) -> Leg:
    """Add a leg to a call. The call ends when the phone hangs up."""
    leg = Leg(number, other, call.txn_ref, leave=lambda: end(world, call))
    call.legs.append(leg)
    return leg


def ring(
    world: World, call: Call, number: str, other: str, settled: Callable[[CallStatus], None]
) -> None:
    """Add a leg to a call and ring its phone.

    Args:
        world: The state of the sandbox.
        call: The call that rings the phone.
        number: The number of the phone that rings.
        other: The number on the display of that phone.
        settled: Called once with the outcome when the ringing ends, also if the call ends first.
    """
    leg = add_leg(world, call, number, other)
    leg.settled = settled
    legs.ring(world, leg)


def talking_legs(world: World, call: Call) -> list[Leg]:
    """Return the connected legs of a call, of the call bridged with it, and of its room."""
    owner = world.owners[call.txn_ref]
    joined = [other for other in world.live_calls if other in {call, call.partner}]
    if call.room is not None:
        in_room = [other for other in world.live_calls if other.room == call.room]
        joined += [other for other in in_room if world.owners[other.txn_ref] == owner]
    phones = {leg: None for other in joined for leg in other.legs}
    return [leg for leg in phones if leg.state is LegState.TALKING]


def talk_limit(call: Call) -> float | None:
    """Return the time limit in seconds that the scripts of the phones set; None means no limit."""
    parties = call.legs + (call.partner.legs if call.partner else [])
    limits = [leg.script.talking for leg in parties if leg.script.talking is not None]
    return min(limits, default=None)


def connect(world: World, call: Call, seconds: float | None) -> None:
    """Connect the parties and begin billing.

    Args:
        world: The state of the sandbox.
        call: The call whose parties talk.
        seconds: The time limit of the call; None means no limit.
    """
    if seconds is not None:
        call.limit = world.schedule.after(seconds, lambda: end(world, call))
        call.timers.append(call.limit)
    _pay_minute(world, call, world.now())


def end(world: World, call: Call) -> None:
    """End a call. If the call has already ended, do nothing."""
    if call.ended:
        return
    call.ended = True
    world.live_calls.remove(call)
    for timer in call.timers:
        timer.cancel()
    for leg in call.legs:
        legs.close(world, leg)
    call.status1, call.status2 = _outcome(call, 0), _outcome(call, 1)
    answered = {call.status1, call.status2 if call.dest2 else call.status1} == {CallStatus.ANSWERED}
    _note(world, call, f'ended: {call.status1}, {call.minutes} min', failed=not answered)
    call.after()


def _note(world: World, call: Call, what: str, *, failed: bool = False) -> None:
    world.note(
        f'call {call.txn_ref} {what}',
        EventKind.CALL,
        phones=_ends(call),
        txn_ref=call.txn_ref,
        session=call.session,
        failed=failed,
    )


def _ends(call: Call) -> tuple[str, ...]:
    return (call.dest1, call.dest2) if call.dest2 else (call.dest1,)


def _outcome(call: Call, index: int) -> CallStatus:
    """Return the outcome of one leg; a phone that was never called is unanswered."""
    found = call.legs[index : index + 1]
    return found[0].outcome if found else CallStatus.UNANSWERED


def _pay_minute(world: World, call: Call, since: datetime) -> None:
    """Pay for the minute that begins at ``since``, and schedule the next one.

    Each minute is counted from the end of the previous one, so a late timer does not move it.
    """
    try:
        world.account.spend(call.rate)
    except Refused:
        _note(world, call, 'cut off: not enough credit', failed=True)
        end(world, call)
        return
    call.minutes += 1
    call.timers = [timer for timer in call.timers if timer.due > world.now()]
    next_minute = since + MINUTE
    pay = world.schedule.at(
        next_minute + BILLING_DELAY, lambda: _pay_minute(world, call, next_minute)
    )
    call.timers.append(pay)
