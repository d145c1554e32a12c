"""The table of the routes of the control API. Its documentation is made from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..emulator import Emulator
from ..faults import Rule
from ..state.journal import EventKind
from ..words import Answering, RatedService
from . import control_account as account
from . import control_changes as changes
from . import control_checks as checks
from . import control_logs as logs
from . import control_phones as phones
from . import control_transactions as transactions
from .control_params import LOG, TABLE, WAIT, Param, Route
from .control_phones import ACTIONS, act

__all__ = ['ACTIONS', 'ROUTES', 'Route']


def describe(emulator: Emulator) -> dict[str, Any]:
    """Describe this API in OpenAPI 3.1."""
    from .openapi import control_api  # noqa: PLC0415 - few sandboxes describe themselves

    return control_api(emulator.origin, ROUTES)


PHONE = {'phone': Param(str, 'Only entries about the phone with this number.', '+6598765432')}
REFERENCE = {'txn_ref': Param(str, 'Only entries about this transaction.', 'AA-S-1')}
ABOUT = {
    **REFERENCE,
    'session': Param(str, 'Only entries about this IVR session.', 'S1'),
    'operation': Param(str, 'Only entries about requests of this operation.', 'sms/send'),
    'failed': Param(bool, 'Only what failed, or only what did not fail.', False),
}
LIVE = {'live': Param(bool, 'Only what is in progress, or only what is over.', True)}
PAGE = {name: TABLE[name] for name in ('offset', 'limit')}
EVENTS = {
    **LOG,
    **PHONE,
    **ABOUT,
    'kind': Param(EventKind, 'Only events of this kind.', 'sms'),
    'notification': Param(int, 'Only the events of the notification with this id.', 1),
    'changes': Param(bool, 'Whether a stream also has what is not an event.', True),
}
REQUESTS = {
    **LOG,
    **PHONE,
    **ABOUT,
    'event': Param(int, 'Only the request that caused the event with this id.', 1),
}
PHONES = {
    **TABLE,
    **LIVE,
    'unread': Param(bool, 'Only phones with unread SMS, or only phones without.', True),
    'brief': Param(bool, 'Whether to leave out what each phone received and heard.', True),
}
TIMES = {'times': Param(int, 'How many notifications; by default one.', 1, range(1, 1001))}
DELAY = {'minimum': 0.001, 'maximum': 86_400}
STEP = {
    unit: Param(float, f'How many {unit} to add.', 1, rules={'minimum': 0})
    for unit in ('days', 'hours', 'minutes', 'seconds')
}
ROUTES = (
    Route('GET', 'health', account.health),
    Route('GET', 'openapi.json', describe),
    Route('GET', 'state', transactions.state),
    Route('GET', 'account', account.account),
    Route('GET', 'numbers', account.numbers, TABLE),
    Route('GET', 'magic_numbers', account.magic_numbers),
    Route('GET', 'operations', account.operations),
    # Phones
    Route('GET', 'phones', phones.phones, PHONES),
    Route('GET', 'phones/{number}', phones.phone),
    Route('GET', 'phones/{number}/messages', phones.messages, TABLE),
    Route('GET', 'phones/{number}/calls', phones.calls, {**PAGE, **LIVE}),
    Route('POST', 'phones/{number}/read', phones.read),
    *(
        Route(
            'POST',
            f'phones/{{number}}/{name}',
            act(action),
            required=action.required,
            optional=action.optional,
        )
        for name, action in ACTIONS.items()
    ),
    Route(
        'POST',
        'answering',
        changes.set_answering,
        required={'answer': Param(Answering, 'How they react: auto or manual.', 'manual')},
    ),
    # Transactions
    Route('GET', 'messages', transactions.messages, {**TABLE, **PHONE}),
    Route('GET', 'messages/{txn_ref}', transactions.message),
    Route('GET', 'calls', transactions.calls, {**TABLE, **PHONE, **LIVE}),
    Route('GET', 'calls/{txn_ref}', transactions.call),
    Route('GET', 'faxes', transactions.faxes, {**TABLE, **PHONE, **LIVE}),
    Route('GET', 'faxes/{txn_ref}', transactions.fax),
    # Logs
    Route('GET', 'events', logs.events, EVENTS, streams=True),
    Route('GET', 'events/{id}', logs.event),
    Route('GET', 'requests', logs.requests, REQUESTS),
    Route('GET', 'requests/{id}', logs.request),
    # Notifications
    Route('GET', 'deliveries', logs.deliveries, {**LOG, **REFERENCE, 'failed': ABOUT['failed']}),
    Route('GET', 'deliveries/{id}', logs.delivery),
    Route('POST', 'deliveries/{id}/resend', logs.resend),
    Route('GET', 'post', changes.disturbances),
    Route('POST', 'post/duplicate_next', changes.disturb('duplicate_next'), optional=TIMES),
    Route(
        'POST',
        'post/delay_next',
        changes.disturb('delay_next'),
        required={
            'seconds': Param(float, 'The delay by the clock of the sandbox.', 60, rules=DELAY)
        },
        optional=TIMES,
    ),
    Route(
        'POST',
        'post/reorder_next',
        changes.disturb('reorder_next'),
        optional={'count': Param(int, 'How many to reverse; by default two.', 2, range(2, 1001))},
    ),
    Route('POST', 'post/clear', changes.disturb('clear')),
    # What a test expects
    Route(
        'POST',
        'drain',
        checks.drain,
        optional={'timeout': Param(float, 'How many seconds of real time to wait.', 5, rules=WAIT)},
    ),
    Route('POST', 'assert_quiet', checks.require_quiet),
    Route('POST', 'assert_known_parameters', checks.require_known_parameters),
    # Faults and prices
    Route('GET', 'faults', changes.faults),
    Route(
        'POST',
        'faults',
        changes.add_fault,
        whole=Param(Rule, 'The fault.', {'kind': 'status', 'operation': 'sms/send'}),
    ),
    Route('DELETE', 'faults', changes.clear_faults),
    Route('DELETE', 'faults/{id}', changes.remove_fault),
    Route('GET', 'rates', changes.rates),
    Route(
        'POST',
        'rates',
        changes.change_rate,
        required={
            'service': Param(RatedService, 'The service: sms, voice or fax.', 'sms'),
            'prefix': Param(str, 'The beginning of the phone numbers.', '+65'),
            'rate': Param(Decimal, 'The price of a message part or a minute.', '0.050'),
        },
        optional={'after': Param(float, 'In how many seconds it changes.', 0)},
    ),
    # The time, and the whole state
    Route('GET', 'clock', changes.clock),
    Route('POST', 'clock/advance', changes.advance, optional=STEP),
    Route(
        'POST',
        'reset',
        changes.reset,
        optional={'undoable': Param(bool, 'Whether to keep the state for an undo.', True)},
    ),
    Route('GET', 'undo', changes.undoable),
    Route('POST', 'undo', changes.undo),
    Route('GET', 'snapshot', changes.save),
    Route(
        'PUT',
        'snapshot',
        changes.restore,
        whole=Param(dict[str, Any], 'What GET returned.', {'format': 1}),
    ),
)
