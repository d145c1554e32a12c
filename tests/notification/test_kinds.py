from __future__ import annotations

import hashlib
import hmac
import inspect
import pickle
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from traceback import TracebackException
from typing import Any, get_type_hints
from unittest.mock import create_autospec
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoiio import (
    CallState,
    CallStatus,
    CredentialsMissing,
    FaxStatus,
    Hoiio,
    HoiioClient,
    HoiioException,
    InputInvalid,
    NotificationInvalid,
    SmsStatus,
    Status,
    notification,
)
from hoiio.notification import (
    BulkSmsTransaction,
    Call,
    CallEnded,
    CallRecording,
    Dialled,
    FaxReceived,
    FaxSent,
    Gathered,
    Handled,
    HungUp,
    IncomingCall,
    IncomingSms,
    IvrNotification,
    Monitored,
    Notification,
    ParticipantLeft,
    Played,
    Recorded,
    SmsDelivery,
    Transferred,
    Unheld,
)
from hoiio.service.ivr import Ivr
from tests.conftest import Api

CALL_ENDED = (
    b'duration=0&rate=0.036&dest2=%2B6500000000&call_status_dest1=answered&call_status_dest2='
    b'failed&tag=&debit=0.000&date=2012-06-06+11%3A10%3A36.0&dest1=%2B6500000000&txn_ref='
    b'AA-C-2517398&currency=SGD'
)
SMS_DELIVERY = (
    b'rate=0.032&dest=%2B6500000000&tag=&sms_status=delivered&debit=0.032&date=2012-06-06+11%3A15'
    b'%3A20.0&split_count=1&txn_ref=AA-S-471804&currency=SGD'
)
INCOMING_SMS = (
    b'to=%2B16501234567&debit=0.013&from=%2B16201234567&date=2012-10-30+12%3A20%3A50&msg='
    b'hoiio+world&txn_ref=AA-SI-85&currency=SGD'
)
GATHERED = (
    b'ivr_block=gather&session=S-1234&txn_ref=TX-1234&call_state=ongoing&digits=1&from='
    b'%2B6511111111&to=%2B6522222222&tag=myapp'
)
ENDED = {'date': '2012-01-31 12:06:15', 'duration': '2', 'rate': '0.018', 'debit': '0.036'}
IVR = {'session': 'S-1', 'txn_ref': 'TX-1', 'call_state': 'ongoing'}


def sign(body: bytes, token: str = 'TOKEN') -> str:
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def parse(client: HoiioClient, body: bytes | dict[str, str]) -> Any:
    raw = urlencode(body).encode() if isinstance(body, dict) else body
    return client.notification.parse(raw, sign(raw))


# Verification


def test_the_vector_of_the_reference(client: HoiioClient) -> None:
    signature = 'ecd19cf0191f9f1f9b037682a7896452a89fbb83c23c015de0354fa16e819d86'
    token = 'example-access-token'
    assert client.notification.parse(GATHERED, signature, token).txn_ref == 'TX-1234'


@pytest.mark.parametrize(
    'signature',
    [
        sign(GATHERED),
        sign(GATHERED).upper(),
        sign(GATHERED).encode(),
        f' {sign(GATHERED)}\n',
    ],
)
@pytest.mark.parametrize('body', [GATHERED, GATHERED.decode(), bytearray(GATHERED)])
def test_bytes_or_text(client: HoiioClient, body: Any, signature: str | bytes) -> None:
    assert client.notification.parse(body, signature).txn_ref == 'TX-1234'


def test_text_of_any_language(client: HoiioClient) -> None:
    body = urlencode({'msg': 'Grüße 👍', 'from': '+65', 'to': '+65'})
    assert parse(client, body.encode()).msg == 'Grüße 👍'
    raw = 'msg=Grüße 👍&from=1&to=2'
    assert client.notification.parse(raw, sign(raw.encode())).json['msg'] == 'Grüße 👍'


