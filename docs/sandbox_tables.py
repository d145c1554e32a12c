"""The tables of the documentation, written from the code in reStructuredText."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence

from docs.sandbox_conditions import CONDITIONS, UNPLACED, Condition
from hoiio.sandbox.api.operations import OPERATIONS, Operation
from hoiio.sandbox.presets.magic_numbers import MAGIC

__all__ = ['TABLES', 'conditions', 'list_table', 'magic_numbers', 'operations', 'unplaced']

BEYOND = 'The documentation of the API does not name it here.'


def operations() -> str:
    """Return the table of all operations and their parameters."""
    head = ('Operation', 'Required', 'Optional', 'What it does')
    rows = [
        (
            _code(operation.path),
            _codes(operation.required),
            _codes(operation.optional),
            _summary(operation),
        )
        for operation in OPERATIONS.values()
    ]
    return list_table(head, rows, (25, 20, 27, 28))


def conditions() -> str:
    """Return a table of what any operation may answer, and one for each operation."""
    everywhere = _everywhere()
    shared = list_table(
        ('Status', 'Operations', 'What it takes'), list(_shared_rows(everywhere)), (25, 25, 50)
    )
    own = [_own_table(path, everywhere) for path in OPERATIONS]
    return '\n'.join([shared, *own])


def unplaced() -> str:
    """Return the table of the status words that no operation answers with."""
    rows = [(_code(status), reason) for status, reason in UNPLACED.items()]
    return list_table(('Status', 'Why it never comes'), rows, (35, 65))


def magic_numbers() -> str:
    """Return the table of the magic numbers."""
    rows = [
        (_code(number), behaviour.name, behaviour.sentence) for number, behaviour in MAGIC.items()
    ]
    return list_table(('Number', 'Name', 'What it does'), rows, (20, 20, 60))


def list_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int], title: str = ''
) -> str:
    """Write a table.

    Args:
        head: The title of each column.
        rows: Its cells, in reStructuredText and on one line each.
        widths: How wide the columns are, in per cent.
        title: What stands above it.
    """
    options = [
        f'.. list-table:: {title}'.rstrip(),
        '   :header-rows: 1',
        f'   :widths: {" ".join(map(str, widths))}',
        '',
    ]
    return '\n'.join([*options, *(_row(cells) for cells in (head, *rows)), ''])


def _row(cells: Sequence[str]) -> str:
    first, *others = (f'- {cell}'.rstrip() for cell in cells)
    return '\n'.join([f'   * {first}', *(f'     {cell}' for cell in others)])


def _everywhere() -> set[str]:
    """Return the statuses that every operation has."""
    found: dict[str, set[str]] = {}
    for row in CONDITIONS:
        found.setdefault(row.status, set()).add(row.operation)
    return {status for status, paths in found.items() if paths == set(OPERATIONS)}


def _shared_rows(everywhere: set[str]) -> Iterable[Sequence[str]]:
    """Join the operations for which a status takes the same."""
    paths: dict[tuple[str, str], list[str]] = {}
    for row in CONDITIONS:
        if row.status in everywhere:
            paths.setdefault((row.status, row.sentence), []).append(row.operation)
    for (status, sentence), those in paths.items():
        yield _code(status), _which(those), sentence


def _which(paths: list[str]) -> str:
    if len(paths) == len(OPERATIONS):
        return 'all'
    # The longer half of the list is told by what it leaves out.
    return _codes(paths) if len(paths) <= len(OPERATIONS) / 2 else 'all others'


def _own_table(path: str, everywhere: set[str]) -> str:
    own = [row for row in CONDITIONS if row.operation == path and row.status not in everywhere]
    if not own:
        return f'{_code(path)} answers with nothing else.\n'
    rows = [(_code(row.status), _sentence(row)) for row in own]
    return list_table(('Status', 'What it takes'), rows, (40, 60), title=_code(path))


def _sentence(row: Condition) -> str:
    return row.sentence if row.documented else f'{row.sentence} {BEYOND}'


def _summary(operation: Operation) -> str:
    return (inspect.getdoc(operation.handler) or '').partition('\n')[0]


def _code(text: str) -> str:
    return f'``{text}``'


def _codes(texts: Iterable[str]) -> str:
    return ', '.join(map(_code, texts))


# The name of each in the documentation.
TABLES: Mapping[str, Callable[[], str]] = {
    'operations': operations,
    'conditions': conditions,
    'unplaced': unplaced,
    'magic-numbers': magic_numbers,
}
