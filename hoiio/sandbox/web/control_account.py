"""The routes of the account, its numbers, and the operations of the API."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ... import __version__
from ...constants import Status
from ..api.operations import OPERATIONS, Operation
from ..emulator import Emulator
from ..environment import Environment
from ..faults import Kind
from ..presets.magic_numbers import MAGIC
from ..presets.scripts import answering_of
from ..state.world import World
from .control_lists import contains, page_of
from .control_transactions import shown_number
from .guard import BASE_PATH

if TYPE_CHECKING:
    from . import control_answers as answers

__all__ = ['account', 'health', 'magic_numbers', 'numbers', 'operations']

MAX_LISTED = 100


def health(emulator: Emulator) -> answers.Health:
    """Report that the sandbox is running."""
    return {'ok': True, 'version': __version__, 'url': emulator.origin, 'run': emulator.run}


def account(emulator: Emulator) -> answers.Account:
    """Show the account, its credit and how clients reach it."""
    url = f'{emulator.origin}{BASE_PATH}'
    with emulator.lock:
        seed, credit = emulator.world.seed, emulator.world.account
        return {
            'app_id': seed.app_id,
            'access_token': seed.access_token,
            'url': url,
            'environment': dict(Environment(url, seed.app_id, seed.access_token)),
            'currency': seed.currency,
            'balance': credit.balance,
            'points': credit.points,
            'bonus': credit.bonus,
            'name': seed.name,
            'email': seed.email,
            'registered': seed.registered,
            'user_status': seed.user_status,
            'down': seed.down,
            'answer': answering_of(emulator.world.script),
        }


def numbers(
    emulator: Emulator, *, search: str = '', offset: int = 0, limit: int = MAX_LISTED
) -> answers.Numbers:
    """List the Hoiio numbers of the account."""
    with emulator.lock:
        found = [number for number in emulator.world.numbers if contains(search, number)]
        shown, total = page_of(found, offset, limit)
        return {'numbers': [_number(emulator.world, number) for number in shown], 'total': total}


def _number(world: World, number: str) -> answers.Number:
    subscription = world.numbers[number]
    return {
        **shown_number(world, number),
        'auto_extend': subscription.auto_extend,
        'country': subscription.offer.country.code,
        'capabilities': subscription.capabilities,
    }


def magic_numbers(_emulator: Emulator) -> answers.MagicNumbers:
    """List the numbers with a fixed behaviour."""
    return {
        'magic_numbers': [
            {
                'number': number,
                'name': behaviour.name,
                'sentence': behaviour.sentence.replace('``', ''),
                'script': behaviour.script,
            }
            for number, behaviour in MAGIC.items()
        ]
    }


def operations(_emulator: Emulator) -> answers.Operations:
    """List the operations of the API, the status words and the kinds of faults."""
    return {
        'operations': [_operation(operation) for operation in OPERATIONS.values()],
        'statuses': [
            {'status': status.value, 'meaning': status.meaning}
            for status in Status
            if status.startswith('error_')
        ],
        'fault_kinds': [
            {
                'kind': kind,
                'takes_effect': kind.takes_effect,
                'operations': kind.operations,
            }
            for kind in Kind
        ],
    }


def _operation(operation: Operation) -> answers.OperationEntry:
    return {
        'path': operation.path,
        'summary': (inspect.getdoc(operation.handler) or '').partition('\n')[0],
        'required': operation.required,
        'optional': operation.optional,
    }
