"""The allowed receivers of a notification, its single attempt, and its time limit."""

from __future__ import annotations

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from hoiio.sandbox import Sandbox
from hoiio.sandbox.webhooks.delivery import Delivery, sign
from hoiio.sandbox.webhooks.sender import Attempt, Sender
from tests.sandbox.conftest import ask
from tests.sandbox.webhooks.conftest import released

if TYPE_CHECKING:
    from tests.sandbox.conftest import Receiver

DEST = '+6598765432'


def test_a_notification_is_not_retried(sandbox: Sandbox) -> None:
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=f'http://127.0.0.1:{port}/')
    sandbox.drain(check=False)
    [delivery] = sandbox.deliveries
    assert delivery.status is None
    assert 'refused' in str(delivery.error).lower()


@pytest.mark.parametrize(
    'host',
    [
        '93.184.216.34', '8.8.8.8', '169.254.169.254', '[2001:4860:4860::8888]',
        '[::ffff:169.254.169.254]', '[fd00:ec2::254]', '[2001:0:102:304::5601:5601]',
    ],
)  # fmt: skip
def test_by_default_only_local_hosts_are_allowed(sandbox: Sandbox, host: str) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=f'http://{host}/')
    sandbox.drain(check=False)
    [delivery] = sandbox.deliveries
    assert delivery.status is None
    assert 'neither a loopback nor a private address' in str(delivery.error)


def test_a_failed_tls_handshake_is_logged(sandbox: Sandbox, receiver: Receiver) -> None:
    url = receiver.url.replace('http:', 'https:')
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=url)
    sandbox.drain(check=False)
    [delivery] = sandbox.deliveries
    assert delivery.status is None
    assert 'SSL' in str(delivery.error)
    assert receiver.posts == []


