"""The account that a command uses: from the environment, or from a profile in a private file.

A profile is a TOML file of its own, so that a login never rewrites another account::

    app_id = "MY_APP_ID"
    access_token = "MY_ACCESS_TOKEN"
"""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import stat
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, NoReturn

from ..credentials import Credentials, as_text, environment
from ..exceptions import CredentialsMissing, InputInvalid

if TYPE_CHECKING:
    from ..client import HoiioClient

__all__ = [
    'Account',
    'add_name_option',
    'add_option',
    'client',
    'find_account',
    'names',
    'path_for',
    'prepare',
    'save',
]

DEFAULT = 'default'
VARIABLES = ('HOIIO_APP_ID', 'HOIIO_ACCESS_TOKEN', 'HOIIO_BASE_URL')
KEYS = {'app_id', 'access_token', 'token_command', 'base_url'}
WINDOWS = os.name == 'nt'
INSTEAD = 'or set the environment variables HOIIO_APP_ID and HOIIO_ACCESS_TOKEN'
# Nobody else may read a profile, or put another one in its place.
FOR_OTHERS = 0o077
WRITABLE_BY_OTHERS = 0o022
# Refuse a link, do not wait for the writer of a pipe, and convert no line ends. Windows lacks the
# first two flags, and other systems lack the third.
READ = 0
for _flag in ('O_NOFOLLOW', 'O_NONBLOCK', 'O_BINARY'):
    READ |= getattr(os, _flag, 0)


@dataclass(frozen=True)
class Account:
    """An account and where it comes from.

    Attributes:
        source: Where the credentials come from, in words.
        app_id: The application's ID.
        credentials: The pair of credentials, whose repr does not show them.
        base_url: The address of the API.
    """

    source: str
    app_id: str
    credentials: Credentials
    base_url: str

    def client(self) -> HoiioClient:
        """Return a client that only ever uses this account."""
        # Imported late, because the help and the completions of a command need no client.
        from ..client import HoiioClient  # noqa: PLC0415

        return HoiioClient(self.app_id, self.credentials.access_token, base_url=self.base_url)


def add_option(parser: ArgumentParser) -> None:
    """Add ``--profile`` to the parser of a command that uses an account."""
    _add_option(
        parser,
        'the account to use, as saved by hoiio login; by default that of the environment variables'
        ' HOIIO_APP_ID and HOIIO_ACCESS_TOKEN, or the profile in HOIIO_PROFILE, or the profile'
        f' {DEFAULT}',
    )


def add_name_option(parser: ArgumentParser) -> None:
    """Add ``--profile`` to the parser of a command that changes a profile."""
    _add_option(parser, f'the name of the profile; by default that in HOIIO_PROFILE, or {DEFAULT}')


def _add_option(parser: ArgumentParser, meaning: str) -> None:
    option = parser.add_argument('--profile', metavar='NAME', help=meaning)
    # Read by argcomplete, when somebody presses the Tab key.
    option.completer = lambda **_given: names()  # type: ignore[attr-defined]


def client(given: Namespace) -> HoiioClient:
    """Return a client for the account of a command.

    Raises:
        CredentialsMissing: There is no account, or its profile cannot be used.
        InputInvalid: The name of the profile or the base URL is not valid.
    """
    return find_account(given).client()


def find_account(given: Namespace) -> Account:
    """Return the account of a command.

    ``--profile`` names the account that pays, so it wins over the environment. Without it, a
    profile and credentials in the environment do not mix: that would leave open which one pays.

    Raises:
        CredentialsMissing: There is no account, or its profile cannot be used.
        InputInvalid: The name of the profile or the base URL is not valid.
    """
    if given.profile is not None:
        return _from_profile(given.profile)
    variables = [name for name in VARIABLES if name in os.environ]
    named = environment('HOIIO_PROFILE')
    if named is not None and variables:
        raise CredentialsMissing(
            f'both HOIIO_PROFILE and {variables[0]} are set, so it is not clear which account to'
            ' use: unset one of them, or pass --profile'
        )
    return _from_environment() if variables else _from_profile(named or DEFAULT)


