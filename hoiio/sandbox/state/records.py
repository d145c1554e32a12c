"""The records of a sandbox: what it keeps about the account, its transactions and the phones.

They are plain data. What happens to them is decided in the operations and in the machine of IVR
calls, so a record imports neither. A dataclass declared with ``eq=False`` is compared by identity.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto

from ...constants import (
    CallStatus,
    Capability,
    FaxStatus,
    FaxType,
    NumberMode,
    SmsStatus,
    Status,
    Word,
)
from ..clock import Timer
from ..errors import Refused
from ..presets.catalogue import Offer
from ..presets.scripts import AUTO, Script
from ..presets.seed import Seed

__all__ = [
    'Account',
    'Call',
    'Callback',
    'Fax',
    'Gather',
    'Leg',
    'LegState',
    'Message',
    'PhoneState',
    'Session',
    'SessionState',
    'Sms',
    'Subscription',
]


# The account


class Account:
    """The credit of one account, exact to the last decimal."""

    def __init__(self, seed: Seed) -> None:
        self.points = seed.points
        self.bonus = seed.bonus

    @property
    def balance(self) -> Decimal:
        """All that can be spent."""
        return self.points + self.bonus

    def require(self, amount: Decimal) -> None:
        """Refuse what the account cannot pay."""
        if amount > self.balance:
            raise Refused(Status.INSUFFICIENT_CREDIT)

    def spend(self, amount: Decimal) -> None:
        """Take an amount, from the bonus first; an account never owes anything."""
        self.require(amount)
        from_bonus = min(amount, self.bonus)
        self.bonus -= from_bonus
        self.points -= amount - from_bonus


@dataclass
class Subscription:
    """A number that the account holds."""

    offer: Offer
    expiry: date
    auto_extend: bool = False
    forward_to: str | None = None
    forward_sms_to: str | None = None
    mode: NumberMode = NumberMode.VOICE

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """What the number can carry."""
        return self.offer.country.capabilities


@dataclass(frozen=True)
class Callback:
    """How the client wants to hear about a transaction.

    Attributes:
        tag: The client's own name for it. An empty tag is not the same as None.
        url: Where notifications go, or None.
    """

    tag: str | None = None
    url: str | None = None


# Phones


class LegState(Word):
    """Where a phone stands in a call."""

    RINGING = 'ringing'
    TALKING = 'talking'
    OVER = 'over'


def _ignore(_outcome: CallStatus) -> None:
    return


@dataclass(eq=False)
class Leg:
    """What one phone sees of a call.

    Attributes:
        number: The number of the phone.
        other: What its display shows: who calls, or who was called.
        txn_ref: The call or the fax that it belongs to.
        leave: What hanging up does once the phone talks.
        settled: Is told once how the ringing ended, however that was.
        placed: Whether the phone itself called.
        fax: The file, if the call is a fax.
        said: What was said to the phone during this call.
        read: How much of that a test has asked for.
    """

    number: str
    other: str
    txn_ref: str
    leave: Callable[[], None]
    settled: Callable[[CallStatus], None] = _ignore
    placed: bool = False
    fax: bytes | None = None
    script: Script = AUTO
    state: LegState = LegState.RINGING
    outcome: CallStatus = CallStatus.ONGOING
    said: list[str] = field(default_factory=list)
    read: int = 0
    prompts: int = 0
    timers: list[Timer] = field(default_factory=list)


@dataclass(frozen=True)
class Message:
    """An SMS as a phone shows it.

    Attributes:
        sender: Whom it is from, a number or a name.
        text: What it says.
        date: When it arrived.
    """

    sender: str
    text: str
    date: datetime


@dataclass
class PhoneState:
    """What is behind a phone number.

    Attributes:
        script: How the phone takes its calls.
        coming: How it takes the next ones, before it returns to its script.
        inbox: The SMS that arrived, oldest first.
        heard: What was said to whoever picked up.
        legs: The calls and faxes that it took part in, oldest first.
        unread: The SMS that no test has expected yet.
        surprises: The calls and faxes to it that no test has expected yet.
    """

    script: Script = AUTO
    coming: deque[Script] = field(default_factory=deque)
    inbox: list[Message] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    unread: list[Message] = field(default_factory=list)
    surprises: list[Leg] = field(default_factory=list)

    def next_script(self) -> Script:
        """Return how the phone takes the call that is coming now."""
        return self.coming.popleft() if self.coming else self.script


# Transactions


@dataclass
class Sms:
    """One message, sent or received."""

    txn_ref: str
    date: datetime
    src: str
    dest: str
    text: str
    parts: int
    rate: Decimal
    sms_status: SmsStatus
    callback: Callback

    @property
    def debit(self) -> Decimal:
        """What the message costs."""
        return self.rate * self.parts


@dataclass
class Fax:
    """One fax; each of its pages takes a minute."""

    txn_ref: str
    date: datetime
    src: str
    dest: str
    fax_status: FaxStatus
    pages: int
    rate: Decimal
    url: str | None
    kind: FaxType
    callback: Callback

    @property
    def minutes(self) -> int:
        """For how long the call took."""
        return self.pages if self.fax_status == FaxStatus.ANSWERED else 0

    @property
    def debit(self) -> Decimal:
        """What the fax costs."""
        return self.rate * self.minutes


def _nothing() -> None:
    return


@dataclass(eq=False)
class Call:
    """One call, billed by the minute; a minute begun is paid in full.

    Attributes:
        minutes: How many were paid so far.
        legs: The phones in it; the first is that of ``dest1``.
        partner: The call that a transfer has joined it with.
        after: Runs when the call has ended.
    """

    txn_ref: str
    date: datetime
    rate: Decimal
    dest1: str
    dest2: str | None = None
    number: str | None = None
    room: str | None = None
    callback: Callback = field(default_factory=Callback)
    status1: CallStatus = CallStatus.ONGOING
    status2: CallStatus = CallStatus.ONGOING
    minutes: int = 0
    ended: bool = False
    muted: bool = False
    legs: list[Leg] = field(default_factory=list)
    partner: Call | None = None
    after: Callable[[], None] = _nothing
    timers: list[Timer] = field(default_factory=list)

    @property
    def debit(self) -> Decimal:
        """What the call has cost so far."""
        return self.rate * self.minutes


# IVR calls


class SessionState(Enum):
    """Where a session stands."""

    RINGING = auto()
    DIALING = auto()
    BUSY = auto()
    READY = auto()
    HELD = auto()
    BRIDGED = auto()
    ENDED = auto()


@dataclass
class Gather:
    """What a gather block still waits for."""

    msg: list[str]
    max_digits: int
    timeout: int
    attempts: int


@dataclass(eq=False)
class Session:
    """One IVR call.

    Attributes:
        remote: The phone at the other end.
        own: The account's number that was called, or None if the account called.
        callback: Where the current block reports, or the last one if none is under way.
        outcome: How the dial or the transfer went, repeated until another block begins.
        timer: What ends the block, or the wait for the next one.
        transfer_call: The call to the phone that a transfer rings.
        monitor: Where the recording of the whole call goes.
    """

    ref: str
    call: Call
    remote: str
    own: str | None = None
    state: SessionState = SessionState.DIALING
    block: str = 'dial'
    callback: Callback = field(default_factory=Callback)
    outcome: dict[str, str] = field(default_factory=dict)
    digits: str = ''
    gather: Gather | None = None
    timer: Timer | None = None
    transfer_call: Call | None = None
    monitor: Callback | None = None

    @property
    def phone(self) -> Leg:
        """The phone at the other end, in this call."""
        return self.call.legs[0]
