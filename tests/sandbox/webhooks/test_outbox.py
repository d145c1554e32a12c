from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from hoiio.sandbox import FakeClock, Sandbox
from hoiio.sandbox.web.server import Handler
from hoiio.sandbox.webhooks.delivery import Delivery, body_of, sign
from hoiio.sandbox.webhooks.outbox import AT_A_TIME, Outbox
from hoiio.sandbox.webhooks.sender import Attempt
from hoiio.sandbox.webhooks.sender import Sender as NetworkSender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.wrappers import Response

    from tests.sandbox.conftest import LocalService, Post, Receiver

DEST = '+6598765432'


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=FakeClock()) as sandbox:
        yield sandbox


def ask(sandbox: Sandbox, path: str, **values: str) -> dict[str, str]:
    parts = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(parts.hostname or '', parts.port, timeout=10)
    form = {'app_id': sandbox.app_id, 'access_token': sandbox.access_token, **values}
    connection.request('POST', parts.path + path, urlencode(form))
    with connection.getresponse() as answer:
        reply: dict[str, str] = json.loads(answer.read())
    connection.close()
    return reply


def test_the_signature_of_the_reference() -> None:
    body = (
        'ivr_block=gather&session=S-1234&txn_ref=TX-1234&call_state=ongoing&digits=1'
        '&from=%2B6511111111&to=%2B6522222222&tag=myapp'
    )
    assert sign(body, 'example-access-token') == (
        'ecd19cf0191f9f1f9b037682a7896452a89fbb83c23c015de0354fa16e819d86'
    )


def test_a_notification_arrives_signed(sandbox: Sandbox, receiver: Receiver) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', tag='a b+c', notify_url=receiver.url)
    sandbox.drain()
    [post] = receiver.posts
    assert post.headers['Content-Type'] == 'application/x-www-form-urlencoded'
    expected = hmac.new(sandbox.access_token.encode(), post.body, hashlib.sha256).hexdigest()
    assert post.headers['X-Hoiio-Signature'] == expected
    assert b'tag=a+b%2Bc' in post.body
    assert b'date=2026-01-01+00%3A00%3A00' in post.body
    assert post.fields['sms_status'] == 'delivered'


def test_own_parameters_of_the_url_come_back_in_both_places(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    url = f'{receiver.url}?app_state=gather&txn_ref=mine&empty='
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=url)
    sandbox.drain()
    [post] = receiver.posts
    assert post.path == '/hook?app_state=gather&txn_ref=mine&empty='
    assert post.fields['app_state'] == 'gather'
    assert post.fields['empty'] == ''
    assert post.body.count(b'txn_ref=') == 1
    assert post.fields['txn_ref'] == 'AA-S-1'


def test_the_log_of_deliveries(sandbox: Sandbox, receiver: Receiver) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    [delivery] = sandbox.deliveries
    assert (delivery.url, delivery.status, delivery.error) == (receiver.url, 200, None)
    assert delivery.body.encode() == receiver.posts[0].body
    assert delivery.milliseconds > 0
    assert sandbox.events[-1].endswith(f'{receiver.url}: HTTP 200')


def test_one_attempt_only(sandbox: Sandbox) -> None:
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=f'http://127.0.0.1:{port}/')
    sandbox.drain()
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
def test_only_local_hosts_are_posted_to(sandbox: Sandbox, host: str) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=f'http://{host}/')
    sandbox.drain()
    [delivery] = sandbox.deliveries
    assert delivery.status is None
    assert 'neither a loopback nor a private address' in str(delivery.error)


def test_https_wants_a_certificate(sandbox: Sandbox, receiver: Receiver) -> None:
    url = receiver.url.replace('http:', 'https:')
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=url)
    sandbox.drain()
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


