from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest

from hoiio.sandbox import FakeClock, Sandbox
from hoiio.sandbox.notifications import Hold, Letter, Postman, body_of, sign
from hoiio.sandbox.server import Handler

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    'host', ['93.184.216.34', '8.8.8.8', '169.254.169.254', '[2001:4860:4860::8888]']
)
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
    _reply, hold = desk.core.perform('ivr/start/dial', form)
    desk.phone(DEST).hang_up()
    first, second = desk.core.postman.letters
    assert not first.ready
    assert second.ready
    assert desk.core.postman._next() is None, 'the second may not overtake the first'
    desk('sms/send', dest=DEST, msg='x', notify_url='http://127.0.0.1:9/')
    other = desk.core.postman._next()
    assert other is not None
    assert other.lane == 'AA-S-1'
    desk.core.postman.release(hold)
    assert desk.core.postman._next() is first


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
    postman.hold = Hold()
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


@pytest.mark.parametrize('end', ['stop', 'reset'])
def test_a_receiver_that_hangs_stops_nobody(receiver: Receiver, end: str) -> None:
    arrived, leave = threading.Event(), threading.Event()

    def react(_post: Post) -> None:
        arrived.set()
        leave.wait(10)

    receiver.react = react
    with Sandbox() as sandbox:
        ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
        assert arrived.wait(10)
        worker = sandbox._core.postman._thread
        getattr(sandbox, end)()
        if end == 'reset':
            receiver.react = lambda _post: None
            ask(sandbox, 'sms/send', dest=DEST, msg='y', notify_url=receiver.url)
            sandbox.drain()
            assert len(sandbox.deliveries) == 1
        else:
            worker.join(10)
            assert not worker.is_alive()
    leave.set()


def test_a_body_is_what_the_reference_shows() -> None:
    letter = Letter('http://127.0.0.1/', {'to': '+1650', 'msg': 'hoiio wörld'}, 'x')
    assert body_of(letter) == 'to=%2B1650&msg=hoiio+w%C3%B6rld'
