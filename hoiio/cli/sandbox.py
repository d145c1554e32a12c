"""The ``hoiio sandbox`` command: run a sandbox, or control one that is running."""

from __future__ import annotations

import base64
import os
import sys
import time
import webbrowser
from argparse import Namespace
from pathlib import Path

from ..sandbox import Sandbox
from ..sandbox.presets.magic_numbers import MAGIC
from ..sandbox.web.control_client import ControlClient, ControlError
from ..sandbox.words import Answering

__all__ = ['run']

# The pause in seconds between two checks of `wait`.
INTERVAL = 0.05


def run(given: Namespace) -> int:
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
        # The reader of the pipe has closed it, so discard any further output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
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


def _trigger(client: ControlClient, given: Namespace) -> None:
    names = ('number', 'text', 'keys')
    fields = {name: value for name, value in vars(given).items() if name in names}
    if given.kind == 'fax':
        fields['content'] = base64.b64encode(Path(given.file).read_bytes()).decode()
    client.act(given.phone, CONTROL_NAMES.get(given.kind, given.kind), fields)


def _resend(client: ControlClient, given: Namespace) -> None:
    print(client.post(f'deliveries/{given.id}/resend')['id'])


def _numbers(_client: ControlClient, _given: Namespace) -> None:
    for number, behaviour in MAGIC.items():
        print(f'{number}  {behaviour.sentence.replace("``", "")}')


def _wait(client: ControlClient, given: Namespace) -> None:
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
