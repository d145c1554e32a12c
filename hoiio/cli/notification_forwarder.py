"""Posts a notification to another address, byte for byte."""

from __future__ import annotations

import re
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from ..exceptions import HoiioException, InputInvalid
from ..notification.frameworks import HEADER
from .notification_server import Answer, Incoming

__all__ = ['NotForwarded', 'NotificationForwarder']

# The same as the limit of the sandbox: long enough for a short stop in a debugger.
TIMEOUT = 30.0
LONGEST_ANSWER = 1024 * 1024
# No user name and no fragment.
PLAIN_URL = (
    r'https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[!-"$-~]*)?(\?[!-"$-~]*)?'
)


class NotForwarded(HoiioException):
    """The receiver did not answer."""


class NotificationForwarder:
    """Posts notifications to a receiver. It uses no proxy and follows no redirect.

    Args:
        url: The address. Without a path, each notification keeps its own path.

    Raises:
        InputInvalid: It is not an http or https URL.
    """

    def __init__(self, url: str) -> None:
        self._parts = _split(url)
        self._host, self._port = self._parts.hostname, self._parts.port

    def is_at(self, port: int) -> bool:
        """Return True if the receiver is at a port of this machine."""
        return self._port == port and self._host in {'127.0.0.1', 'localhost'}

    def forward(self, incoming: Incoming) -> Answer:
        """Post a notification and return the answer of the receiver.

        Raises:
            NotForwarded: There is no answer, or it is longer than 1 MB.
        """
        headers = {'Content-Type': incoming.content_type, HEADER: incoming.signature}
        given = {name: value for name, value in headers.items() if value is not None}
        kind = HTTPSConnection if self._parts.scheme == 'https' else HTTPConnection
        connection = kind(self._host or '', self._port, timeout=TIMEOUT)
        try:
            connection.request('POST', self._target(incoming.target), incoming.body, given)
            response = connection.getresponse()
            body = response.read(LONGEST_ANSWER + 1)
        except (OSError, HTTPException, ValueError) as exc:
            reason = getattr(exc, 'strerror', None) or str(exc) or type(exc).__name__
            raise NotForwarded(f'{self._parts.netloc} did not respond: {reason}') from None
        finally:
            connection.close()
        if len(body) > LONGEST_ANSWER:
            raise NotForwarded(f'{self._parts.netloc} responded with more than 1 MB')
        content_type = response.getheader('Content-Type')
        # A header may go on in the next line, but not in our own answer.
        kept = None if content_type is None else ' '.join(content_type.split())
        return Answer(response.status, body, kept)

    def _target(self, target: str) -> str:
        if self._parts.path in {'', '/'} and not self._parts.query:
            return target
        queries = (self._parts.query, target.partition('?')[2])
        query = '&'.join(filter(None, queries))
        return (self._parts.path or '/') + (f'?{query}' if query else '')


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        # Reading the port checks that it is not too large.
        usable = re.fullmatch(PLAIN_URL, url) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InputInvalid(
            '--forward-to must be an http or https URL, such as http://localhost:5000/notify'
        )
    return parts
