from __future__ import annotations

import copy
import json
import pickle
from datetime import datetime
from typing import Annotated, Any, Optional

import pytest
import requests
from django.template import Context, Engine

from hoiio import (
    ApiError,
    CredentialsRefused,
    CreditInsufficient,
    Entry,
    FieldUnreadable,
    HoiioClient,
    HoiioException,
    InputInvalid,
    Page,
    RateLimitExceeded,
    Response,
    ResponseUnreadable,
    SmsStatus,
    Transaction,
)
from hoiio.fields import Field
from hoiio.notification import (
    BulkSmsTransaction,
    CallEnded,
    CallRecording,
    Dialled,
    FaxReceived,
    FaxSent,
    Gathered,
    HungUp,
    IncomingCall,
    IncomingSms,
    Monitored,
    Notification,
    ParticipantLeft,
    Played,
    Recorded,
    SmsDelivery,
    Transferred,
    Unheld,
)
from hoiio.response import fields_of
from hoiio.service.account import AccountInfo
from hoiio.service.fax import FaxReport
from hoiio.service.ivr import Transfer
from hoiio.service.number import AvailableNumber, Country, SubscribedNumber
from hoiio.service.sms import SmsHistory, SmsRate, SmsRecord, SmsReport
from hoiio.service.voice import CallReport
from tests.conftest import BASE_URL, Api

REPORT = {
    'txn_ref': 'AA-S-141147',
    'tag': 'my-tag',
    'sms_status': 'delivered',
    'date': '2012-01-31 12:06:15',
    'src': '+6522222222',
    'dest': '+6511111111',
    'msg': 'a private text',
    'split_count': '2',
    'currency': 'SGD',
    'rate': '0.032',
    'debit': '0.064',
}


# Published responses, without the fields that at least one of them lacks.
CALL = {
    'txn_ref': 'AA-C-1',
    'date': '2010-01-01 10:10:00',
    'dest1': '+6511111111',
    'call_status_dest1': 'answered',
    'currency': 'SGD',
    'rate': '0.020',
}
SMS = {
    'txn_ref': 'AA-S-1',
    'sms_status': 'delivered',
    'date': '2010-01-01 10:10:00',
    'dest': '+6511111111',
    'split_count': '2',
    'currency': 'SGD',
    'rate': '0.038',
    'debit': '0.076',
}
FAX = {
    'txn_ref': 'TX-1234',
    'dest': '+6511111111',
    'fax_status': 'ongoing',
    'date': '2012-01-31 12:06:15',
    'currency': 'SGD',
}
NUMBER = {
    'number': '+6511111111',
    'expiry': '2012-01-01',
    'auto_extend_status': 'disabled',
    'country': 'SG',
}
INFO = {
    'name': 'John Doe',
    'mobile_number': '+6511111111',
    'caller_ids': ['+6511111111', 'p'],
    'country': 'SG',
    'prefix': '+65',
    'currency': 'SGD',
}
IVR = {'session': 'S-1234', 'txn_ref': 'TX-1234', 'call_state': 'ongoing'}
OVER = {'date': '2012-01-31 12:06:15', 'duration': '2', 'currency': 'SGD', 'debit': '0.036'}
EXAMPLES: list[tuple[type[Entry], dict[str, Any]]] = [
    (CallReport, CALL),
    (CallReport, {**CALL, 'tag': 'id_1', 'duration': '7', 'debit': '0.140'}),
    (SmsReport, SMS),
    (SmsRate, {'currency': 'SGD', 'rate': '0.010'}),
    (FaxReport, {**FAX, 'rate': '0.032'}),
    (Transfer, {}),
    (Country, {'code': 'SG', 'name': 'Singapore', 'prefix': '65'}),
    (AvailableNumber, {'number': '+6511111111'}),
    (SubscribedNumber, NUMBER),
    (AccountInfo, INFO),
    (CallEnded, {**CALL, **OVER, 'dest2': '+6522222222', 'call_status_dest2': 'failed'}),
    (ParticipantLeft, {**CALL, **OVER}),
    (SmsDelivery, SMS),
    (BulkSmsTransaction, {'status': 'error_dest_invalid'}),
    (IncomingSms, {**OVER, 'txn_ref': 'AA-SI-85', 'msg': 'Hi', 'from': '+651', 'to': '+652'}),
    (IncomingCall, {**IVR, 'from': '+6511111111', 'to': '+6522222222'}),
    (Dialled, {**IVR, 'dial_status': 'answered'}),
    (Played, IVR),
    (Gathered, {**IVR, 'digits': ''}),
    (Recorded, IVR),
    (Monitored, IVR),
    (Unheld, IVR),
    (Transferred, {**IVR, 'transfer_status': 'busy'}),
    (HungUp, {**IVR, **OVER, 'rate': '0.018'}),
    (CallRecording, {**IVR, 'monitor_url': 'https://example.com/mon/1.mp3'}),
    (FaxSent, {**FAX, **OVER}),
    (FaxReceived, {**FAX, **OVER, 'from': '+6511111111', 'to': '+6522222222'}),
]


