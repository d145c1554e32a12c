"""The ``hoiio`` command and its arguments."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from .. import __version__

__all__ = ['main']

PORT = 8420

NUMBER = {'number': 'one of your numbers, such as +6531580000'}
TRIGGERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    'sms': ('send an SMS to one of your numbers', {**NUMBER, 'text': 'the text of the SMS'}),
    'call': ('call one of your numbers', NUMBER),
    'fax': ('send a fax to one of your numbers', {**NUMBER, 'file': 'the path of a PDF file'}),
    'answer': ('answer the call that has been ringing longest', {}),
    'press': ('press keys in an IVR call', {'keys': 'the keys, such as 1 or 42#'}),
    'hangup': ('hang up the call', {}),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: The arguments. The default is those of the process.

    Returns:
        The exit code: 0, or 1 if the command failed.

    Example:
        >>> main(['demo'])
        0
    """
    parser = _parser()
    given = parser.parse_args(argv)
    if given.command is None:
        parser.print_help()
        return 0
    # Import these late: they need Werkzeug, which `pip install hoiio` does not install.
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
        description='Starts a sandbox, which charges nothing and calls nobody, and runs the Quick'
        ' Start against it over HTTP: an SMS, a call, a fax and an IVR call.',
    )
    _add_sandbox(
        commands.add_parser(
            'sandbox',
            help='run a sandbox on this machine, or control one that is running',
            description='Without an action, starts a sandbox and prints its events until you press'
            ' Ctrl-C. With an action, controls the sandbox that is running at the port.',
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
        help='the port of the sandbox; 0 selects a free port (default: %(default)s)',
    )
    sandbox.add_argument(
        '--answer',
        choices=['auto', 'manual'],
        default='auto',
        help='auto: phones answer at once; manual: they ring until you act (default: %(default)s)',
    )
    sandbox.add_argument('--open', action='store_true', help='open its state in a browser')
    actions = sandbox.add_subparsers(dest='action', metavar='ACTION')
    trigger = actions.add_parser('trigger', help='perform an action of a phone')
    kinds = trigger.add_subparsers(dest='kind', metavar='KIND', required=True)
    for kind, (what, names) in TRIGGERS.items():
        parser = kinds.add_parser(kind, help=what)
        parser.add_argument('phone', help='the number of the phone, such as +6598765432')
        for name, meaning in names.items():
            parser.add_argument(name, help=meaning)
    resend = actions.add_parser('resend', help='deliver a notification again')
    resend.add_argument('id', type=int, help='the id of the notification, which its event shows')
    actions.add_parser('numbers', help='list the magic numbers, each with its special behaviour')
    wait = actions.add_parser('wait', help='wait until the sandbox is ready')
    wait.add_argument(
        '--timeout', type=float, default=10, help='the limit in seconds (default: %(default)s)'
    )
