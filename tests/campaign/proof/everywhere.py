"""Do something at each point of a process, to a campaign of its own for each point."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.campaign.proof.stage import Stage

__all__ = ['PARTS', 'after_each', 'at_each', 'points_of']

# The processes mostly wait, so this many at a time do not load the machine.
AT_A_TIME = 8
AFTER = {'done', 'committed', 'sent'}
# A test of many points has a parameter, so that several workers share the points.
PARTS = [pytest.param(slice(first, None, 4), id=f'part {first + 1} of 4') for first in range(4)]


def points_of(stage: Stage, folder: Path) -> list[str]:
    """Run a process to its end, and return the points that it passed."""
    trace = folder / f'{stage.tag}.trace'
    with stage:
        stage.run(trace=trace)
    return trace.read_text().split()


def after_each(points: list[str]) -> list[int]:
    """Return the numbers of the points after a statement, a commit or a request.

    The points before them are the same moments.
    """
    return [at for at, what in enumerate(points, 1) if what in AFTER]


def at_each(points: Iterable[int], attempt: Callable[[int], None]) -> None:
    """Try each point, several at a time, and name those at which something is wrong."""
    listed = list(points)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        tried = [(at, pool.submit(attempt, at)) for at in listed]
    failed = {at: error for at, each in tried if (error := each.exception()) is not None}
    if failed:
        raise AssertionError(f'wrong at {len(failed)} of {len(listed)} points: {failed}') from next(
            iter(failed.values())
        )