def test_the_token_of_the_client_or_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Hoiio.init('APP', 'TOKEN')
    assert Hoiio.notification.parse(GATHERED, sign(GATHERED)).txn_ref == 'TX-1234'
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'OTHER')
    done = HoiioClient().notification.parse(GATHERED, sign(GATHERED, 'OTHER'))
    assert done.txn_ref == 'TX-1234'


def test_several_tokens_while_they_change(client: HoiioClient) -> None:
    for token in ('OLD', 'NEW'):
        signature = sign(GATHERED, token)
        done = client.notification.parse(GATHERED, signature, ['OLD', 'NEW'])
        assert done.txn_ref == 'TX-1234'
        with pytest.raises(NotificationInvalid):
            client.notification.parse(GATHERED, signature, ['THIRD', 'TOKEN'])


def test_a_token_of_any_text_or_bytes(client: HoiioClient) -> None:
    for token in ('TOKEN', b'TOKEN', ['OLD', b'TOKEN']):
        tokens: Any = token
        assert client.notification.parse(GATHERED, sign(GATHERED), tokens).tag == 'myapp'
    with pytest.raises(NotificationInvalid):
        client.notification.parse(GATHERED, sign(GATHERED), '\ud800')


def test_a_traceback_with_variables_shows_no_token(client: HoiioClient) -> None:
    client.init('APP', 'SECRET-TOKEN')
    with pytest.raises(NotificationInvalid) as caught:
        client.notification.parse(GATHERED, 'a' * 64)
    shown = ''.join(TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert 'SECRET-TOKEN' not in shown
    assert sign(GATHERED, 'SECRET-TOKEN') not in shown


@pytest.mark.parametrize('tokens', [5, True, object(), ['TOKEN', 5], {'TOKEN': 'OLD', None: 1}])
def test_a_token_that_is_not_a_text(client: HoiioClient, tokens: Any) -> None:
    with pytest.raises(InputInvalid, match='access_token is a text, or a list of texts'):
        client.notification.parse(GATHERED, sign(GATHERED), tokens)


def test_white_space_around_a_token(client: HoiioClient) -> None:
    assert client.notification.parse(GATHERED, sign(GATHERED), ' TOKEN\n').tag == 'myapp'


def test_a_body_longer_than_any_notification(client: HoiioClient) -> None:
    body = b'a=' + b'b' * 2**20
    with pytest.raises(NotificationInvalid, match='longer than any'):
        client.notification.parse(body, sign(body))


@pytest.mark.parametrize('tokens', [[], '', ' ', ['TOKEN', '']])
def test_no_token(client: HoiioClient, tokens: Any) -> None:
    with pytest.raises(CredentialsMissing):
        client.notification.parse(GATHERED, sign(GATHERED), tokens)
    with pytest.raises(CredentialsMissing):
        HoiioClient().notification.parse(GATHERED, sign(GATHERED))


@pytest.mark.parametrize(
    'signature',
    [None, '', ' ', 'abc', 'ü' * 64, '\ud800', b'\xff' * 64, sign(GATHERED)[:-1], 5, ['a'], b''],
)
def test_a_signature_that_is_none(client: HoiioClient, signature: Any) -> None:
    with pytest.raises(NotificationInvalid) as caught:
        client.notification.parse(GATHERED, signature)
    assert isinstance(caught.value, HoiioException)
    assert caught.value.__context__ is None


@pytest.mark.parametrize('body', [None, 5, {'a': 'b'}, BytesIO(GATHERED)])
def test_a_body_that_is_none(client: HoiioClient, body: Any) -> None:
    with pytest.raises(NotificationInvalid, match='raw body'):
        client.notification.parse(body, sign(GATHERED))


@pytest.mark.parametrize('body', [b'msg=\xff', b'msg=%FF', b'&'.join([b'a=b'] * 5) + b'&c=%80'])
def test_a_signed_body_that_is_no_utf_8(client: HoiioClient, body: bytes) -> None:
    with pytest.raises(NotificationInvalid, match='no form in UTF-8') as caught:
        client.notification.parse(body, sign(body))
    assert caught.value.__context__ is None


def test_an_error_tells_neither_body_nor_token(client: HoiioClient) -> None:
    with pytest.raises(NotificationInvalid) as caught:
        client.notification.parse(INCOMING_SMS, sign(GATHERED))
    told = f'{caught.value!r} {pickle.dumps(caught.value)!r}'
    assert 'raw body' in told
    for secret in ('TOKEN', '16201234567', 'world', sign(GATHERED), sign(INCOMING_SMS)):
        assert secret not in told


@given(st.binary() | st.text(), st.binary() | st.text() | st.none())
def test_no_input_raises_anything_else(body: bytes | str, signature: bytes | str | None) -> None:
    with pytest.raises(NotificationInvalid):
        HoiioClient('APP', 'TOKEN').notification.parse(body, signature)


FORMS = st.dictionaries(
    st.text(st.characters(codec='utf-8')), st.text(st.characters(codec='utf-8'))
)


@given(st.binary() | FORMS.map(lambda form: urlencode(form).encode()))
def test_any_signed_body_is_parsed_or_invalid(body: bytes) -> None:
    try:
        parsed = parse(HoiioClient('APP', 'TOKEN'), body)
    except NotificationInvalid:
        parsed = Notification({})
    assert isinstance(parsed, Notification)
    assert repr(parsed)


@given(st.integers(0, len(GATHERED) * 8 - 1))
def test_any_bit_that_flips_is_noticed(bit: int) -> None:
    flipped = bytearray(GATHERED)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotificationInvalid):
        HoiioClient('APP', 'TOKEN').notification.parse(bytes(flipped), sign(GATHERED))


