"""The tasks of the worker processes, one module for each.

The function ``prepare`` of a module takes the arguments of the worker as strings and returns the
task. The task takes the number of repetitions, and the kind of work if there are several. It
returns the cost, such as seconds or bytes.
"""

from __future__ import annotations

from collections.abc import Callable

Task = Callable[..., float]
