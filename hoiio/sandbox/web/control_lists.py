"""Parts of long lists: the newest entries of a log, and the pages of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Protocol, TypeVar

__all__ = ['contains', 'entry_of', 'newest', 'page_of']


class Numbered(Protocol):
    """An entry of a log."""

    @property
    def id(self) -> int:
        """The number of the entry, which is larger than those of all older entries."""


Entry = TypeVar('Entry')
Logged = TypeVar('Logged', bound=Numbered)


def newest(
    log: Sequence[Logged],
    fits: Callable[[Logged], bool],
    last: int,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int | None = None,
) -> tuple[list[Logged], bool]:
    """Return the newest entries that fit, oldest first, and whether there are older ones.

    Args:
        log: All entries, oldest first.
        fits: Returns True for the entries that are wanted.
        last: The largest id that an entry had so far.
        after: Return only entries with a larger id. If it is larger than ``last``, return all.
        before: Return only entries with a smaller id.
        limit: The most entries to return; None returns all.
    """
    after = after if after <= last else 0
    found: list[Logged] = []
    for entry in reversed(log):
        if entry.id <= after:
            break
        if (before is None or entry.id < before) and fits(entry):
            if len(found) == limit:
                return found[::-1], True
            found.append(entry)
    return found[::-1], False


def entry_of(log: Iterable[Logged], number: int, kind: str) -> Logged:
    """Return the entry with an id.

    Raises:
        LookupError: If the log does not have it.
    """
    for entry in log:
        if entry.id == number:
            return entry
    raise LookupError(f'{kind} {number} does not exist, or the log has dropped it')


def page_of(entries: Iterable[Entry], offset: int, limit: int | None) -> tuple[list[Entry], int]:
    """Return the entries from an offset, at most ``limit`` of them, and the number of all."""
    listed = list(entries)
    end = None if limit is None else offset + limit
    return list(islice(listed, offset, end)), len(listed)


def contains(search: str, *texts: str | None) -> bool:
    """Return True if one of the texts contains the search text, in upper or lower case."""
    wanted = search.casefold()
    return not wanted or any(wanted in text.casefold() for text in texts if text)
