"""Where the account of a command comes from, and who may read it."""

from __future__ import annotations

import os
import re
import stat
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import pytest

from hoiio import CredentialsMissing, InputInvalid
from hoiio.cli import profiles
from hoiio.client import BASE_URL
from tests.canary import TOKEN

needs_modes = pytest.mark.skipif(os.name == 'nt', reason='Windows has no modes of files')
LOOPBACK = 'http://127.0.0.1:8420/open/'


def given(*args: str) -> Namespace:
    parser = ArgumentParser()
    profiles.add_option(parser)
    return parser.parse_args(args)


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f'{name}.toml'
    path.write_text(text, 'utf-8')
    path.chmod(0o600)
    return path


def saved(name: str = 'default', app_id: str = 'SAVED', **values: str) -> Path:
    path = profiles.path_for(given('--profile', name))
    profiles.prepare(path)
    profiles.save(path, {'app_id': app_id, 'access_token': TOKEN, **values})
    return path


def account_of(*args: str) -> tuple[str, str, str]:
    account = profiles.find_account(given(*args))
    return account.app_id, account.credentials.access_token, account.base_url


def refusal(*args: str) -> str:
    with pytest.raises(CredentialsMissing) as caught:
        profiles.find_account(given(*args))
    assert TOKEN not in re.sub('HOIIO_ACCESS_TOKEN|MY_ACCESS_TOKEN', '', str(caught.value))
    return str(caught.value)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOIIO_APP_ID', ' APP ')
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'FROM_ENVIRONMENT')
    monkeypatch.setenv('HOIIO_BASE_URL', LOOPBACK)


def test_the_environment_comes_first(environment: None) -> None:
    saved()
    assert account_of() == ('APP', 'FROM_ENVIRONMENT', LOOPBACK)
    assert profiles.find_account(given()).source == 'the environment'


def test_without_an_environment_the_default_profile_is_used() -> None:
    path = saved()
    assert account_of() == ('SAVED', TOKEN, BASE_URL)
    assert profiles.find_account(given()).source == f'the profile default in {path}'


def test_the_profile_of_the_option_wins_with_its_own_address(environment: None) -> None:
    saved('work')
    assert account_of('--profile', 'work') == ('SAVED', TOKEN, BASE_URL)


def test_a_variable_names_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    saved('work', 'WORK', base_url=LOOPBACK)
    saved('home', 'HOME')
    monkeypatch.setenv('HOIIO_PROFILE', 'work')
    assert account_of() == ('WORK', TOKEN, LOOPBACK)
    assert account_of('--profile', 'home') == ('HOME', TOKEN, BASE_URL)


