"""What a process of the proofs is forked from: one that has sent a campaign.

So each has all modules and nearly all compiled statements, and starts in milliseconds. All threads
of this process have ended: a fork of a process with threads may hang.
"""

from __future__ import annotations

import gc
import time
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from hoiio.campaign import Ledger, Wait
from hoiio.sandbox import Sandbox
from tests.campaign.compiled import share_compiled
from tests.campaign.proof.stage import Stage
from tests.memory import folder_in_memory

# What Celery imports when a worker or beat starts.
for name in (
    *('celery.apps.beat', 'celery.apps.worker', 'celery.bin.celery', 'celery.concurrency.solo'),
    *('kombu.transport.redis', 'psycopg', 'tests.campaign.proof.celery_app'),
):
    import_module(name)

share_compiled()
with TemporaryDirectory(dir=folder_in_memory()) as folder, Sandbox() as sandbox:
    made = Stage(sandbox, Path(folder, 'ledger.sqlite'), number=1, settle=0.001)
    # So that it looks for the batch twice and does not find it, and then finds it.
    sandbox.fault('dropped_before', 'sms/bulk_send')
    sandbox.fault('dropped_after', 'sms/bulk_send')
    with Ledger(made.ledger) as ledger, made.client() as client:
        campaign = ledger.campaign(made.tag)
        while isinstance(outcome := campaign.step(client), Wait):
            time.sleep(outcome.seconds)
    made.check_reached()
# A collection in a process would copy all that it shares with this one.
gc.freeze()
