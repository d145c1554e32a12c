"""The ``hoiio login`` and ``hoiio logout`` commands."""

from __future__ import annotations

import io
import sys
import warnings
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from getpass import GetPassWarning
from pathlib import Path
from types import ModuleType

import pytest

from hoiio import CredentialsMissing, InputInvalid, TransportError
from hoiio.cli import login, logout, profiles
from hoiio.sandbox import Sandbox, Seed
from tests.cli.terminal import at_a_terminal

CANARY = 'canary-that-sings'


class Keyboard(io.StringIO):
    """A standard input that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def given(command: ModuleType, *args: str) -> Namespace:
    parser = ArgumentParser()
    command.configure(parser)
    return parser.parse_args(args)


def logged_in(*args: str) -> int:
    return login.run(given(login, *args))


Types = Callable[[str], None]


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Types:
    """Put a text on standard input, which is not a terminal."""
    return lambda text: monkeypatch.setattr(sys, 'stdin', io.StringIO(text))


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Type an App ID and an access token."""

    def put(app_id: str, token: str) -> None:
        monkeypatch.setattr(sys, 'stdin', Keyboard(app_id))
        monkeypatch.setattr(login, 'getpass', lambda _prompt: token)

    return put


def saved(name: str = 'default') -> tuple[str, str, str]:
    account = profiles.find_account(Namespace(profile=name))
    return account.app_id, account.credentials.access_token, account.base_url


def test_it_saves_what_the_service_accepts(
    sandbox: Sandbox, pipe: Types, capsys: pytest.CaptureFixture[str], profiles_folder: Path
) -> None:
    pipe(f'{sandbox.access_token}\n')
    assert logged_in('--app-id', sandbox.app_id, '--profile', 'work') == 0
    assert saved('work') == (sandbox.app_id, sandbox.access_token, sandbox.url)
    shown = capsys.readouterr()
    path = profiles_folder / 'work.toml'
    assert shown.out == f'{sandbox.app_id} has 54.650 SGD. Saved in {path}.\n'
    assert shown.err == (
        'HOIIO_BASE_URL is set, so commands use this profile only with --profile work.\n'
    )