# Kinds


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    def family(kind: type[Notification]) -> Iterator[str]:
        yield kind.__name__
        for child in kind.__subclasses__():
            if child.__name__.startswith('_'):
                yield from list(family(child))[1:]
            elif child.__module__.startswith(notification.__name__):
                yield from family(child)

    drawn = re.findall(r'^ {4}[ │├└─]*(\w+)', notification.__doc__ or '', re.MULTILINE)
    assert drawn == list(family(Notification))
    assert set(drawn) <= {*notification.__all__}


def test_a_call_ended_as_the_live_service_reported_it(client: HoiioClient) -> None:
    ended = parse(client, CALL_ENDED)
    assert type(ended) is CallEnded
    assert (ended.txn_ref, ended.tag) == ('AA-C-2517398', None)
    assert ended.call_status_dest1 is CallStatus.ANSWERED
    assert ended.call_status_dest2 is CallStatus.FAILED
    assert ended.date == datetime(2012, 6, 6, 11, 10, 36)
    assert (ended.duration, ended.rate, ended.debit) == (0, 0.036, 0.0)


def test_sms_delivery_as_the_live_service_reported_it(client: HoiioClient) -> None:
    delivery = parse(client, SMS_DELIVERY)
    assert type(delivery) is SmsDelivery
    assert delivery.sms_status is SmsStatus.DELIVERED
    assert (delivery.dest, delivery.split_count, delivery.debit) == ('+6500000000', 1, 0.032)


def test_incoming_sms(client: HoiioClient) -> None:
    sms = parse(client, INCOMING_SMS)
    assert type(sms) is IncomingSms
    assert (sms.msg, sms.from_, sms.to) == ('hoiio world', '+16201234567', '+16501234567')
    assert getattr(sms, 'from') == '+16201234567'
    assert sms.debit == 0.013


def test_a_bulk_sms_transaction_that_was_refused(client: HoiioClient) -> None:
    for fields in (
        {'status': 'error_dest_invalid', 'dest': '+65'},
        {'status': 'error_dest_invalid', 'bulk_txn_ref': 'AA-B-1'},
    ):
        refused = parse(client, fields)
        assert type(refused) is BulkSmsTransaction
        assert refused.status is Status.DEST_INVALID


