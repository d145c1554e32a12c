"""Page through a history, and measure the peak memory."""

from __future__ import annotations

import tracemalloc
from itertools import islice

from hoiio import HoiioClient

from .. import wire
from . import Task


def prepare(url: str) -> Task:
    """Set up a client. The task reads pages and returns the peak memory in bytes."""
    client = HoiioClient('MY_APP_ID', 'MY_ACCESS_TOKEN', base_url=f'{url}/open/')

    def work(pages: int) -> float:
        tracemalloc.start()
        try:
            _walk(client, pages * wire.PAGE_SIZE)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    work(2)
    return work


def _walk(client: HoiioClient, count: int) -> None:
    walked = sum(1 for _ in islice(client.sms.history().auto_paging_iter(), count))
    if walked != count:
        raise RuntimeError(f'read {walked} entries instead of {count}')
