"""What a process that sends a campaign knows, and the ledger does not."""

from __future__ import annotations

from dataclasses import dataclass

from .lock import SenderLock

__all__ = ['Sender']


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
