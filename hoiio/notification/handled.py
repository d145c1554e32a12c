"""Recognize notifications that were handled before, because Hoiio may send one twice."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Protocol

from .kinds import Notification

__all__ = ['Handled', 'Store']


class Handled:
    """Recognize a notification that was handled before, because Hoiio may send one twice.

    Two notifications are the same if their bodies are equal. During an IVR call, two different
    events can have equal bodies, for example if the caller presses the same key twice. So give each
    block a different ``notify_url``, with a counter in its query.

    Args:
        store: An object with ``add`` and ``in``, such as a set. By default the last 10,000
            notifications are kept in memory. If several processes share a store, its ``add`` must
            return False or 0 for an item that the store already has.

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
        self._store = _LatestDigests() if store is None else store
        self._lock = Lock()

    def first_time(self, notification: Notification) -> bool:
        """Return True if a notification is new, and store it.

        If several threads call this at the same time, only one of them gets True.

        Args:
            notification: A notification that `Notifications.parse` returned.

        Returns:
            True for the first notification with this body.

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
            # 0 equals False: the SADD of Redis returns it for an item that the set already has.
            return digest not in self._store and self._store.add(digest) != 0


class Store(Protocol):
    """The place in which `Handled` stores notifications."""

    def __contains__(self, item: str, /) -> bool:
        """Return True if the store has the digest of a notification."""

    def add(self, value: str, /) -> object:
        """Store a notification.

        Args:
            value: The digest of the notification.

        Returns:
            False or 0 if the store already has it; anything else, such as None, if not.
        """


class _LatestDigests:
    LIMIT = 10_000

    def __init__(self) -> None:
        self._items: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def add(self, value: str) -> None:
        self._items[value] = None
        if len(self._items) > self.LIMIT:
            self._items.popitem(last=False)
