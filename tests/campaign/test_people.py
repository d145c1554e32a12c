from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hoiio.campaign.exceptions import PlanInvalid
from hoiio.campaign.people import People

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str, encoding: str = 'utf-8') -> Path:
        path = tmp_path / 'people.csv'
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'cp1252'])
@pytest.mark.parametrize('delimiter', [',', ';', '\t'])
@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
def test_a_file_is_read_however_it_was_exported(
    write: Write, encoding: str, delimiter: str, end: str
) -> None:
    rows = [['name', 'phone'], ['José', '+6591234567'], ['Nick', '+6591234568']]
    text = end.join(delimiter.join(row) for row in rows)
    people = People(write(text, encoding))
    assert (people.columns, people.number) == (['name', 'phone'], 'phone')
    assert list(people.rows()) == [(2, rows[1]), (3, rows[2])]


def test_cells_in_quotes_may_have_delimiters_quotes_and_line_ends(write: Write) -> None:
    people = People(write('name,phone\n"Tan, ""Ben""\nWei",+6591234567\n\nNick,+6591234568\n'))
    assert list(people.rows()) == [
        (2, ['Tan, "Ben"\nWei', '+6591234567']),
        (5, ['Nick', '+6591234568']),
    ]


@pytest.mark.parametrize('encoding', ['utf-8-sig', 'utf-16'])
@pytest.mark.parametrize(
    ('first', 'delimiter'), [('sep=;', ';'), ('SEP=,', ','), ('sep=\t', '\t'), ('"sep=;"', ';')]
)
def test_a_first_line_can_name_the_separator(
    write: Write, encoding: str, first: str, delimiter: str
) -> None:
    # The header alone would not tell.
    rows = [['a,b;c\td', 'phone'], ['Nick', '+6591234567']]
    quoted = [delimiter.join(f'"{cell}"' for cell in row) for row in rows]
    people = People(write('\r\n'.join([first, *quoted]), encoding))
    assert people.columns == rows[0]
    assert list(people.rows()) == [(3, rows[1])]


def test_empty_rows_are_left_out(write: Write) -> None:
    people = People(write('\n \nname , phone\n\n,,,\n,\n ,  \nNick,+6591234567\n,,\n'))
    assert people.columns == ['name', 'phone']
    assert list(people.rows()) == [(8, ['Nick', '+6591234567'])]


def test_a_row_without_a_number_is_not_empty(write: Write) -> None:
    people = People(write('name,phone\nNick,\nDave,+6591234567\n'))
    assert next(people.rows()) == (2, ['Nick', ''])


@pytest.mark.parametrize(
    ('header', 'row', 'number'),
    [
        ('dest,name', '+6591234567,Nick', 'dest'),
        ('Name;Mobile No.', 'Nick;9123 4567', 'Mobile No.'),
        # By its cells alone.
        ('name,how to reach', 'Nick,+6591234567', 'how to reach'),
        # By its name, among several with long numbers.
        ('member,phone', '20261234,91234567', 'phone'),
        # By its cells, among several with such names.
        ('tel,mobile', 'none,+6591234567', 'mobile'),
        # By its name alone: the cells have been damaged, and each row says so.
        ('name,phone', 'Nick,unknown', 'phone'),
        ('name,phone', 'Nick,6.59E+09', 'phone'),
    ],
)
def test_the_column_with_the_numbers_is_guessed(
    write: Write, header: str, row: str, number: str
) -> None:
    assert People(write(f'{header}\n{row}\n')).number == number


def test_most_cells_decide(write: Write) -> None:
    rows = 'a,Nick\n+6591234567,Dave\n+6591234568,+6591234569\n,\n+6591234570,Ann\n'
    assert People(write(f'x,y\n{rows}')).number == 'x'


