"""The structure of a saved state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .presets.seed import Seed
from .state.files import File
from .state.journal import Note
from .state.records import Call, Fax, PhoneState, RateChange, Session, Sms, Subscription
from .webhooks.delivery import Delivery

__all__ = ['Pending', 'Saved']


@dataclass(frozen=True)
class Pending:
    """A notification that is not delivered yet."""

    id: int
    url: str
    lane: str
    body: str
    signature: str
    copy_of: int | None = None


@dataclass(frozen=True)
class Saved:
    """A saved state, without the calls, legs and sessions that are in ``objects``.

    Attributes:
        origin: The base URL of the sandbox's files when the state was saved.
        now: The time when the state was saved.
        counts: How many references of each kind exist.
        asked: The times of rate-limited requests, by application and operation.
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
    rate_changes: list[RateChange]