def test_proxies_of_the_environment_are_ignored(
    sandbox: Sandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('http_proxy', 'http://127.0.0.1:9')
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    assert sandbox.deliveries[0].status == 200


def test_a_cut_before_the_connection_aborts_the_attempt(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Sender()
    connect = socket.create_connection

    def late(*args: Any) -> socket.socket:
        sender.cut()
        return connect(*args)

    monkeypatch.setattr(socket, 'create_connection', late)
    receipt = sender.send(receiver.url, 'a=1', {}, sender.cuts)
    assert (receipt.status, receipt.error) == (None, 'the sandbox has stopped or was reset')
    assert receiver.posts == []


def test_a_cut_during_the_lookup_aborts_the_attempt(
    sandbox: Sandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up, port = socket.getaddrinfo, urlsplit(receiver.url).port
    looking, go_on = Queue[threading.Thread](), threading.Event()

    def late(*args: Any, **options: Any) -> Any:
        if args[0] == 'localhost':
            looking.put(threading.current_thread())
            go_on.wait(30)
        return look_up(*args, **options)

    monkeypatch.setattr(socket, 'getaddrinfo', late)
    with released(go_on):
        ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=f'http://localhost:{port}/')
        worker = looking.get(timeout=30)
        sandbox.reset()
    worker.join(30)
    assert not worker.is_alive()
    assert receiver.posts == []


class Names:
    """Resolves ``hook.example`` to given addresses, and connects all of them to one receiver."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
        self.found: list[str] = []
        self.connected: list[str] = []
        self.look_ups = 0
        self.url = f'http://hook.example:{urlsplit(receiver.url).port}/'
        look_up, connect = socket.getaddrinfo, socket.create_connection

        def fake_look_up(host: Any, *args: Any, **options: Any) -> Any:
            if host != 'hook.example':
                return look_up(host, *args, **options)
            self.look_ups += 1
            return [entry for found in self.found for entry in look_up(found, *args, **options)]

        def fake_connect(address: tuple[str, int], *args: Any, **options: Any) -> socket.socket:
            if self.look_ups:
                self.connected.append(address[0])
                address = ('127.0.0.1', address[1])
            return connect(address, *args, **options)

        monkeypatch.setattr(socket, 'getaddrinfo', fake_look_up)
        monkeypatch.setattr(socket, 'create_connection', fake_connect)

    def post(self, *addresses: str, public_hosts: bool = False) -> Attempt:
        self.found, self.connected, self.look_ups = [*addresses], [], 0
        sender = Sender()
        sender.public_hosts = public_hosts
        return sender.send(self.url, 'a=1', {}, sender.cuts)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> Names:
    return Names(monkeypatch, receiver)


@pytest.mark.parametrize(
    'address',
    [
        '127.0.0.1', '127.9.9.9', '::1', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1',
        'fd12:3456::1', '::ffff:127.0.0.1', '::ffff:192.168.0.1',
    ],
)  # fmt: skip
def test_loopback_and_private_addresses_are_allowed(names: Names, address: str) -> None:
    assert names.post(address).status == 200
    assert names.connected == [address]


METADATA = [
    '169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254', 'fd20:ce::254',
    'fd00:c1::a9fe:a9fe', 'fe80::1', '2002:a9fe:a9fe::1', '64:ff9b::169.254.169.254',
    '64:ff9b:1::169.254.169.254', '2001:0:102:304::5601:5601',
    '100.100.100.200', '168.63.129.16', '192.0.0.192',
]  # fmt: skip
PUBLIC = [
    '8.8.8.8', '100.64.0.1', '172.32.0.1', '192.0.0.1', '::ffff:8.8.8.8', '2001:4860:4860::8888',
    '2002:808:808::1', '64:ff9b::808:808', '2001:0:102:304::f7f7:f7f7',
]  # fmt: skip


@pytest.mark.parametrize(
    'address', [*METADATA, *PUBLIC, '0.0.0.1', '::', '224.0.0.1', 'ff02::1', '255.255.255.255']
)
def test_other_addresses_are_refused(names: Names, receiver: Receiver, address: str) -> None:
    for addresses in ([address], ['127.0.0.1', address]):
        receipt = names.post(*addresses)
        assert receipt.status is None
        assert 'hook.example is neither a loopback nor a private address' in str(receipt.error)
    assert (names.connected, receiver.posts) == ([], [])


def test_public_hosts_exclude_metadata_addresses(names: Names) -> None:
    for address in PUBLIC:
        assert names.post(address, public_hosts=True).status == 200
        assert names.connected == [address]
    for address in METADATA:
        assert names.post(address, public_hosts=True).status is None
        assert names.connected == []


def test_a_host_is_resolved_once(names: Names) -> None:
    assert names.post('127.0.0.1').status == 200
    assert (names.look_ups, names.connected) == (1, ['127.0.0.1'])


def test_an_unreachable_address_is_followed_by_the_next(receiver: Receiver) -> None:
    port = urlsplit(receiver.url).port
    # localhost can also resolve to ::1, where nothing listens.
    sender = Sender()
    assert sender.send(f'http://localhost:{port}/', 'a=1', {}, 0).status == 200
    assert sender.send(f'http://u:p@127.0.0.1:{port}/', 'a=1', {}, 0).status == 200
    hosts = [post.headers['Host'] for post in receiver.posts]
    assert hosts == [f'localhost:{port}', f'127.0.0.1:{port}']


def test_a_sandbox_with_public_hosts_posts_to_public_addresses(
    names: Names, receiver: Receiver
) -> None:
    names.found = ['8.8.8.8']
    with Sandbox(public_hosts=True) as sandbox:
        ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=names.url)
        sandbox.drain()
    assert names.connected == ['8.8.8.8']
    assert len(receiver.posts) == 1


@pytest.mark.parametrize(
    ('begins', 'goes_on'),
    [
        (b'HTTP/1.1 200 OK\r\n\r\n', b'x'),
        (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', b'1\r\nx\r\n'),
        (b'HTTP/1.1 200 ', b'x'),
        (b'y', b'y'),
    ],
)
def test_the_beginning_of_an_endless_response_is_kept(begins: bytes, goes_on: bytes) -> None:
    """The delivery ends although the response never ends."""
    over = threading.Event()

    def serve() -> None:
        peer = listener.accept()[0]
        with peer, contextlib.suppress(OSError):
            peer.recv(65536)
            peer.sendall(begins + goes_on * 100_000)
            over.wait(30)

    with socket.create_server(('127.0.0.1', 0)) as listener, released(over):
        thread = threading.Thread(target=serve)
        thread.start()
        url = f'http://127.0.0.1:{listener.getsockname()[1]}/'
        receipt = Sender().send(url, 'a=1', {}, 0)
        over.set()
        thread.join(30)
    assert len(receipt.answer) + len(receipt.error or '') <= 1024
    assert receipt.answer or receipt.error


@pytest.mark.slow
@pytest.mark.parametrize(
    'drop', [b'HTTP/1.1 100 Continue\r\n\r\n', b'HTTP/1.1 200 OK\r\nX: 1\r\n', b'x']
)
def test_an_endless_response_head_times_out(drop: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def serve() -> None:
        peer = listener.accept()[0]
        with peer, contextlib.suppress(OSError):
            peer.recv(65536)
            while True:
                peer.sendall(drop)

    monkeypatch.setattr('hoiio.sandbox.webhooks.sender.TIMEOUT', 0.3)
    with socket.create_server(('127.0.0.1', 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        url = f'http://127.0.0.1:{listener.getsockname()[1]}/'
        receipt = Sender().send(url, 'a=1', {}, 0)
        thread.join(30)
    assert not thread.is_alive()
    assert (receipt.status, receipt.answer) == (None, '')
    assert receipt.error


def test_the_log_shows_the_response(sandbox: Sandbox) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(418)
            self.end_headers()
            self.wfile.write(b'short and stout \xff' + b'.' * 100_000)

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(('127.0.0.1', 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f'http://127.0.0.1:{server.server_port}/'
        ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=url)
        sandbox.drain(check=False)
        thread.join(30)
    [delivery] = sandbox.deliveries
    assert isinstance(delivery, Delivery)
    assert (delivery.id, delivery.lane, delivery.status) == (1, 'AA-S-1', 418)
    assert delivery.answer.startswith('short and stout \ufffd.')
    assert len(delivery.answer) == 1024
    assert delivery.headers['X-Hoiio-Signature'] == sign(delivery.body, sandbox.access_token)