@pytest.fixture
def report(client: HoiioClient, api: Api) -> SmsReport:
    api.answers('sms/query_status', **REPORT)
    return client.sms.status('AA-S-141147')


def answered(
    client: HoiioClient, api: Api, status: str = 'success_ok', **fields: Any
) -> Transaction:
    api.answers('sms/send', status, **fields)
    return client.sms.send('Hoiio World', '+6511111111')


def test_fields_are_converted(report: SmsReport) -> None:
    assert report.is_success()
    assert report.status == 'success_ok'
    assert report.date == datetime(2012, 1, 31, 12, 6, 15)
    assert (report.split_count, report.rate, report.debit) == (2, 0.032, 0.064)
    assert type(report.split_count) is int
    assert report.sms_status is SmsStatus.DELIVERED
    assert report.operation == 'sms/query_status'


def test_a_field_is_converted_once(report: SmsReport) -> None:
    assert report.date is report.date


def test_the_raw_response(report: SmsReport) -> None:
    assert report.json == {'status': 'success_ok', **REPORT}
    assert report.text == report.response.text
    assert isinstance(report.response, requests.Response)
    assert report.response.status_code == 200
    assert report.response.headers['Content-Type'] == 'application/json'
    assert 'hoiio-python/' in str(report.response.request.headers['User-Agent'])


def test_a_missing_field(client: HoiioClient, api: Api) -> None:
    res = answered(client, api, 'error_insufficient_credit')
    assert not res.is_success()
    assert not hasattr(res, 'txn_ref')
    with pytest.raises(AttributeError, match=r"no 'txn_ref'.*error_insufficient_credit"):
        _ = res.txn_ref


def test_a_missing_field_of_an_entry() -> None:
    with pytest.raises(AttributeError, match="SmsRecord has no 'debit'"):
        _ = SmsRecord({'rate': '0.032'}).debit


def test_an_unknown_field_keeps_its_value(client: HoiioClient, api: Api) -> None:
    res: Any = answered(client, api, new_field={'a': ['1']})
    assert res.new_field == {'a': ['1']}
    assert 'new_field' in dir(res)
    assert 'is_success' in dir(res)


def test_an_unreadable_field_leaves_the_others_readable() -> None:
    record = SmsRecord({'debit': 'a lot', 'rate': '0.032', 'date': '31/1/2012'})
    assert record.rate == 0.032
    with pytest.raises(FieldUnreadable, match="'debit'"):
        _ = record.debit
    with pytest.raises(ValueError, match="'date'"):
        _ = record.date
    assert record.json['debit'] == 'a lot'


def test_null_and_an_empty_number_are_missing() -> None:
    record = SmsRecord({'dest': None, 'debit': None, 'rate': '', 'currency': ''})
    assert not any(hasattr(record, name) for name in ('dest', 'debit', 'rate'))
    assert record.currency == ''


@pytest.mark.parametrize(
    'wire', [{}, {'tag': None}, {'tag': ''}], ids=['left out', 'null', 'empty']
)
def test_an_optional_field_that_is_missing_is_none(
    client: HoiioClient, api: Api, wire: dict[str, Any]
) -> None:
    api.answers('sms/query_status', **wire)
    api.answers('sms/get_history', entries=[wire])
    status, history = client.sms.status('AA-S-1'), client.sms.history()
    some: list[Any] = [status, *history.entries, SmsRecord(wire), Notification(wire)]
    for res in some:
        assert res.tag is None
        assert hasattr(res, 'tag')
        assert pickle.loads(pickle.dumps(res)).tag is None
        assert copy.copy(res).tag is None
        assert 'tag' not in repr(res)


