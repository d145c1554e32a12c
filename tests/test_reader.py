from __future__ import annotations

import pickle
from datetime import datetime
from typing import Annotated, Any, ClassVar

import pytest

from hoiio import Entry, FieldUnreadable, SmsStatus
from hoiio.fields import Field, to_float
from hoiio.reader import CACHE_SIZE, LONGEST_CACHED, ConversionCache
from hoiio.response import fields_of, to_entries
from hoiio.service.sms import SmsRecord

RECORD = {
    'txn_ref': 'AA-S-1',
    'sms_status': 'delivered',
    'date': '2012-01-31 12:06:15',
    'split_count': '2',
    'currency': 'SGD',
    'rate': '0.032',
}


def read(*values: object) -> list[Any]:
    return to_entries(SmsRecord)(list(values))


def test_fields_are_converted() -> None:
    [sms] = read(dict(RECORD))
    assert type(sms) is SmsRecord
    assert (sms.txn_ref, sms.split_count, sms.currency, sms.rate) == ('AA-S-1', 2, 'SGD', 0.032)
    assert sms.sms_status is SmsStatus.DELIVERED
    assert sms.date == datetime(2012, 1, 31, 12, 6, 15)
    assert sms.json == RECORD


@pytest.mark.parametrize('name', RECORD)
def test_one_field_costs_no_other(name: str) -> None:
    [sms] = read({**RECORD, name: ['nonsense', {}]})
    with pytest.raises(FieldUnreadable, match=name):
        getattr(sms, name)
    assert all(hasattr(sms, other) for other in RECORD if other != name)
    assert sms.json[name] == ['nonsense', {}]


@pytest.mark.parametrize('name', RECORD)
def test_null_and_left_out_are_missing(name: str) -> None:
    without = {key: value for key, value in RECORD.items() if key != name}
    for sms in read({**RECORD, name: None}, without):
        assert not hasattr(sms, name)


@pytest.mark.parametrize(('wire', 'truth'), [(1, True), ('1', True), (0, False), (1.0, True)])
def test_what_was_remembered_of_a_string_is_not_what_a_number_is(wire: Any, truth: bool) -> None:
    read({'split_count': '1', 'rate': '1'}, {'split_count': '0', 'rate': '0'})
    [sms] = read({'split_count': wire, 'rate': wire})
    assert (sms.split_count, sms.rate) == (int(wire), float(wire))
    [other] = read({'split_count': truth, 'rate': truth})
    with pytest.raises(FieldUnreadable):
        other.split_count  # noqa: B018
    with pytest.raises(FieldUnreadable):
        other.rate  # noqa: B018


@pytest.mark.parametrize('value', ['AA-S-1', 7, None, ['AA-S-1']])
def test_an_entry_that_is_no_object_keeps_its_place(value: object) -> None:
    first, damaged, last = read(dict(RECORD), value, dict(RECORD))
    assert first.rate == last.rate == 0.032
    assert damaged.json == value
    with pytest.raises(FieldUnreadable, match='not a JSON object'):
        _ = damaged.rate


class Optional(Entry):
    text: str | None
    count: int | None
    status: SmsStatus | None
    date: datetime | None
    words: list[str] | None
    other: Annotated[str | None, Field(alias='another')]
    ours: str | None = 'ours'


@pytest.mark.parametrize(
    'absent', [{}, dict.fromkeys(fields_of(Optional)), dict.fromkeys(fields_of(Optional), '')]
)
def test_what_is_optional_is_none_where_it_is_missing(absent: dict[str, Any]) -> None:
    for entry in (*to_entries(Optional)([dict(absent)]), Optional(dict(absent))):
        assert (entry.text, entry.count, entry.status) == (None, None, None)
        assert (entry.date, entry.words, entry.other) == (None, None, None)
        assert entry.ours == 'ours'
        assert entry.json == absent


