"""The routes of the control API, with their handlers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from ... import __version__
from ...constants import CallStatus
from .. import snapshot
from ..api import checks, fax, sms, voice
from ..codec import encode
from ..emulator import Emulator
from ..faults import Fault, Rule
from ..phones import Phone, PhoneCall, PhoneFax, assert_quiet
from ..presets.rates import TABLES
from ..presets.scripts import Script
from ..state.records import Leg, LegState, PhoneState
from ..state.world import World

__all__ = ['ROUTES', 'Route']

Arrival = TypeVar('Arrival')

# How many transactions of each kind `state` lists. The histories of the service list all.
MAX_LISTED = 100
MAX_DIGITS = 100
DRAIN_SECONDS = 5.0
LONGEST_WAIT = 60.0


@dataclass(frozen=True, eq=False)
class Route:
    """One route of the control API.

    Attributes:
        method: The HTTP method.
        path: The path after ``/_sandbox/``, with variables in braces.
        handler: The function that gets the emulator, the path variables, and the fields of the body
            as keyword arguments.
        required: The required fields of the body, with their types.
        optional: The optional fields of the body. For a GET, whole numbers in the query.
        whole: The type of the body, if the handler gets the whole body as ``data``.
        streams: Whether the route can send server-sent events.
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
        """The path in the syntax of Werkzeug's router."""
        return self.path.replace('{', '<').replace('}', '>')


# Handlers that read


def health(emulator: Emulator) -> object:
    """Report that the sandbox is running."""
    return {'ok': True, 'version': __version__, 'url': emulator.origin}


def state(emulator: Emulator) -> object:
    """Show the account and its transactions, newest first."""
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
    """List the phones that were used since the last reset."""
    with emulator.lock:
        listed = [_phone(number, state) for number, state in emulator.world.phones.items()]
    return encode({'phones': listed})


def phone(emulator: Emulator, number: str) -> dict[str, object]:
    """Show one phone. Every number has a phone."""
    _require_number(number)
    with emulator.lock:
        shown: dict[str, object] = encode(
            _phone(number, emulator.world.phones.get(number) or PhoneState())
        )
    return shown


def events(emulator: Emulator, after: int = 0) -> object:
    """List the events after an id."""
    journal = emulator.journal
    listed = {'events': encode(journal.since(after)), 'last': journal.last}
    return _with_dropped(listed, journal.dropped)


def deliveries(emulator: Emulator, after: int = 0) -> object:
    """List the attempted deliveries after an id, and the notifications that wait."""
    done = [delivery for delivery in emulator.outbox.deliveries if delivery.id > after]
    waiting = [
        {'id': one.id, 'lane': one.key, 'url': one.url, 'body': one.body}
        for one in emulator.outbox.waiting
    ]
    listed = {'deliveries': encode(done), 'waiting': waiting}
    return _with_dropped(listed, emulator.outbox.dropped)


def delivery(emulator: Emulator, number: str) -> object:
    """Show one attempted delivery."""
    for one in emulator.outbox.deliveries:
        if str(one.id) == number:
            return encode(one)
    raise LookupError(f'delivery {number} does not exist, or the log has dropped it')


def faults(emulator: Emulator) -> object:
    """List the active faults."""
    return {'faults': [_fault(fault) for fault in emulator.faults.active()]}


def rates(emulator: Emulator) -> object:
    """Show the prices of each service by prefix, and the changes that are due later."""
    with emulator.lock:
        world = emulator.world
        coming = [change for change in world.rate_changes if change.at > world.now()]
        listed = {service: encode(world.current_rates(service)) for service in TABLES}
    return {**listed, 'coming': encode(coming)}


def clock(emulator: Emulator) -> object:
    """Show the time of the sandbox clock, and whether the clock runs."""
    return {'now': encode(emulator.clock.now()), 'runs': emulator.clock.runs}


# Handlers that change the state


def reset(emulator: Emulator) -> object:
    """Reset the sandbox to its seed."""
    emulator.start_over()
    return {}


def resend(emulator: Emulator, number: str) -> object:
    """Deliver a notification again."""
    return {'id': emulator.outbox.resend(_id(number))}


def disturb(name: str) -> Callable[..., object]:
    """Return the handler for a disturbance of the next notifications."""

    def turn_on(emulator: Emulator, **options: Any) -> object:
        getattr(emulator.outbox.disturbances, name)(**options)
        return {}

    return turn_on


