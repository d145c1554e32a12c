"""PostgreSQL, Redis and four Celery workers on two machines, which are killed all the time."""

from __future__ import annotations

import contextlib
import itertools
import random
import time
from collections.abc import Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from kombu.exceptions import OperationalError

from hoiio.campaign import CampaignState, Ledger, PersonState
from hoiio.campaign.celery import Tasks
from tests.campaign.proof import celery_app
from tests.campaign.proof.conftest import MakeStage
from tests.campaign.proof.processes import SECONDS, start_process
from tests.campaign.proof.stage import COST, Stage, inboxes
from tests.campaign.redis import Redis
from tests.sandbox.conftest import Post, Receiver

pytestmark = pytest.mark.slow

# With more people it takes longer: each of them has two notifications, which come twice.
PEOPLE, WORKERS, MACHINES = 5_000, 4, 2
RESTART_AT, LONGEST = 3, 900


class Workers:
    """Worker processes on two machines: the locks of one say nothing about the other."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._workers = [self._start(place) for place in range(WORKERS)]
        self._beat = self._run('beat', '--schedule', str(folder / 'beat'), '--pidfile', '')

    def kill(self, place: int) -> None:
        """Kill one worker, start another in its place, and wait until it is ready."""
        _kill(self._workers[place])
        ready = self._ready(place)
        ready.unlink(missing_ok=True)
        self._workers[place] = self._start(place)
        end = time.monotonic() + SECONDS
        while not ready.exists():
            assert time.monotonic() < end, 'a worker does not become ready'
            time.sleep(0.05)

    def stop(self) -> None:
        for each in (*self._workers, self._beat):
            _kill(each)

    def _start(self, place: int) -> ForkServerProcess:
        quiet = ('--without-gossip', '--without-mingle', '--without-heartbeat')
        machine = self._folder / f'machine-{place % MACHINES}'
        options = ('--pool', 'solo', '--hostname', f'{place}@{machine.name}', *quiet)
        return self._run('worker', *options, place=place, XDG_DATA_HOME=str(machine))

    def _run(self, *arguments: str, place: int = WORKERS, **environment: str) -> ForkServerProcess:
        environment |= self._environment
        return start_process(celery_app.run, [*arguments], environment, self._ready(place))

    def _ready(self, place: int) -> Path:
        return self._folder / f'{place}.ready'


def _kill(process: ForkServerProcess) -> None:
    process.kill()
    process.join()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Redis]:
    redis = Redis(tmp_path)
    redis.start()
    yield redis
    redis.stop()


def test_workers_are_killed_all_the_time_and_nobody_gets_two(
    stage: MakeStage,
    receiver: Receiver,
    broker: Redis,
    postgresql_url: str,
    tmp_path: Path,
) -> None:
    # A worker may be killed before its request is carried out.
    made = stage(ledger=postgresql_url, number=PEOPLE, settle=1.0, notify_url=receiver.url)
    _, tasks = celery_app.make_app(broker.url, '')
    receiver.react = lambda post: queue_twice(tasks, post)
    environment = {
        'BROKER_URL': broker.url,
        'LEDGER_URL': postgresql_url,
        **made.sandbox.environment(),
    }
    # It does not end before the broker restarts, however slowly the workers become ready.
    confirm(made, PEOPLE // 2)
    workers = Workers(tmp_path, environment)
    try:
        kill_until_done(made, workers, broker)
    finally:
        workers.stop()
    made.check()
    received = inboxes(made.sandbox)
    for person in made.known():
        assert received[person.dest] == 1 or person.state is PersonState.MISSING
    assert made.received() == PEOPLE


def confirm(made: Stage, number: int) -> None:
    """Confirm what the messages to a number of the people cost."""
    with Ledger(made.ledger) as ledger:
        ledger.campaign(made.tag).ready(COST * number)


def queue_twice(tasks: Tasks, post: Post) -> None:
    """Put a notification into the queue twice; while the broker restarts, it is lost."""
    signature = post.headers['X-Hoiio-Signature']
    with contextlib.suppress(OperationalError):
        for _ in range(2):
            tasks.notified.delay(post.body.decode(), signature, urlsplit(post.path).query)


def kill_until_done(made: Stage, workers: Workers, broker: Redis) -> None:
    """Kill a worker each second, restart the broker once, and answer what needs a person."""
    chance = random.Random(1)  # noqa: S311 - the same order in each run
    end = time.monotonic() + LONGEST
    for killed in itertools.count():
        status = made.status()
        if status.state is CampaignState.DONE:
            assert killed > RESTART_AT
            return
        assert time.monotonic() < end, status
        if status.state is CampaignState.PAUSED:
            made.resume()
        if killed == RESTART_AT:
            broker.stop()
            broker.start()
            confirm(made, PEOPLE)
        workers.kill(chance.randrange(WORKERS))
        time.sleep(1)
