"""Actions that look at phones, and set how they react."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import Any

from .action import Action, Run, columns, filled, one_line, seconds, show, show_each, time_of
from .control_client import ControlClient, phone_path

__all__ = ['ACTIONS', 'add_number', 'describe']

OUTCOMES = ('answered', 'busy', 'unanswered', 'failed')


def add_number(parser: argparse.ArgumentParser) -> None:
    """Add the number of the phone."""
    parser.add_argument('number', type=filled, help='the number of the phone, such as +6598765432')


def _phones(client: ControlClient, given: argparse.Namespace) -> None:
    phones = client.get('phones')['phones']
    show_each(given, phones, lambda phone: f'{phone["number"]}  {_summary(phone)}')


def _summary(phone: dict[str, Any]) -> str:
    calls = ', '.join(f'{call["kind"]} {call["state"]}' for call in phone['calls'])
    return f'{len(phone["inbox"])} SMS, {calls or "no call"}'


def _phone(client: ControlClient, given: argparse.Namespace) -> None:
    phone = client.get(phone_path(given.number))
    show(given, phone, describe(phone))


def describe(phone: dict[str, Any]) -> list[str]:
    """Describe a phone for people."""
    lines = [f'{phone["number"]}  {_summary(phone)}']
    for call in phone['calls']:
        direction = 'from' if call['incoming'] else 'to'
        lines.append(f'  {call["kind"]} {call["txn_ref"]} {direction} {call["other"]}')
    lines += [f'  heard: {one_line(text)}' for text in phone['heard']]
    return lines + [f'  SMS: {line}' for line in columns(list(map(_message, phone['inbox'])))]


def _message(sms: dict[str, Any]) -> tuple[str, ...]:
    return f'{time_of(sms["date"]):%Y-%m-%d %H:%M:%S}', sms['sender'], sms['text']


def _inbox(client: ControlClient, given: argparse.Namespace) -> None:
    inbox = client.get(phone_path(given.number))['inbox']
    lines = iter(columns(list(map(_message, inbox))))
    show_each(given, inbox, lambda _sms: next(lines))


def _reacting(action: str, *names: str) -> Run:
    """Return what sets how a phone reacts, with these options as fields."""

    def run(client: ControlClient, given: argparse.Namespace) -> None:
        options = {name: getattr(given, name) for name in names}
        fields = {name: value for name, value in options.items() if value is not None}
        phone = client.act(given.number, action, fields)
        show(given, phone, describe(phone))

    return run


def _replies(client: ControlClient, given: argparse.Namespace) -> None:
    phone = client.act(given.number, 'replies', {'text': given.text})
    show(given, phone, describe(phone))


def _script(client: ControlClient, given: argparse.Namespace) -> None:
    options = {name: getattr(given, name) for name in SCRIPT}
    script = {name: value for name, value in options.items() if value is not None}
    if given.until_somebody_acts:
        script['outcome'] = None
    if given.without_end:
        script['talking'] = None
    action = 'script_next' if given.next else 'script'
    phone = client.act(given.number, action, {'script': script})
    show(given, phone, describe(phone))


OPTIONS: dict[str, dict[str, Any]] = {
    'outcome': {'choices': OUTCOMES, 'help': 'how the phone handles a call'},
    'after': {'type': seconds, 'metavar': 'SECONDS', 'help': 'how long it rings before that'},
    'pressing': {
        'nargs': '+',
        'metavar': 'KEYS',
        'help': 'the keys to press at each prompt, in order, such as 1 2#',
    },
    'hanging_up_after': {
        'type': seconds,
        'metavar': 'SECONDS',
        'help': 'how long after answering it hangs up',
    },
    'talking': {
        'type': seconds,
        'metavar': 'SECONDS',
        'help': 'how long it talks to another phone if the call has no time limit',
    },
    'replying': {
        'type': filled,
        'metavar': 'TEXT',
        'help': 'the reply to each SMS from the account',
    },
    'texted': {
        'choices': ('delivered', 'queued', 'failed', 'error'),
        'help': 'the status of each SMS to the phone',
    },
}
SCRIPT = tuple(OPTIONS)


def _with(*names: str) -> Callable[[argparse.ArgumentParser], None]:
    """Return what adds some of the options to a parser."""
    return lambda parser: _add_options(parser, names)


def _add_options(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    for name in names:
        parser.add_argument(f'--{name.replace("_", "-")}', **OPTIONS[name])


def _add_script(parser: argparse.ArgumentParser) -> None:
    _add_options(parser, SCRIPT)
    parser.add_argument(
        '--until-somebody-acts', action='store_true', help='ring until somebody acts'
    )
    parser.add_argument('--without-end', action='store_true', help='talk until somebody hangs up')
    parser.add_argument('--next', action='store_true', help='for the next call only')


def _add_outcome(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('reaction', choices=OUTCOMES, help='the outcome of every call')
    _add_options(parser, ['after'])


def _add_reply(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        'text', type=filled, nargs='?', help='the reply; without it, the phone stops replying'
    )


REACTIONS = {
    'answers': Action(
        'answer every call',
        _reacting('answers', 'pressing', 'after', 'hanging_up_after'),
        _with('pressing', 'after', 'hanging_up_after'),
    ),
    'rings': Action('ring until somebody acts', _reacting('rings')),
    'busy': Action('be busy for every call', _reacting('busy')),
    'reject-next': Action('reject the next call', _reacting('reject_next')),
    'react': Action(
        'give every call an outcome', _reacting('react', 'reaction', 'after'), _add_outcome
    ),
    'replies': Action('reply to every SMS of the account', _replies, _add_reply),
    'script': Action('set all of this at once', _script, _add_script),
}
ACTIONS = {
    'phones': Action('list the phones that were used', _phones),
    'phone': Action('show a phone, or set how it reacts', _phone, add_number, actions=REACTIONS),
    'inbox': Action('list the SMS that a phone received', _inbox, add_number),
}
