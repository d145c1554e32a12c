"""One notification: the form that is posted, its signature, and what came of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

__all__ = ['SIGNATURE_HEADER', 'Delivery', 'Notification', 'body_of', 'sign']

SIGNATURE_HEADER = 'X-Hoiio-Signature'


@dataclass(frozen=True)
class Delivery:
    """One attempt to hand over a notification.

    Attributes:
        id: Counts the notifications since the last reset, in the order in which they came about.
        lane: The ordering key, which is the transaction that the notification is about.
        url: Where it went.
        body: The form that was posted.
        headers: What was posted with it.
        status: The HTTP status of the answer, or None if there was none.
        answer: The beginning of the answer's body.
        error: Why there was no answer, or None.
        milliseconds: How long it took.
        copy_of: The delivery that this one repeats, or None.
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


@dataclass(eq=False)
class Notification:
    """A notification that waits for delivery.

    Attributes:
        key: The ordering key; notifications with the same one arrive in their order.
        released: Whether it may leave; not before the answer of the request that caused it.
        delay: For how many seconds it is kept back; 0 when these have passed.
        behind: Another notification that has to arrive first, whatever its key.
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

    @property
    def ready(self) -> bool:
        """Whether nothing keeps it back."""
        overtaken = self.behind is not None and not self.behind.delivered
        return self.released and not (self.delay or overtaken)

    @property
    def postponed(self) -> bool:
        """Whether it waits for the clock, itself or the one before it."""
        return bool(self.delay) or (self.behind is not None and self.behind.postponed)

    @property
    def headers(self) -> dict[str, str]:
        """What is posted with the body."""
        return {
            'Content-Type': 'application/x-www-form-urlencoded',
            'User-Agent': 'hoiio-sandbox',
            'Connection': 'close',
            SIGNATURE_HEADER: self.signature,
        }


def body_of(url: str, fields: Mapping[str, str]) -> str:
    """Write the form: what the URL's own query holds, then the notification's fields."""
    own = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    passed = [(name, value) for name, value in own if name not in fields]
    return urlencode([*passed, *fields.items()])


def sign(body: str, access_token: str) -> str:
    """Return what the signature header says about a body."""
    return hmac.new(access_token.encode(), body.encode(), hashlib.sha256).hexdigest()
