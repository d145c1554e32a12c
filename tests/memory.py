"""A folder in memory, where a ledger or a server syncs each commit at once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

__all__ = ['folder_in_memory']

MEMORY = Path('/dev/shm')  # noqa: S108 - who uses it makes a folder of its own there
# What three runs leave there takes a fraction of it. In a container, it often has only 64 MB.
ENOUGH = 2**30


def folder_in_memory() -> Path | None:
    """Return the folder, or None if this machine does not have one that tests can use."""
    return MEMORY if MEMORY.is_dir() and _has_room() and _may_run_programs() else None


def _has_room() -> bool:
    return shutil.disk_usage(MEMORY).free > ENOUGH


def _may_run_programs() -> bool:
    # Some tests write a program and start it. Containers often forbid that in this folder.
    return not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
