"""The commands that change a campaign, or what every campaign must not do."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from ...campaign.ledger import Ledger
from ...campaign.numbers import NumberReader
from ...campaign.states import AttemptState
from .. import profiles
from ..exit_codes import ExitCode
from ..streams import complain
from .confirm import is_confirmed
from .options import add_ledger, add_tag, open_ledger
from .words import counted

__all__ = ['configure', 'run']


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of an action."""
    _CONFIGURE[parser.get_default('action')](parser)
    add_ledger(parser)


def run(given: argparse.Namespace) -> int:
    """Change something in the ledger."""
    with open_ledger(given) as ledger:
        return _RUN[given.action](given, ledger)


def _configure_resume(parser: argparse.ArgumentParser) -> None:
    add_tag(parser)
    parser.add_argument(
        '--again', action='store_true', help="continue although Hoiio's history has this tag"
    )


def _configure_resolve(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        'Records whether Hoiio has sent a batch whose outcome is unknown, after you have looked in'
        ' the portal. With --not-sent, its people wait again. Be certain: if Hoiio has sent the'
        ' batch after all, they get the message twice.'
    )
    parser.add_argument('batch', type=int, metavar='N', help='the number of the batch')
    answers = parser.add_mutually_exclusive_group(required=True)
    answers.add_argument('--sent', action='store_true', help='Hoiio has sent it')
    answers.add_argument('--not-sent', action='store_true', help='Hoiio has not sent it')


def _configure_suppress(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('numbers', nargs='+', metavar='NUMBER', help='a phone number')
    parser.add_argument('--prefix', metavar='CODE', help='the country code of numbers without one')


def _configure_purge(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        'Deletes the names, numbers and texts of a campaign that is done, that you have paused and'
        ' given up, or that you never confirmed. You cannot use its tag again. The list of'
        ' suppressed numbers is kept.'
    )
    add_tag(parser)
    parser.add_argument('--yes', action='store_true', help='do not ask')


def _pause(given: argparse.Namespace, ledger: Ledger) -> int:
    ledger.campaign(given.tag).pause()
    complain('The campaign is paused. A batch that has already left cannot be recalled.')
    return ExitCode.DONE


def _resume(given: argparse.Namespace, ledger: Ledger) -> int:
    ledger.campaign(given.tag).resume(again=given.again)
    complain('The campaign continues when you run its send command again.')
    return ExitCode.DONE


def _resolve(given: argparse.Namespace, ledger: Ledger) -> int:
    campaign = ledger.campaign_of(given.batch)
    with profiles.client(given) as client:
        state = campaign.resolve(given.batch, client, is_sent=given.sent)
    if state == AttemptState.UNTAKEN:
        complain('Its people wait again. They get the message when you run the send command again.')
    elif given.sent:
        complain('The batch counts as sent. To continue, run the send command again.')
    else:
        complain("The batch is in Hoiio's history, so it counts as sent.")
    return ExitCode.DONE


def _suppress(given: argparse.Namespace, ledger: Ledger) -> int:
    numbers = NumberReader(given.prefix)
    new = ledger.suppress([numbers.read(each) for each in given.numbers])
    added = f'{counted(new, "number")} added to the list' if new else 'The list is unchanged'
    complain(f'{added}. No campaign of the ledger sends to the numbers on it.')
    return ExitCode.DONE


def _purge(given: argparse.Namespace, ledger: Ledger) -> int:
    campaign = ledger.campaign(given.tag)
    question = f'Delete the names, numbers and texts of the campaign {given.tag}?'
    if not is_confirmed(question, yes=given.yes):
        return ExitCode.USAGE
    campaign.purge()
    complain('They are deleted. You cannot use the tag again.')
    return ExitCode.DONE


_CONFIGURE: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    'pause': add_tag,
    'resume': _configure_resume,
    'resolve': _configure_resolve,
    'suppress': _configure_suppress,
    'purge': _configure_purge,
}

_RUN: Mapping[str, Callable[[argparse.Namespace, Ledger], int]] = {
    'pause': _pause,
    'resume': _resume,
    'resolve': _resolve,
    'suppress': _suppress,
    'purge': _purge,
}
