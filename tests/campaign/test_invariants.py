"""The invariants that constraints of the schema hold."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from hoiio.campaign import schema
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.states import AttemptEvent, AttemptState, PersonState
from tests.campaign.play import Play


@pytest.fixture
def play(ledger: Ledger) -> Play:
    return Play(ledger)


def test_i1_a_campaign_has_a_destination_once(play: Play) -> None:
    row = dict(play.person()._mapping)
    del row['id']
    with pytest.raises(IntegrityError), play.ledger.database.transaction() as connection:
        connection.execute(insert(schema.person).values(row))


@pytest.mark.parametrize('state', PersonState)
def test_i1_who_waits_is_in_no_attempt_and_everybody_else_in_one(
    play: Play, state: PersonState
) -> None:
    batch = play.batch_in(AttemptState.UNTAKEN)
    is_free = state in {PersonState.WAITING, PersonState.DROPPED}
    wrong = batch.number if is_free else None
    with pytest.raises(IntegrityError), play.ledger.database.transaction() as connection:
        connection.execute(update(schema.person).values(state=state, attempt_id=wrong))


def test_i2_a_campaign_has_one_attempt_on_its_way(play: Play) -> None:
    batch = play.claim()
    copy = {
        'key': 'other',
        'campaign_id': batch.row.id,
        'people': 1,
        'cost': 1,
        'made': 1.0,
        'sender': 'other',
        'lease': 1.0,
    }
    for state in ('sending', 'unknown'):
        with pytest.raises(IntegrityError), play.ledger.database.transaction() as connection:
            connection.execute(insert(schema.attempt).values(**copy, state=state))
    play.settle(batch, AttemptEvent.ACCEPTED)
    with play.ledger.database.transaction() as connection:
        connection.execute(insert(schema.attempt).values(**copy, state='unknown'))


def test_i6_each_attempt_has_a_tag_of_its_own(play: Play) -> None:
    tags = set()
    for _ in range(5):
        batch = play.claim()
        tags.add(batch.tag)
        play.settle(batch, AttemptEvent.NOT_SENT)
    assert len(tags) == 5
    for tag in tags:
        assert re.fullmatch(r'reminder/[0-9a-f]{12}/[0-9a-f]{16}', tag)
    assert len('x' * 200 + tag.removeprefix('reminder')) <= 256


def test_i6_a_key_is_not_used_again(play: Play) -> None:
    batch = play.claim()
    values = {'campaign_id': batch.row.id, 'people': 1, 'cost': 1, 'made': 1.0, 'lease': 1.0}
    with pytest.raises(IntegrityError), play.ledger.database.transaction() as connection:
        connection.execute(
            insert(schema.attempt).values(**values, key=batch.key, state='taken', sender='other')
        )


ROOT = Path(__file__).parents[2]


def rows() -> list[tuple[str, str, str]]:
    """Return the number, what enforces it and the test of each invariant in the documentation."""
    chapter = (ROOT / 'docs/architecture.rst').read_text('utf-8')
    return re.findall(
        r'^   \* - (I\d)\n     - .*(?:\n       .*)*\n     - (.*(?:\n       .*)*)\n     - ``(.*)``$',
        chapter,
        re.MULTILINE,
    )


def is_in(module: ModuleType, name: str) -> bool:
    """Return True if a module has a function, an event, a column or a constraint of this name."""
    tables = schema.metadata.tables.values()
    named = {
        each.name
        for table in tables
        for each in (*table.columns, *table.constraints, *table.indexes)
    }
    return (
        hasattr(module, name)
        or (module is schema and name in named)
        or name in getattr(module, 'AttemptEvent', type).__dict__
    )


def test_what_enforces_each_invariant_and_its_test_are_where_the_documentation_says() -> None:
    assert [number for number, _, _ in rows()] == [f'I{number}' for number in range(1, 8)]
    for number, enforced, test in rows():
        names = re.findall(r'``(\w+)``', enforced)
        paths = re.findall(r'``(hoiio/campaign/\w+)\.py``', enforced)
        modules = [importlib.import_module(path.replace('/', '.')) for path in paths]
        assert names, number
        for name in names:
            assert any(is_in(module, name) for module in modules), (number, name)
        assert f'\ndef test_{number.lower()}_' in (ROOT / test).read_text('utf-8')
