"""What can go wrong in a process: its clock, and its disk.

Not in the modules of the tests: a process would import pytest with them, which takes longer than
all that it does.
"""

from __future__ import annotations

import resource
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from hoiio.campaign import database

__all__ = ['jump_when', 'limit_files']


def jump_when(jump: Path, days: int) -> None:
    """Let the clock of this process be wrong by some days as soon as a file is there."""

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(days=days if jump.exists() else 0)

    database.datetime = Jumping  # type: ignore[attr-defined]


def limit_files(size: int) -> None:
    """Let no file of this process become larger, as if the disk were full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
