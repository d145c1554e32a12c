"""The routes of the phones: what they show, and what a person does with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ..api import checks
from ..emulator import Emulator
from ..phones import Phone, PhoneCall, PhoneFax
from ..presets.magic_numbers import MAGIC, script_of
from ..presets.scripts import Script
from ..state.records import LegState, PhoneState
from ..state.world import World
from ..words import Reaction
from .control_legs import shown_leg, thread
from .control_lists import contains, page_of
from .control_params import E164, WAIT, Param, require_short

if TYPE_CHECKING:
    from . import control_answers as answers

__all__ = ['ACTIONS', 'Action', 'act', 'calls', 'messages', 'phone', 'phones', 'read']

Arrival = TypeVar('Arrival', PhoneCall, PhoneFax)

# How many messages of a phone are shown with it. Its thread has all of them.
MAX_LISTED = 100
OWN_NUMBER = '+6531580000'
KEYS = {'pattern': '^[0-9*#]+$'}


def phones(
    emulator: Emulator,
    *,
    search: str = '',
    live: bool | None = None,
    unread: bool | None = None,
    brief: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> answers.Phones:
    """List the phones that were used since the last reset, most recently used first."""
    with emulator.lock:
        world = emulator.world
        newest_first = sorted(world.phones.items(), key=lambda one: one[1].used, reverse=True)
        found = [
            (number, state)
            for number, state in newest_first
            if contains(search, number, state.last.text if state.last else '')
            and live in {None, _is_live(state)}
            and unread in {None, _unread(state) > 0}
        ]
        shown, total = page_of(found, offset, limit)
        return {
            'phones': [_shown(world, number, state, brief=brief) for number, state in shown],
            'total': total,
            'unread': sum(map(_unread, world.phones.values())),
        }


def phone(emulator: Emulator, number: str) -> answers.Phone:
    """Show one phone. Every number has a phone."""
    require_number(number)
    with emulator.lock:
        return _shown(emulator.world, number, _state(emulator.world, number))


def messages(
    emulator: Emulator, number: str, *, search: str = '', offset: int = 0, limit: int = MAX_LISTED
) -> answers.Thread:
    """List the SMS to and from a phone, newest first."""
    require_number(number)
    with emulator.lock:
        found = [
            sms
            for sms in reversed(thread(emulator.world, number))
            if contains(search, sms['text'], sms['other'], sms['tag'])
        ]
    shown, total = page_of(found, offset, limit)
    return {'messages': shown, 'total': total}


def calls(
    emulator: Emulator,
    number: str,
    *,
    live: bool | None = None,
    offset: int = 0,
    limit: int = MAX_LISTED,
) -> answers.Legs:
    """List the calls and faxes of a phone, newest first."""
    require_number(number)
    with emulator.lock:
        newest_first = reversed(_state(emulator.world, number).legs)
        legs = [leg for leg in newest_first if live in {None, leg.state is not LegState.OVER}]
        shown, total = page_of(legs, offset, limit)
        return {'calls': [shown_leg(emulator.world, leg) for leg in shown], 'total': total}


def read(emulator: Emulator, number: str) -> answers.Phone:
    """Mark all SMS of a phone as read by a person."""
    require_number(number)
    with emulator.lock:
        state = emulator.world.phones.get(number)
        if state is not None and _unread(state):
            state.seen = len(state.inbox)
            emulator.world.phone_changed(number)
    return phone(emulator, number)


# Actions


class Action(NamedTuple):
    """Something that a phone can do.

    Attributes:
        do: The function that gets the phone and the fields of the body.
        required: The required fields of the body.
        optional: The optional fields of the body.
        begins: Whether the action is taken only if it begins a transaction.
    """

    do: Callable[..., object]
    required: Mapping[str, Param] = {}
    optional: Mapping[str, Param] = {}
    begins: bool = False

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return (self.do.__doc__ or '').partition('\n')[0]


def act(action: Action) -> Callable[..., answers.Done]:
    """Return the handler for an action of a phone."""

    def do(emulator: Emulator, own_number: str, **options: Any) -> answers.Done:
        # `Phone` checks its own number, but not the number that it calls or texts.
        if 'number' in options:
            require_number(options['number'])
        require_short(options.get('timeout', 0))
        actor = Phone(emulator, own_number)
        with emulator.lock:
            first, before = emulator.journal.last, _counts(emulator.world)
            live: list[PhoneCall | PhoneFax] = [*actor.calls, *actor.faxes]
            changed = [each.txn_ref for each in live]
            result = action.do(actor, **options)
            begun = _begun(emulator.world, before)
            last = emulator.journal.last
            events = emulator.journal.since(first) if last > first else []
        return {
            **phone(emulator, own_number),
            'taken': bool(begun) if action.begins else result is not False,
            'txn_refs': changed + begun,
            'events': events,
            'last_event': last,
        }

    do.__doc__ = action.summary
    return do


def answer(callee: Phone, txn_ref: str | None = None) -> None:
    """Answer a ringing call: the one with a reference, or the one that has rung longest."""
    _first(callee, _ringing(callee), txn_ref).answer()


def accept(callee: Phone, txn_ref: str | None = None) -> None:
    """Accept a ringing fax: the one with a reference, or the one that has rung longest."""
    _first(callee, callee.faxes, txn_ref).accept()


def reject(callee: Phone, txn_ref: str | None = None) -> None:
    """Reject a ringing call or fax: the one with a reference, or the call that has rung longest."""
    faxes = [fax for fax in callee.faxes if fax.txn_ref == txn_ref]
    if faxes:
        faxes[0].reject()
    else:
        _first(callee, _ringing(callee), txn_ref).reject()


def hang_up(caller: Phone, txn_ref: str | None = None) -> None:
    """Hang up one call, or every call of the phone; reject those that are ringing."""
    if txn_ref is None:
        caller.hang_up()
        return
    calls = [call for call in caller.calls if call.txn_ref == txn_ref]
    if not calls:
        raise LookupError(f'{caller.number} is not in a call with the reference {txn_ref:.80}')
    calls[0].hang_up()


def script_next(callee: Phone, script: Script) -> None:
    """Set how the phone reacts to the next call."""
    callee.script_next(script)


def _first(callee: Phone, arrivals: list[Arrival], txn_ref: str | None) -> Arrival:
    fitting = [one for one in arrivals if txn_ref in {None, one.txn_ref}]
    if not fitting:
        which = f' with the reference {txn_ref:.80}' if txn_ref else ''
        raise LookupError(f'no call or fax{which} is ringing at {callee.number}')
    return fitting[0]


def _ringing(callee: Phone) -> list[PhoneCall]:
    return [call for call in callee.calls if call.state is LegState.RINGING and call.incoming]


def require_number(text: str) -> None:
    """Check that a text is a phone number.

    Raises:
        ValueError: If it is not in E.164.
    """
    if not checks.is_number(text):
        raise ValueError(f'a phone number must be in E.164, such as +6591234567, not {text!r:.80}')


DESTINATION = Param(str, 'A Hoiio number, or the number of another phone.', OWN_NUMBER, rules=E164)
WHICH = {'txn_ref': Param(str, 'The reference of the call or fax, if there are several.', 'AA-C-1')}
SCRIPT = {'script': Param(Script, 'How the phone reacts.', {'after': 5})}
TIMEOUT = Param(float, 'How many seconds of real time to wait.', 2, rules=WAIT)
DURATION = {'minimum': 0}
AFTER = Param(
    float, 'How many seconds to ring first, by the clock of the sandbox.', 5, rules=DURATION
)
ACTIONS: Mapping[str, Action] = {
    'send_sms': Action(
        Phone.send_sms,
        {'number': DESTINATION, 'text': Param(str, 'The text of the SMS.', 'Hello')},
        begins=True,
    ),
    'send_fax': Action(
        Phone.send_fax,
        {
            'number': Param(str, 'A Hoiio number in fax mode.', OWN_NUMBER, rules=E164),
            'content': Param(bytes, 'The bytes of a PDF in base64.', 'JVBERi0xLjQ='),
        },
        begins=True,
    ),
    'call': Action(
        Phone.call,
        {'number': Param(str, 'The Hoiio number to call.', OWN_NUMBER, rules=E164)},
        begins=True,
    ),
    'answer': Action(answer, optional=WHICH),
    'accept': Action(accept, optional=WHICH),
    'reject': Action(reject, optional=WHICH),
    'press': Action(
        Phone.press,
        {'keys': Param(str, 'One or more of 0 to 9, * and #.', '1', rules=KEYS)},
        WHICH,
    ),
    'hang_up': Action(hang_up, optional=WHICH),
    # Actions that set how the phone reacts from now on
    'answers': Action(
        Phone.answers,
        optional={
            'pressing': Param(list[str], 'The keys to press for each gather block.', ['1', '2#']),
            'after': AFTER,
            'hanging_up_after': Param(
                float,
                'How many seconds after answering to hang up; by default never.',
                90,
                rules=DURATION,
            ),
        },
    ),
    'rings': Action(Phone.rings),
    'busy': Action(Phone.busy),
    'reject_next': Action(Phone.reject_next),
    'react': Action(
        Phone.react,
        {'reaction': Param(Reaction, 'The outcome of each call.', 'busy')},
        {'after': AFTER},
    ),
    'replies': Action(
        Phone.replies,
        {'text': Param(str | None, 'The reply to each SMS; null stops the replies.', 'YES')},
    ),
    'script': Action(Phone.script, SCRIPT),
    'script_next': Action(script_next, SCRIPT),
    # Actions that wait for what a test expects
    'expect_sms': Action(
        Phone.expect_sms,
        optional={'text': Param(str, 'A part of its text.', 'code'), 'timeout': TIMEOUT},
    ),
    'expect_call': Action(
        Phone.expect_call,
        optional={
            'caller': Param(str, 'The number on the display.', '+6591234567'),
            'timeout': TIMEOUT,
        },
    ),
    'expect_fax': Action(Phone.expect_fax, optional={'timeout': TIMEOUT}),
}


def _shown(world: World, number: str, state: PhoneState, *, brief: bool = False) -> answers.Phone:
    magic = MAGIC.get(number)
    shown: answers.Phone = {
        'number': number,
        'calls': [shown_leg(world, leg) for leg in state.legs if leg.state is not LegState.OVER],
        'received': len(state.inbox),
        'unread': _unread(state),
        'last': state.last,
        'magic': magic.name if magic else None,
        'own': number in world.numbers,
        'script': state.script,
        'coming': list(state.coming),
    }
    if not brief:
        shown['inbox'] = state.inbox[-MAX_LISTED:]
        shown['heard'] = state.heard[-MAX_LISTED:]
    return shown


def _state(world: World, number: str) -> PhoneState:
    """Return the phone at a number, without creating it."""
    return world.phones.get(number) or PhoneState(script_of(number) or world.script)


def _counts(world: World) -> list[int]:
    """Return how many transactions of each kind there are."""
    return [len(table) for table in (world.messages, world.calls, world.faxes)]


def _begun(world: World, before: list[int]) -> list[str]:
    """Return the references of the transactions that are new since `_counts`."""
    tables: tuple[dict[str, Any], ...] = (world.messages, world.calls, world.faxes)
    new = [(table, len(table) - count) for table, count in zip(tables, before, strict=True)]
    return [ref for table, count in new for ref in [*islice(reversed(table), count)][::-1]]


def _unread(state: PhoneState) -> int:
    return len(state.inbox) - state.seen


def _is_live(state: PhoneState) -> bool:
    return any(leg.state is not LegState.OVER for leg in state.legs)