def _from_environment() -> Account:
    app_id = environment('HOIIO_APP_ID', CredentialsMissing)
    token = environment('HOIIO_ACCESS_TOKEN', CredentialsMissing)
    absent = [name for name in VARIABLES[:2] if name not in os.environ]
    # Not the profile: a request for a sandbox in HOIIO_BASE_URL could reach the real service.
    if app_id is None or token is None:
        present = next(name for name in VARIABLES if name in os.environ)
        raise CredentialsMissing(
            f'{present} is set, but not {" and ".join(absent)}: set all of them, or unset'
            f' {present} to use a profile'
        )
    base_url = _base_url(environment('HOIIO_BASE_URL'))
    return Account('the environment', app_id.strip(), Credentials(app_id, token).check(), base_url)


def _from_profile(name: str) -> Account:
    path = _path_of(name)
    values = _parse(path, _read(path, name))
    app_id = values['app_id'].strip()
    token = values.get('access_token') or _token_from(values['token_command'], path)
    try:
        base_url = _base_url(values.get('base_url'))
    except InputInvalid as exc:
        raise CredentialsMissing(f'{path}: {exc}') from None
    return Account(f'the profile {name} in {path}', app_id, Credentials(app_id, token), base_url)


def _base_url(given: str | None) -> str:
    from ..client import BASE_URL, check_base_url  # noqa: PLC0415

    return check_base_url(given or BASE_URL)


def path_for(given: Namespace) -> Path:
    """Return the path of the profile that a login or a logout is about.

    Raises:
        InputInvalid: The name of the profile is not valid.
        CredentialsMissing: There is no home folder.
    """
    if given.profile is not None:
        return _path_of(given.profile)
    return _path_of(environment('HOIIO_PROFILE') or DEFAULT)


def _path_of(name: str) -> Path:
    if not re.fullmatch(r'(?a)\w[\w.-]{0,63}', name):
        raise InputInvalid(
            'the name of a profile has up to 64 letters, digits, dots, hyphens and underscores,'
            ' and does not begin with a dot or a hyphen'
        )
    return _folder() / f'{name}.toml'


def names() -> list[str]:
    """Return the names of the profiles; none if there is no home folder."""
    try:
        return sorted(path.stem for path in _folder().glob('*.toml'))
    except CredentialsMissing:
        return []


def _saved_names() -> str:
    """Return the words that offer the saved profiles; empty if there are none."""
    saved = names()
    return f'pass --profile with the name of a saved one ({", ".join(saved)}), or ' if saved else ''


def _folder() -> Path:
    # The standard for XDG_CONFIG_HOME says to ignore a relative path.
    config = os.environ.get('APPDATA' if WINDOWS else 'XDG_CONFIG_HOME', '')
    # With an empty HOME, expanduser returns the root folder.
    no_home = os.environ.get('HOME') == ''
    home = '' if no_home else os.path.expanduser('~')  # noqa: PTH111 - Path.home() raises
    base = config if os.path.isabs(config) else os.path.join(home, '.config')  # noqa: PTH117, PTH118
    if not os.path.isabs(base):  # noqa: PTH117
        raise CredentialsMissing(f'there is no home folder to keep profiles in: {_other_folder()}')
    return Path(base, 'hoiio', 'profiles')


def _other_folder() -> str:
    """Return the words that say how to keep profiles in another folder."""
    variables = 'APPDATA' if WINDOWS else 'HOME or XDG_CONFIG_HOME'
    return f'set {variables} to a folder of yours, {INSTEAD}'


def prepare(path: Path) -> None:
    """Make the folder of a profile, and check everything else that `save` needs.

    Raises:
        CredentialsMissing: The profile could not be saved safely, or could not be read later.
    """
    _toml()
    try:
        for folder in reversed(path.parents[:3]):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise CredentialsMissing(
            f'cannot make the folder {path.parent}: {exc.strerror}; {_other_folder()}'
        ) from None
    _require_private(path.parent, path.parent.stat(), WRITABLE_BY_OTHERS)


def save(path: Path, values: Mapping[str, str]) -> None:
    """Write a profile. It replaces the one before at once, and only its owner can ever read it.

    Raises:
        CredentialsMissing: The file cannot be written; the one before is still there.
    """
    text = ''.join(f'{key} = {_quoted(value)}\n' for key, value in values.items())
    try:
        # The file is private from the start, and has its name when it is complete.
        with NamedTemporaryFile('wb', dir=path.parent, delete=False) as file:
            try:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                Path(file.name).unlink()
                raise
        Path(file.name).replace(path)
    except OSError as exc:
        _refuse(path, exc)


