"""The control API: one table of everything that a page or a script can do with a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from ... import __version__
from ...constants import CallStatus
from .. import snapshot
from ..api import checks, fax, sms, voice
from ..codec import encode
from ..emulator import Emulator
from ..faults import Fault, Rule
from ..phones import Phone, PhoneCall
from ..state.records import Leg, LegState, PhoneState
from ..state.world import World

__all__ = ['ROUTES', 'Route']

Arrival = TypeVar('Arrival')

# How many transactions of a kind the state shows; the histories of the service have them all.
SHOWN = 100


@dataclass(frozen=True, eq=False)
class Route:
    """One row of the table.

    Attributes:
        method: The HTTP method.
        path: What follows ``/_sandbox/``; a part in braces is handed to the handler.
        handler: Gets the emulator, the parts in braces, and the fields of the body by name.
        required: The fields that the body must have, with their types.
        optional: The others; for a GET, whole numbers of the query.
        whole: The type of the body, where it is handed over in one piece, as ``data``.
        streams: Whether it can be followed as server-sent events.
    """

    method: str
    path: str
    handler: Callable[..., object]
    required: Mapping[str, Any] = field(default_factory=dict)
    optional: Mapping[str, Any] = field(default_factory=dict)
    whole: Any = None
    streams: bool = False

    @property
    def rule(self) -> str:
        """The path as Werkzeug's router spells it."""
        return self.path.replace('{', '<').replace('}', '>')


# What it shows


def health(emulator: Emulator) -> object:
    """Tell that the sandbox is up."""
    return {'ok': True, 'version': __version__, 'url': emulator.origin}


def state(emulator: Emulator) -> object:
    """Show the account and what goes on in it, the newest first."""
    with emulator.lock:
        world = emulator.world
        return {
            'app_id': world.seed.app_id,
            'access_token': world.seed.access_token,
            'now': encode(world.now()),
            'currency': world.seed.currency,
            'balance': encode(world.account.balance),
            'points': encode(world.account.points),
            'bonus': encode(world.account.bonus),
            'numbers': [_number(world, number) for number in world.numbers],
            'sessions': _sessions(world),
            'messages': _newest(
                world.messages, lambda one: sms.describe(world, one, one.callback.tag)
            ),
            'calls': _newest(world.calls, lambda one: voice.describe(world, one, one.callback.tag)),
            'faxes': _newest(world.faxes, lambda one: fax.describe(world, one)),
        }


def phones(emulator: Emulator) -> object:
    """List the phones that anything happened to."""
    with emulator.lock:
        listed = [_phone(number, state) for number, state in emulator.world.phones.items()]
    return encode({'phones': listed})


def phone(emulator: Emulator, number: str) -> object:
    """Show one phone; every number has one."""
    _require_number(number)
    with emulator.lock:
        shown = _phone(number, emulator.world.phones.get(number) or PhoneState())
    return encode(shown)


def events(emulator: Emulator, after: int = 0) -> object:
    """List what happened."""
    journal = emulator.journal
    listed = {'events': encode(journal.since(after)), 'last': journal.last}
    return _telling_dropped(listed, journal.dropped)


def deliveries(emulator: Emulator, after: int = 0) -> object:
    """List the notifications: those that were attempted, and those that wait."""
    done = [delivery for delivery in emulator.outbox.deliveries if delivery.id > after]
    waiting = [
        {'id': one.id, 'lane': one.key, 'url': one.url, 'body': one.body}
        for one in emulator.outbox.waiting
    ]
    listed = {'deliveries': encode(done), 'waiting': waiting}
    return _telling_dropped(listed, emulator.outbox.dropped)


def delivery(emulator: Emulator, number: str) -> object:
    """Show one notification that was attempted."""
    for one in emulator.outbox.deliveries:
        if str(one.id) == number:
            return encode(one)
    raise LookupError(f'there is no delivery {number}')


def faults(emulator: Emulator) -> object:
    """List the faults in force."""
    return {'faults': [_fault(fault) for fault in emulator.faults.active()]}


def clock(emulator: Emulator) -> object:
    """Show what time it is, and whether time passes by itself."""
    return {'now': encode(emulator.clock.now()), 'runs': emulator.clock.runs}


# What it does


def reset(emulator: Emulator) -> object:
    """Go back to the seed."""
    emulator.start_over()
    return {}


def resend(emulator: Emulator, number: str) -> object:
    """Deliver a notification once more."""
    return {'id': emulator.outbox.resend(_id(number))}


def disturb(name: str) -> Callable[..., object]:
    """Make the handler that disturbs the next notifications."""

    def turn_on(emulator: Emulator, **options: Any) -> object:
        getattr(emulator.outbox.disturbances, name)(**options)
        return {}

    return turn_on


def act(action: Callable[..., object]) -> Callable[..., object]:
    """Make the handler that lets a phone do something."""

    def do(emulator: Emulator, own: str, **options: Any) -> object:
        # Whoever is called or texted; a phone itself takes any text for its number.
        if 'number' in options:
            _require_number(options['number'])
        action(Phone(emulator, own), **options)
        return phone(emulator, own)

    return do


def add_fault(emulator: Emulator, data: Rule) -> object:
    """Put a fault into force."""
    return _fault(emulator.faults.add(data))


def remove_fault(emulator: Emulator, number: str) -> object:
    """Take a fault back."""
    emulator.faults.remove(_id(number))
    return {}


def clear_faults(emulator: Emulator) -> object:
    """Take all faults back."""
    emulator.faults.clear()
    return {}


