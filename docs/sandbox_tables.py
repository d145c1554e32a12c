"""Write tables of the documentation in reStructuredText, from the code of the sandbox."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence

from docs.sandbox_conditions import CONDITIONS, UNPLACED, Condition
from hoiio.sandbox.api.operations import OPERATIONS, Operation
from hoiio.sandbox.presets.magic_numbers import MAGIC

__all__ = ['TABLES', 'conditions', 'list_table', 'magic_numbers', 'operations', 'unplaced']

UNDOCUMENTED = 'The API documentation does not name this status here.'


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
    """Return a table of the common statuses, and one table for each operation."""
    common = _common_statuses()
    shared = list_table(
        ('Status', 'Operations', 'How to get it'), list(_common_rows(common)), (25, 25, 50)
    )
    own = [_own_table(path, common) for path in OPERATIONS]
    return '\n'.join([shared, *own])


def unplaced() -> str:
    """Return the table of the status words that no operation returns."""
    rows = [(_code(status), reason) for status, reason in UNPLACED.items()]
    return list_table(('Status', 'Why the sandbox never returns it'), rows, (35, 65))


def magic_numbers() -> str:
    """Return the table of the magic numbers."""
    rows = [
        (_code(number), behaviour.name, behaviour.sentence) for number, behaviour in MAGIC.items()
    ]
    return list_table(('Number', 'Name', 'What it does'), rows, (20, 20, 60))


def list_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int], title: str = ''
) -> str:
    """Return a table.

    Args:
        head: The title of each column.
        rows: The cells of each row, in reStructuredText, each on one line.
        widths: The width of each column in percent.
        title: The title above the table; by default none.
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


def _common_statuses() -> set[str]:
    """Return the statuses that all operations have."""
    found: dict[str, set[str]] = {}
    for row in CONDITIONS:
        found.setdefault(row.status, set()).add(row.operation)
    return {status for status, paths in found.items() if paths == set(OPERATIONS)}


def _common_rows(common: set[str]) -> Iterable[Sequence[str]]:
    """Return one row for the operations that have a status with the same sentence."""
    paths: dict[tuple[str, str], list[str]] = {}
    for row in CONDITIONS:
        if row.status in common:
            paths.setdefault((row.status, row.sentence), []).append(row.operation)
    for (status, sentence), operation_paths in paths.items():
        yield _code(status), _operation_names(operation_paths), sentence


def _operation_names(paths: list[str]) -> str:
    if len(paths) == len(OPERATIONS):
        return 'all'
    # When two rows share the operations, the row with more of them says only "all others".
    return _codes(paths) if len(paths) <= len(OPERATIONS) / 2 else 'all others'


def _own_table(path: str, common: set[str]) -> str:
    own = [row for row in CONDITIONS if row.operation == path and row.status not in common]
    if not own:
        return f'{_code(path)} has no other statuses.\n'
    rows = [(_code(row.status), _sentence(row)) for row in own]
    return list_table(('Status', 'How to get it'), rows, (40, 60), title=_code(path))


def _sentence(row: Condition) -> str:
    return row.sentence if row.documented else f'{row.sentence} {UNDOCUMENTED}'


def _summary(operation: Operation) -> str:
    return (inspect.getdoc(operation.handler) or '').partition('\n')[0]


def _code(text: str) -> str:
    return f'``{text}``'


def _codes(texts: Iterable[str]) -> str:
    return ', '.join(map(_code, texts))


# The tables by their names in the documentation.
TABLES: Mapping[str, Callable[[], str]] = {
    'operations': operations,
    'conditions': conditions,
    'unplaced': unplaced,
    'magic-numbers': magic_numbers,
}