@pytest.mark.parametrize(
    ('text', 'reason'),
    [
        (
            'phone,mobile\n+6591234567,+6581234567\n',
            "which of the columns 'mobile' and 'phone' has",
        ),
        ('a,b\n+6591234567,+6581234567\n', "which of the columns 'a' and 'b' has"),
        ('tel,mobile\n', "which of the columns 'mobile' and 'tel' has"),
        ('name,city\nNick,Singapore\n', 'no column has phone numbers.*columns are: name, city'),
        ('phone|name\n91234567|Nick\n', r'no column has phone numbers.*phone\|name'),
    ],
)
def test_a_guess_that_is_not_certain_is_refused(write: Write, text: str, reason: str) -> None:
    with pytest.raises(PlanInvalid, match=reason):
        People(write(text))


def test_the_column_can_be_named(write: Write) -> None:
    path = write('phone,mobile\n+6591234567,+6581234567\n')
    assert People(path, column='mobile').number == 'mobile'
    with pytest.raises(PlanInvalid, match="no column 'Mobile'; its columns are: phone, mobile"):
        People(path, column='Mobile')


def test_two_columns_with_one_name_are_refused_if_one_of_them_is_needed(write: Write) -> None:
    path = write('\nphone,note,note\n+6591234567,a,b\n')
    people = People(path)
    assert people.place('phone') == 0
    with pytest.raises(PlanInvalid, match="line 2: 2 columns have the name 'note'"):
        people.place('note')
    with pytest.raises(PlanInvalid, match="2 columns have the name 'phone'"):
        People(write('phone,phone\n+6591234567,+6591234567\n'))


@pytest.mark.parametrize(
    ('header', 'zone'), [('Time Zone', 'Time Zone'), ('tz', 'tz'), ('zones', None)]
)
def test_the_column_with_the_zones(write: Write, header: str, zone: str | None) -> None:
    assert People(write(f'phone,{header}\n+6591234567,UTC\n')).zone == zone


@pytest.mark.parametrize('text', ['', '\n\n', ' \n', '\ufeff'])
def test_an_empty_file_is_refused(write: Write, text: str) -> None:
    with pytest.raises(PlanInvalid, match='the file is empty'):
        People(write(text))


@pytest.mark.parametrize('text', ['Nick,+6591234567\n', '\n91234567\n'])
def test_a_file_without_a_header_is_refused(write: Write, text: str) -> None:
    with pytest.raises(PlanInvalid, match=r'line .: the first row has a phone number; add a row'):
        People(write(text))


@pytest.mark.parametrize(
    ('row', 'much'),
    [
        ('Tan, Nick,+6591234567', 'many cells: 3, but the header has 2'),
        ('+6591234567', 'few cells: 1, but the header has 2'),
        ('Nick,+6591234567,', 'many cells: 3'),
    ],
)
def test_a_row_of_another_width_stops_the_plan(write: Write, row: str, much: str) -> None:
    people = People(write(f'name,phone\nDave,+6591234568\n{row}\n'))
    rows = people.rows()
    assert next(rows) == (2, ['Dave', '+6591234568'])
    with pytest.raises(PlanInvalid, match=f'line 3: the row has too {much}'):
        next(rows)


@pytest.mark.parametrize(
    'row',
    ['"Nick" Tan,+6591234567', '"Nick,+6591234567', '"Nick\n,+6591234567\n', f'"{"x" * 140_000}'],
)
def test_quotes_that_do_not_match_stop_the_plan(write: Write, row: str) -> None:
    with pytest.raises(PlanInvalid, match='line 3: the quotes of this row do not match'):
        list(People(write(f'name,phone\nDave,+6591234568\n{row}\n')).rows())


def test_a_quote_within_a_cell_is_a_part_of_it(write: Write) -> None:
    people = People(write('name,phone\n6" pizza,+6591234567\n'))
    assert list(people.rows()) == [(2, ['6" pizza', '+6591234567'])]


def test_a_list_that_is_not_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanInvalid, match='must be a regular file'):
        People(tmp_path)
    with pytest.raises(FileNotFoundError):
        People(tmp_path / 'missing.csv')


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='needs a pipe')
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / 'people.csv')
    with pytest.raises(PlanInvalid, match='must be a regular file'):
        People(tmp_path / 'people.csv')
