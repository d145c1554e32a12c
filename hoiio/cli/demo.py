"""The demo: it runs the Quick Start of the guide against a sandbox and prints each step."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue
from time import sleep
from typing import TypeAlias
from urllib.parse import parse_qsl

from .. import Hoiio, HoiioException
from ..sandbox import Sandbox
from ..service.fax import FaxRecord
from ..service.sms import SmsRecord
from ..service.voice import CallRecord

__all__ = ['configure', 'run']

ALICE = '+6591111111'
BOB = '+6582222222'
OFFICE = '+6563333333'

# Notifications arrive at once, except on a machine under heavy load.
TIMEOUT = 30.0
# How long a person who watches in a browser can look at a step.
STEP_SECONDS = 2.5

Pause: TypeAlias = Callable[[], None]


class Inbox:
    """The notifications that a small web server receives at ``url``."""

    def __init__(self, url: str, arrived: Queue[dict[str, str]]) -> None:
        self.url = url
        self._arrived = arrived

    def next(self) -> dict[str, str]:
        """Wait for the next notification.

        Raises:
            HoiioException: If none arrives within 30 seconds.
        """
        try:
            return self._arrived.get(timeout=TIMEOUT)
        except Empty:
            message = f'no notification arrived within {TIMEOUT:g} s; run the demo again'
            raise HoiioException(message) from None


@contextmanager
def listening() -> Iterator[Inbox]:
    """Receive notifications on a free port while the block runs."""
    arrived: Queue[dict[str, str]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers['Content-Length']))
            self.send_response(200)
            self.end_headers()
            arrived.put(dict(parse_qsl(body.decode())))

        def log_message(self, *args: object) -> None:
            """Print nothing, because the demo prints its own output."""

    with HTTPServer(('127.0.0.1', 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield Inbox(f'http://127.0.0.1:{server.server_port}/ivr', arrived)
        finally:
            server.shutdown()
            thread.join()


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the option of ``hoiio demo``."""
    parser.description = (
        'Starts a sandbox, which costs nothing and calls nobody, and runs the Quick Start against'
        ' it over HTTP: an SMS, a call, a fax and an IVR call.'
    )
    parser.add_argument(
        '--open',
        action='store_true',
        help='open the phones in a browser, go slowly, and keep the sandbox running at the end',
    )


def run(given: argparse.Namespace) -> int:
    """Run the Quick Start and print what happens.

    Returns:
        The exit code: 0, or 1 if a step failed.
    """
    with Sandbox() as sandbox, listening() as inbox:
        Hoiio.init(sandbox.app_id, sandbox.access_token, base_url=sandbox.url)
        print(f'A sandbox of Hoiio is running at {sandbox.url}')
        print('It calls nobody and costs nothing. Otherwise it behaves like the real service.')
        page = sandbox.url.replace('/open/', f'/_sandbox/#/phones/{BOB}')
        try:
            if given.open:
                _open(page)
            _quick_start(sandbox, inbox, _pause if given.open else _go_on)
            if given.open:
                _stay_open(page)
        except HoiioException as exc:
            print(f'\nThe demo failed: {exc}')
            return 1
        except KeyboardInterrupt:
            print('\nStopped.')
            return 0
    print('\nNext, read README.rst, or run python -c "from hoiio import Hoiio; help(Hoiio.sms)".')
    return 0


def _open(page: str) -> None:
    import webbrowser  # noqa: PLC0415 - few demos open one

    webbrowser.open(page)
    _pause()


def _pause() -> None:
    """Let a person watch in the browser what a step has done."""
    sleep(STEP_SECONDS)


def _go_on() -> None:
    """Run the next step at once."""


def _stay_open(page: str) -> None:
    print(f'\nThe phones stay open at {page}. Press Ctrl-C to stop.', flush=True)
    _wait_for_ctrl_c()


def _wait_for_ctrl_c() -> None:
    threading.Event().wait()


def _quick_start(sandbox: Sandbox, inbox: Inbox, pause: Pause) -> None:
    before = Hoiio.account.balance().raise_for_status()
    print(f'\nThe account has {before.balance:.3f} {before.currency}.')
    _sms(sandbox)
    pause()
    _call(pause)
    pause()
    _fax()
    pause()
    _ivr(sandbox, inbox, pause)
    _history()
    after = Hoiio.account.balance().raise_for_status()
    spent = before.balance - after.balance
    print(f'\nThe account has {after.balance:.3f} {after.currency}: {spent:.3f} less.')


