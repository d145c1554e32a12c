from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest

from hoiio.sandbox import Clock, FakeClock
from hoiio.sandbox.clock import Alarm, Schedule


def test_actions_run_in_order_and_see_their_own_moment() -> None:
    clock = FakeClock()
    start = clock.now()
    seen: list[tuple[str, float]] = []

    def note(name: str) -> None:
        seen.append((name, (clock.now() - start).total_seconds()))

    def again() -> None:
        schedule.after(7, lambda: note('nested'))

    schedule = Schedule(clock, threading.RLock())
    schedule.after(20, lambda: note('late'))
    schedule.after(10, lambda: note('first'))
    schedule.after(10, lambda: note('second'))
    schedule.after(5, again)
    schedule.after(5, lambda: note('cancelled')).cancel()
    clock.advance(seconds=15)
    assert seen == [('first', 10.0), ('second', 10.0), ('nested', 12.0)]
    assert clock.now() == start + timedelta(seconds=15)
    clock.advance(seconds=5)
    assert seen[-1] == ('late', 20.0)


def test_a_timer_can_be_cancelled() -> None:
    clock = FakeClock()
    seen: list[str] = []
    clock.call_at(clock.now(), lambda: seen.append('cancelled')).cancel()
    clock.call_at(clock.now(), lambda: seen.append('kept'))
    clock.run_due()
    assert seen == ['kept']


def test_a_closed_schedule_does_nothing_more() -> None:
    clock = FakeClock()
    seen: list[str] = []
    schedule = Schedule(clock, threading.RLock())
    schedule.after(1, lambda: seen.append('x'))
    schedule.close()
    clock.advance(seconds=2)
    assert seen == []


def test_a_broken_action_is_logged_and_the_next_one_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken() -> None:
        raise KeyError

    clock = FakeClock()
    seen: list[str] = []
    schedule = Schedule(clock, threading.RLock())
    schedule.after(1, broken)
    schedule.after(2, lambda: seen.append('x'))
    clock.advance(seconds=2)
    assert seen == ['x']
    assert 'KeyError' in caplog.text


def test_a_fake_clock_starts_where_it_is_told() -> None:
    start = datetime(2012, 6, 6, tzinfo=timezone.utc)
    clock = FakeClock(start)
    clock.advance(days=1, hours=1, minutes=1, seconds=1)
    assert clock.now() == datetime(2012, 6, 7, 1, 1, 1, tzinfo=timezone.utc)
    clock.reset()
    assert clock.now() == start


def test_no_way_back() -> None:
    with pytest.raises(ValueError, match='only goes forward'):
        FakeClock().advance(seconds=-1)


def test_the_real_clock_can_be_advanced() -> None:
    clock = Clock()
    before = datetime.now(timezone.utc)
    clock.advance(days=2)
    assert clock.now() - before >= timedelta(days=2)


def test_under_the_real_clock_a_thread_runs_what_is_due() -> None:
    clock = Clock()
    alarm = Alarm(clock)
    alarm.start()
    rang = threading.Event()
    Schedule(clock, threading.RLock()).after(0.001, rang.set)
    assert rang.wait(10)
    alarm.stop()
    alarm._thread.join(10)
    assert not alarm._thread.is_alive()


def test_a_fake_clock_needs_no_thread() -> None:
    alarm = Alarm(FakeClock())
    alarm.start()
    assert not alarm._thread.is_alive()
    alarm.stop()
