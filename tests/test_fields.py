from __future__ import annotations

from collections import UserString
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, Mock
from uuid import uuid4

import pytest
from django.utils.functional import SimpleLazyObject, lazy
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.local import LocalProxy

from hoiio import GMT8, CallStatus, FieldUnreadable, InputInvalid, fields

PHONE = st.builds('{}{}'.format, st.sampled_from(['', '0']), st.integers(10**5, 10**14 - 1))
PREFIX = st.integers(1, 999).map(str)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
CONVERTERS = [
    fields.to_str,
    fields.to_int,
    fields.to_float,
    fields.to_bool,
    fields.to_datetime,
    fields.to_date,
    fields.to_list(fields.to_int),
    fields.without_plus,
]


def test_gmt8_is_eight_hours_ahead() -> None:
    moment = datetime(2012, 1, 31, 12, 6, 15, tzinfo=GMT8)
    assert moment.utcoffset() == timedelta(hours=8)
    assert str(GMT8) == 'GMT+8'


# From the wire


@pytest.mark.slow
@given(value=JSON)
def test_any_value_is_read_or_raises_field_unreadable(value: Any) -> None:
    for convert in CONVERTERS:
        try:
            result = fields.read('name', convert, value)
        except FieldUnreadable as exc:
            result, told, context = None, str(exc), exc.__context__
            assert ("'name'" in told, context) == (True, None), convert
        assert result is None or isinstance(result, (str, int, float, date, list)), convert


@given(st.integers(-(10**17), 10**17))
def test_int_as_string_or_number(number: int) -> None:
    for wire in (number, str(number), f'{number}.0', f'{number}.'):
        assert fields.to_int(wire) == number


