"""The progress of a long list, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from .streams import is_terminal

__all__ = ['with_progress']

T = TypeVar('T')

# A page of a history. A shorter list does not need it.
STEP = 100


def with_progress(entries: Iterable[T], total: int) -> Iterator[T]:
    """Iterate over entries, and show how many there were.

    This happens only if standard error is a terminal. If standard output is a terminal too, the
    entries themselves show the progress.

    Args:
        entries: The entries.
        total: How many there will be.
    """
    if total <= STEP or not is_terminal(sys.stderr) or is_terminal(sys.stdout):
        yield from entries
        return
    try:
        from rich.progress import track  # noqa: PLC0415
    except ModuleNotFoundError:
        yield from _counted(entries, total)
    else:
        from rich.console import Console  # noqa: PLC0415

        console = Console(stderr=True)
        yield from track(entries, 'Entries', total=total, console=console, transient=True)


def _counted(entries: Iterable[T], total: int) -> Iterator[T]:
    try:
        for count, entry in enumerate(entries):
            if count % STEP == 0:
                _show(f'{count:,} of {total:,} entries')
            yield entry
    finally:
        _show('')


def _show(text: str) -> None:
    # At the start of the line, and without the rest of what was there.
    print(f'\r\x1b[K{text}', end='', file=sys.stderr, flush=True)
