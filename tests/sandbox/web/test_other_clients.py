"""Requests of other clients of the API. Each case runs over HTTP and names its client."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from hoiio.constants import CallStatus
from hoiio.sandbox import Seed
from hoiio.sandbox.api.operations import OPERATIONS
from tests.sandbox.conftest import Receiver
from tests.sandbox.valid_requests import REQUESTS, FormClient, client_of_new_sandbox

DEST, FRIEND, REGISTERED = '+6598765432', '+6598765433', '+6591234567'
OWN = '+14155550100'
HOOK = 'http://127.0.0.1:9/hook'
# In the standard alphabet it has a plus and a slash.
PDF = b'%PDF-1.4 /Type /Page \xfb\xef\xbe\xff\xff'
FORM = 'application/x-www-form-urlencoded'


class Web:
    """A client that writes its requests by hand."""

    def __init__(self, form_client: FormClient) -> None:
        self.sandbox = form_client.sandbox
        self.form_client = form_client
        self.credentials = form_client.credentials()

    def exchange(self, verb: str, path: str, body: bytes, label: str) -> Any:
        target = f'{urlsplit(self.sandbox.url).path}{path}'
        self.form_client.connection.request(verb, target, body, {'Content-Type': label})
        answer = self.form_client.connection.getresponse()
        content = answer.read()
        assert (answer.status, answer.headers['Content-Type']) == (200, 'application/json')
        return json.loads(content)

    def post(self, path: str, **values: str) -> Any:
        body = urlencode({**self.credentials, **values}).encode()
        return self.exchange('POST', path, body, FORM)

    def get(self, path: str, **values: str) -> Any:
        query = urlencode({**self.credentials, **values})
        return self.exchange('GET', f'{path}?{query}', b'', FORM)

    def unencoded(self, path: str, label: str, **values: str) -> Any:
        pairs = {**self.credentials, **values}.items()
        body = '&'.join(f'{name}={value}' for name, value in pairs).encode()
        return self.exchange('POST', path, body, label)

    def multipart(self, path: str, *parts: tuple[str, bytes], **values: str) -> Any:
        fields = {**self.credentials, **values}.items()
        texts = [(f'name="{name}"', value.encode()) for name, value in fields]
        body = b''.join(
            b'--limit\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n'
            % (head.encode(), content)
            for head, content in (*texts, *parts)
        )
        label = 'multipart/form-data; boundary=limit'
        return self.exchange('POST', path, body + b'--limit--\r\n', label)

    def dial(self, **values: str) -> str:
        return str(self.post('ivr/start/dial', dest=DEST, notify_url=HOOK, **values)['session'])


@pytest.fixture(scope='module')
def form_client() -> Iterator[FormClient]:
    with client_of_new_sandbox(Seed()) as form_client:
        yield form_client


@pytest.fixture
def web(form_client: FormClient) -> Web:
    form_client.sandbox.reset()
    return Web(form_client)


Case: TypeAlias = 'Callable[[Web], None]'
CASES: dict[str, Case] = {}


def client(behaviour: str) -> Callable[[Case], Case]:
    def keep(case: Case) -> Case:
        assert behaviour not in CASES
        CASES[behaviour] = case
        return case

    return keep


# How requests are written


@client('JS labels a form as JSON and does not encode it')
def _(web: Web) -> None:
    reply = web.unencoded('user/get_info', 'application/json')
    assert reply['mobile_number'] == REGISTERED
    reply = web.unencoded('sms/send', 'application/json', dest='%2B6598765432', msg='a b: 100 %')
    assert web.get('sms/query_status', txn_ref=reply['txn_ref'])['msg'] == 'a b: 100 %'


@client('JS does not encode the plus of a number')
def _(web: Web) -> None:
    reply = web.unencoded('sms/send', 'application/json', dest=DEST, msg='x')
    assert reply == {'status': 'error_dest_invalid'}
    assert 'encode + as %2B' in web.sandbox.events[-1]


@client('a body without a content type is a form')
def _(web: Web) -> None:
    body = urlencode({**web.credentials, 'dest': DEST, 'msg': 'Grüße'}).encode()
    assert web.exchange('POST', 'sms/send', body, '')['status'] == 'success_ok'


@client('hoiiopie sends all requests by GET, even a fax')
def _(web: Web) -> None:
    large = base64.b64encode(PDF + bytes(300_000)).decode()
    assert web.get('fax/send', dest=DEST, file=large)['status'] == 'success_ok'


@client('python-hoiio uses GET for IVR and POST for a fax')
def _(web: Web) -> None:
    session = web.get('ivr/start/dial', dest=DEST, notify_url=HOOK)['session']
    assert web.get('ivr/end/hangup', session=session)['status'] == 'success_ok'
    file = base64.b64encode(PDF).decode()
    assert web.post('fax/send', dest=DEST, file=file)['status'] == 'success_ok'


@client('Go encodes a fax in the URL-safe alphabet')
def _(web: Web) -> None:
    file = base64.urlsafe_b64encode(PDF).decode()
    assert '-' in file
    assert '_' in file
    reply = web.post('fax/send', dest=DEST, file=file)
    assert stored_fax(web, reply['txn_ref']) == PDF


@client('thuiyi uploads a fax as a real file between texts')
def _(web: Web) -> None:
    part = ('name="file"; filename="report.pdf"', PDF)
    reply = web.multipart('fax/send', part, dest=DEST, tag='t')
    assert stored_fax(web, reply['txn_ref']) == PDF


@client('Node puts base64 into a text part')
def _(web: Web) -> None:
    reply = web.multipart('fax/send', ('name="file"', base64.b64encode(PDF)), dest=DEST)
    assert stored_fax(web, reply['txn_ref']) == PDF


def stored_fax(web: Web, txn_ref: str) -> bytes:
    url = web.get('fax/query_status', txn_ref=txn_ref)['fax_url']
    web.form_client.connection.request('GET', urlsplit(url).path)
    return web.form_client.connection.getresponse().read()


@client('.NET and Node use plain http')
def _(web: Web) -> None:
    assert web.sandbox.url.startswith('http://')


@client('Ruby reads the status only from a 200')
def _(web: Web) -> None:
    # `Web.exchange` asserts the status 200.
    assert web.post('sms/send', dest='x', msg='x') == {'status': 'error_dest_invalid'}
    assert web.exchange('PUT', 'sms/send', b'', FORM) == {'status': 'error_invalid_http_method'}


@client('.NET treats a response without a status as a success, so each one has a status')
def _(web: Web) -> None:
    for path in OPERATIONS:
        assert web.exchange('POST', path, b'', FORM)['status'].startswith('error_')


# What is in requests


@client('.NET sends its optional parameters empty')
def _(web: Web) -> None:
    empty = {'tag': '', 'room': '', 'caller_id': '', 'notify_url': ''}
    assert web.post('voice/conference', dest=DEST, **empty)['room'] == 'R1'


@client('Go sends sender_name empty')
def _(web: Web) -> None:
    assert web.post('sms/send', dest=DEST, msg='x', sender_name='')['status'] == 'success_ok'


@client('Go sends an empty fax_header, which means that there is none')
def _(web: Web) -> None:
    file = base64.b64encode(PDF).decode()
    assert web.post('fax/send', dest=DEST, file=file, fax_header='')['status'] == 'success_ok'


@client('Go sends a msg with unhold')
def _(web: Web) -> None:
    session = web.dial()
    web.post('ivr/middle/hold', session=session)
    values = {'session': session, 'msg': '', 'notify_url': HOOK}
    assert web.post('ivr/middle/unhold', **values)['status'] == 'success_ok'


@client('PHP uses other names for the period of a history')
def _(web: Web) -> None:
    values = {'resultFrom': '2012-01-01 00:00:00', 'resultTo': 'x'}
    assert web.post('sms/get_history', **values)['status'] == 'success_ok'


@client('PHP always sends the defaults of gather and record')
def _(web: Web) -> None:
    session = web.dial()
    values = {'session': session, 'max_digits': '0', 'timeout': '15', 'attempts': '1'}
    assert web.post('ivr/middle/gather', **values, notify_url=HOOK)['status'] == 'success_ok'
    web.sandbox.clock.advance(seconds=15)
    values = {'session': session, 'max_duration': '120', 'notify_url': HOOK}
    assert web.post('ivr/middle/record', **values)['status'] == 'success_ok'


@client('PHP calls with the tag as caller_id')
def _(web: Web) -> None:
    reply = web.post('voice/call', dest1=FRIEND, dest2=DEST, caller_id='my-tag', tag=HOOK)
    assert reply == {'status': 'error_caller_id_invalid'}


@client('python-hoiio calls dest where it means dest1')
def _(web: Web) -> None:
    ref = web.post('voice/call', dest=FRIEND, dest2=DEST)['txn_ref']
    assert web.get('voice/query_status', txn_ref=ref)['dest1'] == REGISTERED


@client('hoiiopie sends forward_sms_to, and Java and thuiyi send forward_to_sms')
def _(web: Web) -> None:
    for spelling in ('forward_sms_to', 'forward_to_sms'):
        url = f'{HOOK}?{spelling}'
        values = {'number': OWN, spelling: url}
        assert web.post('number/update_forwarding', **values)['status'] == 'success_ok'
        assert web.get('number/get_active')['entries'][1]['forward_sms_to'] == url


@client('hoiiopie sets forward_sms_to together with the mode fax')
def _(web: Web) -> None:
    values = {'number': OWN, 'forward_sms_to': HOOK, 'mode': 'fax'}
    assert web.post('number/update_forwarding', **values)['status'] == 'success_ok'


@client('JS asks for pages of its own size')
def _(web: Web) -> None:
    for _ in range(3):
        web.post('sms/send', dest=DEST, msg='x')
    reply = web.post('sms/get_history', page_size='2', page='2')
    assert (reply['total_entries_count'], reply['entries_count']) == ('3', '1')


@client('JS filters the history of faxes by more than is documented')
def _(web: Web) -> None:
    values = {'src': '', 'dest': DEST, 'tag': 't', 'page_size': '100', 'type': 'all'}
    assert web.post('fax/get_history', **values)['status'] == 'success_ok'


@client('third parties send ring_time or ringtime')
def _(web: Web) -> None:
    for name in ('ring_time', 'ringtime'):
        reply = web.post('ivr/start/dial', dest=DEST, **{name: '20'})
        assert reply['status'] == 'success_ok'


@client('hoiiopie breaks a transfer to a room by its prefix')
def _(web: Web) -> None:
    values = {'session': web.dial(), 'dest': '+1room:R1234'}
    assert web.post('ivr/end/transfer', **values) == {'status': 'error_dest_invalid'}


@client('the template of a bulk SMS comes bare or wrapped')
def _(web: Web) -> None:
    people = [{'dest': DEST, 'name': 'Nick'}, {'dest': FRIEND, 'name': 'Dave'}]
    for recipients in (people, {'recipients': people}):
        reply = web.post('sms/bulk_send', msg='Hi {{name}}', recipients=json.dumps(recipients))
        assert reply['status'] == 'success_ok'
    assert [entry['msg'] for entry in web.get('sms/get_history')['entries']] == [
        'Hi Dave', 'Hi Nick', 'Hi Dave', 'Hi Nick',
    ]  # fmt: skip


# What is in answers


@client('PHP, .NET, Java and hoiiopie split txn_refs, while later years have a list')
def _(web: Web) -> None:
    dest = f'{DEST},{FRIEND}'
    assert web.post('voice/conference', dest=dest)['txn_refs'] == 'AA-C-1,AA-C-2'
    assert web.post('conference/call', dest=dest)['txn_refs'] == ['AA-C-3', 'AA-C-4']


@client('hoiiopie compares is_unicode with True and False')
def _(web: Web) -> None:
    assert web.get('sms/get_rate', dest=DEST, msg='hello')['is_unicode'] is False
    assert web.get('sms/get_rate', dest=DEST, msg='你好')['is_unicode'] is True


@client('hoiiopie reads pages of choices until one is empty')
def _(web: Web) -> None:
    counts = [
        web.get('number/get_choices', country='SG', page=str(page))['entries_count']
        for page in range(1, 5)
    ]
    assert counts == ['20', '20', '4', '0']


@client('hoiiopie takes the plus off the prefix of the account only')
def _(web: Web) -> None:
    assert web.get('user/get_info')['prefix'] == '+65'
    assert web.get('number/get_countries')['entries'][0]['prefix'] == '65'


@client('hoiiopie and Java read the tag of every entry in a history')
def _(web: Web) -> None:
    web.post('sms/send', dest=DEST, msg='x')
    web.post('voice/call', dest2=DEST)
    web.post('fax/send', dest=DEST, file=base64.b64encode(PDF).decode(), tag='mine')
    web.post('fax/send', dest=DEST, file=base64.b64encode(PDF).decode())
    for path, tags in [('sms', ['']), ('voice', ['']), ('fax', ['', 'mine'])]:
        entries = web.get(f'{path}/get_history')['entries']
        assert [entry['tag'] for entry in entries] == tags


@client('hoiiopie and Java read the tag of every status')
def _(web: Web) -> None:
    web.post('sms/send', dest=DEST, msg='x')
    web.post('voice/call', dest2=DEST)
    web.post('fax/send', dest=DEST, file=base64.b64encode(PDF).decode())
    for path, txn_ref in [('sms', 'AA-S-1'), ('voice', 'AA-C-1'), ('fax', 'AA-F-1')]:
        assert web.get(f'{path}/query_status', txn_ref=txn_ref)['tag'] == ''


@client('hoiiopie, PHP, .NET and Java read dest2 of calls with one phone')
def _(web: Web) -> None:
    web.post('voice/conference', dest=f'{DEST},{FRIEND}')
    web.post('ivr/start/dial', dest=DEST, notify_url=HOOK)
    status = [web.get('voice/query_status', txn_ref=f'AA-C-{n}') for n in (1, 2, 3)]
    for call in [*status, *web.get('voice/get_history')['entries']]:
        assert (call['dest2'], call['call_status_dest2']) == ('', '')


@client('hoiiopie and Java read forward_to, forward_sms_to and state of every number')
def _(web: Web) -> None:
    first, second = web.get('number/get_active')['entries']
    assert [first[name] for name in ('forward_to', 'forward_sms_to', 'state')] == ['', '', '']
    assert [second[name] for name in ('forward_to', 'forward_sms_to', 'state')] == ['', '', 'CA']


@client('hoiiopie reads txn_ref of a bulk SMS, and PHP, Ruby and Java bulk_txn_ref')
def _(web: Web) -> None:
    reply = web.post('sms/bulk_send', dest=f'{DEST},{FRIEND}', msg='x')
    assert (reply['txn_ref'], reply['bulk_txn_ref']) == ('AA-B-1', 'AA-B-1')


@client('hoiiopie reads the size of an SMS in the price of receiving one')
def _(web: Web) -> None:
    price = web.get('sms/get_rate', incoming='+14155550100')
    assert (price['is_unicode'], price['split_count']) == (False, '1')
    assert price['total_cost'] == price['rate']


@client('hoiiopie reads the src of every SMS in a history')
def _(web: Web) -> None:
    web.post('sms/send', dest=DEST, msg='x')
    assert web.get('sms/get_history')['entries'][0]['src'] == REGISTERED


@client('Java and thuiyi read an empty src of the faxes that were sent')
def _(web: Web) -> None:
    web.post('fax/send', dest=DEST, file=base64.b64encode(PDF).decode())
    assert web.get('fax/get_history')['entries'][0]['src'] == ''


@client('Java detects missing duration and debit by call_status_dest1')
def _(web: Web) -> None:
    web.post('voice/call', dest2=DEST)
    reply = web.get('voice/query_status', txn_ref='AA-C-1')
    assert reply['call_status_dest1'] == 'ongoing'
    assert not {'duration', 'debit'} & reply.keys()


@client('PHP needs session and txn_ref from dial, and room from a transfer to one')
def _(web: Web) -> None:
    reply = web.post('ivr/start/dial', dest=DEST, notify_url=HOOK)
    assert (reply['session'], reply['txn_ref']) == ('S1', 'AA-C-1')
    reply = web.post('ivr/end/transfer', session='S1', dest='room:')
    assert reply == {'status': 'success_ok', 'room': 'R1'}


@client('all of them convert numbers that are strings')
def _(web: Web) -> None:
    web.post('sms/send', dest=DEST, msg='x')
    reply = web.get('sms/query_status', txn_ref='AA-S-1')
    assert all(isinstance(value, str) for value in reply.values())
    assert (reply['split_count'], reply['rate'], reply['debit']) == ('1', '0.032', '0.032')


@client('Santa Call tests the statuses of msg on the answer to dial')
def _(web: Web) -> None:
    reply = web.post('ivr/start/dial', dest=DEST, msg='<url>http://example.com/x.ogg</url>')
    assert reply == {'status': 'error_msg_invalid_file_format'}


@client('a branded app mixes speech and audio in one msg')
def _(web: Web) -> None:
    speech = '<speech language="en" gender="male">Hi</speech>'
    web.dial(msg=f'{speech}<url>https://example.com/x.mp3</url>')
    assert web.sandbox.phone(DEST).heard == ['Hi', 'https://example.com/x.mp3']


@client('Ruby expects ongoing calls in the history')
def _(web: Web) -> None:
    web.post('voice/call', dest2=DEST)
    [entry] = web.get('voice/get_history')['entries']
    assert entry['call_status_dest1'] == 'ongoing'


@client('an app asks for the outcome of a dial after a minute')
def _(web: Web) -> None:
    web.sandbox.phone(DEST).react(CallStatus.BUSY)
    ref = web.post('ivr/start/dial', dest=DEST)['txn_ref']
    web.sandbox.clock.advance(minutes=1)
    assert web.get('voice/query_status', txn_ref=ref)['call_status_dest1'] == 'busy'


@client('an app names the language and not the gender')
def _(web: Web) -> None:
    web.dial(msg='<speech language="zh-HK">你好</speech>')
    assert web.sandbox.phone(DEST).heard == ['你好']


@client('an app plays what it has recorded')
def _(web: Web) -> None:
    session = web.dial()
    web.post('ivr/middle/record', session=session, notify_url=HOOK)
    web.sandbox.phone(DEST).press('#')
    web.sandbox.drain(check=False)
    url = dict(parse_qsl(web.sandbox.deliveries[-1].body))['record_url']
    reply = web.post('ivr/middle/play', session=session, msg=f'<url>{url}</url>', notify_url=HOOK)
    assert reply['status'] == 'success_ok'


@client('auto attendant looks for record_url when the caller has hung up')
def _(web: Web) -> None:
    web.post('ivr/middle/record', session=web.dial(), notify_url=HOOK)
    web.sandbox.phone(DEST).hang_up()
    web.sandbox.drain(check=False)
    fields = dict(parse_qsl(web.sandbox.deliveries[-1].body))
    assert fields['call_state'] == 'ended'
    assert fields['record_url'].endswith('.mp3')


@client('callers use the word private to hide their number')
def _(web: Web) -> None:
    assert web.post('voice/call', dest2=DEST, caller_id='private')['status'] == 'success_ok'


@client('choices have a capability, and active numbers have capabilities')
def _(web: Web) -> None:
    [choice, *_others] = web.get('number/get_choices', country='SG')['entries']
    [active, *_others] = web.get('number/get_active')['entries']
    assert choice['capability'] == active['capabilities'] == ['VOICE', 'FAX']
    assert web.get('number/get_active')['total_entries_count'] == '2'


# Calls that come in


def incoming(web: Web) -> str:
    web.post('number/update_forwarding', number=OWN, forward_to=HOOK)
    web.sandbox.phone(DEST).call(OWN)
    return 'S1'


@client('an app rejects a call by hanging up first')
def _(web: Web) -> None:
    assert web.post('ivr/end/hangup', session=incoming(web))['status'] == 'success_ok'
    reply = web.get('voice/query_status', txn_ref='AA-C-1')
    assert (reply['call_status_dest1'], reply['debit']) == ('unanswered', '0.000')


@client('call forwarding shows the original caller')
def _(web: Web) -> None:
    values = {'session': incoming(web), 'dest': FRIEND, 'caller_id': DEST}
    assert web.post('ivr/end/transfer', **values)['status'] == 'success_ok'


@pytest.mark.parametrize('behaviour', CASES)
def test_a_client(web: Web, behaviour: str) -> None:
    CASES[behaviour](web)


@pytest.mark.parametrize('path', OPERATIONS)
def test_go_sends_every_optional_parameter_empty(web: Web, path: str) -> None:
    operation = OPERATIONS[path]
    values = REQUESTS[path](web.form_client, 0)
    empty = dict.fromkeys((*operation.optional, 'notify_url'), '')
    expected = web.post(path, **values)
    web.sandbox.reset()
    values = REQUESTS[path](web.form_client, 0)
    assert expected['status'] == 'success_ok'
    assert web.post(path, **{**empty, **values}) == expected


@pytest.mark.parametrize('path', OPERATIONS)
def test_get_and_post_have_the_same_result(web: Web, path: str) -> None:
    posted = web.post(path, **REQUESTS[path](web.form_client, 0))
    web.sandbox.reset()
    assert posted['status'] == 'success_ok'
    assert web.get(path, **REQUESTS[path](web.form_client, 0)) == posted


# Notifications


def posts(web: Web, receiver: Receiver) -> list[dict[str, str]]:
    web.sandbox.drain(check=False)
    return [post.fields for post in receiver.posts]


def test_dotnet_gets_the_empty_tag_back_that_it_always_sends(web: Web, receiver: Receiver) -> None:
    web.post('sms/send', dest=DEST, msg='x', tag='', notify_url=receiver.url)
    web.post('sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    # The order of notifications of different transactions is undefined.
    first, second = sorted(posts(web, receiver), key=lambda fields: fields['txn_ref'])
    assert first['tag'] == ''
    assert 'tag' not in second


def test_php_finds_state_session_and_reference_in_each_ivr_notification(
    web: Web, receiver: Receiver
) -> None:
    url = receiver.url
    session = web.post('ivr/start/dial', dest=DEST, notify_url=url)['session']
    web.post('ivr/middle/play', session=session, msg='x', notify_url=url)
    web.post('ivr/middle/monitor', session=session, notify_url=url)
    web.post('ivr/middle/hold', session=session)
    web.post('ivr/middle/unhold', session=session, notify_url=url)
    for block in ('gather', 'record'):
        web.post(f'ivr/middle/{block}', session=session, notify_url=url)
        web.sandbox.phone(DEST).press('#')
    web.post('ivr/end/hangup', session=session, notify_url=url)
    received = posts(web, receiver)
    assert [fields['ivr_block'] for fields in received] == [
        'dial', 'play', 'monitor', 'unhold', 'gather', 'record', 'hangup', 'monitor',
    ]  # fmt: skip
    for fields in received:
        assert (fields['session'], fields['txn_ref']) == (session, 'AA-C-1')
        assert fields['call_state'] in {'ongoing', 'ended'}


def test_apps_find_their_own_parameters_among_those_of_the_notification(
    web: Web, receiver: Receiver
) -> None:
    web.post('sms/send', dest=DEST, msg='x', notify_url=f'{receiver.url}?app_state=gather')
    [fields] = posts(web, receiver)
    assert (fields['app_state'], fields['sms_status']) == ('gather', 'delivered')
    assert receiver.posts[0].path == '/hook?app_state=gather'


def test_apps_ask_for_the_next_block_before_they_answer_a_notification(
    web: Web, receiver: Receiver
) -> None:
    statuses: list[str] = []

    def react(post: Any) -> None:
        if post.fields['ivr_block'] == 'dial':
            values = {**web.credentials, 'session': post.fields['session']}
            parts = urlsplit(web.sandbox.url)
            connection = http.client.HTTPConnection(parts.hostname or '', parts.port, timeout=30)
            with contextlib.closing(connection):
                form = urlencode({**values, 'msg': 'x', 'notify_url': receiver.url})
                connection.request('POST', '/open/ivr/middle/play', form)
                statuses.append(json.loads(connection.getresponse().read())['status'])

    receiver.react = react
    web.post('ivr/start/dial', dest=DEST, notify_url=receiver.url)
    received = posts(web, receiver)
    assert statuses == ['success_ok']
    assert [fields['ivr_block'] for fields in received] == ['dial', 'play']


def test_notifications_are_only_in_the_body(web: Web, receiver: Receiver) -> None:
    web.post('sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    posts(web, receiver)
    assert receiver.posts[0].path == '/hook'


@pytest.mark.parametrize('own', ['', '?user=a%2Bb'])
def test_apps_of_2012_find_fields_in_the_query_with_repeat_in_query(
    receiver: Receiver, own: str
) -> None:
    with client_of_new_sandbox(Seed(repeat_in_query=True)) as form_client:
        web = Web(form_client)
        web.post('sms/send', dest=DEST, msg='x', notify_url=f'{receiver.url}{own}')
        [fields] = posts(web, receiver)
    query = dict(parse_qsl(urlsplit(receiver.posts[0].path).query))
    assert query == fields
    assert query['dest'] == DEST
    assert query.get('user') == ('a+b' if own else None)
