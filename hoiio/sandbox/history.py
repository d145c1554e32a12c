"""Lists of past transactions: a period, newest first, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from . import checks, wire
from .params import Params
from .world import World

__all__ = ['Dated', 'listing', 'of_period']


class Dated(Protocol):
    """A transaction that knows when it began."""

    @property
    def txn_ref(self) -> str:
        """What it is called."""

    @property
    def date(self) -> datetime:
        """When it began."""


Record = TypeVar('Record', bound=Dated)
Entry = TypeVar('Entry')


def of_period(
    world: World,
    params: Params,
    records: Iterable[Record],
    describe: Callable[[Record], wire.Reply],
) -> wire.Reply:
    """Answer a request for a history; the records come oldest first."""
    start, end = checks.period(params)
    page = checks.page(params)
    own = [record for record in records if world.owns(record.txn_ref)]
    found = [record for record in own if _within(record.date, start, end)]
    return listing(page, found[::-1], describe)


def listing(
    page: checks.Page, records: Sequence[Entry], describe: Callable[[Entry], wire.Reply]
) -> wire.Reply:
    """Answer with one page of a list; only what is on it is described."""
    shown = [describe(record) for record in page.cut(records)]
    return wire.filled(
        total_entries_count=str(len(records)), entries_count=str(len(shown)), entries=shown
    )


def _within(date: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or date >= start) and (end is None or date < end)
