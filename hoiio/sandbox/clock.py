"""Time as the sandbox sees it: it can be moved forward, and things can be due in it."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta, timezone
from weakref import WeakSet

__all__ = ['Alarm', 'Clock', 'FakeClock', 'Schedule', 'Timer']

logger = logging.getLogger('hoiio.sandbox')

# Some platforms refuse to wait for weeks in one go.
LONGEST_WAIT = 3600.0
# What is planned from there still has a date that can be written.
LATEST = datetime(2999, 12, 31, tzinfo=timezone.utc)


# So many timers are kept before those that were cancelled are looked for.
FEW = 64


def _nothing() -> None:
    return


def _system_time() -> datetime:
    return datetime.now(timezone.utc)


class Timer:
    """Something that is due at a moment, unless it is cancelled first."""

    def __init__(self, due: datetime, action: Callable[[], None]) -> None:
        self.due = due
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        """Make sure that the action does not run any more."""
        self.cancelled = True
        # It may stay in a queue for months, and the action knows all that it would act on.
        self.action = _nothing


class Clock:
    """The real time, plus whatever it was advanced by.

    Args:
        source: Gives the present moment as an aware datetime; the system clock by default.
    """

    runs = True

    def __init__(self, source: Callable[[], datetime] = _system_time) -> None:
        self._source = source
        self._offset = timedelta()
        self._timers: list[tuple[datetime, int, Timer]] = []
        self._numbers = itertools.count()
        self._sweep_at = FEW
        # Counts what sets the clock, for whoever is moving it at that moment.
        self._settings = 0
        self._changed = threading.Condition()
        # Whoever fires timers holds this, so that advance() returns after the last action ended.
        self._firing = threading.RLock()

    def now(self) -> datetime:
        """Tell the present moment.

        Returns:
            An aware datetime.

        Example:
            >>> before = sandbox.clock.now()
            >>> sandbox.clock.advance(hours=1)
            >>> (sandbox.clock.now() - before).total_seconds() >= 3600
            True
        """
        return self._source() + self._offset

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> None:
        """Move forward, and run in order all that becomes due on the way.

        Each action sees the moment at which it was due as the present.

        Args:
            days: How many days, which count together with the others.
            hours: How many hours.
            minutes: How many minutes.
            seconds: How many seconds.

        Raises:
            ValueError: If the sum is negative, or if it goes beyond the year 2999.

        Example:
            >>> call = client.voice.call('+6598765432', '+6581234567', max_duration=60)
            >>> sandbox.clock.advance(minutes=1)
            >>> client.voice.status(call.txn_ref).duration
            1
        """
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ValueError('a clock only goes forward: advance it by a positive amount')
        with self._firing:
            target = self._offset + step
            if self._source() + target > LATEST:
                raise ValueError(f'the time of a sandbox ends with the year {LATEST.year}')
            settings = self._settings
            while timer := self._step(target, settings):
                timer.action()
        self.wake()

    def reset(self) -> None:
        """Take back every advance, one that is under way included."""
        self._set(timedelta())

    def go_on_from(self, moment: datetime) -> None:
        """Make a moment the present one, without running anything."""
        self._set(moment - self._source())

    def call_at(self, due: datetime, action: Callable[[], None]) -> Timer:
        """Run the action as soon as the clock has reached the moment."""
        timer = Timer(due, action)
        with self._changed:
            if len(self._timers) >= self._sweep_at:
                self.sweep()
            heapq.heappush(self._timers, (due, next(self._numbers), timer))
            self._changed.notify_all()
        return timer

    def renew(self) -> None:
        """Forget what is planned and who waits, in a child process where nothing of it runs."""
        self._timers = []
        self._changed = threading.Condition()
        self._firing = threading.RLock()

    def sweep(self) -> None:
        """Drop what was cancelled; this happens by itself as timers grow in number."""
        with self._changed:
            self._timers = [entry for entry in self._timers if not entry[2].cancelled]
            heapq.heapify(self._timers)
            self._sweep_at = max(FEW, 2 * len(self._timers))

    def wake(self) -> None:
        """Let whoever waits for the next timer look again."""
        with self._changed:
            self._changed.notify_all()

    def wait_until_due(self, unless: Callable[[], bool]) -> None:
        """Sleep until a timer may be due, or until something changed."""
        with self._changed:
            pause = self._pause()
            if pause > 0 and not unless():
                self._changed.wait(pause)

    def run_due(self) -> None:
        """Run every action whose moment has come."""
        with self._firing:
            while timer := self._pop_due(self.now()):
                timer.action()

    def _pause(self) -> float:
        if not self._timers:
            return LONGEST_WAIT
        return min(LONGEST_WAIT, (self._timers[0][0] - self.now()).total_seconds())

    def _set(self, offset: timedelta) -> None:
        with self._changed:
            self._settings += 1
            self._offset = offset
            self._changed.notify_all()

    def _step(self, target: timedelta, settings: int) -> Timer | None:
        """Move on to the next timer, or to the target; stay where somebody else set the clock."""
        with self._changed:
            if settings != self._settings:
                return None
            timer = self._pop_due(self._source() + target)
            reached = target if timer is None else min(target, timer.due - self._source())
            # An action may have advanced the clock by itself.
            self._offset = max(self._offset, reached)
            return timer

    def _pop_due(self, moment: datetime) -> Timer | None:
        with self._changed:
            while self._timers and self._timers[0][0] <= moment:
                timer = heapq.heappop(self._timers)[2]
                if not timer.cancelled:
                    return timer
        return None


class FakeClock(Clock):
    """A clock that stands still until it is advanced.

    Args:
        start: An aware datetime; the first second of 2026 in Singapore by default.

    Example:
        >>> clock = FakeClock()
        >>> clock.advance(minutes=5)
        >>> clock.now().isoformat()
        '2026-01-01T00:05:00+08:00'
    """

    runs = False

    def __init__(self, start: datetime | None = None) -> None:
        moment = start or datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))
        super().__init__(lambda: moment)


class Alarm:
    """The thread that runs what is due while nobody advances the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name='hoiio-sandbox-clock', daemon=True)

    def start(self) -> None:
        """Begin, unless the clock stands still anyway."""
        if self._clock.runs:
            self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped = True
        if self._thread.is_alive():
            self._clock.wake()
            self._thread.join(timeout=0.05)

    def _run(self) -> None:
        while not self._stopped:
            self._clock.wait_until_due(unless=lambda: self._stopped)
            if not self._stopped:
                self._clock.run_due()


class Schedule:
    """What one state of the sandbox has planned; it dies with that state.

    Args:
        clock: What time it is.
        changing: Makes the context in which each action runs.
    """

    def __init__(
        self, clock: Clock, changing: Callable[[], AbstractContextManager[object]]
    ) -> None:
        self._clock = clock
        self._changing = changing
        self._closed = False
        self._timers: WeakSet[Timer] = WeakSet()

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Run the action when so many seconds have passed."""
        return self.at(self._clock.now() + timedelta(seconds=seconds), action)

    def at(self, due: datetime, action: Callable[[], None]) -> Timer:
        """Run the action at a moment."""

        def fire() -> None:
            with self._changing():
                if not (self._closed or timer.cancelled):
                    self._run(action)

        timer = Timer(due, _nothing) if self._closed else self._clock.call_at(due, fire)
        self._timers.add(timer)
        return timer

    def close(self) -> None:
        """Forget everything that is planned."""
        self._closed = True
        for timer in self._timers:
            timer.cancel()
        self._clock.sweep()

    @staticmethod
    def _run(action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:
            # The thread that watches the clock has to survive one broken action.
            logger.exception('a timer of the sandbox failed')
