"""The ``hoiio listen`` command: it shows notifications and passes them on, byte for byte."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

import flask
import pytest
from werkzeug.serving import make_server

from hoiio import Hoiio, HoiioClient, InputInvalid
from hoiio.campaign.exceptions import LedgerFailed
from hoiio.campaign.ledger import Ledger
from hoiio.cli import listen, notification_listener, notification_server
from hoiio.cli.exit_codes import ExitCode
from hoiio.cli.main import main
from hoiio.cli.notification_forwarder import NotificationForwarder
from hoiio.notification.frameworks import HEADER, LONGEST_BODY
from hoiio.sandbox import Sandbox
from tests import wire
from tests.canary import TOKEN

FORM = 'application/x-www-form-urlencoded'
BODY = b'txn_ref=AA-S-1&dest=%2B6598765432&sms_status=delivered&debit=0.032'
LINE = 'SmsDelivery AA-S-1 +6598765432 delivered'

# Bodies that a program in between could change.
ODD = [
    BODY + b'&tag=',
    b'tag=a+b%20c&&txn_ref=%41A-S-1&sms_status=delivered',
    b'txn_ref=AA-S-1&tag=\r\n\t&sms_status=delivered\r\n',
    b'txn_ref=AA-S-1&tag=\x00\x7f&sms_status=delivered',
    'txn_ref=AA-S-1&tag=é😀&sms_status=delivered'.encode(),
    b'txn_ref=AA-S-1&tag=1&tag=2;x=3&sms_status=delivered&%',
    b'',
]


def sign(body: bytes, token: str = TOKEN) -> str:
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


class Arrived(NamedTuple):
    """What the receiver got."""

    target: str
    body: bytes
    content_type: str | None
    signature: str | None


class Receiver:
    """An application in Flask that records what arrives."""

    def __init__(self, app: flask.Flask) -> None:
        self.arrived: list[Arrived] = []
        self.reply: Any = ('done', 200)
        app.add_url_rule('/', 'root', self._take, methods=['POST'])
        app.add_url_rule('/<path:_path>', 'any', self._take, methods=['POST'])
        self.server = make_server('127.0.0.1', 0, app, threaded=True)
        self.url = f'http://127.0.0.1:{self.server.port}'

    def _take(self, _path: str = '') -> Any:
        request = flask.request
        self.arrived.append(
            Arrived(
                request.environ['RAW_URI'],
                request.get_data(),
                request.headers.get('Content-Type'),
                request.headers.get(HEADER),
            )
        )
        return self.reply


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver(flask.Flask(__name__))
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOIIO_APP_ID', 'APP')
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', TOKEN)


def given(*args: str) -> Namespace:
    parser = ArgumentParser()
    listen.configure(parser)
    return parser.parse_args(args)


class Listening:
    """A listener in a thread of this process.

    Attributes:
        port: Its port.
        complaints: What it says on standard error.
    """

    def __init__(self, lines: Queue[str], port: int, complaints: Queue[str]) -> None:
        self._lines = lines
        self.port = port
        self.complaints = complaints

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self.port}'

    def next_line(self) -> str:
        return self._lines.get(timeout=30)

    def post(
        self,
        body: bytes = BODY,
        signature: str | None = None,
        target: str = '/notify',
        content_type: str = FORM,
    ) -> tuple[int, bytes, str | None]:
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        headers = {'Content-Type': content_type, HEADER: signature or sign(body)}
        connection.request('POST', target, body, headers)
        answer = connection.getresponse()
        content = answer.read(), answer.getheader('Content-Type')
        connection.close()
        return answer.status, *content


Listens = Callable[..., Listening]


@pytest.fixture
def listens(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listens]:
    """Run the command in a thread. Ctrl-C, which only a main thread gets, ends it."""
    stops: list[Callable[[], None]] = []

    def start(*args: str) -> Listening:
        waiting: Queue[str | None] = Queue()
        lines: Queue[str] = Queue()
        complaints: Queue[str] = Queue()
        codes: list[int] = []

        def get() -> str:
            line = waiting.get()
            if line is None:
                raise KeyboardInterrupt
            return line

        queue = Namespace(get=get, put=waiting.put)
        monkeypatch.setattr(notification_listener, 'Queue', lambda: queue)
        monkeypatch.setattr(notification_listener, '_print', lines.put)
        monkeypatch.setattr(notification_listener, 'complain', complaints.put)
        monkeypatch.setattr(notification_server, 'complain', complaints.put)
        thread = threading.Thread(
            target=lambda: codes.append(listen.run(given('--port', '0', *args))), daemon=True
        )
        thread.start()
        port = re.findall(r'127\.0\.0\.1:(\d+)', complaints.get(timeout=30))[0]

        def stop() -> None:
            waiting.put(None)
            thread.join(30)
            assert codes == [0]

        stops.append(stop)
        return Listening(lines, int(port), complaints)

    yield start
    for stop in stops:
        stop()


def test_a_notification_is_verified_and_shown(listens: Listens) -> None:
    listening = listens()
    assert listening.post() == (200, b'', None)
    assert listening.next_line() == LINE


@pytest.mark.parametrize(
    ('body', 'line'),
    [
        (
            b'dest1=%2B6511111111&dest2=%2B65222&call_status_dest1=answered&call_status_dest2=busy',
            'CallEnded +6511111111 +65222 answered busy',
        ),
        (
            b'txn_ref=AA-I-1&session=S1&ivr_block=gather&call_state=ongoing&digits=42',
            'Gathered AA-I-1 S1 gather ongoing 42',
        ),
        (
            b'txn_ref=AA-SI-1&msg=secret&from=%2B6511111111&to=%2B6531580000',
            'IncomingSms AA-SI-1 +6511111111 +6531580000',
        ),
        (b'', 'Notification'),
    ],
)
def test_a_line_has_the_kind_the_numbers_and_the_status(body: bytes, line: str) -> None:
    notification = HoiioClient('APP', TOKEN).notification.parse(body, sign(body))
    assert notification_listener.described(notification) == line


def test_a_line_cannot_control_the_terminal(
    receiver: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = b'txn_ref=AA-S-1&sms_status=deliv%1B%5B31mered%0AFORGED'
    path = saved(tmp_path, body)
    assert listen.run(given('--replay', path, '--forward-to', receiver.url)) == 0
    assert capsys.readouterr().out == 'SmsDelivery AA-S-1 deliv\\x1b[31mered\\nFORGED\n'


@pytest.mark.parametrize('body', ODD)
def test_a_notification_is_forwarded_byte_for_byte(
    body: bytes, listens: Listens, receiver: Receiver
) -> None:
    receiver.reply = (b'\x00\xffplay', 201, {'Content-Type': 'application/odd; x="1"'})
    listening = listens('--forward-to', receiver.url)
    answer = listening.post(body, target='/ivr?step=2&a=%2f', content_type='text/odd; charset=x')
    assert answer == (201, b'\x00\xffplay', 'application/odd; x="1"')
    arrived = Arrived('/ivr?step=2&a=%2f', body, 'text/odd; charset=x', sign(body))
    assert receiver.arrived == [arrived]
    HoiioClient('APP', TOKEN).notification.parse(body, receiver.arrived[0].signature)


@pytest.mark.parametrize(
    ('path', 'target', 'arrives'),
    [
        ('', '/a/b?c=d', '/a/b?c=d'),
        ('/', '/a?c=d', '/a?c=d'),
        ('/notify', '/a', '/notify'),
        ('/notify', '/a?c=d', '/notify?c=d'),
        ('/notify?key=1', '/a?c=d', '/notify?key=1&c=d'),
        ('/?key=1', '/a', '/?key=1'),
        ('', '/a/../b//c%zz', '/a/../b//c%zz'),
    ],
)
def test_the_path_of_the_receiver_replaces_that_of_the_notification(
    path: str, target: str, arrives: str, listens: Listens, receiver: Receiver
) -> None:
    listening = listens('--forward-to', receiver.url + path)
    assert listening.post(target=target)[0] == 200
    assert receiver.arrived[0].target == arrives


def test_bytes_beyond_ascii_in_a_path_are_escaped(listens: Listens, receiver: Receiver) -> None:
    listening = listens('--forward-to', receiver.url)
    head = f'POST /é?x=1 HTTP/1.0\r\nContent-Length: {len(BODY)}\r\n{HEADER}: {sign(BODY)}\r\n\r\n'
    assert raw(listening.port, head.encode() + BODY).startswith(b'HTTP/1.0 200')
    assert receiver.arrived[0].target == '/%C3%A9?x=1'


@pytest.mark.slow
def test_notifications_of_the_sandbox_arrive_as_it_sent_them(
    sandbox: Sandbox, listens: Listens, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOIIO_APP_ID', sandbox.app_id)
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', sandbox.access_token)
    listening = listens('--forward-to', receiver.url)
    notify_url = f'{listening.url}/notify?step=1'
    Hoiio.sms.send('Hoiio World', '+6598765432', tag='é & ü', notify_url=notify_url)
    # The sandbox keeps the order of notifications for each transaction only.
    sandbox.drain()
    number = Hoiio.number.subscribed_numbers().entries[0].number
    Hoiio.number.configure(number, forward_to=f'{listening.url}/call')
    sandbox.phone('+6598765432').call(number)
    sandbox.drain()
    sent = [
        Arrived(
            each.url.removeprefix(listening.url),
            each.body.encode(),
            each.headers['Content-Type'],
            each.headers[HEADER],
        )
        for each in sandbox.deliveries
    ]
    assert receiver.arrived == sent
    kinds = [
        type(Hoiio.notification.parse(each.body, each.signature)).__name__
        for each in receiver.arrived
    ]
    assert kinds == ['SmsDelivery', 'IncomingCall']
    assert [listening.next_line().split()[0] for _ in kinds] == kinds


# Campaigns.


@pytest.mark.slow
def test_notifications_of_a_campaign_are_written_into_its_ledger(
    sandbox: Sandbox, listens: Listens, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path / 'data'))
    # The sandbox refuses the second number, which only its notification says.
    Path('people.csv').write_text('phone\n+6598765432\n+6588880001\n')
    listening = listens('--ledger', '--save', 'saved.jsonl')
    send = ['campaign', 'send', 'people.csv', '--message', 'Hi', '--tag', 'reminder']
    agreed = ['--yes', '--max-cost', '1', '--settle', '0.2']
    code = main([*send, *agreed, '--notify-url', f'{listening.url}/hook?step=1'])
    assert code in {ExitCode.DONE, ExitCode.PARTLY}
    sandbox.drain()
    with Ledger(app_id=sandbox.app_id) as ledger:
        campaign = ledger.campaign('reminder')
        assert [str(each.state) for each in campaign.people()] == ['delivered', 'refused']
        assert campaign.status().charged == 32_000
    # Once more, from the file.
    assert main(['listen', '--replay', 'saved.jsonl', '--ledger']) == ExitCode.DONE


@pytest.mark.parametrize(('forwards', 'status'), [(False, 500), (True, 200)])
def test_a_ledger_that_cannot_be_written_is_not_hidden_from_hoiio(
    receiver: Receiver, capsys: pytest.CaptureFixture[str], forwards: bool, status: int
) -> None:
    class Full:
        def notified(self, *_notifications: object) -> int:
            raise LedgerFailed('the disk is full')

    listener = notification_listener.NotificationListener(
        HoiioClient('APP', TOKEN),
        lambda line: None,
        NotificationForwarder(receiver.url) if forwards else None,
        ledger=Full(),  # type: ignore[arg-type]
    )
    incoming = notification_server.Incoming('/', BODY, FORM, sign(BODY))
    assert listener.receive(incoming).status == status
    assert 'hoiio listen: the disk is full' in capsys.readouterr().err
    forged = notification_server.Incoming('/', BODY, FORM, 'forged')
    assert listener.receive(forged).status == 403


@pytest.mark.parametrize(
    ('body', 'signature', 'reason'),
    [
        (BODY + b'&debit=0', sign(BODY), 'the signature does not match the body'),
        (BODY, sign(BODY, 'OTHER'), 'the signature does not match the body'),
        (b'tag=%ff', sign(b'tag=%ff'), 'the body is not a form in UTF-8'),
    ],
)
def test_a_forged_notification_is_shown_as_such_and_not_forwarded(
    body: bytes, signature: str, reason: str, listens: Listens, receiver: Receiver
) -> None:
    listening = listens('--forward-to', receiver.url)
    assert listening.post(body, signature, target='/' + 'x' * 100)[0] == 403
    shown = f'INVALID, maybe forged: {reason} ({len(body)} bytes to /{"x" * 79})'
    assert listening.next_line() == shown
    assert receiver.arrived == []


def test_a_forged_notification_is_forwarded_if_you_ask_for_it(
    listens: Listens, receiver: Receiver
) -> None:
    receiver.reply = ('no', 403)
    listening = listens('--forward-to', receiver.url, '--forward-invalid')
    assert listening.post(BODY, sign(BODY, 'OTHER'))[:2] == (403, b'no')
    assert listening.next_line().startswith('INVALID')
    assert receiver.arrived == [Arrived('/notify', BODY, FORM, sign(BODY, 'OTHER'))]
    assert listening.complaints.get(timeout=30) == 'hoiio listen: the receiver responded with 403'


def test_a_request_without_a_signature_is_not_valid(listens: Listens) -> None:
    listening = listens()
    head = f'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(BODY)}\r\n\r\n'.encode()
    assert raw(listening.port, head + BODY).startswith(b'HTTP/1.0 403')
    assert 'the request has no signature' in listening.next_line()


def test_a_redirect_is_the_answer_and_is_not_followed(listens: Listens, receiver: Receiver) -> None:
    receiver.reply = ('', 302, {'Location': receiver.url})
    listening = listens('--forward-to', receiver.url)
    assert listening.post()[0] == 302
    assert len(receiver.arrived) == 1


def test_a_proxy_of_the_environment_is_not_used(
    listens: Listens, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('http_proxy', 'http://127.0.0.1:9/')
    assert listens('--forward-to', receiver.url).post()[0] == 200


def test_a_receiver_behind_tls(
    listens: Listens, tls_server: wire.Server, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('SSL_CERT_FILE', bundle)
    assert listens('--forward-to', tls_server.url).post()[0] == 200
    assert tls_server.requests[0].endswith(b'\r\n\r\n' + BODY)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port: int = probe.getsockname()[1]
    return port


def test_a_receiver_that_is_down_loses_nothing(listens: Listens, tmp_path: Path) -> None:
    port, path = wire.refused_port(), tmp_path / 'saved.jsonl'
    listening = listens('--forward-to', f'http://127.0.0.1:{port}', '--save', str(path))
    assert listening.post()[0] == 502
    assert listening.complaints.get(timeout=30) == (
        f'hoiio listen: 127.0.0.1:{port} did not respond: Connection refused'
    )
    assert json.loads(path.read_text())['body'].encode('latin-1') == BODY


@pytest.mark.parametrize(
    ('reply', 'reason'),
    [
        (b'nonsense\r\n\r\n', 'did not respond: nonsense'),
        (b'', 'did not respond: Remote end closed connection without response'),
        (b'HTTP/1.0 200 OK\r\n\r\n' + b'x' * (1024 * 1024 + 1), 'responded with more than 1 MB'),
    ],
)
def test_a_receiver_without_a_usable_answer(
    reply: bytes, reason: str, listens: Listens, server: wire.Server
) -> None:
    server.behaviours = (wire.answer_and_close(reply),)
    listening = listens('--forward-to', server.url)
    assert listening.post()[0] == 502
    assert reason in listening.complaints.get(timeout=30)


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(('127.0.0.1', port), 30) as peer:
        peer.sendall(request)
        peer.shutdown(socket.SHUT_WR)
        return b''.join(iter(lambda: peer.recv(4096), b''))


@pytest.mark.parametrize(
    ('request_', 'status'),
    [
        (b'PUT / HTTP/1.0\r\n\r\n', 501),
        (b'POST / HTTP/1.0\r\n\r\n', 411),
        (b'POST / HTTP/1.0\r\nContent-Length: -1\r\n\r\n', 411),
        (b'POST / HTTP/1.0\r\nContent-Length: \xb2\r\n\r\n', 411),
        (b'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n', 411),
        (b'POST / HTTP/1.0\r\nContent-Length: %d\r\n\r\n' % (LONGEST_BODY + 1), 413),
        (b'POST / HTTP/1.0\r\nContent-Length: ' + b'9' * 5000 + b'\r\n\r\n', 413),
        (b'POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nabc', 400),
        (b'POST http://x/ HTTP/1.0\r\nContent-Length: 0\r\n\r\n', 400),
        # The listener reads all of it: unread bytes would reset the connection.
        (b'POST / HTTP/1.0\r\n' + b'X: '.ljust(65537, b'x'), 431),
        (b'nonsense\r\n\r\n', 400),
        (b'x' * 300 + b'\r\n\r\n', 400),
    ],
)
def test_what_is_not_a_complete_post_is_refused(
    request_: bytes, status: int, listens: Listens
) -> None:
    listening = listens()
    answer = raw(listening.port, request_)
    # A request of HTTP/0.9 gets no status line.
    assert re.findall(rb'^HTTP/1\.0 (\d+) |Error code: (\d+)', answer)[0] in {
        (b'%d' % status, b''),
        (b'', b'%d' % status),
    }
    complaint = listening.complaints.get(timeout=30)
    assert complaint.startswith('hoiio listen: a request was refused: ')
    assert len(complaint) < 200
    assert listening.post()[0] == 200
    assert listening.next_line() == LINE


def test_a_browser_is_told_what_this_is(listens: Listens) -> None:
    answer = raw(listens().port, b'GET / HTTP/1.0\r\n\r\n')
    assert answer.startswith(b'HTTP/1.0 405 ')
    assert answer.endswith(b'Send a POST request to hoiio listen.\n')
    assert b'Python' not in answer


def test_a_slow_sender_does_not_delay_the_others(listens: Listens) -> None:
    listening = listens()
    with socket.create_connection(('127.0.0.1', listening.port)) as slow:
        slow.sendall(b'POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\na')
        assert listening.post()[0] == 200
    # Otherwise the next test could get it.
    assert 'not complete' in listening.complaints.get(timeout=30)


def test_a_silent_sender_is_given_up(listens: Listens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notification_server._Handler, 'timeout', 0.05)
    listening = listens()
    with socket.create_connection(('127.0.0.1', listening.port), 30) as silent:
        silent.sendall(b'POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\na')
        assert silent.recv(10) == b''
    assert 'timed out' in listening.complaints.get(timeout=30)


def saved(folder: Path, *bodies: bytes, **changes: Any) -> str:
    path = folder / 'saved.jsonl'
    records = [
        {
            'target': '/notify',
            'content_type': FORM,
            'signature': sign(body),
            'body': body.decode('latin-1'),
            **changes,
        }
        for body in bodies
    ]
    path.write_text(''.join(json.dumps(record) + '\n' for record in records))
    return str(path)


def test_what_is_saved_is_replayed_in_order_byte_for_byte(
    listens: Listens, receiver: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / 'saved.jsonl'
    listening = listens('--save', str(path))
    for number, body in enumerate(ODD):
        assert listening.post(body, target=f'/{number}')[0] == 200
    assert listen.run(given('--replay', str(path), '--forward-to', receiver.url)) == 0
    assert receiver.arrived == [
        Arrived(f'/{number}', body, FORM, sign(body)) for number, body in enumerate(ODD)
    ]


def test_saved_notifications_are_appended_and_private(listens: Listens, tmp_path: Path) -> None:
    path = tmp_path / 'saved.jsonl'
    for number in range(2):
        listening = listens('--save', str(path))
        listening.post(BODY, sign(BODY, 'OTHER') if number else None)
    first, second = map(json.loads, path.read_text().splitlines())
    assert (first['valid'], second['valid']) == (True, False)
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT[\d:.]{12}\+00:00', first['received'])
    assert path.stat().st_mode & 0o777 == 0o600
    assert TOKEN not in path.read_text()


def test_many_senders_at_once_are_all_saved_and_forwarded(
    listens: Listens, receiver: Receiver, tmp_path: Path
) -> None:
    path = tmp_path / 'saved.jsonl'
    listening = listens('--save', str(path), '--forward-to', receiver.url)
    bodies = [BODY + b'&tag=%d' % number + b'x' * 5000 for number in range(20)]
    threads = [threading.Thread(target=listening.post, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    saved_bodies = [json.loads(line)['body'].encode() for line in path.read_text().splitlines()]
    assert sorted(saved_bodies) == sorted(bodies)
    assert sorted(each.body for each in receiver.arrived) == sorted(bodies)


def test_a_full_disk_is_reported_and_the_notification_is_forwarded(
    listens: Listens, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write, written = tmp_path / 'saved.jsonl', os.write, []

    def full(descriptor: int, data: bytes) -> int:
        written.append(data)
        if len(written) == 2:
            raise OSError(28, 'No space left on device')
        return write(descriptor, data[:10] if len(written) == 1 else data)

    listening = listens('--save', str(path), '--forward-to', receiver.url)
    monkeypatch.setattr(os, 'write', full)
    assert listening.post()[0] == 200
    assert listening.complaints.get(timeout=30) == (
        'hoiio listen: a notification was not saved: No space left on device'
    )
    assert len(receiver.arrived) == 1
    assert listening.post()[0] == 200
    assert json.loads(path.read_text())['valid']


def test_a_replay_shows_what_was_not_accepted(
    receiver: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, BODY, BODY)
    receiver.reply = ('', 500)
    assert listen.run(given('--replay', path, '--forward-to', receiver.url)) == 6
    shown = capsys.readouterr()
    assert shown.out == f'{LINE}\n{LINE}\n'
    assert shown.err == 'hoiio listen: the receiver responded with 500\n' * 2


def test_a_forged_notification_in_a_file_is_not_replayed(
    receiver: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, BODY, signature=sign(BODY, 'OTHER'), valid=True)
    assert listen.run(given('--replay', path, '--forward-to', receiver.url)) == 6
    assert receiver.arrived == []
    assert capsys.readouterr().out.startswith('INVALID, maybe forged')
    args = ('--replay', path, '--forward-to', receiver.url, '--forward-invalid')
    assert listen.run(given(*args)) == 0
    assert len(receiver.arrived) == 1


def test_a_header_that_is_not_valid_is_not_forwarded(
    receiver: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, BODY, content_type='a\r\nX: y')
    assert listen.run(given('--replay', path, '--forward-to', receiver.url)) == 6
    assert 'Invalid header value' in capsys.readouterr().err
    path = saved(tmp_path, BODY, content_type=None)
    assert listen.run(given('--replay', path, '--forward-to', receiver.url)) == 0
    assert receiver.arrived == [Arrived('/notify', BODY, None, sign(BODY))]


@pytest.mark.parametrize(
    'line',
    [
        'nonsense',
        '',
        '[]',
        '[' * 100_000,
        '{}',
        json.dumps({'target': '/', 'body': '€', 'content_type': None, 'signature': None}),
        json.dumps({'target': '/', 'body': 1, 'content_type': None, 'signature': None}),
        json.dumps({'target': '/', 'body': '', 'content_type': 1, 'signature': None}),
        json.dumps({'target': '/é', 'body': '', 'content_type': None, 'signature': None}),
        json.dumps({'target': 'x', 'body': '', 'content_type': None, 'signature': None}),
        json.dumps({'target': 1, 'body': '', 'content_type': None, 'signature': None}),
    ],
)
def test_a_file_with_another_line_is_refused_before_anything_is_sent(
    line: str, receiver: Receiver, tmp_path: Path
) -> None:
    path = Path(saved(tmp_path, BODY))
    path.write_text(f'{path.read_text()}{line}\n')
    with pytest.raises(InputInvalid, match=f'line 2 of {path} is not a notification'):
        listen.run(given('--replay', str(path), '--forward-to', receiver.url))
    assert receiver.arrived == []


@pytest.mark.parametrize(
    ('args', 'shown'),
    [
        (['--replay', 'nowhere.jsonl'], '--replay needs --forward-to or --ledger'),
        (
            ['--replay', 'nowhere.jsonl', '--forward-to', 'http://x', '--save', 'y'],
            'cannot be used with --save',
        ),
        (
            ['--replay', 'nowhere.jsonl', '--forward-to', 'http://x'],
            'cannot read nowhere.jsonl: No such file',
        ),
        (['--forward-invalid'], '--forward-invalid needs --forward-to'),
        (['--ledger', 'mysql://localhost/x'], 'mysql cannot be the ledger'),
    ],
)
def test_options_that_do_not_fit_are_refused(args: list[str], shown: str) -> None:
    with pytest.raises(InputInvalid, match=re.escape(shown)):
        listen.run(given(*args))


@pytest.mark.parametrize(
    'url',
    [
        'localhost:5000',
        'ftp://localhost/',
        'http://',
        'http://user:pass@localhost/',
        'http://localhost:99999/',
        'http://localhost:0/',
        'http://localhost:x/',
        'http://[::1/',
        'http://localhost/#top',
        'http://localhost/a b',
        'http://localhost/\r\nX: y',
    ],
)
def test_an_address_that_cannot_be_forwarded_to_is_refused(url: str) -> None:
    with pytest.raises(InputInvalid, match='--forward-to must be an http or https URL'):
        listen.run(given('--forward-to', url))


def test_it_does_not_forward_to_itself() -> None:
    port = free_port()
    args = ['--port', str(port), '--forward-to', f'http://localhost:{port}/']
    with pytest.raises(InputInvalid, match='the address of hoiio listen itself'):
        listen.run(given(*args))


def test_a_taken_port_is_reported(server: wire.Server) -> None:
    port = re.findall(r':(\d+)', server.url)[0]
    with pytest.raises(InputInvalid, match=f'port {port} is not available.*try --port 0'):
        listen.run(given('--port', port))


def test_a_file_that_cannot_be_written_is_reported_before_it_listens(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match=f'cannot write to {tmp_path}: Is a directory'):
        listen.run(given('--save', str(tmp_path)))


@pytest.mark.parametrize('port', ['65536', '-1', 'x', '²', '9' * 5000])
def test_a_port_is_a_number_up_to_65535(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        given('--port', port)
    assert len(capsys.readouterr().err) < 1000


@contextmanager
def process(*args: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, '-m', 'hoiio', 'listen', '--port', '0', *args]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        yield running
        running.kill()


@pytest.mark.slow
def test_ctrl_c_ends_it() -> None:
    with process() as running:
        assert running.stderr is not None
        assert running.stdout is not None
        port = re.findall(r'127\.0\.0\.1:(\d+)', running.stderr.readline())[0]
        connection = http.client.HTTPConnection('127.0.0.1', int(port), timeout=30)
        connection.request('POST', '/', BODY, {HEADER: sign(BODY)})
        assert connection.getresponse().status == 200
        connection.close()
        assert running.stdout.readline() == f'{LINE}\n'
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=300)
        assert (out, err, running.returncode) == ('', 'Stopped.\n', 0)
