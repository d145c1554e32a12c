"""The destinations of ``sms.bulk_send`` and ``voice.conference``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import pytest

from hoiio import (
    HoiioClient,
    InputInvalid,
)
from tests.canary import TOKEN
from tests.conftest import Api

NUMBERS = [f'+65{number:08}' for number in range(1001)]


class Method(NamedTuple):
    """A method that takes several destinations, and how many it takes."""

    name: str
    operation: str
    limit: int

    def send(self, client: HoiioClient, *dests: Any, **params: Any) -> None:
        if self.name == 'sms.bulk_send':
            client.sms.bulk_send('Hello', *dests, **params)
        else:
            client.voice.conference(*dests, **params)


each_method = pytest.mark.parametrize(
    'method',
    [
        Method('sms.bulk_send', 'sms/bulk_send', 1000),
        Method('voice.conference', 'voice/conference', 8),
    ],
    ids=lambda method: method.name,
)


@each_method
@pytest.mark.parametrize(
    'dests',
    [
        ('+6511111111', '+6522222222', '+6533333333'),
        (['+6511111111', '+6522222222', '+6533333333'],),
        (('+6511111111', '+6522222222'), '+6533333333'),
        (dict.fromkeys(['+6511111111', '+6522222222', '+6533333333']),),
        ('+6511111111,+6522222222,+6533333333',),
        ('+6511111111, +6522222222', [' +6533333333 ']),
    ],
    ids=['one by one', 'list', 'tuple and one', 'keys', 'commas', 'spaces'],
)
def test_ways_to_pass_destinations(
    client: HoiioClient, api: Api, method: Method, dests: Any
) -> None:
    api.answers(method.operation)
    method.send(client, *dests)
    assert api.form['dest'] == '+6511111111,+6522222222,+6533333333'


@each_method
def test_as_many_destinations_as_the_limit_are_sent(
    client: HoiioClient, api: Api, method: Method
) -> None:
    numbers = NUMBERS[: method.limit]
    api.answers(method.operation)
    for dests in (numbers, [numbers], [numbers[:4], *numbers[4:]]):
        method.send(client, *dests)
    assert [form['dest'] for form in api.forms] == [','.join(numbers)] * 3


@each_method
def test_more_destinations_than_the_limit_are_refused(
    client: HoiioClient, api: Api, method: Method
) -> None:
    numbers = NUMBERS[: method.limit + 1]
    message = f'^more than {method.limit} destinations; pass at most {method.limit} in one call$'
    for dests in (numbers, [numbers], [','.join(numbers)]):
        with pytest.raises(InputInvalid, match=message):
            method.send(client, *dests)
    assert len(api.mock.calls) == 0


@each_method
@pytest.mark.parametrize(
    ('dests', 'message'),
    [
        ([], ': dest is missing$'),
        ([[]], ': dest is missing$'),
        ([''], '^destination 1 of 1 is empty$'),
        (['+6511111111', '', '+6533333333'], '^destination 2 of 3 is empty$'),
        (['+6511111111', None], '^destination 2 of 2 is empty$'),
        ([['+6511111111', ' ']], '^destination 2 of 2 is empty$'),
        (['+6511111111,,+6533333333'], '^destination 2 of 3 is empty$'),
        (['+6511111111,'], '^destination 2 of 2 is empty$'),
    ],
)
def test_missing_and_empty_destinations_are_refused(
    client: HoiioClient, api: Api, method: Method, dests: Any, message: str
) -> None:
    with pytest.raises(InputInvalid, match=message):
        method.send(client, *dests)
    assert len(api.mock.calls) == 0


@each_method
@pytest.mark.parametrize('dests', [(b'+6511111111',), ([b'+6511111111'],), (bytearray(b'+65'),)])
def test_a_destination_of_bytes_is_refused(
    client: HoiioClient, api: Api, method: Method, dests: Any
) -> None:
    with pytest.raises(InputInvalid, match='bytes'):
        method.send(client, *dests)
    assert len(api.mock.calls) == 0


@each_method
@pytest.mark.parametrize(
    'second', ['+6511111111', ' +6511111111', '+65 1111-1111', '+65 (1111) 1111', '11111111']
)
def test_a_number_is_passed_twice_only_on_purpose(api: Api, method: Method, second: str) -> None:
    client = HoiioClient('APP', TOKEN, prefix='65')
    numbers = ['+6522222222', '+6511111111', second]
    with pytest.raises(InputInvalid, match='destinations 2 and 3 are the same') as caught:
        method.send(client, *numbers)
    assert '1111' not in str(caught.value)
    assert len(api.mock.calls) == 0
    api.answers(method.operation)
    method.send(client, *numbers, allow_duplicates=True)
    assert len(api.forms) == 1


@each_method
def test_numbers_that_differ_are_not_the_same(
    client: HoiioClient, api: Api, method: Method
) -> None:
    api.answers(method.operation)
    method.send(client, '+6511111111', '6511111111', 'nobody', 'somebody')
    assert api.form['dest'] == '+6511111111,6511111111,nobody,somebody'


@each_method
def test_a_prefix_completes_every_destination(api: Api, method: Method) -> None:
    api.answers(method.operation)
    method.send(HoiioClient('APP', TOKEN, prefix='65'), ['11111111', '+8522222222'], '3,4')
    assert api.form['dest'] == '+6511111111,+8522222222,+653,+654'


@each_method
@pytest.mark.parametrize(
    'endless',
    [
        lambda: itertools.repeat('+6511111111'),
        lambda: map(str, itertools.count()),
        lambda: itertools.cycle(['+6511111111,+6522222222']),
    ],
    ids=['the same', 'others', 'several at a time'],
)
def test_an_endless_generator_is_read_only_to_the_limit(
    client: HoiioClient, api: Api, method: Method, endless: Callable[[], Iterator[str]]
) -> None:
    few: Iterable[Any] = itertools.repeat([])
    with pytest.raises(InputInvalid, match=f'^more than {method.limit} destinations'):
        method.send(client, endless())
    with pytest.raises(InputInvalid, match='dest cannot be written as text'):
        method.send(client, few)
    assert len(api.mock.calls) == 0


@each_method
def test_no_more_destinations_are_read_than_the_limit_and_one(
    client: HoiioClient, api: Api, method: Method
) -> None:
    numbers = itertools.count(10_000_000)
    with pytest.raises(InputInvalid, match='more than'):
        method.send(client, (f'+65{each}' for each in numbers))
    assert next(numbers) == 10_000_000 + method.limit + 1
    assert len(api.mock.calls) == 0
