"""The ``hoiio`` command: which arguments it takes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from .. import __version__

__all__ = ['main']

PORT = 8420

NUMBER = {'number': 'a number of yours, such as +6531580000'}
TRIGGERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    'sms': ('text a number of yours', {**NUMBER, 'text': 'what it says'}),
    'call': ('call a number of yours', NUMBER),
    'fax': ('fax a number of yours', {**NUMBER, 'file': 'the path of a PDF'}),
    'answer': ('pick up the call that rings', {}),
    'press': ('press keys in an IVR call', {'keys': 'such as 1 or 42#'}),
    'hangup': ('leave the call', {}),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: The arguments; by default those of the process.

    Returns:
        The exit code: 0, or 1 where something was missing or went wrong.

    Example:
        >>> main(['demo'])
        0
    """
    parser = _parser()
    given = parser.parse_args(argv)
    if given.command is None:
        parser.print_help()
        return 0
    # Only now: the sandbox needs Werkzeug, which `pip install hoiio` does not bring.
    try:
        from .demo import run as run_demo  # noqa: PLC0415
        from .sandbox import run as run_sandbox  # noqa: PLC0415
    except ModuleNotFoundError as exc:
        if (exc.name or '').partition('.')[0] != 'werkzeug':
            raise
        print('The sandbox is not installed: pip install "hoiio[sandbox]"', file=sys.stderr)
        return 1
    return run_demo() if given.command == 'demo' else run_sandbox(given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser('hoiio', description='The Hoiio telephony SDK.')
    parser.add_argument('--version', action='version', version=f'hoiio {__version__}')
    commands = parser.add_subparsers(dest='command', metavar='COMMAND')
    commands.add_parser(
        'demo',
        help='run the Quick Start of the guide against a sandbox on this machine',
        description='Starts a sandbox, which costs nothing and calls nobody, and makes the calls'
        ' of the Quick Start against it over HTTP: an SMS, a call, a fax and an IVR call.',
    )
    _add_sandbox(
        commands.add_parser(
            'sandbox',
            help='run the Hoiio service on this machine, or act on one that runs',
            description='Without an action, starts a sandbox and shows what happens in it, until'
            ' Ctrl-C. With one, acts on the sandbox that runs at the port.',
        )
    )
    return parser


def _add_sandbox(sandbox: argparse.ArgumentParser) -> None:
    sandbox.add_argument(
        '--port',
        type=int,
        choices=range(65536),
        metavar='PORT',
        default=PORT,
        help='where it listens; 0 takes a free port (default: %(default)s)',
    )
    sandbox.add_argument(
        '--answer',
        choices=['auto', 'manual'],
        default='auto',
        help='whether phones pick up at once or ring until somebody acts (default: %(default)s)',
    )
    sandbox.add_argument('--open', action='store_true', help='show its state in the browser')
    actions = sandbox.add_subparsers(dest='action', metavar='ACTION')
    trigger = actions.add_parser('trigger', help='let a phone do something')
    kinds = trigger.add_subparsers(dest='kind', metavar='KIND', required=True)
    for kind, (what, names) in TRIGGERS.items():
        parser = kinds.add_parser(kind, help=what)
        parser.add_argument('phone', help='the phone, such as +6598765432')
        for name, meaning in names.items():
            parser.add_argument(name, help=meaning)
    resend = actions.add_parser('resend', help='deliver a notification once more')
    resend.add_argument('id', type=int, help='its id, as the event line shows it')
    actions.add_parser('numbers', help='list the magic numbers, which behave in a special way')
    wait = actions.add_parser('wait', help='wait until the sandbox answers')
    wait.add_argument('--timeout', type=float, default=10, help='seconds (default: %(default)s)')
