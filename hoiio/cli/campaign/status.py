"""The ``hoiio campaign status`` command: the progress of the campaigns."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from ...campaign.ledger import Ledger
from ...campaign.states import PersonState
from ...campaign.status import Status
from ..exit_codes import ExitCode
from ..streams import complain, printable
from .options import add_ledger, open_ledger
from .words import counted, money

__all__ = ['configure', 'describe_status', 'is_everybody_reached', 'run']

_WIDTH = 30

_NOT_REACHED = (
    *(PersonState.DROPPED, PersonState.REFUSED, PersonState.FAILED, PersonState.MISSING),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument('tag', nargs='?', metavar='TAG', help='a campaign; by default all of them')
    add_ledger(parser)


def run(given: argparse.Namespace) -> int:
    """Show one campaign, or all."""
    with open_ledger(given) as ledger:
        tags = ledger.tags() if given.tag is None else [given.tag]
        if not tags:
            complain('There are no campaigns.')
        for tag in tags:
            _show(ledger, tag)
    return ExitCode.DONE


def _show(ledger: Ledger, tag: str) -> None:
    for line in describe_status(ledger.campaign(tag).status()):
        print(line)


def describe_status(status: Status) -> Iterator[str]:
    """Yield the lines that show a campaign: its people in each state, and its cost."""
    yield printable(f'{status.tag}: {status.state}')
    if status.reason:
        yield printable(f'    {status.reason}')
    total = status.confirmed.people
    for state, count in status.counts.items():
        if count:
            yield f'    {state:<10}{count:>10,}  {_bar(count, total)}'
    yield from _remarks(status)
    if status.max_cost is not None:
        yield f'    cost {money(status.spent)} of at most {money(status.max_cost)}'


def _remarks(status: Status) -> Iterator[str]:
    if status.dropped_rows:
        yield f'    {counted(status.dropped_rows, "row")} of the file left out'
    if status.is_unread:
        yield '    not read: with more than 20,000 people, only hoiio listen --ledger gets the rest'
    if status.twice:
        yield f'    {counted(status.twice, "person")} twice'
    if status.attempt:
        people = counted(status.attempt.people, 'person')
        yield f'    batch {status.attempt.number} with {people}: {status.attempt.state}'


def is_everybody_reached(status: Status) -> bool:
    """Return True if nobody was left out, refused, or not reached."""
    return status.dropped_rows == status.repeated_rows and not any(
        map(status.counts.get, _NOT_REACHED)
    )


def _bar(count: int, total: int) -> str:
    # One person of many still has a mark.
    length = max(1, round(_WIDTH * count / total))
    return _mark() * length


def _mark() -> str:
    try:
        '█'.encode(sys.stdout.encoding or 'ascii')
    except UnicodeEncodeError:
        return '#'
    return '█'
