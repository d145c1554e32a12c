from __future__ import annotations

import json
import subprocess
import sys

import pytest

from hoiio import HoiioClient
from hoiio.cli.main import COMMANDS
from hoiio.cli.method_arguments import parameters_of
from hoiio.cli.services import commands_of, service_of
from hoiio.constants import Status
from hoiio.response import Transaction
from hoiio.sandbox import Sandbox
from hoiio.service.base import CallOptions, Unpack
from hoiio.service.sms import Sms
from tests.cli.conftest import Run
from tests.cli.service_calls import ALICE, CALLS, SERVICES, arguments_of, every_command

HOIIO = [sys.executable, '-m', 'hoiio']


def test_each_service_of_the_client_is_a_command() -> None:
    services = {
        name for name, kind in vars(HoiioClient).items() if type(kind).__name__ == '_LazyService'
    }
    assert services - {'notification'} == {*SERVICES}
    assert {name for name, (module, _) in COMMANDS.items() if module == 'services'} == {*SERVICES}


def test_each_public_method_is_a_command_that_these_tests_run() -> None:
    assert {*every_command()} == CALLS.keys()
    for service in SERVICES:
        kind = service_of(service)
        public = {name for name in dir(kind) if not name.startswith('_')}
        assert {*commands_of(kind).values()} == public


@pytest.mark.parametrize('command', every_command())
def test_each_command_has_its_options_and_its_help(command: str, run: Run) -> None:
    service, name = command.split()
    kind = service_of(service)
    method = getattr(kind, commands_of(kind)[name])
    ended = run(*command.split(), '--help')
    assert ended.code == 0
    shown = ' '.join(ended.out.split())
    first_line = method.__doc__.partition('\n')[0].replace('`', '')
    assert first_line in shown
    for each in parameters_of(method):
        assert each.text, each.name
        assert (f'{each.flag} ' if each.is_option else each.name.upper().rstrip('S')) in shown
        assert each.text.split('`')[0] in shown
    assert 'access-token' not in shown
    assert 'app-id' not in shown


def test_a_new_method_of_a_service_is_a_new_command(
    account: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shout(
        self: Sms,
        text: str,
        *dests: str,
        times: int = 1,
        tag: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Transaction:
        """Send an SMS in capitals.

        Args:
            text: The text, at most 10 characters.
            *dests: The recipients.
            times: How many times the text is repeated, 1 to 3.
            tag: Your own reference.
        """
        return self.send(text.upper() * times, dests[0], tag=tag, **params)

    monkeypatch.setattr(Sms, 'shout', shout, raising=False)
    assert 'Send an SMS in capitals' in run('sms', '--help').out
    shown = run('sms', 'shout', '--help').out
    assert 'The text, at most 10 characters.' in shown
    assert '--times N' in shown
    assert run('sms', 'shout', 'hi', ALICE, '--times', '2').code == 0
    assert account.phone(ALICE).inbox[-1].text == 'HIHI'
    assert run('sms', 'shout', 'hi', ALICE, '--times', 'x').code == 2


def test_a_service_without_a_command_prints_its_help(run: Run) -> None:
    ended = run('sms')
    assert ended.code == 0
    assert 'bulk-send' in ended.out


@pytest.mark.parametrize('command', every_command())
def test_each_command_does_what_its_method_does(command: str, account: Sandbox, run: Run) -> None:
    arguments = arguments_of(command, account.client())
    plain, rows, lines = (run(*arguments, *form) for form in ([], ['--csv'], ['--json']))
    # The first may have done what cannot be done twice.
    assert (plain.code, plain.err) == (0, '')
    assert plain.out
    for ended in (rows, lines):
        assert ended.code in {0, 1}
        assert 'Traceback' not in ended.err
        for line in lines.out.splitlines():
            json.loads(line)


@pytest.mark.slow
@pytest.mark.parametrize('command', every_command())
def test_each_command_as_a_process_refused_and_done(command: str, account: Sandbox) -> None:
    arguments = arguments_of(command, account.client())
    operation = json.loads(_process(*arguments, '--dry-run', '--json').stdout)['operation']
    account.fail_next(operation, Status.INSUFFICIENT_CREDIT)
    refused = _process(*arguments)
    assert (refused.returncode, refused.stdout) == (1, '')
    assert refused.stderr == (
        f'hoiio: {operation}: error_insufficient_credit. {Status.INSUFFICIENT_CREDIT.meaning}'
        ' To see the balance, run: hoiio account balance\n'
    )
    done = _process(*arguments)
    assert (done.returncode, done.stderr) == (0, '')
    assert done.stdout


def _process(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*HOIIO, *arguments], capture_output=True, text=True, check=False)
