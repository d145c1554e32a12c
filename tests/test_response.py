from __future__ import annotations

import copy
import pickle
from datetime import datetime
from typing import Any, Optional

import pytest
import requests

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
from hoiio.service.sms import SmsHistory, SmsRecord, SmsReport
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


def test_the_raw_answer(report: SmsReport) -> None:
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


def test_an_unknown_field_passes_through(client: HoiioClient, api: Api) -> None:
    res: Any = answered(client, api, new_field={'a': ['1']})
    assert res.new_field == {'a': ['1']}
    assert 'new_field' in dir(res)
    assert 'is_success' in dir(res)


def test_an_unreadable_field_costs_no_other() -> None:
    record = SmsRecord({'debit': 'a lot', 'rate': '0.032', 'date': '31/1/2012'})
    assert record.rate == 0.032
    with pytest.raises(FieldUnreadable, match="'debit'"):
        _ = record.debit
    with pytest.raises(ValueError, match="'date'"):
        _ = record.date
    assert record.json['debit'] == 'a lot'


def test_null_and_an_empty_number_are_missing() -> None:
    record = SmsRecord({'src': None, 'debit': None, 'rate': '', 'tag': ''})
    assert not any(hasattr(record, name) for name in ('src', 'debit', 'rate'))
    assert record.tag == ''


def test_a_word_that_is_not_known_yet() -> None:
    record = SmsRecord({'sms_status': 'bounced'})
    assert record.sms_status == 'bounced'
    assert isinstance(record.sms_status, SmsStatus)


@pytest.mark.parametrize('entries', ['text', [5], [[]], {'a': 1}])
def test_entries_that_are_none(client: HoiioClient, api: Api, entries: object) -> None:
    api.answers('sms/get_history', entries=entries)
    history = client.sms.history()
    with pytest.raises(FieldUnreadable, match="'entries'"):
        _ = history.entries
    assert history.json['entries'] == entries


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


def test_a_result_class_of_the_users(client: HoiioClient, api: Api) -> None:
    api.answers('a/b', note=5, count='5', extra={'a': 'b'}, either='c', any=None, lists=[1, 'd'])
    res = client.request('a/b', Own, {})
    assert (res.note, res.count, res.extra, res.either) == ('5', 5, {'a': 'b'}, 'c')
    assert res.lists == [1, 'd']


def test_a_page_by_itself_has_plain_entries(client: HoiioClient, api: Api) -> None:
    api.answers('sms/get_history', total_entries_count='1', entries=[REPORT])
    page: Page[Entry] = client.request('sms/get_history', Page, {})
    assert type(page.entries[0]) is Entry
    assert page.entries[0].json == REPORT
    assert page.total_entries_count == 1


def test_a_class_that_cannot_be_read_sends_nothing(client: HoiioClient, api: Api) -> None:
    class Broken(Response):
        note: NoSuchName  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(NameError):
        client.request('sms/send', Broken, {'dest': '+6511111111'})
    for kind in (Page[SmsRecord], SmsRecord, Entry, dict, 'Response'):
        with pytest.raises(InputInvalid, match='a class'):
            client.request('sms/send', kind, {'dest': '+6511111111'})  # type: ignore[type-var, arg-type]
    assert len(api.mock.calls) == 0


