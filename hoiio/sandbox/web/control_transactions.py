"""The routes of the transactions: SMS, calls and faxes, and the state that lists the newest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ...constants import FaxStatus
from ..api import fax as fax_operations
from ..api import sms as sms_operations
from ..api import voice as voice_operations
from ..emulator import Emulator
from ..state.records import Call, Fax, Sms
from ..state.world import World
from .control_legs import shown_leg
from .control_lists import contains, page_of

if TYPE_CHECKING:
    from . import control_answers as answers

__all__ = ['call', 'calls', 'fax', 'faxes', 'message', 'messages', 'shown_number', 'state']

Transaction = TypeVar('Transaction', bound='Sms | Call | Fax')
Shown = TypeVar('Shown')

# How many transactions of each kind `state` lists. The other routes list all.
MAX_LISTED = 100


def state(emulator: Emulator) -> answers.State:
    """Show the account and its transactions, newest first."""
    with emulator.lock:
        world = emulator.world
        return {
            'app_id': world.seed.app_id,
            'access_token': world.seed.access_token,
            'now': world.now(),
            'currency': world.seed.currency,
            'balance': world.account.balance,
            'points': world.account.points,
            'bonus': world.account.bonus,
            'numbers': [shown_number(world, number) for number in world.numbers],
            'sessions': _sessions(world),
            'messages': _newest(world, world.messages, _shown_sms),
            'calls': _newest(world, world.calls, _call_entry),
            'faxes': _newest(world, world.faxes, _shown_fax),
        }


def messages(emulator: Emulator, **filters: Any) -> answers.SmsList:
    """List the SMS of the account, newest first."""
    shown, total = _page(emulator, lambda world: world.messages, _shown_sms, **filters)
    return {'messages': shown, 'total': total}


def message(emulator: Emulator, txn_ref: str) -> answers.Sms:
    """Show one SMS."""
    return _one(emulator, lambda world: world.messages, txn_ref, _shown_sms)


def calls(emulator: Emulator, **filters: Any) -> answers.Calls:
    """List the calls of the account, newest first."""
    shown, total = _page(emulator, lambda world: world.calls, _shown_call, **filters)
    return {'calls': shown, 'total': total}


def call(emulator: Emulator, txn_ref: str) -> answers.Call:
    """Show one call."""
    return _one(emulator, lambda world: world.calls, txn_ref, _shown_call)


def faxes(emulator: Emulator, **filters: Any) -> answers.Faxes:
    """List the faxes of the account, newest first."""
    shown, total = _page(emulator, lambda world: world.faxes, _shown_fax, **filters)
    return {'faxes': shown, 'total': total}


def fax(emulator: Emulator, txn_ref: str) -> answers.Fax:
    """Show one fax."""
    return _one(emulator, lambda world: world.faxes, txn_ref, _shown_fax)


def shown_number(world: World, number: str) -> answers.StateNumber:
    """Return a Hoiio number of the account; the caller holds the lock."""
    subscription = world.numbers[number]
    return {
        'number': number,
        'app_id': world.owners[number],
        'mode': subscription.mode,
        'forward_to': subscription.forward_to,
        'forward_sms_to': subscription.forward_sms_to,
        'expiry': subscription.expiry,
    }


def _page(
    emulator: Emulator,
    table: Callable[[World], Mapping[str, Transaction]],
    show: Callable[[World, Transaction], Shown],
    *,
    search: str = '',
    phone: str | None = None,
    live: bool | None = None,
    offset: int = 0,
    limit: int = MAX_LISTED,
) -> tuple[list[Shown], int]:
    with emulator.lock:
        world = emulator.world
        found = [
            one
            for one in reversed([*table(world).values()])
            if (phone is None or phone in _ends(one))
            and live in {None, _is_live(one)}
            and contains(search, one.txn_ref, one.callback.tag, _text(one), *_ends(one))
        ]
        shown, total = page_of(found, offset, limit)
        return [show(world, one) for one in shown], total


def _one(
    emulator: Emulator,
    table: Callable[[World], Mapping[str, Transaction]],
    txn_ref: str,
    show: Callable[[World, Transaction], Shown],
) -> Shown:
    with emulator.lock:
        found = table(emulator.world).get(txn_ref)
        if found is None:
            raise LookupError(f'there is no such transaction: {txn_ref:.80}')
        return show(emulator.world, found)


def _ends(one: Sms | Call | Fax) -> tuple[str, ...]:
    if isinstance(one, Call):
        return tuple(filter(None, (one.dest1, one.dest2, one.number)))
    return one.src, one.dest


def _is_live(one: Sms | Call | Fax) -> bool:
    if isinstance(one, Call):
        return not one.ended
    return isinstance(one, Fax) and one.fax_status == FaxStatus.ONGOING


def _text(one: Sms | Call | Fax) -> str:
    return one.text if isinstance(one, Sms) else ''


# The fields are those of the API, which builds them as an answer of any type.


def _shown_sms(world: World, one: Sms) -> answers.Sms:
    fields = sms_operations.describe(world, one, one.callback.tag)
    return cast('answers.Sms', {**fields, 'app_id': world.owners[one.txn_ref]})


def _call_entry(world: World, one: Call) -> answers.CallEntry:
    fields = voice_operations.describe(world, one, one.callback.tag)
    return cast('answers.CallEntry', {**fields, 'app_id': world.owners[one.txn_ref]})


def _shown_call(world: World, one: Call) -> answers.Call:
    return {
        **_call_entry(world, one),
        'session': one.session,
        'room': one.room,
        'live': _is_live(one),
        'legs': [shown_leg(world, leg) for leg in one.legs],
    }


def _shown_fax(world: World, one: Fax) -> answers.Fax:
    owner = world.owners[one.txn_ref]
    more = {'app_id': owner, 'type': one.kind, 'live': _is_live(one)}
    return cast('answers.Fax', fax_operations.describe(world, one) | more)


def _sessions(world: World) -> list[answers.SessionEntry]:
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


def _newest(
    world: World, table: dict[str, Transaction], show: Callable[[World, Transaction], Shown]
) -> list[Shown]:
    return [show(world, table[key]) for key in islice(reversed(table), MAX_LISTED)]