@pytest.mark.parametrize('name', profiles.VARIABLES)
def test_two_accounts_in_the_environment_are_refused(
    environment: None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved('work')
    for other in set(profiles.VARIABLES) - {name}:
        monkeypatch.delenv(other)
    monkeypatch.setenv('HOIIO_PROFILE', 'work')
    assert f'both HOIIO_PROFILE and {name} are set' in refusal()


@pytest.mark.parametrize(
    ('names', 'shown'),
    [
        (['HOIIO_APP_ID'], 'HOIIO_APP_ID is set, but not HOIIO_ACCESS_TOKEN'),
        (['HOIIO_ACCESS_TOKEN'], 'HOIIO_ACCESS_TOKEN is set, but not HOIIO_APP_ID'),
        (['HOIIO_BASE_URL'], 'HOIIO_BASE_URL is set, but not HOIIO_APP_ID and HOIIO_ACCESS_TOKEN'),
    ],
)
def test_half_an_environment_is_not_completed_by_a_profile(
    environment: None, names: list[str], shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved()
    for other in set(profiles.VARIABLES) - set(names):
        monkeypatch.delenv(other)
    assert shown in refusal()


@pytest.mark.parametrize('name', [*profiles.VARIABLES, 'HOIIO_PROFILE'])
def test_an_empty_variable_is_an_error(
    environment: None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved()
    monkeypatch.setenv(name, ' ')
    with pytest.raises(InputInvalid, match=f'{name} is set but empty'):
        profiles.find_account(given())


def test_the_client_uses_the_account_whatever_the_environment_says_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    saved()
    client = profiles.client(given())
    monkeypatch.setenv('HOIIO_BASE_URL', LOOPBACK)
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'FROM_ENVIRONMENT')
    assert (client.access_token, repr(client)) == (TOKEN, f'<HoiioClient {BASE_URL}>')


def test_without_any_account_it_says_what_to_do(profiles_folder: Path) -> None:
    path = profiles_folder / 'default.toml'
    assert refusal() == (
        f'there are no credentials, and {path} does not exist: run hoiio login, or'
        ' set the environment variables HOIIO_APP_ID and HOIIO_ACCESS_TOKEN'
    )
    assert 'run hoiio login --profile work, or' in refusal('--profile', 'work')
    assert not profiles_folder.exists()


def test_if_a_profile_does_not_exist_it_offers_the_saved_ones(profiles_folder: Path) -> None:
    saved('work')
    saved('home')
    path = profiles_folder / 'wrok.toml'
    assert refusal('--profile', 'wrok').startswith(
        f'there are no credentials, and {path} does not exist: pass --profile with the name of a'
        ' saved one (home, work), or run hoiio login --profile wrok, or set'
    )
    assert 'a saved one (home, work), or run hoiio login, or set' in refusal()


@pytest.mark.parametrize(
    'name', ['', '.', '..', '../other', 'a/b', '/etc/passwd', '-x', 'a\n', 'é', 'a' * 65, 'a\\b']
)
def test_the_name_of_a_profile_is_not_a_path(name: str) -> None:
    with pytest.raises(InputInvalid, match='name of a profile'):
        profiles.find_account(Namespace(profile=name))


AWKWARD = [
    'a"b',
    "it's",
    'back\\slash',
    'é😀',
    'tab\there',
    '\x7f\x01',
    '"""',
    "'''",
    '# no',
    '\\u0041',
]


@pytest.mark.parametrize('token', AWKWARD)
def test_a_token_is_read_as_it_was_saved(token: str) -> None:
    path = profiles.path_for(given())
    profiles.prepare(path)
    profiles.save(path, {'app_id': token, 'access_token': token})
    assert account_of()[:2] == (token, token)


@needs_modes
def test_a_saved_profile_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.umask(0)
    modes = []
    monkeypatch.setattr(os, 'fsync', lambda fd: modes.append(stat.S_IMODE(os.fstat(fd).st_mode)))
    try:
        path = saved()
        saved()
    finally:
        os.umask(before)
    assert modes == [0o600, 0o600]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(each.stat().st_mode) for each in path.parents[:3]] == [0o700] * 3
    assert list(path.parent.iterdir()) == [path]


def test_a_profile_that_cannot_be_written_leaves_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, 'No space left on device')

    path = saved()
    monkeypatch.setattr(os, 'fsync', full)
    with pytest.raises(CredentialsMissing, match=f'cannot use {path}: No space left on device'):
        saved(app_id='NEW')
    assert account_of()[0] == 'SAVED'
    assert list(path.parent.iterdir()) == [path]


@needs_modes
@pytest.mark.parametrize('mode', [0o640, 0o604, 0o620, 0o602, 0o601, 0o666])
def test_a_file_that_others_have_access_to_is_refused(mode: int) -> None:
    path = saved()
    path.chmod(mode)
    assert f'run chmod 600 {path}' in refusal()
    path.chmod(0o400)
    assert account_of()[0] == 'SAVED'


@needs_modes
def test_a_folder_that_others_can_write_to_is_refused(profiles_folder: Path) -> None:
    path = saved()
    path.parent.chmod(0o770)
    assert f'run chmod 700 {path.parent}' in refusal()
    with pytest.raises(CredentialsMissing, match='run chmod 700'):
        saved()
    path.parent.chmod(0o755)
    assert account_of()[0] == 'SAVED'