def test_an_optional_field_of_a_refusal_raises_attribute_error(
    client: HoiioClient, api: Api
) -> None:
    api.answers('voice/query_status', 'error_invalid_txn_ref')
    res = client.voice.status('AA-C-1')
    assert not hasattr(res, 'debit')
    with pytest.raises(
        AttributeError, match="has no 'debit': Hoiio answered 'error_invalid_txn_ref'"
    ):
        _ = res.debit


@pytest.mark.parametrize(
    ('kind', 'wire'),
    [pytest.param(kind, wire, id=kind.__name__) for kind, wire in EXAMPLES],
)
def test_a_published_response_has_every_declared_field(
    client: HoiioClient, api: Api, kind: type[Entry], wire: dict[str, Any]
) -> None:
    answer: Entry
    if issubclass(kind, Response):
        api.answers('a/b', **wire)
        answer = client.request('a/b', kind, {})
    else:
        answer = kind(wire)
    fields = {name: field for name, field in fields_of(kind).items() if not name.startswith('_')}
    none = {name for name in fields if getattr(answer, name) is None}
    assert none == {name for name, field in fields.items() if field.is_optional} - {*wire}


def test_an_unknown_word() -> None:
    record = SmsRecord({'sms_status': 'bounced'})
    assert record.sms_status == 'bounced'
    assert isinstance(record.sms_status, SmsStatus)


@pytest.mark.parametrize('entries', ['text', 5, {'a': 1}, {}, 0, False])
def test_entries_that_are_not_a_list(client: HoiioClient, api: Api, entries: object) -> None:
    api.answers('sms/get_history', entries=entries)
    history = client.sms.history()
    with pytest.raises(FieldUnreadable, match="'entries'"):
        _ = history.entries
    assert history.json['entries'] == entries


@pytest.mark.parametrize('odd', ['a date', 7, None, ['txn_ref'], True])
def test_an_entry_that_is_not_an_object_leaves_the_others_readable(
    client: HoiioClient, api: Api, odd: object
) -> None:
    api.answers('sms/get_history', total_entries_count='3', entries=[REPORT, odd, REPORT])
    history = client.sms.history()
    for entries in (
        history.entries,
        list(history.auto_paging_iter()),
        copy.deepcopy(history).entries,
    ):
        first, damaged, *_ = entries
        assert first.debit == 0.064
        assert damaged.json == odd
        assert repr(damaged) == '<SmsRecord>'
        assert 'json' in dir(damaged)
        for name in ('debit', 'tag', 'of_tomorrow'):
            with pytest.raises(FieldUnreadable, match='not a JSON object'):
                getattr(damaged, name)
        assert pickle.loads(pickle.dumps(damaged)).json == odd
    assert len(history.entries) == 3


def test_an_object_within_an_entry_is_an_entry() -> None:
    class Outer(Entry):
        inner: SmsRecord | None

    assert Outer({}).inner is None
    with pytest.raises(FieldUnreadable, match="'inner'"):
        _ = Outer({'inner': 'AA-S-1'}).inner


def raw(api: Api, operation: str, *bodies: bytes) -> None:
    for body in bodies:
        api.mock.post(BASE_URL + operation, body=body, content_type='application/json')


BROKEN = {
    'a byte that is not UTF-8': b'ca\xfft',
    'half a character': '你'.encode()[:2],
    'a surrogate': b'\xed\xa0\x80',
    'a newline': b'ca\nt',
    'a null byte': b'ca\0t',
}


