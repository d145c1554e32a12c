from __future__ import annotations

import inspect
import pickle
from collections import UserString
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any, NamedTuple, get_type_hints
from urllib.parse import parse_qsl

import pytest

from hoiio import (
    GMT8,
    ApiError,
    CredentialsMissing,
    Entry,
    HoiioClient,
    HoiioException,
    InputInvalid,
    Page,
    RateLimitExceeded,
    Response,
    ResponseUnreadable,
)
from hoiio.client import TIMEOUT
from hoiio.fields import PERIOD, PHONES, TEXTS
from hoiio.idempotency import is_idempotent
from hoiio.service.base import CallOptions, Service
from tests.canary import TOKEN
from tests.conftest import BASE_URL, Api

URL = 'http://my.server.com/myscript'


class Call(NamedTuple):
    operation: str
    args: tuple[Any, ...] = ()


# The shortest call of every method. `test_every_method_is_in_the_table` finds what is missing.
CALLS = {
    'voice.call': Call('voice/call', ('+6511111111', '+6522222222')),
    'voice.conference': Call('voice/conference', ('+6511111111', '+6522222222')),
    'voice.kick': Call('conference/moderate', ('TX-1',)),
    'voice.mute': Call('conference/moderate', ('TX-1',)),
    'voice.unmute': Call('conference/moderate', ('TX-1',)),
    'voice.hangup': Call('voice/hangup', ('TX-1',)),
    'voice.status': Call('voice/query_status', ('TX-1',)),
    'voice.history': Call('voice/get_history'),
    'voice.rate': Call('voice/get_rate', ('+6511111111', '+6522222222')),
    'sms.send': Call('sms/send', ('Hoiio World', '+6511111111')),
    'sms.bulk_send': Call('sms/bulk_send', ('Hoiio World', '+6511111111')),
    'sms.status': Call('sms/query_status', ('TX-1',)),
    'sms.history': Call('sms/get_history'),
    'sms.rate': Call('sms/get_rate', ('Hoiio World', '+6511111111')),
    'sms.rate_in': Call('sms/get_rate', ('+6511111111',)),
    'ivr.dial': Call('ivr/start/dial', ('+6511111111',)),
    'ivr.play': Call('ivr/middle/play', ('S1', 'Hello.')),
    'ivr.gather': Call('ivr/middle/gather', ('S1',)),
    'ivr.record': Call('ivr/middle/record', ('S1',)),
    'ivr.monitor': Call('ivr/middle/monitor', ('S1',)),
    'ivr.hold': Call('ivr/middle/hold', ('S1',)),
    'ivr.unhold': Call('ivr/middle/unhold', ('S1',)),
    'ivr.transfer': Call('ivr/end/transfer', ('S1', '+6511111111')),
    'ivr.hangup': Call('ivr/end/hangup', ('S1',)),
    'fax.send': Call('fax/send', ('+6511111111', b'%PDF-1.4')),
    'fax.status': Call('fax/query_status', ('TX-1',)),
    'fax.history': Call('fax/get_history'),
    'fax.rate': Call('fax/get_rate', ('+6511111111',)),
    'fax.rate_in': Call('fax/get_rate', ('+6511111111',)),
    'number.available_countries': Call('number/get_countries'),
    'number.available_numbers': Call('number/get_choices', ('US',)),
    'number.rate': Call('number/get_rates', ('US',)),
    'number.subscribe': Call('number/subscribe', ('+6511111111', 1)),
    'number.configure': Call('number/update_forwarding', ('+6511111111',)),
    'number.configure_voice': Call('number/update_forwarding', ('+6511111111', URL)),
    'number.configure_fax': Call('number/update_forwarding', ('+6511111111', URL)),
    'number.configure_sms': Call('number/update_forwarding', ('+6511111111', URL)),
    'number.subscribed_numbers': Call('number/get_active'),
    'number.active_numbers': Call('number/get_active'),
    'account.balance': Call('user/get_balance'),
    'account.info': Call('user/get_info'),
}

# Only these may be repeated after they may have reached Hoiio: they ask and change nothing.
READS = {
    'voice.status',
    'voice.history',
    'voice.rate',
    'sms.status',
    'sms.history',
    'sms.rate',
    'sms.rate_in',
    'fax.status',
    'fax.history',
    'fax.rate',
    'fax.rate_in',
    'number.available_countries',
    'number.available_numbers',
    'number.rate',
    'number.subscribed_numbers',
    'number.active_numbers',
    'account.balance',
    'account.info',
}

HISTORIES = ['voice.history', 'sms.history', 'fax.history']
PAGED = [*HISTORIES, 'number.available_numbers']

# These walk a history, and have tests of their own at the end.
FINDS = ['voice.find', 'sms.find', 'fax.find']

