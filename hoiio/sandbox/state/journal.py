"""The record of what happened, for reading back and for following along."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from .. import formats

__all__ = ['Event', 'Journal']

# A client decides how long names and URLs are that appear in a line.
LONGEST_TEXT = 1000


@dataclass(frozen=True)
class Event:
    """One line of the record.

    Attributes:
        id: Counts on even across a reset, so that a reader can say how far it came.
        date: When it happened, by the clock of the sandbox.
        text: What happened, in words.
    """

    id: int
    date: datetime
    text: str

    def __str__(self) -> str:
        return f'{self.date.astimezone(formats.GMT8):%H:%M:%S} {self.text}'


class Journal:
    """What happened since the last reset.

    Args:
        limit: How many events it keeps; the oldest go first.

    Attributes:
        resets: How often it was emptied.
        dropped: How many events it has dropped since the last reset.
    """

    def __init__(self, limit: int) -> None:
        self.resets = 0
        self.dropped = 0
        self._events: deque[Event] = deque(maxlen=limit)
        self._last = 0
        self._changed = threading.Condition(threading.RLock())

    def add(self, date: datetime, text: str) -> None:
        """Write down what happened."""
        with self._changed:
            self._last += 1
            self.dropped += len(self._events) == self._events.maxlen
            self._events.append(Event(self._last, date, formats.shortened(text, LONGEST_TEXT)))
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget everything but how far the ids came."""
        with self._changed:
            self.resets += 1
            self.dropped = 0
            self._events.clear()
            self._changed.notify_all()

    def restore(self, lines: Iterable[tuple[datetime, str]]) -> None:
        """Begin with what was written down elsewhere."""
        with self._changed:
            self.clear()
            for date, text in lines:
                self.add(date, text)

    @property
    def last(self) -> int:
        """The id of the latest event, whether it is still there or not."""
        return self._last

    def since(self, last: int = 0) -> list[Event]:
        """Return what came after an event; after one that never was, everything."""
        with self._changed:
            if not 0 <= last <= self._last:
                last = 0
            newest_first = takewhile(lambda event: event.id > last, reversed(self._events))
            return [*newest_first][::-1]

    def lines(self) -> list[str]:
        """Return a line for each event, and first of all one that says how many are missing."""
        with self._changed:
            lines = [str(event) for event in self._events]
            if self.dropped:
                lines.insert(0, f'{self.dropped} earlier events were dropped (see log_limit)')
            return lines

    def wait(self, last: int, resets: int, timeout: float, unless: Callable[[], bool]) -> None:
        """Sleep until there is something after an event, or a reset, or the time is over."""
        with self._changed:
            self._changed.wait_for(
                lambda: unless() or resets != self.resets or self._goes_on_after(last), timeout
            )

    def _goes_on_after(self, last: int) -> bool:
        return bool(self._events) and self._events[-1].id > last

    def wake(self) -> None:
        """Let whoever waits look again."""
        with self._changed:
            self._changed.notify_all()