def act(action: Callable[..., object], *, begins: bool = False) -> Callable[..., object]:
    """Return the handler for an action of a phone.

    Its answer shows the phone and what the action did: the ``events``, the ``txn_refs`` of the
    transactions that it changed, and whether anything has ``taken`` it.

    Args:
        action: The action.
        begins: Whether the action is taken only if it begins a transaction.
    """

    def do(emulator: Emulator, own_number: str, **options: Any) -> object:
        # `Phone` checks its own number, but not the number that it calls or texts.
        if 'number' in options:
            _require_number(options['number'])
        _require_short(options.get('timeout', 0))
        actor = Phone(emulator, own_number)
        with emulator.lock:
            last, before = emulator.journal.last, _counts(emulator.world)
            live: list[PhoneCall | PhoneFax] = [*actor.calls, *actor.faxes]
            changed = [each.txn_ref for each in live]
            result = action(actor, **options)
            begun = _begun(emulator.world, before)
            events = emulator.journal.since(last) if emulator.journal.last > last else []
        return {
            **phone(emulator, own_number),
            'taken': bool(begun) if begins else result is not False,
            'txn_refs': changed + begun,
            'events': encode(events),
        }

    return do


def add_fault(emulator: Emulator, data: Rule) -> object:
    """Add a fault."""
    return _fault(emulator.faults.add(data))


def remove_fault(emulator: Emulator, number: str) -> object:
    """Remove a fault."""
    emulator.faults.remove(_id(number))
    return {}


def clear_faults(emulator: Emulator) -> object:
    """Remove all faults."""
    emulator.faults.clear()
    return {}


def change_rate(
    emulator: Emulator, service: str, prefix: str, rate: Decimal, after: float = 0
) -> object:
    """Change a price."""
    emulator.change_rate(service, prefix, rate, after)
    return rates(emulator)


def advance(emulator: Emulator, **step: float) -> object:
    """Advance the clock, and run the timers that become due."""
    emulator.clock.advance(**step)
    return clock(emulator)


def restore(emulator: Emulator, data: dict[str, Any]) -> object:
    """Restore a snapshot."""
    snapshot.restore(emulator, data)
    return {}


def require_quiet(emulator: Emulator) -> object:
    """Check that the phones received nothing that no test expected."""
    assert_quiet(emulator)
    return {}


def require_known_parameters(emulator: Emulator) -> object:
    """Check that no request had a parameter that its operation does not know."""
    if ignored := list(emulator.ignored):
        raise AssertionError('the service knows no such parameters: ' + '; '.join(ignored))
    return {}


def drain(emulator: Emulator, timeout: float = DRAIN_SECONDS) -> object:
    """Wait until every notification is delivered, and list those that were not answered with 2xx.

    Only deliveries since the last call count.
    """
    _require_short(timeout)
    failures = emulator.outbox.drain(timeout)
    return {'failed': [encode(failure.delivery) for failure in failures]}


def answer(callee: Phone) -> None:
    """Answer the call that has been ringing longest."""
    _first(callee, _ringing(callee)).answer()


def accept(callee: Phone) -> None:
    """Accept the fax that has been ringing longest."""
    _first(callee, callee.faxes).accept()


def reject(callee: Phone) -> None:
    """Reject the call that has been ringing longest."""
    _first(callee, _ringing(callee)).reject()


def script_next(callee: Phone, script: Script) -> None:
    """Set how the phone reacts to the next call."""
    callee.script_next(script)


