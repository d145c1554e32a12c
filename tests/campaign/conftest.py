"""A ledger in each kind of database, and a campaign in it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from hoiio.campaign.campaign import Campaign
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.plan import PlannedPerson
from hoiio.campaign.settings import Settings
from tests.campaign import postgresql


@pytest.fixture(scope='session')
def postgresql_server() -> Iterator[str]:
    with postgresql.running('fsync=on') as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """An empty database of its own."""
    engine = create_engine(
        postgresql_server.replace('postgresql:', 'postgresql+psycopg:'),
        isolation_level='AUTOCOMMIT',
    )
    with engine.connect() as connection:
        connection.execute(text('DROP DATABASE IF EXISTS campaigns WITH (FORCE)'))
        connection.execute(text('CREATE DATABASE campaigns'))
    engine.dispose()
    return postgresql_server.replace('/postgres?', '/campaigns?')


@pytest.fixture(params=['sqlite', 'postgresql'])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The place of a ledger: a file, and then a database server."""
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path))
    if request.param == 'sqlite':
        return str(tmp_path / 'ledger.sqlite')
    url: str = request.getfixturevalue('postgresql_url')
    return url


@pytest.fixture
def ledger(where: str) -> Iterator[Ledger]:
    with contextlib.closing(Ledger(where)) as ledger:
        yield ledger


def settings(**changes: Any) -> Settings:
    values: dict[str, Any] = {
        'tag': 'reminder',
        'app_id': 'APP',
        'base_url': 'https://secure.hoiio.com/open/',
        'message': 'Dear {{name}}',
        **changes,
    }
    return Settings(**values)


def person(place: int, name: str = 'Ann', **changes: Any) -> PlannedPerson:
    values: dict[str, Any] = {
        'line': place + 2,
        'dest': f'+65{91230000 + place}',
        'variables': {'name': name},
        'parts': 1,
        'cost': 32_000,
        'zone': None,
        **changes,
    }
    return PlannedPerson(**values)


@pytest.fixture
def campaign(ledger: Ledger) -> Campaign:
    return ledger.create(settings())


@pytest.fixture
def ready(ledger: Ledger) -> Callable[..., Campaign]:
    """Return a function that makes a campaign with some people ready."""

    def make(count: int = 3, **changes: Any) -> Campaign:
        campaign = ledger.create(settings(**changes))
        campaign.add(map(person, range(count)))
        campaign.ready(max_cost=count * 32_000)
        return campaign

    return make