@pytest.mark.parametrize('text', BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize('start', [b'', b'\xef\xbb\xbf'], ids=['plain', 'BOM'])
def test_a_broken_text_makes_only_its_field_unreadable(
    client: HoiioClient, api: Api, text: bytes, start: bytes
) -> None:
    body = b'%s{"status": "success_ok", "txn_ref": "AA-S-1", "msg": "%s", "debit": 0.064, "n": 3}'
    raw(api, 'sms/query_status', body % (start, text))
    res: Any = client.sms.status('AA-S-1')
    assert (res.txn_ref, res.debit, res.n) == ('AA-S-1', 0.064, 3)
    assert len(res.msg) >= 1


def test_a_response_with_a_bad_byte_is_readable(client: HoiioClient, api: Api) -> None:
    raw(api, 'sms/send', b'{"status": "success_ok", "txn_ref": "AA-S-1", "note": "\xe9t\xe9"}')
    assert client.sms.send('Hoiio World', '+6511111111').txn_ref == 'AA-S-1'


def test_a_number_with_thousands_of_digits_leaves_the_other_fields_readable(
    client: HoiioClient, api: Api
) -> None:
    raw(
        api,
        'sms/query_status',
        b'{"status": "success_ok", "split_count": 2, "n": %s}' % (b'9' * 5000),
    )
    res: Any = client.sms.status('AA-S-1')
    assert (res.split_count, res.json['split_count'], res.n) == (2, 2, '9' * 5000)


@pytest.mark.parametrize(
    'body', [b'{"status": "success_ok"', b'\xff', b'{"status": "success_ok",}', b'']
)
def test_a_body_that_is_not_json_is_unreadable(client: HoiioClient, api: Api, body: bytes) -> None:
    raw(api, 'sms/send', body)
    with pytest.raises(ResponseUnreadable):
        client.sms.send('Hoiio World', '+6511111111')


@pytest.mark.parametrize(
    ('content_type', 'said'),
    [
        ('Text/HTML; charset=utf-8', 'text/html'),
        ('text/SECRET', 'another content type'),
        ('', 'no content type'),
    ],
)
def test_a_content_type_is_named_if_it_is_a_usual_one(
    client: HoiioClient, api: Api, content_type: str, said: str
) -> None:
    api.mock.post(f'{BASE_URL}sms/send', body='x', content_type=content_type)
    with pytest.raises(ResponseUnreadable, match=f'HTTP 200 with {said} instead'):
        client.sms.send('Hoiio World', '+6511111111')


def test_json_is_a_dict_and_a_call_of_it_raises_a_helpful_error(
    client: HoiioClient, api: Api
) -> None:
    api.answers('sms/send', txn_ref='AA-S-1')
    res = client.sms.send('Hoiio World', '+6511111111')
    with pytest.raises(TypeError, match='json is a dict and not a method'):
        res.json()  # type: ignore[operator]
    body = {'status': 'success_ok', 'txn_ref': 'AA-S-1'}
    copies = [dict(res.json), copy.copy(res.json), pickle.loads(pickle.dumps(res.json))]
    assert [type(each) for each in copies] == [dict, dict, dict]
    assert [res.json, *copies] == [body] * 4
    assert repr(res.json) == repr(body)
    assert json.dumps(res.json) == json.dumps(body)
    assert pickle.loads(pickle.dumps(res)).json == body


def test_a_template_of_django_reads_json(client: HoiioClient, api: Api) -> None:
    api.answers('sms/send', txn_ref='AA-S-1')
    res = client.sms.send('Hoiio World', '+6511111111')
    template = Engine().from_string('{{ res.json.txn_ref }}')
    assert template.render(Context({'res': res}, autoescape=False)) == 'AA-S-1'


def test_a_field_cannot_take_the_place_of_a_method(client: HoiioClient, api: Api) -> None:
    names = ('is_success', 'json', 'response', 'operation', '_read', '__class__')
    body = {'status': 'success_ok', **dict.fromkeys(names, 'taken')}
    api.mock.post(f'{BASE_URL}sms/send', json=body)
    res = client.sms.send('Hoiio World', '+6511111111')
    assert res.is_success()
    assert res.json['json'] == 'taken'
    assert res.operation == 'sms/send'
    assert isinstance(res.response, requests.Response)


class Own(Response):
    note: str | None
    count: Optional[int]  # noqa: UP045 - the older spelling
    extra: dict[str, str]
    either: int | str
    any: Any
    lists: list[Any]
    mark: Annotated[int, Field(alias='note')] | None
    size: int = 3
    fallback: str | None = None


def test_a_result_class_of_the_user(client: HoiioClient, api: Api) -> None:
    api.answers('a/b', note=5, count='5', extra={'a': 'b'}, either='c', any=None, lists=[1, 'd'])
    api.answers('a/b')
    api.answers('a/b', 'error_of_tomorrow')
    res, bare, refused = (client.request('a/b', Own, {}) for _ in range(3))
    assert (bare.note, bare.count, bare.mark, bare.size) == (None, None, None, 3)
    assert (refused.fallback, refused.size) == (None, 3)
    assert not any(hasattr(refused, name) for name in ('note', 'count', 'mark'))
    assert not any(hasattr(bare, name) for name in ('extra', 'either', 'any', 'lists'))
    assert (res.note, res.count, res.extra, res.either) == ('5', 5, {'a': 'b'}, 'c')
    assert res.lists == [1, 'd']


def test_a_page_without_an_entry_class_has_plain_entries(client: HoiioClient, api: Api) -> None:
    api.answers('sms/get_history', total_entries_count='1', entries=[REPORT])
    page: Page[Entry] = client.request('sms/get_history', Page, {})
    assert type(page.entries[0]) is Entry
    assert page.entries[0].json == REPORT
    assert page.total_entries_count == 1


def test_nothing_is_sent_if_a_result_class_is_not_valid(client: HoiioClient, api: Api) -> None:
    class Broken(Response):
        note: NoSuchName  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(NameError):
        client.request('sms/send', Broken, {'dest': '+6511111111'})
    for kind in (Page[SmsRecord], SmsRecord, Entry, dict, 'Response'):
        with pytest.raises(InputInvalid, match='a class'):
            client.request('sms/send', kind, {'dest': '+6511111111'})  # type: ignore[type-var, arg-type]
    assert len(api.mock.calls) == 0


def test_a_declared_field_that_does_not_fit_keeps_the_response(
    client: HoiioClient, api: Api
) -> None:
    class Odd(Response):
        status: int  # type: ignore[assignment]

    api.answers('sms/send', txn_ref='AA-S-1')
    res = client.request('sms/send', Odd, {'dest': '+6511111111'})
    assert res.json['txn_ref'] == 'AA-S-1'


@pytest.mark.parametrize(
    'status', ['Rejected: +6511111111\nFORGED', '\ud800', 'OK', '', ' success_ok', 'a' * 101, None]
)
def test_a_status_must_be_a_word(client: HoiioClient, api: Api, status: object) -> None:
    api.mock.post(f'{BASE_URL}sms/send', json={'status': status})
    with pytest.raises(ResponseUnreadable) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert '6511111111' not in str(caught.value)
    assert caught.value.outcome_unknown


def test_a_long_content_type_is_not_shown(client: HoiioClient, api: Api) -> None:
    api.mock.post(f'{BASE_URL}sms/send', body='', content_type='x' * 5000)
    with pytest.raises(ResponseUnreadable) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert len(str(caught.value)) < 400


def test_text_is_always_utf_8(client: HoiioClient, api: Api) -> None:
    body = '{"status": "success_ok", "name": "Jürgen"}'.encode()
    url = f'{BASE_URL}user/get_info'
    api.mock.post(url, body=body, content_type='text/plain; charset=latin-1')
    info = client.account.info()
    assert info.name == 'Jürgen'
    assert 'Jürgen' in info.text


# repr and pickle


def test_repr_shows_no_personal_data(report: SmsReport) -> None:
    assert repr(report) == (
        "<SmsReport status='success_ok' txn_ref='AA-S-141147' sms_status='delivered'"
        " date='2012-01-31 12:06:15' currency='SGD' rate='0.032' debit='0.064'>"
    )
    assert repr(Entry({})) == '<Entry>'


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
def test_responses_pickle(report: SmsReport, protocol: int) -> None:
    before = report.date
    again = pickle.loads(pickle.dumps(report, protocol))
    assert type(again) is SmsReport
    assert again.json == report.json
    assert again.date == before
    assert again.debit == report.debit
    assert again.response.status_code == 200
    assert again.operation == 'sms/query_status'
    assert b'TOKEN' not in pickle.dumps(report, protocol)


def test_responses_copy(report: SmsReport) -> None:
    for again in (copy.copy(report), copy.deepcopy(report)):
        assert again.txn_ref == report.txn_ref
        assert repr(again) == repr(report)


def test_a_history_pickles_without_its_client(client: HoiioClient, api: Api) -> None:
    api.answers('sms/get_history', total_entries_count='2', entries=[REPORT])
    history = client.sms.history()
    pickled = pickle.dumps(history)
    assert b'TOKEN' not in pickled
    again: SmsHistory = pickle.loads(pickled)
    assert again.entries[0].debit == 0.064
    rest = again.auto_paging_iter()
    assert next(rest).txn_ref == 'AA-S-141147'
    with pytest.raises(HoiioException, match='request the page again'):
        next(rest)


# raise_for_status


def test_raise_for_status_returns_a_success(client: HoiioClient, api: Api) -> None:
    res = answered(client, api, txn_ref='AA-S-1')
    assert res.raise_for_status() is res


@pytest.mark.parametrize(
    ('status', 'kind', 'meaning'),
    [
        ('error_insufficient_credit', CreditInsufficient, 'balance is too low'),
        ('error_rate_limit_exceeded', RateLimitExceeded, 'Wait'),
        ('error_invalid_app_id', CredentialsRefused, 'App ID'),
        ('error_invalid_access_token', CredentialsRefused, 'expired'),
        ('error_dest_invalid', ApiError, 'not a valid phone number'),
        ('error_tag_param_missing', ApiError, 'parameter tag is missing'),
        ('error_of_tomorrow', ApiError, 'sms/send: error_of_tomorrow.'),
    ],
)
def test_raise_for_status(
    client: HoiioClient, api: Api, status: str, kind: type[ApiError], meaning: str
) -> None:
    res = answered(client, api, status)
    with pytest.raises(ApiError, match=meaning) as caught:
        res.raise_for_status()
    error = caught.value
    assert type(error) is kind
    assert error.status == status
    assert error.response is res
    assert not error.outcome_unknown
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.status, str(again)) == (kind, status, str(error))
    assert again.response.json == res.json


