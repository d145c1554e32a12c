"""Send a campaign step by step, and show how far it is."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

from ...campaign.campaign import Campaign
from ...campaign.outcomes import Attention, Outcome, Wait
from ...campaign.states import CampaignState
from ...client import HoiioClient
from ..exit_codes import ExitCode
from ..streams import complain
from .interrupts import handled
from .progress import make_progress
from .status import describe_status, is_everybody_reached
from .words import with_options

__all__ = ['send']


def send(campaign: Campaign, client: HoiioClient, options: Sequence[str]) -> int:
    """Send what is left of a campaign.

    Args:
        campaign: The campaign.
        client: The client of its application.
        options: The options that choose the ledger, for the commands that this prints.

    Returns:
        The exit code.
    """
    outcome: Outcome = Wait(0)
    with handled() as interrupts, make_progress(campaign, options) as progress:
        try:
            while isinstance(outcome, Wait) and not interrupts.is_asked:
                outcome = campaign.step(client)
                progress.show(outcome)
                if isinstance(outcome, Wait):
                    interrupts.wait(outcome.seconds)
        except KeyboardInterrupt:
            # It cut off a request. The next step finds out whether Hoiio has carried it out.
            outcome = Wait(0)
    return _interrupted() if isinstance(outcome, Wait) else _finish(campaign, outcome, options)


def _interrupted() -> ExitCode:
    command = shlex.join(['hoiio', *sys.argv[1:]])
    complain(f'Interrupted. Nothing is lost. To continue, run the same command:\n    {command}')
    return ExitCode.INTERRUPTED


def _finish(campaign: Campaign, outcome: Outcome, options: Sequence[str]) -> ExitCode:
    status = campaign.status()
    for line in describe_status(status):
        print(line)
    if isinstance(outcome, Attention):
        complain(f'hoiio: {with_options(outcome.reason.rstrip("."), options)}.')
        if status.state == CampaignState.PAUSED:
            # The reason says if the campaign continues only with this option.
            again = ['--again'] if outcome.reason.endswith('--again') else []
            resume = shlex.join(['hoiio', 'campaign', 'resume', status.tag, *again, *options])
            complain(f'To continue, run this, and then the same command again:\n    {resume}')
        return ExitCode.UNKNOWN
    return ExitCode.DONE if is_everybody_reached(status) else ExitCode.PARTLY
