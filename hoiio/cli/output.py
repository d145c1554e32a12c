"""What a command prints: a record or a table for people, JSON, or CSV.

The output is the same on a terminal, in a pipe and in a file, with two exceptions: a terminal with
rich shows the names in bold, and CSV on a terminal has no control characters.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from ..response import Entry
from .records import values_of
from .streams import complain, encodable, is_terminal, printable

__all__ = ['add_options', 'print_record', 'print_rows']

Row = Mapping[str, Any]

# The rows whose values decide how wide the columns of a table are.
FIRST_ROWS = 100
LONGEST_CELL = 40

# A spreadsheet takes a cell that begins with one of these for a formula, unless it is a number.
_FORMULA = frozenset('=+-@\t\r')
_NUMBER = re.compile(r'(?a)[+-]?\d+(\.\d+)?')


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--json`` and ``--csv`` to the parser of a command that prints a result."""
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument(
        '--json', action='store_true', help='print JSON: one object, or one line for each entry'
    )
    forms.add_argument('--csv', action='store_true', help='print CSV, with a row of names')


def print_record(columns: Sequence[str], row: Row, given: argparse.Namespace) -> None:
    """Print one result."""
    if given.json or given.csv:
        print_rows(columns, [row], given)
        return
    width = max(map(len, columns))
    for name in columns:
        _print_name(f'{name:<{width}}', end='')
        print(f'  {_text(row.get(name))}')


def print_rows(columns: Sequence[str], rows: Iterable[Row], given: argparse.Namespace) -> int:
    """Print entries as they arrive, and return how many there were."""
    if given.json:
        return sum(map(_print_json, rows))
    if given.csv:
        return _print_csv(columns, rows)
    return _print_table(columns, iter(rows))


def _print_json(row: Row) -> int:
    # Only ASCII, so that neither a terminal nor an encoding changes it.
    print(json.dumps(row, default=_to_json))
    return 1


def _to_json(value: object) -> object:
    return values_of(value) if isinstance(value, Entry) else str(value)


def _print_csv(columns: Sequence[str], rows: Iterable[Row]) -> int:
    _print_csv_row(map(_safe_cell, columns))
    count = 0
    for row in rows:
        _print_csv_row(_safe_cell(_plain(row.get(name), '')) for name in columns)
        count += 1
    return count


def _print_csv_row(cells: Iterable[str]) -> None:
    line = io.StringIO()
    # Before Python 3.13, the writer puts quotes around a line break only if it ends its own lines.
    csv.writer(line, lineterminator='\r\n').writerow(cells)
    # A terminal would obey the control characters of an SMS; a file must keep them.
    shown = printable if is_terminal(sys.stdout) else encodable
    print(shown(line.getvalue().removesuffix('\r\n')))


def _safe_cell(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet could take for a formula."""
    first = text[:1]
    # Most cells are empty, or begin like a word or a date.
    if not first or (first.isascii() and first.isalnum()) or _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if {first, _first_visible(text)} & _FORMULA else text


def _first_visible(text: str) -> str:
    # Some spreadsheets skip white space and invisible characters, and accept the wide forms.
    visible = (each for each in text if unicodedata.category(each)[0] not in 'ZC')
    return unicodedata.normalize('NFKC', next(visible, ''))[:1]


def _print_table(columns: Sequence[str], rows: Iterator[Row]) -> int:
    first = [_cells(columns, row) for row in islice(rows, FIRST_ROWS)]
    if not first:
        complain('There are no entries.')
        return 0
    widths = [max(map(_width, column)) for column in zip(columns, *first, strict=True)]
    _print_name(_line(columns, widths))
    count = 0
    for cells in chain(first, (_cells(columns, row) for row in rows)):
        print(_line(cells, widths))
        count += 1
    return count


def _cells(columns: Sequence[str], row: Row) -> list[str]:
    texts = (_text(row.get(name)) for name in columns)
    return [f'{text[:LONGEST_CELL]}…' if len(text) > LONGEST_CELL else text for text in texts]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell + ' ' * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return encodable('  '.join(padded).rstrip())


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(each) in 'WF' for each in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))


def _text(value: object) -> str:
    """Return a value for people, on one line and without control characters."""
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    return printable(_plain(value, '-')).replace('\n', '\\n')


def _plain(value: object, missing: str) -> str:
    """Return a value as text; an empty one is ``missing``."""
    if value is None or isinstance(value, str):
        return str(value or missing)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        # Not in the notation with an exponent.
        return format(Decimal(repr(value)), 'f')
    if isinstance(value, Entry):
        code = getattr(value, 'code', None)
        return code if isinstance(code, str) else json.dumps(value.json)
    if isinstance(value, (list, tuple)):
        return ', '.join(_plain(each, missing) for each in value) or missing
    return json.dumps(value) if isinstance(value, Mapping) else str(value)


def _print_name(text: str, end: str = '\n') -> None:
    """Print the name of a field or of the columns."""
    if is_terminal(sys.stdout):
        try:
            from rich.console import Console  # noqa: PLC0415
            from rich.text import Text  # noqa: PLC0415
        except ModuleNotFoundError:
            pass
        else:
            Console(soft_wrap=True).print(Text(text, style='bold'), end=end)
            return
    print(text, end=end)
