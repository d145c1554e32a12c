"""Actions that look at the whole sandbox, save it, or change its time."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from ..exit_codes import ExitCode
from .action import Action, columns, seconds, show, show_each, time_of, to_path
from .control_client import ControlClient, ControlError
from .location import find

__all__ = ['ACTIONS', 'read_file']

# The pause in seconds between two checks of `wait`.
INTERVAL = 0.05
SHORTEST_CHECK = 0.05
LONGEST_CHECK = 5.0
TABLES = {
    'messages': ('txn_ref', 'date', 'src', 'dest', 'sms_status', 'debit', 'msg'),
    'calls': (
        *('txn_ref', 'date', 'dest1', 'dest2', 'call_status_dest1', 'call_status_dest2'),
        'debit',
    ),
    'faxes': ('txn_ref', 'date', 'src', 'dest', 'fax_status', 'debit'),
    'sessions': ('session', 'txn_ref', 'phone', 'state', 'block'),
}


def _state(client: ControlClient, given: argparse.Namespace) -> None:
    state = client.get('state')
    show(given, state, _describe(state))


def _describe(state: dict[str, Any]) -> list[str]:
    lines = columns(
        [
            ('balance', f'{state["balance"]} {state["currency"]} ({state["bonus"]} of it free)'),
            ('time', f'{time_of(state["now"]):%Y-%m-%d %H:%M:%S}'),
            ('app ID', state['app_id']),
        ]
    )
    lines += ['numbers:', *columns([_number(each) for each in state['numbers']], '  ')]
    for name, fields in TABLES.items():
        if rows := [[each.get(field, '') for field in fields] for each in state[name]]:
            lines += [f'{name}:', *columns(rows, '  ')]
    return lines


def _number(number: dict[str, Any]) -> tuple[str, ...]:
    calls = number['forward_to'] or 'not forwarded'
    texts = number['forward_sms_to'] or 'not forwarded'
    kind = {'voice': 'calls', 'fax': 'faxes'}[number['mode']]
    return number['number'], number['app_id'], f'{kind}: {calls}', f'SMS: {texts}'


def _env(client: ControlClient, given: argparse.Namespace) -> None:
    state = client.get('state')
    variables = {
        'HOIIO_BASE_URL': f'{find(given)}/open/',
        'HOIIO_APP_ID': state['app_id'],
        'HOIIO_ACCESS_TOKEN': state['access_token'],
    }
    show(given, variables, [f'export {name}={value}' for name, value in variables.items()])


def _clock(client: ControlClient, given: argparse.Namespace) -> None:
    _show_clock(given, client.get('clock'))


def _show_clock(given: argparse.Namespace, clock: dict[str, Any]) -> None:
    stopped = '' if clock['runs'] else ' (stopped: it moves only when you advance it)'
    show(given, clock, [f'{time_of(clock["now"]):%Y-%m-%d %H:%M:%S}{stopped}'])


def _add_durations(parser: argparse.ArgumentParser) -> None:
    for unit in ('days', 'hours', 'minutes', 'seconds'):
        parser.add_argument(f'--{unit}', type=_amount, metavar='N', help=f'how many {unit}')


def _amount(text: str) -> float:
    """Read a positive number, which may be large."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < 10**9:
        raise argparse.ArgumentTypeError(f'use a number from 0 to 999999999, not {text!r:.80}')
    return value


def _advance(client: ControlClient, given: argparse.Namespace) -> None:
    units = {unit: getattr(given, unit) for unit in ('days', 'hours', 'minutes', 'seconds')}
    step = {unit: amount for unit, amount in units.items() if amount is not None}
    if not step:
        raise ControlError('pass a duration: `clock advance --minutes 5`', ExitCode.USAGE)
    _show_clock(given, client.post('clock/advance', step))


def _reset(client: ControlClient, given: argparse.Namespace) -> None:
    show(given, client.post('reset'), ['The sandbox is back in its initial state.'])


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        'file', type=to_path, help='the path of the file; - is standard output or input'
    )


