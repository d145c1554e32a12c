"""The journal: a list of events that you can read and follow."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from .. import formats

__all__ = ['Event', 'Journal']

# An event can contain names and URLs that a client sent, and those can have any length.
LONGEST_TEXT = 1000


@dataclass(frozen=True)
class Event:
    """One line of the journal.

    Attributes:
        id: The number of the event. A reset does not restart the count, so a reader can continue
            after the last event that it read.
        date: The time of the event, by the clock of the sandbox.
        text: A description of what happened.
    """

    id: int
    date: datetime
    text: str

    def __str__(self) -> str:
        return f'{self.date.astimezone(formats.GMT8):%H:%M:%S} {self.text}'


class Journal:
    """The events since the last reset.

    Args:
        limit: How many events the journal keeps; it drops the oldest first.

    Attributes:
        resets: How often the journal was cleared.
        dropped: How many events the journal dropped since the last reset.
    """

    def __init__(self, limit: int) -> None:
        self.resets = 0
        self.dropped = 0
        self._events: deque[Event] = deque(maxlen=limit)
        self._last = 0
        self._changed = threading.Condition(threading.RLock())

    def add(self, date: datetime, text: str) -> None:
        """Add an event."""
        with self._changed:
            self._last += 1
            self.dropped += len(self._events) == self._events.maxlen
            self._events.append(Event(self._last, date, formats.shortened(text, LONGEST_TEXT)))
            self._changed.notify_all()

    def clear(self) -> None:
        """Remove all events. The next id continues the count."""
        with self._changed:
            self.resets += 1
            self.dropped = 0
            self._events.clear()
            self._changed.notify_all()

    def restore(self, lines: Iterable[tuple[datetime, str]]) -> None:
        """Replace all events with those of a snapshot."""
        with self._changed:
            self.clear()
            for date, text in lines:
                self.add(date, text)

    @property
    def last(self) -> int:
        """The id of the newest event, even if a reset has removed it."""
        return self._last

    def since(self, last: int = 0) -> list[Event]:
        """Return the events after an id, or all events if no event had that id."""
        with self._changed:
            if not 0 <= last <= self._last:
                last = 0
            newest_first = takewhile(lambda event: event.id > last, reversed(self._events))
            return [*newest_first][::-1]

    def lines(self) -> list[str]:
        """Return a line for each event, after a line that counts the dropped events, if any."""
        with self._changed:
            lines = [str(event) for event in self._events]
            if self.dropped:
                lines.insert(0, f'{self.dropped} earlier events were dropped (see log_limit)')
            return lines

    def wait(self, last: int, resets: int, timeout: float, unless: Callable[[], bool]) -> None:
        """Wait for an event after an id, for a reset, or until the timeout in seconds ends."""
        with self._changed:
            self._changed.wait_for(
                lambda: unless() or resets != self.resets or self._has_event_after(last), timeout
            )

    def _has_event_after(self, last: int) -> bool:
        return bool(self._events) and self._events[-1].id > last

    def wake(self) -> None:
        """Wake all waiting threads, so that they check their conditions again."""
        with self._changed:
            self._changed.notify_all()
