"""The progress of a campaign, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from ...campaign.campaign import Campaign
from ...campaign.outcomes import Outcome, Wait
from ...campaign.states import PersonState
from ...campaign.status import Status
from ..streams import complain, is_terminal
from .words import money, with_options

__all__ = ['Display', 'Progress', 'make_progress']

# To count the people of a large campaign takes time.
_PAUSE_ON_A_TERMINAL = 0.5
_PAUSE_ELSEWHERE = 5.0

_ALWAYS_SHOWN = (PersonState.ACCEPTED, PersonState.REFUSED, PersonState.DELIVERED)
_SHOWN_IF_ANY = (PersonState.FAILED, PersonState.MISSING)


class Display(Protocol):
    """Where the progress is shown."""

    def show(self, words: str, done: int, total: int) -> None:
        """Show how far the campaign is: in words, and how many people of all are done."""

    def say(self, sentence: str) -> None:
        """Show a sentence."""


class Progress:
    """Shows what the steps of a campaign change, but not more often than a person can read.

    Args:
        campaign: The campaign.
        display: Where to show it.
        pause: After how many seconds to show more.
        options: The options that choose the ledger, for the commands in its sentences.
    """

    def __init__(
        self, campaign: Campaign, display: Display, pause: float, options: Sequence[str] = ()
    ) -> None:
        self._campaign = campaign
        self._display = display
        self._pause = pause
        self._options = options
        self._next = 0.0
        self._words = ''
        self._reason = ''

    def show(self, outcome: Outcome) -> None:
        """Show how far the campaign is after a step, and why it waits."""
        reason = outcome.reason if isinstance(outcome, Wait) else ''
        is_new = reason not in {'', self._reason}
        if is_new or not isinstance(outcome, Wait) or time.monotonic() >= self._next:
            self._next = time.monotonic() + self._pause
            self._show_status()
        if is_new:
            self._reason = reason
            self._display.say(with_options(reason, self._options))

    def _show_status(self) -> None:
        status = self._campaign.status()
        left, total = _left(status), status.confirmed.people
        words = _words(status, left)
        if words != self._words:
            self._words = words
            self._display.show(words, total - left, total)


@contextmanager
def make_progress(campaign: Campaign, options: Sequence[str] = ()) -> Iterator[Progress]:
    """Show the progress for as long as the block runs: a bar on a terminal, elsewhere lines."""
    if is_terminal(sys.stderr):
        try:
            from .bar import Bar  # noqa: PLC0415
        except ModuleNotFoundError:
            pass
        else:
            with Bar() as bar:
                yield Progress(campaign, bar, _PAUSE_ON_A_TERMINAL, options)
            return
    yield Progress(campaign, _Lines(), _PAUSE_ELSEWHERE, options)


class _Lines:
    """A line for each news."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def show(self, words: str, _done: int, _total: int) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        complain(f'{words} ({minutes}:{seconds:02})')

    def say(self, sentence: str) -> None:
        complain(sentence)


def _left(status: Status) -> int:
    return status.counts[PersonState.WAITING] + status.counts[PersonState.HELD]


def _words(status: Status, left: int) -> str:
    shown = [*_ALWAYS_SHOWN, *(state for state in _SHOWN_IF_ANY if status.counts[state])]
    counts = (f'{status.counts[state]:,} {state}' for state in shown)
    return ', '.join((f'{left:,} left', *counts, f'cost {money(status.spent)}'))
