"""Imports that wait until something is used, also where a process forks meanwhile."""

from __future__ import annotations

import os
from importlib import import_module
from threading import RLock
from types import ModuleType

__all__ = ['import_later']

# A fork in the middle of another thread's import would leave the child with a module that nobody
# finishes, so the two wait for each other.
_importing = RLock()


def import_later(name: str) -> ModuleType:
    """Import a module of this package by its full name."""
    with _importing:
        return import_module(name)


if hasattr(os, 'register_at_fork'):  # pragma: no branch - Windows does not fork
    os.register_at_fork(
        before=_importing.acquire,
        after_in_parent=_importing.release,
        after_in_child=_importing.release,
    )
