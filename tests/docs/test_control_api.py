from __future__ import annotations

from pathlib import Path

import pytest
from docutils import nodes  # type: ignore[import-untyped]
from docutils.core import publish_doctree  # type: ignore[import-untyped]

from docs import control_api
from hoiio.sandbox.web.control_routes import ROUTES

DOCS = Path(__file__).parents[2] / 'docs'


def tables(text: str) -> dict[str, list[list[str]]]:
    """Return the rows of each table, without its head, by its title."""
    found: dict[str, list[list[str]]] = {}
    for table in publish_doctree(text).findall(nodes.table):
        title = table.next_node(nodes.title)
        rows = [[cell.astext() for cell in row.children] for row in table.findall(nodes.row)]
        found[title.astext() if title else ''] = rows[1:]
    return found


def test_the_chapter_has_both_tables() -> None:
    chapter = (DOCS / 'reference/control-api.rst').read_text('utf-8')
    for name in ('control-routes', 'control-types'):
        assert f'.. sandbox-table:: {name}\n' in chapter


@pytest.mark.slow
def test_every_route_is_in_the_chapter_with_all_its_parameters() -> None:
    shown = tables(control_api.routes())
    listed = {cells[0]: cells[1] for cells in shown.pop('')}
    assert listed.keys() == {f'{route.method} {route.path}' for route in ROUTES}
    assert all(summary.endswith('.') for summary in listed.values())
    for route in ROUTES:
        names = {*route.query, *route.required, *route.optional}
        rows = shown.get(f'{route.method} {route.path}', [])
        if route.whole is None:
            assert {cells[0] for cells in rows} == names
        assert all(meaning for _name, _type, meaning in rows if route.whole is None)
        required = {name for name, kind, _text in rows if kind.endswith(', required')}
        assert route.whole is not None or required == set(route.required)


@pytest.mark.slow
def test_every_field_of_every_type_is_in_the_chapter() -> None:
    shown = tables(control_api.types())
    for name, schema in control_api.SCHEMAS.items():
        fields = schema.get('properties', {})
        if fields:
            assert [cells[0] for cells in shown[name]] == list(fields)
            assert all(cells[1] for cells in shown[name])
