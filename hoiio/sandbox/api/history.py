"""Lists of past transactions: a period, newest first, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from .. import formats
from ..state.timeline import Record, Timeline
from . import checks
from .request import Request

__all__ = ['listing', 'of_period']

Entry = TypeVar('Entry')


def of_period(
    request: Request, timeline: Timeline[Record], describe: Callable[[Record], formats.Reply]
) -> formats.Reply:
    """Answer a request for a history."""
    start, end = checks.period(request)
    page = checks.page(request)
    indices = timeline.between(start, end)
    return listing(page, indices[::-1], lambda index: describe(timeline[index]))


def listing(
    page: checks.Page, records: Sequence[Entry], describe: Callable[[Entry], formats.Reply]
) -> formats.Reply:
    """Answer with one page of a list; only what is on it is described."""
    shown = [describe(record) for record in page.cut(records)]
    return formats.filled(
        total_entries_count=str(len(records)), entries_count=str(len(shown)), entries=shown
    )
