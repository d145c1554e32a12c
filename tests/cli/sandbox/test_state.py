from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from hoiio.cli.sandbox.control_client import Location
from hoiio.sandbox.presets.magic_numbers import MAGIC
from tests import wire
from tests.cli.sandbox.conftest import US, Shell

DEST = '+6598765432'


def test_state_shows_the_account_and_its_transactions(shell: Shell) -> None:
    shell.client.sms.send('Hello\x1b[31m\nyou', DEST)
    shell.client.voice.call(DEST, '+6581234567')
    shell.client.ivr.dial(DEST, notify_url='http://127.0.0.1:9/')
    shell.client.fax.send('+6561234567', b'%PDF-1.4')
    shell.client.number.configure(US, forward_to='http://127.0.0.1:9/calls')
    shown = shell.done('state')
    balance = shell.client.account.balance().balance
    assert shown.startswith(f'balance  {balance:.3f} SGD (')
    assert f'{US}  MY_APP_ID ' in shown
    assert 'calls: http://127.0.0.1:9/calls' in shown
    for name in ('AA-S-1', 'AA-C-1', 'AA-F-1', 'S1'):
        assert name in shown
    assert '\x1b' not in shown
    assert shell.json('state')['balance'] == f'{balance:.3f}'


@pytest.mark.slow
def test_env_sets_the_variables_of_the_sdk(shell: Shell) -> None:
    code = 'from hoiio import Hoiio; print(Hoiio.account.balance().balance)'
    script = f'{shell.done("env")}{shlex.quote(sys.executable)} -c {shlex.quote(code)}'
    bare = {name: value for name, value in os.environ.items() if not name.startswith('HOIIO_')}
    run = subprocess.run(
        ['/bin/sh', '-c', script], capture_output=True, text=True, env=bare, check=True
    )
    assert run.stdout == '54.65\n'
    assert shell.json('env')['HOIIO_BASE_URL'] == shell.sandbox.url


def test_an_ipv6_address_stands_in_brackets() -> None:
    assert str(Location('::1', 8420)) == 'http://[::1]:8420'


def test_the_clock(shell: Shell) -> None:
    assert shell.done('clock').startswith('2026-01-01 00:00:00 (stopped')
    assert shell.json('clock', 'advance', '--hours', '1.5')['now'].startswith('2026-01-01T01:30')
    assert shell.refused('clock', 'advance')[0] == 2
    assert 'clock advance --minutes 5' in shell.err


@pytest.mark.parametrize('amount', ['-3', 'nan', 'inf', '1e9', 'x', '99999999'])
def test_a_time_that_the_clock_cannot_reach_is_refused(shell: Shell, amount: str) -> None:
    assert shell.refused('clock', 'advance', f'--days={amount}')[0] == 2
    assert len(shell.err) < 300


def test_reset_save_and_load(shell: Shell, tmp_path: Path) -> None:
    file = str(tmp_path / 'state.json')
    shell.client.sms.send('Hello', DEST)
    assert shell.done('save', file) == f'Saved to {file}.\n'
    shell.done('reset')
    assert shell.sandbox.phone(DEST).inbox == []
    assert shell.done('load', file) == f'The sandbox continues from {file}.\n'
    assert shell.sandbox.phone(DEST).inbox[0].text == 'Hello'


def test_save_and_load_in_a_pipe(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.client.sms.send('Hello', DEST)
    state = shell.done('save', '-')
    shell.done('reset')
    monkeypatch.setattr(sys, 'stdin', io.TextIOWrapper(io.BytesIO(state.encode())))
    shell.done('load', '-')
    assert shell.sandbox.phone(DEST).inbox[0].text == 'Hello'


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='this system has no /dev/full')
def test_a_full_disk_is_reported(shell: Shell) -> None:
    assert shell.refused('save', '/dev/full') == (
        1,
        'hoiio sandbox: /dev/full cannot be written: No space left on device\n',
    )


