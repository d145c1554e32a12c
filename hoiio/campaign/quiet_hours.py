"""The hours of the day in which messages may leave, in the time zone of the person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo, available_timezones

from .exceptions import PlanInvalid

__all__ = ['Window', 'is_zone', 'require_zone']

_HOURS = re.compile(r'(?a)(\d{1,2}):(\d\d)\s*[-\u2013]\s*(\d{1,2}):(\d\d)')

# People are put into a batch only if this long remains, because the batch takes time to leave.
_MINUTES_LEFT = 10
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """The part of each day in which messages may leave. It can reach over midnight.

    A time is converted from UTC to the local time of the person, so it exists exactly once,
    even on the days on which the clocks change.

    Attributes:
        start: The local time at which it opens.
        end: The local time at which it closes.
    """

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read a window.

        Args:
            text: The window, such as ``09:00-21:00``.

        Returns:
            The window.

        Raises:
            PlanInvalid: It is not a window.

        Example:
            >>> print(Window.parse('9:00-21:00'))
            09:00-21:00
        """
        match = _HOURS.fullmatch(text.strip())
        try:
            start, end = (_time(match[place], match[place + 1]) for place in (1, 3))  # type: ignore[index]
        except (TypeError, ValueError):
            start = end = time()
        if start == end:
            raise PlanInvalid(f'{text!r} is not a window; use one such as 09:00-21:00')
        if (_minute(end) - _minute(start)) % _DAY <= _MINUTES_LEFT:
            raise PlanInvalid(
                f'the window {text!r} is too short: a batch leaves only if the window stays open'
                f' for {_MINUTES_LEFT} minutes more'
            )
        return cls(start, end)

    def is_open(self, now: datetime, zone: str) -> bool:
        """Return True if messages may leave now.

        Args:
            now: The time, with a time zone.
            zone: The IANA time zone of the person.

        Returns:
            True if the window is open.

        Example:
            >>> noon = datetime(2026, 12, 1, 12, tzinfo=timezone.utc)
            >>> Window.parse('09:00-21:00').is_open(noon, 'Asia/Singapore')
            True
        """
        local = now.astimezone(ZoneInfo(zone)).time()
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def stays_open(self, now: datetime, zone: str) -> bool:
        """Return True if messages may leave now and for the next ten minutes.

        Args:
            now: The time, with a time zone.
            zone: The IANA time zone of the person.

        Returns:
            True if the window stays open.

        Example:
            >>> noon = datetime(2026, 12, 1, 12, tzinfo=timezone.utc)
            >>> Window.parse('09:00-20:05').stays_open(noon, 'Asia/Singapore')
            False
        """
        # Minute by minute, because a change of the clocks can close a window and open it again.
        return all(
            self.is_open(now + timedelta(minutes=minutes), zone)
            for minutes in range(_MINUTES_LEFT + 1)
        )

    def opens_at(self, now: datetime, zone: str) -> datetime:
        """Return when messages may leave next.

        Args:
            now: The time, with a time zone.
            zone: The IANA time zone of the person.

        Returns:
            The minute at which the window opens, or ``now`` if it is open.

        Example:
            >>> noon = datetime(2026, 12, 1, 12, tzinfo=timezone.utc)
            >>> Window.parse('09:00-20:00').opens_at(noon, 'Asia/Singapore').isoformat()
            '2026-12-02T01:00:00+00:00'
        """
        minutes = (now.replace(second=0, microsecond=0) + timedelta(minutes=n) for n in count(1))
        return now if self.is_open(now, zone) else next(m for m in minutes if self.is_open(m, zone))

    def leaves_at(self, now: datetime, zone: str) -> datetime:
        """Return when a batch may leave next.

        Args:
            now: The time, with a time zone.
            zone: The IANA time zone of the person.

        Returns:
            ``now`` if the window stays open for ten minutes, or else when it opens the next time.

        Example:
            >>> evening = datetime(2026, 12, 1, 19, 55, tzinfo=timezone.utc)
            >>> Window.parse('09:00-20:00').leaves_at(evening, 'UTC').isoformat()
            '2026-12-02T09:00:00+00:00'
        """
        if self.stays_open(now, zone):
            return now
        closes = timedelta(minutes=_MINUTES_LEFT) if self.is_open(now, zone) else timedelta()
        return self.opens_at(now + closes, zone)

    def __str__(self) -> str:
        return f'{self.start:%H:%M}-{self.end:%H:%M}'


def is_zone(text: str) -> bool:
    """Return True if a text is an IANA time zone, such as ``Asia/Singapore``."""
    return text in _zones()


def require_zone(text: str) -> str:
    """Return an IANA time zone.

    Raises:
        PlanInvalid: There is no such time zone.
    """
    if is_zone(text):
        return text
    # Abbreviations such as MST are zones too, but nobody who writes SGT means them.
    places = [zone for zone in _zones() if '/' in zone]
    similar = get_close_matches(text, places, n=1) or ['Asia/Singapore']
    raise PlanInvalid(f'{text!r} is not a time zone; use one such as {similar[0]}')


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _minute(of_day: time) -> int:
    return of_day.hour * 60 + of_day.minute


def _time(hour: str, minute: str) -> time:
    # The end of the day, which the clock calls the start of the next.
    return time() if (hour, minute) == ('24', '00') else time(int(hour), int(minute))
