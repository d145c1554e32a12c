"""The ``hoiio logout`` command: delete the credentials that ``hoiio login`` has saved."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ..exceptions import CredentialsMissing
from . import profiles
from .exit_codes import ExitCode

__all__ = ['configure', 'run']


def configure(parser: ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description = 'Deletes a profile. The access token stays valid until you renew it.'
    profiles.add_name_option(parser)


def run(given: Namespace) -> int:
    """Delete the profile.

    Raises:
        CredentialsMissing: There is no such profile, or it cannot be deleted.
    """
    path = profiles.path_for(given)
    try:
        path.unlink()
    except OSError as exc:
        raise CredentialsMissing(f'cannot delete {path}: {exc.strerror}') from None
    print(f'Deleted {path}.')
    return ExitCode.DONE
