from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from hoiio.sandbox import ACCESS_TOKEN, APP_ID, FakeClock, Sandbox
from hoiio.sandbox.state.request_log import HIDDEN, LONGEST_ANSWER, LONGEST_VALUE, MOST_FIELDS
from tests.sandbox.conftest import ask
from tests.sandbox.web.control_page import ControlPage

if TYPE_CHECKING:
    from tests.sandbox.conftest import Receiver

DEST, OTHER = '+6598765432', '+6581234567'
US = '+14155550100'


@pytest.fixture
def page(sandbox: Sandbox) -> ControlPage:
    return ControlPage(sandbox)


def send(page: ControlPage, target: str, form: str | None = None) -> None:
    """Send a GET, or a POST with a form."""
    with contextlib.closing(http.client.HTTPConnection(page.address, timeout=30)) as connection:
        connection.request('GET' if form is None else 'POST', target, form)
        connection.getresponse().read()


# Events


def test_events_by_their_fields(page: ControlPage, receiver: Receiver) -> None:
    sandbox = page.sandbox
    ask(sandbox, 'sms/send', dest=DEST, msg='Hello', notify_url=receiver.url)
    sandbox.drain()
    ask(sandbox, 'sms/send', dest='x', msg='Hello')
    session = ask(sandbox, 'ivr/start/dial', dest=OTHER, msg='Welcome')['session']

    def texts(**query: object) -> list[str]:
        return [event['text'] for event in page.get('events', **query)['events']]

    [sms] = texts(kind='sms')
    [delivered] = texts(notification=1)
    assert texts(phone=DEST) == [sms]
    assert texts(txn_ref='AA-S-1') == [sms, delivered]
    assert texts(kind='notification') == [delivered]
    assert texts(operation='sms/send') == ['sms/send refused: error_dest_invalid']
    assert texts(session=session) == texts(phone=OTHER) == texts(txn_ref='AA-C-1')
    assert texts(failed='true') == ['sms/send refused: error_dest_invalid']
    assert texts(search='WELCOME') == [f'session {session} says: Welcome']
    assert texts(limit=1) == texts()[-1:]
    [event] = page.get('events', search='Hello')['events']
    assert page.get(f'events/{event["id"]}') == event
    assert 'does not exist' in page.refusal('events/999')


@pytest.mark.parametrize(
    ('query', 'message'),
    [
        ({'limit': '0'}, 'limit: use a number from 1 to 1000'),
        ({'limit': '1001'}, 'limit: use a number from 1 to 1000'),
        ({'limit': '-1'}, "limit: must be a whole number, not '-1'"),
        ({'before': '9' * 30}, 'before: must be a whole number'),
        ({'kind': 'letter'}, 'kind: must be one of sms, call'),
        ({'failed': 'yes'}, "failed: must be true or false, not 'yes'"),
        ({'colour': 'red'}, 'unknown parameters: colour; use after, before'),
    ],
)
def test_a_query_that_is_not_valid_is_refused(
    page: ControlPage, query: dict[str, str], message: str
) -> None:
    assert page.refusal('events', **query).startswith(message)


def test_ten_thousand_events_are_read_in_pages(page: ControlPage) -> None:
    journal, now = page.sandbox._emulator.journal, page.sandbox.clock.now()
    for number in range(10_500):
        journal.add(now, f'event {number}')
    answer = page.get('events', limit=100)
    assert (len(answer['events']), answer['more'], answer['dropped']) == (100, True, 500)
    assert answer['events'][-1]['text'] == 'event 10499'
    before = page.get('events', limit=100, before=answer['events'][0]['id'])
    assert before['events'][-1]['id'] == answer['events'][0]['id'] - 1


# Requests


