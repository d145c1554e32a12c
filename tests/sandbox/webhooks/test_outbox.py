from __future__ import annotations

import hashlib
import hmac
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest

from hoiio.sandbox import FakeClock, Sandbox
from hoiio.sandbox.web.server import Handler
from hoiio.sandbox.webhooks.outbox import MAX_WORKERS_PER_RECEIVER, Outbox
from tests.sandbox.conftest import ask
from tests.sandbox.webhooks.conftest import (
    FakeSender,
    arrivals,
    queue,
    queue_one,
    released,
    wait_for_the_end,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response

    from tests.sandbox.conftest import LocalService, Post, Receiver

DEST = '+6598765432'


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


def test_parameters_of_the_callback_url_are_in_the_query_and_the_body(
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


def test_the_log_lists_deliveries(sandbox: Sandbox, receiver: Receiver) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    [delivery] = sandbox.deliveries
    assert (delivery.url, delivery.status, delivery.error) == (receiver.url, 200, None)
    assert delivery.body.encode() == receiver.posts[0].body
    assert delivery.milliseconds > 0
    assert sandbox.events[-1].endswith(f'{receiver.url}: HTTP 200')


def test_an_application_can_send_requests_from_its_handler(
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


@pytest.mark.slow
def test_notifications_of_a_transaction_keep_their_order(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    numbers = ','.join(f'+65900000{n:02}' for n in range(30))
    ask(sandbox, 'sms/bulk_send', dest=numbers, msg='x', notify_url=receiver.url)
    sandbox.drain()
    kinds: dict[str, list[str]] = {}
    for post in receiver.posts:
        kind = 'accepted' if 'status' in post.fields else 'delivered'
        kinds.setdefault(post.fields['txn_ref'], []).append(kind)
    assert list(kinds.values()) == [['accepted', 'delivered']] * 30


def test_a_notification_waits_for_the_response_to_its_request(service: LocalService) -> None:
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
    sender = FakeSender(service.emulator.outbox)
    service.emulator.outbox.start()
    service('sms/send', dest=DEST, msg='x', notify_url='http://127.0.0.1:9/')
    assert sender.next() == 'AA-S-1'
    assert service.emulator.outbox.waiting[:2] == [first, second], 'the second may not overtake'
    assert sender.arrived.empty()
    service.emulator.outbox.release(outcome.notifications)
    service.emulator.outbox.drain(30)
    assert [sender.next(), sender.next()] == ['ongoing', 'ended']


def test_over_http_the_response_is_sent_before_the_notification(
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


def test_drain_reports_undelivered_notifications() -> None:
    outbox = Outbox()
    outbox.queue('http://127.0.0.1:9/hook', {'a': '1'}, 'AA-S-1', 'token')
    with pytest.raises(TimeoutError, match=r'1 notifications .* http://127.0.0.1:9/hook'):
        outbox.drain(0)


def test_a_reset_clears_the_deliveries(sandbox: Sandbox, receiver: Receiver) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    sandbox.reset()
    assert sandbox.deliveries == []
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    assert len(sandbox.deliveries) == 1


@pytest.fixture
def hanging(receiver: Receiver) -> Iterator[threading.Event]:
    """Make the receiver hang until the end of the test. Its first request sets the event."""
    asked, leave = threading.Event(), threading.Event()

    def react(_post: Post) -> None:
        asked.set()
        leave.wait(60)

    receiver.react = react
    with released(leave):
        yield asked


def test_a_reset_does_not_wait_for_a_receiver_that_hangs(
    sandbox: Sandbox, receiver: Receiver, hanging: threading.Event
) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    assert hanging.wait(30)
    sandbox.reset()
    receiver.react = lambda _post: None
    ask(sandbox, 'sms/send', dest=DEST, msg='y', notify_url=receiver.url)
    sandbox.drain()
    assert len(sandbox.deliveries) == 1


def test_stopping_does_not_wait_for_a_receiver_that_hangs(
    sandbox: Sandbox, receiver: Receiver, hanging: threading.Event
) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    assert hanging.wait(30)
    workers = [each for each in threading.enumerate() if each.name == 'hoiio-sandbox-post']
    assert workers
    sandbox.stop()
    for worker in workers:
        worker.join(30)
        assert not worker.is_alive()


def test_a_transaction_does_not_wait_for_others(outbox: Outbox, sender: FakeSender) -> None:
    sender.blocked['http://a/'] = leave = threading.Event()
    queue(outbox, '1', '2', key='slow')
    for n in range(20):
        queue(outbox, str(n), key=f'L{n}', host='b')
    assert sorted(int(sender.next()) for _ in range(20)) == list(range(20))
    assert [notification.fields['n'] for notification in outbox.waiting][:2] == ['1', '2']
    leave.set()
    assert arrivals(outbox, sender) == ['1', '2']
    assert [delivery.id for delivery in outbox.deliveries] == list(range(1, 23))


def test_a_slow_receiver_has_a_limit_and_does_not_delay_others(
    outbox: Outbox, sender: FakeSender
) -> None:
    sender.blocked['http://a/'] = leave = threading.Event()
    for n in range(3 * MAX_WORKERS_PER_RECEIVER):
        queue(outbox, str(n), key=f'L{n}')
    sender.wait_until_under_way(MAX_WORKERS_PER_RECEIVER)
    queue(outbox, 'x', key='other', host='b')
    assert sender.next() == 'x'
    leave.set()
    assert sorted(arrivals(outbox, sender), key=int) == [
        str(n) for n in range(3 * MAX_WORKERS_PER_RECEIVER)
    ]
    assert sender.most_at_once == MAX_WORKERS_PER_RECEIVER + 1


def test_a_receiver_is_a_host_and_a_port(outbox: Outbox, sender: FakeSender) -> None:
    spellings = ('http://a/', 'http://A:80/x', 'http://u1@a/', 'http://u2:p@a:80/y?z', 'http://a#f')
    for url in spellings:
        sender.blocked[url] = sender.blocked.get('http://a/', threading.Event())
    for n in range(2 * MAX_WORKERS_PER_RECEIVER):
        queue_one(outbox, spellings[n % len(spellings)], {'n': str(n)}, f'L{n}')
    sender.wait_until_under_way(MAX_WORKERS_PER_RECEIVER)
    sender.blocked['http://a/'].set()
    assert len(arrivals(outbox, sender)) == 2 * MAX_WORKERS_PER_RECEIVER
    assert sender.most_at_once == MAX_WORKERS_PER_RECEIVER


def test_the_number_of_workers_has_a_limit(
    outbox: Outbox, sender: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hoiio.sandbox.webhooks.outbox.MAX_WORKERS', 3)
    leave = threading.Event()
    for n in range(8):
        sender.blocked[f'http://h{n}/'] = leave
        queue(outbox, str(n), key=f'L{n}', host=f'h{n}')
    sender.wait_until_under_way(3)
    leave.set()
    assert sorted(arrivals(outbox, sender)) == [str(n) for n in range(8)]
    assert sender.most_at_once == 3


def test_a_thread_that_cannot_start_does_not_block_a_receiver(
    outbox: Outbox, sender: FakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, 'start', fail)
        for n in range(2 * MAX_WORKERS_PER_RECEIVER):
            queue(outbox, str(n), key=f'L{n}')
    assert sender.arrived.empty()
    assert sorted(arrivals(outbox, sender), key=int) == [
        str(n) for n in range(2 * MAX_WORKERS_PER_RECEIVER)
    ]
    queue(outbox, 'x')
    assert arrivals(outbox, sender) == ['x']


def test_workers_end_without_work(outbox: Outbox, sender: FakeSender) -> None:
    queue(outbox, '1')
    assert arrivals(outbox, sender) == ['1']
    sender.wait_for_the_end_of_threads()


def test_a_notification_dropped_during_its_delivery_is_not_logged(
    outbox: Outbox, sender: FakeSender
) -> None:
    sender.blocked['http://a/'] = leave = threading.Event()
    queue(outbox, 'old')
    sender.wait_until_under_way()
    outbox.forget()
    queue(outbox, 'new', host='b')
    assert sender.next() == 'new'
    leave.set()
    sender.wait_for_the_end_of_threads()
    assert sender.next() == 'old', 'the delivery was under way, but it is not in the log'
    assert [parse_qsl(delivery.body) for delivery in outbox.deliveries] == [[('n', 'new')]]


def test_a_notification_can_be_delivered_again(sandbox: Sandbox, receiver: Receiver) -> None:
    ask(sandbox, 'sms/send', dest=DEST, msg='x', tag='', notify_url=f'{receiver.url}?a=1')
    sandbox.drain()
    sandbox.clock.advance(days=1)
    assert sandbox.resend(1) == 2
    sandbox.drain()
    first, second = receiver.posts
    assert (first.path, first.body) == (second.path, second.body)
    assert first.headers == second.headers
    assert [delivery.copy_of for delivery in sandbox.deliveries] == [None, 1]
    with pytest.raises(LookupError, match='delivery 3 does not exist'):
        sandbox.resend(3)


def test_the_log_keeps_the_newest_deliveries(receiver: Receiver) -> None:
    with Sandbox(clock=FakeClock(), log_limit=3) as sandbox:
        for _ in range(5):
            ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
            sandbox.drain()
        assert [delivery.id for delivery in sandbox.deliveries] == [3, 4, 5]
        assert sandbox._emulator.outbox.dropped == 2
        with pytest.raises(
            LookupError, match='delivery 2 does not exist, or the log has dropped it'
        ):
            sandbox.resend(2)
        state = sandbox.save()
        sandbox.reset()
        assert sandbox._emulator.outbox.dropped == 0
    with Sandbox.load(state, log_limit=2) as sandbox:
        assert [delivery.id for delivery in sandbox.deliveries] == [4, 5]


class SingleThreadedApplication:
    """An application with one thread that calls the API while it handles a notification."""

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
            # Keep the only thread busy until the test ends this.
            self.leave.wait(30)


def test_a_single_threaded_application_does_not_delay_others(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    with (application := SingleThreadedApplication(sandbox)).server as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        reply = ask(sandbox, 'ivr/start/dial', dest=DEST, notify_url=application.url)
        assert reply['status'] == 'success_ok', 'before the application has answered'
        assert application.entered.wait(30)
        assert application.replies == ['success_ok'], 'while the application was still busy'
        other = ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=application.url)
        assert other['status'] == 'success_ok'
        third = ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
        arrived = threading.Event()
        receiver.react = lambda _post: arrived.set()
        assert third['status'] == 'success_ok'
        assert receiver.posts or arrived.wait(30)
        assert not application.leave.is_set()
        application.leave.set()
        sandbox.drain()
        server.shutdown()
        thread.join(30)
    by_key: dict[str, list[str]] = {}
    for delivery in sandbox.deliveries:
        block = dict(parse_qsl(delivery.body)).get('ivr_block', 'sms')
        by_key.setdefault(delivery.lane, []).append(block)
    assert by_key == {'AA-C-1': ['dial', 'play'], 'AA-S-1': ['sms'], 'AA-S-2': ['sms']}


@pytest.mark.slow
def test_one_at_a_time_means_one_whatever_the_receiver(outbox: Outbox, sender: FakeSender) -> None:
    class Pause(threading.Event):
        def wait(self, _timeout: float | None = None) -> bool:
            return super().wait(0.005)

    outbox.one_at_a_time = True
    sender.blocked = {f'http://host-{n}/': Pause() for n in range(5)}
    for n in range(20):
        queue(outbox, str(n), key=f'T-{n}', host=f'host-{n % 5}')
    assert sorted(arrivals(outbox, sender), key=int) == [str(n) for n in range(20)]
    assert sender.most_at_once == 1


def test_an_end_waits_for_what_is_under_way_and_begins_nothing_new(
    outbox: Outbox, sender: FakeSender
) -> None:
    sender.blocked['http://a/'] = threading.Event()
    queue(outbox, 'under way', 'behind it')
    sender.wait_until_under_way()
    end = threading.Thread(target=outbox.settle, args=(30,))
    end.start()
    wait_for_the_end(outbox)
    queue(outbox, 'too late', key='B', host='b')
    sender.blocked['http://a/'].set()
    end.join(30)
    assert sender.next() == 'under way'
    assert outbox.waiting == []
    queue(outbox, 'afterwards', host='c')
    assert arrivals(outbox, sender) == ['afterwards']


def test_an_end_does_not_wait_for_ever(outbox: Outbox, sender: FakeSender) -> None:
    sender.blocked['http://a/'] = threading.Event()
    with released(sender.blocked['http://a/']):
        queue(outbox, 'stuck')
        sender.wait_until_under_way()
        outbox.settle(0)
        assert outbox.waiting == []
