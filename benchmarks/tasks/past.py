"""Send requests to a sandbox with a long history, without the network."""

from __future__ import annotations

import gc
from datetime import datetime, timedelta
from decimal import Decimal
from time import process_time

from hoiio.sandbox import FakeClock, Seed
from hoiio.sandbox.emulator import Emulator

from .. import wire
from . import Task

BATCH = 1000  # the maximum for one request
MINUTE = timedelta(minutes=1)


def prepare(past: str) -> Task:
    """Fill a sandbox with ``past`` SMS, 1,000 in each minute.

    The task sends requests of one kind and returns the CPU time in seconds.
    """
    emulator = Emulator(Seed(points=Decimal(10**9), queries_per_minute=None), FakeClock())
    start = emulator.clock.now()
    _fill(emulator, int(past) // BATCH)
    requests = _requests(int(past), start)

    def work(count: int, what: str) -> float:
        path, values = requests[what]
        started = process_time()
        for _ in range(count):
            _ask(emulator, path, values)
        return process_time() - started

    for what in requests:
        work(1, what)
    return work


def _fill(emulator: Emulator, batches: int) -> None:
    numbers = ','.join(f'+659{number:07}' for number in range(BATCH))
    # The loop makes no garbage, and the collector would take a fifth of the time.
    gc.disable()
    for _ in range(batches):
        _ask(emulator, 'sms/bulk_send', {'msg': wire.TEXT, 'dest': numbers})
        emulator.clock.advance(minutes=1)
    gc.enable()


def _ask(emulator: Emulator, path: str, values: dict[str, str]) -> None:
    seed = emulator.seed
    credentials = {'app_id': seed.app_id, 'access_token': seed.access_token}
    reply = emulator.handle(path, {**credentials, **values})
    if reply['status'] != 'success_ok':
        raise RuntimeError(f'the sandbox refused {path}: {reply["status"]}')


def _requests(past: int, start: datetime) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the requests by kind. The period and the status are from the middle of the history."""
    middle = start + past // BATCH // 2 * MINUTE
    period = {'from': _moment(middle), 'to': _moment(middle + MINUTE)}
    return {
        'the first page': ('sms/get_history', {}),
        'the last page': ('sms/get_history', {'page': str(past // wire.PAGE_SIZE)}),
        'a page of one minute': ('sms/get_history', period),
        'a status': ('sms/query_status', {'txn_ref': f'AA-S-{past // 2}'}),
        'a send': ('sms/send', {'msg': wire.TEXT, 'dest': wire.DEST}),
    }


def _moment(moment: datetime) -> str:
    return f'{moment:%Y-%m-%d %H:%M:%S}'