def test_an_application_can_ask_from_within_its_handler(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    replies: list[str] = []

    def react(post: Post) -> None:
        values = {'session': post.fields['session'], 'notify_url': receiver.url}
        if post.fields['ivr_block'] == 'dial':
            replies.append(ask(sandbox, 'ivr/middle/play', msg='Hi', **values)['status'])
        elif post.fields['ivr_block'] == 'play':
            replies.append(ask(sandbox, 'ivr/end/hangup', **values)['status'])

    receiver.react = react
    ask(sandbox, 'ivr/start/dial', dest=DEST, notify_url=receiver.url)
    sandbox.drain()
    assert replies == ['success_ok', 'success_ok']
    assert [post.fields['ivr_block'] for post in receiver.posts] == ['dial', 'play', 'hangup']


def test_those_of_a_transaction_keep_their_order(sandbox: Sandbox, receiver: Receiver) -> None:
    numbers = ','.join(f'+65900000{n:02}' for n in range(30))
    ask(sandbox, 'sms/bulk_send', dest=numbers, msg='x', notify_url=receiver.url)
    sandbox.drain()
    kinds: dict[str, list[str]] = {}
    for post in receiver.posts:
        kind = 'accepted' if 'status' in post.fields else 'delivered'
        kinds.setdefault(post.fields['txn_ref'], []).append(kind)
    assert list(kinds.values()) == [['accepted', 'delivered']] * 30


def test_what_a_request_causes_waits_for_its_answer(service: LocalService) -> None:
    values = {
        'app_id': service.emulator.seed.app_id,
        'access_token': service.emulator.seed.access_token,
    }
    form = {**values, 'dest': DEST, 'notify_url': 'http://127.0.0.1:9/'}
    outcome = service.emulator.perform('ivr/start/dial', form)
    service.phone(DEST).hang_up()
    first, second = service.emulator.outbox.waiting
    assert not first.ready
    assert second.ready
    sender = Sender(service.emulator.outbox)
    service.emulator.outbox.start()
    service('sms/send', dest=DEST, msg='x', notify_url='http://127.0.0.1:9/')
    assert sender.next() == 'AA-S-1'
    assert service.emulator.outbox.waiting[:2] == [first, second], 'the second may not overtake'
    assert sender.arrived.empty()
    service.emulator.outbox.release(outcome.notifications)
    service.emulator.outbox.drain(10)
    assert [sender.next(), sender.next()] == ['ongoing', 'ended']


def test_over_http_the_answer_leaves_first(
    sandbox: Sandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[list[bool]] = []
    send = Handler._send

    def watched(self: Handler, response: Response, *, head: bool) -> None:
        send(self, response, head=head)
        waiting.append([notification.ready for notification in sandbox._emulator.outbox.waiting])

    monkeypatch.setattr(Handler, '_send', watched)
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    assert waiting == [[False]]
    assert len(receiver.posts) == 1


def test_drain_says_what_is_left() -> None:
    outbox = Outbox()
    outbox.queue('http://127.0.0.1:9/hook', {'a': '1'}, 'AA-S-1', 'token')
    with pytest.raises(TimeoutError, match=r'1 notifications .* http://127.0.0.1:9/hook'):
        outbox.drain(0)


def test_a_reset_forgets_deliveries(sandbox: Sandbox, receiver: Receiver) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    sandbox.reset()
    assert sandbox.deliveries == []
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    assert len(sandbox.deliveries) == 1


@contextlib.contextmanager
def released(event: threading.Event) -> Iterator[None]:
    try:
        yield
    finally:
        event.set()


@pytest.mark.parametrize('end', ['stop', 'reset'])
def test_a_receiver_that_hangs_stops_nobody(receiver: Receiver, end: str) -> None:
    arrived, leave = threading.Event(), threading.Event()

    def react(_post: Post) -> None:
        arrived.set()
        leave.wait(60)

    receiver.react = react
    with Sandbox() as sandbox, released(leave):
        ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
        assert arrived.wait(10)
        [worker] = sandbox._emulator.outbox._threads
        getattr(sandbox, end)()
        if end == 'reset':
            receiver.react = lambda _post: None
            ask(sandbox, 'sms/send', dest=DEST, msg='y', notify_url=receiver.url)
            sandbox.drain()
            assert len(sandbox.deliveries) == 1
        else:
            worker.join(10)
            assert not worker.is_alive()


def test_a_body_is_what_the_reference_shows() -> None:
    fields = {'to': '+1650', 'msg': 'hoiio wörld'}
    assert body_of('http://127.0.0.1/', fields) == 'to=%2B1650&msg=hoiio+w%C3%B6rld'


def test_what_is_cut_before_it_is_connected_does_not_go_on(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = NetworkSender()
    connect = socket.create_connection

    def late(*args: Any) -> socket.socket:
        sender.cut()
        return connect(*args)

    monkeypatch.setattr(socket, 'create_connection', late)
    receipt = sender.send(receiver.url, 'a=1', {}, sender.cuts)
    assert (receipt.status, receipt.error) == (None, 'the sandbox has stopped or was reset')
    assert receiver.posts == []


def test_what_is_cut_before_its_host_is_known_does_not_go_on(
    sandbox: Sandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo
    looking, go_on = threading.Event(), threading.Event()

    def late(*args: Any, **options: Any) -> Any:
        looking.set()
        go_on.wait(10)
        return look_up(*args, **options)

    monkeypatch.setattr(socket, 'getaddrinfo', late)
    with released(go_on):
        post_now(sandbox._emulator.outbox, receiver.url, {'a': '1'}, 'A')
        assert looking.wait(10)
        [worker] = sandbox._emulator.outbox._threads
        sandbox.reset()
    worker.join(10)
    assert not worker.is_alive()
    assert receiver.posts == []


class Names:
    """Lets ``hook.example`` stand for addresses, each of which leads to one receiver."""

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
        sender = NetworkSender()
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
def test_this_machine_and_private_networks_are_posted_to(names: Names, address: str) -> None:
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
def test_no_other_address_is_posted_to(names: Names, receiver: Receiver, address: str) -> None:
    for addresses in ([address], ['127.0.0.1', address]):
        receipt = names.post(*addresses)
        assert receipt.status is None
        assert 'hook.example is neither a loopback nor a private address' in str(receipt.error)
    assert (names.connected, receiver.posts) == ([], [])


def test_public_hosts_can_be_allowed_but_not_those_with_credentials(names: Names) -> None:
    for address in PUBLIC:
        assert names.post(address, public_hosts=True).status == 200
        assert names.connected == [address]
    for address in METADATA:
        assert names.post(address, public_hosts=True).status is None
        assert names.connected == []


def test_a_name_is_looked_up_once(names: Names) -> None:
    assert names.post('127.0.0.1').status == 200
    assert (names.look_ups, names.connected) == (1, ['127.0.0.1'])


def test_an_address_that_does_not_answer_is_not_the_last(receiver: Receiver) -> None:
    port = urlsplit(receiver.url).port
    # It may stand for ::1 as well, where nobody listens.
    sender = NetworkSender()
    assert sender.send(f'http://localhost:{port}/', 'a=1', {}, 0).status == 200
    assert sender.send(f'http://u:p@127.0.0.1:{port}/', 'a=1', {}, 0).status == 200
    hosts = [post.headers['Host'] for post in receiver.posts]
    assert hosts == [f'localhost:{port}', f'127.0.0.1:{port}']


def test_a_sandbox_can_be_told_to_post_anywhere(receiver: Receiver) -> None:
    with Sandbox(public_hosts=True) as sandbox:
        assert sandbox._emulator.outbox._sender.public_hosts
        ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
        sandbox.drain()
    assert len(receiver.posts) == 1


class Sender:
    """Takes the place of the network: whatever it carries arrives, once that is allowed."""

    def __init__(self, outbox: Outbox) -> None:
        self.blocked: dict[str, threading.Event] = {}
        self.arrived: Queue[str] = Queue()
        self.entered = threading.Event()
        self.cuts = 0
        outbox._sender = cast(NetworkSender, self)

    def send(self, url: str, body: str, _headers: dict[str, str], _cuts: int) -> Attempt:
        self.entered.set()
        if url in self.blocked:
            self.blocked[url].wait(10)
        fields = dict(parse_qsl(body))
        self.arrived.put(fields.get('call_state') or fields.get('txn_ref') or fields['n'])
        return Attempt(200, '', None, 1.0)

    def cut(self) -> None:
        pass

    def next(self) -> str:
        return self.arrived.get(timeout=10)


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    outbox = Outbox(FakeClock())
    yield outbox
    outbox.stop()


@pytest.fixture
def sender(outbox: Outbox) -> Sender:
    sender = Sender(outbox)
    outbox.start()
    return sender


def post_now(outbox: Outbox, url: str, fields: dict[str, str], key: str) -> None:
    outbox.queue(url, fields, key, 'token')
    outbox.release(outbox.claim())


def post(outbox: Outbox, *numbers: str, key: str = 'A', host: str = 'a') -> None:
    for n in numbers:
        post_now(outbox, f'http://{host}/', {'n': n}, key)


def arrivals(outbox: Outbox, sender: Sender) -> list[str]:
    outbox.drain(10)
    return [sender.next() for _ in range(sender.arrived.qsize())]


def test_one_transaction_waits_for_itself_alone(outbox: Outbox, sender: Sender) -> None:
    sender.blocked['http://a/'] = leave = threading.Event()
    post(outbox, '1', '2', key='slow')
    for n in range(20):
        post(outbox, str(n), key=f'L{n}', host='b')
    assert sorted(int(sender.next()) for _ in range(20)) == list(range(20))
    assert [notification.fields['n'] for notification in outbox.waiting][:2] == ['1', '2']
    leave.set()
    assert arrivals(outbox, sender) == ['1', '2']
    assert [delivery.id for delivery in outbox.deliveries] == list(range(1, 23))


def test_a_slow_address_gets_few_at_a_time_and_the_others_still_theirs(
    outbox: Outbox, sender: Sender
) -> None:
    sender.blocked['http://a/'] = leave = threading.Event()
    for n in range(3 * AT_A_TIME):
        post(outbox, str(n), key=f'L{n}')
    assert len(outbox._threads) == AT_A_TIME
    post(outbox, 'x', key='other', host='b')
    assert sender.next() == 'x'
    leave.set()
    assert sorted(arrivals(outbox, sender), key=int) == [str(n) for n in range(3 * AT_A_TIME)]


def test_a_receiver_is_a_host_and_a_port_whatever_its_url(outbox: Outbox, sender: Sender) -> None:
    spellings = ('http://a/', 'http://A:80/x', 'http://u1@a/', 'http://u2:p@a:80/y?z', 'http://a#f')
    for url in spellings:
        sender.blocked[url] = sender.blocked.get('http://a/', threading.Event())
    for n in range(2 * AT_A_TIME):
        post_now(outbox, spellings[n % len(spellings)], {'n': str(n)}, f'L{n}')
    assert len(outbox._receivers) == 1
    assert len(outbox._threads) == AT_A_TIME
    sender.blocked['http://a/'].set()
    assert len(arrivals(outbox, sender)) == 2 * AT_A_TIME


def test_there_are_so_many_workers_and_no_more(
    outbox: Outbox, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hoiio.sandbox.webhooks.outbox.MOST_WORKERS', 3)
    leave = threading.Event()
    for n in range(8):
        sender.blocked[f'http://h{n}/'] = leave
        post(outbox, str(n), key=f'L{n}', host=f'h{n}')
        assert len(outbox._threads) == min(n + 1, 3)
    leave.set()
    assert sorted(arrivals(outbox, sender)) == [str(n) for n in range(8)]
    for worker in list(outbox._threads):
        worker.join(10)
    assert not outbox._receivers, 'whoever is done is forgotten'


def test_threads_that_do_not_start_stop_no_receiver(
    outbox: Outbox, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, 'start', fail)
        for n in range(2 * AT_A_TIME):
            post(outbox, str(n), key=f'L{n}')
    assert not outbox._threads
    assert sorted(arrivals(outbox, sender), key=int) == [str(n) for n in range(2 * AT_A_TIME)]
    post(outbox, 'x')
    assert arrivals(outbox, sender) == ['x']


def test_workers_go_when_the_work_is_done(outbox: Outbox, sender: Sender) -> None:
    sender.blocked['http://a/'] = leave = threading.Event()
    post(outbox, '1')
    [worker] = outbox._threads
    leave.set()
    assert arrivals(outbox, sender) == ['1']
    worker.join(10)
    assert not outbox._threads


def test_a_duplicate_follows_its_original(outbox: Outbox, sender: Sender) -> None:
    outbox.disturbances.duplicate_next(2)
    post(outbox, '1', '2', '3')
    assert arrivals(outbox, sender) == ['1', '1', '2', '2', '3']
    assert [(d.id, d.copy_of) for d in outbox.deliveries] == [
        (1, None), (2, 1), (3, None), (4, 3), (5, None),
    ]  # fmt: skip


def test_a_delay_goes_by_the_clock_and_keeps_the_order(outbox: Outbox, sender: Sender) -> None:
    outbox.disturbances.delay_next(30)
    post(outbox, '1', '2')
    post(outbox, 'other', key='B')
    assert arrivals(outbox, sender) == ['other']
    assert [notification.fields['n'] for notification in outbox.waiting] == ['1', '2']
    outbox._clock.advance(seconds=29)
    assert arrivals(outbox, sender) == []
    outbox._clock.advance(seconds=1)
    assert arrivals(outbox, sender) == ['1', '2']


def test_a_duplicate_of_a_delayed_one_waits_with_it(outbox: Outbox, sender: Sender) -> None:
    outbox.disturbances.delay_next(30)
    outbox.disturbances.duplicate_next()
    post(outbox, '1')
    assert arrivals(outbox, sender) == []
    outbox._clock.advance(seconds=30)
    assert arrivals(outbox, sender) == ['1', '1']


@pytest.mark.parametrize('keys', ['AAA', 'ABC', 'ABA'])
def test_reordered_ones_arrive_in_reverse(outbox: Outbox, sender: Sender, keys: str) -> None:
    outbox.disturbances.reorder_next(3)
    for n, key in enumerate(keys):
        assert arrivals(outbox, sender) == []
        post(outbox, str(n), key=key)
    assert arrivals(outbox, sender) == ['2', '1', '0']
    post(outbox, '3', '4', key=keys[0])
    assert arrivals(outbox, sender) == ['3', '4']


def test_reordered_ones_wait_for_each_other(outbox: Outbox, sender: Sender) -> None:
    sender.blocked['http://slow/'] = leave = threading.Event()
    outbox.disturbances.reorder_next(3)
    post(outbox, '0', key='A', host='b')
    post(outbox, '1', key='B', host='c')
    post(outbox, '2', key='C', host='slow')
    assert sender.entered.wait(10)
    post(outbox, 'other', key='D', host='b')
    assert sender.next() == 'other'
    leave.set()
    assert arrivals(outbox, sender) == ['2', '1', '0']


def test_clear_lets_go_what_waits_to_change_places(outbox: Outbox, sender: Sender) -> None:
    outbox.disturbances.duplicate_next()
    outbox.disturbances.reorder_next(5)
    post(outbox, '1', '2')
    assert arrivals(outbox, sender) == []
    outbox.disturbances.duplicate_next()
    outbox.disturbances.delay_next(1)
    outbox.disturbances.clear()
    post(outbox, '3')
    assert arrivals(outbox, sender) == ['1', '1', '2', '3']


def test_a_reset_switches_everything_off(outbox: Outbox, sender: Sender) -> None:
    outbox.disturbances.reorder_next(2)
    post(outbox, '1')
    outbox.disturbances.duplicate_next()
    outbox.disturbances.delay_next(1)
    outbox.forget()
    post(outbox, '2')
    assert arrivals(outbox, sender) == ['2']
    assert [delivery.id for delivery in outbox.deliveries] == [1]


def test_switches_want_positive_numbers(outbox: Outbox) -> None:
    disturbances = outbox.disturbances
    for turn_on, *values in (
        (disturbances.duplicate_next, 0),
        (disturbances.duplicate_next, 1001),
        (disturbances.delay_next, 0),
        (disturbances.delay_next, float('nan')),
        (disturbances.delay_next, 1, 0),
        (disturbances.reorder_next, 1),
    ):
        with pytest.raises(ValueError, match='is needed'):
            cast('Callable[..., None]', turn_on)(*values)


def test_a_letter_dropped_while_under_way_leaves_no_trace(outbox: Outbox, sender: Sender) -> None:
    sender.blocked['http://a/'] = leave = threading.Event()
    post(outbox, 'old')
    [worker] = outbox._threads
    assert sender.entered.wait(10)
    outbox.forget()
    post(outbox, 'new', host='b')
    assert sender.next() == 'new'
    leave.set()
    worker.join(10)
    assert sender.next() == 'old', 'it was on its way, but nobody keeps a record of it'
    assert [parse_qsl(delivery.body) for delivery in outbox.deliveries] == [[('n', 'new')]]


def test_a_notification_can_be_sent_again(sandbox: Sandbox, receiver: Receiver) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', tag='', notify_url=f'{receiver.url}?a=1')
    sandbox.drain()
    sandbox.clock.advance(days=1)
    assert sandbox.resend(1) == 2
    sandbox.drain()
    first, second = receiver.posts
    assert (first.path, first.body) == (second.path, second.body)
    assert first.headers == second.headers
    assert [delivery.copy_of for delivery in sandbox.deliveries] == [None, 1]
    with pytest.raises(LookupError, match='no delivery 3'):
        sandbox.resend(3)


def test_the_switches_of_a_sandbox(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.notifications.duplicate_next()
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    assert len(receiver.posts) == 2
    sandbox.notifications.duplicate_next()
    sandbox.reset()
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    assert len(receiver.posts) == 3


def test_the_log_keeps_the_newest(receiver: Receiver) -> None:
    with Sandbox(clock=FakeClock(), log_limit=3) as sandbox:
        for _ in range(5):
            ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
            sandbox.drain()
        assert [delivery.id for delivery in sandbox.deliveries] == [3, 4, 5]
        assert sandbox._emulator.outbox.dropped == 2
        with pytest.raises(LookupError, match='no delivery 2, or it is no longer kept'):
            sandbox.resend(2)
        state = sandbox.save()
        sandbox.reset()
        assert sandbox._emulator.outbox.dropped == 0
    with Sandbox.load(state, log_limit=2) as sandbox:
        assert [delivery.id for delivery in sandbox.deliveries] == [4, 5]


@pytest.mark.parametrize(
    ('begins', 'goes_on'),
    [
        (b'HTTP/1.1 200 OK\r\n\r\n', b'x'),
        (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', b'1\r\nx\r\n'),
        (b'HTTP/1.1 200 ', b'x'),
        (b'y', b'y'),
    ],
)
def test_of_an_endless_answer_the_beginning_is_kept(begins: bytes, goes_on: bytes) -> None:
    """The application never ends its answer, and still the delivery is over."""
    over = threading.Event()

    def serve() -> None:
        peer = listener.accept()[0]
        with peer, contextlib.suppress(OSError):
            peer.recv(65536)
            peer.sendall(begins + goes_on * 100_000)
            over.wait(10)

    with socket.create_server(('127.0.0.1', 0)) as listener, released(over):
        thread = threading.Thread(target=serve)
        thread.start()
        url = f'http://127.0.0.1:{listener.getsockname()[1]}/'
        receipt = NetworkSender().send(url, 'a=1', {}, 0)
        over.set()
        thread.join(10)
    assert len(receipt.answer) + len(receipt.error or '') <= 1024
    assert receipt.answer or receipt.error


@pytest.mark.parametrize(
    'drop', [b'HTTP/1.1 100 Continue\r\n\r\n', b'HTTP/1.1 200 OK\r\nX: 1\r\n', b'x']
)
def test_an_answer_that_never_comes_to_its_point_is_not_waited_for(
    drop: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
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
        receipt = NetworkSender().send(url, 'a=1', {}, 0)
        thread.join(10)
    assert not thread.is_alive()
    assert (receipt.status, receipt.answer) == (None, '')
    assert receipt.error


def test_the_log_tells_what_was_said(sandbox: Sandbox) -> None:
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
        sandbox.drain()
        thread.join(10)
    [delivery] = sandbox.deliveries
    assert isinstance(delivery, Delivery)
    assert (delivery.id, delivery.lane, delivery.status) == (1, 'AA-S-1', 418)
    assert delivery.answer.startswith('short and stout \ufffd.')
    assert len(delivery.answer) == 1024
    assert delivery.headers['X-Hoiio-Signature'] == sign(delivery.body, sandbox.access_token)


class OneThread:
    """An application that does one thing at a time, and asks the API while it does."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.entered, self.leave = threading.Event(), threading.Event()
        self.replies: list[str] = []
        application = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                fields = parse_qsl(self.rfile.read(int(self.headers['Content-Length'])).decode())
                application.work(sandbox, dict(fields))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}/'

    def work(self, sandbox: Sandbox, fields: dict[str, str]) -> None:
        if fields.get('ivr_block') == 'dial':
            values = {'session': fields['session'], 'msg': 'Hi', 'notify_url': self.url}
            self.replies.append(ask(sandbox, 'ivr/middle/play', **values)['status'])
            self.entered.set()
            # The 3 seconds of real life, for as long as the test likes.
            self.leave.wait(10)


def test_an_application_with_one_thread_delays_nobody(sandbox: Sandbox, receiver: Receiver) -> None:
    with (application := OneThread(sandbox)).server as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        reply = ask(sandbox, 'ivr/start/dial', dest=DEST, notify_url=application.url)
        assert reply['status'] == 'success_ok', 'before the application has answered'
        assert application.entered.wait(10)
        assert application.replies == ['success_ok'], 'while the application was still busy'
        other = ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=application.url)
        assert other['status'] == 'success_ok'
        third = ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
        arrived = threading.Event()
        receiver.react = lambda _post: arrived.set()
        assert third['status'] == 'success_ok'
        assert receiver.posts or arrived.wait(10)
        assert not application.leave.is_set()
        application.leave.set()
        sandbox.drain()
        server.shutdown()
        thread.join(10)
    by_key: dict[str, list[str]] = {}
    for delivery in sandbox.deliveries:
        block = dict(parse_qsl(delivery.body)).get('ivr_block', 'sms')
        by_key.setdefault(delivery.lane, []).append(block)
    assert by_key == {'AA-C-1': ['dial', 'play'], 'AA-S-1': ['sms'], 'AA-S-2': ['sms']}


def test_the_old_name_of_the_disturbances_warns(sandbox: Sandbox) -> None:
    with pytest.deprecated_call(match=r'use sandbox\.notifications'):
        disturbances = sandbox.post
    assert disturbances is sandbox.notifications
