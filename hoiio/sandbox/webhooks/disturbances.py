"""Delivery problems that a test can cause: duplicates, delays and a changed order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from itertools import pairwise

from .delivery import Notification

__all__ = ['Disturbances']

MAX_COUNT = 1000
MIN_SECONDS = 0.001
MAX_SECONDS = 24 * 60 * 60


class Disturbances:
    """`Sandbox.notifications`: duplicate, delay or reorder the next notifications.

    Each disturbance applies to the next notifications of the service, across all transactions.
    Notifications that you resend do not count. A reset ends all disturbances.

    Example:
        >>> sandbox.notifications.duplicate_next()
        >>> res = client.sms.send('Hello', '+6598765432', notify_url='http://127.0.0.1:8000/sms')
        >>> sandbox.drain(check=False)
        >>> [delivery.copy_of for delivery in sandbox.deliveries]
        [None, 1]
    """

    def __init__(
        self,
        lock: threading.Condition,
        copy: Callable[[Notification], Notification],
        enqueue: Callable[[Notification], None],
    ) -> None:
        self._lock = lock
        self._copy = copy
        self._enqueue = enqueue
        self.forget()

    def duplicate_next(self, times: int = 1) -> None:
        """Deliver each of the next notifications twice, the copy directly after the original.

        Args:
            times: How many notifications, 1 to 1000.

        Raises:
            ValueError: If ``times`` is out of range.

        Example:
            >>> sandbox.notifications.duplicate_next(times=3)
        """
        _require(times, 1, MAX_COUNT)
        with self._lock:
            self._duplicates += times

    def delay_next(self, seconds: float, times: int = 1) -> None:
        """Delay each of the next notifications.

        Later notifications of the same transaction wait for the delayed one. Those of other
        transactions do not. `Sandbox.drain` does not wait for delayed notifications, because with a
        stopped clock the wait would never end.

        Args:
            seconds: The delay by the clock of the sandbox, 0.001 to 86,400 (one day).
            times: How many notifications, 1 to 1000.

        Raises:
            ValueError: If ``seconds`` or ``times`` is out of range.

        Example:
            >>> sandbox.notifications.delay_next(60)
            >>> url = 'http://127.0.0.1:8000/sms'
            >>> res = client.sms.send('Hello', '+6598765432', notify_url=url)
            >>> sandbox.drain(check=False)
            >>> sandbox.deliveries
            []
            >>> sandbox.clock.advance(minutes=1)
            >>> sandbox.drain(check=False)
            >>> len(sandbox.deliveries)
            1
        """
        _require(seconds, MIN_SECONDS, MAX_SECONDS)
        _require(times, 1, MAX_COUNT)
        with self._lock:
            self._delays.extend([seconds] * times)

    def reorder_next(self, count: int = 2) -> None:
        """Deliver the next notifications in reverse order, one after another.

        The sandbox holds them back until it has ``count`` notifications.

        Args:
            count: How many notifications to reverse, 2 to 1000.

        Raises:
            ValueError: If ``count`` is out of range.

        Example:
            >>> url = 'http://127.0.0.1:8000/sms'
            >>> sandbox.notifications.reorder_next()
            >>> for text in ('first', 'second'):
            ...     res = client.sms.send(text, '+6598765432', notify_url=url)
            >>> sandbox.drain(check=False)
            >>> [event.split()[3] for event in sandbox.events if 'notification' in event]
            ['AA-S-2', 'AA-S-1']
        """
        _require(count, 2, MAX_COUNT)
        with self._lock:
            self._reorder = count

    def clear(self) -> None:
        """End all disturbances.

        Notifications that wait for a reversed delivery are delivered in their original order.

        Example:
            >>> sandbox.notifications.duplicate_next(times=1000)
            >>> sandbox.notifications.clear()
        """
        with self._lock:
            kept = self._kept
            self.forget()
            for notification in kept:
                self._enqueue(notification)

    def holds(self, notification: Notification) -> bool:
        """Return True if a notification waits until there are enough to reverse."""
        return notification in self._kept

    @property
    def pending(self) -> tuple[int, list[float], int, int]:
        """What applies to the next notifications.

        These are the number of duplicates, the delays, the number of notifications to reverse, and
        how many of those are held back.
        """
        with self._lock:
            return self._duplicates, list(self._delays), self._reorder, len(self._kept)

    def forget(self) -> None:
        """End all disturbances, and drop the notifications that they hold back."""
        self._duplicates = 0
        self._delays: deque[float] = deque()
        self._reorder = 0
        self._kept: list[Notification] = []

    def route(self, notification: Notification) -> None:
        """Apply the disturbances to a new notification and queue it. The caller has the lock."""
        if self._delays:
            notification.delay = self._delays.popleft()
        self._place(notification)
        if self._duplicates:
            self._duplicates -= 1
            self._place(self._copy(notification))

    def _place(self, notification: Notification) -> None:
        if not self._reorder:
            self._enqueue(notification)
            return
        self._kept.append(notification)
        if len(self._kept) == self._reorder:
            self._enqueue_reversed()

    def _enqueue_reversed(self) -> None:
        notifications = self._kept[::-1]
        self._reorder, self._kept = 0, []
        for first, second in pairwise(notifications):
            first.followers.append(second)
            second.behind = first
        for notification in notifications:
            self._enqueue(notification)


def _require(amount: float, least: float, most: float) -> None:
    if not least <= amount <= most:
        raise ValueError(f'use a number from {least:g} to {most:g}, not {amount}')
