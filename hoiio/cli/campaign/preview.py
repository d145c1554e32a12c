"""What a person sees before a campaign: who gets which text, who does not, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeAlias

from ...campaign.plan import Dropped, PlannedPerson
from ...campaign.planning import Totals
from ...campaign.quiet_hours import Window
from ...campaign.settings import Settings
from ..streams import complain, printable
from .order import Order
from .words import counted, money

__all__ = ['Preview', 'announce', 'describe_dropped', 'describe_order', 'describe_times']

Planned: TypeAlias = PlannedPerson | Dropped

_TEXTS = 3
_ROWS = 20
# A few seconds of work.
_NEWS = 100_000

_ENCODINGS = {'utf-8-sig': 'UTF-8', 'cp1252': 'Windows-1252'}


def announce(planned: Iterable[Planned]) -> Iterator[Planned]:
    """Yield a plan as it is, and say how many rows of a long file are read."""
    for count, each in enumerate(planned, 1):
        if count % _NEWS == 0:
            complain(f'{count:,} rows read')
        yield each


class Preview:
    """What is shown of the texts.

    Args:
        order: What the person asks for.
        people: Those who get the message if the person agrees.
    """

    def __init__(self, order: Order, people: Iterable[PlannedPerson]) -> None:
        self._template = order.template
        # A wrong encoding shows only in such letters.
        self._is_encoding_guessed = order.people.encoding == 'cp1252'
        self._first: list[PlannedPerson] = []
        self._longest: PlannedPerson | None = None
        self._length = 0
        self._changed: PlannedPerson | None = None
        self._foreign: PlannedPerson | None = None
        for person in people:
            self._notice(person)

    def _notice(self, person: PlannedPerson) -> None:
        text = self._template.render(person.variables)
        if len(self._first) < _TEXTS:
            self._first.append(person)
        if len(text) > self._length:
            self._length, self._longest = len(text), person
        if self._changed is None and self._template.changes(person.variables):
            self._changed = person
        if self._foreign is None and self._is_encoding_guessed and not text.isascii():
            self._foreign = person

    def describe(self) -> Iterator[str]:
        """Yield the lines that show the first texts and the longest one."""
        for person in self._first:
            yield from self._describe_text('', person)
        if self._longest is not None and self._longest not in self._first:
            yield from self._describe_text('The longest text, ', self._longest)
        if self._foreign is not None:
            yield from self._describe_text('Characters outside ASCII, ', self._foreign)
            yield 'The file is not UTF-8. If these characters are wrong, save it as "CSV UTF-8".'
            yield ''
        if self._changed is not None:
            yield (
                'Hoiio may escape & < > " \' / ` = in a value, for example as &amp;: see line'
                f' {self._changed.line}. Triple braces, as in {{{{{{name}}}}}}, prevent this.'
            )
            yield ''

    def _describe_text(self, title: str, person: PlannedPerson) -> Iterator[str]:
        parts = counted(person.parts, 'part')
        yield _upper(f'{title}line {person.line}, to {person.dest}, {parts}:')
        for line in self._template.render(person.variables).split('\n'):
            yield f'    {printable(line)}'
        yield ''


def describe_dropped(rows: Iterable[Dropped], count: int) -> Iterator[str]:
    """Yield the lines that show which rows are left out, and why."""
    if count:
        yield f'{counted(count, "row")} left out:'
        yield from (f'    line {row.line}: {printable(row.reason)}' for row in islice(rows, _ROWS))
        if count > _ROWS:
            yield f'    and {count - _ROWS:,} more'
        yield ''


def describe_order(order: Order, totals: Totals, currency: str, balance: str) -> Iterator[str]:
    """Yield the lines that show what is sent, and what it costs.

    Args:
        order: What the person asks for.
        totals: Who is planned.
        currency: The currency; empty if nobody has asked for prices.
        balance: The balance of the account; empty if nobody has asked for it.
    """
    settings = order.settings
    yield _row('People', f'{totals.people:,}, from {_describe_file(order)}')
    yield _row('Parts', f'{totals.parts:,}')
    if currency:
        yield _row('Cost', f'{money(totals.cost)} {currency}')
        yield _row('Balance', balance)
    else:
        yield _row('Cost', 'unknown; add --prices to ask Hoiio')
    yield _row('Sender', settings.sender_name or 'the registered number of the account')
    yield _row('Quiet hours', _describe_hours(order))
    if settings.expires is not None:
        yield _row('Expires', f'{settings.expires:%Y-%m-%d %H:%M %Z}')
    yield ''


def _row(name: str, value: str) -> str:
    return f'{name:<12} {printable(value)}'


def _describe_file(order: Order) -> str:
    people = order.people
    encoding = _ENCODINGS.get(people.encoding, 'UTF-16')
    return f'the column {people.number!r} of {people.path} ({encoding})'


def _describe_hours(order: Order) -> str:
    settings, column = order.settings, order.people.zone
    if settings.window is None:
        return 'none; messages leave at once (--window 09:00-21:00 sets them)'
    zone = settings.zone if column is None else f'the column {column!r}, else {settings.zone}'
    return f'messages leave {_describe_window(settings.window)}, {zone}'


def describe_times(settings: Settings) -> str:
    """Return when messages leave, in words."""
    window = _describe_window(settings.window)
    if settings.expires is None:
        return window
    return f'{window} before {settings.expires.astimezone():%Y-%m-%d %H:%M %Z}'


def _describe_window(window: Window | None) -> str:
    if window is None:
        return 'at any time'
    return f'from {window.start:%H:%M} to {window.end:%H:%M}'


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
