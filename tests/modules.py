"""Modules that a test imports anew."""

from __future__ import annotations

import re
import sys

import pytest

__all__ = ['forget']


def forget(monkeypatch: pytest.MonkeyPatch, names: str) -> None:
    """Let modules be imported anew until the test ends.

    Args:
        monkeypatch: It brings the modules back, also as the attributes of their packages.
        names: A regular expression for the beginning of their names.
    """
    modules = {**sys.modules}
    for name in filter(re.compile(names).match, modules):
        package, _, last = name.rpartition('.')
        if package:
            monkeypatch.setattr(modules[package], last, modules[name], raising=False)
        monkeypatch.delitem(sys.modules, name)
