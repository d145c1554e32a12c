"""Many threads can use the sandbox at the same time, with one client or with several."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest

from hoiio.sandbox import Sandbox, Seed

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

THREADS = 50
# A fixed number of messages for each thread, so that the result does not depend on the machine.
EACH = 30
START = Decimal('1000.000')
RATE = Decimal('0.032')


def balance(sandbox: Sandbox) -> Decimal:
    return Decimal(sandbox.client().account.balance().json['balance'])


class Application:
    """An application that counts its notifications by reference."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        lock = threading.Lock()
        application = self

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qsl(self.rfile.read(int(self.headers['Content-Length'])).decode())
                with lock:
                    application.got[dict(form)['txn_ref']] += 1
                self.send_response(200)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = Server(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}/'


@contextlib.contextmanager
def running() -> Iterator[Application]:
    application = Application()
    with application.server as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            yield application
        finally:
            server.shutdown()
            thread.join()


def test_fifty_threads_lose_no_message() -> None:
    seed = Seed(points=START, bonus=Decimal('1.007'), queries_per_minute=None)
    with running() as application, Sandbox(seed=seed) as sandbox:
        shared = sandbox.client()

        def send(thread: int) -> list[str]:
            client = shared if thread % 2 else sandbox.client()
            dest = f'+65910000{thread:02}'
            return [
                str(client.sms.send(f'{n}', dest, notify_url=application.url).txn_ref)
                for n in range(EACH)
            ]

        with ThreadPoolExecutor(THREADS) as pool:
            refs = [ref for sent in pool.map(send, range(THREADS)) for ref in sent]
        total = THREADS * EACH
        assert len(set(refs)) == len(refs) == total

        history = shared.sms.history()
        assert history.total_entries_count == total
        listed = Counter(entry.txn_ref for entry in history.auto_paging_iter())
        assert listed == Counter(refs)
        assert balance(sandbox) == START + Decimal('1.007') - RATE * total
        for thread in range(THREADS):
            texts = [message.text for message in sandbox.phone(f'+65910000{thread:02}').inbox]
            assert texts == [str(n) for n in range(EACH)]

        sandbox.drain(120)
        assert application.got == Counter(refs)
        assert Counter(delivery.lane for delivery in sandbox.deliveries) == Counter(refs)
        assert {delivery.status for delivery in sandbox.deliveries} == {200}


def test_threads_cannot_overspend_the_credit() -> None:
    """The threads send more than the credit covers. Exactly the paid part is accepted."""
    seed = Seed(points=RATE * 100, bonus=Decimal('0.031'))
    with Sandbox(seed=seed) as sandbox:
        client = sandbox.client()

        def send(thread: int) -> Counter[str]:
            dest = f'+65910000{thread:02}'
            return Counter(str(client.sms.send('x', dest).status) for _ in range(10))

        with ThreadPoolExecutor(20) as pool:
            statuses = sum(pool.map(send, range(20)), Counter[str]())
        assert statuses == {'success_ok': 100, 'error_insufficient_credit': 100}
        assert balance(sandbox) == Decimal('0.031')
