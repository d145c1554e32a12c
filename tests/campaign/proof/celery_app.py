"""The Celery application of a test, with shorter times than those of a user."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import worker_ready

from hoiio.campaign import celery as campaigns

__all__ = ['SECONDS_UNTIL_AGAIN', 'make_app', 'run']

# The broker delivers again what a worker has not acknowledged after so long.
SECONDS_UNTIL_AGAIN = 3


def make_app(broker: str, ledger: str) -> tuple[Celery, campaigns.Tasks]:
    """Return an application and its tasks."""
    app = Celery('campaigns', broker=broker)
    app.conf.update(
        broker_transport_options={'visibility_timeout': SECONDS_UNTIL_AGAIN},
        broker_connection_retry_on_startup=True,
        worker_prefetch_multiplier=0,
    )
    tasks = campaigns.add_tasks(app, ledger)
    app.conf.beat_schedule['hoiio.campaign.send'].update(schedule=1.0, options={'expires': 1.0})
    # A killed worker has not acknowledged its task, so another one gets it as well.
    tasks.send.acks_late = True
    # Otherwise each thread that adds a task searches all installed packages for a backend.
    tasks.notified.backend = app.backend
    return app, tasks


def run(arguments: list[str], environment: Mapping[str, str], ready: Path) -> None:
    """Run a command of Celery in this process.

    Args:
        arguments: The command.
        environment: Variables, with the URL of the broker and that of the ledger.
        ready: A file that a worker creates when it is ready.
    """
    os.environ.update(environment)
    app, _ = make_app(environment['BROKER_URL'], environment['LEDGER_URL'])

    def tell(**_options: Any) -> None:
        ready.touch()

    worker_ready.connect(tell)
    app.start([*arguments, '--loglevel', 'ERROR'])