@pytest.mark.parametrize('own', [{'session': 'web1'}, {'from': 'newsletter'}, {'call_state': 'x'}])
def test_own_parameters_do_not_change_the_kind(client: HoiioClient, own: dict[str, str]) -> None:
    delivery = {'sms_status': 'delivered', 'dest': '+65', **own}
    assert type(parse(client, delivery)) is SmsDelivery
    assert type(parse(client, {'session': 'web1', 'call_state': 'x', **delivery})) is SmsDelivery
    assert type(parse(client, {'fax_status': 'answered', 'dest': '+65', **own})) is FaxSent
    assert type(parse(client, {'call_status_dest1': 'busy', 'dest2': '1', **own})) is CallEnded


def test_bulk_sms_transaction(client: HoiioClient) -> None:
    sent = parse(client, {'status': 'success_ok', 'txn_ref': 'AA-S-1', 'bulk_txn_ref': 'AA-B-1'})
    assert type(sent) is BulkSmsTransaction
    assert (sent.status, sent.bulk_txn_ref) == (Status.SUCCESS_OK, 'AA-B-1')


def test_faxes(client: HoiioClient) -> None:
    sent = parse(client, {'fax_status': 'busy', 'dest': '+65', 'fax_error_code': 'busy', **ENDED})
    received = parse(client, {'fax_status': 'answered', 'from': '+65', 'to': '+66', **ENDED})
    assert (type(sent), type(received)) == (FaxSent, FaxReceived)
    assert (sent.fax_status, sent.fax_error_code) == (FaxStatus.BUSY, 'busy')
    assert (received.from_, received.duration) == ('+65', 2)


@pytest.mark.parametrize('empty', [{}, {'dest2': '', 'call_status_dest2': ''}])
def test_a_participant_left(client: HoiioClient, empty: dict[str, str]) -> None:
    left = parse(client, {'call_status_dest1': 'answered', 'dest1': '+65', **ENDED, **empty})
    assert type(left) is ParticipantLeft
    assert not isinstance(left, CallEnded)
    assert left.debit == 0.036
    assert (left.dest2, left.call_status_dest2) == (None, None)


@pytest.mark.parametrize(
    'fields',
    [
        {'call_status_dest1': 'answered', 'dest2': '+65'},
        {'call_status_dest1': 'answered'},
        {'sms_status': 'delivered'},
        {'status': 'success_ok', 'dest': '+65'},
        {'msg': 'Hi', 'from': '+65', 'to': '+66'},
        {'fax_status': 'answered'},
        {'of_tomorrow': 'x', 'call_state': 'ended'},
    ],
)
def test_only_an_ivr_call_is_ever_over(client: HoiioClient, fields: dict[str, str]) -> None:
    other = parse(client, fields)
    assert not isinstance(other, IvrNotification)
    assert other.is_over() is False
    ongoing, ended = (
        parse(client, {'session': 'S1', 'call_state': state}) for state in ('ongoing', 'ended')
    )
    assert (ongoing.is_over(), ended.is_over()) == (False, True)


@pytest.mark.parametrize(
    ('block', 'kind'),
    [
        ('answer', IncomingCall),
        ('dial', Dialled),
        ('play', Played),
        ('gather', Gathered),
        ('record', Recorded),
        ('monitor', Monitored),
        ('unhold', Unheld),
        ('transfer', Transferred),
        ('hangup', HungUp),
        ('of tomorrow', IvrNotification),
    ],
)
def test_ivr_blocks(client: HoiioClient, block: str, kind: type[IvrNotification]) -> None:
    done = parse(client, {**IVR, 'ivr_block': block, 'from': '+65', 'to': '+66', **ENDED})
    assert type(done) is kind
    assert (done.session, done.ivr_block, done.from_, done.to) == ('S-1', block, '+65', '+66')
    assert done.call_state is CallState.ONGOING
    assert not done.is_over()
    assert done.date == datetime(2012, 1, 31, 12, 6, 15)