def _sms(sandbox: Sandbox) -> None:
    _step(f"Hoiio.sms.send('Hoiio World~', '{ALICE}')")
    res = Hoiio.sms.send('Hoiio World~', ALICE).raise_for_status()
    sms = Hoiio.sms.status(res.txn_ref).raise_for_status()
    print(f'  {sms.txn_ref}: {sms.sms_status}, {sms.debit:.3f} {sms.currency}')
    print(f'  {ALICE} reads: {sandbox.phone(ALICE).inbox[-1].text!r}')


def _call(pause: Pause) -> None:
    _step(f"Hoiio.voice.call('{ALICE}', '{BOB}')")
    res = Hoiio.voice.call(ALICE, BOB).raise_for_status()
    call = Hoiio.voice.status(res.txn_ref).raise_for_status()
    print(f'  {call.txn_ref}: {call.call_status_dest1}, then Hoiio.voice.hangup')
    pause()
    Hoiio.voice.hangup(res.txn_ref).raise_for_status()
    call = Hoiio.voice.status(res.txn_ref).raise_for_status()
    print(
        f'  {call.txn_ref}: {call.call_status_dest1} and {call.call_status_dest2},'
        f' {call.duration} min, {call.debit:.3f} {call.currency}'
    )


def _fax() -> None:
    _step(f"Hoiio.fax.send('{OFFICE}', pdf, filename='hello.pdf')")
    res = Hoiio.fax.send(OFFICE, small_pdf(), filename='hello.pdf').raise_for_status()
    fax = Hoiio.fax.status(res.txn_ref).raise_for_status()
    pages = 'page' if fax.fax_pages == 1 else 'pages'
    print(
        f'  {fax.txn_ref}: {fax.fax_status}, {fax.fax_pages} {pages},'
        f' {fax.debit:.3f} {fax.currency}'
    )


def _ivr(sandbox: Sandbox, inbox: Inbox, pause: Pause) -> None:
    phone = sandbox.phone(BOB)
    _step(f"Hoiio.ivr.dial('{BOB}', notify_url=...)")
    res = Hoiio.ivr.dial(BOB, msg='Hello from Hoiio.', notify_url=inbox.url).raise_for_status()
    print(f'  {res.txn_ref}: session {res.session}, {inbox.next()["dial_status"]}')
    pause()
    _step('Hoiio.ivr.gather(session, msg=..., max_digits=1, notify_url=...)')
    Hoiio.ivr.gather(
        res.session, msg='For sales, press 1.', max_digits=1, notify_url=inbox.url
    ).raise_for_status()
    pause()
    phone.press('1')
    print(f'  {BOB} pressed {inbox.next()["digits"]}')
    pause()
    _step("Hoiio.ivr.hangup(session, msg='Goodbye.')")
    Hoiio.ivr.hangup(res.session, msg='Goodbye.', notify_url=inbox.url).raise_for_status()
    ended = inbox.next()
    print(f'  {ended["txn_ref"]}: {ended["call_state"]}, {ended["debit"]} {ended["currency"]}')
    print(f'  {BOB} heard: {" ".join(phone.heard)}')


def _history() -> None:
    _step('Hoiio.sms.history(), Hoiio.voice.history(), Hoiio.fax.history()')
    for sms in Hoiio.sms.history().auto_paging_iter():
        _line(sms, f'SMS to {sms.dest}')
    for call in Hoiio.voice.history().auto_paging_iter():
        dests = ', '.join(dest for dest in (call.dest1, getattr(call, 'dest2', '')) if dest)
        _line(call, f'call to {dests}')
    for fax in Hoiio.fax.history().auto_paging_iter():
        _line(fax, f'fax to {fax.dest}')


def _line(entry: SmsRecord | CallRecord | FaxRecord, what: str) -> None:
    debit = f'{entry.debit:.3f} {entry.currency}'
    print(f'  {entry.date}  {entry.txn_ref:7}  {what:33}  {debit}')


def _step(code: str) -> None:
    print(f'\n{code}', flush=True)


def small_pdf() -> bytes:
    """Return a PDF file with one A4 page."""
    text = b'BT /F1 24 Tf 72 720 Td (Hello from Hoiio) Tj ET'
    objects = [
        b'<< /Type /Catalog /Pages 2 0 R >>',
        b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>',
        b'<< /Length %d >>\nstream\n%s\nendstream' % (len(text), text),
        b'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
        b'<< /Font << /F1 5 0 R >> >>',
    ]
    pdf, places = b'%PDF-1.4\n', []
    for number, content in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b'%d 0 obj\n%s\nendobj\n' % (number, content)
    table = b''.join(b'%010d 00000 n \n' % place for place in places)
    return pdf + (
        b'xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n'
        b'startxref\n%d\n%%%%EOF\n' % (len(objects) + 1, table, len(objects) + 1, len(pdf))
    )
