"""Actions for tests in a shell: they wait for something, and end with 1 if it does not arrive."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from ..exit_codes import ExitCode
from .action import Action, Run, filled, seconds, show
from .control_client import ControlClient
from .logs import notification_line
from .phones import add_number

__all__ = ['ACTIONS']

TIMEOUT = 2.0
DRAIN_TIMEOUT = 5.0


def _add_timeout(parser: argparse.ArgumentParser, default: float = TIMEOUT) -> None:
    parser.add_argument(
        '--timeout',
        type=seconds,
        default=default,
        help='how many seconds to wait, at most 60 (default: %(default)g)',
    )


def _expecting(action: str, *names: str) -> Run:
    """Return what waits for something at a phone, with these arguments as fields."""

    def run(client: ControlClient, given: argparse.Namespace) -> None:
        fields = {name: getattr(given, name) for name in (*names, 'timeout')}
        sent = {name: value for name, value in fields.items() if value is not None}
        show(given, client.act(given.number, action, sent, waiting=given.timeout), ['It arrived.'])

    return run


def _adding(name: str, sentence: str) -> Callable[[argparse.ArgumentParser], None]:
    """Return what adds the arguments of an expectation, one of which may be left out."""

    def configure(parser: argparse.ArgumentParser) -> None:
        add_number(parser)
        parser.add_argument(name, type=filled, nargs='?', help=sentence)
        _add_timeout(parser)

    return configure


def _add_fax(parser: argparse.ArgumentParser) -> None:
    add_number(parser)
    _add_timeout(parser)


def _asserting(path: str, sentence: str) -> Run:
    """Return what checks something of the whole sandbox."""
    return lambda client, given: show(given, client.post(path), [sentence])


def _drain(client: ControlClient, given: argparse.Namespace) -> ExitCode:
    answer = client.post('drain', {'timeout': given.timeout}, waiting=given.timeout)
    failed: list[dict[str, Any]] = answer['failed']
    show(given, answer, map(notification_line, failed))
    return ExitCode.REFUSED if failed else ExitCode.DONE


EXPECTATIONS = {
    'sms': Action(
        'wait for an SMS to a phone',
        _expecting('expect_sms', 'text'),
        _adding('text', 'a part of its text'),
    ),
    'call': Action(
        'wait for a call to a phone',
        _expecting('expect_call', 'caller'),
        _adding('caller', 'the caller that the display shows'),
    ),
    'fax': Action('wait for a fax to a phone', _expecting('expect_fax'), _add_fax),
    'quiet': Action(
        'check that no phone received anything that you did not expect',
        _asserting('assert_quiet', 'The phones received nothing else.'),
    ),
    'known-parameters': Action(
        'check that no request had a parameter that its operation does not know',
        _asserting('assert_known_parameters', 'All parameters are known.'),
    ),
}
ACTIONS = {
    'expect': Action('wait for what a test expects', actions=EXPECTATIONS, required=True),
    'drain': Action(
        'wait until the notifications are delivered; list those without a 2xx response',
        _drain,
        lambda parser: _add_timeout(parser, DRAIN_TIMEOUT),
    ),
}