def _quoted(text: str) -> str:
    # Strings of JSON are strings of TOML, except that TOML also escapes DEL.
    return json.dumps(text, ensure_ascii=False).replace('\x7f', '\\u007f')


def _read(path: Path, name: str) -> bytes:
    try:
        with open(os.open(path, READ), 'rb') as file:  # noqa: PTH123 - the flags need a descriptor
            _require_private(path, os.fstat(file.fileno()), FOR_OTHERS)
            _require_private(path.parent, path.parent.stat(), WRITABLE_BY_OTHERS)
            return file.read()
    except FileNotFoundError:
        option = '' if name == DEFAULT else f' --profile {name}'
        raise CredentialsMissing(
            f'there are no credentials, and {path} does not exist: {_saved_names()}run hoiio login'
            f'{option}, {INSTEAD}'
        ) from None
    except OSError as exc:
        _refuse(path, exc)


def _refuse(path: Path, exc: OSError) -> NoReturn:
    # O_NOFOLLOW gives this error.
    reason = 'it is a link' if exc.errno == errno.ELOOP else exc.strerror
    raise CredentialsMissing(f'cannot use {path}: {reason}; choose another --profile, {INSTEAD}')


def _require_private(path: Path, found: os.stat_result, forbidden: int) -> None:
    if not WINDOWS and found.st_uid != os.geteuid():
        raise CredentialsMissing(f'{path} belongs to another user: run hoiio login --profile NAME')
    if not WINDOWS and found.st_mode & forbidden:
        mode = '700' if stat.S_ISDIR(found.st_mode) else '600'
        raise CredentialsMissing(
            f'other users have access to {path}: run chmod {mode} {shlex.quote(str(path))}, and'
            ' renew the access token if they may have read it'
        )


def _toml() -> Any:
    found = next(filter(find_spec, ('tomllib', 'tomli')), None)
    if found is None:
        raise CredentialsMissing(
            f'Python 3.10 needs tomli to read a profile: pip install "hoiio[cli]", {INSTEAD}'
        )
    return import_module(found)


def _parse(path: Path, content: bytes) -> dict[str, str]:
    toml, values, place = _toml(), None, None
    try:
        # Some editors on Windows begin a file with a byte order mark.
        values = toml.loads(content.decode('utf-8-sig'))
    except ValueError as exc:
        # The rest of the message may quote the file.
        place = re.search(r'at line \d+, column \d+', str(exc))
    # Outside the handler, because the exception has the file in its frames.
    if values is None:
        raise CredentialsMissing(f'{path} is not TOML{f" {place[0]}" if place else ""}')
    tokens = {'access_token', 'token_command'} & values.keys()
    if (
        not {'app_id'} <= values.keys() <= KEYS
        or len(tokens) != 1
        or not all(isinstance(value, str) and value.strip() for value in values.values())
    ):
        raise CredentialsMissing(
            f'{path} must have app_id, either access_token or token_command, and may have base_url;'
            ' each is text in quotes, and no other key is known'
        )
    return dict(values)


def _token_from(command: str, path: Path) -> str:
    """Run a command and return the first line of its output.

    Nothing that it prints may end up in a log. So only a terminal, at which it may ask for a
    password, sees its error output.
    """
    at_terminal = sys.stderr.isatty() and sys.stdin.isatty()
    other = None if at_terminal else subprocess.DEVNULL
    failure = ''
    try:
        # Windows splits a command itself.
        done = subprocess.run(  # noqa: S603 - the user's own command
            command if WINDOWS else shlex.split(command),
            stdin=other,
            stdout=subprocess.PIPE,
            stderr=other,
            check=False,
        )
        if done.returncode:
            failure = f'ended with exit code {done.returncode}'
    except OSError as exc:
        failure = f'cannot be run: {exc.strerror}'
    except ValueError:
        failure = 'cannot be run: it has an open quote'
    token = '' if failure else as_text(done.stdout.partition(b'\n')[0])
    if not token:
        # Not the command, which may have a secret among its arguments.
        raise CredentialsMissing(
            f'the token_command in {path} {failure or "printed no token on its first line"}'
        )
    return token