#: The actions of a phone, each with its required and optional fields.
ACTIONS: Mapping[str, tuple[Callable[..., object], Mapping[str, Any], Mapping[str, Any]]] = {
    'send_sms': (Phone.send_sms, {'number': str, 'text': str}, {}),
    'send_fax': (Phone.send_fax, {'number': str, 'content': bytes}, {}),
    'call': (Phone.call, {'number': str}, {}),
    'answer': (answer, {}, {}),
    'accept': (accept, {}, {}),
    'reject': (reject, {}, {}),
    'press': (Phone.press, {'keys': str}, {}),
    'hang_up': (Phone.hang_up, {}, {}),
    # Actions that set how the phone reacts from now on
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
    'script': (Phone.script, {'script': Script}, {}),
    'script_next': (script_next, {'script': Script}, {}),
    # Actions that wait for what a test expects
    'expect_sms': (Phone.expect_sms, {}, {'text': str, 'timeout': float}),
    'expect_call': (Phone.expect_call, {}, {'caller': str, 'timeout': float}),
    'expect_fax': (Phone.expect_fax, {}, {'timeout': float}),
}
#: The actions that begin a transaction of the account.
BEGINNING = frozenset({'send_sms', 'send_fax', 'call'})
DURATION = {'days': float, 'hours': float, 'minutes': float, 'seconds': float}
AFTER = {'after': int}
ROUTES = (
    Route('GET', 'health', health),
    Route('GET', 'state', state),
    Route('POST', 'reset', reset),
    Route('GET', 'phones', phones),
    Route('GET', 'phones/{number}', phone),
    *(
        Route(
            'POST',
            f'phones/{{number}}/{name}',
            act(action, begins=name in BEGINNING),
            required,
            optional,
        )
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
    Route('POST', 'drain', drain, optional={'timeout': float}),
    Route('POST', 'assert_quiet', require_quiet),
    Route('POST', 'assert_known_parameters', require_known_parameters),
    Route('GET', 'faults', faults),
    Route('POST', 'faults', add_fault, whole=Rule),
    Route('DELETE', 'faults', clear_faults),
    Route('DELETE', 'faults/{id}', remove_fault),
    Route('GET', 'rates', rates),
    Route(
        'POST',
        'rates',
        change_rate,
        {'service': str, 'prefix': str, 'rate': Decimal},
        {'after': float},
    ),
    Route('GET', 'clock', clock),
    Route('POST', 'clock/advance', advance, optional=DURATION),
    Route('GET', 'snapshot', snapshot.save),
    Route('PUT', 'snapshot', restore, whole=dict[str, Any]),
)


def _with_dropped(listed: dict[str, object], dropped: int) -> object:
    """Add the number of dropped entries to a list, if there are any."""
    return {**listed, 'dropped': dropped} if dropped else listed


def _number(world: World, number: str) -> object:
    subscription = world.numbers[number]
    return {
        'number': number,
        'app_id': world.owners[number],
        'mode': subscription.mode.value,
        'forward_to': subscription.forward_to,
        'forward_sms_to': subscription.forward_sms_to,
        'expiry': encode(subscription.expiry),
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


def _ringing(callee: Phone) -> list[PhoneCall]:
    return [call for call in callee.calls if call.state is LegState.RINGING and call.incoming]


def _require_number(text: str) -> None:
    if not checks.is_number(text):
        raise ValueError(f'a phone number must be in E.164, such as +6591234567, not {text!r:.80}')


def _require_short(timeout: float) -> None:
    if not 0 <= timeout <= LONGEST_WAIT:
        raise ValueError(f'timeout must be from 0 to {LONGEST_WAIT:g} seconds, not {timeout:g}')


def _leg(leg: Leg) -> object:
    return {
        'txn_ref': leg.txn_ref,
        'kind': 'call' if leg.fax is None else 'fax',
        'other': leg.other,
        'incoming': not leg.placed,
        'state': leg.state.value,
        'said': list(leg.said),
    }


def _first(callee: Phone, arrivals: list[Arrival]) -> Arrival:
    if not arrivals:
        raise LookupError(f'no call or fax is ringing at {callee.number}')
    return arrivals[0]


def _counts(world: World) -> list[int]:
    """Return how many transactions of each kind there are."""
    return [len(table) for table in (world.messages, world.calls, world.faxes)]


def _begun(world: World, before: list[int]) -> list[str]:
    """Return the references of the transactions that are new since `_counts`."""
    tables: tuple[dict[str, Any], ...] = (world.messages, world.calls, world.faxes)
    new = [(table, len(table) - count) for table, count in zip(tables, before, strict=True)]
    return [ref for table, count in new for ref in [*islice(reversed(table), count)][::-1]]


def _newest(table: dict[str, Any], describe: Callable[[Any], object]) -> list[object]:
    return [describe(table[key]) for key in islice(reversed(table), MAX_LISTED)]


def _fault(fault: Fault) -> object:
    return {'id': fault.id, 'left': fault.left, **encode(fault.rule)}


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < MAX_DIGITS else 0