# Required by the signature, yet None means something.
MAY_BE_NONE = {
    ('voice.call', 'dest1'),
    ('voice.rate', 'dest1'),
    ('sms.rate', 'msg'),
}

each_method = pytest.mark.parametrize('name', CALLS)
each_history = pytest.mark.parametrize('name', HISTORIES)
each_find = pytest.mark.parametrize('name', FINDS)
each_paged = pytest.mark.parametrize('name', PAGED)


@cache
def services() -> dict[str, type[Service]]:
    client = HoiioClient('MY_APP_ID', 'MY_ACCESS_TOKEN')
    values = (getattr(client, name) for name in dir(client))
    found = [value for value in values if isinstance(value, Service)]
    return {type(service).__name__.lower(): type(service) for service in found}


def method_of(name: str) -> Any:
    area, _, method = name.partition('.')
    return getattr(services()[area], method)


def parameters() -> Iterator[tuple[str, inspect.Parameter]]:
    for name in CALLS:
        for parameter in inspect.signature(method_of(name)).parameters.values():
            if parameter.name != 'self':
                yield name, parameter


def required() -> list[tuple[str, int]]:
    positional = [
        (name, parameter.name)
        for name, parameter in parameters()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        and parameter.default is parameter.empty
    ]
    return [
        (name, [other for method, other in positional if method == name].index(argument))
        for name, argument in positional
        if (name, argument) not in MAY_BE_NONE
    ]


def keywords() -> list[tuple[str, str]]:
    elsewhere = {'recipients', 'request_timeout', 'allow_missing', 'allow_duplicates'}
    return [
        (name, parameter.name)
        for name, parameter in parameters()
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.name not in elsewhere
    ]


def invoke(client: HoiioClient, name: str, *args: Any, **params: Any) -> Response:
    area, _, method = name.partition('.')
    res: Response = getattr(getattr(client, area), method)(*(args or CALLS[name].args), **params)
    return res


def page_of(client: HoiioClient, name: str, **params: Any) -> Page[Any]:
    page = invoke(client, name, **params)
    assert isinstance(page, Page)
    return page


def sent(api: Api) -> list[dict[str, str]]:
    """The forms with the credentials in them."""
    bodies = [call.request.body for call in api.mock.calls]
    assert all(isinstance(body, bytes) for body in bodies)
    return [
        dict(parse_qsl(body.decode(), keep_blank_values=True))
        for body in bodies
        if isinstance(body, bytes)
    ]


def timeouts(api: Api) -> list[object]:
    return [vars(call.request)['req_kwargs']['timeout'] for call in api.mock.calls]


def entry(name: str, ref: int) -> dict[str, str]:
    return {'number' if name.startswith('number.') else 'txn_ref': f'+{ref}'}


def answer_page(api: Api, name: str, refs: list[int], total: int | None) -> None:
    count = {} if total is None else {'total_entries_count': str(total)}
    entries = [entry(name, ref) for ref in refs]
    api.answers(CALLS[name].operation, **count, entries_count=str(len(refs)), entries=entries)


def refs_of(entries: list[Any]) -> list[int]:
    return [int(value) for each in entries for value in each.json.values()]


# Every method of every service.


def test_every_method_is_in_the_table() -> None:
    methods = {
        f'{area}.{name}'
        for area, kind in services().items()
        for name in dir(kind)
        if not name.startswith('_')
    }
    assert methods == {*CALLS, *FINDS}
    assert set(services()) == {'voice', 'sms', 'ivr', 'fax', 'number', 'account'}


@each_method
def test_one_post_to_the_path_of_the_operation(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation)
    res = invoke(client, name)
    (call,) = api.mock.calls
    assert call.request.method == 'POST'
    assert call.request.url == BASE_URL + CALLS[name].operation
    assert res.operation == CALLS[name].operation
    assert res.is_success()


@each_method
def test_the_declared_result_is_what_comes(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation)
    assert type(invoke(client, name)) is get_type_hints(method_of(name))['return']


@each_method
def test_a_parameter_that_the_method_does_not_know_is_sent(
    client: HoiioClient, api: Api, name: str
) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name)
    invoke(client, name, ring_time=20, nothing=None)
    bare, extended = api.forms
    assert extended == {**bare, 'ring_time': '20'}


@pytest.mark.parametrize(('name', 'keyword'), keywords())
def test_every_keyword_is_sent_under_its_name_in_the_api(
    client: HoiioClient, api: Api, name: str, keyword: str
) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name)
    invoke(client, name, **{keyword: '3'})
    bare, extended = api.forms
    assert keyword.rstrip('_') not in bare
    assert extended == {**bare, keyword.rstrip('_'): '3'}


@pytest.mark.parametrize(('name', 'keyword'), keywords())
def test_a_keyword_that_is_none_is_not_sent(
    client: HoiioClient, api: Api, name: str, keyword: str
) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name)
    invoke(client, name, **{keyword: None})
    bare, extended = api.forms
    assert extended == bare


