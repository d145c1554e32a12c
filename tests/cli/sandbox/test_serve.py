from __future__ import annotations

import inspect
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hoiio import Hoiio, HoiioClient
from hoiio.cli.main import main
from hoiio.cli.sandbox import serve
from hoiio.sandbox import Sandbox, Seed
from tests.cli.sandbox.conftest import US, Shell

DEST = '+6598765432'
Serve = Callable[..., Sandbox]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Starts a sandbox with options, and returns it after it has shown its welcome."""

    def start(*options: str, look: Callable[[Sandbox], object] = lambda _sandbox: None) -> Sandbox:
        running: list[Sandbox] = []

        def follow(sandbox: Sandbox) -> Iterator[str]:
            running.append(sandbox)
            look(sandbox)
            yield from sandbox.events
            raise KeyboardInterrupt

        monkeypatch.setattr(Sandbox, 'follow', follow)
        assert main(['sandbox', '--port', '0', *options]) == 0
        [sandbox] = running
        return sandbox

    return start


def test_a_sandbox_says_how_to_use_it(started: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    url = started().url
    out, err = capsys.readouterr()
    assert err == ''
    assert out.startswith(f'The sandbox is running at {url}. Press Ctrl-C to stop it.\n')
    exported = dict(re.findall(r'^  export (\w+)=(\S+)$', out, re.MULTILINE))
    assert exported == {
        'HOIIO_BASE_URL': url,
        'HOIIO_APP_ID': 'MY_APP_ID',
        'HOIIO_ACCESS_TOKEN': 'MY_ACCESS_TOKEN',
    }
    assert out.endswith('\nStopped.\n')


def test_it_prints_each_event(started: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    started(look=lambda sandbox: sandbox.client().sms.send('Hello\x1b[31m', DEST))
    assert f'-> {DEST}: Hello' in capsys.readouterr().out


def test_it_ends_when_the_sandbox_stops(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Sandbox, 'follow', lambda _sandbox: iter(['the last event']))
    assert main(['sandbox', '--port', '0']) == 0
    assert capsys.readouterr().out.endswith('the last event\n')


def account(started: Serve, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def look(sandbox: Sandbox) -> None:
        client = sandbox.client()
        found.update(client.account.info().json, **client.account.balance().json)
        found['numbers'] = [entry.number for entry in client.number.subscribed_numbers().entries]
        found['status'] = client.sms.send('x', DEST, sender_name='ACME').status

    started(*options, look=look)
    return found


@pytest.mark.slow
def test_the_account(started: Serve) -> None:
    trial = account(started, '--trial')
    assert (trial['user_status'], trial['status']) == ('trial', 'error_not_allowed_for_trial')
    credit = account(started, '--credit', '20')
    assert (credit['balance'], credit['bonus']) == ('20.000', '0.000')
    both = account(started, '--credit=0.5', '--bonus', '3')
    assert (both['balance'], both['bonus']) == ('3.500', '3.000')
    options = ['--currency=HKD', '--name=Ann', '--email=a@example.com', '--country=HK']
    other = account(started, *options, '--number', US, '--no-sender-name')
    assert (other['currency'], other['name'], other['numbers']) == ('HKD', 'Ann', [US])
    assert other['status'] == 'error_sms_rebrand_not_enabled'
    assert account(started, '--down', 'sms')['status'] == 'error_sms_service_not_available'


def test_the_rate_limit(started: Serve) -> None:
    seeds: list[Seed] = []
    for limit in ('5', 'none'):
        sandbox = started('--queries-per-minute', limit)
        seeds.append(sandbox._emulator.seed)
    assert [seed.queries_per_minute for seed in seeds] == [5, None]


def test_an_option_that_is_not_given_changes_nothing(started: Serve) -> None:
    assert started()._emulator.seed == Seed()


def test_each_field_of_the_seed_has_an_option() -> None:
    without = {
        # No option takes a token, because others can see the arguments of a process.
        *('app_id', 'access_token', 'other_app_id', 'other_access_token', 'other_subscribed')
    }
    assert {field.name for field in fields(Seed)} == serve.SEED_OPTIONS.keys() | without
    assert set(serve.SEED_OPTIONS.values()) == serve.ACCOUNT.keys()


def test_each_argument_of_a_sandbox_has_an_option() -> None:
    options = {
        'allowed_hosts': 'allow-host',
        'clock': 'stopped-clock',
        'one_at_a_time': 'one-at-a-time',
        'public_hosts': 'public-hosts',
        'log_limit': 'log-limit',
        **{name: name for name in ('host', 'answer')},
    }
    # --port is also for actions, and the account has options of its own.
    arguments = inspect.signature(Sandbox).parameters.keys() - {'port', 'seed'}
    assert arguments == options.keys()
    assert serve.OPTIONS.keys() == {*options.values(), 'open', 'load'}


def test_the_other_options_of_a_sandbox(started: Serve) -> None:
    sandbox = started('--answer', 'manual', '--stopped-clock', '--one-at-a-time', '--log-limit=5')
    emulator = sandbox._emulator
    assert (emulator.script.outcome, emulator.clock.runs) == (None, False)
    assert (emulator.outbox.one_at_a_time, emulator.journal._events.maxlen) == (True, 5)
    assert started('--public-hosts')._emulator.outbox._sender.public_hosts


def test_it_goes_on_from_a_saved_state(started: Serve, tmp_path: Path) -> None:
    file = tmp_path / 'state.json'
    with Sandbox() as first:
        first.client().sms.send('Hello', DEST)
        file.write_text(json.dumps(first.save()), 'utf-8')
    texts: list[str] = []

    def look(sandbox: Sandbox) -> None:
        texts.extend(sms.text for sms in sandbox.phone(DEST).inbox)

    started('--load', str(file), look=look)
    assert texts == ['Hello']


@pytest.mark.slow
def test_other_machines_are_warned_of(started: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    codes: list[int] = []

    def look(sandbox: Sandbox) -> None:
        port = int(sandbox.url.split(':')[2].partition('/')[0])
        for path in ('/open/user/get_balance', '/_sandbox/state'):
            with socket.create_connection(('127.0.0.1', port)) as peer:
                peer.sendall(f'GET {path} HTTP/1.0\r\nHost: sandbox:8420\r\n\r\n'.encode())
                codes.append(int(peer.makefile().read().split()[1]))

    started('--host', '127.0.0.1', '--allow-host', 'sandbox', look=look)
    assert codes == [200, 403]
    warning = 'Warning: other machines may reach this sandbox'
    assert warning in capsys.readouterr().err
    started('--host', '0.0.0.0')  # noqa: S104
    assert warning in capsys.readouterr().err
    for own in ('127.0.0.1', '127.0.0.2', 'localhost'):
        started('--host', own)
        assert capsys.readouterr().err == ''


@pytest.mark.parametrize(
    ('options', 'state'),
    [
        (['--open'], 'ringing'),
        (['--open', '--answer', 'auto'], 'talking'),
        (['--answer', 'manual'], 'ringing'),
        ([], 'talking'),
    ],
)
def test_open_shows_the_phones_in_a_browser_and_they_ring(
    started: Serve, monkeypatch: pytest.MonkeyPatch, options: list[str], state: str
) -> None:
    opened: list[str] = []
    states: list[str] = []
    monkeypatch.setattr('webbrowser.open', opened.append)

    def look(sandbox: Sandbox) -> None:
        sandbox.client().voice.call('+6598765432', '+6581234567')
        states.append(sandbox.phone('+6598765432').expect_call().state)

    url = started(*options, look=look).url
    assert opened == [url.replace('/open/', '/_sandbox/')] * ('--open' in options)
    assert states == [state]


@pytest.mark.parametrize(
    ('options', 'sentence'),
    [
        (['--credit', '-1'], 'an amount is a number such as'),
        (['--credit', 'nan'], 'an amount is a number such as'),
        (['--credit', '1e99'], 'an amount is a number such as'),
        (['--credit', '0.0001'], 'an amount is a number such as'),
        (['--bonus', 'x'], 'an amount is a number such as'),
        (['--currency', 'EUR'], 'EUR'),
        (['--down', 'mail'], 'mail'),
        (['--max-numbers', '0'], 'use a whole number from 1'),
        (['--number', '+6500000000'], '+6500000000 is not in the sandbox catalogue'),
        (['--registered', '91234567'], 'the registered number must be in E.164'),
        (['--allow-host', 'http://sandbox'], 'must be a name without a port'),
        (['--host', ''], 'host must not be empty: use 127.0.0.1'),
        (['--load', ''], 'argument --load: it must not be empty'),
        (['--registered', ''], 'argument --registered: it must not be empty'),
        (['--number', ''], 'argument --number: it must not be empty'),
        (['--load', 'nowhere.json'], 'nowhere.json cannot be read'),
        (['--url', 'http://127.0.0.1:8420/'], '--url is for an action'),
        (['--json'], '--json is for an action'),
        (['--csv'], '--csv is for an action'),
        (['--access-token=x'], 'access-token'),
    ],
)
def test_options_that_cannot_be_are_refused(
    shell: Shell, options: list[str], sentence: str
) -> None:
    code, told = shell.refused(*options)
    assert (code, sentence in told, len(told) < 400) == (2, True, True)


def test_a_state_that_contradicts_itself_is_refused(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / 'state.json').write_text('{}', 'utf-8')
    code, _told = shell.refused('--port', '0', '--load', str(tmp_path / 'state.json'))
    assert code == 2


def test_a_taken_port_is_reported(shell: Shell) -> None:
    code, told = shell.refused('--port', shell.port)
    assert (code, f'port {shell.port} of 127.0.0.1 is not available' in told) == (1, True)
    assert 'try --port 0' in told


def test_a_host_that_does_not_exist_is_reported(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, 'Name or service not known')

    monkeypatch.setattr(socket, 'create_server', fail)
    code, told = shell.refused('--host', 'nowhere.example')
    assert (code, 'nowhere.example is not available (the host was not found)' in told) == (1, True)


def test_an_amount_is_exact() -> None:
    assert serve.amount('0.1') == Decimal('0.100')


# As a process

COMMAND = [sys.executable, '-m', 'hoiio', 'sandbox', '--port', '0']


class Running:
    """A sandbox that was started by the command line."""

    def __init__(self, *args: str, env: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
        )
        self.head = self.read_until('HOIIO_ACCESS_TOKEN')
        self.port = re.findall(r'127\.0\.0\.1:(\d+)/', self.head)[0]

    def read_until(self, word: str) -> str:
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if word in line:
                return ''.join(lines)
        raise AssertionError(f'{word!r} never came: {"".join(lines)}')

    def interrupt(self) -> tuple[str, str, int]:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=300)
        return out, err, self.process.returncode


@pytest.fixture
def process() -> Iterator[Running]:
    running = Running()
    yield running
    running.process.kill()
    running.process.communicate()


@pytest.mark.slow
def test_a_process_is_used_and_stopped(process: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in re.findall(r'^  export (\w+)=(\S+)$', process.head, re.MULTILINE):
        monkeypatch.setenv(name, value)
    Hoiio.sms.send('Hoiio World', DEST).raise_for_status()
    assert f'-> {DEST}: Hoiio World' in process.read_until('AA-S-1')
    out, err, code = process.interrupt()
    assert (out.strip(), err, code) == ('Stopped.', '', 0)


@pytest.mark.slow
def test_characters_that_the_terminal_cannot_show_are_escaped() -> None:
    running = Running(env={**os.environ, 'PYTHONIOENCODING': 'ascii'})
    try:
        client = HoiioClient(
            'MY_APP_ID', 'MY_ACCESS_TOKEN', base_url=f'http://127.0.0.1:{running.port}/open/'
        )
        client.sms.send('Grüße 👍 \x1b[31m', DEST).raise_for_status()
        line = running.read_until('AA-S-1')
        assert line.endswith('Gr\\xfc\\xdfe \\U0001f44d \\x1b[31m\n')
    finally:
        assert running.interrupt()[2] == 0


@pytest.mark.slow
def test_a_closed_pipe_ends_the_command(process: Running) -> None:
    assert process.process.stdout is not None
    process.process.stdout.close()
    main(['sandbox', '--port', process.port, 'trigger', 'sms', DEST, US, 'hello'])
    assert process.process.wait(300) == 0
    assert process.process.stderr is not None
    assert process.process.stderr.read() == ''


@pytest.mark.slow
@pytest.mark.parametrize('arguments', ['demo', 'sandbox numbers', 'sandbox --port 0'])
def test_a_reader_that_stops_reading_is_not_an_error(arguments: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, 'w') as pipe:
        run = subprocess.run(
            [sys.executable, '-m', 'hoiio', *arguments.split()],
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (run.returncode, run.stderr) == (0, '')


@pytest.mark.slow
@pytest.mark.skipif(not Path('/dev/full').exists(), reason='this system has no /dev/full')
@pytest.mark.parametrize('arguments', ['sandbox --port 0', 'demo', 'sandbox numbers'])
def test_a_full_disk_is_one_sentence(arguments: str) -> None:
    with Path('/dev/full').open('w', encoding='utf-8') as full:
        run = subprocess.run(
            [sys.executable, '-m', 'hoiio', *arguments.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (run.returncode, len(run.stderr.splitlines())) == (6, 1)
    assert 'the output is not complete' in run.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ('arguments', 'module'),
    [
        ('sandbox --port 0', 'argparse'),
        ('sandbox --port 0', 'hoiio.cli.sandbox.serve'),
        ('sandbox --port 0', 'werkzeug.wrappers'),
        ('sandbox --port 0', 'hoiio.sandbox.web.server'),
        ('demo', 'argparse'),
        ('demo', 'requests'),
        ('demo', 'hoiio.sandbox'),
        ('demo', 'hoiio.sandbox.web.server'),
    ],
)
def test_ctrl_c_while_it_starts_prints_no_traceback(arguments: str, module: str) -> None:
    # With importtime, Python writes a line to standard error after each import.
    command = [sys.executable, '-X', 'importtime', '-m', 'hoiio', *arguments.split()]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert any(line.split()[-1] == module for line in process.stderr)
        process.send_signal(signal.SIGINT)
        assert 'Traceback' not in process.stderr.read()
    # If the signal comes late, the demo is over, and Python dies of the signal while it ends.
    assert process.returncode in {0, 130, -signal.SIGINT}
