"""The lock of a sender: while a process holds it, the process may be sending.

It is a file of its own, because closing any descriptor of a database file would drop the locks
that SQLite has on it. The file is never deleted, because a process may hold a lock on a deleted
file while another one makes a new file of the same name and locks that.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from weakref import WeakSet

from .exceptions import LedgerUnusable

if sys.platform != 'win32':  # pragma: no branch - not tested on Windows
    import fcntl

__all__ = ['SenderLock']

_BOOT_ID = Path('/proc/sys/kernel/random/boot_id')

_held: WeakSet[SenderLock] = WeakSet()


class SenderLock:
    """A lock that ends with its process, however that ends.

    Args:
        path: The file.

    Attributes:
        identity: Names the lock among those of all machines: the start of this machine, and the
            file on it. A file of the same name in another container has another identity.
    """

    def __init__(self, path: Path) -> None:
        if sys.platform == 'win32':
            raise LedgerUnusable('campaigns need the locks of Linux or macOS; use WSL on Windows')
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise LedgerUnusable(f'{path} cannot be locked: {exc.strerror}') from exc
        status = os.fstat(self._file)
        self.identity = f'{boot_id()}:{status.st_dev}:{status.st_ino}'
        self._is_held = False
        _held.add(self)

    def acquire(self) -> bool:
        """Take the lock, unless somebody else has it.

        Returns:
            True if this process has it now.
        """
        if not self._is_held:
            with suppress(BlockingIOError):
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._is_held = True
        return self._is_held

    @property
    def is_closed(self) -> bool:
        """Whether the lock was released, or belongs to the parent of this process."""
        return self._file < 0

    def close(self) -> None:
        """Release the lock."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._is_held = -1, False


@cache
def boot_id() -> str:
    """Return what names this start of this machine.

    If the system does not provide it, it is random. Then it is not known whether another process
    has ended, so a person has to decide more often.
    """
    with suppress(OSError):
        return _BOOT_ID.read_text('ascii').strip()
    with suppress(OSError, subprocess.CalledProcessError):
        command = ['/usr/sbin/sysctl', '-n', 'kern.bootsessionuuid']
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.strip()
    return secrets.token_hex(8)


def _after_fork() -> None:
    # A lock belongs to an open file, which a child shares. If the child kept it, the lock would
    # outlive the process that sends. Closing it here does not take it from the parent.
    for lock in list(_held):
        lock.close()


if hasattr(os, 'register_at_fork'):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_after_fork)
