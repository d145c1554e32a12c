from __future__ import annotations

import http.client
import io
import json
import socket
import sys
import threading
from queue import Queue

import pytest

from hoiio.cli.main import main
from hoiio.sandbox import Sandbox
from tests import wire
from tests.cli.sandbox.conftest import US, Shell

DEST = '+6598765432'


def test_events_lists_what_happened(shell: Shell) -> None:
    shell.client.sms.send('Hello\x1b[31m', DEST)
    line = f'00:00:00 sms AA-S-1 +6591234567 -> {DEST}: Hello'
    assert shell.done('events').startswith(line)
    shell('events', '--json')
    assert json.loads(shell.out)['txn_ref'] == 'AA-S-1'


class Printed(io.StringIO):
    """Standard output of a command that runs in another thread."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: Queue[str] = Queue()

    def write(self, text: str) -> int:
        self._pieces.put(text)
        return super().write(text)

    def wait_for(self, word: str) -> None:
        while word not in self._pieces.get(timeout=30):
            pass


def test_events_are_followed_until_the_sandbox_stops(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = Printed()
    monkeypatch.setattr(sys, 'stdout', printed)
    with Sandbox() as sandbox:
        sandbox.client().sms.send('first', DEST)
        codes: list[int] = []
        command = ['sandbox', 'events', '--follow', '--url', sandbox.url]
        thread = threading.Thread(target=lambda: codes.append(main(command)))
        thread.start()
        printed.wait_for('first')
        sandbox.client().sms.send('second', DEST)
        printed.wait_for('second')
        sandbox.reset()
    thread.join()
    assert codes == [0]
    lines = printed.getvalue().splitlines()
    assert [line.split()[-1] for line in lines] == ['first', 'second']
    assert 'the sandbox has stopped' in capsys.readouterr().err


def test_a_stream_that_breaks_off_ends(shell: Shell) -> None:
    health = wire.http(b'{"ok": true, "version": "1", "url": "http://127.0.0.1"}')
    head = b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nretry: 1000\n\n'
    with wire.serving(wire.answer_and_close(health), wire.answer_and_close(head)) as server:
        shell('events', '--follow', '--port', str(server.port))
    assert (shell.code, shell.out) == (0, '')


def test_a_stream_without_a_sign_of_life_ends(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hoiio.cli.sandbox.control_client.STREAM_TIMEOUT', 0.05)
    health = wire.http(b'{"ok": true, "version": "1", "url": "http://127.0.0.1"}')
    sent, read = threading.Semaphore(0), http.client.HTTPConnection.getresponse

    def read_after_it_was_sent(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        assert sent.acquire(timeout=60)
        return read(connection)

    monkeypatch.setattr(http.client.HTTPConnection, 'getresponse', read_after_it_was_sent)
    with wire.serving() as server:

        def begin(peer: socket.socket, request: bytes) -> bool:
            is_health = b'/health ' in request
            peer.sendall(health if is_health else b'HTTP/1.1 200 OK\r\n\r\nretry: 1000\n\n')
            sent.release()
            return not is_health and server.silent(peer, request)

        server.behaviours = (begin,)
        shell('events', '--follow', '--port', str(server.port))
        assert len(server.requests) == 2
    assert (shell.code, shell.out) == (0, '')


def test_notifications_and_resend(shell: Shell, application: wire.Server) -> None:
    assert shell.done('notifications') == ''
    shell.sandbox.phone(DEST).send_sms(US, 'Hello')
    shell.done('drain')
    assert shell.done('notifications') == f'1  AA-SI-1 -> {application.url}: HTTP 200 ok\n'
    assert shell.done('resend', '1') == '2\n'
    shell.done('drain')
    first, second = (request.partition(b'\r\n\r\n')[2] for request in application.requests)
    assert first == second
    assert f'2 copy of 1  AA-SI-1 -> {application.url}: HTTP 200 ok\n' in shell.done(
        'notifications'
    )
    shell('notifications', '--json')
    assert [json.loads(line)['id'] for line in shell.out.splitlines()] == [1, 2]
    assert shell.refused('resend', '999')[0] == 1
    assert '999' in shell.err
    for number in ('0', '-1', 'x', '9' * 5000):
        assert shell.refused('resend', number)[0] == 2


def test_disturbances(shell: Shell, application: wire.Server) -> None:
    phone = shell.sandbox.phone(DEST)
    assert shell.done('notifications', 'duplicate') == 'The next notification will arrive twice.\n'
    phone.send_sms(US, 'one')
    shell.done('drain')
    assert len(application.requests) == 2
    shell.done('notifications', 'reorder')
    phone.send_sms(US, 'two')
    phone.send_sms(US, 'three')
    shell.done('drain')
    texts = [wire.form_of(request)['msg'] for request in application.requests[2:]]
    assert texts == ['three', 'two']
    told = shell.done('notifications', 'delay', '60', '--times', '2')
    assert told == 'Each of the next 2 notifications will arrive 60 s late.\n'
    phone.send_sms(US, 'four')
    assert shell.done('notifications').splitlines()[-1].endswith(': waiting')
    shell.done('clock', 'advance', '--seconds', '60')
    shell.done('drain')
    assert wire.form_of(application.requests[-1])['msg'] == 'four'
    shell.done('notifications', 'duplicate', '--times', '5')
    shell.done('notifications', 'clear')
    before = len(application.requests)
    shell.client.number.configure(US, forward_sms_to=application.url)
    shell.done('reset')
    assert len(application.requests) == before
    for wrong in (['delay', '0'], ['delay', 'nan'], ['reorder', '--count', '1']):
        assert shell.refused('notifications', *wrong)[0] == 2


def test_lists_and_records_as_csv(shell: Shell) -> None:
    assert shell.done('events', '--csv') == ''
    shell.client.sms.send('=1+1', DEST)
    shell.client.sms.send('second', DEST)
    lines = shell.done('events', '--csv').splitlines()
    assert (len(lines), lines[0].split(',')[:2]) == (3, ['date', 'text'])
    assert shell.done('inbox', DEST, '--csv').splitlines()[1].split(',')[1] == "'=1+1"
    assert shell.done('clock', '--csv').startswith('now,runs,')
    assert shell.refused('clock', '--csv', '--json')[0] == 2
