from __future__ import annotations

from dataclasses import dataclass

import pytest

from hoiio.sandbox.web.control_lists import contains, newest, page_of


@dataclass(frozen=True)
class Line:
    id: int
    text: str = 'x'


LOG = [Line(number, 'even' if number % 2 == 0 else 'odd') for number in range(3, 11)]


def ids(text: str = '', **window: int) -> tuple[list[int], bool]:
    found, more = newest(LOG, lambda line: text in line.text, 10, **window)
    return [line.id for line in found], more


def test_all_entries_come_oldest_first() -> None:
    assert ids() == ([3, 4, 5, 6, 7, 8, 9, 10], False)
    assert newest([], lambda _line: True, 10) == ([], False)


def test_a_limit_keeps_the_newest_and_says_that_there_are_more() -> None:
    assert ids(limit=2) == ([9, 10], True)
    assert ids(limit=8) == ([3, 4, 5, 6, 7, 8, 9, 10], False)


def test_pages_go_back_from_the_first_id() -> None:
    assert ids(before=9, limit=3) == ([6, 7, 8], True)
    assert ids(before=6, limit=3) == ([3, 4, 5], False)
    assert ids(after=4, before=7) == ([5, 6], False)


def test_a_limit_counts_only_what_fits() -> None:
    assert ids('even', limit=2) == ([8, 10], True)
    assert ids('even', limit=4) == ([4, 6, 8, 10], False)
    assert ids('even', after=4, limit=3) == ([6, 8, 10], False)


@pytest.mark.parametrize(('after', 'first'), [(0, 3), (9, 10), (11, 3)])
def test_an_id_that_no_entry_had_lists_all(after: int, first: int) -> None:
    assert ids(after=after)[0][0] == first
    assert ids(after=10) == ([], False)


def test_a_page_of_a_table_has_the_number_of_all() -> None:
    assert page_of('abcde', 0, 2) == (['a', 'b'], 5)
    assert page_of('abcde', 4, 2) == (['e'], 5)
    assert page_of('abcde', 9, 2) == ([], 5)
    assert page_of(iter('abcde'), 1, None) == (['b', 'c', 'd', 'e'], 5)


def test_a_search_ignores_case() -> None:
    assert contains('STRASSE', 'Meine Straße')
    assert contains('', None)
    assert contains('b', None, 'a', 'abc')
    assert not contains('x', None, 'a', 'abc')