@pytest.mark.parametrize(
    ('code', 'status'),
    [
        (200, 'error_internal_server_error'),
        (200, 'error'),
        (200, 'success_accepted'),
        (504, 'error'),
        (500, 'error_service_not_available'),
    ],
)
def test_an_answer_that_is_not_a_refusal_leaves_the_outcome_unknown(
    client: HoiioClient, api: Api, code: int, status: str
) -> None:
    api.mock.post(f'{BASE_URL}sms/send', json={'status': status}, status=code)
    api.mock.post(f'{BASE_URL}user/get_balance', json={'status': status}, status=code)
    for res, unknown in (
        (client.sms.send('Hoiio World', '+6511111111'), True),
        (client.account.balance(), False),
    ):
        with pytest.raises(ApiError) as caught:
            res.raise_for_status()
        assert caught.value.outcome_unknown is unknown


def test_an_internal_error_leaves_the_outcome_of_a_send_unknown(
    client: HoiioClient, api: Api
) -> None:
    res = answered(client, api, 'error_internal_server_error')
    with pytest.raises(ApiError) as caught:
        res.raise_for_status()
    assert caught.value.outcome_unknown


def test_the_outcome_of_a_query_with_an_internal_error_is_known(
    client: HoiioClient, api: Api
) -> None:
    api.answers('user/get_balance', 'error_internal_server_error')
    with pytest.raises(ApiError) as caught:
        client.account.balance().raise_for_status()
    assert not caught.value.outcome_unknown