@each_method
def test_credentials_for_one_call(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name, app_id='OTHER APP', access_token='OTHER TOKEN')
    invoke(client, name)
    other, own = sent(api)
    assert (other['app_id'], other['access_token']) == ('OTHER APP', 'OTHER TOKEN')
    assert (own['app_id'], own['access_token']) == ('APP', 'TOKEN')
    assert other.keys() == own.keys()


@each_method
def test_timeout_for_one_call(client: HoiioClient, api: Api, name: str) -> None:
    keyword = 'request_timeout' if name == 'ivr.gather' else 'timeout'
    api.answers(CALLS[name].operation)
    invoke(client, name, **{keyword: 5})
    invoke(client, name, **{keyword: (1.5, 30)})
    invoke(client, name)
    assert timeouts(api) == [(5, 5), (1.5, 30), (10.0, 60.0)]
    assert not any(keyword in form for form in api.forms)


@each_method
@pytest.mark.parametrize('timeout', [0, -1, float('inf'), 'soon', (1, 2, 3, 4)])
def test_a_timeout_that_cannot_be_kept_is_refused(
    client: HoiioClient, api: Api, name: str, timeout: Any
) -> None:
    keyword = 'request_timeout' if name == 'ivr.gather' else 'timeout'
    with pytest.raises(InputInvalid, match='timeout is a positive number'):
        invoke(client, name, **{keyword: timeout})
    assert len(api.mock.calls) == 0


@each_method
def test_without_credentials_nothing_is_sent(api: Api, name: str) -> None:
    with pytest.raises(CredentialsMissing, match='no app_id'):
        invoke(HoiioClient(), name)
    with pytest.raises(CredentialsMissing, match='no access_token'):
        invoke(HoiioClient('APP'), name)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('empty', [None, ''])
@pytest.mark.parametrize(('name', 'index'), required())
def test_a_required_argument_is_required(
    client: HoiioClient, api: Api, name: str, index: int, empty: str | None
) -> None:
    args = list(CALLS[name].args)
    args[index] = empty
    with pytest.raises(InputInvalid, match=rf'^{CALLS[name].operation}: \w+ is missing$'):
        invoke(client, name, *args)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('name', [name for name, keyword in keywords() if keyword == 'tag'])
def test_a_tag_has_at_most_256_characters(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation)
    with pytest.raises(InputInvalid, match='the tag has 257 characters'):
        invoke(client, name, tag='你' * 257)
    assert len(api.mock.calls) == 0
    invoke(client, name, tag='你' * 256)
    assert api.form['tag'] == '你' * 256


@each_method
def test_a_refusal_is_a_response(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation, status='error_rate_limit_exceeded')
    res = invoke(client, name)
    assert not res.is_success()
    assert res.status == 'error_rate_limit_exceeded'
    with pytest.raises(RateLimitExceeded, match=CALLS[name].operation) as caught:
        res.raise_for_status()
    assert caught.value.response is res
    assert not caught.value.outcome_unknown


@each_method
def test_a_refusal_lacks_every_field_and_says_why(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation, status='error_dest_invalid')
    res = invoke(client, name)
    for field in {*get_type_hints(type(res)), 'txn_ref'} - {'status'}:
        assert not hasattr(res, field)
        with pytest.raises(AttributeError, match=f"no '{field}'.*'error_dest_invalid'"):
            getattr(res, field)


@each_method
def test_a_status_that_is_not_known_yet_passes_through(
    client: HoiioClient, api: Api, name: str
) -> None:
    api.answers(CALLS[name].operation, status='error_moon_phase', detail='waning')
    res = invoke(client, name)
    assert not res.is_success()
    assert res.json == {'status': 'error_moon_phase', 'detail': 'waning'}
    with pytest.raises(ApiError, match='error_moon_phase'):
        res.raise_for_status()


def test_only_what_asks_counts_as_a_read() -> None:
    assert {name for name, call in CALLS.items() if is_idempotent(call.operation)} == READS


@each_method
def test_only_a_read_is_repeated_after_a_server_error(
    client: HoiioClient, api: Api, pauses: list[float], name: str
) -> None:
    api.mock.post(BASE_URL + CALLS[name].operation, status=503, body='busy')
    with pytest.raises(ResponseUnreadable, match='HTTP 503') as caught:
        invoke(client, name)
    repeats = 2 if name in READS else 0
    assert len(api.forms) == 1 + repeats
    assert len(pauses) == repeats
    assert caught.value.outcome_unknown is (name not in READS)


# The period of a history.