@pytest.mark.parametrize(
    'wire', ['7.5', 7.5, 'seven', '', '1e3', True, None, [], '9' * 30, '\u0667']
)
def test_int_unreadable(wire: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        fields.to_int(wire)


@given(st.decimals(-(10**9), 10**9, places=3))
def test_float_as_string_or_number(amount: Decimal) -> None:
    assert fields.to_float(str(amount)) == float(amount)
    assert fields.to_float(float(amount)) == float(amount)


@pytest.mark.parametrize(
    'wire',
    [
        '1_000',
        '1 000',
        '\u0663',
        ' 1',
        '1e999',
        '9' * 400,
        'nan',
        'inf',
        '-Infinity',
        float('inf'),
        'free',
        True,
        {},
    ],
)
def test_float_unreadable(wire: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        fields.to_float(wire)


@pytest.mark.parametrize(
    ('wire', 'value'),
    [
        *((wire, True) for wire in (True, 'true', 'True', '1', 1)),
        *((wire, False) for wire in (False, 'false', 'FALSE', '0', 0)),
    ],
)
def test_bool(wire: object, value: bool) -> None:
    assert fields.to_bool(wire) is value


@pytest.mark.parametrize('wire', ['yes', 2, 'enabled', [], {}])
def test_bool_unreadable(wire: object) -> None:
    with pytest.raises((KeyError, TypeError)):
        fields.to_bool(wire)


@given(st.datetimes())
def test_datetime_there_and_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert fields.to_datetime(fields.to_wire(moment)) == moment


@given(st.datetimes(), st.integers(1, 9))
def test_datetime_with_a_fraction(moment: datetime, digits: int) -> None:
    fraction = f'{moment.microsecond:06}000'[:digits]
    wire = f'{moment.replace(microsecond=0).isoformat(" ")}.{fraction}'
    read = fields.to_datetime(wire)
    assert read.replace(microsecond=0) == moment.replace(microsecond=0)
    assert f'{read.microsecond:06}'.startswith(fraction[:6])


def test_datetime_as_the_live_service_sent_it() -> None:
    assert fields.to_datetime('2012-06-06 11:15:20.0') == datetime(2012, 6, 6, 11, 15, 20)
    assert fields.to_datetime('2012-06-06 11:15:20').tzinfo is None


@pytest.mark.parametrize(
    'wire',
    [
        *('2012-13-01 00:00:00', '2012-01-01', '20120101T000000', '2012-W01-1', '', 'now', 5),
        *('2012-W01-1 12:06:15', '2012-01-31 12:06+08', '2012-01-31x12:06:15'),
    ],
)
def test_datetime_unreadable(wire: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        fields.to_datetime(wire)


@given(st.dates())
def test_date_with_or_without_a_time(day: date) -> None:
    assert fields.to_date(day.isoformat()) == day
    assert fields.to_date(f'{day.isoformat()} 12:06:15') == day


def test_list_as_array_or_string() -> None:
    read = fields.to_list(fields.to_str)
    assert read(['TX-1', 'TX-2']) == ['TX-1', 'TX-2']
    assert read('TX-1,TX-2, TX-3') == ['TX-1', 'TX-2', 'TX-3']
    assert read('') == []
    with pytest.raises(TypeError):
        read(5)


@pytest.mark.parametrize('convert', [fields.to_int, fields.to_float, fields.to_date])
def test_null_and_empty_numbers_and_dates_are_missing(convert: Any) -> None:
    assert fields.is_missing(convert, '')
    assert fields.is_missing(convert, None)
    assert not fields.is_missing(convert, '0')


def test_empty_text_is_missing_only_if_the_field_is_optional() -> None:
    assert fields.is_missing(fields.to_str, '', is_optional=True)
    assert not fields.is_missing(fields.to_str, '0', is_optional=True)
    assert not fields.is_missing(fields.to_str, '')
    assert fields.is_missing(fields.to_str, None)
    assert fields.read('src', fields.to_str, '') == ''


# To the wire


@pytest.mark.parametrize(
    ('value', 'wire'),
    [
        ('text', 'text'),
        ('', ''),
        (60, '60'),
        (0.5, '0.5'),
        (True, 'enabled'),
        (False, 'disabled'),
        (CallStatus.BUSY, 'busy'),
        (['+6511111111', '+6522222222'], '+6511111111,+6522222222'),
        (date(2012, 1, 31), '2012-01-31 00:00:00'),
        (datetime(2012, 1, 31, 12, 6, 15, 999), '2012-01-31 12:06:15'),
        (datetime(2012, 1, 31, 12, tzinfo=timezone.utc), '2012-01-31 20:00:00'),
        (datetime(2012, 1, 31, 12, tzinfo=GMT8), '2012-01-31 12:00:00'),
        (datetime(12, 1, 31, 12), '0012-01-31 12:00:00'),
    ],
)
def test_to_wire(value: object, wire: str) -> None:
    assert fields.to_wire(value) == wire


def test_a_date_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(InputInvalid, match='1 to 9999'):
        fields.to_wire(datetime.max.replace(tzinfo=timezone.utc))


# Phone numbers


@given(PHONE, PREFIX)
def test_prefix_is_added_once(number: str, prefix: str) -> None:
    completed = fields.complete(number, prefix)
    assert completed == f'+{prefix}{number}'
    assert fields.complete(completed, prefix) == completed


@given(st.text())
def test_without_a_prefix_a_number_does_not_change(number: str) -> None:
    assert fields.complete(number, None) == number


@given(st.lists(PHONE | PHONE.map('+{}'.format), min_size=1, max_size=5), PREFIX)
def test_prefix_completes_each_number_of_a_list(numbers: list[str], prefix: str) -> None:
    completed = [fields.complete(number, prefix) for number in numbers]
    for dest in (numbers, ','.join(numbers), ', '.join(numbers)):
        assert fields.to_form({'dest': dest}, prefix) == {'dest': ','.join(completed)}


@pytest.mark.parametrize('name', ['dest', 'dest1', 'dest2', 'incoming', 'number', 'caller_id'])
def test_prefix_is_added_to_phone_numbers(name: str) -> None:
    assert fields.to_form({name: '11111111'}, '65') == {name: '+6511111111'}
    assert fields.to_form({name: 11111111}, '65') == {name: '+6511111111'}
    assert fields.to_form({name: '+8511111111'}, '65') == {name: '+8511111111'}


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('dest', 'room:'),
        ('dest', 'room:R1234'),
        ('caller_id', 'private'),
        ('caller_id', 'Citibank'),
        ('msg', '11111111'),
        ('tag', '11111111'),
        ('sender_name', '11111111'),
        ('session', '1234'),
    ],
)
def test_prefix_is_not_added_to_other_values(name: str, value: str) -> None:
    assert fields.to_form({name: value}, '65') == {name: value}


@pytest.mark.parametrize('dest', ['', ' ', '+6511111111,', ['+6511111111', ''], []])
@pytest.mark.parametrize('prefix', [None, '65'])
def test_an_empty_number_is_refused(dest: object, prefix: str | None) -> None:
    with pytest.raises(InputInvalid, match='dest is empty'):
        fields.to_form({'dest': dest}, prefix)


@pytest.mark.parametrize('name', sorted(fields.PHONES))
@pytest.mark.parametrize('number', ['006598765432', '00 65 9876 5432', '(00) 65'])
def test_a_number_that_is_dialled_with_00_is_not_completed(name: str, number: str) -> None:
    if name == 'caller_id':
        number = fields.bare(number)
    with pytest.raises(InputInvalid, match=r'starts with 00; write \+') as caught:
        fields.to_form({name: number}, '65')
    assert '98765432' not in str(caught.value)
    assert fields.to_form({name: number}) == {name: number}


@pytest.mark.parametrize('number', ['0911112222', '+006598765432'])
def test_a_number_with_other_zeros_gets_the_prefix(number: str) -> None:
    assert fields.to_form({'dest': number}, '65')['dest'].endswith(number)


# Forms


def test_none_is_not_sent_and_empty_text_is() -> None:
    assert fields.to_form({'tag': None, 'fax_header': '', 'page': 0}) == {
        'fax_header': '',
        'page': '0',
    }


def test_bytes_are_refused() -> None:
    for value in (b'a', bytearray(b'a'), memoryview(b'a')):
        for name in ('msg', 'dest', 'anything'):
            for each in (value, ['+6511111111', value]):
                with pytest.raises(InputInvalid, match=f'^{name} cannot .* (bytes|list);'):
                    fields.to_form({name: each})


# Text


class Word(str, Enum):
    HELLO = 'Hello'


class Count(IntEnum):
    TWO = 2


class Shouted(str):
    def __str__(self) -> str:
        return self.upper()

    __repr__ = __format__ = __str__  # type: ignore[assignment]


class Lazy:
    """A lazy translation like that of flask-babel, which delegates its attributes."""

    def __getattr__(self, name: str) -> Any:
        return getattr('Hello', name)

    def __str__(self) -> str:
        return 'Hello'


# The gettext_lazy of Django needs settings. It is made with this function.
gettext_lazy = lazy(lambda: 'Hello', str)


class Index:
    """A whole number of another library."""

    def __index__(self) -> int:
        return 2


class Reprs:
    def __str__(self) -> str:
        return 'Hello'


class Broken(Lazy):
    def __str__(self) -> str:
        raise RuntimeError('no request')


async def coroutine() -> str:
    return 'Hello'


ONE_TEXT = sorted(fields.PHONES | fields.TEXTS)
each_text = pytest.mark.parametrize(
    ('value', 'text'),
    [
        ('Hello', 'Hello'),
        (Word.HELLO, 'Hello'),
        (Shouted('Hello'), 'Hello'),
        (UserString('Hello'), 'Hello'),
        (gettext_lazy(), 'Hello'),
        (Lazy(), 'Hello'),
        (SimpleLazyObject(lambda: 'Hello'), 'Hello'),
        (LocalProxy(lambda: 'Hello'), 'Hello'),
        (2, '2'),
        (Count.TWO, '2'),
        (Index(), '2'),
        (CallStatus.BUSY, 'busy'),
    ],
    ids=lambda value: type(value).__name__,
)


@each_text
def test_an_object_that_represents_text_is_sent_as_its_text(value: object, text: str) -> None:
    names = [*ONE_TEXT, 'anything']
    assert fields.to_form(dict.fromkeys(names, value)) == dict.fromkeys(names, text)


NO_TEXT: list[object] = [
    True,
    False,
    0.5,
    2.0,
    float('nan'),
    Decimal(2),
    ['Hello'],
    ('Hello',),
    {'Hello'},
    {'Hello': 'World'},
    iter('Hello'),
    str,
    Word,
    object(),
    Reprs(),
    Broken(),
    Mock(),
    MagicMock(),
    Path('Hello'),
    uuid4(),
    ValueError('Hello'),
    lazy(lambda: 0.5, float)(),
    date(2012, 1, 31),
]


@pytest.mark.parametrize('value', NO_TEXT, ids=lambda value: type(value).__name__)
def test_a_value_that_is_not_text_is_refused(value: object) -> None:
    for name in ONE_TEXT:
        given = [value] if name == 'dest' else value
        with pytest.raises(InputInvalid, match=f'^{name} cannot be written as text: ') as caught:
            fields.to_form({name: given})
        assert 'Hello' not in str(caught.value)
        assert caught.value.__context__ is None


def test_a_coroutine_is_refused() -> None:
    msg = coroutine()
    with pytest.raises(InputInvalid, match='it is of type coroutine'):
        fields.to_form({'msg': msg})
    msg.close()


@pytest.mark.parametrize('name', sorted(fields.PERIOD))
def test_from_and_to_accept_texts_and_dates(name: str) -> None:
    for value in (True, 0.5, ['2012-01-31'], object()):
        with pytest.raises(InputInvalid, match=f'^{name} cannot be written'):
            fields.to_form({name: value})
    for day in ('2012-01-31', UserString('2012-01-31'), date(2012, 1, 31)):
        assert fields.to_form({name: day}) == {name: '2012-01-31 00:00:00'}


@pytest.mark.parametrize(
    ('value', 'wire'),
    [
        (0.5, '0.5'),
        (True, 'enabled'),
        (date(2012, 1, 31), '2012-01-31 00:00:00'),
        ([1, True, 'a', date(2012, 1, 31)], '1,enabled,a,2012-01-31 00:00:00'),
        (('a', 'b'), 'a,b'),
        ([], ''),
    ],
)
def test_an_unknown_parameter_can_have_other_types(value: object, wire: str) -> None:
    assert fields.to_form({'anything': value}) == {'anything': wire}


@pytest.mark.parametrize(
    'value', [{'a'}, {'a': 1}, iter('a'), object(), float('inf'), [['a']], b'a', MagicMock()]
)
def test_an_unknown_parameter_cannot_have_any_type(value: object) -> None:
    with pytest.raises(InputInvalid, match=r'^anything cannot be written as text'):
        fields.to_form({'anything': value})


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    'value', ['a private \ud800', 10**5000, LOOP], ids=['half', 'huge', 'loop']
)
def test_a_text_that_cannot_be_encoded_is_refused(value: object) -> None:
    with pytest.raises(InputInvalid, match='msg cannot be written as text') as caught:
        fields.to_form({'msg': value})
    assert caught.value.__context__ is None