# Pages


def page(api: Api, number: int, refs: range, total: int | None = 250) -> None:
    entries = [{'txn_ref': f'AA-S-{ref}', 'debit': '0.032'} for ref in refs]
    counts = {} if total is None else {'total_entries_count': str(total)}
    api.answers('sms/get_history', entries_count=str(len(entries)), entries=entries, **counts)


def test_auto_paging_requests_each_page_once(client: HoiioClient, api: Api) -> None:
    for number, refs in enumerate((range(100), range(100, 200), range(200, 250)), 1):
        page(api, number, refs)
    history = client.sms.history(from_='2012-01-01 00:00:00')
    given = [entry.txn_ref for entry in history.auto_paging_iter()]
    assert given == [f'AA-S-{ref}' for ref in range(250)]
    assert api.forms == [
        {'from': '2012-01-01 00:00:00'},
        {'from': '2012-01-01 00:00:00', 'page': '2'},
        {'from': '2012-01-01 00:00:00', 'page': '3'},
    ]


def test_auto_paging_without_a_total_stops_at_an_empty_page(client: HoiioClient, api: Api) -> None:
    page(api, 1, range(3), None)
    page(api, 2, range(3, 5), None)
    page(api, 3, range(0), None)
    assert len(list(client.sms.history().auto_paging_iter())) == 5
    assert [form.get('page') for form in api.forms] == [None, '2', '3']