@each_history
@pytest.mark.parametrize(
    ('value', 'wire'),
    [
        ('2012-01-01 08:00:00', '2012-01-01 08:00:00'),
        (date(2012, 1, 1), '2012-01-01 00:00:00'),
        ('2012-01-01', '2012-01-01 00:00:00'),
        (datetime.fromisoformat('2012-01-01 08:00:00'), '2012-01-01 08:00:00'),
        (datetime.fromisoformat('2012-01-01 08:00:00.999'), '2012-01-01 08:00:00'),
        (datetime(2012, 1, 1, 8, tzinfo=GMT8), '2012-01-01 08:00:00'),
        (datetime(2011, 12, 31, 20, tzinfo=timezone.utc), '2012-01-01 04:00:00'),
        (
            datetime(2012, 1, 1, 8, tzinfo=timezone(timedelta(hours=-5))),
            '2012-01-01 21:00:00',
        ),
        ('last week', 'last week'),
    ],
)
def test_period(
    client: HoiioClient, api: Api, name: str, value: str | date | datetime, wire: str
) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name, from_=value)
    invoke(client, name, **{'from': value})
    invoke(client, name, to=value)
    invoke(client, name, from_=value, to=value)
    assert api.forms == [{'from': wire}, {'from': wire}, {'to': wire}, {'from': wire, 'to': wire}]


@each_history
@pytest.mark.parametrize('keyword', ['from_', 'from'])
@pytest.mark.parametrize(
    ('start', 'end'),
    [
        ('2012-01-01 08:00:00', '2012-01-01 07:59:59'),
        (date(2012, 1, 2), date(2012, 1, 1)),
        (date(2012, 1, 2), '2012-01-01 23:59:59'),
        (
            datetime.fromisoformat('2012-01-01 08:00:00'),
            datetime(2011, 12, 31, 23, 59, 59, tzinfo=timezone.utc),
        ),
    ],
)
def test_a_period_that_ends_before_it_starts_is_refused(
    client: HoiioClient, api: Api, name: str, keyword: str, start: str | date, end: str | date
) -> None:
    with pytest.raises(InputInvalid, match=r'^to \(.*\) is before from \(.*\)$'):
        invoke(client, name, **{keyword: start}, to=end)
    assert len(api.mock.calls) == 0


# From page to page.


@each_paged
@pytest.mark.parametrize('page', [-1, 1.5, '', 'two', '-1'])
def test_a_page_that_is_no_number_is_refused(
    client: HoiioClient, api: Api, name: str, page: Any
) -> None:
    with pytest.raises(InputInvalid, match='page must be a whole number, at least 1'):
        invoke(client, name, page=page)
    assert len(api.mock.calls) == 0


@each_paged
def test_all_pages_are_walked(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [1, 2], total=5)
    answer_page(api, name, [3, 4], total=5)
    answer_page(api, name, [5], total=5)
    page = page_of(client, name)
    assert refs_of(page.entries) == [1, 2]
    assert (page.total_entries_count, page.entries_count) == (5, 2)
    assert refs_of(list(page.auto_paging_iter())) == [1, 2, 3, 4, 5]
    assert [form.get('page') for form in api.forms] == [None, '2', '3']


@each_paged
def test_a_page_is_asked_for_when_it_is_needed(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [1, 2], total=3)
    answer_page(api, name, [3], total=3)
    entries = page_of(client, name).auto_paging_iter()
    first = [next(entries), next(entries)]
    assert len(api.forms) == 1
    assert refs_of([*first, next(entries)]) == [1, 2, 3]
    assert len(api.forms) == 2


@each_paged
def test_every_page_is_asked_for_alike(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [1], total=3)
    answer_page(api, name, [2], total=3)
    answer_page(api, name, [3], total=3)
    page = page_of(
        client,
        name,
        page=1,
        to='2012-12-31 08:00:00',
        state=None,
        capability='VOICE',
        app_id='OTHER APP',
        access_token='OTHER TOKEN',
        timeout=(2, 20),
    )
    assert refs_of(list(page.auto_paging_iter())) == [1, 2, 3]
    country = {'country': 'US'} if name.startswith('number.') else {}
    assert sent(api) == [
        {
            **country,
            'to': '2012-12-31 08:00:00',
            'capability': 'VOICE',
            'page': str(number),
            'app_id': 'OTHER APP',
            'access_token': 'OTHER TOKEN',
        }
        for number in (1, 2, 3)
    ]
    assert timeouts(api) == [(2, 20)] * 3


