"""Histories and the other lists that come in pages."""

from __future__ import annotations

import pickle
from collections import UserString
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from hoiio import (
    GMT8,
    ApiError,
    HoiioClient,
    HoiioException,
    InputInvalid,
    Page,
    RateLimitExceeded,
)
from hoiio.client import TIMEOUT
from tests.canary import TOKEN
from tests.conftest import BASE_URL, Api
from tests.service.calls import CALLS, HISTORIES, PAGED, forms_with_credentials, invoke, timeouts

each_history = pytest.mark.parametrize('name', HISTORIES)
each_paged = pytest.mark.parametrize('name', PAGED)


def page_of(client: HoiioClient, name: str, **params: Any) -> Page[Any]:
    page = invoke(client, name, **params)
    assert isinstance(page, Page)
    return page


def entry(name: str, ref: int) -> dict[str, str]:
    return {'number' if name.startswith('number.') else 'txn_ref': f'+{ref}'}


def answer_page(api: Api, name: str, refs: list[int], total: int | None) -> None:
    count = {} if total is None else {'total_entries_count': str(total)}
    entries = [entry(name, ref) for ref in refs]
    api.answers(CALLS[name].operation, **count, entries_count=str(len(refs)), entries=entries)


def refs_of(entries: list[Any]) -> list[int]:
    return [int(value) for each in entries for value in each.json.values()]


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
def test_a_period_is_sent_in_gmt8(
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


# Auto-paging.


@each_paged
@pytest.mark.parametrize(
    'page', [-1, 1.5, '', 'two', '-1', True, pytest.param(10**5000, id='huge')]
)
def test_a_page_that_is_not_a_whole_number_is_refused(
    client: HoiioClient, api: Api, name: str, page: Any
) -> None:
    with pytest.raises(InputInvalid, match='page must be a whole number of 1 or more'):
        invoke(client, name, page=page)
    assert len(api.mock.calls) == 0


@each_paged
def test_auto_paging_reads_every_page(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [1, 2], total=5)
    answer_page(api, name, [3, 4], total=5)
    answer_page(api, name, [5], total=5)
    page = page_of(client, name)
    assert refs_of(page.entries) == [1, 2]
    assert (page.total_entries_count, page.entries_count) == (5, 2)
    assert refs_of(list(page.auto_paging_iter())) == [1, 2, 3, 4, 5]
    assert [form.get('page') for form in api.forms] == [None, '2', '3']


@each_paged
def test_a_page_is_requested_when_its_first_entry_is_needed(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_page(api, name, [1, 2], total=3)
    answer_page(api, name, [3], total=3)
    entries = page_of(client, name).auto_paging_iter()
    first = [next(entries), next(entries)]
    assert len(api.forms) == 1
    assert refs_of([*first, next(entries)]) == [1, 2, 3]
    assert len(api.forms) == 2


@each_paged
def test_every_page_is_requested_with_the_same_parameters(
    client: HoiioClient, api: Api, name: str
) -> None:
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
    assert forms_with_credentials(api) == [
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
def test_every_page_is_requested_with_the_settings_of_the_first(
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
def test_auto_paging_of_a_single_page(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [1, 2], total=2)
    assert refs_of(list(page_of(client, name).auto_paging_iter())) == [1, 2]
    assert len(api.forms) == 1


@each_paged
def test_auto_paging_without_entries(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [], total=0)
    assert list(page_of(client, name).auto_paging_iter()) == []
    assert len(api.forms) == 1


@each_paged
def test_without_a_total_auto_paging_ends_at_an_empty_page(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_page(api, name, [1, 2], total=None)
    answer_page(api, name, [3], total=None)
    answer_page(api, name, [], total=None)
    assert refs_of(list(page_of(client, name).auto_paging_iter())) == [1, 2, 3]
    assert [form.get('page') for form in api.forms] == [None, '2', '3']


@each_paged
def test_auto_paging_ends_at_an_empty_page_whatever_the_total_is(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_page(api, name, [1, 2], total=9)
    answer_page(api, name, [], total=9)
    assert refs_of(list(page_of(client, name).auto_paging_iter())) == [1, 2]
    assert len(api.forms) == 2


@each_paged
@pytest.mark.parametrize('start', [2, '2', UserString('2')])
def test_auto_paging_can_start_at_a_later_page(
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
def test_auto_paging_can_start_at_the_last_page(
    client: HoiioClient, api: Api, name: str, total: int
) -> None:
    api.mock.assert_all_requests_are_fired = False
    answer_page(api, name, [total], total=total)
    answer_page(api, name, [], total=total)
    page = page_of(client, name, page=3)
    assert refs_of(list(page.auto_paging_iter())) == [total]
    assert [form['page'] for form in api.forms] == ['3']


@each_history
def test_an_entry_that_moved_to_the_next_page_is_returned_once(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_page(api, name, [4, 3], total=4)
    answer_page(api, name, [3, 2], total=5)
    answer_page(api, name, [1], total=5)
    assert refs_of(list(page_of(client, name).auto_paging_iter())) == [4, 3, 2, 1]
    assert len(api.forms) == 3


@each_paged
def test_a_refused_page_raises(client: HoiioClient, api: Api, name: str) -> None:
    answer_page(api, name, [1, 2], total=5)
    api.answers(CALLS[name].operation, status='error_rate_limit_exceeded')
    entries = page_of(client, name).auto_paging_iter()
    assert refs_of([next(entries), next(entries)]) == [1, 2]
    with pytest.raises(RateLimitExceeded, match=CALLS[name].operation):
        next(entries)
    assert len(api.forms) == 2


@each_paged
def test_a_refused_first_page_raises(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation, status='error_page_invalid')
    with pytest.raises(ApiError, match='error_page_invalid'):
        next(page_of(client, name).auto_paging_iter())
    assert len(api.forms) == 1


@each_paged
def test_an_unpickled_page_has_its_own_entries_only(
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
