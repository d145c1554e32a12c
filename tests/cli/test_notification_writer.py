"""Many notifications in one commit, and each answered only after it."""

from __future__ import annotations

import hashlib
import hmac
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hoiio import HoiioClient
from hoiio.campaign.exceptions import LedgerFailed
from hoiio.cli.notification_writer import NotificationWriter
from hoiio.notification import Notification

TOKEN = 'TOKEN'
COUNT = 20


class Recorder:
    """A ledger whose first commit waits until somebody lets it end."""

    def __init__(self, error: Exception | None = None) -> None:
        self.commits: list[tuple[Notification, ...]] = []
        self.has_begun = threading.Event()
        self.may_end = threading.Event()
        self._error = error

    def notified(self, *notifications: Notification) -> int:
        self.commits.append(notifications)
        self.has_begun.set()
        assert self.may_end.wait(60)
        if self._error is not None:
            raise self._error
        return len(notifications)


def notifications() -> list[Notification]:
    receiver = HoiioClient('APP', TOKEN).notification
    bodies = [f'txn_ref=AA-S-{number}&status=success_ok'.encode() for number in range(COUNT)]
    return [receiver.parse(body, sign(body)) for body in bodies]


def sign(body: bytes) -> str:
    return hmac.new(TOKEN.encode(), body, hashlib.sha256).hexdigest()


def wait_for(writer: NotificationWriter, count: int) -> None:
    """Wait until this many notifications wait for a commit."""
    pause = threading.Event()
    while len(writer._waiting) < count:
        pause.wait(0.001)


def test_those_that_come_during_a_commit_share_the_next_one() -> None:
    ledger = Recorder()
    writer = NotificationWriter(ledger)  # type: ignore[arg-type]
    first, *others = notifications()
    with ThreadPoolExecutor(COUNT) as pool:
        written = [pool.submit(writer.write, first)]
        assert ledger.has_begun.wait(60)
        written += [pool.submit(writer.write, each) for each in others]
        wait_for(writer, len(others))
        # Nobody is told that it is written before the commit has ended.
        assert not any(each.done() for each in written)
        ledger.may_end.set()
        for each in written:
            each.result(60)
    assert ledger.commits[0] == (first,)
    assert len(ledger.commits) == 2
    assert set(ledger.commits[1]) == set(others)


@pytest.mark.parametrize('error', [LedgerFailed('the disk is full'), ZeroDivisionError()])
def test_each_learns_that_their_commit_failed(error: Exception) -> None:
    ledger = Recorder(error)
    writer = NotificationWriter(ledger)  # type: ignore[arg-type]
    first, *others = notifications()
    with ThreadPoolExecutor(COUNT) as pool:
        written = [pool.submit(writer.write, first)]
        assert ledger.has_begun.wait(60)
        written += [pool.submit(writer.write, each) for each in others]
        wait_for(writer, len(others))
        ledger.may_end.set()
        assert {type(each.exception(60)) for each in written} == {type(error)}