@pytest.mark.parametrize(
    ('fields', 'kind'),
    [
        ({'call_state': 'ringing'}, IncomingCall),
        ({'dial_status': 'answered'}, Dialled),
        ({'digits': ''}, Gathered),
        ({'record_url': 'https://example.com/1.mp3'}, Recorded),
        ({'transfer_status': 'busy'}, Transferred),
        ({'monitor_url': 'https://example.com/1.mp3', 'ivr_block': 'monitor'}, CallRecording),
        ({'monitor_url': 'https://example.com/1.mp3'}, CallRecording),
        ({'monitor_url': 'x', 'ivr_block': 'transfer', 'transfer_status': 'busy'}, Transferred),
        ({'call_state': 'ended'}, IvrNotification),
    ],
)
def test_ivr_blocks_of_2012(
    client: HoiioClient, fields: dict[str, str], kind: type[IvrNotification]
) -> None:
    done = parse(client, {**IVR, **fields})
    assert type(done) is kind
    assert done.is_over() is (fields.get('call_state') == 'ended')
    for name, value in fields.items():
        assert getattr(done, name) == value


@pytest.mark.parametrize('body', [b'', b'a=b', b'msg=hello', b'%', b'&&&', b'=', b'a'])
def test_an_unknown_kind_is_a_plain_notification(client: HoiioClient, body: bytes) -> None:
    assert type(parse(client, body)) is Notification


def test_own_parameters_are_kept(client: HoiioClient) -> None:
    done = parse(client, {'app_state': 'menu', **IVR, 'digits': '007'})
    assert (done.app_state, done.digits) == ('menu', '007')


def test_the_first_of_two_values_counts(client: HoiioClient) -> None:
    assert parse(client, b'session=S-1&digits=1&digits=2').digits == '1'


# The query


def test_the_query_tells_notifications_without_a_body_apart(client: HoiioClient) -> None:
    handled = Handled()
    for query in ('sms_status=queued&txn_ref=1', 'sms_status=queued&txn_ref=2'):
        assert handled.first_time(client.notification.parse(b'', sign(b''), query=query))
    with_nothing: Any = None
    assert client.notification.parse(GATHERED, sign(GATHERED), query=with_nothing).tag == 'myapp'


def test_the_query_adds_but_never_overrides(client: HoiioClient) -> None:
    query = 'digits=9&session=S-9&app_state=menu&record_url=http://evil.example'
    done = client.notification.parse(GATHERED, sign(GATHERED), query=query)
    assert type(done) is Gathered
    assert (done.digits, done.session) == ('1', 'S-1234')
    assert done.json['app_state'] == 'menu'
    assert done.unsigned == {'app_state', 'record_url'}


def test_a_notification_in_the_query_alone(client: HoiioClient) -> None:
    sms = client.notification.parse(b'', sign(b''), query=INCOMING_SMS)
    assert isinstance(sms, IncomingSms)
    assert sms.msg == 'hoiio world'
    assert 'msg' in sms.unsigned


def test_the_query_has_no_say_in_the_kind(client: HoiioClient) -> None:
    done = client.notification.parse(b'a=b', sign(b'a=b'), query='session=S-9&digits=1')
    assert type(done) is Notification


# Acting on a call


def test_a_call_is_conducted(client: HoiioClient, api: Api) -> None:
    call = parse(client, {**IVR, 'call_state': 'ringing'}).call
    assert repr(call) == "<Call session='S-1'>"
    for name in ('play', 'gather', 'record', 'monitor', 'hold', 'unhold'):
        api.answers(f'ivr/middle/{name}')
    api.answers('ivr/end/transfer', room='R1')
    api.answers('ivr/end/hangup')
    call.play('Hello.')
    call.gather(max_digits=1, timeout=5)
    call.record()
    call.monitor()
    call.hold()
    call.unhold()
    assert call.transfer('room:').room == 'R1'
    call.hangup(force=True)
    assert {form.pop('session') for form in api.forms} == {'S-1'}
    assert api.forms[1] == {'session': 'S-1', 'max_digits': '1', 'timeout': '5'}
    assert api.forms[-1] == {'session': 'S-1', 'force': 'enabled'}