def test_a_request_is_logged_with_its_answer(page: ControlPage) -> None:
    sandbox = page.sandbox
    ask(sandbox, 'sms/send', dest=DEST, msg='Hello')
    [request] = page.get('requests')['requests']
    assert request['milliseconds'] > 0
    assert {name: request[name] for name in request if name != 'milliseconds'} == {
        'id': page.get('requests')['last'],
        'date': '2026-01-01T00:00:00+08:00',
        'operation': 'sms/send',
        'method': 'POST',
        'client': '',
        'form': {'app_id': APP_ID, 'access_token': HIDDEN, 'dest': DEST, 'msg': 'Hello'},
        'status': 'success_ok',
        'answer': {'status': 'success_ok', 'txn_ref': 'AA-S-1'},
        'answer_text': None,
        'failed': False,
        'cut': False,
        'txn_ref': 'AA-S-1',
        'session': None,
        'phones': [DEST],
        'events': [event['id'] for event in page.get('events')['events']] * 2,
        'fault': None,
    }
    assert page.get(f'requests/{request["id"]}') == request
    assert 'does not exist' in page.refusal('requests/0')


def test_requests_by_their_fields(page: ControlPage) -> None:
    sandbox = page.sandbox
    session = ask(sandbox, 'ivr/start/dial', dest=DEST, notify_url='http://127.0.0.1:9/')['session']
    ask(sandbox, 'ivr/middle/play', session=session, msg='Bye')
    ask(sandbox, 'voice/call', dest1=DEST, dest2=OTHER)
    # The event of a delivery must not come between those of the next request.
    sandbox.drain(check=False)
    ask(sandbox, 'sms/bulk_send', dest=f'{DEST},{OTHER}', msg='Ünïcode')
    ask(sandbox, 'sms/query_status', txn_ref='AA-S-1')
    ask(sandbox, 'sms/send', dest='nowhere', msg='x')

    def operations(**query: object) -> list[str]:
        return [request['operation'] for request in page.get('requests', **query)['requests']]

    assert operations(session=session) == ['ivr/start/dial', 'ivr/middle/play']
    assert operations(txn_ref='AA-C-1') == ['ivr/start/dial']
    assert operations(txn_ref='AA-S-1') == ['sms/query_status']
    assert operations(phone=OTHER) == ['voice/call', 'sms/bulk_send']
    assert operations(failed='true') == ['sms/send']
    assert operations(operation='sms/bulk_send') == operations(search='ünï')
    [bulk] = page.get('requests', operation='sms/bulk_send')['requests']
    first, last = bulk['events']
    assert last - first == 1
    assert operations(event=first) == operations(event=last) == ['sms/bulk_send']