@each_paged
@pytest.mark.parametrize('by', ['init', 'environment'])
def test_every_page_goes_out_with_the_settings_of_the_first(
    client: HoiioClient, api: Api, monkeypatch: pytest.MonkeyPatch, name: str, by: str
) -> None:
    if by == 'environment':
        client = HoiioClient()
        monkeypatch.setenv('HOIIO_APP_ID', 'APP')
        monkeypatch.setenv('HOIIO_ACCESS_TOKEN', TOKEN)
        monkeypatch.setenv('HOIIO_BASE_URL', BASE_URL)
    for number in (1, 2, 3):
        answer_page(api, name, [number], total=3)
    client.prefix = '65'
    entries = page_of(client, name, number='1').auto_paging_iter()
    next(entries)
    elsewhere = 'https://example.com/open/'
    if by == 'environment':
        monkeypatch.setenv('HOIIO_APP_ID', 'OTHER')
        monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'OTHER')
        monkeypatch.setenv('HOIIO_BASE_URL', elsewhere)
    else:
        client.init('OTHER', 'OTHER', base_url=elsewhere, timeout=3, prefix='66')
    assert refs_of(list(entries)) == [2, 3]
    assert [form['number'] for form in api.forms] == ['+651'] * 3
    assert timeouts(api) == [TIMEOUT] * 3
    assert [call.request.url for call in api.mock.calls] == [BASE_URL + CALLS[name].operation] * 3


@each_paged
def test_a_single_page_is_all_there_is(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [1, 2], total=2)
    assert refs_of(list(page_of(client, name).auto_paging_iter())) == [1, 2]
    assert len(api.forms) == 1


@each_paged
def test_no_entries_at_all(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [], total=0)
    assert list(page_of(client, name).auto_paging_iter()) == []
    assert len(api.forms) == 1


@each_paged
def test_without_a_total_an_empty_page_is_the_end(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [1, 2], total=None)
    answer_page(api, name, [3], total=None)
    answer_page(api, name, [], total=None)
    assert refs_of(list(page_of(client, name).auto_paging_iter())) == [1, 2, 3]
    assert [form.get('page') for form in api.forms] == [None, '2', '3']


