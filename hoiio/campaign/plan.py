"""What becomes of each row of a file: a person who gets a message, or a row that is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..message_size import MAX_PARTS
from .exceptions import PersonInvalid, PlanInvalid
from .numbers import NumberReader
from .people import People
from .quiet_hours import is_zone
from .template import Template

__all__ = ['Dropped', 'PlannedPerson', 'plan']

# What a spreadsheet writes in place of a value that it could not calculate.
_SPREADSHEET_ERRORS = ('#N/A', '#NAME?', '#VALUE!', '#REF!', '#DIV/0!', '#NUM!', '#NULL!', '####')

# A spreadsheet, and our own CSV, mark a text that is not a formula with an apostrophe.
_NO_FORMULA = re.compile(r"'[=+\-@]")


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """A person who gets a message.

    Attributes:
        line: The line of the file, from 1.
        dest: The phone number in E.164 form.
        variables: The value of each variable of the message.
        parts: The number of SMS parts to pay for.
        cost: The price of all parts, in millionths of the currency.
        zone: The IANA time zone of the person; None for the zone of the campaign.
    """

    line: int
    dest: str
    variables: Mapping[str, str]
    parts: int
    cost: int
    zone: str | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that is left out.

    Attributes:
        line: The line of the file, from 1.
        reason: Why nobody gets a message for this row.
        dest: The phone number in E.164 form; None if the row does not have a valid one.
    """

    line: int
    reason: str
    dest: str | None


def plan(
    people: People,
    template: Template,
    numbers: NumberReader,
    price: Callable[[str, int], int] = lambda dest, parts: 0,
) -> Iterator[PlannedPerson | Dropped]:
    """Plan a message for each row of a file, in constant memory.

    Args:
        people: The file.
        template: The message.
        numbers: Reads the phone numbers.
        price: Returns the price of a message from its number and its parts, in millionths of the
            currency. The default is 0.

    Returns:
        The result of each row, in the order of the file. A number that occurs twice is planned
        twice; the ledger finds the duplicate.

    Raises:
        PlanInvalid: A variable of the message has no column, or the file is damaged. The rows
            before the damage come first.

    Example:
        >>> [ann] = plan(People('people.csv'), Template('Dear {{name}}'), NumberReader())
        >>> ann.dest, ann.variables, ann.parts
        ('+6591234567', {'name': 'Ann'}, 1)
    """
    columns = {name: people.place(name) for name in template.names}
    if 'dest' in columns and people.number != 'dest':
        raise PlanInvalid(
            "the variable {{dest}} is always the phone number; give the column 'dest' another name"
        )
    return _Planner(people, template, numbers, price, columns).plan()


class _Planner:
    def __init__(
        self,
        people: People,
        template: Template,
        numbers: NumberReader,
        price: Callable[[str, int], int],
        columns: Mapping[str, int],
    ) -> None:
        self._people = people
        self._template = template
        self._read_number = numbers.read
        self._price = price
        self._columns = columns.items()
        self._number = people.place(people.number)
        self._zone = None if people.zone is None else people.place(people.zone)

    def plan(self) -> Iterator[PlannedPerson | Dropped]:
        line = None
        try:
            for line, cells in self._people.rows():
                yield self._plan_row(line, cells)
        except PlanInvalid as exc:
            exc.line = exc.line or line
            raise

    def _plan_row(self, line: int, cells: list[str]) -> PlannedPerson | Dropped:
        dest = None
        try:
            dest = self._read_number(_value(cells[self._number]))
            values = self._values(dest, cells)
            parts = self._parts(dest, values)
            cost = self._price(dest, parts)
        except PersonInvalid as exc:
            return Dropped(line, str(exc), dest)
        return PlannedPerson(line, dest, values, parts, cost, self._zone_in(cells))

    def _values(self, dest: str, cells: list[str]) -> dict[str, str]:
        values = {name: _value(cells[place]) for name, place in self._columns}
        for name, value in values.items():
            if not value or value.startswith(_SPREADSHEET_ERRORS):
                what = 'is empty' if not value else f'has the spreadsheet error {value}'
                raise PersonInvalid(f'the column {name!r} {what}')
        if 'dest' in values:
            values['dest'] = dest
        return values

    def _parts(self, dest: str, values: Mapping[str, str]) -> int:
        parts = self._template.parts(dest, values)
        if parts > MAX_PARTS:
            raise PersonInvalid(f'the message needs more than {MAX_PARTS} SMS parts')
        return parts

    def _zone_in(self, cells: list[str]) -> str | None:
        zone = '' if self._zone is None else cells[self._zone].strip()
        return zone if is_zone(zone) else None


def _value(cell: str) -> str:
    text = cell.strip()
    return text[1:] if _NO_FORMULA.match(text) else text
