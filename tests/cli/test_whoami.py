"""The ``hoiio whoami`` command."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoiio.cli import profiles
from hoiio.cli.main import main
from hoiio.sandbox import Sandbox, Seed

CANARY = 'canary-that-sings'


@pytest.fixture
def service() -> Iterator[Sandbox]:
    with Sandbox(seed=Seed(access_token=CANARY)) as sandbox:
        yield sandbox


@pytest.fixture
def work(service: Sandbox) -> Path:
    path = profiles.path_for(Namespace(profile='work'))
    profiles.prepare(path)
    values = {'app_id': service.app_id, 'access_token': CANARY, 'base_url': service.url}
    profiles.save(path, values)
    return path


def test_it_says_who_from_which_file_where_and_how_much(
    work: Path, service: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(['whoami', '--profile', 'work']) == 0
    shown = capsys.readouterr()
    assert dict(line.split(None, 1) for line in shown.out.splitlines()) == {
        'app_id': service.app_id,
        'source': f'the profile work in {work}',
        'base_url': service.url,
        'balance': '54.65',
        'currency': 'SGD',
    }
    assert shown.err == ''


def test_it_says_that_it_is_the_environment(
    service: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv('HOIIO_APP_ID', service.app_id)
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', CANARY)
    monkeypatch.setenv('HOIIO_BASE_URL', service.url)
    assert main(['whoami', '--json']) == 0
    assert json.loads(capsys.readouterr().out) == {
        'app_id': service.app_id,
        'source': 'the environment',
        'base_url': service.url,
        'balance': 54.65,
        'currency': 'SGD',
    }


def test_it_prints_csv(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(['whoami', '--profile', 'work', '--csv']) == 0
    [row] = csv.DictReader(capsys.readouterr().out.splitlines())
    assert (row['source'], row['balance']) == (f'the profile work in {work}', '54.65')


def test_refused_credentials_are_named_all_the_same(
    work: Path, service: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {'app_id': 'OTHER', 'access_token': CANARY, 'base_url': service.url}
    profiles.save(work, values)
    assert main(['whoami', '--profile', 'work', '--json']) == 3
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {
        'app_id': 'OTHER',
        'source': f'the profile work in {work}',
        'base_url': service.url,
    }
    assert 'error_invalid_app_id' in shown.err
    assert shown.err.endswith('Run hoiio login again, or set the variables again.\n')


def test_an_unreachable_service_does_not_hide_who_you_are(
    work: Path, service: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    service.stop()
    assert main(['whoami', '--profile', 'work']) == 4
    shown = capsys.readouterr()
    assert shown.out.splitlines()[0].split() == ['app_id', service.app_id]
    assert 'balance' not in shown.out


def test_without_an_account_it_says_how_to_log_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(['whoami']) == 3
    assert 'run hoiio login' in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize('is_running', [True, False])
@pytest.mark.parametrize('command', ['access_token', 'token_command'])
def test_no_output_and_no_file_of_a_command_has_the_token(
    command: str, is_running: bool, work: Path, service: Sandbox, tmp_path: Path
) -> None:
    if command == 'token_command':
        script = tmp_path / 'show.py'
        script.write_text(f'print({CANARY!r})')
        work.write_text(
            f'app_id = "{service.app_id}"\nbase_url = "{service.url}"\n'
            f"token_command = '''\"{sys.executable}\" \"{script}\"'''"
        )
    before = {path for path in tmp_path.rglob('*') if path.is_file()}
    if not is_running:
        service.stop()
    commands = (['whoami'], ['account', 'balance'], ['sms', 'send', 'Hi', '+6598765432'])
    # All at the same time, because without an answer each pauses before it tries again.
    processes = [
        subprocess.Popen(
            [sys.executable, '-m', 'hoiio', *args, '--profile', 'work'],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        for args in commands
    ]
    for process in processes:
        out, err = process.communicate()
        assert process.returncode == (0 if is_running else 4)
        assert CANARY not in out + err
    assert {path for path in tmp_path.rglob('*') if path.is_file()} == before
