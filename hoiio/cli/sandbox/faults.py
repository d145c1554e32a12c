"""Actions that make requests fail, and change prices."""

from __future__ import annotations

import argparse
from typing import Any

from .action import Action, columns, filled, seconds, show, show_each
from .control_client import ControlClient
from .logs import positive

__all__ = ['ACTIONS', 'FIELDS']

#: The options of `fault add`, each with the field of the rule.
FIELDS: dict[str, dict[str, Any]] = {
    'status': {'type': filled, 'help': 'the status word of the answer, for the kind status'},
    'code': {'type': positive, 'help': 'the HTTP status, 500 to 599, for the kind http_error'},
    'seconds': {
        'type': seconds,
        'help': 'how late the answer is, for the kinds latency, deferred and stale',
    },
    'count': {
        'type': int,
        'help': 'how many recipients of a bulk are served, for the kind partial',
    },
}


def _times(text: str) -> int | None:
    return None if text == 'all' else positive(text)


def _add_times(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--times',
        type=_times,
        default=1,
        help='how many requests fail, or all (default: %(default)s)',
    )


def _add_status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        'operation', type=filled, help='the path of the operation, such as sms/send'
    )
    parser.add_argument(
        'status', type=filled, help='the status word, such as error_insufficient_credit'
    )
    _add_times(parser)


def _add_fault(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        'kind',
        type=filled,
        help='what goes wrong: status, rate_limited, http_error, dropped_before, dropped_after,'
        ' latency, truncated, garbage, deferred, partial or stale',
    )
    parser.add_argument(
        'operation',
        type=filled,
        nargs='?',
        help='the path of the operation (default: all operations)',
    )
    parser.add_argument(
        '--match',
        type=_pair,
        action='append',
        default=[],
        metavar='NAME=VALUE',
        help='a parameter that the request must have',
    )
    _add_times(parser)
    for name, options in FIELDS.items():
        parser.add_argument(f'--{name}', metavar=name.upper(), **options)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition('=')
    if not (name and equals):
        raise argparse.ArgumentTypeError(f'write NAME=VALUE, not {text!r:.80}')
    return name, value


def _fail(client: ControlClient, given: argparse.Namespace) -> None:
    _send(client, given, {'kind': 'status', 'status': given.status})


def _add(client: ControlClient, given: argparse.Namespace) -> None:
    options = {name: getattr(given, name) for name in FIELDS}
    fields = {name: value for name, value in options.items() if value is not None}
    _send(client, given, {'kind': given.kind, 'match': dict(given.match), **fields})


def _send(client: ControlClient, given: argparse.Namespace, rule: dict[str, Any]) -> None:
    rule = {**rule, 'operation': given.operation, 'times': given.times}
    fault = client.post('faults', rule)
    show(given, fault, [_line(fault)])


def _list(client: ControlClient, given: argparse.Namespace) -> None:
    show_each(given, client.get('faults')['faults'], _line)


def _line(fault: dict[str, Any]) -> str:
    details = {'status': fault['status'], 'http_error': f'HTTP {fault["code"]}'}
    what = [fault['kind'], details.get(fault['kind']), *_numbers(fault)]
    where = fault['operation'] or 'every operation'
    match = ''.join(f' {name}={value}' for name, value in fault['match'].items())
    left = _left(fault['left'])
    return f'{fault["id"]}  {" ".join(filter(None, what))} for {where}{match}, {left}'


def _left(times: int | None) -> str:
    if times is None:
        return 'until you remove it'
    return 'once' if times == 1 else f'{times} times'


def _numbers(fault: dict[str, Any]) -> list[str]:
    late = [f'{fault["seconds"]:g} s'] if fault['seconds'] else []
    return late + ([f'{fault["count"]} served'] if fault['kind'] == 'partial' else [])


def _add_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('id', type=positive, help='the id of the fault')


def _remove(client: ControlClient, given: argparse.Namespace) -> None:
    show(given, client.delete(f'faults/{given.id}'), [f'Fault {given.id} is removed.'])


def _clear(client: ControlClient, given: argparse.Namespace) -> None:
    show(given, client.delete('faults'), ['All faults are removed.'])


def _rates(client: ControlClient, given: argparse.Namespace) -> None:
    _show_rates(given, client.get('rates'))


def _show_rates(given: argparse.Namespace, rates: dict[str, Any]) -> None:
    rows = [
        (service, prefix, rate)
        for service, prices in rates.items()
        if service != 'coming'
        for prefix, rate in prices.items()
    ]
    show(given, rates, columns(rows))


def _add_rate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('service', type=filled, help='the service, such as sms')
    parser.add_argument(
        'prefix', type=filled, help='the beginning of the phone numbers, such as +65'
    )
    parser.add_argument(
        'rate', type=filled, help='the price of a message part or a minute, such as 0.050'
    )
    parser.add_argument(
        '--after', type=seconds, default=0.0, metavar='SECONDS', help='when the price changes'
    )


def _set_rate(client: ControlClient, given: argparse.Namespace) -> None:
    names = ('service', 'prefix', 'rate', 'after')
    _show_rates(given, client.post('rates', {name: getattr(given, name) for name in names}))


ACTIONS = {
    'fail': Action('refuse the next request of an operation', _fail, _add_status),
    'fault': Action(
        'list the active faults, or make requests fail in other ways',
        _list,
        actions={
            'list': Action('list the active faults', _list),
            'add': Action('make requests fail', _add, _add_fault),
            'remove': Action('remove a fault', _remove, _add_id),
            'clear': Action('remove all faults', _clear),
        },
    ),
    'rates': Action(
        'list the prices, or change one',
        _rates,
        actions={'set': Action('change a price', _set_rate, _add_rate)},
    ),
}
