"""A log of SMS and their delivery, which is right in whatever order the messages of Hoiio arrive.

A notification can arrive before the response to the send, twice, in the wrong order, or although
the response is lost. So the program stores an SMS before it sends it, finds it by its tag, and only
moves its status forward.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from flask import Flask, request

from hoiio import HoiioClient, HoiioException, NotificationInvalid
from hoiio.notification import SmsDelivery

SCHEMA = """
    CREATE TABLE IF NOT EXISTS sms (
        tag TEXT PRIMARY KEY,
        status TEXT NOT NULL DEFAULT 'sending',
        step INTEGER NOT NULL DEFAULT 0,
        txn_ref TEXT
    )
"""
# A status replaces only one of an earlier step. The statuses of the last step are final.
FINAL = 2
STEPS: Mapping[str, int] = {
    'queued': 1,
    'delivered': FINAL,
    'failed': FINAL,
    'error': FINAL,
    'not sent': FINAL,
}


class DeliveryLog:
    """SMS with their status, in a database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._transaction() as database:
            database.execute(SCHEMA)

    def add(self, tag: str) -> None:
        """Add an SMS before it is sent. A tag that is there raises ``sqlite3.IntegrityError``."""
        with self._transaction() as database:
            database.execute('INSERT INTO sms (tag) VALUES (?)', (tag,))

    def advance(self, tag: str, status: str, txn_ref: str | None = None) -> None:
        """Move an SMS to a later status. An earlier or repeated status changes nothing."""
        step = STEPS.get(status)
        if step is None:
            return
        with self._transaction() as database:
            database.execute(
                'UPDATE sms SET status = ?, step = ?, txn_ref = COALESCE(?, txn_ref)'
                ' WHERE tag = ? AND step < ?',
                (status, step, txn_ref, tag, step),
            )

    def status(self, tag: str) -> tuple[str, str | None]:
        """Return the status of an SMS and its transaction reference."""
        with self._transaction() as database:
            row = database.execute('SELECT status, txn_ref FROM sms WHERE tag = ?', (tag,))
            status, txn_ref = row.fetchone()
            return status, txn_ref

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # A connection of SQLite belongs to one thread, and notifications arrive in many.
        database = sqlite3.connect(self._path, timeout=10)
        try:
            with database:
                yield database
        finally:
            database.close()


def send(hoiio: HoiioClient, log: DeliveryLog, text: str, dest: str, tag: str, url: str) -> None:
    """Send an SMS. Hoiio reports its delivery to the URL."""
    log.add(tag)
    try:
        sent = hoiio.sms.send(text, dest, tag=tag, notify_url=url).raise_for_status()
    except HoiioException as exc:
        if not exc.outcome_unknown:
            log.advance(tag, 'not sent')
        raise
    log.advance(tag, 'queued', sent.txn_ref)


def create_app(hoiio: HoiioClient, log: DeliveryLog) -> Flask:
    """Create the application that receives the notifications."""
    app = Flask(__name__)

    @app.post('/notify')
    def notify() -> tuple[str, HTTPStatus]:
        told = hoiio.notification.from_request(request)
        if isinstance(told, SmsDelivery) and told.tag:
            log.advance(told.tag, told.sms_status, told.txn_ref)
        return '', HTTPStatus.OK

    @app.errorhandler(NotificationInvalid)
    def refuse(exc: NotificationInvalid) -> tuple[str, HTTPStatus]:
        return str(exc), HTTPStatus.FORBIDDEN

    return app
