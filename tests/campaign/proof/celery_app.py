"""The Celery application of a test, with shorter times than those of a user."""

from __future__ import annotations

import os

from celery import Celery

from hoiio.campaign import celery as campaigns

__all__ = ['SECONDS_UNTIL_AGAIN', 'app', 'tasks']

# The broker delivers again what a worker has not acknowledged after so long.
SECONDS_UNTIL_AGAIN = 3

app = Celery('campaigns', broker=os.environ.get('BROKER_URL'))
app.conf.update(
    broker_transport_options={'visibility_timeout': SECONDS_UNTIL_AGAIN},
    broker_connection_retry_on_startup=True,
    worker_prefetch_multiplier=0,
)
tasks = campaigns.add_tasks(app, os.environ.get('LEDGER_URL', ''))
app.conf.beat_schedule['hoiio.campaign.send'].update(schedule=1.0, options={'expires': 1.0})
# A killed worker has not acknowledged its task, so another one gets it as well.
tasks.send.acks_late = True
