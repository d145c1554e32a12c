"""The routes that change the sandbox itself: faults, disturbances, the clock, reset and undo."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .. import snapshot
from ..emulator import BeforeReset, Emulator
from ..faults import Fault, Rule
from ..presets.scripts import ANSWERS
from ..webhooks.disturbances import Disturbances
from ..words import Answering, RatedService

if TYPE_CHECKING:
    from . import control_answers as answers

__all__ = [
    'add_fault',
    'advance',
    'change_rate',
    'clear_faults',
    'clock',
    'disturb',
    'disturbances',
    'faults',
    'rates',
    'remove_fault',
    'reset',
    'restore',
    'save',
    'set_answering',
    'undo',
    'undoable',
]


def faults(emulator: Emulator) -> answers.Faults:
    """List the active faults."""
    return {'faults': [_fault(fault) for fault in emulator.faults.active()]}


def add_fault(emulator: Emulator, data: Rule) -> answers.FaultEntry:
    """Add a fault."""
    return _fault(emulator.faults.add(data))


def remove_fault(emulator: Emulator, number: int) -> answers.Empty:
    """Remove a fault."""
    emulator.faults.remove(number)
    return {}


def clear_faults(emulator: Emulator) -> answers.Empty:
    """Remove all faults."""
    emulator.faults.clear()
    return {}


def _fault(fault: Fault) -> answers.FaultEntry:
    rule = fault.rule
    return {
        'id': fault.id,
        'left': fault.left,
        'kind': rule.kind,
        'operation': rule.operation,
        'match': rule.match,
        'times': rule.times,
        'status': rule.status,
        'code': rule.code,
        'seconds': rule.seconds,
        'count': rule.count,
    }


def disturbances(emulator: Emulator) -> answers.Disturbing:
    """Show what happens to the next notifications."""
    duplicates, delays, reorder, held = emulator.outbox.disturbances.pending
    return {'duplicates': duplicates, 'delays': delays, 'reorder': reorder, 'held': held}


def disturb(name: str) -> Callable[..., answers.Empty]:
    """Return the handler for a disturbance of the next notifications."""

    def turn_on(emulator: Emulator, **options: Any) -> answers.Empty:
        getattr(emulator.outbox.disturbances, name)(**options)
        return {}

    turn_on.__doc__ = getattr(Disturbances, name).__doc__
    return turn_on


def rates(emulator: Emulator) -> answers.Rates:
    """Show the prices of each service by prefix, and the changes that are due later."""
    with emulator.lock:
        world = emulator.world
        return {
            'sms': world.current_rates('sms'),
            'voice': world.current_rates('voice'),
            'fax': world.current_rates('fax'),
            'coming': [change for change in world.rate_changes if change.at > world.now()],
        }


def change_rate(
    emulator: Emulator, service: RatedService, prefix: str, rate: Decimal, after: float = 0
) -> answers.Rates:
    """Change a price."""
    emulator.change_rate(service, prefix, rate, after)
    return rates(emulator)


def clock(emulator: Emulator) -> answers.Clock:
    """Show the time of the sandbox clock, and whether the clock runs."""
    now, offset = emulator.clock.now(), emulator.clock.offset
    return {'now': now, 'runs': emulator.clock.runs, 'offset': offset.total_seconds()}


def advance(emulator: Emulator, **step: float) -> answers.Clock:
    """Advance the clock, and run the timers that become due."""
    emulator.clock.advance(**step)
    return clock(emulator)


def set_answering(emulator: Emulator, answer: Answering) -> answers.Empty:
    """Set how phones without their own script react: ``auto`` or ``manual``."""
    script = ANSWERS[answer]
    with emulator.lock:
        for number, phone in emulator.world.phones.items():
            if phone.script == emulator.world.script:
                phone.script = script
                emulator.world.phone_changed(number)
        emulator.script = emulator.world.script = script
    return {}


def reset(emulator: Emulator, *, undoable: bool = False) -> answers.Empty:
    """Reset the sandbox to its seed."""
    before = _before_reset(emulator) if undoable else None
    emulator.start_over()
    emulator.before_reset = before
    return {}


def undoable(emulator: Emulator) -> answers.Undo:
    """Show whether the last reset can be undone."""
    before = emulator.before_reset
    return {'available': before is not None, 'date': before.state['now'] if before else None}


def undo(emulator: Emulator) -> answers.Empty:
    """Undo the last reset that was ``undoable``. Calls that were in progress have ended."""
    before = emulator.before_reset
    if before is None:
        raise LookupError('there is nothing to undo: reset with {"undoable": true} first')
    snapshot.restore(emulator, before.state)
    emulator.requests.restore(before.requests, _first_event(emulator) - before.first_event)
    emulator.before_reset = None
    return {}


def _before_reset(emulator: Emulator) -> BeforeReset:
    # Encoding a state takes long, so it does not happen under the lock.
    requests, first_event = emulator.requests.all(), _first_event(emulator)
    return BeforeReset(snapshot.save(emulator), requests, first_event)


def _first_event(emulator: Emulator) -> int:
    events = emulator.journal.since()
    return events[0].id if events else 0


def save(emulator: Emulator) -> dict[str, Any]:
    """Save the whole state as data."""
    return snapshot.save(emulator)


def restore(emulator: Emulator, data: dict[str, Any]) -> answers.Empty:
    """Restore a saved state."""
    snapshot.restore(emulator, data)
    return {}
