"""What every call has in common, whoever placed it: its minutes and its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..constants import CallStatus, Status
from . import wire
from .checks import Callback
from .refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from decimal import Decimal

    from .clock import Timer
    from .world import World

__all__ = [
    'TALK_SECONDS',
    'Call',
    'connect',
    'describe',
    'end',
    'fail',
    'line_free',
    'place',
    'require_room',
]

MOST_CALLS = 8
BLOCK_SECONDS = 60
# How long people talk who were given no limit.
TALK_SECONDS = 60


def _nothing() -> None:
    return


@dataclass(eq=False)
class Call:
    """One call, billed by the minute; a minute begun is paid in full.

    Attributes:
        minutes: How many were paid so far.
        after: Runs once the call is over.
    """

    txn_ref: str
    date: datetime
    rate: Decimal
    dest1: str
    dest2: str | None = None
    number: str | None = None
    room: str | None = None
    callback: Callback = field(default_factory=Callback)
    status1: CallStatus = CallStatus.ONGOING
    status2: CallStatus = CallStatus.ONGOING
    minutes: int = 0
    ended: bool = False
    muted: bool = False
    after: Callable[[], None] = _nothing
    timers: list[Timer] = field(default_factory=list)

    @property
    def debit(self) -> Decimal:
        """What the call has cost so far."""
        return self.rate * self.minutes


def line_free(world: World, lines: int = 1) -> bool:
    """Tell whether the account can take part in so many more calls."""
    return len(world.live_calls) + lines <= MOST_CALLS


def require_room(world: World, lines: int, cost: Decimal) -> None:
    """Refuse calls that the account has no line or no money for."""
    if not line_free(world, lines):
        raise Refused(Status.CONCURRENT_CALL_LIMIT_REACHED)
    world.account.require(cost)


def place(world: World, call: Call) -> None:
    """Begin to ring."""
    world.calls[call.txn_ref] = call
    world.live_calls.append(call)
    ends = ' + '.join(number for number in (call.dest1, call.dest2) if number)
    world.note(f'call {call.txn_ref} {ends}')


def connect(world: World, call: Call, seconds: float | None) -> None:
    """Let the parties talk, for so many seconds or until something ends the call."""
    # The end is planned before the minutes are, so that a call of one minute pays one.
    if seconds is not None:
        call.timers.append(world.schedule.after(seconds, lambda: end(world, call)))
    _pay_minute(world, call)


def end(
    world: World,
    call: Call,
    status1: CallStatus | None = None,
    status2: CallStatus | None = None,
) -> None:
    """Hang up; ending a call twice does nothing.

    Where no outcome is given, a call that nobody has paid for was never answered.
    """
    if call.ended:
        return
    call.ended = True
    talked = CallStatus.ANSWERED if call.minutes else CallStatus.UNANSWERED
    call.status1, call.status2 = status1 or talked, status2 or talked
    world.live_calls.remove(call)
    for timer in call.timers:
        timer.cancel()
    world.note(f'call {call.txn_ref} ended: {call.status1}, {call.minutes} min')
    call.after()


def fail(world: World, call: Call, status1: CallStatus) -> None:
    """End a call that nobody answered."""
    end(world, call, status1, CallStatus.UNANSWERED)


def describe(world: World, call: Call, tag: str | None) -> wire.Reply:
    """Return the fields of a call; what it costs is known at its end."""
    over = call.ended or None
    return wire.filled(
        txn_ref=call.txn_ref,
        tag=tag,
        dest1=call.dest1,
        dest2=call.dest2,
        number=call.number,
        call_status_dest1=call.status1.value,
        call_status_dest2=call.dest2 and call.status2.value,
        date=wire.moment(call.date),
        duration=over and str(call.minutes),
        currency=world.seed.currency,
        rate=wire.money(call.rate),
        debit=over and wire.money(call.debit),
    )


def _pay_minute(world: World, call: Call) -> None:
    try:
        world.account.spend(call.rate)
    except Refused:
        world.note(f'call {call.txn_ref} cut off: no credit left')
        end(world, call)
        return
    call.minutes += 1
    call.timers = [timer for timer in call.timers if timer.due > world.now()]
    call.timers.append(world.schedule.after(BLOCK_SECONDS, lambda: _pay_minute(world, call)))