@each_paged
def test_the_walk_ends_at_an_empty_page_whatever_the_total_says(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_page(api, name, [1, 2], total=9)
    answer_page(api, name, [], total=9)
    assert refs_of(list(page_of(client, name).auto_paging_iter())) == [1, 2]
    assert len(api.forms) == 2


@each_paged
@pytest.mark.parametrize('start', [2, '2', UserString('2')])
def test_the_walk_may_start_further_on(
    client: HoiioClient, api: Api, name: str, start: Any
) -> None:
    answer_page(api, name, [3, 4], total=5)
    answer_page(api, name, [5], total=5)
    page = page_of(client, name, page=start)
    assert refs_of(list(page.auto_paging_iter())) == [3, 4, 5]
    assert [form['page'] for form in api.forms] == ['2', '3']


@pytest.mark.parametrize(
    ('name', 'total'),
    [*((history, 201) for history in HISTORIES), ('number.available_numbers', 41)],
)
def test_the_walk_may_start_at_the_last_page(
    client: HoiioClient, api: Api, name: str, total: int
) -> None:
    api.mock.assert_all_requests_are_fired = False
    answer_page(api, name, [total], total=total)
    answer_page(api, name, [], total=total)
    page = page_of(client, name, page=3)
    assert refs_of(list(page.auto_paging_iter())) == [total]
    assert [form['page'] for form in api.forms] == ['3']


@each_history
def test_an_entry_that_slid_to_the_next_page_is_given_once(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_page(api, name, [4, 3], total=4)
    answer_page(api, name, [3, 2], total=5)
    answer_page(api, name, [1], total=5)
    assert refs_of(list(page_of(client, name).auto_paging_iter())) == [4, 3, 2, 1]
    assert len(api.forms) == 3


@each_paged
def test_a_page_that_is_refused_raises(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [1, 2], total=5)
    api.answers(CALLS[name].operation, status='error_rate_limit_exceeded')
    entries = page_of(client, name).auto_paging_iter()
    assert refs_of([next(entries), next(entries)]) == [1, 2]
    with pytest.raises(RateLimitExceeded, match=CALLS[name].operation):
        next(entries)
    assert len(api.forms) == 2


@each_paged
def test_a_first_page_that_was_refused_raises(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation, status='error_page_invalid')
    with pytest.raises(ApiError, match='error_page_invalid'):
        next(page_of(client, name).auto_paging_iter())
    assert len(api.forms) == 1


@each_paged
def test_an_unpickled_page_knows_its_entries_and_no_more(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_page(api, name, [1, 2], total=3)
    data = pickle.dumps(page_of(client, name))
    assert b'TOKEN' not in data
    page = pickle.loads(data)
    assert refs_of(page.entries) == [1, 2]
    entries = page.auto_paging_iter()
    assert refs_of([next(entries), next(entries)]) == [1, 2]
    with pytest.raises(HoiioException, match='unpickled'):
        next(entries)
    assert len(api.forms) == 1


# A transaction by its tag.


def find(client: HoiioClient, name: str, tag: Any, **params: Any) -> Entry | None:
    area, _, method = name.partition('.')
    found: Entry | None = getattr(getattr(client, area), method)(tag, **params)
    return found


def answer_tags(api: Api, name: str, *tags: Any, total: int, first: int = 1) -> None:
    """Answer a page of entries with these tags; None is an entry without one."""
    entries = [
        {'txn_ref': f'TX-{number}'} | ({} if tag is None else {'tag': tag})
        for number, tag in enumerate(tags, first)
    ]
    history = CALLS[name.replace('find', 'history')].operation
    api.answers(history, total_entries_count=str(total), entries=entries)


@each_find
def test_find_on_the_first_page(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, None, 'a', '', 'b', 'b', total=9)
    found = find(client, name, 'b')
    assert found is not None
    assert found.json == {'txn_ref': 'TX-4', 'tag': 'b'}
    assert get_type_hints(method_of(name))['return'] == type(found) | None
    assert api.forms == [{}]


@each_find
def test_find_stays_with_the_account_that_it_began_with(
    client: HoiioClient, api: Api, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_tags(api, name, 'a', total=2)
    answer_tags(api, name, 'b', total=2, first=2)
    request = HoiioClient.request

    def interrupted(self: HoiioClient, *args: Any, **kwargs: Any) -> Response:
        response: Response = request(self, *args, **kwargs)
        client.init('OTHER', 'OTHER')
        return response

    monkeypatch.setattr(HoiioClient, 'request', interrupted)
    assert find(client, name, 'b') is not None
    assert len(api.forms) == 2


@each_find
def test_find_on_a_later_page(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, 'a', 'a', total=5)
    answer_tags(api, name, 'a', None, total=5, first=3)
    answer_tags(api, name, 'b', total=5, first=5)
    found = find(client, name, 'b', from_='2012-01-01 08:00:00', timeout=5)
    assert found is not None
    assert found.json['txn_ref'] == 'TX-5'
    start = {'from': '2012-01-01 08:00:00'}
    assert api.forms == [start, {**start, 'page': '2'}, {**start, 'page': '3'}]
    assert timeouts(api) == [(5, 5)] * 3


@each_find
def test_find_nothing(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, 'A', 'a b', None, total=4)
    answer_tags(api, name, 'aa', total=4, first=4)
    assert find(client, name, 'a') is None
    assert len(api.forms) == 2


@each_find
def test_find_in_an_empty_history(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, total=0)
    assert find(client, name, 'a') is None


@each_find
@pytest.mark.parametrize('sent', [17, '17'])
@pytest.mark.parametrize('listed', [17, '17'])
def test_a_tag_that_is_a_number_is_found(
    client: HoiioClient, api: Api, name: str, sent: object, listed: object
) -> None:
    answer_tags(api, name, listed, total=1)
    assert find(client, name, sent) is not None


@each_find
@pytest.mark.parametrize('tag', [None, '', 'x' * 257, b'a'], ids=['None', 'empty', 'long', 'bytes'])
def test_find_without_a_tag_that_could_be_there_asks_nothing(
    client: HoiioClient, api: Api, name: str, tag: object
) -> None:
    with pytest.raises(InputInvalid, match=r'\b(tag|bytes)\b'):
        find(client, name, tag)
    assert len(api.mock.calls) == 0


@each_find
def test_find_that_is_refused_does_not_say_none(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, 'a', total=2)
    api.answers(CALLS[name.replace('find', 'history')].operation, 'error_rate_limit_exceeded')
    with pytest.raises(RateLimitExceeded) as caught:
        find(client, name, 'b')
    assert len(api.forms) == 2
    assert not caught.value.outcome_unknown


@each_find
def test_find_that_did_not_see_all_does_not_say_none(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_tags(api, name, 'a', 'a', total=5)
    answer_tags(api, name, total=5)
    with pytest.raises(HoiioException, match='only 2 of 5'):
        find(client, name, 'b')
    answer_tags(api, name, total=5)
    with pytest.raises(HoiioException, match='only 0 of 5'):
        find(client, name, 'b')


@each_find
@pytest.mark.parametrize(
    'odd', ['AA-S-1', None, {'tag': {}}, {'tag': 'order\ufffd'}, {'ta\ufffd': 'b'}]
)
def test_find_passes_over_what_is_damaged_and_does_not_say_none(
    client: HoiioClient, api: Api, name: str, odd: object
) -> None:
    history = CALLS[name.replace('find', 'history')].operation
    whole = [{'txn_ref': 'TX-1', 'tag': 'a'}, {'txn_ref': 'TX-2'}]
    for _ in range(2):
        api.answers(history, total_entries_count='4', entries=[{'txn_ref': 'TX-0'}, odd])
        api.answers(history, total_entries_count='4', entries=whole)
    found = find(client, name, 'a')
    assert found is not None
    assert found.json == whole[0]
    with pytest.raises(HoiioException, match=r'^only 3 of 4 .*; entry 2 of page 1 is damaged'):
        find(client, name, 'b')


@each_find
def test_find_on_a_page_with_a_bad_byte_in_it(client: HoiioClient, api: Api, name: str) -> None:
    body = b'{"status": "success_ok", "entries": [{"tag": "b", "msg": "\xff"}, {"tag": "\xff"}]}'
    for answer in (body, body, b'{"status": "success_ok", "entries": []}'):
        api.mock.post(BASE_URL + CALLS[name.replace('find', 'history')].operation, body=answer)
    assert find(client, name, 'b') is not None
    with pytest.raises(HoiioException, match='only 1 of 2'):
        find(client, name, 'a')


@each_find
def test_find_goes_on_when_a_page_came_in_meanwhile(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_tags(api, name, 'a', 'a', total=3)
    answer_tags(api, name, 'a', 'a', total=5)
    answer_tags(api, name, 'b', total=5, first=3)
    assert find(client, name, 'b') is not None
    assert len(api.forms) == 3


@each_find
def test_find_where_a_page_comes_again_and_again(client: HoiioClient, api: Api, name: str) -> None:
    history = CALLS[name.replace('find', 'history')].operation
    api.answers(history, entries=[{'txn_ref': 'TX-1', 'tag': 'a'}])
    with pytest.raises(HoiioException, match='came twice'):
        find(client, name, 'b')


@each_find
def test_find_minds_the_tag_and_not_the_transaction(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_tags(api, name, 'a', 'a', total=3)
    answer_tags(api, name, 'b', total=3, first=2)
    assert find(client, name, 'b') is not None


@each_find
def test_find_does_not_mind_blanks_around_a_tag(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, 'a', total=1)
    assert find(client, name, ' a ') is not None


@each_find
@pytest.mark.parametrize('keyword', ['from_', 'from'])
def test_find_from_the_future_asks_nothing(
    client: HoiioClient, api: Api, name: str, keyword: str
) -> None:
    now = datetime.now(GMT8)
    in_tokyo = now.astimezone(timezone(timedelta(hours=9))).replace(tzinfo=None)
    starts: list[Any] = [in_tokyo, f'{in_tokyo:%Y-%m-%d %H:%M:%S}', now + timedelta(hours=1)]
    for start in (*starts, now.date() + timedelta(days=1), f'{now.year + 1}-01-01'):
        with pytest.raises(InputInvalid, match=r'^from \(.*in the future in GMT\+8'):
            find(client, name, 'a', **{keyword: start})
    assert len(api.mock.calls) == 0


@each_find
def test_find_from_now_is_not_the_future(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, total=0)
    now = datetime.now(GMT8)
    starts: list[Any] = [now, now.replace(tzinfo=None), now.astimezone(timezone.utc), now.date()]
    for start in (*starts, 'yesterday', None):
        assert find(client, name, 'a', from_=start) is None


@each_find
def test_find_looks_at_every_page(client: HoiioClient, api: Api, name: str) -> None:
    with pytest.raises(InputInvalid, match='every page'):
        find(client, name, 'a', page=2)
    assert len(api.mock.calls) == 0


# Keywords that the methods do not have.


@cache
def own_keywords(name: str) -> list[str]:
    return [parameter.name for method, parameter in parameters() if method == name]


MISSPELT = {
    'tags': 'tag',
    'notify_uri': 'notify_url',
    'notify': 'notify_url',
    'callerid': 'caller_id',
    'max_durations': 'max_duration',
    'frm': 'from_',
    'form': 'from_',
    'pagesize': 'page_size',
    'fileame': 'filename',
    'foward_to': 'forward_to',
    'timout': 'timeout',
    'acess_token': 'access_token',
    'appid': 'app_id',
    'extras': 'extra',
    'retries': 'max_retries',
    'useragent': 'user_agent',
}


@pytest.mark.parametrize('misspelt', MISSPELT)
def test_a_keyword_that_resembles_a_known_one_is_refused(
    client: HoiioClient, api: Api, misspelt: str
) -> None:
    meant = MISSPELT[misspelt]
    everywhere = {*CallOptions.__annotations__, 'max_retries', 'user_agent'}
    tried = [name for name in CALLS if meant in {*own_keywords(name), *everywhere}]
    if misspelt == 'foward_to':
        tried = ['number.configure_voice']
    for name in tried:
        if name == 'ivr.gather' and meant == 'timeout':
            continue
        with pytest.raises(InputInvalid, match=f'unknown keyword {misspelt}; did you mean {meant}'):
            invoke(client, name, **{misspelt: 'order-17'})
    assert tried
    assert len(api.mock.calls) == 0


CLIENT_OPTIONS = set(inspect.signature(HoiioClient.__init__).parameters) - {
    *('self', *CallOptions.__annotations__)
}


@each_method
@pytest.mark.parametrize('option', sorted(CLIENT_OPTIONS))
def test_an_option_of_the_client_is_not_one_of_a_call(
    client: HoiioClient, api: Api, name: str, option: str
) -> None:
    if option not in own_keywords(name):
        with pytest.raises(InputInvalid, match=f'{option} is an option of the client'):
            invoke(client, name, **{option: 0})
    assert len(api.mock.calls) == 0


@each_method
def test_a_keyword_that_is_never_sent_is_refused_where_it_means_nothing(
    client: HoiioClient, api: Api, name: str
) -> None:
    for keyword in {'from_', 'request_timeout', 'allow_missing', 'allow_duplicates'} - {
        *own_keywords(name)
    }:
        with pytest.raises(InputInvalid, match=f'does not accept {keyword}$'):
            invoke(client, name, **{keyword: None})
    assert len(api.mock.calls) == 0


# What Hoiio is known to take and the methods do not name. (API: the request tables.)
@pytest.mark.parametrize(
    ('name', 'parameter'),
    [
        ('ivr.dial', 'ring_time'),
        ('ivr.dial', 'ringtime'),
        ('ivr.unhold', 'msg'),
        ('number.configure', 'forward_to_sms'),
        ('number.configure_sms', 'forward_to_sms'),
        ('sms.rate_in', 'msg'),
        ('number.subscribed_numbers', 'page'),
        ('number.available_numbers', 'page_size'),
    ],
)
def test_a_parameter_that_hoiio_takes_is_not_taken_for_a_mistake(
    client: HoiioClient, api: Api, name: str, parameter: str
) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name, **{parameter: '20'})
    assert api.form[parameter] == '20'


@each_method
def test_extra_parameters_are_sent_whatever_their_names(
    client: HoiioClient, api: Api, name: str
) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name)
    invoke(client, name, extra={'tags': 'a', 'max_retries': 1, 'since': date(2012, 1, 1)})
    invoke(client, name, extra=None)
    bare, extended, none = api.forms
    more = {'tags': 'a', 'max_retries': '1', 'since': '2012-01-01 00:00:00'}
    assert extended == {**bare, **more}
    assert none == bare


def test_extra_parameters_do_not_change_who_pays(client: HoiioClient, api: Api) -> None:
    api.answers('sms/send')
    extra = {'app_id': 'OTHER', 'access_token': 'OTHER'}
    client.sms.send('Hoiio World', '+6511111111', extra=extra)
    assert api.form == {'msg': 'Hoiio World', 'dest': '+6511111111'}


@pytest.mark.parametrize(
    ('name', 'keyword'),
    [
        ('sms.bulk_send', 'dest'),
        ('voice.conference', 'dest'),
        ('voice.kick', 'action'),
        ('sms.rate_in', 'incoming'),
        ('number.configure_voice', 'mode'),
    ],
)
def test_what_a_method_decides_is_not_a_keyword(
    client: HoiioClient, api: Api, name: str, keyword: str
) -> None:
    with pytest.raises(InputInvalid, match=f': the method sets {keyword} itself'):
        invoke(client, name, **{keyword: '+6599999999'})
    assert len(api.mock.calls) == 0


@each_method
def test_the_name_of_a_parameter_is_text(client: HoiioClient, api: Api, name: str) -> None:
    for params in ({'\ud83d': 'a'}, {'extra': {'\ud83d': 'a'}}, {'extra': {b'a': 'a'}}):
        with pytest.raises(InputInvalid, match='the name of a parameter cannot be written'):
            invoke(client, name, **params)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('extra', [['tag'], 'tag', 5])
def test_extra_is_a_mapping(client: HoiioClient, api: Api, extra: Any) -> None:
    with pytest.raises(InputInvalid, match='extra must be a mapping'):
        client.account.balance(extra=extra)
    assert len(api.mock.calls) == 0


# Text, where a text is due.


def test_every_parameter_of_every_method_is_known_by_what_it_takes() -> None:
    more = {'params', 'dests', 'force', 'request_timeout', 'allow_missing', 'allow_duplicates'}
    named = {parameter.name.rstrip('_') for _, parameter in parameters()} - more
    assert named == (PHONES | TEXTS | PERIOD) - {'incoming', 'action'}


@each_method
@pytest.mark.parametrize('value', [True, 0.5, ('Hello', 'World'), object()])
def test_what_is_not_text_is_refused_in_every_parameter(
    client: HoiioClient, api: Api, name: str, value: Any
) -> None:
    free = {'self', 'params', 'dests', 'recipients', 'file', 'force', 'request_timeout'}
    args = inspect.signature(method_of(name)).parameters.values()
    for place, parameter in enumerate(args, -1):
        if parameter.name in free or parameter.name.startswith('allow_'):
            continue
        given, params = list(CALLS[name].args), {}
        if parameter.default is parameter.empty:
            given[place] = value
        else:
            params[parameter.name] = value
        with pytest.raises(InputInvalid, match=r'^\w+ cannot be written as text|whole number'):
            invoke(client, name, *given, **params)
    assert len(api.mock.calls) == 0
