"""Arguments that several actions have."""

from __future__ import annotations

import argparse

from ...campaign.ledger import Ledger
from ..profiles import add_option, find_account

__all__ = ['add_ledger', 'add_tag', 'open_ledger', 'options_of']


def add_ledger(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose the ledger."""
    parser.add_argument(
        '--ledger',
        metavar='WHERE',
        help='the file of the ledger, or the URL of a PostgreSQL database; by default a file of'
        ' this user and this application',
    )
    add_option(parser)


def add_tag(parser: argparse.ArgumentParser) -> None:
    """Add the tag of a campaign."""
    parser.add_argument('tag', metavar='TAG', help='the tag of the campaign')


def options_of(given: argparse.Namespace) -> list[str]:
    """Return the options of a command that chose its ledger, for the next command."""
    chosen = (('--ledger', given.ledger), ('--profile', given.profile))
    return [word for name, value in chosen if value is not None for word in (name, value)]


def open_ledger(given: argparse.Namespace) -> Ledger:
    """Open the ledger of a command. It needs an account only to find its default."""
    app_id = None if given.ledger else find_account(given).app_id
    return Ledger(given.ledger, app_id=app_id)