def test_auto_paging_yields_an_entry_once_that_moves_to_the_next_page(
    client: HoiioClient, api: Api
) -> None:
    page(api, 1, range(100), 150)
    page(api, 2, range(98, 150), 152)
    given = [entry.txn_ref for entry in client.sms.history().auto_paging_iter()]
    assert given == [f'AA-S-{ref}' for ref in range(150)]


@pytest.mark.parametrize('entries', [{}, {'entries': None}])
def test_auto_paging_without_entries(
    client: HoiioClient, api: Api, entries: dict[str, Any]
) -> None:
    api.answers('sms/get_history', total_entries_count='5', **entries)
    with pytest.raises(FieldUnreadable, match='does not have the field entries'):
        next(client.sms.history().auto_paging_iter())


def test_auto_paging_of_entries_with_odd_references(client: HoiioClient, api: Api) -> None:
    odd: list[dict[str, object]] = [{'txn_ref': None}, {'txn_ref': ['a']}, {}]
    for _ in range(2):
        api.answers('sms/get_history', total_entries_count='6', entries=odd)
    assert len(list(client.sms.history().auto_paging_iter())) == 6


@pytest.mark.parametrize('total', [{}, {'total_entries_count': '5'}], ids=['no total', 'total'])
def test_auto_paging_raises_if_the_same_page_comes_twice(
    client: HoiioClient, api: Api, total: dict[str, str]
) -> None:
    api.answers('sms/get_history', entries=[REPORT], **total)
    entries = client.sms.history().auto_paging_iter()
    assert next(entries).txn_ref == REPORT['txn_ref']
    with pytest.raises(HoiioException, match='same page of a list twice'):
        next(entries)
    assert len(api.forms) == 2


def test_auto_paging_yields_an_entry_once_that_moves_over_several_pages(
    client: HoiioClient, api: Api
) -> None:
    first, later = range(200, 0, -1), range(350, 0, -1)
    for records, start in ((first, 0), (later, 100), (later, 200), (later, 300)):
        refs = [{'txn_ref': f'AA-S-{number}'} for number in records[start : start + 100]]
        api.answers('sms/get_history', total_entries_count=str(len(records)), entries=refs)
    given = [entry.txn_ref for entry in client.sms.history().auto_paging_iter()]
    assert len(given) == len(set(given)) == 250
    assert {f'AA-S-{number}' for number in first} <= {*given}


def test_auto_paging_of_a_refused_first_page(client: HoiioClient, api: Api) -> None:
    api.answers('sms/get_history', 'error_from_invalid')
    with pytest.raises(ApiError, match='error_from_invalid'):
        next(client.sms.history(from_='yesterday').auto_paging_iter())


def test_auto_paging_of_a_refused_later_page(client: HoiioClient, api: Api) -> None:
    page(api, 1, range(100))
    api.answers('sms/get_history', 'error_rate_limit_exceeded')
    entries = client.sms.history().auto_paging_iter()
    assert len([next(entries) for _ in range(100)]) == 100
    with pytest.raises(RateLimitExceeded):
        next(entries)


def test_auto_paging_starts_at_the_requested_page(client: HoiioClient, api: Api) -> None:
    page(api, 2, range(100, 200))
    page(api, 3, range(200, 250))
    assert len(list(client.sms.history(page=2).auto_paging_iter())) == 150
    assert [form['page'] for form in api.forms] == ['2', '3']