def test_it_asks_at_a_terminal(
    sandbox: Sandbox, keys: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    keys(f' {sandbox.app_id}\n', f'{sandbox.access_token} ')
    assert logged_in() == 0
    assert saved()[:2] == (sandbox.app_id, sandbox.access_token)
    shown = capsys.readouterr()
    assert shown.err.startswith('App ID: ')
    assert sandbox.access_token not in shown.out + shown.err


def test_the_variable_names_the_profile(
    sandbox: Sandbox, pipe: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOIIO_PROFILE', 'work')
    pipe(sandbox.access_token)
    assert logged_in('--app-id', sandbox.app_id) == 0
    assert profiles.names() == ['work']


def test_a_profile_of_the_real_service_has_no_address(
    monkeypatch: pytest.MonkeyPatch, pipe: Types, api: object, capsys: pytest.CaptureFixture[str]
) -> None:
    api.answers('user/get_balance', balance='5', currency='SGD')  # type: ignore[attr-defined]
    pipe('TOKEN')
    assert logged_in('--app-id', 'APP') == 0
    assert 'base_url' not in profiles.path_for(Namespace(profile=None)).read_text()
    assert capsys.readouterr().err == ''


def test_what_the_service_refuses_is_not_saved(
    sandbox: Sandbox, pipe: Types, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe(sandbox.access_token)
    logged_in('--app-id', sandbox.app_id)
    before = saved()
    pipe('WRONG')
    assert logged_in('--app-id', sandbox.app_id) == 3
    assert saved() == before
    shown = capsys.readouterr().err
    assert 'error_invalid_access_token' in shown
    assert shown.endswith(' Nothing was saved.\n')
    assert 'WRONG' not in shown


def test_an_unreachable_service_saves_nothing(
    sandbox: Sandbox, pipe: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.stop()
    pipe(sandbox.access_token)
    with pytest.raises(TransportError):
        logged_in('--app-id', sandbox.app_id)
    assert profiles.names() == []


@pytest.mark.parametrize('command', [login, logout])
def test_an_empty_name_is_not_the_default_profile(command: ModuleType) -> None:
    with pytest.raises(InputInvalid, match='name of a profile'):
        command.run(given(command, '--profile', ''))


def test_without_a_terminal_the_app_id_is_an_option(pipe: Types) -> None:
    pipe('TOKEN')
    with pytest.raises(InputInvalid, match='pass --app-id'):
        logged_in()


@pytest.mark.parametrize('text', ['', '\n', ' \nTOKEN'])
def test_an_empty_token_is_refused(text: str, pipe: Types) -> None:
    pipe(text)
    with pytest.raises(CredentialsMissing, match='the access token is empty'):
        logged_in('--app-id', 'APP')


def test_an_empty_app_id_is_refused(keys: Callable[[str, str], None]) -> None:
    keys('', 'TOKEN')
    with pytest.raises(CredentialsMissing, match='the App ID is empty'):
        logged_in()


@pytest.mark.parametrize('error', [EOFError(), UnicodeDecodeError('utf-8', b'\xff', 0, 1, '')])
def test_the_end_of_the_input_and_a_foreign_byte_save_nothing(
    error: Exception, keys: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(_prompt: str) -> str:
        raise error

    keys('APP', '')
    monkeypatch.setattr(login, 'getpass', end)
    with pytest.raises(CredentialsMissing, match='the access token is empty'):
        logged_in()


def test_a_terminal_that_would_show_the_token_is_refused(
    keys: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(_prompt: str) -> str:
        warnings.warn('Can not control echo on the terminal.', GetPassWarning, stacklevel=2)
        return 'TOKEN'

    keys('APP', '')
    monkeypatch.setattr(login, 'getpass', shown)
    with pytest.raises(CredentialsMissing, match='cannot hide the access token'):
        logged_in()


def test_a_folder_that_is_not_private_is_refused_before_anything_is_asked(
    profiles_folder: Path,
) -> None:
    profiles_folder.mkdir(parents=True)
    profiles_folder.chmod(0o777)
    with pytest.raises(CredentialsMissing, match='chmod 700'):
        logged_in()


def test_windows_decides_itself_who_can_read_the_file(
    sandbox: Sandbox,
    pipe: Types,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(profiles, 'WINDOWS', True)
    monkeypatch.setenv('APPDATA', str(tmp_path))
    pipe(sandbox.access_token)
    assert logged_in('--app-id', sandbox.app_id) == 0
    assert 'On Windows, hoiio cannot check who else can read' in capsys.readouterr().err


def test_logout_deletes_the_profile_and_no_other(
    sandbox: Sandbox, pipe: Types, capsys: pytest.CaptureFixture[str], profiles_folder: Path
) -> None:
    for name in ('work', 'home'):
        pipe(sandbox.access_token)
        logged_in('--app-id', sandbox.app_id, '--profile', name)
    capsys.readouterr()
    assert logout.run(given(logout, '--profile', 'work')) == 0
    assert capsys.readouterr().out == f'Deleted {profiles_folder / "work.toml"}.\n'
    assert profiles.names() == ['home']
    with pytest.raises(CredentialsMissing, match=r'cannot delete .*work\.toml: No such file'):
        logout.run(given(logout, '--profile', 'work'))


@pytest.mark.slow
def test_the_token_is_in_no_argument_no_output_and_no_other_file(
    tmp_path: Path, profiles_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    with Sandbox(seed=Seed(access_token=CANARY)) as sandbox:
        monkeypatch.setenv('HOIIO_BASE_URL', sandbox.url)
        with at_a_terminal(sys.executable, '-m', 'hoiio', 'login') as terminal:
            terminal.wait_for('App ID: ')
            terminal.press(f'{sandbox.app_id}\n')
            terminal.wait_for('Access token (not shown): ')
            arguments = Path(f'/proc/{terminal.process.pid}/cmdline')
            if arguments.exists():
                assert b'login' in arguments.read_bytes()
                assert CANARY.encode() not in arguments.read_bytes()
            terminal.press(f'{CANARY}\n')
            terminal.wait_for('--profile default')
            assert terminal.process.wait(timeout=300) == 0
    assert CANARY not in terminal.shown
    files = [path for path in tmp_path.rglob('*') if path.is_file()]
    holders = [path for path in files if CANARY.encode() in path.read_bytes()]
    assert holders == [profiles_folder / 'default.toml']
    assert holders[0].stat().st_mode & 0o777 == 0o600
