from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import flask
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from hoiio import HoiioClient, NotificationInvalid
from hoiio.notification import Gathered, IncomingCall
from hoiio.sandbox import Sandbox
from hoiio.sandbox.webhooks.in_process import Post, attempt
from hoiio.sandbox.webhooks.outbox import Outbox
from tests.sandbox.conftest import Receiver, ask

DEST = '+6598765432'
HOOK = 'http://testserver/notify'


def send(sandbox: Sandbox, url: str = HOOK, **values: str) -> str:
    return str(ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=url, **values)['txn_ref'])


class Taken:
    """A function to deliver by, which keeps what it got."""

    def __init__(self, answer: object = 200) -> None:
        self.answer = answer
        self.urls: list[str] = []
        self.threads: set[threading.Thread] = set()

    def __call__(self, url: str, _body: str, _headers: Mapping[str, str]) -> object:
        self.urls.append(url)
        self.threads.add(threading.current_thread())
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_drain_delivers_in_the_thread_of_the_test_and_in_order(sandbox: Sandbox) -> None:
    taken = Taken()
    with sandbox.delivered_by(taken):
        urls = [f'{HOOK}/{number}' for number in range(20)]
        for url in urls:
            send(sandbox, url)
        assert taken.urls == []
        sandbox.drain()
    assert taken.urls == urls
    assert taken.threads == {threading.current_thread()}
    assert [delivery.status for delivery in sandbox.deliveries] == [200] * 20
    assert sandbox.events[-1].endswith(f'{urls[-1]}: HTTP 200')


def test_a_notification_waits_for_an_older_one_whose_request_is_not_answered(
    outbox: Outbox,
) -> None:
    taken = Taken()
    with outbox.delivered_by(taken):
        outbox.queue(f'{HOOK}/1', {}, 'TX-1', 'TOKEN')
        older = outbox.claim()
        outbox.queue(f'{HOOK}/2', {}, 'TX-2', 'TOKEN')
        outbox.release(outbox.claim())
        with pytest.raises(TimeoutError):
            outbox.drain(timeout=0.01)
        assert taken.urls == []
        outbox.release(older)
        outbox.drain(timeout=30)
    assert taken.urls == [f'{HOOK}/1', f'{HOOK}/2']


def test_a_duplicate_is_delivered_right_behind_the_original(sandbox: Sandbox) -> None:
    taken = Taken()
    sandbox.notifications.duplicate_next()
    with sandbox.delivered_by(taken):
        send(sandbox)
        sandbox.drain()
    assert [delivery.copy_of for delivery in sandbox.deliveries] == [None, 1]
    assert taken.urls == [HOOK, HOOK]


def test_the_other_disturbances_hold_as_well(sandbox: Sandbox) -> None:
    taken = Taken()
    with sandbox.delivered_by(taken):
        sandbox.notifications.reorder_next()
        send(sandbox, f'{HOOK}/1')
        send(sandbox, f'{HOOK}/2')
        sandbox.notifications.delay_next(60)
        send(sandbox, f'{HOOK}/3')
        sandbox.drain()
        assert taken.urls == [f'{HOOK}/2', f'{HOOK}/1']
        sandbox.clock.advance(minutes=1)
        sandbox.drain()
    assert taken.urls[2:] == [f'{HOOK}/3']


def menu(client: HoiioClient) -> flask.Flask:
    app = flask.Flask(__name__)
    app.testing = True

    @app.post('/notify')
    def notify() -> str:
        notification = client.notification.from_request(flask.request)
        if isinstance(notification, IncomingCall):
            notification.call.gather(msg='Press 1', max_digits=1, notify_url=HOOK)
        elif isinstance(notification, Gathered):
            notification.call.hangup(msg=f'You pressed {notification.digits}')
        return ''

    return app


def through_flask(app: flask.Flask) -> Post:
    browser = app.test_client()
    return lambda url, body, headers: browser.post(url, data=body, headers=dict(headers))


def test_a_whole_menu_runs_in_the_test(sandbox: Sandbox) -> None:
    client = sandbox.client()
    number = client.number.subscribed_numbers().entries[0].number
    client.number.configure(number, forward_to=HOOK)
    with sandbox.delivered_by(through_flask(menu(client))):
        call = sandbox.phone(DEST).call(number)
        sandbox.drain()
        call.expect_said('Press 1')
        call.press('1')
        sandbox.drain()
        call.expect_said('You pressed 1')
        call.expect_over('answered')


