"""Read pages of a history from bytes: as parsed JSON, as results, and with every field read."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from itertools import cycle, islice
from time import process_time
from typing import Any

import requests

from hoiio.service.sms import SmsHistory, SmsRecord

from .. import wire
from . import Task

# Use several pages, so that a cache of the last one has no effect.
DIFFERENT = 20


def prepare(what: str, how: str) -> Task:
    """Prepare a way to read pages.

    Args:
        what: ``time`` to return the CPU time in seconds of reading the pages, or ``memory`` to
            return the size in bytes of their entries.
        how: ``json`` to parse JSON, ``unread`` to make a result, ``entries`` to make its entries
            too, or ``read`` to read every field of every entry too.
    """
    read = _READERS[how]
    return _timed(read) if what == 'time' else _kept(read)


def _timed(read: Callable[[requests.Response], object]) -> Task:
    pages = cycle([_received(wire.history_page(number + 1)) for number in range(DIFFERENT)])

    def work(count: int) -> float:
        batch = list(islice(pages, count))
        started = process_time()
        for page in batch:
            read(page)
        return process_time() - started

    work(DIFFERENT)
    return work


def _kept(read: Callable[[requests.Response], list[Any]]) -> Task:
    def work(count: int) -> float:
        kept = read(_received(wire.history_page(1)))
        tracemalloc.start()
        try:
            for number in range(count):
                kept += read(_received(wire.history_page(number + 1)))
            return tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()

    return work


def _received(body: bytes) -> requests.Response:
    response = requests.Response()
    response.status_code = 200
    response.raw = BytesIO(body)
    if response.content != body:
        raise RuntimeError('requests did not return the body that it received')
    return response


def _json(response: requests.Response) -> list[Any]:
    entries: list[Any] = json.loads(response.content)['entries']
    return entries


def _unread(response: requests.Response) -> SmsHistory:
    return SmsHistory(response, 'sms/get_history')


def _entries(response: requests.Response) -> list[SmsRecord]:
    return SmsHistory(response, 'sms/get_history').entries


def _read(response: requests.Response) -> list[SmsRecord]:
    entries = SmsHistory(response, 'sms/get_history').entries
    for e in entries:
        _ = e.txn_ref, e.sms_status, e.src, e.dest, e.date, e.tag
        _ = e.split_count, e.currency, e.rate, e.debit
    return entries


_READERS: dict[str, Callable[[requests.Response], Any]] = {
    'json': _json,
    'unread': _unread,
    'entries': _entries,
    'read': _read,
}
