"""The ``hoiio campaign report`` and ``failed`` commands: what became of each person."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

from ...campaign.campaign import Campaign
from ...campaign.exceptions import CampaignRefused
from ...campaign.plan import Dropped
from ...campaign.states import CampaignState, PersonState
from ...campaign.status import Person
from ...campaign.template import Template
from .. import output
from ..exit_codes import ExitCode
from .options import add_ledger, add_tag, open_ledger
from .words import money

__all__ = ['configure', 'run']

#: The names of columns, and a value for each of them in each row.
Rows: TypeAlias = tuple[Sequence[str], Iterable[Mapping[str, Any]]]

_REPORT = ('line', 'dest', 'state', 'reason', 'twice', 'txn_ref', 'cost', 'debit')


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_tag(parser)
    if parser.get_default('action') == 'failed':
        parser.description = (
            'Lists the people whom Hoiio refused or whose message was not delivered, with their'
            ' values, so that you can correct the list and send it as a new campaign.'
        )
        parser.add_argument(
            '--missing',
            action='store_true',
            help='also list the people whose message is not in the history; some of them may have'
            ' got it',
        )
    output.add_options(parser)
    add_ledger(parser)


def run(given: argparse.Namespace) -> int:
    """Print a row for each person."""
    with open_ledger(given) as ledger:
        campaign = ledger.campaign(given.tag)
        if campaign.status().state == CampaignState.PURGED:
            raise CampaignRefused(f'the people of {given.tag} were deleted by purge')
        is_report = given.action == 'report'
        columns, rows = _report(campaign) if is_report else _failed(campaign, given)
        output.print_rows(columns, rows, given)
    return ExitCode.DONE


def _report(campaign: Campaign) -> Rows:
    people = map(_row_of, campaign.people())
    return _REPORT, chain(people, map(_row_of_dropped, campaign.dropped_rows()))


def _row_of(person: Person) -> Mapping[str, Any]:
    return {
        'line': person.line,
        'dest': person.dest,
        'state': str(person.state),
        'reason': person.reason,
        'twice': person.twice,
        'txn_ref': person.txn_ref,
        'cost': money(person.cost),
        'debit': None if person.debit is None else money(person.debit),
    }


def _row_of_dropped(row: Dropped) -> Mapping[str, Any]:
    return {'line': row.line, 'dest': row.dest, 'state': 'dropped', 'reason': row.reason}


def _failed(campaign: Campaign, given: argparse.Namespace) -> Rows:
    states = [PersonState.REFUSED, PersonState.FAILED]
    if given.missing:
        if campaign.status().attempt is not None:
            raise CampaignRefused(
                'the outcome of a batch is unknown, so its people may still get the message;'
                ' continue the campaign first'
            )
        states.append(PersonState.MISSING)
    # With what the message and the quiet hours need, so that the list can be sent again as it is.
    values = list(Template(campaign.settings.message).names)
    has_zones = any(person.zone for person in campaign.people(*states))
    names = ['dest', *(['zone'] if has_zones else []), *values, 'state', 'reason']
    rows = (
        {**_row_of(person), 'zone': person.zone, **person.variables}
        for person in campaign.people(*states)
    )
    return list(dict.fromkeys(names)), rows
