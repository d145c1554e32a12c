"""The ``hoiio sandbox`` command: run a sandbox, or control one that is running."""

from __future__ import annotations

import argparse
import base64
import os
import sys
import time
import webbrowser
from collections.abc import Mapping
from pathlib import Path

from ..sandbox import Sandbox
from ..sandbox.presets.magic_numbers import MAGIC
from ..sandbox.web.control_client import ControlClient, ControlError
from ..sandbox.words import Answering

__all__ = ['configure', 'run']

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

# The pause in seconds between two checks of `wait`.
INTERVAL = 0.05


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options and the actions of ``hoiio sandbox``."""
    parser.description = (
        'Without an action, starts a sandbox and prints its events until you press Ctrl-C. With an'
        ' action, controls the sandbox that is running at the port.'
    )
    parser.add_argument(
        '--port',
        type=int,
        choices=range(65536),
        metavar='PORT',
        default=PORT,
        help='the port of the sandbox; 0 selects a free port (default: %(default)s)',
    )
    parser.add_argument(
        '--answer',
        choices=['auto', 'manual'],
        default='auto',
        help='auto: phones answer at once; manual: they ring until you act (default: %(default)s)',
    )
    parser.add_argument('--open', action='store_true', help='open its state in a browser')
    actions = parser.add_subparsers(dest='action', metavar='ACTION')
    trigger = actions.add_parser('trigger', help='perform an action of a phone')
    kinds = trigger.add_subparsers(dest='kind', metavar='KIND', required=True)
    for kind, (what, names) in TRIGGERS.items():
        each = kinds.add_parser(kind, help=what)
        each.add_argument('phone', help='the number of the phone, such as +6598765432')
        for name, meaning in names.items():
            each.add_argument(name, help=meaning)
    resend = actions.add_parser('resend', help='deliver a notification again')
    resend.add_argument('id', type=int, help='the id of the notification, which its event shows')
    actions.add_parser('numbers', help='list the magic numbers, each with its special behaviour')
    wait = actions.add_parser('wait', help='wait until the sandbox is ready')
    wait.add_argument(
        '--timeout', type=float, default=10, help='the limit in seconds (default: %(default)s)'
    )


def run(given: argparse.Namespace) -> int:
    """Run ``hoiio sandbox`` with parsed arguments.

    Returns:
        The exit code: 0, or 1 with a message on stderr.
    """
    try:
        if given.action is None:
            serve(given.port, given.answer, open_browser=given.open)
        else:
            ACTIONS[given.action](ControlClient(given.port), given)
    except KeyboardInterrupt:
        print('\nStopped.')
    except BrokenPipeError:
        # `main` handles it: it is about the output and not about the sandbox.
        raise
    except (ControlError, OSError) as exc:
        print(f'hoiio sandbox: {exc}', file=sys.stderr)
        return 1
    return 0


def serve(port: int, answer: Answering, *, open_browser: bool) -> None:
    """Run a sandbox and print its events until Ctrl-C.

    Raises:
        ControlError: If the port is taken.
    """
    sandbox = Sandbox(port=port, answer=answer)
    try:
        sandbox.start()
    except OSError as exc:
        # The sandbox itself suggests what a command line cannot do.
        reason = os.strerror(exc.errno) if exc.errno else exc
        raise ControlError(f'port {port} is not available ({reason}); try --port 0') from exc
    try:
        print(_welcome(sandbox), flush=True)
        if open_browser:
            webbrowser.open(sandbox.url.replace('/open/', '/_sandbox/state'))
        for line in sandbox.follow():
            print(_printable(line), flush=True)
    finally:
        sandbox.stop()


def _printable(line: str) -> str:
    # Escape control characters, and characters that the terminal cannot show.
    shown = ''.join(each if each.isprintable() else ascii(each)[1:-1] for each in line)
    encoding = sys.stdout.encoding or 'ascii'
    return shown.encode(encoding, 'backslashreplace').decode(encoding)


def _welcome(sandbox: Sandbox) -> str:
    return f"""\
The sandbox is running at {sandbox.url}. Press Ctrl-C to stop it.
To use it from the SDK, set these variables:

  export HOIIO_BASE_URL={sandbox.url}
  export HOIIO_APP_ID={sandbox.app_id}
  export HOIIO_ACCESS_TOKEN={sandbox.access_token}
"""


def _trigger(client: ControlClient, given: argparse.Namespace) -> None:
    names = ('number', 'text', 'keys')
    fields = {name: value for name, value in vars(given).items() if name in names}
    if given.kind == 'fax':
        fields['content'] = base64.b64encode(Path(given.file).read_bytes()).decode()
    client.act(given.phone, CONTROL_NAMES.get(given.kind, given.kind), fields)


def _resend(client: ControlClient, given: argparse.Namespace) -> None:
    print(client.post(f'deliveries/{given.id}/resend')['id'])


def _numbers(_client: ControlClient, _given: argparse.Namespace) -> None:
    for number, behaviour in MAGIC.items():
        print(f'{number}  {behaviour.sentence.replace("``", "")}')


def _wait(client: ControlClient, given: argparse.Namespace) -> None:
    end = time.monotonic() + given.timeout
    while not _answers(client):
        if time.monotonic() > end:
            limit = f'{given.timeout:g} s'
            raise ControlError(f'no sandbox answered at port {given.port} within {limit}')
        time.sleep(INTERVAL)


def _answers(client: ControlClient) -> bool:
    try:
        client.get('health')
    except ControlError:
        return False
    return True


# The actions that have another name in the control API.
CONTROL_NAMES = {'sms': 'send_sms', 'fax': 'send_fax', 'hangup': 'hang_up'}
ACTIONS = {'trigger': _trigger, 'resend': _resend, 'numbers': _numbers, 'wait': _wait}
