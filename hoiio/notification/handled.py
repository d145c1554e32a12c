"""Which notifications were handled before, because Hoiio may send one twice."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Protocol

from .kinds import Notification

__all__ = ['Handled', 'Store']


class Handled:
    """Recognise a notification that was handled before, because notifications may repeat.

    Two are the same if their bodies are. In the middle of an IVR call two different events can
    look alike, such as the same key pressed twice; there, let the ``notify_url`` of each block
    differ, by a counter in its query.

    Args:
        store: Where to remember: anything with ``add`` and ``in``, such as a set. By default the
            last 10,000 are remembered in memory. Where several processes share a store, let its
            ``add`` return False for what is there already.

    Example:
        >>> body = b'txn_ref=AA-S-1&sms_status=delivered'
        >>> signature = '134d89fe636a64a4d74d6c7ecd0c1a4891d9250ebf9ae9f717527e9128770941'
        >>> notification = Hoiio.notification.parse(body, signature)
        >>> handled = Handled()
        >>> for copy in (notification, notification):
        ...     if handled.first_time(copy):
        ...         print('handled', copy.txn_ref)
        handled AA-S-1
    """

    def __init__(self, store: Store | None = None) -> None:
        self._store = _LastOnes() if store is None else store
        self._lock = Lock()

    def first_time(self, notification: Notification) -> bool:
        """Return True if a notification is new, and remember it.

        If several threads ask at once, it is new for only one of them.

        Args:
            notification: The notification, as it was parsed.

        Returns:
            True for the first of those that have the same body.

        Example:
            >>> body = b'txn_ref=AA-S-1&sms_status=delivered'
            >>> signature = '134d89fe636a64a4d74d6c7ecd0c1a4891d9250ebf9ae9f717527e9128770941'
            >>> notification = Hoiio.notification.parse(body, signature)
            >>> handled = Handled()
            >>> handled.first_time(notification), handled.first_time(notification)
            (True, False)
        """
        digest = notification.digest
        with self._lock:
            return digest not in self._store and self._store.add(digest) is not False


class Store(Protocol):
    """What `Handled` remembers in."""

    def __contains__(self, item: str, /) -> bool:
        """Return True if it was added."""

    def add(self, value: str, /) -> object:
        """Remember a notification.

        Args:
            value: Its digest.

        Returns:
            False if it was there already; anything else if not.
        """


class _LastOnes:
    LIMIT = 10_000

    def __init__(self) -> None:
        self._items: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def add(self, value: str) -> None:
        self._items[value] = None
        if len(self._items) > self.LIMIT:
            self._items.popitem(last=False)
