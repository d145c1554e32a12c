from __future__ import annotations

import inspect
import json
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from hoiio import HoiioClient
from hoiio.cli.main import COMMANDS
from hoiio.cli.method_arguments import parameters_of
from hoiio.cli.services import commands_of, service_of
from hoiio.constants import Status
from hoiio.response import Transaction
from hoiio.sandbox import Sandbox
from hoiio.service.base import CallOptions, Service, Unpack
from hoiio.service.sms import Sms
from tests import wire
from tests.canary import TOKEN
from tests.cli.conftest import Run
from tests.cli.service_calls import ALICE, BOB, CALLS, SERVICES, arguments_of, every_command

HOIIO = [sys.executable, '-m', 'hoiio']


def test_each_service_of_the_client_is_a_command() -> None:
    kinds = {name: getattr(HoiioClient, name) for name in vars(HoiioClient)}
    services = {
        name for name, kind in kinds.items() if inspect.isclass(kind) and issubclass(kind, Service)
    }
    assert services == {*SERVICES}
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
def test_each_command_as_a_process_refused_and_done(
    command: str, account: Sandbox, run: Run
) -> None:
    arguments = arguments_of(command, account.client())
    operation = json.loads(run(*arguments, '--dry-run', '--json').out)['operation']
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


# Failures, in this process.


def test_a_refusal_is_on_standard_error_alone(account: Sandbox, run: Run) -> None:
    account.fail_next('sms/send', Status.DEST_INVALID)
    ended = run('sms', 'send', 'Hi', ALICE, '--json')
    assert (ended.code, ended.out) == (1, '')
    assert 'error_dest_invalid' in ended.err


def test_an_unknown_outcome_names_the_tag(account: Sandbox, run: Run) -> None:
    account.fault('dropped_after', operation='sms/send')
    ended = run('sms', 'send', 'Hi', ALICE, '--tag', 'welcome')
    assert ended.code == 5
    assert ended.err.endswith('hoiio sms find welcome.\n')


def test_a_list_that_ends_too_early_keeps_its_first_pages(account: Sandbox, run: Run) -> None:
    for _ in range(3):
        account.client().sms.send('Hi', ALICE).raise_for_status()
    account.fault('status', operation='sms/get_history', match={'page': '3'}, times=None)
    ended = run('sms', 'history', '--page-size', '1', '--csv')
    assert (ended.code, len(ended.out.splitlines())) == (6, 3)
    assert 'The list ends after 2 entries' in ended.err


@pytest.mark.parametrize(
    ('options', 'rows'),
    [([], 3), (['--limit', '2'], 2), (['--page', '2'], 1), (['--page', '9'], 0)],
)
def test_a_history_has_all_pages_a_few_entries_or_one_page(
    options: list[str], rows: int, account: Sandbox, run: Run
) -> None:
    for _ in range(3):
        account.client().sms.send('Hi', ALICE).raise_for_status()
    ended = run('sms', 'history', '--page-size', '1', '--json', *options)
    assert (ended.code, len(ended.out.splitlines())) == (0, rows)


def test_nothing_found_is_not_a_success(account: Sandbox, run: Run) -> None:
    ended = run('voice', 'find', 'welcome')
    assert (ended.code, ended.out) == (1, '')
    assert 'nothing was found' in ended.err


def test_two_messages_need_a_yes(account: Sandbox, run: Run) -> None:
    ended = run('sms', 'bulk-send', 'Hi', ALICE, BOB)
    assert (ended.code, ended.out) == (2, '')
    assert account.events == []


def test_a_dry_run_makes_no_client(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError('a client')

    monkeypatch.setattr(HoiioClient, '__init__', refuse)
    # Neither are there credentials.
    ended = run('sms', 'bulk-send', 'x' * 161, ALICE, BOB, '--dry-run')
    assert (ended.code, ended.err) == (0, '')
    assert ended.out.splitlines() == [
        'operation  sms/bulk_send',
        f'msg        {"x" * 161}',
        f'dest       {ALICE},{BOB}',
        'messages   2',
        'parts      2',
        'price      not known without asking Hoiio',
    ]


@pytest.mark.parametrize(
    ('arguments', 'code', 'says'),
    [
        (['sms', 'send', 'Hi', ALICE], 130, 'interrupted during sms/send. It is unknown whether'),
        (['sms', 'rate', 'Hi', ALICE], 130, 'Interrupted.'),
    ],
)
def test_ctrl_c_during_a_request(
    arguments: list[str],
    code: int,
    says: str,
    account: Sandbox,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def press(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(HoiioClient, 'request', press)
    ended = run(*arguments)
    assert (ended.code, ended.out) == (code, '')
    assert says in ended.err


def test_a_method_that_sends_nothing(
    account: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ping(self: Sms) -> None:
        """Send nothing."""

    monkeypatch.setattr(Sms, 'ping', ping, raising=False)
    assert run('sms', 'ping').code == 1
    dry = run('sms', 'ping', '--dry-run')
    assert (dry.code, dry.out) == (0, 'operation  -\n')


def test_what_strangers_write_does_not_reach_the_terminal(account: Sandbox, run: Run) -> None:
    [*_, rented] = account.client().number.subscribed_numbers().entries
    account.phone(ALICE).send_sms(rented.number, '=1+1\x1b[2J\x9b')
    assert r'=1+1\x1b[2J\x9b' in run('sms', 'history').out
    assert "'=1+1" in run('sms', 'history', '--csv').out
    assert r'"=1+1\u001b[2J\u009b"' in run('sms', 'history', '--json').out


# Long lists, as processes.

PAGE = 100

# Runs a command, and says on standard error how much memory it took.
MEASURED = """\
import resource, sys
from hoiio.cli.main import main
code = main()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture
def history(server: wire.Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Serve a history of so many calls."""
    monkeypatch.setenv('HOIIO_BASE_URL', server.url)
    monkeypatch.setenv('HOIIO_APP_ID', 'APP')
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', TOKEN)

    def serve(total: int) -> None:
        def behave(peer: socket.socket, request: bytes) -> bool:
            number = int(wire.form_of(request).get('page', '1'))
            refs = (f'AA-C-{PAGE * number + place}' for place in range(PAGE))
            entries = [{'txn_ref': ref, 'dest1': ALICE, 'rate': '0.018'} for ref in refs]
            totals = {'total_entries_count': total, 'entries_count': PAGE}
            peer.sendall(wire.http({'status': 'success_ok', **totals, 'entries': entries}))
            return True

        server.behaviours = (behave,)

    return serve


@pytest.mark.slow
@pytest.mark.parametrize('form', [['--csv'], ['--json'], []])
def test_a_hundred_thousand_entries_stream_in_constant_memory(
    form: list[str], history: Callable[[int], None]
) -> None:
    peaks = []
    for total in (1_000, 100_000):
        history(total)
        command = [sys.executable, '-c', MEASURED, 'voice', 'history', *form]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stderr
            rows = sum(1 for _ in process.stdout)
            peaks.append(int(process.stderr.read()))
        assert (process.returncode, rows) == (0, total + (form != ['--json']))
    few, many = peaks
    assert many <= few * 1.1


@pytest.mark.slow
@pytest.mark.parametrize('form', [['--csv'], ['--json'], []])
def test_a_reader_that_has_enough_ends_a_history_quietly(
    form: list[str], history: Callable[[int], None]
) -> None:
    history(1_000_000)
    command = [*HOIIO, 'voice', 'history', *form]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b''
    assert process.returncode == 0