def test_the_event_of_a_notification_belongs_to_no_request(
    page: ControlPage, receiver: Receiver
) -> None:
    ask(page.sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    page.sandbox.drain()
    [event] = page.get('events', kind='notification')['events']
    log = page.sandbox._emulator.requests
    [logged] = log.all()
    # As if the notification were delivered while the request was answered.
    log._requests.append(logged._replace(events=(1, event['id'])))
    assert page.get('requests', event=event['id'])['requests'] == []


def test_the_client_of_a_request_is_its_user_agent(page: ControlPage) -> None:
    with page.sandbox.client() as client:
        client.sms.send('x', DEST)
    assert page.get('requests')['requests'][0]['client'].startswith('hoiio')


@pytest.mark.parametrize('token', [ACCESS_TOKEN, 'SECRET-OF-SOMEBODY', 'S' * 5_000])
@pytest.mark.parametrize(
    'form',
    [
        lambda token: {'app_id': APP_ID, 'access_token': token},
        lambda token: {'app_id': token, 'access_token': APP_ID},
        lambda token: {'app_id': APP_ID, 'accessToken': token},
        lambda token: {'app_id': APP_ID, 'ACCESS_TOKEN': token},
        lambda token: {'app_id': APP_ID, 'token': token},
    ],
)
@pytest.mark.parametrize('method', ['GET', 'POST'])
def test_no_access_token_is_logged_also_not_a_wrong_one(
    page: ControlPage, form: Callable[[str], dict[str, str]], token: str, method: str
) -> None:
    data = urlencode({**form(token), 'dest': DEST, 'msg': 'x'})
    if method == 'GET':
        send(page, f'/open/sms/send?{data}')
    else:
        send(page, '/open/sms/send', data)
    text = json.dumps(page.get('requests'))
    assert '"dest": "+6598765432"' in text
    assert token[:100] not in text


@pytest.mark.slow
def test_what_is_logged_of_a_request_is_bounded(page: ControlPage) -> None:
    many = {f'field{number}': 'x' for number in range(200)}
    ask(page.sandbox, 'sms/send', dest=DEST, msg='y' * 1_000_000, **many)
    ask(page.sandbox, 'sms/send', dest=DEST, msg='x', **{'z' * 1_000_000: 'x'})
    for _ in range(60):
        ask(page.sandbox, 'sms/send', dest=DEST, msg='x')
    ask(page.sandbox, 'sms/get_history')
    first, second, *_others, history = page.get('requests')['requests']
    assert (first['cut'], len(first['form'])) == (True, MOST_FIELDS)
    assert len(first['form']['msg']) == LONGEST_VALUE
    assert max(map(len, second['form'])) <= 100
    assert (history['cut'], history['answer']) == (True, None)
    assert len(history['answer_text']) == LONGEST_ANSWER
    assert history['answer_text'].startswith('{"status": "success_ok"')


def test_an_uploaded_file_is_logged_by_its_size(page: ControlPage) -> None:
    with page.sandbox.client() as client:
        client.fax.send('+6561234567', b'%PDF-1.4')
    [request] = page.get('requests')['requests']
    assert '%PDF' not in json.dumps(request['form'])


def test_a_request_that_a_fault_spoils_has_failed(page: ControlPage) -> None:
    page.post('faults', kind='garbage', operation='sms/send')
    page.post('faults', kind='latency', operation='sms/send', seconds=0.001)
    with pytest.raises(ValueError, match='codec'):
        ask(page.sandbox, 'sms/send', dest=DEST, msg='x')
    ask(page.sandbox, 'sms/send', dest=DEST, msg='x')
    spoilt, late = page.get('requests')['requests']
    assert (spoilt['fault'], spoilt['failed']) == ({'id': 1, 'kind': 'garbage'}, True)
    assert (spoilt['status'], spoilt['answer']['txn_ref']) == ('success_ok', 'AA-S-1')
    assert (late['fault'], late['failed']) == ({'id': 2, 'kind': 'latency'}, False)


def test_a_request_that_cannot_be_read_is_logged(page: ControlPage) -> None:
    send(page, '/open/sms/send', 'msg=%ff')
    [logged] = page.get('requests')['requests']
    assert (logged['status'], logged['form']) == ('error_malformed_params', {})
    assert page.get('events')['events'][-1]['id'] == logged['events'][1]


def test_the_log_of_requests_is_capped_and_reset() -> None:
    with Sandbox(clock=FakeClock(), log_limit=2) as sandbox:
        page = ControlPage(sandbox)
        for _ in range(3):
            ask(sandbox, 'user/get_balance')
        answer = page.get('requests')
        assert [request['id'] for request in answer['requests']] == [2, 3]
        assert (answer['dropped'], answer['last']) == (1, 3)
        page.post('reset')
        assert page.get('requests') == {'requests': [], 'last': 3, 'more': False}


# Deliveries


@pytest.fixture
def stopped(sandbox: Sandbox) -> Iterator[ControlPage]:
    """A page whose notifications wait until the test delivers them."""
    with sandbox.delivered_by(lambda _url, _body, _headers: 200):
        yield ControlPage(sandbox)


def texts(page: ControlPage, url: str = 'http://127.0.0.1:9/') -> None:
    """Send an SMS, and wait until its notification may be delivered."""
    ask(page.sandbox, 'sms/send', dest=DEST, msg='x', notify_url=url)
    # The server releases it after it has sent the answer.
    while 'request' in reasons(page):
        pass


def reasons(page: ControlPage) -> list[str]:
    return [one['reason'] for one in page.get('deliveries')['waiting']]


def test_waiting_notifications_say_why(stopped: ControlPage) -> None:
    stopped.post('post/duplicate_next')
    texts(stopped)
    assert reasons(stopped) == ['queued', 'earlier']
    stopped.sandbox.drain()
    stopped.post('post/delay_next', seconds=60)
    texts(stopped)
    [delayed] = stopped.get('deliveries')['waiting']
    assert (delayed['reason'], delayed['date']) == ('delayed', '2026-01-01T00:00:00+08:00')
    assert delayed['until'] == '2026-01-01T00:01:00+08:00'
    stopped.post('clock/advance', minutes=1)
    assert reasons(stopped) == ['queued']
    stopped.sandbox.drain()
    stopped.post('post/reorder_next', count=2)
    texts(stopped)
    assert reasons(stopped) == ['reordered']
    texts(stopped)
    assert reasons(stopped) == ['reordered', 'queued']
    stopped.sandbox.clock.reset()


def test_a_notification_waits_for_the_answer_to_its_request(sandbox: Sandbox) -> None:
    emulator = sandbox._emulator
    form = {'app_id': APP_ID, 'access_token': ACCESS_TOKEN, 'dest': DEST, 'msg': 'x'}
    outcome = emulator.perform('sms/send', {**form, 'notify_url': 'http://127.0.0.1:9/'})
    assert reasons(ControlPage(sandbox)) == ['request']
    emulator.outbox.release(outcome.notifications)
    sandbox.drain(check=False)


def test_a_notification_that_is_being_sent(page: ControlPage, receiver: Receiver) -> None:
    seen: list[list[str]] = []
    receiver.react = lambda _post: seen.append(reasons(page))
    ask(page.sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    page.sandbox.drain()
    assert seen == [['sending']]


def test_notifications_without_a_callback_url_are_listed(page: ControlPage) -> None:
    ask(page.sandbox, 'sms/send', dest=DEST, msg='Hello', tag='t')
    answer = page.get('deliveries')
    [skipped] = answer['skipped']
    assert (skipped['id'], skipped['lane']) == (1, 'AA-S-1')
    assert 'sms_status=delivered' in skipped['body']
    assert (answer['deliveries'], answer['waiting']) == ([], [])
    assert page.get('deliveries', search='tag=t')['skipped'] == [skipped]
    assert page.get('deliveries', txn_ref='AA-S-2')['skipped'] == []
    page.post('reset')
    assert page.get('deliveries')['skipped'] == []


def test_deliveries_by_their_fields(page: ControlPage, receiver: Receiver) -> None:
    for url in (receiver.url, 'http://127.0.0.1:9/', receiver.url):
        ask(page.sandbox, 'sms/send', dest=DEST, msg='x', notify_url=url)
        page.sandbox.drain(check=False)

    def ids(**query: object) -> list[int]:
        return [one['id'] for one in page.get('deliveries', **query)['deliveries']]

    assert ids(failed='true') == ids(txn_ref='AA-S-2') == ids(search=':9/') == [2]
    assert ids(failed='false', limit=1) == [3]
    assert page.get('deliveries', limit=1)['more'] is True
    assert page.get('deliveries/2')['date'] == '2026-01-01T00:00:00+08:00'


def test_what_is_left_of_the_disturbances(stopped: ControlPage) -> None:
    def left() -> Any:
        return stopped.get('post')

    nothing = {'duplicates': 0, 'delays': [], 'reorder': 0, 'held': 0}
    assert left() == nothing
    stopped.post('post/duplicate_next', times=2)
    stopped.post('post/delay_next', seconds=5, times=2)
    stopped.post('post/reorder_next', count=3)
    assert left() == {'duplicates': 2, 'delays': [5, 5], 'reorder': 3, 'held': 0}
    ask(stopped.sandbox, 'sms/send', dest=DEST, msg='x', notify_url='http://127.0.0.1:9/')
    assert left() == {'duplicates': 1, 'delays': [5], 'reorder': 3, 'held': 2}
    stopped.post('post/clear')
    assert left() == nothing
