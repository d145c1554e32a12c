from __future__ import annotations

from docutils import nodes  # type: ignore[import-untyped]
from docutils.core import publish_doctree  # type: ignore[import-untyped]

from docs.campaign_states import TABLES, attempts, people
from hoiio.campaign.states import ATTEMPTS, PEOPLE


def rows(text: str) -> list[list[str]]:
    tree = publish_doctree(text, settings_overrides={'halt_level': 2, 'report_level': 5})
    [body] = tree.findall(nodes.tbody)
    return [[cell.astext() for cell in row.findall(nodes.entry)] for row in body.children]


def test_the_table_of_attempts_has_every_change() -> None:
    shown = rows(attempts())
    assert [(before, after) for before, _, after, _ in shown] == [
        (change.before or 'not there', change.after) for change in ATTEMPTS
    ]
    assert all(event and who for _, event, _, who in shown)


def test_the_table_of_people_has_every_change() -> None:
    assert [(before, after) for before, _, after in rows(people())] == [
        (change.before, change.after) for change in PEOPLE
    ]


def test_each_table_has_a_name() -> None:
    assert {*TABLES.values()} == {attempts, people}
