"""The journal: a list of events that you can read and follow."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from ...constants import Word
from .. import formats

__all__ = ['Event', 'EventKind', 'Journal', 'Note']

# An event can contain names and URLs that a client sent, and those can have any length.
LONGEST_TEXT = 1000


class EventKind(Word):
    """What an event is about."""

    SMS = 'sms'
    CALL = 'call'
    IVR = 'ivr'
    FAX = 'fax'
    NUMBER = 'number'
    RATE = 'rate'
    NOTIFICATION = 'notification'
    REQUEST = 'request'


@dataclass(frozen=True)
class Note:
    """What happened at a time.

    Attributes:
        date: The time of the event, by the clock of the sandbox.
        text: A description of what happened.
        kind: What the event is about. An event of the kind ``request`` is about a request that was
            refused, met a fault or had unknown parameters.
        phones: The numbers of the phones that took part.
        txn_ref: The reference of the transaction, or None.
        session: The reference of the IVR session, or None.
        notification: The id of the notification, or None.
        operation: The path of the operation, for an event of the kind ``request``.
        failed: Whether something did not succeed: a request was refused, an SMS was lost, a call
            was not answered, or a notification was not acknowledged.
    """

    date: datetime
    text: str
    kind: EventKind = EventKind.REQUEST
    phones: tuple[str, ...] = ()
    txn_ref: str | None = None
    session: str | None = None
    notification: int | None = None
    operation: str | None = None
    failed: bool = False


@dataclass(frozen=True)
class Event(Note):
    """One line of the journal.

    Attributes:
        id: The number of the event. A reset does not restart the count, so a reader can continue
            after the last event that it read.
    """

    id: int = 0

    def __str__(self) -> str:
        return f'{self.date.astimezone(formats.GMT8):%H:%M:%S} {self.text}'


class Journal:
    """The events since the last reset.

    Args:
        limit: How many events the journal keeps; it drops the oldest first.

    Attributes:
        resets: How often the journal was cleared.
        dropped: How many events the journal dropped since the last reset.
        changes: How often the state of a phone changed, also without an event.
    """

    def __init__(self, limit: int) -> None:
        self.resets = 0
        self.dropped = 0
        self.changes = 0
        self._events: deque[Event] = deque(maxlen=limit)
        self._last = 0
        # The number of the last change of each phone, the newest change last.
        self._changes: dict[str, int] = {}
        self._changed = threading.Condition(threading.RLock())

    def add(self, date: datetime, text: str, **about: Any) -> None:
        """Add an event.

        Args:
            date: The time of the event.
            text: A description of what happened.
            **about: The other fields of a `Note`.
        """
        with self._changed:
            self._last += 1
            self.dropped += len(self._events) == self._events.maxlen
            text = formats.shortened(text, LONGEST_TEXT)
            self._events.append(Event(date, text, id=self._last, **about))
            self._changed.notify_all()

    def add_change(self, number: str) -> None:
        """Note that the state of a phone changed."""
        with self._changed:
            self.changes += 1
            self._changes.pop(number, None)
            self._changes[number] = self.changes
            self._changed.notify_all()

    def changed_phones(self, changes: int) -> list[str]:
        """Return the phones that changed after a number of changes, the newest change first."""
        with self._changed:
            newest_first = reversed(self._changes.items())
            return [number for number, _ in takewhile(lambda one: one[1] > changes, newest_first)]

    def clear(self) -> None:
        """Remove all events. The next id continues the count."""
        with self._changed:
            self.resets += 1
            self.dropped = 0
            self._events.clear()
            self._changes.clear()
            self._changed.notify_all()

    def restore(self, notes: Iterable[Note]) -> None:
        """Replace all events with those of a snapshot."""
        with self._changed:
            self.clear()
            for note in notes:
                self.add(**vars(note))

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
