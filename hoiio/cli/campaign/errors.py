"""The exit code of each error of a campaign."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from ...campaign.exceptions import (
    CampaignError,
    CampaignRefused,
    CampaignUnknown,
    LedgerFailed,
    LedgerUnusable,
    PersonInvalid,
    PlanInvalid,
    SettingsDiffer,
)
from ..exit_codes import ExitCode
from ..streams import complain
from .options import options_of
from .words import with_options

__all__ = ['reported']

_CODES: Mapping[type[CampaignError], ExitCode] = {
    PlanInvalid: ExitCode.USAGE,
    PersonInvalid: ExitCode.USAGE,
    SettingsDiffer: ExitCode.USAGE,
    LedgerUnusable: ExitCode.USAGE,
    CampaignUnknown: ExitCode.REFUSED,
    CampaignRefused: ExitCode.REFUSED,
    # A batch may have left before.
    LedgerFailed: ExitCode.UNKNOWN,
}


def reported(run: Callable[[argparse.Namespace], int], given: argparse.Namespace) -> int:
    """Run an action. An error of a campaign becomes a sentence and an exit code."""
    try:
        return run(given)
    except CampaignError as exc:
        line = getattr(exc, 'line', None)
        where = '' if line is None else f'{given.file}, '
        sentence = with_options(str(exc).rstrip('.'), options_of(given))
        complain(f'hoiio: {where}{sentence}.')
        return next(code for kind, code in _CODES.items() if isinstance(exc, kind))
