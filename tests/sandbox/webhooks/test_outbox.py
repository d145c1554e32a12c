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
from hoiio.sandbox.webhooks import outbox
from hoiio.sandbox.webhooks.delivery import Delivery, body_of, sign
from hoiio.sandbox.webhooks.outbox import AT_A_TIME, Postman
from hoiio.sandbox.webhooks.sender import Courier as NetworkCourier
from hoiio.sandbox.webhooks.sender import Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.wrappers import Response

    from tests.sandbox.conftest import Desk, Post, Receiver

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


def test_what_a_request_causes_waits_for_its_answer(desk: Desk) -> None:
    values = {'app_id': desk.core.seed.app_id, 'access_token': desk.core.seed.access_token}
    form = {**values, 'dest': DEST, 'notify_url': 'http://127.0.0.1:9/'}
    outcome = desk.core.perform('ivr/start/dial', form)
    desk.phone(DEST).hang_up()
    first, second = desk.core.postman.letters
    assert not first.ready
    assert second.ready
    courier = Courier(desk.core.postman)
    desk.core.postman.start()
    desk('sms/send', dest=DEST, msg='x', notify_url='http://127.0.0.1:9/')
    assert courier.next() == 'AA-S-1'
    assert desk.core.postman.letters[:2] == [first, second], 'the second may not overtake'
    assert courier.arrived.empty()
    desk.core.postman.release(outcome.notifications)
    desk.core.postman.drain(10)
    assert [courier.next(), courier.next()] == ['ongoing', 'ended']