def test_a_form_shows_only_the_names_of_its_fields() -> None:
    assert repr(fields.to_form({'msg': 'a private text', 'tag': 'x'})) == '<form msg tag>'


def test_tag_of_256_characters() -> None:
    assert fields.to_form({'tag': 'ü' * 256}) == {'tag': 'ü' * 256}
    with pytest.raises(InputInvalid, match='257'):
        fields.to_form({'tag': 'x' * 257})


@given(st.datetimes(), st.datetimes())
def test_to_before_from_is_refused(one: datetime, other: datetime) -> None:
    early, late = sorted(moment.replace(microsecond=0) for moment in (one, other))
    assert len(fields.to_form({'from': early, 'to': late})) == 2
    if early != late:
        with pytest.raises(InputInvalid, match='before'):
            fields.to_form({'from': late, 'to': early})
        with pytest.raises(InputInvalid, match='before'):
            fields.to_form({'from': str(late), 'to': early.isoformat()})
    if early.date() != late.date():
        with pytest.raises(InputInvalid, match='before'):
            fields.to_form({'from': late.date(), 'to': str(early.date())})


@pytest.mark.parametrize(
    ('start', 'end'),
    [('yesterday', '2012-01-01 00:00:00'), ('2012-13-01 00:00:00', '1'), ('2', '1')],
)
def test_a_text_that_is_not_a_date_is_sent_unchanged(start: str, end: str) -> None:
    assert fields.to_form({'from': start, 'to': end}) == {'from': start, 'to': end}
