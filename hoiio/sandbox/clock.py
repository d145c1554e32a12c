"""The time of the sandbox: you can advance it, and timers run on it."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta, timezone
from weakref import WeakMethod, WeakSet

__all__ = ['Alarm', 'Clock', 'FakeClock', 'Schedule', 'Timer']

logger = logging.getLogger('hoiio.sandbox')

# In seconds. Some platforms cannot wait for weeks in one call.
LONGEST_WAIT = 3600.0
# Timers can be due years after this, and Python has no dates after the year 9999.
LATEST = datetime(2999, 12, 31, tzinfo=timezone.utc)
# Cancelled timers are removed only when there are at least this many timers.
SWEEP_MINIMUM = 64


def _nothing() -> None:
    return


def _system_time() -> datetime:
    return datetime.now(timezone.utc)


class Timer:
    """An action that runs at a given time, unless it is cancelled first."""

    def __init__(self, due: datetime, action: Callable[[], None]) -> None:
        self.due = due
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        """Prevent the action from running."""
        self.cancelled = True
        # The timer may stay queued for months. Without this, it keeps the action's objects alive.
        self.action = _nothing


class Clock:
    """The real time plus the amount by which you advanced it.

    Args:
        source: Returns the current time as an aware datetime; the system clock by default.
    """

    runs = True

    def __init__(self, source: Callable[[], datetime] = _system_time) -> None:
        self._source = source
        self._offset = timedelta()
        self._timers: list[tuple[datetime, int, Timer]] = []
        self._numbers = itertools.count()
        self._sweep_at = SWEEP_MINIMUM
        # How many times the clock was set. A running advance() stops if this changes.
        self._times_set = 0
        self._changed = threading.Condition()
        self._watchers: list[WeakMethod[Callable[[], None]]] = []
        # Held while timers run, so that advance() returns only after the last action has ended.
        self._firing = threading.RLock()

    def now(self) -> datetime:
        """Return the current time of the sandbox.

        Returns:
            An aware datetime.

        Example:
            >>> before = sandbox.clock.now()
            >>> sandbox.clock.advance(hours=1)
            >>> (sandbox.clock.now() - before).total_seconds() >= 3600
            True
        """
        return self._source() + self._offset

    @property
    def offset(self) -> timedelta:
        """How far the clock was moved."""
        return self._offset

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> None:
        """Advance the clock and run, in order, every timer that becomes due.

        While a timer runs, the clock shows the time at which it was due. The arguments are added
        up.

        Args:
            days: How many days.
            hours: How many hours.
            minutes: How many minutes.
            seconds: How many seconds.

        Raises:
            ValueError: If the sum is negative, or if the clock would go past 2999-12-31.

        Example:
            >>> call = client.voice.call('+6598765432', '+6581234567', max_duration=60)
            >>> sandbox.clock.advance(minutes=1)
            >>> client.voice.status(call.txn_ref).duration
            1
        """
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ValueError('a clock only goes forward: advance it by a positive amount of time')
        with self._firing:
            # No sum of the two, which would overflow if the step is very large.
            if step > LATEST - self._source() - self._offset:
                raise ValueError(f'the clock of a sandbox cannot go past the year {LATEST.year}')
            target = self._offset + step
            times_set = self._times_set
            while timer := self._step(target, times_set):
                timer.action()
        self.wake()
        self._tell_watchers()

    def reset(self) -> None:
        """Undo every advance, including one that is running."""
        self._set(timedelta())

    def go_on_from(self, moment: datetime) -> None:
        """Set the clock to a time, without running any timer."""
        self._set(moment - self._source())

    def watch(self, moved: Callable[[], None]) -> None:
        """Call a bound method after each move of the clock, as long as its object exists."""
        watcher = WeakMethod(moved)
        self._watchers = [each for each in self._watchers if each() and each != watcher]
        self._watchers.append(watcher)

    def _tell_watchers(self) -> None:
        for moved in [watcher() for watcher in self._watchers]:
            if moved is not None:
                moved()

    def call_at(self, due: datetime, action: Callable[[], None]) -> Timer:
        """Run the action when the clock reaches the given time."""
        timer = Timer(due, action)
        with self._changed:
            if len(self._timers) >= self._sweep_at:
                self.sweep()
            heapq.heappush(self._timers, (due, next(self._numbers), timer))
            # Who waits does so for the first one, and looks again after the longest wait anyway.
            if self._timers[0][2] is timer and self._pause() < LONGEST_WAIT:
                self._changed.notify_all()
        return timer

    def renew(self) -> None:
        """Drop all timers, watchers and waiting threads in a forked child process."""
        self._timers = []
        self._watchers = []
        self._changed = threading.Condition()
        self._firing = threading.RLock()

    def sweep(self) -> None:
        """Remove cancelled timers; `call_at` does this when there are many timers."""
        with self._changed:
            self._timers = [entry for entry in self._timers if not entry[2].cancelled]
            heapq.heapify(self._timers)
            self._sweep_at = max(SWEEP_MINIMUM, 2 * len(self._timers))

    def wake(self) -> None:
        """Wake the threads in `wait_until_due`."""
        with self._changed:
            self._changed.notify_all()

    def wait_until_due(self, unless: Callable[[], bool]) -> None:
        """Sleep until a timer may be due, or until the timers or the time change."""
        with self._changed:
            pause = self._pause()
            if pause > 0 and not unless():
                self._changed.wait(pause)

    def run_due(self) -> None:
        """Run every action that is due."""
        with self._firing:
            while timer := self._pop_due(self.now()):
                timer.action()

    def _pause(self) -> float:
        if not self._timers:
            return LONGEST_WAIT
        return min(LONGEST_WAIT, (self._timers[0][0] - self.now()).total_seconds())

    def _set(self, offset: timedelta) -> None:
        with self._changed:
            self._times_set += 1
            if offset != self._offset:
                self._offset = offset
                self._changed.notify_all()
        self._tell_watchers()

    def _step(self, target: timedelta, times_set: int) -> Timer | None:
        """Advance to the next timer or to the target, unless the clock was set meanwhile."""
        with self._changed:
            if times_set != self._times_set:
                return None
            timer = self._pop_due(self._source() + target)
            reached = target if timer is None else min(target, timer.due - self._source())
            # A timer may have advanced the clock further.
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
    """A clock that does not move until you advance it.

    Args:
        start: An aware datetime; the start of 2026 in Singapore by default.

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
    """The thread that runs timers as the real time passes."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name='hoiio-sandbox-clock', daemon=True)

    def start(self) -> None:
        """Start the thread, unless the clock does not move."""
        if self.clock.runs:
            self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped = True
        if self._thread.is_alive():
            self.clock.wake()
            self._thread.join(timeout=0.05)

    def _run(self) -> None:
        while not self._stopped:
            self.clock.wait_until_due(unless=lambda: self._stopped)
            if not self._stopped:
                self.clock.run_due()


class Schedule:
    """The timers of one state of the sandbox; closing it cancels them.

    Args:
        clock: The clock that the timers run on.
        changing: Returns the context manager in which each action runs.
    """

    def __init__(
        self, clock: Clock, changing: Callable[[], AbstractContextManager[object]]
    ) -> None:
        self._clock = clock
        self._changing = changing
        self._closed = False
        self._timers: WeakSet[Timer] = WeakSet()

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Run the action after a number of seconds."""
        return self.at(self._clock.now() + timedelta(seconds=seconds), action)

    def at(self, due: datetime, action: Callable[[], None]) -> Timer:
        """Run the action at a given time."""

        def fire() -> None:
            with self._changing():
                if not (self._closed or timer.cancelled):
                    self._run(action)

        timer = Timer(due, _nothing) if self._closed else self._clock.call_at(due, fire)
        self._timers.add(timer)
        return timer

    def close(self) -> None:
        """Cancel all timers."""
        self._closed = True
        for timer in self._timers:
            timer.cancel()
        self._clock.sweep()

    @staticmethod
    def _run(action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:
            # A broken action must not end the thread of the clock.
            logger.exception('a timer of the sandbox failed')
