"""What the worker processes do, a module for each kind of work.

Each has a ``prepare`` that takes the worker's arguments, as text, and returns what the worker is
to do whenever it is asked, given how often, and of which kind if there are several: it returns what
that took.
"""

from __future__ import annotations

from collections.abc import Callable

Task = Callable[..., float]
