"""The ``hoiio login`` command: check the credentials of an account and save them in a profile."""

from __future__ import annotations

import os
import sys
import warnings
from argparse import ArgumentParser, Namespace
from getpass import GetPassWarning, getpass

from ..credentials import as_text, environment
from ..exceptions import CredentialsMissing, CredentialsRefused, InputInvalid
from . import profiles
from .exit_codes import ExitCode
from .streams import complain

__all__ = ['configure', 'run']


def configure(parser: ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description = (
        'Asks for the App ID and the access token, checks them with the balance of the account, and'
        ' saves them in a file that only you can read. If standard input is not a terminal, its'
        ' first line is the access token. No option takes the token, because other users can see'
        ' the options of a running program.'
    )
    profiles.add_name_option(parser)
    parser.add_argument('--app-id', metavar='ID', help='the App ID, instead of asking for it')


def run(given: Namespace) -> int:
    """Check the credentials, then save them.

    Returns:
        The exit code.

    Raises:
        CredentialsMissing: Nothing was entered, or the profile cannot be saved.
        InputInvalid: The name of the profile is not valid, or ``--app-id`` is missing.
    """
    # Imported here, because the help and the completions of the command need no client.
    from ..client import HoiioClient  # noqa: PLC0415

    path, base_url = profiles.path_for(given), environment('HOIIO_BASE_URL')
    profiles.prepare(path)
    app_id, token = _app_id(given), _access_token()
    try:
        with HoiioClient(app_id, token, base_url=base_url) as client:
            account = client.account.balance().raise_for_status()
    except CredentialsRefused as exc:
        complain(f'hoiio: {exc} Nothing was saved.')
        return ExitCode.CREDENTIALS
    values = {'app_id': app_id, 'access_token': token}
    profiles.save(path, values if base_url is None else {**values, 'base_url': base_url})
    print(f'{app_id} has {account.balance:.3f} {account.currency}. Saved in {path}.')
    _warn(path.stem)
    return ExitCode.DONE


def _app_id(given: Namespace) -> str:
    text = given.app_id
    if text is None:
        if not sys.stdin.isatty():
            raise InputInvalid('pass --app-id: standard input has only the access token')
        print('App ID: ', end='', file=sys.stderr, flush=True)
        text = sys.stdin.readline()
    return _entered('App ID', text)


def _access_token() -> str:
    if not sys.stdin.isatty():
        return _entered('access token', sys.stdin.readline())
    with warnings.catch_warnings():
        # Without this, getpass would show the token if it cannot switch the echo off.
        warnings.simplefilter('error', GetPassWarning)
        try:
            return _entered('access token', getpass('Access token (not shown): '))
        except (EOFError, UnicodeDecodeError):
            return _entered('access token', '')
        except GetPassWarning:
            raise CredentialsMissing(
                'this terminal cannot hide the access token: pass it on standard input, such as'
                ' hoiio login --app-id ID < FILE'
            ) from None


def _entered(what: str, text: str) -> str:
    entered = as_text(text)
    if not entered:
        raise CredentialsMissing(f'the {what} is empty or is not text, so nothing was saved')
    return entered


def _warn(name: str) -> None:
    if profiles.WINDOWS:
        print('On Windows, hoiio cannot check who else can read this file.', file=sys.stderr)
    variables = [variable for variable in profiles.VARIABLES if variable in os.environ]
    if variables:
        print(
            f'{variables[0]} is set, so commands use this profile only with --profile {name}.',
            file=sys.stderr,
        )
