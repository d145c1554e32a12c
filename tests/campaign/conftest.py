"""A ledger in each kind of database, and a campaign in it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from hoiio.campaign import schema
from hoiio.campaign.campaign import Campaign
from hoiio.campaign.claim import Batch, claim
from hoiio.campaign.database import Database
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.outcomes import Outcome, Wait
from hoiio.campaign.plan import PlannedPerson
from hoiio.campaign.settings import Settings
from hoiio.campaign.settle import lock_campaign
from hoiio.campaign.states import AttemptState
from hoiio.sandbox import Sandbox, Seed
from tests.campaign import postgresql
from tests.campaign.compiled import share_compiled


@pytest.fixture(scope='session', autouse=True)
def _compiled_once() -> None:
    share_compiled()


@pytest.fixture(scope='session')
def postgresql_server() -> Iterator[str]:
    with postgresql.running('fsync=on') as url:
        yield url


@pytest.fixture(scope='session')
def _postgresql_ledger(postgresql_server: str) -> str:
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute('CREATE DATABASE campaigns')
    url = postgresql_server.replace('/postgres?', '/campaigns?')
    Ledger(url).close()
    return url


@pytest.fixture
def postgresql_url(_postgresql_ledger: str) -> str:
    """An empty ledger. To delete all rows takes a tenth of the time of a new database."""
    with psycopg.connect(_postgresql_ledger) as connection:
        connection.execute(
            'SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity'
            ' WHERE datname = current_database() AND pid <> pg_backend_pid()'
        )
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(f'DELETE FROM {table.name}')  # noqa: S608 - our own names
        connection.execute('SELECT setval(seqrelid, 1, false) FROM pg_sequence')
    return _postgresql_ledger


# A server takes several times as long as a file.
@pytest.fixture(params=['sqlite', pytest.param('postgresql', marks=pytest.mark.slow)])
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


def hold(database: Database, number: int, sender: str) -> Batch | Outcome:
    """Claim a batch of a campaign, whatever else there is of it."""
    with database.transaction() as connection:
        return claim(database, connection, lock_campaign(connection, number), sender)


class Trial:
    """A campaign that a sandbox serves.

    Attributes:
        sandbox: The service.
        ledger: The ledger.
        campaign: The campaign, which is ready.
        client: The client of its application.
        where: The place of the ledger.
        waits: Why the steps of the campaign waited.
    """

    def __init__(self, sandbox: Sandbox, where: str, count: int, changes: dict[str, Any]) -> None:
        self.sandbox = sandbox
        self.where = where
        self.client = sandbox.client()
        self.client.init(max_retries=0)
        self.waits: list[str] = []
        self.count = count
        self.settings = settings(
            **{'app_id': sandbox.app_id, 'base_url': sandbox.url, 'settle': 0.05, **changes}
        )
        self.ledger = Ledger(where)
        self.campaign = self.ledger.create(self.settings)
        if count:
            self.campaign.add(person(place) for place in range(count))
            self.campaign.ready(max_cost=count * 32_000)

    @property
    def database(self) -> Database:
        return self.ledger.database

    def restart(self) -> None:
        """End this process, as far as the ledger can tell, and start another one."""
        self.ledger.close()
        self.ledger = Ledger(self.where)
        self.campaign = self.ledger.create(self.settings)

    def run(self, until: Callable[[], bool] = lambda: False) -> Outcome:
        """Step until it is done, needs attention, has to wait for long, or something is so."""
        for _ in range(500):
            outcome = self.campaign.step(self.client)
            if not isinstance(outcome, Wait) or outcome.seconds > 1 or until():
                return outcome
            if outcome.reason:
                self.waits.append(outcome.reason)
            time.sleep(outcome.seconds)
        raise AssertionError('it does not end')

    def is_clean(self) -> bool:
        """Return True after the look for strangers."""
        return self.campaign._sender().clean_in > 0

    def is_(self, state: AttemptState) -> bool:
        return state in self.attempts()

    def attempts(self) -> list[str]:
        """Return the states of the attempts, the oldest first."""
        with self.database.transaction() as connection:
            states = select(schema.attempt.c.state).order_by(schema.attempt.c.id)
            return list(connection.scalars(states))

    def people(self) -> list[str]:
        return [each.state for each in self.campaign.people()]

    def inboxes(self) -> list[int]:
        """Return how many messages each person has."""
        numbers = [person(place).dest for place in range(self.count)]
        return [len(self.sandbox.phone(number).inbox) for number in numbers]

    def set_up(self, **values: Any) -> None:
        """Change the campaign as no command can."""
        with self.database.transaction() as connection:
            connection.execute(schema.campaign.update().values(values))


@pytest.fixture(scope='module')
def service() -> Iterator[Sandbox]:
    with Sandbox(seed=Seed(points=Decimal(1_000_000))) as sandbox:
        yield sandbox


@pytest.fixture
def make(service: Sandbox, where: str) -> Iterator[Callable[..., Trial]]:
    """Return a function that makes a campaign which a sandbox serves."""
    made = []
    service.reset()

    def new(count: int = 3, **changes: Any) -> Trial:
        made.append(Trial(service, where, count, changes))
        return made[-1]

    yield new
    for each in made:
        each.ledger.close()
