from __future__ import annotations

import gc
import threading
import weakref
from datetime import datetime, timedelta, timezone
from functools import partial
from queue import Queue

import pytest

from hoiio.sandbox import Clock, FakeClock
from hoiio.sandbox.clock import Alarm, Schedule, Timer


def test_actions_run_in_order_and_see_their_due_time() -> None:
    clock = FakeClock()
    start = clock.now()
    seen: list[tuple[str, float]] = []

    def note(name: str) -> None:
        seen.append((name, (clock.now() - start).total_seconds()))

    def again() -> None:
        schedule.after(7, lambda: note('nested'))

    schedule = Schedule(clock, threading.RLock)
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


def test_a_closed_schedule_runs_no_actions() -> None:
    clock = FakeClock()
    seen: list[str] = []
    schedule = Schedule(clock, threading.RLock)
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
    schedule = Schedule(clock, threading.RLock)
    schedule.after(1, broken)
    schedule.after(2, lambda: seen.append('x'))
    clock.advance(seconds=2)
    assert seen == ['x']
    assert 'KeyError' in caplog.text


@pytest.mark.parametrize('days', [400_000, 99_999_999, 999_999_999])
def test_a_clock_does_not_go_past_its_last_year(days: int) -> None:
    with pytest.raises(ValueError, match='cannot go past the year 2999'):
        FakeClock().advance(days=days)


def test_a_fake_clock_starts_at_the_given_time() -> None:
    start = datetime(2012, 6, 6, tzinfo=timezone.utc)
    clock = FakeClock(start)
    clock.advance(days=1, hours=1, minutes=1, seconds=1)
    assert clock.now() == datetime(2012, 6, 7, 1, 1, 1, tzinfo=timezone.utc)
    clock.reset()
    assert clock.now() == start


def test_a_clock_does_not_go_backwards() -> None:
    with pytest.raises(ValueError, match='only goes forward'):
        FakeClock().advance(seconds=-1)


def test_the_real_clock_can_be_advanced() -> None:
    clock = Clock()
    before = datetime.now(timezone.utc)
    clock.advance(days=2)
    assert clock.now() - before >= timedelta(days=2)


def test_with_the_real_clock_a_thread_runs_due_timers() -> None:
    clock = Clock()
    alarm = Alarm(clock)
    alarm.start()
    rang = Queue[threading.Thread]()
    schedule = Schedule(clock, threading.RLock)
    schedule.after(0.001, lambda: rang.put(threading.current_thread()))
    thread = rang.get(timeout=30)
    alarm.stop()
    thread.join(30)
    assert not thread.is_alive()


def test_a_fake_clock_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, 'start', lambda _self: pytest.fail('a thread'))
    alarm = Alarm(FakeClock())
    alarm.start()
    alarm.stop()


@pytest.mark.parametrize('nested', [False, True])
def test_setting_the_clock_stops_a_running_advance(nested: bool) -> None:
    clock = FakeClock()
    start, seen = clock.now(), []

    def again() -> None:
        clock.advance(seconds=5)
        seen.append('nested')

    clock.call_at(start + timedelta(seconds=1), again if nested else clock.reset)
    clock.call_at(start + timedelta(seconds=5), clock.reset)
    clock.call_at(start + timedelta(seconds=9), lambda: seen.append('too early'))
    clock.advance(seconds=10)
    assert clock.now() == start
    assert seen == ['nested'] * nested


def test_a_time_set_during_an_advance_is_kept() -> None:
    clock = FakeClock()
    moment = clock.now() + timedelta(seconds=3)
    clock.call_at(clock.now() + timedelta(seconds=1), lambda: clock.go_on_from(moment))
    clock.advance(seconds=10)
    assert clock.now() == moment


def test_an_advance_inside_an_action_is_kept() -> None:
    clock = FakeClock()
    start = clock.now()
    clock.call_at(start + timedelta(seconds=1), lambda: clock.advance(seconds=60))
    clock.advance(seconds=10)
    assert clock.now() == start + timedelta(seconds=61)


@pytest.mark.slow
def test_cancelled_timers_are_removed() -> None:
    clock = FakeClock()
    due, rang, remembered = clock.now() + timedelta(days=90), list[int](), weakref.WeakSet[Timer]()
    for number in range(100):
        clock.call_at(due, partial(rang.append, number))
    for _ in range(5000):
        timer = clock.call_at(due, clock.wake)
        remembered.add(timer)
        timer.cancel()
    del timer
    gc.collect()
    assert len(remembered) <= 100
    clock.advance(days=90)
    assert rang == list(range(100))


@pytest.mark.slow
def test_a_closed_schedule_does_not_keep_its_actions_alive() -> None:
    class Thing:
        def act(self) -> None:
            raise AssertionError

    clock, thing = FakeClock(), Thing()
    known = weakref.ref(thing)
    schedule = Schedule(clock, threading.RLock)
    schedule.after(1000, thing.act)
    schedule.close()
    late = schedule.after(1000, thing.act)
    del thing
    gc.collect()
    assert known() is None
    assert late.due == clock.now() + timedelta(seconds=1000)
