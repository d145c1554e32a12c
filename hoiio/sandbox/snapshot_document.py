"""What a saved state consists of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .presets.seed import Seed
from .state.files import File
from .state.records import Call, Fax, PhoneState, Session, Sms, Subscription
from .webhooks.delivery import Delivery

__all__ = ['Note', 'Pending', 'Saved']


@dataclass(frozen=True)
class Pending:
    """A notification that was not delivered yet."""

    id: int
    url: str
    lane: str
    body: str
    signature: str
    copy_of: int | None = None


@dataclass(frozen=True)
class Note:
    """A line of the record."""

    date: datetime
    text: str


@dataclass(frozen=True)
class Saved:
    """The document; calls, sessions and the parts of phones in them stand in ``objects``.

    Attributes:
        origin: Where the files could be fetched.
        now: The moment of saving.
        counts: How many references there are of each kind.
        asked: When limited operations were asked for, by application and operation.
    """

    format: int
    origin: str
    now: datetime
    seed: Seed
    points: Decimal
    bonus: Decimal
    owners: dict[str, str]
    counts: dict[str, int]
    messages: dict[str, Sms]
    calls: dict[str, Call]
    faxes: dict[str, Fax]
    sessions: dict[str, Session]
    numbers: dict[str, Subscription]
    phones: dict[str, PhoneState]
    files: dict[str, File]
    asked: dict[str, dict[str, list[datetime]]]
    notes: list[Note]
    deliveries: list[Delivery]
    pending: list[Pending]
