"""Records in the order of their dates, so that a period is found without a look at all of them."""

from __future__ import annotations

from bisect import bisect_left, insort
from datetime import datetime
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

__all__ = ['Timeline']


class Dated(Protocol):
    """A record that knows when it began."""

    @property
    def date(self) -> datetime:
        """When it began."""


Record = TypeVar('Record', bound=Dated)

_date = attrgetter('date')


class Timeline(Generic[Record]):
    """Records from the oldest to the newest; those of one date stay in the order of arrival.

    A record usually comes last. One that comes after a clock was set back finds its place too.
    """

    def __init__(self) -> None:
        self._records: list[Record] = []

    def __getitem__(self, index: int) -> Record:
        return self._records[index]

    def add(self, record: Record) -> None:
        """Put a record in its place."""
        insort(self._records, record, key=_date)

    def between(self, start: datetime | None, end: datetime | None) -> range:
        """Return the indices of the records of a period.

        Args:
            start: The first moment of the period, or None for all that came before too.
            end: The first moment after it, or None for all that came later too.
        """
        first = 0 if start is None else self._index(start)
        last = len(self._records) if end is None else self._index(end)
        return range(first, last)

    def _index(self, moment: datetime) -> int:
        return bisect_left(self._records, moment, key=_date)