BLOCKS = ('gather', 'hangup', 'hold', 'monitor', 'play', 'record', 'transfer', 'unhold')


def test_a_call_has_every_block_but_dial() -> None:
    assert sorted(name for name in vars(Ivr) if not name.startswith('_')) == ['dial', *BLOCKS]
    assert sorted(name for name in vars(Call) if not name.startswith('_')) == [*BLOCKS]


@pytest.mark.parametrize('block', BLOCKS)
def test_a_block_of_a_call_takes_what_that_of_the_service_takes_after_the_session(
    block: str,
) -> None:
    ours, theirs = (inspect.signature(getattr(kind, block)) for kind in (Call, Ivr))
    others = [each for each in theirs.parameters.values() if each.name != 'session']
    assert ours == theirs.replace(parameters=others)
    hints = get_type_hints(getattr(Call, block))
    assert {'session': str, **hints} == get_type_hints(getattr(Ivr, block))


@pytest.mark.parametrize('block', BLOCKS)
def test_a_block_of_a_call_passes_all_on(block: str) -> None:
    ivr = create_autospec(Ivr, instance=True)
    named = [*inspect.signature(getattr(Call, block)).parameters][1:-1]
    options = {name: f'the {name}' for name in (*named, 'app_id', 'access_token')}
    res = getattr(Call(ivr, 'S-1'), block)(**options)
    assert res is getattr(ivr, block).return_value
    getattr(ivr, block).assert_called_once_with('S-1', **options)


def test_notifications_pickle_without_their_client(client: HoiioClient) -> None:
    for body in (CALL_ENDED, GATHERED):
        done = parse(client, body)
        pickled = pickle.dumps(done)
        assert b'TOKEN' not in pickled
        again = pickle.loads(pickled)
        assert (type(again), again.json, again.digest) == (type(done), done.json, done.digest)
    with pytest.raises(HoiioException, match=r'Call\(Hoiio.ivr, notification.session\)'):
        _ = again.call
    assert Call(client.ivr, again.session).session == 'S-1234'


def test_a_pickle_that_names_the_public_place_of_a_kind_is_read(client: HoiioClient) -> None:
    pickled = pickle.dumps(parse(client, SMS_DELIVERY), 0)
    assert b'choiio.notification.kinds\n' in pickled
    public = pickled.replace(b'choiio.notification.kinds\n', b'choiio.notification\n')
    assert type(pickle.loads(public)) is SmsDelivery


# Replays


def test_a_repeated_notification_is_recognised(client: HoiioClient) -> None:
    handled = Handled()
    first, other = parse(client, GATHERED), parse(client, CALL_ENDED)
    again = parse(client, GATHERED)
    assert [handled.first_time(each) for each in (first, other, again)] == [True, True, False]


def test_a_store_of_the_users(client: HoiioClient) -> None:
    store: set[str] = set()
    Handled(store).first_time(parse(client, GATHERED))
    assert store == {hashlib.sha256(GATHERED).hexdigest()}
    assert not Handled(store).first_time(parse(client, GATHERED))


class Shared:
    """A store of several processes, in which another one was faster."""

    def __contains__(self, item: str, /) -> bool:
        return False

    def add(self, value: str, /) -> bool:
        return False


def test_the_store_has_the_last_word(client: HoiioClient) -> None:
    assert not Handled(Shared()).first_time(parse(client, GATHERED))


def test_memory_is_bounded() -> None:
    handled = Handled()
    for number in range(10_001):
        assert handled.first_time(Notification({}, str(number)))
    assert handled.first_time(Notification({}, '0'))
    assert not handled.first_time(Notification({}, '10000'))


def test_of_many_threads_one_is_the_first(client: HoiioClient) -> None:
    handled, done = Handled(), parse(client, GATHERED)
    start = threading.Barrier(8)

    def ask(_: int) -> bool:
        start.wait()
        return handled.first_time(done)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 1
