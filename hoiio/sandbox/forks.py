"""A fork while a sandbox runs: the child process keeps nothing of it but its address.

The threads of the sandbox do not exist in the child, and a lock that one of them held is held there
for ever. So the child does not get to the state any more, nor to a lock.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import NoReturn

__all__ = ['Elsewhere', 'belongs_to', 'close_copies', 'leave']


class Elsewhere:
    """Stands for a part of a sandbox that runs in another process."""

    pid: int

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError(belongs_to(self.pid))


def belongs_to(pid: int) -> str:
    """Say where a sandbox runs, and what to do."""
    return f'this sandbox belongs to process {pid}: make another one in this process'


def leave(part: object, pid: int, **kept: str) -> None:
    """Empty a part of a sandbox, whoever refers to it.

    Args:
        part: Any object of a plain class.
        pid: The process that has it.
        **kept: Attributes that stay readable.
    """
    vars(part).clear()
    vars(part).update(kept, pid=pid)
    part.__class__ = Elsewhere


def close_copies(sockets: Iterable[socket.socket]) -> None:
    """Close the copies that a child has; the connections of its parent go on."""
    for each in list(sockets):
        # Neither a shutdown, which the parent would notice, nor a close that waits for its files.
        with suppress(OSError):
            os.close(each.detach())
