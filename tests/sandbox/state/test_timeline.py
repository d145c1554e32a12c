"""Records in date order, and the records of a period."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import NamedTuple

import pytest

from hoiio.sandbox.state.timeline import Timeline

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


class Dated(NamedTuple):
    name: str
    date: datetime


def at(name: str, minutes: int) -> Dated:
    return Dated(name, NOON + timedelta(minutes=minutes))


def timeline(*records: Dated) -> Timeline[Dated]:
    made: Timeline[Dated] = Timeline()
    for record in records:
        made.add(record)
    return made


def names(of: Timeline[Dated], start: int | None = None, end: int | None = None) -> str:
    limits = [None if each is None else NOON + timedelta(minutes=each) for each in (start, end)]
    return ''.join(of[index].name for index in of.between(*limits))


# The order


def test_records_with_the_same_date_keep_their_insertion_order() -> None:
    assert names(timeline(at('a', 0), at('b', 0), at('c', 1), at('d', 1))) == 'abcd'


def test_a_record_with_an_earlier_date_is_inserted_before_later_ones() -> None:
    assert names(timeline(at('a', 0), at('c', 2), at('b', 1), at('d', 2))) == 'abcd'


@pytest.mark.parametrize(
    ('start', 'end', 'found'),
    [
        (None, None, 'abcde'),
        (1, None, 'bcde'),
        (None, 1, 'a'),
        (1, 2, 'bcd'),
        (1, 1, ''),
        (0, 3, 'abcde'),
        (-5, 0, ''),
        (3, 9, ''),
    ],
)
def test_a_period_includes_its_start_and_excludes_its_end(
    start: int | None, end: int | None, found: str
) -> None:
    records = timeline(at('a', 0), at('b', 1), at('c', 1), at('d', 1), at('e', 2))
    assert names(records, start, end) == found


def test_a_new_timeline_is_empty() -> None:
    assert names(timeline()) == names(timeline(), 0, 1) == ''


def test_a_period_is_found_by_reading_few_records() -> None:
    looks = 0

    class Counted:
        @property
        def date(self) -> datetime:
            nonlocal looks
            looks += 1
            return NOON

    records: Timeline[Counted] = Timeline()
    for _ in range(1000):
        records.add(Counted())
    looks = 0
    assert records.between(NOON, NOON + timedelta(minutes=1)) == range(1000)
    assert looks <= 20
