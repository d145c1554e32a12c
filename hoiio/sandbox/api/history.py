"""Paged lists of past transactions, newest first."""

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
    """Return one page of the transactions in the requested period, newest first."""
    start, end = checks.period(request)
    end = min(filter(None, (end, request.shown_before)), default=None)
    page = checks.page(request)
    indices = timeline.between(start, end)
    return listing(page, indices[::-1], lambda index: describe(timeline[index]))


def listing(
    page: checks.Page, records: Sequence[Entry], describe: Callable[[Entry], formats.Reply]
) -> formats.Reply:
    """Return one page of a list. Only the entries on that page are described."""
    shown = [describe(record) for record in page.entries_of(records)]
    return formats.without_none(
        total_entries_count=str(len(records)), entries_count=str(len(shown)), entries=shown
    )
