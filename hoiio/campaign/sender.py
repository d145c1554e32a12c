"""What a process that sends a campaign knows, and the ledger does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from .lock import SenderLock

__all__ = ['Sender', 'SharedSender']


@dataclass
class Sender:
    """A process that sends a campaign.

    Attributes:
        lock: The lock of the campaign on this machine.
        began_in: The connection in which this process began the look that is under way.
        clean_in: The connection in which this process began its last valid look.
        last: The random part of the tag of its last batch.
    """

    lock: SenderLock
    began_in: int = 0
    clean_in: int = 0
    last: str = ''

    @property
    def identity(self) -> str:
        """Names the lock."""
        return self.lock.identity


class SharedSender:
    """The sender that all threads of this process use for a campaign, in turn.

    Args:
        path: The file of the lock.

    Attributes:
        turn: A thread holds this while it uses the sender.
    """

    def __init__(self, path: Path) -> None:
        self.turn = Lock()
        self._path = path
        self._sender: Sender | None = None

    def get(self) -> Sender:
        """Return the sender; after `close` or a fork, a new one."""
        if self._sender is None or self._sender.lock.is_closed:
            self._sender = Sender(SenderLock(self._path))
        return self._sender

    def close(self) -> None:
        """Release the lock, after the turn of another thread."""
        with self.turn:
            if self._sender is not None:
                self._sender.lock.close()
            self._sender = None
