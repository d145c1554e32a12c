"""The search for a transaction by its tag."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, get_type_hints

import pytest

from hoiio import GMT8, Entry, HoiioClient, HoiioException, InputInvalid, RateLimitExceeded
from tests.conftest import BASE_URL, Api
from tests.service.calls import CALLS, FINDS, method_of, timeouts

each_find = pytest.mark.parametrize('name', FINDS)


def history_of(name: str) -> str:
    """Return the operation of the history that a find reads."""
    return CALLS[name.replace('find', 'history')].operation


def find(client: HoiioClient, name: str, tag: Any, **params: Any) -> Entry | None:
    area, _, method = name.partition('.')
    found: Entry | None = getattr(getattr(client, area), method)(tag, **params)
    return found


def answer_tags(api: Api, name: str, *tags: Any, total: int, first: int = 1) -> None:
    """Answer with a page of entries that have these tags. None is an entry without a tag."""
    entries = [
        {'txn_ref': f'TX-{number}'} | ({} if tag is None else {'tag': tag})
        for number, tag in enumerate(tags, first)
    ]
    api.answers(history_of(name), total_entries_count=str(total), entries=entries)


@each_find
def test_find_returns_an_entry_of_the_first_page(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, None, 'a', '', 'b', 'b', total=9)
    found = find(client, name, 'b')
    assert found is not None
    assert found.json == {'txn_ref': 'TX-4', 'tag': 'b'}
    assert get_type_hints(method_of(name))['return'] == type(found) | None
    assert api.forms == [{}]


@each_find
def test_find_keeps_the_credentials_that_it_began_with(
    client: HoiioClient, api: Api, name: str
) -> None:
    first = '{"status": "success_ok", "total_entries_count": 2, "entries": [{"txn_ref": "TX-1"}]}'

    def answer_after_init(_: object) -> tuple[int, dict[str, str], str]:
        client.init('OTHER', 'OTHER')
        return 200, {}, first

    api.mock.add_callback('POST', BASE_URL + history_of(name), answer_after_init)
    answer_tags(api, name, 'b', total=2, first=2)
    assert find(client, name, 'b') is not None
    assert len(api.forms) == 2


@each_find
def test_find_returns_an_entry_of_a_later_page(client: HoiioClient, api: Api, name: str) -> None:
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
def test_find_returns_none_for_a_tag_that_no_entry_has(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_tags(api, name, 'A', 'a b', None, total=4)
    answer_tags(api, name, 'aa', total=4, first=4)
    assert find(client, name, 'a') is None
    assert len(api.forms) == 2


@each_find
def test_find_returns_none_for_an_empty_history(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, total=0)
    assert find(client, name, 'a') is None


@each_find
@pytest.mark.parametrize('sent', [17, '17'])
@pytest.mark.parametrize('listed', [17, '17'])
def test_find_accepts_a_tag_that_is_a_number(
    client: HoiioClient, api: Api, name: str, sent: object, listed: object
) -> None:
    answer_tags(api, name, listed, total=1)
    assert find(client, name, sent) is not None


@each_find
@pytest.mark.parametrize('tag', [None, '', 'x' * 257, b'a'], ids=['None', 'empty', 'long', 'bytes'])
def test_find_refuses_a_tag_that_cannot_exist(
    client: HoiioClient, api: Api, name: str, tag: object
) -> None:
    with pytest.raises(InputInvalid, match=r'\b(tag|bytes)\b'):
        find(client, name, tag)
    assert len(api.mock.calls) == 0


@each_find
def test_find_raises_if_hoiio_refuses_a_page(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, 'a', total=2)
    api.answers(history_of(name), 'error_rate_limit_exceeded')
    with pytest.raises(RateLimitExceeded) as caught:
        find(client, name, 'b')
    assert len(api.forms) == 2
    assert not caught.value.outcome_unknown


@each_find
def test_find_raises_if_entries_are_missing(client: HoiioClient, api: Api, name: str) -> None:
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
def test_find_raises_if_an_entry_that_may_have_the_tag_is_damaged(
    client: HoiioClient, api: Api, name: str, odd: object
) -> None:
    history = history_of(name)
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
def test_find_reads_a_page_with_a_damaged_byte(client: HoiioClient, api: Api, name: str) -> None:
    body = b'{"status": "success_ok", "entries": [{"tag": "b", "msg": "\xff"}, {"tag": "\xff"}]}'
    for answer in (body, body, b'{"status": "success_ok", "entries": []}'):
        api.mock.post(BASE_URL + history_of(name), body=answer)
    assert find(client, name, 'b') is not None
    with pytest.raises(HoiioException, match='only 1 of 2'):
        find(client, name, 'a')


@each_find
def test_find_continues_if_new_entries_shift_the_pages(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_tags(api, name, 'a', 'a', total=3)
    answer_tags(api, name, 'a', 'a', total=5)
    answer_tags(api, name, 'b', total=5, first=3)
    assert find(client, name, 'b') is not None
    assert len(api.forms) == 3


@each_find
def test_find_raises_if_the_same_page_comes_again(client: HoiioClient, api: Api, name: str) -> None:
    history = history_of(name)
    api.answers(history, entries=[{'txn_ref': 'TX-1', 'tag': 'a'}])
    with pytest.raises(HoiioException, match='same page of a list twice'):
        find(client, name, 'b')


@each_find
def test_find_reads_a_second_entry_of_the_same_transaction(
    client: HoiioClient, api: Api, name: str
) -> None:
    answer_tags(api, name, 'a', 'a', total=3)
    answer_tags(api, name, 'b', total=3, first=2)
    assert find(client, name, 'b') is not None


@each_find
def test_find_ignores_spaces_around_a_tag(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, 'a', total=1)
    assert find(client, name, ' a ') is not None


@each_find
@pytest.mark.parametrize('keyword', ['from_', 'from', 'extra'])
def test_find_refuses_a_from_in_the_future(
    client: HoiioClient, api: Api, name: str, keyword: str
) -> None:
    now = datetime.now(GMT8)
    in_tokyo = now.astimezone(timezone(timedelta(hours=9))).replace(tzinfo=None)
    starts: list[Any] = [in_tokyo, f'{in_tokyo:%Y-%m-%d %H:%M:%S}', now + timedelta(hours=1)]
    for start in (*starts, now.date() + timedelta(days=1), f'{now.year + 1}-01-01'):
        with pytest.raises(InputInvalid, match=r'^from \(.*in the future in GMT\+8'):
            find(client, name, 'a', **{keyword: {'from': start} if keyword == 'extra' else start})
    assert len(api.mock.calls) == 0


@each_find
def test_find_accepts_a_from_of_now(client: HoiioClient, api: Api, name: str) -> None:
    answer_tags(api, name, total=0)
    now = datetime.now(GMT8)
    starts: list[Any] = [now, now.replace(tzinfo=None), now.astimezone(timezone.utc), now.date()]
    for start in (*starts, 'yesterday', None):
        assert find(client, name, 'a', from_=start) is None


@each_find
def test_find_does_not_accept_a_page(client: HoiioClient, api: Api, name: str) -> None:
    with pytest.raises(InputInvalid, match='every page'):
        find(client, name, 'a', page=2)
    assert len(api.mock.calls) == 0


@each_find
@pytest.mark.parametrize('option', ['page', 'to'])
@pytest.mark.parametrize('is_extra', [False, True])
def test_find_looks_at_everything_up_to_now(
    client: HoiioClient, api: Api, name: str, option: str, is_extra: bool
) -> None:
    params = {option: '2'}
    with pytest.raises(InputInvalid, match=f'leave out {option}$'):
        find(client, name, 'a', **({'extra': params} if is_extra else params))
    assert len(api.mock.calls) == 0
