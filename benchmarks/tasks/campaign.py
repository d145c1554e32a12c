"""Plan a campaign from a file, and claim and settle its batches without sending them."""

from __future__ import annotations

import resource
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import thread_time

from sqlalchemy import select

from hoiio.campaign import (
    Dropped,
    Ledger,
    NumberReader,
    Outcome,
    People,
    PlannedPerson,
    Settings,
    Template,
    plan,
)
from hoiio.campaign.claim import Batch, claim, is_still_ours
from hoiio.campaign.database import Database
from hoiio.campaign.schema import attempt
from hoiio.campaign.settle import lock_campaign, settle
from hoiio.campaign.states import AttemptEvent

from . import Task

_MESSAGE = 'Dear {{name}}, your appointment is on {{day}}. Reply STOP to end.'
_PRICE = 32_000
# The first campaign of a ledger.
_NUMBER = 1
# macOS counts bytes, other systems kilobytes.
_UNIT = 1 if sys.platform == 'darwin' else 1024


def prepare(what: str) -> Task:
    """Prepare one of the kinds of work.

    Args:
        what: ``plan`` or ``claim`` for a task that returns the CPU time of a person in seconds;
            ``plan memory`` for one that returns the peak memory of a plan in bytes, or ``memory``
            for one that returns that of the process after a whole campaign.
    """
    # The folder lives as long as the task.
    folder = TemporaryDirectory()
    kinds: dict[str, Callable[[Path, int], float]] = {
        'plan': _time_of_plan,
        'plan memory': _memory_of_plan,
        'claim': _time_of_claims,
        'memory': _memory,
    }

    def work(count: int) -> float:
        return kinds[what](Path(folder.name), count)

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


def _planned(folder: Path, count: int) -> Iterator[PlannedPerson | Dropped]:
    people, template = People(_file(folder, count)), Template(_MESSAGE, 'Clinic')
    return plan(people, template, NumberReader('65'), lambda dest, parts: _PRICE)


def _require(what: str, found: int, count: int) -> None:
    if found != count:
        raise RuntimeError(f'{what} {found} people instead of {count}')


def _time_of_plan(folder: Path, count: int) -> float:
    planned = _planned(folder, count)
    started = thread_time()
    _require('planned', sum(1 for _ in planned), count)
    return (thread_time() - started) / count


def _memory_of_plan(folder: Path, count: int) -> float:
    planned = _planned(folder, count)
    tracemalloc.start()
    try:
        _require('planned', sum(1 for _ in planned), count)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@contextmanager
def _ready(folder: Path, count: int) -> Iterator[Ledger]:
    path = folder / 'ledger.sqlite'
    path.unlink(missing_ok=True)
    settings = Settings(tag='t', app_id='A', base_url='https://secure.hoiio.com/', message=_MESSAGE)
    with Ledger(path) as ledger:
        campaign = ledger.create(settings)
        campaign.add(_planned(folder, count))
        campaign.ready(count * _PRICE)
        yield ledger


def _claim(database: Database) -> Batch | Outcome:
    with database.transaction() as connection:
        return claim(database, connection, lock_campaign(connection, _NUMBER), 'sender')


def _claim_all(database: Database, count: int) -> None:
    """Do for each batch what a step does around its request; each claim is on the disk."""
    found = 0
    while isinstance(batch := _claim(database), Batch):
        found += len(batch.people)
        if not is_still_ours(database, batch):
            raise RuntimeError('the batch took too long')
        with database.transaction() as connection:
            row = lock_campaign(connection, _NUMBER)
            sent = connection.execute(select(attempt).where(attempt.c.key == batch.key)).one()
            settle(connection, row, sent, AttemptEvent.ACCEPTED)
    _require('claimed', found, count)


def _time_of_claims(folder: Path, count: int) -> float:
    with _ready(folder, count) as ledger:
        started = thread_time()
        _claim_all(ledger.database, count)
        return (thread_time() - started) / count


def _memory(folder: Path, count: int) -> float:
    with _ready(folder, count) as ledger:
        _claim_all(ledger.database, count)
        _require('kept', sum(1 for _ in ledger.campaign('t').people()), count)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
