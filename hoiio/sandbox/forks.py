"""Forks while a sandbox runs: the child process keeps only the address of the sandbox.

The threads of the sandbox do not exist in the child process. A lock that one of them held during
the fork stays locked in the child. So the child cannot use the state or the locks.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import NoReturn

__all__ = ['PartOfAnotherProcess', 'belongs_to', 'close_copies', 'make_unusable']


class PartOfAnotherProcess:
    """A part of a sandbox that runs in another process; using it raises a RuntimeError."""

    pid: int

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError(belongs_to(self.pid))


def belongs_to(pid: int) -> str:
    """Return the message that says where the sandbox runs and what to do instead."""
    return f'this sandbox belongs to process {pid}: create another one in this process'


def make_unusable(part: object, pid: int, **kept: str) -> None:
    """Clear a part of a sandbox, so that each later use raises an error.

    Args:
        part: An object whose attributes are in its ``__dict__``.
        pid: The id of the process that runs the sandbox.
        **kept: Attributes that remain readable, with their values.
    """
    vars(part).clear()
    vars(part).update(kept, pid=pid)
    part.__class__ = PartOfAnotherProcess


def close_copies(sockets: Iterable[socket.socket]) -> None:
    """Close the sockets that a child process inherited; those of its parent stay open."""
    for each in list(sockets):
        # shutdown() would end the parent's connections, and close() does nothing while a file
        # that makefile() returned is open.
        with suppress(OSError):
            os.close(each.detach())
