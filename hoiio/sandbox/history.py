"""Lists of past transactions: a period, newest first, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from . import checks, wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from .params import Params

__all__ = ['Dated', 'listing', 'of_period']


class Dated(Protocol):
    """A transaction that knows when it began."""

    @property
    def date(self) -> datetime:
        """When it began."""


Record = TypeVar('Record', bound=Dated)


def of_period(
    params: Params, records: Iterable[Record], describe: Callable[[Record], wire.Reply]
) -> wire.Reply:
    """Answer a request for a history; the records come oldest first."""
    start, end = checks.period(params)
    page = checks.page(params)
    found = [record for record in records if _within(record.date, start, end)]
    return listing(page, [describe(record) for record in reversed(found)])


def listing(page: checks.Page, entries: list[wire.Reply]) -> wire.Reply:
    """Answer with one page of a list."""
    shown = page.cut(entries)
    return wire.filled(
        total_entries_count=str(len(entries)), entries_count=str(len(shown)), entries=shown
    )


def _within(date: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or date >= start) and (end is None or date < end)
