"""Read the people from a CSV file, row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from .exceptions import PlanInvalid
from .numbers import looks_like_number
from .text_file import delimiter_of, encoding_of

__all__ = ['People']

# How many rows show which column has the phone numbers.
_SAMPLE = 50

_NUMBER_NAMES = frozenset(
    {
        *('dest', 'number', 'msisdn', 'hp', 'handphone', 'cell', 'cellphone', 'handy'),
        *('phone', 'phoneno', 'phonenumber', 'mobile', 'mobileno', 'mobilenumber', 'mobilephone'),
        *('tel', 'telno', 'telefon', 'telephone', 'contactno', 'contactnumber'),
    }
)
_SPLIT = 'put quotes around a cell that contains a comma, a semicolon or a tab'
# Excel writes this line above the header, to say what separates the columns.
_SEPARATOR = re.compile(r'"?sep=([,;\t])"?\s*', re.IGNORECASE)
_ZONE_NAMES = frozenset({'zone', 'timezone', 'tz'})


class People:
    """A file with a header, and one person in each row.

    The file is read twice: first whole, to find its encoding, then row by row. Both times the
    memory does not grow with the file.

    Args:
        path: The path of the file: CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or
            Windows-1252.
        column: The name of the column with the phone numbers. By default it is guessed from the
            header and the first rows.

    Attributes:
        path: The path of the file.
        encoding: The encoding of the file.
        columns: The names of the columns.
        number: The name of the column with the phone numbers.
        zone: The name of the column with the time zones: ``zone``, ``timezone`` or ``tz``; None if
            there is no such column.

    Raises:
        PlanInvalid: The file is not such a file, or it is not certain which column has the phone
            numbers.
        OSError: The file cannot be read.
    """

    def __init__(self, path: str | Path, column: str | None = None) -> None:
        self.path = Path(path)
        if self.path.exists() and not self.path.is_file():
            raise PlanInvalid('the list of people must be a regular file, because it is read twice')
        self.encoding = encoding_of(self.path)
        self._delimiter = self._find_delimiter()
        self._header_line, self.columns = self._read_header()
        self.number = self._guess_number() if column is None else column
        self.place(self.number)
        self.zone = next((name for name in self.columns if _plain(name) in _ZONE_NAMES), None)

    def place(self, name: str) -> int:
        """Return the index of a column.

        Args:
            name: The name of the column.

        Returns:
            The index. The first column has 0.

        Raises:
            PlanInvalid: The file has no such column, or two.

        Example:
            >>> People('people.csv').place('phone')
            1
        """
        times = self.columns.count(name)
        if times > 1:
            raise PlanInvalid(
                f'{times} columns have the name {name!r}; give them different names',
                self._header_line,
            )
        if not times:
            raise PlanInvalid(
                f'the file has no column {name!r}; its columns are: {", ".join(self.columns)}'
            )
        return self.columns.index(name)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Iterate over the rows, without the empty ones.

        Yields:
            The line of a row, from 1, and its cells.

        Raises:
            PlanInvalid: A row has too many or too few cells, or its quotes do not match.

        Example:
            >>> list(People('people.csv').rows())
            [(2, ['Ann', '+6591234567'])]
        """
        width, number = len(self.columns), self.place(self.number)
        for line, cells in self._rows():
            if len(cells) == width and cells[number].strip():
                yield line, cells
            elif any(map(str.strip, cells)):
                self._check_width(line, cells)
                yield line, cells

    def _find_delimiter(self) -> str:
        with self.path.open(encoding=self.encoding, newline='') as file:
            first = next(filter(str.strip, file), '')
        named = _SEPARATOR.fullmatch(first)
        return named[1] if named else delimiter_of(first)

    def _read_header(self) -> tuple[int, list[str]]:
        for line, cells in self._records():
            names = [cell.strip() for cell in cells]
            if any(map(looks_like_number, names)):
                raise PlanInvalid(
                    'the first row has a phone number; add a row above it with the names of the'
                    ' columns, such as phone,name',
                    line,
                )
            if any(names) and not _SEPARATOR.fullmatch(self._delimiter.join(names)):
                return line, names
        raise PlanInvalid('the file is empty')

    def _guess_number(self) -> str:
        """Choose the column with phone numbers: by its name, by its cells, or best by both."""
        sample = [cells for _, cells in islice(self._rows(), _SAMPLE)]
        named = {name for name in self.columns if _plain(name) in _NUMBER_NAMES}
        filled = {
            name
            for name, *column in zip(self.columns, *sample, strict=False)
            if _are_numbers(column)
        }
        for group in (named & filled, filled, named):
            if len(group) == 1:
                return group.pop()
        found = ' and '.join(map(repr, sorted(named & filled or filled or named)))
        raise PlanInvalid(
            f'it is not clear which of the columns {found} has the phone numbers; choose one with'
            ' --column NAME'
            if found
            else 'no column has phone numbers. According to the first row, the columns are:'
            f' {", ".join(self.columns)}. If one of them has the numbers, choose it with'
            ' --column NAME'
        )

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        return (row for row in self._records() if row[0] > self._header_line)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        with self.path.open(encoding=self.encoding, newline='') as file:
            reader = csv.reader(file, delimiter=self._delimiter, strict=True)
            line = 1
            try:
                for cells in reader:
                    yield line, cells
                    line = reader.line_num + 1
            except csv.Error as exc:
                raise PlanInvalid(
                    'the quotes of this row do not match; put quotes around a cell that contains'
                    ' quotes, and double the quotes inside it',
                    line,
                ) from exc

    def _check_width(self, line: int, cells: Sequence[str]) -> None:
        width = len(self.columns)
        if len(cells) != width:
            is_longer = len(cells) > width
            raise PlanInvalid(
                f'the row has too {"many" if is_longer else "few"} cells: {len(cells)}, but the'
                f' header has {width}; '
                + (_SPLIT if is_longer else 'correct the row, so that each value is in its column'),
                line,
            )


def _plain(name: str) -> str:
    """Return a name of a column without case, blanks and punctuation."""
    return re.sub(r'[\W_]+', '', name).casefold()


def _are_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in map(str.strip, cells) if cell]
    return 2 * sum(map(looks_like_number, filled)) > len(filled)
