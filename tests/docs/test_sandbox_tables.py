from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from docutils import nodes  # type: ignore[import-untyped]
from docutils.core import publish_doctree  # type: ignore[import-untyped]

from docs.sandbox_conditions import CONDITIONS, UNPLACED
from docs.sandbox_tables import TABLES, conditions, list_table, magic_numbers, operations, unplaced
from hoiio.sandbox.api.operations import OPERATIONS
from hoiio.sandbox.presets.magic_numbers import MAGIC

DOCS = Path(__file__).parents[2] / 'docs'


@cache
def parsed(text: str) -> nodes.document:
    return publish_doctree(text, settings_overrides={'halt_level': 2, 'report_level': 5})


def rows(text: str) -> list[list[str]]:
    """Return the cells of all tables as a reader sees them, without their heads."""
    return [
        [cell.astext() for cell in row.findall(nodes.entry)]
        for body in parsed(text).findall(nodes.tbody)
        for row in body.findall(nodes.row)
    ]


def tables(text: str) -> dict[str, list[list[str]]]:
    """Return the rows of each table by its title."""
    found: dict[str, list[list[str]]] = {}
    for table in parsed(text).findall(nodes.table):
        title = next(table.findall(nodes.title), None)
        body = next(table.findall(nodes.tbody))
        cells = [[cell.astext() for cell in row.findall(nodes.entry)] for row in body.children]
        found[title.astext() if title else ''] = cells
    return found


def plain(sentence: str) -> str:
    return sentence.replace('``', '')


@pytest.mark.parametrize(
    'name',
    [
        pytest.param(name, marks=pytest.mark.slow) if name == 'conditions' else name
        for name in TABLES
    ],
)
def test_each_table_is_well_formed_and_in_the_documentation(name: str) -> None:
    assert rows(TABLES[name]())
    assert f'.. sandbox-table:: {name}\n' in (DOCS / 'reference/sandbox-tables.rst').read_text()


def test_the_operations_are_all_there() -> None:
    shown = {cells[0]: cells[1:] for cells in rows(operations())}
    assert list(shown) == list(OPERATIONS)
    assert shown['voice/hangup'] == [
        'txn_ref',
        '',
        'End a call; a call that has already ended is not changed.',
    ]
    for path, (required, optional, does) in shown.items():
        operation = OPERATIONS[path]
        assert not {*operation.required} & {*operation.optional}
        assert required == ', '.join(operation.required)
        assert optional == ', '.join(operation.optional)
        assert re.fullmatch(r'[A-Z].*\.', does)


@pytest.mark.slow
def test_the_conditions_are_all_there() -> None:
    by_title = tables(conditions())
    shared = {(status, text) for status, _paths, text in by_title.pop('')}
    assert set(by_title) <= set(OPERATIONS)
    for row in CONDITIONS:
        own = {cells[0]: cells[1] for cells in by_title.get(row.operation, [])}
        in_shared = (row.status.value, plain(row.sentence)) in shared
        assert in_shared or own[row.status].startswith(plain(row.sentence)), row
        assert in_shared or ('does not name' in own[row.status]) is not row.documented, row


@pytest.mark.slow
def test_no_condition_is_shown_without_being_one() -> None:
    by_title = tables(conditions())
    by_title.pop('')
    known = {(row.operation, row.status.value) for row in CONDITIONS}
    for path, shown in by_title.items():
        for status, _text in shown:
            assert (path, status) in known


@pytest.mark.slow
def test_what_holds_for_all_is_said_once() -> None:
    shared = tables(conditions())['']
    by_status: dict[str, list[str]] = {}
    for status, paths, _text in shared:
        by_status.setdefault(status, []).append(paths)
    assert by_status.pop('error_rate_limit_exceeded') == [
        ', '.join(path for path in OPERATIONS if OPERATIONS[path].limited),
        'all others',
    ]
    assert set(map(tuple, by_status.values())) == {('all',)}
    assert {'success_ok', 'error_app_id_param_missing'} <= set(by_status)


def test_an_operation_without_words_of_its_own_is_named() -> None:
    assert '``user/get_info`` has no other statuses.' in conditions()


def test_the_magic_numbers_are_all_there() -> None:
    shown = rows(magic_numbers())
    assert [number for number, _name, _text in shown] == list(MAGIC)
    for number, name, text in shown:
        assert (name, text) == (MAGIC[number].name, plain(MAGIC[number].sentence))


def test_the_words_without_an_operation_are_all_there() -> None:
    assert [status for status, _reason in rows(unplaced())] == [s.value for s in UNPLACED]


def test_empty_cells_stay_cells() -> None:
    assert rows(list_table(('a', 'b'), [('', 'x'), ('y', '')], (50, 50))) == [['', 'x'], ['y', '']]
