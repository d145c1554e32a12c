"""Write notifications into a ledger, all that wait in one commit."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..campaign.ledger import Ledger
    from ..notification import Notification

__all__ = ['NotificationWriter']

# So that those who send campaigns never wait long for the ledger.
_MOST = 500


class NotificationWriter:
    """Writes notifications into a ledger. Several threads can use it at the same time.

    A commit must reach the disk, which takes longer than all the rest. So while one thread commits,
    the others wait, and the next one of them commits for all.

    Args:
        ledger: The ledger.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._waiting: deque[_Waiting] = deque()

    def write(self, notification: Notification) -> None:
        """Write a notification. When this returns, it is on the disk.

        Raises:
            LedgerFailed: It could not be written.
        """
        mine = _Waiting(notification)
        self._waiting.append(mine)
        with self._lock:
            # The thread that had the lock before may have written it.
            while not mine.is_done:
                self._write_group()
        if mine.error is not None:
            raise mine.error

    def _write_group(self) -> None:
        group = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
        error = None
        try:
            self._ledger.notified(*(each.notification for each in group))
        except Exception as exc:
            error = exc
        for each in group:
            each.is_done, each.error = True, error


class _Waiting:
    def __init__(self, notification: Notification) -> None:
        self.notification = notification
        self.is_done = False
        self.error: Exception | None = None
