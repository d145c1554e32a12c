"""A file of notifications, one JSON object a line, with all that it takes to send them again."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock
from typing import Any

from ..exceptions import InputInvalid
from .notification_server import Incoming

__all__ = ['NotificationFile', 'read_notifications']

# Every bytes object is text in this encoding, and a form stays readable.
BODY_ENCODING = 'latin-1'


class NotificationFile:
    """Appends notifications to a file. Several threads can use it at the same time.

    Args:
        path: The path. A new file can be read only by you, because notifications have phone numbers
            and messages.

    Raises:
        InputInvalid: The file cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self._lock = Lock()
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as exc:
            raise InputInvalid(f'cannot write to {path}: {exc.strerror}') from None

    def append(self, incoming: Incoming, *, is_valid: bool) -> None:
        """Append one notification.

        Raises:
            OSError: It was not written, or only a part of it, which is removed again.
        """
        record = {
            'received': datetime.now(timezone.utc).isoformat(timespec='milliseconds'),
            'valid': is_valid,
            'target': incoming.target,
            'content_type': incoming.content_type,
            'signature': incoming.signature,
            'body': incoming.body.decode(BODY_ENCODING),
        }
        line = json.dumps(record).encode() + b'\n'
        with self._lock:
            size = os.fstat(self._descriptor).st_size
            try:
                _write(self._descriptor, line)
            except OSError:
                os.ftruncate(self._descriptor, size)
                raise

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def read_notifications(path: str) -> list[Incoming]:
    """Read a file that `NotificationFile` has written.

    Raises:
        InputInvalid: The file cannot be read, or a line of it is not a notification.
    """
    try:
        lines = Path(path).read_bytes().splitlines()
    except OSError as exc:
        raise InputInvalid(f'cannot read {path}: {exc.strerror}') from None
    found = [_parse(line) for line in lines]
    if None in found:
        number = found.index(None) + 1
        raise InputInvalid(
            f'line {number} of {path} is not a notification that hoiio listen has saved'
        )
    return [each for each in found if each is not None]


def _parse(line: bytes) -> Incoming | None:
    try:
        record: Any = json.loads(line)
        target, body = record['target'], record['body'].encode(BODY_ENCODING)
        headers = record['content_type'], record['signature']
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    if not all(isinstance(each, (str, type(None))) for each in headers) or not (
        isinstance(target, str) and target.startswith('/') and target.isascii()
    ):
        return None
    return Incoming(target, body, *headers)