def advance(emulator: Emulator, **step: float) -> object:
    """Move the clock forward, and run what becomes due on the way."""
    emulator.clock.advance(**step)
    return clock(emulator)


def restore(emulator: Emulator, data: dict[str, Any]) -> object:
    """Go on from a snapshot."""
    snapshot.restore(emulator, data)
    return {}


def answer(held: Phone) -> None:
    """Take the call that has rung longest."""
    _first(held, _ringing(held)).answer()


def accept(held: Phone) -> None:
    """Let the fax in that has rung longest."""
    _first(held, held.faxes).accept()


def reject(held: Phone) -> None:
    """Decline the call that has rung longest."""
    _first(held, _ringing(held)).reject()


#: What a phone can be told to do, with the fields that say more.
ACTIONS: Mapping[str, tuple[Callable[..., object], Mapping[str, Any], Mapping[str, Any]]] = {
    'send_sms': (Phone.send_sms, {'number': str, 'text': str}, {}),
    'send_fax': (Phone.send_fax, {'number': str, 'content': bytes}, {}),
    'call': (Phone.call, {'number': str}, {}),
    'answer': (answer, {}, {}),
    'accept': (accept, {}, {}),
    'reject': (reject, {}, {}),
    'press': (Phone.press, {'keys': str}, {}),
    'hang_up': (Phone.hang_up, {}, {}),
    # From now on
    'answers': (
        Phone.answers,
        {},
        {'pressing': list[str], 'after': float, 'hanging_up_after': float},
    ),
    'rings': (Phone.rings, {}, {}),
    'busy': (Phone.busy, {}, {}),
    'reject_next': (Phone.reject_next, {}, {}),
    'react': (Phone.react, {'reaction': CallStatus}, {'after': float}),
    'replies': (Phone.replies, {'text': str | None}, {}),
}
STEP = {'days': float, 'hours': float, 'minutes': float, 'seconds': float}
AFTER = {'after': int}
ROUTES = (
    Route('GET', 'health', health),
    Route('GET', 'state', state),
    Route('POST', 'reset', reset),
    Route('GET', 'phones', phones),
    Route('GET', 'phones/{number}', phone),
    *(
        Route('POST', f'phones/{{number}}/{name}', act(action), required, optional)
        for name, (action, required, optional) in ACTIONS.items()
    ),
    Route('GET', 'events', events, optional=AFTER, streams=True),
    Route('GET', 'deliveries', deliveries, optional=AFTER),
    Route('GET', 'deliveries/{id}', delivery),
    Route('POST', 'deliveries/{id}/resend', resend),
    Route('POST', 'post/duplicate_next', disturb('duplicate_next'), optional={'times': int}),
    Route('POST', 'post/delay_next', disturb('delay_next'), {'seconds': float}, {'times': int}),
    Route('POST', 'post/reorder_next', disturb('reorder_next'), optional={'count': int}),
    Route('POST', 'post/clear', disturb('clear')),
    Route('GET', 'faults', faults),
    Route('POST', 'faults', add_fault, whole=Rule),
    Route('DELETE', 'faults', clear_faults),
    Route('DELETE', 'faults/{id}', remove_fault),
    Route('GET', 'clock', clock),
    Route('POST', 'clock/advance', advance, optional=STEP),
    Route('GET', 'snapshot', snapshot.save),
    Route('PUT', 'snapshot', restore, whole=dict[str, Any]),
)


def _telling_dropped(listed: dict[str, object], dropped: int) -> object:
    """Say how many are missing at the beginning of a list, if any are."""
    return {**listed, 'dropped': dropped} if dropped else listed


def _number(world: World, number: str) -> object:
    held = world.numbers[number]
    return {
        'number': number,
        'app_id': world.owners[number],
        'mode': held.mode.value,
        'forward_to': held.forward_to,
        'forward_sms_to': held.forward_sms_to,
        'expiry': encode(held.expiry),
    }


def _sessions(world: World) -> object:
    return [
        {
            'session': session.ref,
            'txn_ref': session.call.txn_ref,
            'phone': session.remote,
            'state': session.state.name.lower(),
            'block': session.block,
        }
        for call in reversed(world.live_calls)
        if (session := world.sessions_by_call.get(call.txn_ref)) is not None
    ]


def _phone(number: str, state: PhoneState) -> object:
    return {
        'number': number,
        'inbox': list(state.inbox),
        'heard': list(state.heard),
        'calls': [_leg(leg) for leg in state.legs if leg.state is not LegState.OVER],
    }


def _ringing(held: Phone) -> list[PhoneCall]:
    return [call for call in held.calls if call.state is LegState.RINGING and call.incoming]


def _require_number(text: str) -> None:
    if not checks.is_number(text):
        raise ValueError(f'a phone has a number such as +6591234567, not {text!r:.80}')


def _leg(leg: Leg) -> object:
    return {
        'txn_ref': leg.txn_ref,
        'kind': 'call' if leg.fax is None else 'fax',
        'other': leg.other,
        'incoming': not leg.placed,
        'state': leg.state.value,
        'said': list(leg.said),
    }


def _first(held: Phone, arrivals: list[Arrival]) -> Arrival:
    if not arrivals:
        raise LookupError(f'nothing rings at {held.number}')
    return arrivals[0]


def _newest(table: dict[str, Any], describe: Callable[[Any], object]) -> list[object]:
    return [describe(table[key]) for key in islice(reversed(table), SHOWN)]


def _fault(fault: Fault) -> object:
    return {'id': fault.id, 'left': fault.left, **encode(fault.rule)}


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < SHOWN else 0
