"""Send campaigns with Celery, from any number of machines.

Celery only triggers the campaigns. The ledger records what has left. So even if a task is lost,
killed or runs twice, nobody gets a message twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

try:
    from celery import Celery, Task
    from celery_batches import Batches, SimpleRequest
except ModuleNotFoundError as exc:
    raise ModuleNotFoundError(
        'the tasks of campaigns are not installed: pip install "hoiio[campaign,celery]"',
        name=exc.name,
    ) from exc

from ..client import HoiioClient
from ..exceptions import NotificationInvalid
from ..notification import Notification
from .exceptions import CampaignRefused, LedgerFailed, SettingsDiffer
from .ledger import Ledger
from .outcomes import Attention, Done, Outcome, Wait
from .states import CampaignState

__all__ = ['Tasks', 'add_tasks']

logger = logging.getLogger('hoiio.campaign')

# Beat starts a task each minute. By then, the one before has ended, unless Hoiio is slow.
SECONDS_BETWEEN = 60.0
SECONDS_OF_A_TASK = 50.0
# One transaction for each notification would be the slowest part of a large campaign.
GROUP = 500
SECONDS_TO_GROUP = 1.0
SECONDS_AFTER_A_FAILURE = 5.0


class Tasks(NamedTuple):
    """The tasks of campaigns.

    Attributes:
        send: Makes steps of the campaigns of the ledger, one of each in turn. It does not start
            another round after 50 seconds. It has no arguments.
        notified: Records a notification in the ledger, in a group with others. Its arguments are
            the body, the header ``X-Hoiio-Signature`` and the query string, as Hoiio posted them.
    """

    send: Task
    notified: Task


def add_tasks(app: Celery, ledger: str, client: Callable[[], HoiioClient] = HoiioClient) -> Tasks:
    """Add the tasks of campaigns to a Celery application, and run them every minute.

    Run any number of workers, and one ``celery beat``.

    Args:
        app: The application.
        ledger: The URL of the PostgreSQL database.
        client: Creates the client of a worker process. By default, the client reads its settings
            from the environment.

    Returns:
        The tasks.

    Example:
        >>> from celery import Celery
        >>> from hoiio.campaign.celery import add_tasks
        >>> app = Celery('campaigns', broker='redis://localhost')
        >>> add_tasks(app, 'postgresql://localhost/campaigns').send.name
        'hoiio.campaign.send'
    """
    worker = _Worker(ledger, client)

    # Celery checks the arguments of a task, and counts `self` among those of a method.
    def send() -> None:
        worker.send()

    def notified(requests: list[SimpleRequest]) -> None:
        try:
            worker.take([request.args for request in requests])
        except LedgerFailed:
            # The broker forgets them when this task ends, so it gets them once more.
            time.sleep(SECONDS_AFTER_A_FAILURE)
            for request in requests:
                tasks.notified.delay(*request.args)
            raise

    tasks = Tasks(
        app.task(send, name='hoiio.campaign.send', ignore_result=True),
        app.task(
            notified,
            name='hoiio.campaign.notified',
            base=Batches,
            flush_every=GROUP,
            flush_interval=SECONDS_TO_GROUP,
            # The broker keeps them until they are in the ledger.
            acks_late=True,
            ignore_result=True,
        ),
    )
    app.conf.beat_schedule = {
        **app.conf.beat_schedule,
        # While no worker runs, the tasks of past minutes do not pile up.
        tasks.send.name: {
            'task': tasks.send.name,
            'schedule': SECONDS_BETWEEN,
            'options': {'expires': SECONDS_BETWEEN},
        },
    }
    return tasks


class _Worker:
    """What a worker process keeps from task to task; its first task opens it."""

    def __init__(self, where: str, make_client: Callable[[], HoiioClient]) -> None:
        self._where = where
        self._make_client = make_client
        self._opened: _Opened | None = None
        # A worker may be a pool of threads. Then they take turns.
        self._lock = threading.Lock()

    def send(self) -> None:
        """Send all campaigns until each has to wait, or until the time of a task is over."""
        end = time.monotonic() + SECONDS_OF_A_TASK
        with self._open() as opened:
            going_on = opened.ledger.tags(CampaignState.READY, CampaignState.PAUSED)
            while going_on and time.monotonic() < end:
                going_on = [tag for tag in going_on if opened.step(tag)]

    def take(self, posts: list[list[str]]) -> None:
        """Write notifications in one transaction."""
        with self._open() as opened:
            opened.ledger.notified(*filter(None, (opened.parse(*post) for post in posts)))

    @contextmanager
    def _open(self) -> Iterator[_Opened]:
        with self._lock:
            if self._opened is None:
                self._opened = _Opened(Ledger(self._where), self._make_client())
            try:
                yield self._opened
            except LedgerFailed:
                # This ledger sends nothing more. The next task opens it again, and looks at what
                # Hoiio has got.
                self._opened.ledger.close()
                self._opened = None
                raise


class _Opened:
    """A ledger, and the client that sends its campaigns."""

    def __init__(self, ledger: Ledger, client: HoiioClient) -> None:
        self.ledger = ledger
        self._client = client
        self._told: dict[str, str] = {}

    def step(self, tag: str) -> bool:
        """Make one step of a campaign; return True if the next one can follow at once."""
        outcome = self._outcome(tag)
        reason = outcome.reason if isinstance(outcome, Attention) else ''
        if reason and reason != self._told.get(tag):
            logger.warning('the campaign %s needs a person: %s', tag, reason)
        self._told[tag] = reason
        return isinstance(outcome, Wait) and not outcome.seconds

    def _outcome(self, tag: str) -> Outcome:
        campaign = self.ledger.campaign(tag)
        outcome: Outcome
        try:
            outcome = campaign.step(self._client)
        except (SettingsDiffer, CampaignRefused) as exc:
            # This must not hold up the other campaigns.
            outcome = Attention(str(exc))
        if isinstance(outcome, Done | Attention):
            # A worker may run for years, and the lock of each campaign is an open file. Nobody can
            # resolve a batch while the worker holds the lock.
            campaign.close()
        return outcome

    def parse(self, body: str, signature: str, query: str = '') -> Notification | None:
        """Return a notification, or None if it is not from Hoiio."""
        try:
            return self._client.notification.parse(body, signature, query=query)
        except NotificationInvalid as exc:
            logger.warning('ignored a notification: %s', exc)
            return None
