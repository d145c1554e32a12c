"""The actions of a phone, and what they cause."""

from __future__ import annotations

import argparse
import base64
import time
from typing import Any

from ..exit_codes import ExitCode
from ..parser import to_text
from ..streams import complain
from .action import Action, Run, filled, show, to_path
from .control_client import ControlClient
from .logs import event_line
from .state import read_file

__all__ = ['ACTIONS']

# How long to wait until the application has answered the notifications of an action.
ANSWER_SECONDS = 10.0
INTERVAL = 0.02
# Notifications that wait for something else than the application.
HELD = frozenset({'delayed', 'reordered'})
SUBJECTS = {'send_sms': 'SMS', 'call': 'call', 'send_fax': 'fax'}


def _perform(
    client: ControlClient, given: argparse.Namespace, action: str, **fields: object
) -> ExitCode:
    """Perform an action, wait for its notifications, and print what happened."""
    done = client.act(given.phone, action, fields)
    done['events'] += _deliveries(client, done['txn_refs'], done['last_event'])
    failed = [event for event in done['events'] if event['notification'] and event['failed']]
    taken = done['taken'] and not failed
    show(given, {**done, 'taken': taken}, _lines(given.phone, action, done['events']))
    if advice := _advice(client, action, fields, done, failed=bool(failed)):
        complain(f'hoiio sandbox trigger: {advice}')
    return ExitCode.DONE if taken else ExitCode.REFUSED


def _lines(phone: str, action: str, events: list[dict[str, Any]]) -> list[str]:
    lines = [event_line(event) for event in events]
    return lines or [f'{phone}: {action.replace("_", " ")} done']


def _deliveries(client: ControlClient, txn_refs: list[str], last: int) -> list[dict[str, Any]]:
    """Wait until the notifications of some transactions are answered, and return their events."""
    end = time.monotonic() + ANSWER_SECONDS
    while _waiting(client, txn_refs) and time.monotonic() < end:
        time.sleep(INTERVAL)
    events = client.get(f'events?after={last}')['events'] if txn_refs else []
    return [event for event in events if event['notification'] and event['txn_ref'] in txn_refs]


def _waiting(client: ControlClient, txn_refs: list[str]) -> bool:
    if not txn_refs:
        return False
    waiting = client.get('deliveries?after=999999999')['waiting']
    return any(each['lane'] in txn_refs and each.get('reason') not in HELD for each in waiting)


def _advice(
    client: ControlClient,
    action: str,
    fields: dict[str, Any],
    done: dict[str, Any],
    *,
    failed: bool,
) -> str | None:
    """Return a sentence that says what to do next, if there is something to do."""
    if failed:
        return (
            'your application did not accept the notification. `hoiio sandbox notifications` shows'
            ' its response'
        )
    if action == 'press':
        return None if done['taken'] else 'no gather or record block is waiting for keys'
    if action not in SUBJECTS:
        return None
    numbers = {each['number']: each for each in client.get('state')['numbers']}
    return _missing_setting(action, fields['number'], numbers, taken=done['taken'])


def _missing_setting(
    action: str, number: str, numbers: dict[str, dict[str, Any]], *, taken: bool
) -> str | None:
    settings = numbers.get(number)
    if settings is None:
        return f'{number} is not one of your numbers, which are {", ".join(numbers) or "none"}'
    configure = f'hoiio number configure {number}'
    if action == 'send_sms' and settings['forward_sms_to'] is None:
        return (
            f'{number} does not forward SMS, so your application gets no notification. To change'
            f' that, run:\n  {configure} --forward-sms-to URL'
        )
    mode = {'call': 'voice', 'send_fax': 'fax'}.get(action, settings['mode'])
    if settings['mode'] != mode or (action == 'call' and settings['forward_to'] is None):
        return (
            f'{number} does not accept a {SUBJECTS[action]}. To change that,'
            f' run:\n  {configure} --mode {mode} --forward-to URL'
        )
    return None if taken else 'the event above says why; see also `hoiio sandbox state`'


def _add_phone(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('phone', type=filled, help='the number of the phone, such as +6598765432')


def _add_call(parser: argparse.ArgumentParser) -> None:
    _add_phone(parser)
    parser.add_argument(
        '--txn-ref', type=filled, metavar='REF', help='which of several calls, such as AA-C-1'
    )


def _add_dest(parser: argparse.ArgumentParser) -> None:
    _add_phone(parser)
    parser.add_argument('number', type=filled, help='one of your numbers, such as +6531580000')


def _add_text(parser: argparse.ArgumentParser) -> None:
    _add_dest(parser)
    parser.add_argument('text', type=to_text, help='the text of the SMS')


def _add_file(parser: argparse.ArgumentParser) -> None:
    _add_dest(parser)
    parser.add_argument('file', type=to_path, help='the path of a PDF file; - is standard input')


def _add_keys(parser: argparse.ArgumentParser) -> None:
    _add_call(parser)
    parser.add_argument('keys', type=to_text, help='the keys, such as 1 or 42#')


def _fax(client: ControlClient, given: argparse.Namespace) -> ExitCode:
    content = base64.b64encode(read_file(given.file)).decode()
    return _perform(client, given, 'send_fax', number=given.number, content=content)


def _on_a_call(action: str, *names: str) -> Run:
    """Return what acts on one of the calls of a phone, with more fields."""

    def run(client: ControlClient, given: argparse.Namespace) -> ExitCode:
        fields = {name: getattr(given, name) for name in names}
        if given.txn_ref is not None:
            fields['txn_ref'] = given.txn_ref
        return _perform(client, given, action, **fields)

    return run


KINDS = {
    'sms': Action(
        'send an SMS to one of your numbers',
        lambda client, given: _perform(
            client, given, 'send_sms', number=given.number, text=given.text
        ),
        _add_text,
    ),
    'call': Action(
        'call one of your numbers',
        lambda client, given: _perform(client, given, 'call', number=given.number),
        _add_dest,
    ),
    'fax': Action('send a fax to one of your numbers', _fax, _add_file),
    'answer': Action(
        'answer the call that has been ringing longest',
        _on_a_call('answer'),
        _add_call,
    ),
    'accept': Action(
        'accept the fax that has been ringing longest',
        _on_a_call('accept'),
        _add_call,
    ),
    'reject': Action(
        'reject the call that has been ringing longest',
        _on_a_call('reject'),
        _add_call,
    ),
    'press': Action(
        'press keys in an IVR call',
        _on_a_call('press', 'keys'),
        _add_keys,
    ),
    'hangup': Action('hang up a call, or all of them', _on_a_call('hang_up'), _add_call),
}
ACTIONS = {'trigger': Action('perform an action of a phone', actions=KINDS, required=True)}