def test_over_http_the_answer_leaves_first(
    sandbox: Sandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[list[bool]] = []
    send = Handler._send

    def watched(self: Handler, response: Response, *, head: bool) -> None:
        send(self, response, head=head)
        waiting.append([letter.ready for letter in sandbox._core.postman.letters])

    monkeypatch.setattr(Handler, '_send', watched)
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    assert waiting == [[False]]
    assert len(receiver.posts) == 1


def test_drain_says_what_is_left() -> None:
    postman = Postman('token')
    postman.post('http://127.0.0.1:9/hook', {'a': '1'}, 'AA-S-1')
    with pytest.raises(TimeoutError, match=r'1 notifications .* http://127.0.0.1:9/hook'):
        postman.drain(0)


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
        [worker] = sandbox._core.postman._threads
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
    courier = NetworkCourier()
    connect = socket.create_connection

    def late(*args: Any) -> socket.socket:
        courier.cut()
        return connect(*args)

    monkeypatch.setattr(socket, 'create_connection', late)
    receipt = courier.carry(receiver.url, 'a=1', {}, courier.cuts)
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
        post_now(sandbox._core.postman, receiver.url, {'a': '1'}, 'A')
        assert looking.wait(10)
        [worker] = sandbox._core.postman._threads
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

    def post(self, *addresses: str, public_hosts: bool = False) -> Receipt:
        self.found, self.connected, self.look_ups = [*addresses], [], 0
        courier = NetworkCourier()
        courier.public_hosts = public_hosts
        return courier.carry(self.url, 'a=1', {}, courier.cuts)


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
    courier = NetworkCourier()
    assert courier.carry(f'http://localhost:{port}/', 'a=1', {}, 0).status == 200
    assert courier.carry(f'http://u:p@127.0.0.1:{port}/', 'a=1', {}, 0).status == 200
    hosts = [post.headers['Host'] for post in receiver.posts]
    assert hosts == [f'localhost:{port}', f'127.0.0.1:{port}']


def test_a_sandbox_can_be_told_to_post_anywhere(receiver: Receiver) -> None:
    with Sandbox(public_hosts=True) as sandbox:
        assert sandbox._core.postman._courier.public_hosts
        ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
        sandbox.drain()
    assert len(receiver.posts) == 1


class Courier:
    """Takes the place of the network: whatever it carries arrives, once that is allowed."""

    def __init__(self, postman: Postman) -> None:
        self.blocked: dict[str, threading.Event] = {}
        self.arrived: Queue[str] = Queue()
        self.entered = threading.Event()
        self.cuts = 0
        postman._courier = cast(NetworkCourier, self)

    def carry(self, url: str, body: str, _headers: dict[str, str], _cuts: int) -> Receipt:
        self.entered.set()
        if url in self.blocked:
            self.blocked[url].wait(10)
        fields = dict(parse_qsl(body))
        self.arrived.put(fields.get('call_state') or fields.get('txn_ref') or fields['n'])
        return Receipt(200, '', None, 1.0)

    def cut(self) -> None:
        pass

    def next(self) -> str:
        return self.arrived.get(timeout=10)


@pytest.fixture
def postman() -> Iterator[Postman]:
    postman = Postman('token', FakeClock())
    yield postman
    postman.stop()


@pytest.fixture
def courier(postman: Postman) -> Courier:
    courier = Courier(postman)
    postman.start()
    return courier


def post_now(postman: Postman, url: str, fields: dict[str, str], lane: str) -> None:
    postman.post(url, fields, lane)
    postman.release(postman.take())


def post(postman: Postman, *numbers: str, lane: str = 'A', host: str = 'a') -> None:
    for n in numbers:
        post_now(postman, f'http://{host}/', {'n': n}, lane)


def arrivals(postman: Postman, courier: Courier) -> list[str]:
    postman.drain(10)
    return [courier.next() for _ in range(courier.arrived.qsize())]


def test_one_transaction_waits_for_itself_alone(postman: Postman, courier: Courier) -> None:
    courier.blocked['http://a/'] = leave = threading.Event()
    post(postman, '1', '2', lane='slow')
    for n in range(20):
        post(postman, str(n), lane=f'L{n}', host='b')
    assert sorted(int(courier.next()) for _ in range(20)) == list(range(20))
    assert [letter.fields['n'] for letter in postman.letters][:2] == ['1', '2']
    leave.set()
    assert arrivals(postman, courier) == ['1', '2']
    assert [delivery.id for delivery in postman.deliveries] == list(range(1, 23))


def test_a_slow_address_gets_few_at_a_time_and_the_others_still_theirs(
    postman: Postman, courier: Courier
) -> None:
    courier.blocked['http://a/'] = leave = threading.Event()
    for n in range(3 * AT_A_TIME):
        post(postman, str(n), lane=f'L{n}')
    assert len(postman._threads) == AT_A_TIME
    post(postman, 'x', lane='other', host='b')
    assert courier.next() == 'x'
    leave.set()
    assert sorted(arrivals(postman, courier), key=int) == [str(n) for n in range(3 * AT_A_TIME)]


def test_a_receiver_is_a_host_and_a_port_whatever_its_url(
    postman: Postman, courier: Courier
) -> None:
    spellings = ('http://a/', 'http://A:80/x', 'http://u1@a/', 'http://u2:p@a:80/y?z', 'http://a#f')
    for url in spellings:
        courier.blocked[url] = courier.blocked.get('http://a/', threading.Event())
    for n in range(2 * AT_A_TIME):
        post_now(postman, spellings[n % len(spellings)], {'n': str(n)}, f'L{n}')
    assert len(postman._receivers) == 1
    assert len(postman._threads) == AT_A_TIME
    courier.blocked['http://a/'].set()
    assert len(arrivals(postman, courier)) == 2 * AT_A_TIME


def test_there_are_so_many_workers_and_no_more(
    postman: Postman, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, 'MOST_WORKERS', 3)
    leave = threading.Event()
    for n in range(8):
        courier.blocked[f'http://h{n}/'] = leave
        post(postman, str(n), lane=f'L{n}', host=f'h{n}')
        assert len(postman._threads) == min(n + 1, 3)
    leave.set()
    assert sorted(arrivals(postman, courier)) == [str(n) for n in range(8)]
    for worker in list(postman._threads):
        worker.join(10)
    assert not postman._receivers, 'whoever is done is forgotten'


def test_threads_that_do_not_start_stop_no_receiver(
    postman: Postman, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, 'start', fail)
        for n in range(2 * AT_A_TIME):
            post(postman, str(n), lane=f'L{n}')
    assert not postman._threads
    assert sorted(arrivals(postman, courier), key=int) == [str(n) for n in range(2 * AT_A_TIME)]
    post(postman, 'x')
    assert arrivals(postman, courier) == ['x']


def test_workers_go_when_the_work_is_done(postman: Postman, courier: Courier) -> None:
    courier.blocked['http://a/'] = leave = threading.Event()
    post(postman, '1')
    [worker] = postman._threads
    leave.set()
    assert arrivals(postman, courier) == ['1']
    worker.join(10)
    assert not postman._threads


def test_a_duplicate_follows_its_original(postman: Postman, courier: Courier) -> None:
    postman.switches.duplicate_next(2)
    post(postman, '1', '2', '3')
    assert arrivals(postman, courier) == ['1', '1', '2', '2', '3']
    assert [(d.id, d.copy_of) for d in postman.deliveries] == [
        (1, None), (2, 1), (3, None), (4, 3), (5, None),
    ]  # fmt: skip


def test_a_delay_goes_by_the_clock_and_keeps_the_order(postman: Postman, courier: Courier) -> None:
    postman.switches.delay_next(30)
    post(postman, '1', '2')
    post(postman, 'other', lane='B')
    assert arrivals(postman, courier) == ['other']
    assert [letter.fields['n'] for letter in postman.letters] == ['1', '2']
    postman._clock.advance(seconds=29)
    assert arrivals(postman, courier) == []
    postman._clock.advance(seconds=1)
    assert arrivals(postman, courier) == ['1', '2']


def test_a_duplicate_of_a_delayed_one_waits_with_it(postman: Postman, courier: Courier) -> None:
    postman.switches.delay_next(30)
    postman.switches.duplicate_next()
    post(postman, '1')
    assert arrivals(postman, courier) == []
    postman._clock.advance(seconds=30)
    assert arrivals(postman, courier) == ['1', '1']


@pytest.mark.parametrize('lanes', ['AAA', 'ABC', 'ABA'])
def test_reordered_ones_arrive_in_reverse(postman: Postman, courier: Courier, lanes: str) -> None:
    postman.switches.reorder_next(3)
    for n, lane in enumerate(lanes):
        assert arrivals(postman, courier) == []
        post(postman, str(n), lane=lane)
    assert arrivals(postman, courier) == ['2', '1', '0']
    post(postman, '3', '4', lane=lanes[0])
    assert arrivals(postman, courier) == ['3', '4']


def test_reordered_ones_wait_for_each_other(postman: Postman, courier: Courier) -> None:
    courier.blocked['http://slow/'] = leave = threading.Event()
    postman.switches.reorder_next(3)
    post(postman, '0', lane='A', host='b')
    post(postman, '1', lane='B', host='c')
    post(postman, '2', lane='C', host='slow')
    assert courier.entered.wait(10)
    post(postman, 'other', lane='D', host='b')
    assert courier.next() == 'other'
    leave.set()
    assert arrivals(postman, courier) == ['2', '1', '0']


def test_clear_lets_go_what_waits_to_change_places(postman: Postman, courier: Courier) -> None:
    postman.switches.duplicate_next()
    postman.switches.reorder_next(5)
    post(postman, '1', '2')
    assert arrivals(postman, courier) == []
    postman.switches.duplicate_next()
    postman.switches.delay_next(1)
    postman.switches.clear()
    post(postman, '3')
    assert arrivals(postman, courier) == ['1', '1', '2', '3']


def test_a_reset_switches_everything_off(postman: Postman, courier: Courier) -> None:
    postman.switches.reorder_next(2)
    post(postman, '1')
    postman.switches.duplicate_next()
    postman.switches.delay_next(1)
    postman.forget()
    post(postman, '2')
    assert arrivals(postman, courier) == ['2']
    assert [delivery.id for delivery in postman.deliveries] == [1]


def test_switches_want_positive_numbers(postman: Postman) -> None:
    switches = postman.switches
    for turn_on, *values in (
        (switches.duplicate_next, 0),
        (switches.duplicate_next, 1001),
        (switches.delay_next, 0),
        (switches.delay_next, float('nan')),
        (switches.delay_next, 1, 0),
        (switches.reorder_next, 1),
    ):
        with pytest.raises(ValueError, match='is needed'):
            cast('Callable[..., None]', turn_on)(*values)


def test_a_letter_dropped_while_under_way_leaves_no_trace(
    postman: Postman, courier: Courier
) -> None:
    courier.blocked['http://a/'] = leave = threading.Event()
    post(postman, 'old')
    [worker] = postman._threads
    assert courier.entered.wait(10)
    postman.forget()
    post(postman, 'new', host='b')
    assert courier.next() == 'new'
    leave.set()
    worker.join(10)
    assert courier.next() == 'old', 'it was on its way, but nobody keeps a record of it'
    assert [parse_qsl(delivery.body) for delivery in postman.deliveries] == [[('n', 'new')]]


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
    sandbox.post.duplicate_next()
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    assert len(receiver.posts) == 2
    sandbox.post.duplicate_next()
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
        assert sandbox._core.postman.dropped == 2
        with pytest.raises(LookupError, match='no delivery 2, or it is no longer kept'):
            sandbox.resend(2)
        state = sandbox.save()
        sandbox.reset()
        assert sandbox._core.postman.dropped == 0
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
        receipt = NetworkCourier().carry(url, 'a=1', {}, 0)
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
        receipt = NetworkCourier().carry(url, 'a=1', {}, 0)
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
    by_lane: dict[str, list[str]] = {}
    for delivery in sandbox.deliveries:
        block = dict(parse_qsl(delivery.body)).get('ivr_block', 'sms')
        by_lane.setdefault(delivery.lane, []).append(block)
    assert by_lane == {'AA-C-1': ['dial', 'play'], 'AA-S-1': ['sms'], 'AA-S-2': ['sms']}
