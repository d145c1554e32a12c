from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from hoiio.campaign.exceptions import PersonInvalid, PlanInvalid
from hoiio.campaign.numbers import NumberReader
from hoiio.campaign.people import People
from hoiio.campaign.plan import Dropped, PlannedPerson, plan
from hoiio.campaign.template import Template

Make = Callable[..., Iterable[PlannedPerson | Dropped]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that plans a file of this text."""

    def make(
        text: str,
        message: str = 'Dear {{name}}',
        sender_name: str | None = None,
        price: Callable[[str, int], int] = lambda dest, parts: 0,
    ) -> Iterable[PlannedPerson | Dropped]:
        path = tmp_path / 'people.csv'
        path.write_text(text, 'utf-8')
        return plan(People(path), Template(message, sender_name), NumberReader('65'), price)

    return make


def test_each_row_becomes_a_person(make: Make) -> None:
    text = 'name,phone,zone\n Nick ,9123 4567,Asia/Singapore\nDave,+60123456789,Mars\n'
    assert list(make(text, price=lambda dest, parts: parts * len(dest))) == [
        PlannedPerson(2, '+6591234567', {'name': 'Nick'}, 1, 11, 'Asia/Singapore'),
        PlannedPerson(3, '+60123456789', {'name': 'Dave'}, 1, 12, None),
    ]


def test_only_the_values_of_the_message_are_kept(make: Make) -> None:
    [person] = make('name,phone,diagnosis\nNick,+6591234567,private\n')
    assert 'private' not in repr(person)


@pytest.mark.parametrize(
    ('row', 'reason', 'dest'),
    [
        ('Nick,', 'there is no phone number', None),
        ('Nick,12', 'too few or too many digits', None),
        (',91234567', "the column 'name' is empty", '+6591234567'),
        (' \u00a0,91234567', "the column 'name' is empty", '+6591234567'),
        ('#N/A,91234567', "the column 'name' has the spreadsheet error #N/A", '+6591234567'),
        ('#REF!,91234567', 'the spreadsheet error #REF!', '+6591234567'),
        (f'{"x" * 455},91234567', 'more than 3 SMS parts', '+6591234567'),
        # As it stands it fits three parts, and with each & as &amp; it does not.
        (f'{"&" * 100},91234567', 'more than 3 SMS parts', '+6591234567'),
    ],
)
def test_a_person_who_cannot_get_the_message_is_dropped(
    make: Make, row: str, reason: str, dest: str | None
) -> None:
    dropped, person = make(f'name,phone\n{row}\nDave,81234567\n')
    assert isinstance(dropped, Dropped)
    assert (dropped.line, dropped.dest) == (2, dest)
    assert reason in dropped.reason
    assert isinstance(person, PlannedPerson)


@pytest.mark.parametrize('value', ['=1+1', '+65 6123 4567', '-20%', '@ann'])
def test_the_mark_of_a_text_that_is_not_a_formula_is_not_part_of_it(make: Make, value: str) -> None:
    [person] = make(f"name,phone\n'{value},'+6591234567\n")
    assert isinstance(person, PlannedPerson)
    assert (person.dest, person.variables) == ('+6591234567', {'name': value})


def test_an_apostrophe_before_a_word_stays(make: Make) -> None:
    [person] = make("name,phone\n'Zac,+6591234567\n")
    assert isinstance(person, PlannedPerson)
    assert person.variables == {'name': "'Zac"}


def test_a_hash_is_not_an_error(make: Make) -> None:
    [person] = make('name,phone\n#1 customer,91234567\n')
    assert isinstance(person, PlannedPerson)


def test_a_number_that_a_spreadsheet_has_rounded_stops_the_plan(make: Make) -> None:
    planned = iter(make('name,phone\nNick,91234567\nDave,6.59E+09\n'))
    next(planned)
    with pytest.raises(PlanInvalid, match='line 3: a spreadsheet') as caught:
        next(planned)
    assert caught.value.line == 3


def test_a_damaged_row_keeps_its_own_line(make: Make) -> None:
    with pytest.raises(PlanInvalid, match=r'^line 3: the row has too many cells'):
        list(make('name,phone\nNick,91234567\nTan, Dave,81234567\n'))


def test_a_variable_that_no_column_has_is_refused_before_any_row(make: Make) -> None:
    with pytest.raises(PlanInvalid, match="no column 'nmae'; its columns are: name, phone"):
        make('name,phone\nNick,6.59E+09\n', 'Dear {{nmae}}')


def test_the_variable_dest_is_the_number(make: Make) -> None:
    [person] = make('dest\n9123 4567\n', 'Your number is {{dest}}')
    assert isinstance(person, PlannedPerson)
    assert person.variables == {'dest': '+6591234567'}
    with pytest.raises(PlanInvalid, match='dest}} is always the phone number'):
        make('phone,dest\n91234567,Paris\n', 'See you in {{dest}}')


def test_a_person_without_a_price_is_dropped(make: Make) -> None:
    def price(dest: str, parts: int) -> int:
        raise PersonInvalid('Hoiio does not send to this number')

    assert list(make('name,phone\nNick,91234567\n', price=price)) == [
        Dropped(2, 'Hoiio does not send to this number', '+6591234567')
    ]


def test_the_sender_counts(make: Make) -> None:
    rows = 'name,phone\nNick,+60123456789\nDave,+6591234567\n'
    parts = [
        each.parts for each in make(rows, 'x' * 155, 'Clinic') if not isinstance(each, Dropped)
    ]
    assert parts == [2, 1]


@pytest.mark.slow
def test_the_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = tmp_path / 'people.csv'
        with path.open('w') as file:
            file.write('name,phone\n')
            file.writelines(f'Nick {row},+659{row:07}\n' for row in range(count))
        tracemalloc.start()
        planned = plan(People(path), Template('Dear {{name}}'), NumberReader())
        assert sum(1 for each in planned if isinstance(each, PlannedPerson)) == count
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)
    # Both files are longer than what is read at once.
    assert peak(12_000) < 1.1 * peak(4_000)
