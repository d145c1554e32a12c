"""One notification: its form body, its signature, and the result of its delivery."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from ...constants import Word

__all__ = [
    'SIGNATURE_HEADER',
    'Delivery',
    'Notification',
    'Skipped',
    'WaitingReason',
    'body_of',
    'sign',
]

SIGNATURE_HEADER = 'X-Hoiio-Signature'


@dataclass(frozen=True)
class Delivery:
    """One attempt to deliver a notification.

    Attributes:
        id: The number of the notification since the last reset, in order of creation.
        lane: The ordering key: the reference of the transaction.
        url: The callback URL.
        body: The form body of the request.
        headers: The headers of the request.
        status: The HTTP status of the response, or None if there was no response.
        answer: The beginning of the response body.
        error: The reason why there was no response, or None.
        milliseconds: The duration of the attempt.
        copy_of: The id of the delivery that this one repeats, or None.
        date: When the attempt ended, by the clock of the sandbox.
    """

    id: int
    lane: str
    url: str
    body: str
    headers: Mapping[str, str]
    status: int | None
    answer: str
    error: str | None
    milliseconds: float
    copy_of: int | None = None
    date: datetime | None = None

    @property
    def fields(self) -> dict[str, str]:
        """The form by its names."""
        return dict(parse_qsl(self.body, keep_blank_values=True))


@dataclass(frozen=True)
class Skipped:
    """A notification that was not queued, because its transaction has no callback URL.

    Attributes:
        id: The number of the skipped notification since the last reset.
        date: When it would have been queued.
        lane: The reference of the transaction.
        fields: The fields of the form.
    """

    id: int
    date: datetime
    lane: str
    fields: Mapping[str, str]

    @property
    def body(self) -> str:
        """The form body that would have been posted."""
        return urlencode(self.fields)


class WaitingReason(Word):
    """Why a notification is not delivered yet."""

    # The request that caused it is not answered yet.
    REQUEST = 'request'
    DELAYED = 'delayed'
    REORDERED = 'reordered'
    # An earlier notification of the same transaction is not delivered yet.
    EARLIER = 'earlier'
    SENDING = 'sending'
    QUEUED = 'queued'


@dataclass(eq=False)
class Notification:
    """A notification that waits for delivery.

    Attributes:
        key: The ordering key. Notifications with the same key are delivered in order.
        released: Whether it may be delivered. A notification that a request causes waits until the
            response to the request is sent.
        delay: The delay in seconds. It is 0 after the delay has passed.
        behind: A notification that must be delivered first, even if its key differs.
        date: When it was queued, by the clock of the sandbox.
        until: When its delay ends, or None.
    """

    url: str
    fields: Mapping[str, str]
    key: str
    body: str
    signature: str
    id: int = 0
    released: bool = False
    copy_of: int | None = None
    delay: float = 0
    behind: Notification | None = None
    followers: list[Notification] = field(default_factory=list)
    delivered: bool = False
    under_way: bool = False
    date: datetime | None = None
    until: datetime | None = None

    @property
    def ready(self) -> bool:
        """Whether it can be delivered now."""
        return self.released and not (self.delay or self.reordered)

    @property
    def reordered(self) -> bool:
        """Whether it waits for a notification that must be delivered first."""
        return self.behind is not None and not self.behind.delivered

    @property
    def postponed(self) -> bool:
        """Whether it, or a notification that it waits for, is delayed."""
        return bool(self.delay) or (self.behind is not None and self.behind.postponed)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the request."""
        return {
            'Content-Type': 'application/x-www-form-urlencoded',
            'User-Agent': 'hoiio-sandbox',
            'Connection': 'close',
            SIGNATURE_HEADER: self.signature,
        }


def body_of(url: str, fields: Mapping[str, str]) -> str:
    """Return the form body: the parameters of the URL's query, then the fields."""
    own = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    passed = [(name, value) for name, value in own if name not in fields]
    return urlencode([*passed, *fields.items()])


def sign(body: str, access_token: str) -> str:
    """Return the value of the signature header for a body."""
    return hmac.new(access_token.encode(), body.encode(), hashlib.sha256).hexdigest()