@needs_modes
def test_a_link_is_refused(tmp_path: Path) -> None:
    path = saved()
    path.rename(tmp_path / 'elsewhere')
    path.symlink_to(tmp_path / 'elsewhere')
    assert f'cannot use {path}: it is a link' in refusal()


@needs_modes
def test_a_file_of_another_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved()
    monkeypatch.setattr(os, 'geteuid', lambda: path.stat().st_uid + 1)
    assert f'{path} belongs to another user' in refusal()


@needs_modes
def test_what_is_not_a_file_is_refused(profiles_folder: Path) -> None:
    profiles_folder.mkdir(mode=0o700, parents=True)
    (profiles_folder / 'default.toml').mkdir(mode=0o700)
    assert 'Is a directory' in refusal()
    os.mkfifo(profiles_folder / 'pipe.toml', 0o600)
    assert 'must have app_id' in refusal('--profile', 'pipe')


def test_windows_keeps_profiles_with_the_user_and_checks_no_modes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, 'WINDOWS', True)
    monkeypatch.setenv('APPDATA', str(tmp_path / 'AppData'))
    path = saved()
    path.chmod(0o644)
    assert path.is_relative_to(tmp_path / 'AppData')
    assert account_of()[0] == 'SAVED'


@pytest.mark.parametrize('config', ['', 'relative'])
def test_without_a_config_folder_the_home_folder_is_used(
    config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('XDG_CONFIG_HOME', config)
    monkeypatch.setenv('HOME', str(tmp_path / 'home'))
    assert saved() == tmp_path / 'home' / '.config' / 'hoiio' / 'profiles' / 'default.toml'


@pytest.mark.parametrize(
    ('windows', 'variable'), [(False, 'HOME or XDG_CONFIG_HOME'), (True, 'APPDATA')]
)
def test_without_a_home_folder_it_says_what_to_set(
    windows: bool, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, 'WINDOWS', windows)
    monkeypatch.delenv('XDG_CONFIG_HOME')
    monkeypatch.setattr(os.path, 'expanduser', lambda path: path)
    said = f'no home folder to keep profiles in: set {variable} to a folder of yours, or set'
    assert said in refusal()
    assert profiles.names() == []


def test_an_empty_home_is_not_the_root_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('XDG_CONFIG_HOME')
    monkeypatch.setenv('HOME', '')
    assert 'no home folder to keep profiles in' in refusal()


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / 'config').write_text('')
    # Another profile would be in the same folder.
    with pytest.raises(
        CredentialsMissing,
        match=r'cannot make .*: (File exists|Not a directory); set HOME or XDG_CONFIG_HOME to',
    ):
        saved()


def test_the_names_of_the_profiles() -> None:
    assert profiles.names() == []
    saved('work')
    saved('home')
    assert profiles.names() == ['home', 'work']


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        (f'app_id = "A"\naccess_token = {TOKEN}', 'is not TOML at line 2, column'),
        (f'app_id = "{TOKEN}', 'is not TOML'),
        (f'access_token = "{TOKEN}"', 'must have app_id'),
        ('app_id = "A"', 'either access_token or token_command'),
        (
            f'app_id = "A"\naccess_token = "{TOKEN}"\ntoken_command = "echo {TOKEN}"',
            'either access_token or token_command',
        ),
        (f'app_id = "A"\naccess_token = "{TOKEN}"\n{TOKEN} = "A"', 'no other key is known'),
        (f'app_id = 1\naccess_token = "{TOKEN}"', 'each is text in quotes'),
        (f'app_id = " "\naccess_token = "{TOKEN}"', 'each is text in quotes'),
        (f'[app_id]\naccess_token = "{TOKEN}"', 'must have app_id'),
        (
            f'app_id = "A"\naccess_token = "{TOKEN}"\nbase_url = "http://api.example/"',
            'base_url is http:// to another machine',
        ),
        (
            f'app_id = "A"\naccess_token = "{TOKEN}"\nbase_url = "https://A:{TOKEN}@api.example/"',
            'base_url must be a plain URL',
        ),
    ],
)
def test_an_unusable_profile_is_refused_and_not_quoted(
    text: str, shown: str, profiles_folder: Path
) -> None:
    path = write(profiles_folder, 'default', text)
    message = refusal()
    assert shown in message
    assert str(path) in message