def test_what_is_optional_is_read_where_it_is_there() -> None:
    wire = {
        'text': 7,
        'count': '7',
        'status': 'failed',
        'date': '2012-01-31 12:06:15',
        'words': 'a,b',
        'another': 'c',
        'ours': 'd',
    }
    for entry in (*to_entries(Optional)([dict(wire)]), Optional(dict(wire))):
        assert (entry.text, entry.count, entry.status) == ('7', 7, SmsStatus.FAILED)
        assert entry.date == datetime(2012, 1, 31, 12, 6, 15)
        assert (entry.words, entry.other, entry.ours) == (['a', 'b'], 'c', 'd')
    [entry] = to_entries(Optional)([{name: {} for name in fields_of(Optional)}])
    for name in fields_of(Optional):
        with pytest.raises(FieldUnreadable):
            getattr(entry, name)


def test_what_is_missing_was_not_left_for_later() -> None:
    [entry] = to_entries(Optional)([{}])
    read_already = dict.fromkeys(('text', 'count', 'status', 'date', 'words'))
    assert vars(entry) == {'json': {}, **read_already}


def test_a_field_of_any_kind_and_an_entry_within_an_entry() -> None:
    class Outer(Entry):
        note: Any
        inner: SmsRecord

    [outer] = to_entries(Outer)([{'note': {'a': 1}, 'inner': dict(RECORD)}])
    assert outer.note == {'a': 1}
    assert outer.inner.rate == 0.032


def test_a_field_may_be_named_like_a_variable_of_the_reader() -> None:
    class Odd(Entry):
        value: str
        values: int
        entry: str
        entries: int
        kind: str
        unreadable: int

    [odd] = to_entries(Odd)([dict.fromkeys(fields_of(Odd), '7')])
    assert (odd.value, odd.values, odd.entry) == ('7', 7, '7')
    assert (odd.entries, odd.kind, odd.unreadable) == (7, '7', 7)


class Lenient(Entry):
    limit: ClassVar[int] = 5

    count: int = 3
    note: str


class MoreLenient(Lenient):
    note: str = 'none'


def test_a_field_may_have_a_default_which_hides_nothing() -> None:
    for given in (*to_entries(Lenient)([{'count': '7', 'note': 'a'}]), Lenient({'count': '7'})):
        assert given.count == 7
    assert Lenient({}).count == MoreLenient({}).count == 3
    assert not hasattr(Lenient({}), 'note')
    assert MoreLenient({}).note == 'none'
    assert Lenient.limit == 5
    for unreadable in (Lenient({'count': '1,5'}), *to_entries(Lenient)([{'count': '1,5'}])):
        with pytest.raises(FieldUnreadable):
            unreadable.count  # noqa: B018


def test_an_entry_with_a_constructor_is_made_by_it() -> None:
    class Own(Entry):
        __slots__ = ('extra',)

        def __init__(self, json: dict[str, Any]) -> None:
            super().__init__(json)
            self.extra = len(json)

    assert to_entries(Own)([{'a': 1, 'b': 2}])[0].extra == 2


def test_no_field_can_be_named_json() -> None:
    with pytest.raises(TypeError, match='give the field another name'):

        class Wrong(Entry):
            json: str


def test_equal_strings_are_kept_once() -> None:
    first, second = read(*({**RECORD, 'currency': ''.join(['S', 'GD'])} for _ in range(2)))
    assert first.json['currency'] is second.json['currency'] is first.currency
    assert first.rate is second.rate


def test_only_so_much_is_remembered() -> None:
    known = ConversionCache(to_float)
    for number in range(CACHE_SIZE + 1):
        assert known[str(number)] == (str(number), number)
    assert list(known) == [str(CACHE_SIZE)]
    long = '1' * (LONGEST_CACHED + 1)
    assert known[long] == (long, float(long))
    assert long not in known


@pytest.mark.parametrize('protocol', range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_entries_pickle(protocol: int) -> None:
    [sms] = read(dict(RECORD))
    copy = pickle.loads(pickle.dumps(sms, protocol))
    assert (copy.json, copy.date, copy.rate) == (sms.json, sms.date, sms.rate)