def _save(client: ControlClient, given: argparse.Namespace) -> None:
    text = json.dumps(client.get('snapshot'))
    if given.file == '-':
        print(text)
        return
    try:
        _write(Path(given.file), f'{text}\n')
    except (OSError, ValueError) as exc:
        reason = getattr(exc, 'strerror', None) or exc
        raise ControlError(f'{given.file} cannot be written: {reason}') from exc
    show(given, {'file': given.file}, [f'Saved to {given.file}.'])


def _write(path: Path, text: str) -> None:
    """Write a file; if that fails, the file keeps what it had."""
    if path.exists() and not path.is_file():
        path.write_text(text, 'utf-8')
        return
    part = path.with_name(f'{path.name}.part')
    try:
        part.write_text(text, 'utf-8')
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _load(client: ControlClient, given: argparse.Namespace) -> None:
    client.put('snapshot', read_snapshot(given.file))
    show(given, {'file': given.file}, [f'The sandbox continues from {given.file}.'])


def read_file(path: str) -> bytes:
    """Return what a file of the command line contains.

    Raises:
        ControlError: If it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if path == '-' else Path(path).read_bytes()
    except (OSError, ValueError) as exc:
        reason = getattr(exc, 'strerror', None) or exc
        raise ControlError(f'{path} cannot be read: {reason}', ExitCode.USAGE) from exc


def read_snapshot(path: str) -> dict[str, Any]:
    """Return a saved state.

    Raises:
        ControlError: If the file cannot be read, or is not JSON.
    """
    try:
        data = json.loads(read_file(path))
    except (ValueError, RecursionError) as exc:
        raise ControlError(
            f'{path} is not a state that `hoiio sandbox save` wrote', ExitCode.USAGE
        ) from exc
    return data if isinstance(data, dict) else {}


def _add_timeout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--timeout',
        type=seconds,
        default=10.0,
        help='the limit in seconds (default: %(default)g)',
    )


def _wait(client: ControlClient, given: argparse.Namespace) -> None:
    end = time.monotonic() + given.timeout
    while (health := _check(client, end, given.timeout)) is None:
        time.sleep(INTERVAL)
    show(given, health, [])


def _check(client: ControlClient, end: float, timeout: float) -> dict[str, Any] | None:
    """Return what the sandbox says about itself, or None if it is not ready before the end."""
    left = end - time.monotonic()
    try:
        return client.check(min(max(left, SHORTEST_CHECK), LONGEST_CHECK))
    except ControlError as exc:
        if left > 0:
            return None
        raise ControlError(f'no sandbox was ready within {timeout:g} s: {exc}', exc.code) from exc


def _numbers(_client: ControlClient, given: argparse.Namespace) -> None:
    # Imported here, because the sandbox takes longer to import than an action takes to run.
    from ...sandbox.presets.magic_numbers import MAGIC  # noqa: PLC0415

    numbers = [
        {'number': number, 'name': each.name, 'sentence': each.sentence.replace('``', '')}
        for number, each in MAGIC.items()
    ]
    show_each(given, numbers, lambda each: f'{each["number"]}  {each["sentence"]}')


ACTIONS = {
    'state': Action('show the account, its numbers and its transactions', _state),
    'env': Action('print the variables that point the SDK to the sandbox', _env),
    'clock': Action(
        'show the time of the sandbox',
        _clock,
        actions={'advance': Action('move the time forward', _advance, _add_durations)},
    ),
    'reset': Action('go back to the initial state of the sandbox', _reset),
    'save': Action('save the whole state to a file', _save, _add_file),
    'load': Action('continue from a saved state', _load, _add_file),
    'wait': Action('wait until the sandbox is ready', _wait, _add_timeout),
    'numbers': Action('list the magic numbers, each with its special behaviour', _numbers),
}