def test_a_file_may_begin_with_a_byte_order_mark(profiles_folder: Path) -> None:
    path = write(profiles_folder, 'default', '')
    path.write_text(f'app_id = "A"\naccess_token = "{TOKEN}"', 'utf-8-sig')
    assert profiles.find_account(Namespace(profile=None)).app_id == 'A'


def test_a_file_that_is_not_utf_8_is_refused(profiles_folder: Path) -> None:
    path = write(profiles_folder, 'default', '')
    path.write_bytes(b'app_id = "A"\naccess_token = "\xff"')
    assert refusal() == f'{path} is not TOML'


def test_without_a_reader_of_toml_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    saved()
    for name in ('tomllib', 'tomli'):
        monkeypatch.setitem(sys.modules, name, None)
    assert 'pip install "hoiio[cli]", or set the environment variables' in refusal()
    with pytest.raises(CredentialsMissing, match='tomli'):
        profiles.prepare(profiles.path_for(given()))


def with_command(folder: Path, *command: str) -> Path:
    line = ' '.join(f"'{part}'" for part in command)
    return write(folder, 'default', f'app_id = "A"\ntoken_command = """{line}"""')


def python(folder: Path, code: str) -> Path:
    return with_command(folder, sys.executable, '-c', code)


def test_a_command_prints_the_token_on_its_first_line(profiles_folder: Path) -> None:
    python(profiles_folder, f'print("{TOKEN} "); print("notes")')
    assert account_of() == ('A', TOKEN, BASE_URL)


def test_windows_splits_the_command_itself(
    profiles_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[Any] = []

    def run(command: Any, **_options: Any) -> Namespace:
        commands.append(command)
        return Namespace(returncode=0, stdout=TOKEN.encode())

    write(profiles_folder, 'default', "app_id = 'A'\ntoken_command = '\"C:\\op.exe\" read x'")
    monkeypatch.setattr(profiles, 'WINDOWS', True)
    monkeypatch.setenv('APPDATA', str(tmp_path / 'config'))
    monkeypatch.setattr('subprocess.run', run)
    assert account_of()[1] == TOKEN
    assert commands == ['"C:\\op.exe" read x']


@pytest.mark.parametrize(
    ('code', 'shown'),
    [
        (f'import sys; print("{TOKEN}"); sys.exit(7)', 'ended with exit code 7'),
        (f'import sys; sys.exit("{TOKEN}")', 'ended with exit code 1'),
        (f'print(); print("{TOKEN}")', 'printed no token on its first line'),
        ('', 'printed no token on its first line'),
        ('import sys; sys.stdout.buffer.write(bytes([255]))', 'printed no token'),
    ],
)
def test_a_failed_command_shows_nothing_that_it_printed(
    code: str, shown: str, profiles_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = python(profiles_folder, code)
    assert refusal().startswith(f'the token_command in {path} {shown}')
    assert capfd.readouterr() == ('', '')


def test_a_command_that_cannot_be_run_is_not_quoted(profiles_folder: Path) -> None:
    with_command(profiles_folder, f'/nowhere/{TOKEN}')
    assert refusal().endswith('default.toml cannot be run: No such file or directory')
    write(profiles_folder, 'default', f"app_id = 'A'\ntoken_command = 'echo \"{TOKEN}'")
    assert refusal().endswith('default.toml cannot be run: it has an open quote')


def test_a_command_may_ask_at_a_terminal_only(
    profiles_folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    python(profiles_folder, f'import sys; print("Password?", file=sys.stderr); print("{TOKEN}")')
    account_of()
    assert capfd.readouterr().err == ''
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, 'isatty', lambda: True)
    account_of()
    assert capfd.readouterr().err == 'Password?\n'
