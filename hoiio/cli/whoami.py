"""The ``hoiio whoami`` command: which account a command uses, from where, and its balance."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ..exceptions import CredentialsRefused, HoiioException
from . import output, profiles
from .exit_codes import ExitCode
from .streams import complain

__all__ = ['configure', 'run']

KNOWN = ('app_id', 'source', 'base_url')


def configure(parser: ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description = (
        'Prints the App ID that a command with the same --profile would use, where it comes from,'
        ' the address of the API, and the balance of the account. It never prints the access token.'
    )
    profiles.add_option(parser)
    output.add_options(parser)


def run(given: Namespace) -> int:
    """Print the account.

    Returns:
        The exit code. If the balance is not available, this still prints the rest.

    Raises:
        CredentialsMissing: There is no account, or its profile cannot be used.
        HoiioException: The balance is not available, for a reason other than the credentials.
    """
    account = profiles.find_account(given)
    row = {name: getattr(account, name) for name in KNOWN}
    try:
        with account.client() as client:
            found = client.account.balance().raise_for_status()
    except HoiioException as exc:
        output.print_record(KNOWN, row, given)
        if not isinstance(exc, CredentialsRefused):
            raise
        complain(f'hoiio: {exc} Run hoiio login again, or set the variables again.')
        return ExitCode.CREDENTIALS
    row.update(balance=found.balance, currency=found.currency)
    output.print_record([*row], row, given)
    return ExitCode.DONE
