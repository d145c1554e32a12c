"""PostgreSQL, Redis and four Celery workers on two machines, which are killed all the time."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from kombu.exceptions import OperationalError

from hoiio.campaign import CampaignState, PersonState
from hoiio.campaign.celery import Tasks
from tests.campaign.proof import celery_app
from tests.campaign.proof.conftest import MakeStage
from tests.campaign.proof.stage import Stage, inboxes
from tests.campaign.redis import Redis
from tests.sandbox.conftest import Post, Receiver

pytestmark = pytest.mark.slow

# With 20,000 people it takes more than ten minutes: a worker that is killed each second does little
# else than start.
PEOPLE, WORKERS, MACHINES = 5_000, 4, 2
RESTART_AT, LONGEST = 20, 900


class Workers:
    """Worker processes on two machines: the locks of one say nothing about the other."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._workers = [self._start(place) for place in range(WORKERS)]
        self._beat = self._run('beat', '--schedule', str(folder / 'beat'), '--pidfile', '')

    def kill(self, place: int) -> None:
        """Kill one worker, and start another in its place."""
        _kill(self._workers[place])
        self._workers[place] = self._start(place)

    def stop(self) -> None:
        for each in (*self._workers, self._beat):
            _kill(each)

    def _start(self, place: int) -> subprocess.Popen[bytes]:
        quiet = ('--without-gossip', '--without-mingle', '--without-heartbeat')
        machine = self._folder / f'machine-{place % MACHINES}'
        options = ('--pool', 'solo', '--hostname', f'{place}@{machine.name}', *quiet)
        return self._run('worker', *options, XDG_DATA_HOME=str(machine))

    def _run(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        app = 'tests.campaign.proof.celery_app'
        command = [sys.executable, '-m', 'celery', '--app', app, *arguments, '--loglevel', 'ERROR']
        return subprocess.Popen(command, env={**os.environ, **self._environment, **environment})


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


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
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = stage(ledger=postgresql_url, number=PEOPLE, notify_url=receiver.url)
    tasks = queue_of(broker, monkeypatch)
    receiver.react = lambda post: queue_twice(tasks, post)
    environment = {
        'BROKER_URL': broker.url,
        'LEDGER_URL': postgresql_url,
        **made.sandbox.environment(),
    }
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


def queue_of(broker: Redis, monkeypatch: pytest.MonkeyPatch) -> Tasks:
    """Return the tasks as the web application sees them."""
    monkeypatch.setenv('BROKER_URL', broker.url)
    tasks: Tasks = importlib.reload(celery_app).tasks
    return tasks


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
    for second in itertools.count():
        status = made.status()
        if status.state is CampaignState.DONE:
            return
        assert time.monotonic() < end, status
        if status.state is CampaignState.PAUSED:
            made.resume()
        if second == RESTART_AT:
            broker.stop()
            broker.start()
        workers.kill(chance.randrange(WORKERS))
        time.sleep(1)