def test_a_state_that_cannot_be_saved_leaves_the_file_as_it_was(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / 'state.json'
    shell.done('save', str(file))
    before = file.read_bytes()
    shell.client.sms.send('Hello', DEST)

    def fail(*_: object) -> None:
        raise OSError(28, 'No space left on device')

    with monkeypatch.context() as full:
        full.setattr(Path, 'replace', fail)
        assert shell.refused('save', str(file))[0] == 1
    assert (file.read_bytes(), list(tmp_path.glob('*.part'))) == (before, [])


def test_a_state_is_saved_to_a_device(shell: Shell) -> None:
    shell.done('save', os.devnull)
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize('content', ['', 'no JSON', '[1]', '{}', '[' * 100_000, '\xff'])
def test_a_file_that_is_not_a_state_changes_nothing(
    shell: Shell, tmp_path: Path, content: str
) -> None:
    shell.client.sms.send('Hello', DEST)
    file = tmp_path / 'state.json'
    file.write_text(content, 'latin-1')
    assert shell.refused('load', str(file))[0] == 2
    assert shell.sandbox.phone(DEST).inbox[0].text == 'Hello'


def test_a_file_that_cannot_be_written_or_read(shell: Shell, tmp_path: Path) -> None:
    assert shell.refused('save', str(tmp_path / 'no' / 'state.json'))[0] == 1
    assert 'cannot be written: No such file or directory' in shell.err
    assert shell.refused('save', 'a\0b')[0] == 1
    assert shell.refused('load', str(tmp_path / 'state.json'))[0] == 2
    assert 'cannot be read: No such file or directory' in shell.err


def test_numbers_lists_the_magic_numbers(shell: Shell) -> None:
    lines = shell.done('numbers').splitlines()
    assert [line.split()[0] for line in lines] == list(MAGIC)
    assert not any('`' in line for line in lines)
    shell('numbers', '--json')
    assert [json.loads(line)['number'] for line in shell.out.splitlines()] == list(MAGIC)


def test_wait_ends_when_the_sandbox_is_ready(shell: Shell) -> None:
    assert shell.done('wait') == ''
    assert shell.json('wait')['ok'] is True


def test_wait_is_patient(shell: Shell) -> None:
    starting = [wire.drop, wire.answer_and_close(b'HTTP/1.1 502 Bad Gateway\r\n\r\n<html>')]
    health = wire.http(b'{"ok": true, "version": "1", "url": "http://127.0.0.1"}')
    with wire.serving(*starting, wire.answer_and_close(health)) as server:
        shell.done('wait', '--port', str(server.port))
        assert len(server.requests) == 3


@pytest.mark.slow
def test_wait_gives_up_after_its_timeout(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shell.refused('wait', '--url', wire.refused_url(), '--timeout', '0.1')[0] == 4
    assert 'no sandbox was ready within 0.1 s: no sandbox is running at http://127.' in shell.err
    with wire.serving() as server:
        server.behaviours = (server.silent,)
        assert shell.refused('wait', '--url', server.url, '--timeout', '0.1')[0] == 4
    # The last check lets a busy machine answer.
    for name in ('SHORTEST_CHECK', 'LONGEST_CHECK'):
        monkeypatch.setattr(f'hoiio.cli.sandbox.state.{name}', 60)
    with wire.serving(wire.answer(wire.http(b'[1]'))) as server:
        assert shell.refused('wait', '--url', server.url, '--timeout', '0')[0] == 1


@pytest.mark.parametrize('timeout', ['-3', 'nan', 'inf', '-inf', '1e9', 'x', ''])
def test_a_timeout_that_is_not_a_time_is_refused(shell: Shell, timeout: str) -> None:
    for action in (['wait'], ['drain'], ['expect', 'sms', DEST]):
        code, told = shell.refused(*action, f'--timeout={timeout}')
        assert (code, 'use a number of seconds from 0 to 86400' in told) == (2, True)