def test_an_expectation_in_vain_says_that_nobody_has_drained(sandbox: Sandbox) -> None:
    with sandbox.delivered_by(Taken()):
        sandbox.client().ivr.dial(DEST, notify_url=HOOK)
        call = sandbox.phone(DEST).expect_call()
        with pytest.raises(AssertionError, match=r'1 notifications wait for drain\(\)'):
            call.expect_said('Press 1', timeout=0)
        sandbox.drain()
        with pytest.raises(AssertionError) as caught:
            call.expect_said('Press 1', timeout=0)
    assert 'drain' not in str(caught.value)


def test_what_a_scripted_phone_answers_to_a_view_is_delivered_by_the_same_drain(
    sandbox: Sandbox,
) -> None:
    client = sandbox.client()
    sandbox.phone(DEST).answers(pressing=['1'])
    seen: list[str] = []

    def post(_url: str, body: str, headers: Mapping[str, str]) -> int:
        notification = client.notification.parse(body, headers['X-Hoiio-Signature'])
        seen.append(type(notification).__name__)
        if len(seen) == 1:
            client.ivr.gather(dialled.session, max_digits=1, notify_url=HOOK)
        return 204

    with sandbox.delivered_by(post):
        dialled = client.ivr.dial(DEST, notify_url=HOOK)
        sandbox.drain()
    assert seen[:2] == ['Dialled', 'Gathered']


def test_fastapi_and_its_test_client(sandbox: Sandbox) -> None:
    client, app = sandbox.client(), FastAPI()
    tags: list[str | None] = []

    @app.post('/notify')
    async def notify(request: Request) -> None:
        signature = request.headers['X-Hoiio-Signature']
        tags.append(client.notification.parse(await request.body(), signature).tag)

    browser = TestClient(app)
    with sandbox.delivered_by(
        lambda url, body, headers: browser.post(url, content=body, headers=headers)
    ):
        send(sandbox, tag='order-17')
        sandbox.drain()
    assert tags == ['order-17']


# What is not answered with 2xx


def test_an_exception_of_the_application_is_the_cause(sandbox: Sandbox) -> None:
    oops = KeyError('oops')
    with sandbox.delivered_by(Taken(oops)):
        send(sandbox)
        with pytest.raises(AssertionError, match=r'1 AA-S-1 .*: KeyError.*oops') as caught:
            sandbox.drain()
    assert caught.value.__cause__ is oops
    assert f'sms AA-S-1 +6591234567 -> {DEST}: x' in str(caught.value)
    assert sandbox.deliveries[0].error == "KeyError: 'oops'"


def test_what_comes_behind_an_exception_is_delivered_too(sandbox: Sandbox) -> None:
    with sandbox.delivered_by(Taken(ValueError())):
        send(sandbox)
        send(sandbox)
        with pytest.raises(AssertionError, match='not answered with 2xx: 2'):
            sandbox.drain()


def test_a_view_that_answers_otherwise_is_seen_with_its_answer(sandbox: Sandbox) -> None:
    app = flask.Flask(__name__)

    @app.post('/notify')
    def notify() -> tuple[str, int]:
        return 'no such order', 404

    with sandbox.delivered_by(through_flask(app)):
        send(sandbox)
        with pytest.raises(AssertionError, match='HTTP 404 no such order'):
            sandbox.drain()


def test_a_receiver_that_is_not_there_is_seen(sandbox: Sandbox) -> None:
    send(sandbox, 'http://127.0.0.1:9/notify')
    with pytest.raises(AssertionError, match=r'127\.0\.0\.1:9/notify: .*refused'):
        sandbox.drain()
    sandbox.drain()


@pytest.mark.parametrize('status', [199, 204, 302, 403, 500])
def test_only_2xx_is_an_answer(sandbox: Sandbox, status: int) -> None:
    with sandbox.delivered_by(Taken(status)):
        send(sandbox)
        if status == 204:
            sandbox.drain()
        else:
            with pytest.raises(AssertionError, match=f'HTTP {status}'):
                sandbox.drain()


def test_who_expects_a_failure_says_so(sandbox: Sandbox) -> None:
    with sandbox.delivered_by(Taken(500)):
        send(sandbox)
        sandbox.drain(check=False)
        sandbox.drain()
        send(sandbox, tag='order-17')
        assert sandbox.expect_delivered({'tag': 'order-17'}, status=500).id == 2
        sandbox.drain()