def test_a_field_of_ones_own_that_does_not_fit_costs_no_answer(
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
def test_a_status_that_is_no_word_is_no_status(
    client: HoiioClient, api: Api, status: object
) -> None:
    api.mock.post(f'{BASE_URL}sms/send', json={'status': status})
    with pytest.raises(ResponseUnreadable) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert '6511111111' not in str(caught.value)
    assert caught.value.outcome_unknown


def test_a_long_content_type_is_cut(client: HoiioClient, api: Api) -> None:
    api.mock.post(f'{BASE_URL}sms/send', body='', content_type='x' * 5000)
    with pytest.raises(ResponseUnreadable) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert len(str(caught.value)) < 400


def test_text_is_utf_8_whatever_the_header_says(client: HoiioClient, api: Api) -> None:
    body = '{"status": "success_ok", "name": "Jürgen"}'.encode()
    url = f'{BASE_URL}user/get_info'
    api.mock.post(url, body=body, content_type='text/plain; charset=latin-1')
    info = client.account.info()
    assert info.name == 'Jürgen'
    assert 'Jürgen' in info.text


# repr and pickle


def test_repr_tells_what_matters_and_nothing_private(report: SmsReport) -> None:
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
    with pytest.raises(HoiioException, match='ask for it anew'):
        next(rest)


# raise_for_status


def test_raise_for_status_returns_a_success(client: HoiioClient, api: Api) -> None:
    res = answered(client, api, txn_ref='AA-S-1')
    assert res.raise_for_status() is res


@pytest.mark.parametrize(
    ('status', 'kind', 'meaning'),
    [
        ('error_insufficient_credit', CreditInsufficient, 'balance is too low'),
        ('error_rate_limit_exceeded', RateLimitExceeded, 'wait'),
        ('error_invalid_app_id', CredentialsRefused, 'app id'),
        ('error_invalid_access_token', CredentialsRefused, 'expired'),
        ('error_dest_invalid', ApiError, 'no valid phone number'),
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
def test_an_answer_that_tells_no_refusal_leaves_the_outcome_unknown(
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


def test_an_internal_error_of_a_query_leaves_nothing_unknown(client: HoiioClient, api: Api) -> None:
    api.answers('user/get_balance', 'error_internal_server_error')
    with pytest.raises(ApiError) as caught:
        client.account.balance().raise_for_status()
    assert not caught.value.outcome_unknown


# Pages


def page(api: Api, number: int, refs: range, total: int | None = 250) -> None:
    entries = [{'txn_ref': f'AA-S-{ref}', 'debit': '0.032'} for ref in refs]
    counts = {} if total is None else {'total_entries_count': str(total)}
    api.answers('sms/get_history', entries_count=str(len(entries)), entries=entries, **counts)


def test_auto_paging_asks_for_each_page_once(client: HoiioClient, api: Api) -> None:
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


def test_auto_paging_without_a_total_goes_on_to_the_empty_page(
    client: HoiioClient, api: Api
) -> None:
    page(api, 1, range(3), None)
    page(api, 2, range(3, 5), None)
    page(api, 3, range(0), None)
    assert len(list(client.sms.history().auto_paging_iter())) == 5
    assert [form.get('page') for form in api.forms] == [None, '2', '3']


def test_auto_paging_gives_an_entry_once_that_slid_to_the_next_page(
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
    with pytest.raises(FieldUnreadable, match='no entries'):
        next(client.sms.history().auto_paging_iter())


def test_auto_paging_of_entries_with_odd_references(client: HoiioClient, api: Api) -> None:
    odd: list[dict[str, object]] = [{'txn_ref': None}, {'txn_ref': ['a']}, {}]
    for _ in range(2):
        api.answers('sms/get_history', total_entries_count='6', entries=odd)
    assert len(list(client.sms.history().auto_paging_iter())) == 6


@pytest.mark.parametrize('total', [{}, {'total_entries_count': '5'}], ids=['no total', 'total'])
def test_auto_paging_tells_where_a_page_comes_twice(
    client: HoiioClient, api: Api, total: dict[str, str]
) -> None:
    api.answers('sms/get_history', entries=[REPORT], **total)
    entries = client.sms.history().auto_paging_iter()
    assert next(entries).txn_ref == REPORT['txn_ref']
    with pytest.raises(HoiioException, match='came twice'):
        next(entries)
    assert len(api.forms) == 2


def test_auto_paging_gives_once_what_slides_over_several_pages(
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


def test_the_page_that_was_asked_for_is_where_paging_starts(client: HoiioClient, api: Api) -> None:
    page(api, 2, range(100, 200))
    page(api, 3, range(200, 250))
    assert len(list(client.sms.history(page=2).auto_paging_iter())) == 150
    assert [form['page'] for form in api.forms] == ['2', '3']
