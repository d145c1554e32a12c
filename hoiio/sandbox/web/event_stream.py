"""The events as a stream of server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Event as Flag

from ..codec import encode
from ..emulator import Emulator
from ..state.journal import Event
from .control_changes import clock
from .control_logs import shown_request

__all__ = ['follow', 'follow_changes']

# After this time without events, a stream writes a comment to detect a closed connection.
HEARTBEAT = 15.0
# A bulk SMS can change a thousand phones. A page looks at what it shows anyway.
MAX_PHONES = 100


def follow(emulator: Emulator, last: int, closing: Flag) -> Iterator[bytes]:
    """Yield the events after an id, then each new event, until the server stops."""
    journal = emulator.journal
    resets = journal.resets
    yield b'retry: 1000\n\n'
    while not closing.is_set():
        if resets != journal.resets:
            resets = journal.resets
            yield _named('reset', {})
        position = journal.last
        events = journal.since(last)
        yield b''.join(map(_frame, events)) or b':\n\n'
        last = events[-1].id if events else position
        journal.wait(last, resets, HEARTBEAT, closing.is_set)


def follow_changes(emulator: Emulator, last: int, closing: Flag) -> Iterator[bytes]:
    """Yield what `follow` yields, and also requests, changed phones and moves of the clock."""
    changes = Changes(emulator)
    journal, resets = emulator.journal, emulator.journal.resets
    yield b'retry: 1000\n\n' + changes.hello()
    while not closing.is_set():
        if resets != journal.resets:
            resets = journal.resets
            yield _named('reset', {})
        position = journal.last
        events = journal.since(last)
        yield b''.join([*map(_frame, events), *changes.frames()]) or b':\n\n'
        last = events[-1].id if events else position
        journal.wait(last, resets, HEARTBEAT, lambda: closing.is_set() or changes.pending)


class Changes:
    """What a stream has reported so far, apart from events."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._requests = emulator.requests.last
        self._phones = emulator.journal.changes
        self._offset = emulator.clock.offset

    def hello(self) -> bytes:
        """Return the first frames of a stream."""
        hello = {
            'run': self._emulator.run,
            'last_event': self._emulator.journal.last,
            'last_request': self._requests,
        }
        return _named('hello', hello) + _named('clock', clock(self._emulator))

    @property
    def pending(self) -> bool:
        """Whether there is something to report."""
        return (
            self._requests != self._emulator.requests.last
            or self._phones != self._emulator.journal.changes
            or self._offset != self._emulator.clock.offset
        )

    def frames(self) -> Iterator[bytes]:
        """Yield what is new since the last call."""
        yield from self._new_requests()
        yield from self._changed_phones()
        if self._offset != self._emulator.clock.offset:
            self._offset = self._emulator.clock.offset
            yield _named('clock', clock(self._emulator))

    def _new_requests(self) -> Iterator[bytes]:
        # A reset may remove the newest ones before they are read.
        seen, self._requests = self._requests, self._emulator.requests.last
        for request in self._emulator.requests.all():
            if seen < request.id <= self._requests:
                yield _named('request', shown_request(request))

    def _changed_phones(self) -> Iterator[bytes]:
        seen, self._phones = self._phones, self._emulator.journal.changes
        if numbers := self._emulator.journal.changed_phones(seen):
            yield _named(
                'phones', {'numbers': numbers[:MAX_PHONES], 'more': len(numbers) > MAX_PHONES}
            )


def _frame(event: Event) -> bytes:
    return f'id: {event.id}\ndata: {json.dumps(encode(event))}\n\n'.encode()


def _named(name: str, data: object) -> bytes:
    return f'event: {name}\ndata: {json.dumps(data, default=encode)}\n\n'.encode()
