"""Records in date order, so that a period is found without reading every record."""

from __future__ import annotations

from bisect import bisect_left, insort
from datetime import datetime
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

__all__ = ['Timeline']


class Dated(Protocol):
    """A record with a date."""

    @property
    def date(self) -> datetime:
        """The start of the transaction."""


Record = TypeVar('Record', bound=Dated)

_date = attrgetter('date')


class Timeline(Generic[Record]):
    """Records from the oldest to the newest. Records with the same date keep their insertion order.

    A new record usually goes to the end. If the clock was set back, it goes to an earlier position.
    """

    def __init__(self) -> None:
        self._records: list[Record] = []

    def __getitem__(self, index: int) -> Record:
        return self._records[index]

    def add(self, record: Record) -> None:
        """Insert a record by its date."""
        insort(self._records, record, key=_date)

    def between(self, start: datetime | None, end: datetime | None) -> range:
        """Return the indices of the records of a period.

        Args:
            start: The start of the period, inclusive. None means no lower bound.
            end: The end of the period, exclusive. None means no upper bound.
        """
        first = 0 if start is None else self._index(start)
        last = len(self._records) if end is None else self._index(end)
        return range(first, last)

    def _index(self, moment: datetime) -> int:
        return bisect_left(self._records, moment, key=_date)
