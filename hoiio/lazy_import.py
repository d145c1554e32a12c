"""Import a module of this package when it is first used, safely even if the process forks.

An ``import`` inside a function is not enough. If a process forks while another thread imports a
module, the child waits forever for the import to end. Here a fork waits until the import is done.
"""

from __future__ import annotations

import os

# The lock of threading, without the time that the rest of threading takes to import.
from _thread import RLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

__all__ = ['lazy_import']

_lock = RLock()


def lazy_import(name: str) -> ModuleType:
    """Import a module of this package by its full name."""
    # Imported here, because `hoiio --help` does not need it.
    from importlib import import_module  # noqa: PLC0415

    with _lock:
        return import_module(name)


if hasattr(os, 'register_at_fork'):  # pragma: no branch - Windows does not fork
    os.register_at_fork(
        before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
    )
