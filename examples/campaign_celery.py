"""Send a campaign with Celery.

Install what it needs:

    pip install "hoiio[sandbox,campaign,celery,postgresql]>=1" "celery[redis]"

To run it by hand, in a sandbox, without a broker and without a database server:

    python examples/campaign_celery.py

To run it with the real service, start Redis and PostgreSQL. Set HOIIO_APP_ID, HOIIO_ACCESS_TOKEN,
BROKER_URL (such as redis://localhost) and LEDGER_URL (such as postgresql://localhost/campaigns). In
the folder of this file, start one beat, and workers on as many machines as you like:

    celery --app campaign_celery beat
    celery --app campaign_celery worker --concurrency 1
"""

from __future__ import annotations

import os
import time
from tempfile import TemporaryDirectory

from celery import Celery
from celery.contrib.testing.worker import start_worker

from hoiio.campaign import CampaignState, Ledger, PlannedPerson, Settings
from hoiio.campaign.celery import add_tasks
from hoiio.sandbox import Sandbox

if 'LEDGER_URL' in os.environ:
    app = Celery('campaigns', broker=os.environ['BROKER_URL'])
    add_tasks(app, os.environ['LEDGER_URL'])

PRICE = 32_000


def plan(ledger: Ledger, sandbox: Sandbox) -> None:
    """Plan a message to ten people, and confirm what it costs."""
    settings = Settings(
        tag='example',
        app_id=sandbox.app_id,
        base_url=sandbox.url,
        message='Dear {{{name}}}, see you tomorrow.',
        settle=1,
    )
    people = [
        PlannedPerson(n + 2, f'+6591234{n:03}', {'name': f'Guest {n}'}, 1, PRICE, None)
        for n in range(10)
    ]
    campaign = ledger.create(settings)
    campaign.add(people)
    campaign.ready(max_cost=PRICE * len(people))


def show(ledger: Ledger) -> None:
    """Print how many people are in each state."""
    counts = ledger.campaign('example').status().counts
    print(', '.join(f'{count} {state}' for state, count in counts.items() if count))


def main() -> None:
    """Wake a worker each second until the campaign is done."""
    with TemporaryDirectory() as folder, Sandbox() as sandbox, sandbox.environment():
        where = f'sqlite:///{folder}/campaigns.sqlite'
        by_hand = Celery('campaigns', broker='memory://')
        tasks = add_tasks(by_hand, where)
        with Ledger(where) as ledger, start_worker(by_hand, perform_ping_check=False):
            plan(ledger, sandbox)
            while ledger.tags(CampaignState.READY):
                show(ledger)
                tasks.send.delay()
                time.sleep(1)
            show(ledger)
    print(__doc__)


if __name__ == '__main__':
    main()
