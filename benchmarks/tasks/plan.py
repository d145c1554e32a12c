"""Plan a campaign from a file, and measure its CPU time or its peak memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from time import thread_time

from hoiio.campaign import NumberReader, People, Template, plan

from . import Task

_MESSAGE = 'Dear {{name}}, your appointment is on {{day}}. Reply STOP to end.'
_PRICE = 32_000


def prepare(what: str) -> Task:
    """Prepare one of the two kinds of work.

    Args:
        what: ``time`` for a task that returns the CPU time of a person in seconds, or ``memory``
            for one that returns the peak memory in bytes.
    """
    # The folder lives as long as the task.
    folder = TemporaryDirectory()

    def work(count: int) -> float:
        path = _file(Path(folder.name), count)
        return _timed(path, count) / count if what == 'time' else _peak(path, count)

    work(10)
    return work


def _file(folder: Path, count: int) -> Path:
    path = folder / f'{count}.csv'
    if not path.exists():
        with path.open('w', encoding='utf-8') as file:
            file.write('name,phone,day\n')
            file.writelines(
                f'Person {row},+659{row:07},{row % 28 + 1} May\n' for row in range(count)
            )
    return path


def _timed(path: Path, count: int) -> float:
    started = thread_time()
    _plan(path, count)
    return thread_time() - started


def _peak(path: Path, count: int) -> float:
    tracemalloc.start()
    try:
        _plan(path, count)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _plan(path: Path, count: int) -> None:
    numbers, template = NumberReader('65'), Template(_MESSAGE, 'Clinic')
    planned = sum(1 for _ in plan(People(path), template, numbers, lambda dest, parts: _PRICE))
    if planned != count:
        raise RuntimeError(f'planned {planned} people instead of {count}')