def test_expect_delivered_takes_one_after_another(sandbox: Sandbox, receiver: Receiver) -> None:
    first, second = send(sandbox, receiver.url), send(sandbox, receiver.url)
    assert sandbox.expect_delivered({'txn_ref': second}).lane == second
    assert sandbox.expect_delivered().lane == first
    with pytest.raises(AssertionError, match=r'any fields .* 2xx within 0 s\n  notification 1 '):
        sandbox.expect_delivered(timeout=0)


def test_expect_delivered_tells_which_others_there_were(sandbox: Sandbox) -> None:
    with sandbox.delivered_by(Taken(500)):
        send(sandbox)
        sandbox.drain(check=False)
        with pytest.raises(AssertionError, match=r'tag=x .* 2xx within 0 s\n.*HTTP 500'):
            sandbox.expect_delivered({'tag': 'x'}, timeout=0)


# The block and what it leaves


def test_what_nobody_drained_is_dropped_and_the_network_is_used_again(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    taken = Taken()
    with sandbox.delivered_by(taken):
        send(sandbox, receiver.url)
    assert sandbox.events[-1].endswith('1 notifications dropped: drain() was not called')
    send(sandbox, receiver.url)
    sandbox.drain()
    assert taken.urls == []
    assert [post.fields['txn_ref'] for post in receiver.posts] == ['AA-S-2']


def test_an_exception_of_the_block_comes_out(sandbox: Sandbox) -> None:
    with pytest.raises(ZeroDivisionError), sandbox.delivered_by(Taken()):
        raise ZeroDivisionError


@pytest.mark.parametrize('answer', [None, 'ok', SimpleNamespace(status=200)])
def test_a_function_that_returns_no_response_is_told_what_to_return(
    sandbox: Sandbox, answer: object
) -> None:
    with sandbox.delivered_by(Taken(answer)):
        send(sandbox)
        with pytest.raises(AssertionError, match='must return the response of your application'):
            sandbox.drain()


@pytest.mark.parametrize(
    ('response', 'text'),
    [
        (201, ''),
        (SimpleNamespace(status_code=201, text='made'), 'made'),
        (SimpleNamespace(status_code=201, content=b'made'), 'made'),
    ],
)
def test_the_log_has_the_answer(response: object, text: str) -> None:
    found = attempt(lambda url, body, headers: response, '', '', {})
    assert (found.status, found.answer, found.error) == (201, text, None)


def test_the_signature_is_that_of_the_service(sandbox: Sandbox) -> None:
    client = sandbox.client()
    other = HoiioClient('MY_APP_ID', 'ANOTHER_TOKEN', base_url=sandbox.url)
    refused: list[bool] = []

    def post(_url: str, body: str, headers: Mapping[str, str]) -> int:
        signature = headers['X-Hoiio-Signature']
        client.notification.parse(body, signature)
        with pytest.raises(NotificationInvalid):
            other.notification.parse(body, signature)
        refused.append(True)
        return 200

    with sandbox.delivered_by(post):
        send(sandbox)
        sandbox.drain()
    assert refused == [True]


# In an event loop


@pytest.mark.parametrize(
    'wait',
    [
        lambda sandbox: sandbox.drain(timeout=0),
        lambda sandbox: sandbox.expect_delivered(timeout=0),
        lambda sandbox: sandbox.phone('+6599999999').expect_sms(timeout=0),
    ],
)
def test_a_wait_that_blocks_its_event_loop_is_told_so(
    sandbox: Sandbox, receiver: Receiver, wait: Callable[[Sandbox], Any]
) -> None:
    answered = threading.Event()
    receiver.react = lambda _post: (answered.wait(30), None)[1]
    send(sandbox, receiver.url)

    async def test() -> None:
        wait(sandbox)

    with pytest.raises((AssertionError, TimeoutError), match=r'await asyncio\.to_thread'):
        asyncio.run(test())
    with pytest.raises((AssertionError, TimeoutError)) as caught:
        wait(sandbox)
    assert 'asyncio' not in str(caught.value)
    answered.set()


def test_in_another_thread_the_loop_can_answer(sandbox: Sandbox) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b'\r\n\r\n')
        writer.write(b'HTTP/1.1 204 No Content\r\n\r\n')
        writer.close()

    async def test() -> None:
        server = await asyncio.start_server(answer, '127.0.0.1', 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            await asyncio.to_thread(send, sandbox, f'http://127.0.0.1:{port}/')
            await asyncio.to_thread(sandbox.drain)

    asyncio.run(test())
    assert sandbox.deliveries[0].status == 204
