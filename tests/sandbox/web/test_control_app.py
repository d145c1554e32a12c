from __future__ import annotations

import base64
import contextlib
import gc
import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from hoiio import Response
from hoiio.sandbox import ACCESS_TOKEN, APP_ID, FakeClock, Sandbox
from hoiio.sandbox.web.control_routes import ACTIONS, ROUTES
from tests import wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.conftest import Receiver

DEST = '+6598765432'
US = '+14155550100'
JSON = 'application/json'
STREAMS = 20


@pytest.fixture(scope='module')
def running() -> Iterator[Sandbox]:
    with Sandbox(clock=FakeClock()) as sandbox:
        yield sandbox
    # Report resources that this module leaves open here, instead of in a later test.
    gc.collect()


@pytest.fixture
def sandbox(running: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox with a fresh state, whose clients are closed after the test."""
    running.reset()
    make = running.client
    with contextlib.ExitStack() as stack:
        monkeypatch.setattr(running, 'client', lambda: stack.enter_context(make()))
        yield running


def connect(sandbox: Sandbox) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=30)


class Page:
    """A page or a script that controls the sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.address = urlsplit(sandbox.url).netloc

    def send(
        self, verb: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Any]:
        named = {name.replace('_', '-'): value for name, value in headers.items()}
        with contextlib.closing(http.client.HTTPConnection(self.address, timeout=30)) as connection:
            connection.request(verb, f'/_sandbox/{path}', body, named)
            answer = connection.getresponse()
            content = answer.read()
            assert answer.headers['Content-Type'] == JSON
            return answer.status, json.loads(content) if content else None

    def get(self, path: str) -> Any:
        code, reply = self.send('GET', path)
        assert code == 200, reply
        return reply

    def write(self, verb: str, path: str, data: object) -> tuple[int, Any]:
        return self.send(verb, path, json.dumps(data).encode(), Content_Type=JSON)

    def post(self, path: str, **fields: object) -> Any:
        code, reply = self.write('POST', path, fields)
        assert code == 200, reply
        return reply

    def refusal(self, path: str, **fields: object) -> tuple[int, str]:
        code, reply = self.write('POST', path, fields)
        return code, reply['message']


@pytest.fixture
def page(sandbox: Sandbox) -> Page:
    return Page(sandbox)


def test_health(page: Page) -> None:
    reply = page.get('health')
    assert reply['ok'] is True
    assert f'{reply["url"]}/open/' == page.sandbox.url
    assert page.send('HEAD', 'health') == (200, None)


def test_the_state(page: Page) -> None:
    client = page.sandbox.client()
    for text in ('one', 'two'):
        client.sms.send(text, DEST, tag='t')
    client.voice.call(DEST, '+6598765433')
    session = client.ivr.dial(DEST, notify_url='http://127.0.0.1:9/').session
    state = page.get('state')
    assert (state['app_id'], state['access_token']) == (APP_ID, ACCESS_TOKEN)
    assert state['balance'] == f'{client.account.balance().balance:.3f}'
    assert [(sms['msg'], sms['tag']) for sms in state['messages']] == [('two', 't'), ('one', 't')]
    assert {number['number'] for number in state['numbers']} >= {US}
    assert [call['txn_ref'] for call in state['calls']] == ['AA-C-2', 'AA-C-1']
    assert state['sessions'] == [
        {'session': session, 'txn_ref': 'AA-C-2', 'phone': DEST, 'state': 'ready', 'block': 'dial'}
    ]
    assert state['faxes'] == []


def test_the_state_shows_the_newest_hundred(page: Page) -> None:
    numbers = ','.join(f'+65900{n:05}' for n in range(101))
    page.sandbox.client().sms.bulk_send('x', numbers)
    refs = [sms['txn_ref'] for sms in page.get('state')['messages']]
    assert (refs[0], refs[-1], len(refs)) == ('AA-S-101', 'AA-S-2', 100)


def test_a_reset(page: Page) -> None:
    page.sandbox.client().sms.send('x', DEST)
    assert page.post('reset') == {}
    assert page.sandbox.phone(DEST).inbox == []


def test_a_reset_undoes_advances_of_the_default_clock() -> None:
    with Sandbox() as sandbox:
        page = Page(sandbox)
        assert page.get('clock')['runs'] is True
        before = sandbox.clock.now()
        page.post('clock/advance', days=3)
        page.post('reset')
        assert (sandbox.clock.now() - before).days == 0


def test_the_clock(page: Page) -> None:
    now = {'now': '2026-01-01T00:00:00+08:00', 'runs': False, 'offset': 0}
    assert page.get('clock') == now
    reply = page.post('clock/advance', minutes=1.5, hours=1)
    assert reply['now'] == page.get('clock')['now'] == '2026-01-01T01:01:30+08:00'
    assert reply['offset'] == 3690
    page.sandbox.clock.reset()
    assert page.refusal('clock/advance', minutes=-1)[0] == 400
    assert page.refusal('clock/advance', days=10**6)[0] == 400
    assert page.get('clock')['now'] == '2026-01-01T00:00:00+08:00'


# Phones


def test_a_phone_sends_and_receives_sms(page: Page) -> None:
    page.sandbox.client().sms.send('hello', DEST)
    [phone] = page.get('phones')['phones']
    assert phone['number'] == DEST
    assert [message['text'] for message in phone['inbox']] == ['hello']
    page.post(f'phones/{DEST}/send_sms', number=US, text='hi')
    assert page.sandbox.client().sms.history().total_entries_count == 2


def test_reading_a_phone_changes_nothing(page: Page) -> None:
    phone = page.get('phones/+6590000000')
    assert (phone['number'], phone['inbox'], phone['heard']) == ('+6590000000', [], [])
    assert (phone['calls'], phone['last'], phone['received']) == ([], None, 0)
    for part in ('messages', 'calls'):
        assert page.get(f'phones/+6590000000/{part}') == {part: [], 'total': 0}
    assert page.get('phones/%2B6590000000')['number'] == '+6590000000'
    assert page.get('phones') == {'phones': [], 'total': 0, 'unread': 0}
    assert page.get('events')['events'] == []


def test_a_phone_in_an_ivr_call(page: Page, receiver: Receiver) -> None:
    client = page.sandbox.client()
    client.number.configure(US, forward_to=receiver.url)
    phone = page.post(f'phones/{DEST}/call', number=US)
    [call] = phone['calls']
    assert (call['other'], call['state'], call['incoming']) == (US, 'ringing', False)
    session = page.get('state')['sessions'][0]['session']
    client.ivr.gather(session, notify_url=receiver.url, msg='1 or 2?')
    assert page.get(f'phones/{DEST}')['calls'][0]['said'] == ['1 or 2?']
    page.post(f'phones/{DEST}/press', keys='2#')
    page.sandbox.drain()
    assert receiver.posts[-1].fields['digits'] == '2'
    page.post(f'phones/{DEST}/hang_up')
    assert page.get(f'phones/{DEST}')['calls'] == []
    assert page.refusal(f'phones/{DEST}/hang_up') == (404, f'{DEST} is not in a call')


def test_a_phone_answers_or_does_not(page: Page) -> None:
    page.post(f'phones/{DEST}/rings')
    client = page.sandbox.client()

    def outcome(act: str) -> str:
        ref = client.ivr.dial(DEST).txn_ref
        page.post(f'phones/{DEST}/{act}')
        return str(client.voice.status(ref).call_status_dest1)

    assert outcome('reject') == 'busy'
    assert outcome('answer') == 'answered'
    assert page.refusal(f'phones/{DEST}/answer') == (404, f'no call or fax is ringing at {DEST}')
    page.post(f'phones/{DEST}/react', reaction='failed', after=0)
    assert client.voice.status(client.ivr.dial(DEST).txn_ref).call_status_dest1 == 'failed'


def test_a_phone_replies(page: Page) -> None:
    page.post(f'phones/{DEST}/replies', text='pong')
    page.sandbox.client().sms.send('ping', DEST, sender_name=US)
    page.post(f'phones/{DEST}/replies', text=None)
    texts = [event['text'] for event in page.get('events')['events']]
    assert any('pong' in text for text in texts)


def test_faxes(page: Page) -> None:
    client = page.sandbox.client()
    client.number.configure('+6531580000', mode='fax', forward_to='http://127.0.0.1:9/')
    pdf = base64.b64encode(b'%PDF-1.4').decode()
    page.post('phones/+6561234567/send_fax', number='+6531580000', content=pdf)
    assert client.fax.history().total_entries_count == 1
    code, _message = page.refusal(f'phones/{DEST}/send_fax', number='+6531580000', content='%')
    assert code == 400
    page.post('phones/+6561234567/rings')
    ref = client.fax.send('+6561234567', b'%PDF-1.4').txn_ref
    page.post('phones/+6561234567/accept')
    assert client.fax.status(ref).fax_status == 'answered'


def did(page: Page, action: str, **fields: object) -> tuple[bool, list[str], str]:
    reply = page.post(f'phones/{DEST}/{action}', **fields)
    return reply['taken'], reply['txn_refs'], ' '.join(each['text'] for each in reply['events'])


def test_an_action_says_what_it_did(page: Page) -> None:
    client = page.sandbox.client()
    lost = f'call {DEST} -> {US} lost: the number does not accept it'
    assert did(page, 'call', number=US) == (False, [], lost)
    client.number.configure(US, forward_to='http://127.0.0.1:9/')
    assert did(page, 'call', number=US) == (True, ['AA-C-1'], f'call AA-C-1 {DEST}')
    assert did(page, 'press', keys='1') == (False, ['AA-C-1'], 'session S1 key 1 ignored')
    client.ivr.gather('S1', notify_url='http://127.0.0.1:9/')
    assert did(page, 'press', keys='1') == (True, ['AA-C-1'], 'session S1 key 1')
    assert did(page, 'hang_up')[:2] == (True, ['AA-C-1'])
    assert did(page, 'send_sms', number=US, text='a' * 200)[:2] == (True, ['AA-SI-1', 'AA-SI-2'])
    assert did(page, 'send_sms', number='+6581234567', text='Hi')[:2] == (False, [])
    pdf = base64.b64encode(b'%PDF-1.4').decode()
    assert did(page, 'send_fax', number=US, content=pdf)[0] is False
    assert did(page, 'rings') == (True, [], '')


def test_a_script_of_a_phone(page: Page) -> None:
    client = page.sandbox.client()
    page.post(f'phones/{DEST}/script', script={'texted': 'failed'})
    assert client.sms.status(client.sms.send('x', DEST).txn_ref).sms_status == 'failed'
    page.post(f'phones/{DEST}/script_next', script={'outcome': 'busy'})
    outcomes = [client.voice.call(DEST, '+6581234567').txn_ref for _ in range(2)]
    statuses = [client.voice.status(ref).call_status_dest1 for ref in outcomes]
    assert statuses == ['busy', 'ongoing']
    assert page.refusal(f'phones/{DEST}/script', script={'colour': 'red'})[0] == 400


def test_what_a_test_expects(page: Page) -> None:
    client = page.sandbox.client()
    client.sms.send('Your code is 4711', DEST)
    client.voice.call(DEST, '+6581234567')
    client.fax.send(DEST, b'%PDF-1.4')
    assert page.refusal('assert_quiet') == (409, page.refusal('assert_quiet')[1])
    assert 'Your code is 4711' in page.refusal('assert_quiet')[1]
    page.post(f'phones/{DEST}/expect_sms', text='code', timeout=0)
    page.post(f'phones/{DEST}/expect_call', caller='+6581234567')
    page.post(f'phones/{DEST}/expect_fax')
    page.post('phones/+6581234567/expect_call')
    assert page.post('assert_quiet') == {}
    code, message = page.refusal(f'phones/{DEST}/expect_sms', timeout=0)
    assert (code, 'received no SMS' in message) == (409, True)
    for timeout in (-1, 61):
        assert page.refusal(f'phones/{DEST}/expect_fax', timeout=timeout)[0] == 400
        assert page.refusal('drain', timeout=timeout)[0] == 400


def test_an_expectation_lets_others_work_while_it_waits(page: Page) -> None:
    client = page.sandbox.client()
    texting = threading.Timer(0.1, lambda: client.sms.send('Hello', DEST))
    texting.start()
    events = page.post(f'phones/{DEST}/expect_sms', timeout=30)['events']
    texting.join()
    assert 'Hello' in events[0]['text']


def test_unknown_parameters_are_reported(page: Page) -> None:
    client = page.sandbox.client()
    assert page.post('assert_known_parameters') == {}
    client.request('sms/send', Response, {'dest': DEST, 'msg': 'x', 'colour': 'red'})
    code, message = page.refusal('assert_known_parameters')
    assert (code, 'sms/send ignored: colour' in message) == (409, True)


def test_drain_waits_and_lists_failed_deliveries(page: Page, receiver: Receiver) -> None:
    client = page.sandbox.client()
    client.sms.send('x', DEST, notify_url=receiver.url)
    assert page.post('drain', timeout=60) == {'failed': []}
    client.sms.send('x', DEST, notify_url='http://127.0.0.1:9/')
    [failed] = page.post('drain', timeout=60)['failed']
    assert (failed['lane'], failed['status']) == ('AA-S-2', None)
    page.sandbox.notifications.delay_next(60)
    client.sms.send('x', DEST, notify_url=receiver.url)
    assert page.post('drain', timeout=60) == {'failed': []}


def test_drain_gives_up_after_its_timeout(page: Page) -> None:
    with wire.serving() as silent:
        silent.behaviours = (silent.silent,)
        page.sandbox.client().sms.send('x', DEST, notify_url=silent.url)
        code, message = page.refusal('drain', timeout=0.05)
    assert (code, 'not delivered' in message) == (409, True)


@pytest.mark.parametrize(
    ('path', 'fields'),
    [
        ('phones/x/call', {'number': US}),
        (f'phones/{DEST}/call', {'number': 'x'}),
        (f'phones/{DEST}/send_sms', {'number': US}),
        (f'phones/{DEST}/send_sms', {'number': US, 'text': 1}),
        (f'phones/{DEST}/send_sms', {'number': US, 'text': '\ud800'}),
        (f'phones/{DEST}/send_sms', {'number': US, 'text': 'x', 'colour': 'red'}),
        (f'phones/{DEST}/press', {'keys': 'A'}),
        (f'phones/{DEST}/react', {'reaction': 'amused'}),
        (f'phones/{DEST}/answers', {'after': True}),
        (f'phones/{DEST}/answers', {'after': 1e300}),
        (f'phones/{DEST}/answers', {'pressing': '12'}),
    ],
)
def test_an_invalid_action_of_a_phone_is_refused(
    page: Page, path: str, fields: dict[str, object]
) -> None:
    assert page.refusal(path, **fields)[0] == 400
    assert page.get('state')['messages'] == []


def test_every_action_is_in_the_table_of_routes() -> None:
    paths = {route.path for route in ROUTES}
    assert {f'phones/{{number}}/{action}' for action in ACTIONS} <= paths


# Prices


def test_rates(page: Page) -> None:
    change = {'service': 'sms', 'prefix': '+65', 'rate': '0.050'}
    assert page.get('rates')['sms']['+65'] == '0.032'
    assert page.post('rates', **change)['sms']['+65'] == '0.050'
    later = page.post('rates', **change | {'rate': '0.070'}, after=60)
    assert later == page.get('rates')
    assert later['sms']['+65'] == '0.050'
    at = '2026-01-01T00:01:00+08:00'
    assert later['coming'] == [change | {'rate': '0.070', 'at': at}]
    page.post('clock/advance', minutes=1)
    assert page.sandbox.client().sms.rate(None, DEST).rate == 0.07
    for wrong in ({'service': 'mms'}, {'rate': '-1'}, {'prefix': '65'}, {'rate': 0.05}):
        assert page.refusal('rates', **change | wrong)[0] == 400


# Notifications and faults


def test_deliveries(page: Page, receiver: Receiver) -> None:
    client = page.sandbox.client()
    for _ in range(2):
        client.sms.send('x', DEST, notify_url=receiver.url)
    page.sandbox.drain()
    first, second = page.get('deliveries')['deliveries']
    assert (first['id'], first['status'], first['lane']) == (1, 200, 'AA-S-1')
    later = page.get('deliveries?after=1')
    assert (later['deliveries'], later['waiting'], later['last']) == ([second], [], 2)
    assert page.get('deliveries/2') == second
    assert page.send('GET', 'deliveries/3')[0] == 404
    assert page.post('deliveries/1/resend') == {'id': 3}
    page.sandbox.drain()
    assert page.get('deliveries/3')['copy_of'] == 1
    assert [post.body for post in receiver.posts].count(first['body'].encode()) == 2
    assert page.refusal('deliveries/9/resend') == (404, 'delivery 9 does not exist')


def test_disturbances(page: Page, receiver: Receiver) -> None:
    client = page.sandbox.client()
    page.post('post/duplicate_next', times=1)
    page.post('post/delay_next', seconds=5)
    client.sms.send('x', DEST, notify_url=receiver.url)
    page.sandbox.drain()
    waiting = page.get('deliveries')['waiting']
    assert [(notification['id'], notification['lane']) for notification in waiting] == [
        (1, 'AA-S-1'),
        (2, 'AA-S-1'),
    ]
    page.post('clock/advance', seconds=5)
    page.sandbox.drain()
    assert len(receiver.posts) == 2
    page.post('post/reorder_next', count=9)
    client.sms.send('x', DEST, notify_url=receiver.url)
    page.post('post/clear')
    page.sandbox.drain()
    assert len(receiver.posts) == 3
    assert page.refusal('post/delay_next')[0] == 400
    page.sandbox.clock.reset()


def test_faults(page: Page) -> None:
    added = page.post(
        'faults', kind='status', operation='sms/send', status='error_msg_empty',
        match={'dest': DEST}, times=None,
    )  # fmt: skip
    assert (added['id'], added['left'], added['status']) == (1, None, 'error_msg_empty')
    assert page.get('faults') == {'faults': [added]}
    assert page.sandbox.client().sms.send('x', DEST).status == 'error_msg_empty'
    assert page.write('DELETE', 'faults/1', {}) == (200, {})
    assert page.write('DELETE', 'faults/1', {})[0] == 404
    page.post('faults', kind='rate_limited')
    assert page.write('DELETE', 'faults', {}) == (200, {})
    assert page.get('faults') == {'faults': []}


@pytest.mark.parametrize(
    'fields',
    [
        {},
        {'kind': 'explosion'},
        {'kind': 1},
        {'kind': 'status', 'times': 'x'},
        {'kind': 'status', 'times': True},
        {'kind': 'status', 'match': {'dest': 1}},
        {'kind': 'status', 'match': []},
        {'kind': 'status', 'operation': 'x'},
        {'kind': 'status', 'colour': 'red'},
        {'kind': 'latency', 'seconds': 1e6},
    ],
)
def test_invalid_faults_are_refused(page: Page, fields: dict[str, object]) -> None:
    assert page.refusal('faults', **fields)[0] == 400
    assert page.get('faults') == {'faults': []}


# Events


def test_events_as_a_list(page: Page) -> None:
    for text in ('one', 'two'):
        page.sandbox.client().sms.send(text, DEST)
    reply = page.get('events')
    first, second = reply['events']
    assert first['text'].endswith('one')
    assert second['id'] == first['id'] + 1 == reply['last']
    assert first['date'] == '2026-01-01T00:00:00+08:00'
    assert page.get(f'events?after={first["id"]}')['events'] == [second]
    assert page.get(f'events?after={second["id"]}')['events'] == []
    assert len(page.get('events?after=999999999')['events']) == 2
    code, refusal = page.send('GET', 'events?after=x')
    assert (code, refusal['message']) == (400, "after: must be a whole number, not 'x'")


def test_lists_count_their_dropped_entries(receiver: Receiver) -> None:
    with Sandbox(clock=FakeClock(), log_limit=2) as sandbox, sandbox.client() as client:
        page = Page(sandbox)
        client.sms.send('x', DEST, notify_url=receiver.url)
        sandbox.drain()
        assert 'dropped' not in page.get('events').keys() | page.get('deliveries').keys()
        for _ in range(2):
            client.sms.send('x', DEST, notify_url=receiver.url)
            sandbox.drain()
        assert page.get('deliveries')['dropped'] == 1
        events = page.get('events')
        assert (len(events['events']), events['dropped'], events['last']) == (2, 4, 6)
        page.post('reset')
        assert 'dropped' not in page.get('events').keys() | page.get('deliveries').keys()


class Stream:
    """A page that follows the events."""

    def __init__(self, sandbox: Sandbox, **headers: str) -> None:
        with contextlib.ExitStack() as stack:
            self.connection = stack.enter_context(contextlib.closing(connect(sandbox)))
            self.answer = stack.enter_context(self._ask(headers))
            assert self.answer.headers['Content-Type'] == 'text/event-stream; charset=utf-8'
            self._open = stack.pop_all()

    def _ask(self, headers: dict[str, str]) -> http.client.HTTPResponse:
        named = {name.replace('_', '-'): value for name, value in headers.items()}
        self.connection.request('GET', '/_sandbox/events', headers={
            'Accept': 'text/event-stream', **named,
        })  # fmt: skip
        return self.connection.getresponse()

    def frame(self) -> dict[str, str]:
        """Wait for the next frame that is not a comment."""
        lines: list[str] = []
        while not any(line.startswith('data:') for line in lines):
            lines = []
            while (line := self.answer.readline().decode()) not in {'\n', ''}:
                lines.append(line.rstrip('\n'))
            assert line, 'the stream has ended'
        return dict(line.split(': ', 1) for line in lines)

    def text(self) -> str:
        return str(json.loads(self.frame()['data'])['text'])

    def close(self) -> None:
        self._open.close()


@contextlib.contextmanager
def many_streams(sandbox: Sandbox) -> Iterator[list[Stream]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(contextlib.closing(Stream(sandbox))) for _ in range(STREAMS)]


def test_events_as_they_happen(sandbox: Sandbox) -> None:
    client = sandbox.client()
    client.sms.send('before', DEST)
    with contextlib.closing(Stream(sandbox)) as stream:
        first = stream.frame()
        assert json.loads(first['data'])['text'].endswith('before')
        client.sms.send('after', DEST)
        second = stream.frame()
        assert json.loads(second['data'])['text'].endswith('after')
        assert json.loads(second['data'])['id'] == int(second['id']) == int(first['id']) + 1


def test_a_stream_continues_after_the_last_event_id(sandbox: Sandbox) -> None:
    client = sandbox.client()
    for text in ('one', 'two', 'three'):
        client.sms.send(text, DEST)
    with contextlib.closing(Stream(sandbox)) as stream:
        seen = stream.frame()['id']
    with contextlib.closing(Stream(sandbox, Last_Event_ID=seen)) as stream:
        assert [stream.text()[-5:] for _ in range(2)] == [': two', 'three']


@pytest.mark.parametrize('last', ['999999999', 'x', '-1', '9' * 400])
def test_a_stream_after_an_unknown_event_id_has_all_events(sandbox: Sandbox, last: str) -> None:
    sandbox.client().sms.send('one', DEST)
    with contextlib.closing(Stream(sandbox, Last_Event_ID=last)) as stream:
        assert stream.text().endswith('one')


def test_a_stream_continues_after_a_reset(sandbox: Sandbox) -> None:
    client = sandbox.client()
    client.sms.send('before', DEST)
    with contextlib.closing(Stream(sandbox)) as stream:
        last = stream.frame()['id']
        sandbox.reset()
        assert stream.frame() == {'event': 'reset', 'data': '{}'}
        client.sms.send('after', DEST)
        after = stream.frame()
        assert int(after['id']) > int(last)
    with contextlib.closing(Stream(sandbox, Last_Event_ID=last)) as stream:
        assert stream.text().endswith('after')


@pytest.mark.slow
def test_twenty_streams_and_calls_at_once() -> None:
    with Sandbox(clock=FakeClock()) as sandbox, many_streams(sandbox) as streams:

        def follow(stream: Stream) -> list[str]:
            return [stream.text() for _ in range(100)]

        def send(n: int) -> list[str]:
            with sandbox.client() as client:
                return [str(client.sms.send(f'{n}', DEST).txn_ref) for _ in range(25)]

        with ThreadPoolExecutor(STREAMS + 4) as pool:
            followed = [pool.submit(follow, stream) for stream in streams]
            sent = [ref for refs in pool.map(send, range(4)) for ref in refs]
            seen = [future.result(timeout=30) for future in followed]
        assert len(set(sent)) == 100
        assert all(texts == seen[0] for texts in seen)
        assert {text.split()[1] for text in seen[0]} == set(sent)


def test_stopping_ends_streams_and_their_threads() -> None:
    before = set(threading.enumerate())
    with Sandbox() as sandbox, many_streams(sandbox) as streams:
        sandbox.client().sms.send('x', DEST)
        assert {stream.text()[-3:] for stream in streams} == {': x'}
        sandbox.stop()
        for stream in streams:
            assert stream.answer.read().strip(b':\n') == b''
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive()


# Access control


@pytest.mark.parametrize(
    'host',
    [
        'evil.example',
        'evil.example:80',
        '127.0.0.1.evil.example',
        '93.184.216.34',
        'evillocalhost',
        '',
        '[',
    ],
)
def test_foreign_hosts_are_refused(page: Page, host: str) -> None:
    assert page.send('GET', 'health', Host=host)[0] == 403
    assert page.send('GET', 'files/x', Host=host)[0] == 403
    assert page.send('POST', 'reset', b'{}', Content_Type=JSON, Host=host)[0] == 403


@pytest.mark.parametrize(
    'host', ['localhost', 'localhost:1', 'LOCALHOST', 'app.localhost', '127.0.0.2', '[::1]:80']
)
def test_names_of_this_machine_are_accepted(page: Page, host: str) -> None:
    assert page.send('GET', 'health', Host=host)[0] == 200
    assert page.send('GET', 'health', Origin=f'http://{host}')[0] == 200


@pytest.mark.parametrize('origin', ['http://evil.example', 'null', '', 'http://[', 'file://'])
def test_foreign_origins_are_refused(page: Page, origin: str) -> None:
    assert page.send('GET', 'state', Origin=origin)[0] == 403
    assert page.send('POST', 'reset', b'{}', Content_Type=JSON, Origin=origin)[0] == 403


def test_the_bound_host_is_accepted(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page.sandbox._emulator, 'origin', 'http://box.lan:1')
    assert page.send('GET', 'health', Host='box.lan:1')[0] == 200


@pytest.mark.parametrize(
    'label', ['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']
)
def test_a_body_must_be_json(page: Page, label: str) -> None:
    page.sandbox.client().sms.send('x', DEST)
    code, reply = page.send('POST', 'reset', b'{}', Content_Type=label)
    assert (code, 'application/json' in reply['message']) == (415, True)
    assert page.send('DELETE', 'faults')[0] == 415
    assert page.sandbox.phone(DEST).inbox
    assert page.send('POST', 'reset', b'{}', Content_Type=f'{JSON}; charset=utf-8')[0] == 200


@pytest.mark.parametrize('body', [b'{', b'[]', b'1', b'null', b'\xff', b'"x"', b'[' * 100_000])
def test_bodies_that_are_not_objects_are_refused(page: Page, body: bytes) -> None:
    assert page.send('POST', 'reset', body, Content_Type=JSON)[0] == 400
    assert page.send('POST', 'faults', body, Content_Type=JSON)[0] == 400
    assert page.send('PUT', 'snapshot', body, Content_Type=JSON)[0] == 400


def test_an_empty_body_is_an_empty_object(page: Page) -> None:
    assert page.send('POST', 'reset', b'', Content_Type=JSON) == (200, {})


@pytest.mark.parametrize(
    ('path', 'nearest'), [('helth', 'health'), ('clock/advanced', 'clock/advance')]
)
def test_unknown_paths(page: Page, path: str, nearest: str) -> None:
    code, reply = page.send('GET', path)
    assert code == 404
    assert reply['nearest'] == nearest


@pytest.mark.parametrize('route', ROUTES, ids=lambda route: f'{route.method} {route.path}')
def test_other_methods(page: Page, route: Any) -> None:
    code, reply = page.send('BREW', route.path)
    assert code == 405
    assert route.method in reply['message']


def test_a_body_over_the_limit(sandbox: Sandbox) -> None:
    with contextlib.closing(connect(sandbox)) as connection:
        connection.putrequest('POST', '/_sandbox/reset')
        connection.putheader('Content-Length', str(8 * 1024 * 1024 + 1))
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        assert 'larger' in json.loads(answer.read())['message']


@pytest.mark.slow
def test_a_large_response_is_encoded_in_small_pieces(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard library blocks all other threads while it encodes one piece."""
    numbers = ','.join(f'+65900{n:05}' for n in range(300))
    page.sandbox.client().sms.bulk_send('x', numbers)
    pieces: list[int] = []
    dumps = json.dumps

    def watched(value: object, **options: Any) -> str:
        text = dumps(value, **options)
        pieces.append(len(text))
        return text

    monkeypatch.setattr(json, 'dumps', watched)
    state = page.get('snapshot')
    monkeypatch.undo()
    assert state == page.sandbox.save()
    assert max(pieces) < sum(pieces) / 50


@pytest.mark.slow
def test_a_snapshot_over_http(page: Page) -> None:
    client = page.sandbox.client()
    client.sms.send('x', DEST)
    saved = page.get('snapshot')
    client.sms.send('y', DEST)
    assert page.write('PUT', 'snapshot', saved) == (200, {})
    assert [message.text for message in page.sandbox.phone(DEST).inbox] == ['x']
    code, reply = page.write('PUT', 'snapshot', {'format': 0})
    assert (code, 'not a saved state' in reply['message']) == (400, True)
    assert [message.text for message in page.sandbox.phone(DEST).inbox] == ['x']
