from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoiio.campaign.exceptions import PlanInvalid
from hoiio.campaign.quiet_hours import Window, is_zone, require_zone

DAY = Window(time(9), time(21))
NIGHT = Window(time(22), time(6, 30))
SINGAPORE = 'Asia/Singapore'


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ('text', 'start', 'end'),
    [
        ('09:00-21:00', time(9), time(21)),
        (' 9:00 - 21:30 ', time(9), time(21, 30)),
        ('09:00\u201321:00', time(9), time(21)),
        ('22:00-06:30', time(22), time(6, 30)),
        ('9:00-24:00', time(9), time()),
    ],
)
def test_a_window_is_read(text: str, start: time, end: time) -> None:
    window = Window.parse(text)
    assert (window.start, window.end) == (start, end)
    assert Window.parse(str(window)) == window


@pytest.mark.parametrize(
    ('now', 'leaves'),
    [
        ('2026-12-01T08:00', '2026-12-01T09:00'),
        ('2026-12-01T12:00', '2026-12-01T12:00'),
        ('2026-12-01T20:55', '2026-12-02T09:00'),
        ('2026-12-01T22:00', '2026-12-02T09:00'),
    ],
)
def test_when_a_batch_leaves(now: str, leaves: str) -> None:
    window = Window(time(9), time(21))
    at = datetime.fromisoformat(now).replace(tzinfo=timezone.utc)
    assert window.leaves_at(at, 'UTC') == datetime.fromisoformat(leaves + '+00:00')


@pytest.mark.parametrize('text', ['09:00-09:10', '23:55-00:05'])
def test_a_window_in_which_nothing_could_leave_is_refused(text: str) -> None:
    with pytest.raises(PlanInvalid, match='too short'):
        Window.parse(text)
    assert str(Window.parse('23:55-00:06')) == '23:55-00:06'


@pytest.mark.parametrize(
    'text',
    [
        '',
        '9-21',
        '09:00',
        '09:00-09:00',
        '09:00-25:00',
        '09:60-21:00',
        '9am-9pm',
        '\u0669:00-21:00',
    ],
)
def test_what_is_not_a_window_is_refused(text: str) -> None:
    with pytest.raises(PlanInvalid, match='such as 09:00-21:00'):
        Window.parse(text)


@pytest.mark.parametrize(
    ('window', 'now', 'is_open'),
    [
        (DAY, '2026-12-01 00:59:59', False),
        (DAY, '2026-12-01 01:00', True),
        (DAY, '2026-12-01 12:59:59', True),
        (DAY, '2026-12-01 13:00', False),
        (NIGHT, '2026-12-01 13:59', False),
        (NIGHT, '2026-12-01 14:00', True),
        (NIGHT, '2026-12-01 16:00', True),
        (NIGHT, '2026-12-01 22:29', True),
        (NIGHT, '2026-12-01 22:30', False),
    ],
)
def test_a_window_is_open_by_the_clock_of_the_person(
    window: Window, now: str, is_open: bool
) -> None:
    assert window.is_open(utc(now), SINGAPORE) is is_open


def test_the_zone_of_now_does_not_matter() -> None:
    now = datetime(2026, 12, 1, 20, tzinfo=timezone(timedelta(hours=-5)))
    assert DAY.is_open(now, SINGAPORE)
    assert DAY.is_open(now, 'America/New_York')
    assert not DAY.is_open(now, 'Europe/Paris')


@pytest.mark.parametrize(
    ('now', 'stays'),
    [
        ('2026-12-01 12:49:59', True),
        ('2026-12-01 12:50', False),
        ('2026-12-01 13:00', False),
        ('2026-12-01 00:55', False),
    ],
)
def test_a_window_must_stay_open_for_ten_minutes(now: str, stays: bool) -> None:
    assert DAY.stays_open(utc(now), SINGAPORE) is stays


def test_a_window_that_closes_when_the_clocks_go_back_does_not_stay_open() -> None:
    # In Berlin 02:59 is followed by 02:00, at 01:00 UTC. The window ends at 02:58, and begins
    # again with the second 02:00.
    window = Window(time(1), time(2, 58))
    assert window.is_open(utc('2026-10-25 00:57'), 'Europe/Berlin')
    assert not window.is_open(utc('2026-10-25 00:59'), 'Europe/Berlin')
    assert window.is_open(utc('2026-10-25 01:07'), 'Europe/Berlin')
    assert not window.stays_open(utc('2026-10-25 00:57'), 'Europe/Berlin')


def test_a_window_in_the_hour_that_the_clocks_leave_out_stays_shut_that_day() -> None:
    window = Window(time(2, 15), time(2, 45))
    now = utc('2026-03-28 02:00')
    assert window.opens_at(now, 'Europe/Berlin') == utc('2026-03-30 00:15')


@pytest.mark.parametrize(
    ('now', 'opens'),
    [
        ('2026-12-01 00:30:20', '2026-12-01 01:00'),
        ('2026-12-01 13:00', '2026-12-02 01:00'),
        ('2026-12-01 01:00:30', '2026-12-01 01:00:30'),
    ],
)
def test_when_a_window_opens(now: str, opens: str) -> None:
    assert DAY.opens_at(utc(now), SINGAPORE) == utc(opens)


TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
ZONES = st.sampled_from([SINGAPORE, 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe'])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(timezone.utc))


@given(TIMES, TIMES, MOMENTS, ZONES)
def test_a_window_that_stays_open_is_open_at_every_minute(
    start: time, end: time, now: datetime, zone: str
) -> None:
    window = Window(start, end)
    minutes = [window.is_open(now + timedelta(minutes=minute), zone) for minute in range(11)]
    assert window.stays_open(now, zone) is all(minutes)
    assert Window(end, start).is_open(now, zone) is (start == end or not minutes[0])


@pytest.mark.parametrize('text', [SINGAPORE, 'UTC', 'America/Argentina/Buenos_Aires'])
def test_a_zone(text: str) -> None:
    assert is_zone(text)
    assert require_zone(text) == text


@pytest.mark.parametrize('text', ['', 'Asia', 'SGT+8', 'asia/singapore', '../UTC', 'Mars/Olympus'])
def test_what_is_not_a_zone(text: str) -> None:
    assert not is_zone(text)
    with pytest.raises(PlanInvalid, match='is not a time zone; use one such as'):
        require_zone(text)


def test_a_similar_zone_is_named() -> None:
    with pytest.raises(PlanInvalid, match='such as Asia/Singapore'):
        require_zone('Asia/Singapor')
