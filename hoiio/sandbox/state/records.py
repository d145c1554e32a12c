"""The records of a sandbox: the account, its transactions and the phones.

Records are plain data. The operations and the IVR machine change them, so a record imports neither.
A dataclass declared with ``eq=False`` is compared by identity.
"""

from __future__ import annotations

import re
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
from ..presets import rates
from ..presets.catalogue import Offer
from ..presets.scripts import AUTO, Script
from ..presets.seed import Seed

__all__ = [
    'Account',
    'Activity',
    'ActivityKind',
    'Call',
    'Callback',
    'Caption',
    'Fax',
    'Gather',
    'Leg',
    'LegState',
    'Message',
    'PhoneState',
    'Piece',
    'RateChange',
    'Session',
    'SessionState',
    'Sms',
    'Subscription',
]

PREFIX = re.compile(r'\+[0-9]{0,15}')


# The account


class Account:
    """The credit of one account, as exact decimal amounts."""

    def __init__(self, seed: Seed) -> None:
        self.points = seed.points
        self.bonus = seed.bonus

    @property
    def balance(self) -> Decimal:
        """The total credit: points and bonus."""
        return self.points + self.bonus

    def require(self, amount: Decimal) -> None:
        """Check that the account can pay an amount.

        Raises:
            Refused: If the credit is insufficient.
        """
        if amount > self.balance:
            raise Refused(Status.INSUFFICIENT_CREDIT)

    def spend(self, amount: Decimal) -> None:
        """Deduct an amount, from the bonus first.

        Raises:
            Refused: If the credit is insufficient. A balance is never negative.
        """
        self.require(amount)
        from_bonus = min(amount, self.bonus)
        self.bonus -= from_bonus
        self.points -= amount - from_bonus


@dataclass(frozen=True)
class RateChange:
    """A new price, from a given time on.

    Attributes:
        service: ``sms``, ``voice`` or ``fax``.
        prefix: The beginning of the phone numbers that the price is for, such as ``+65``.
        rate: The price per message part or per minute.
        at: When the price changes.
    """

    service: str
    prefix: str
    rate: Decimal
    at: datetime

    def __post_init__(self) -> None:
        if self.service not in rates.TABLES:
            raise ValueError(f'service must be sms, voice or fax, not {self.service!r:.80}')
        if not PREFIX.fullmatch(self.prefix):
            raise ValueError(f'a prefix must be like +65 or just +, not {self.prefix!r:.80}')
        if rates.lookup(rates.TABLES[self.service], self.prefix) is None:
            raise ValueError(f'the {self.service} service does not reach {self.prefix}')
        if self.rate <= 0 or self.rate != round(self.rate, 3):
            raise ValueError(f'a rate must be positive with up to three decimals, not {self.rate}')


@dataclass
class Subscription:
    """A number that the account rents."""

    offer: Offer
    expiry: date
    auto_extend: bool = False
    forward_to: str | None = None
    forward_sms_to: str | None = None
    mode: NumberMode = NumberMode.VOICE

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """The kinds of traffic that the number supports."""
        return self.offer.country.capabilities


@dataclass(frozen=True)
class Callback:
    """The tag and the callback URL of a transaction.

    Attributes:
        tag: The client's own name for the transaction. An empty tag differs from None.
        url: The URL that receives the notifications, or None for no notifications.
    """

    tag: str | None = None
    url: str | None = None


# Phones


class LegState(Word):
    """The state of a phone in a call."""

    RINGING = 'ringing'
    TALKING = 'talking'
    OVER = 'over'


def _ignore(_outcome: CallStatus) -> None:
    return


@dataclass(frozen=True)
class Piece:
    """One piece of a spoken message: a text, or an audio file.

    Attributes:
        text: The text, or the URL of the file.
        language: The language of the text, or None for a file.
        gender: The voice that speaks the text, or None for a file.
    """

    text: str
    language: str | None = 'en'
    gender: str | None = 'female'

    @property
    def is_audio(self) -> bool:
        """Whether this is an audio file."""
        return self.language is None


@dataclass(frozen=True)
class Caption:
    """A piece of a message, and when it was spoken."""

    date: datetime
    piece: Piece


@dataclass(eq=False)
class Leg:
    """One phone in a call.

    Attributes:
        number: The number of the phone.
        other: The number on its display: the caller, or the number that the phone called.
        txn_ref: The reference of the call or fax.
        leave: The function to call when the phone hangs up during the conversation.
        settled: The function that receives the outcome of the ringing. It is called once.
        placed: Whether this phone placed the call.
        fax: The file, if the call is a fax.
        captions: What was spoken to the phone during this call.
        read: How many entries of ``said`` a test has read.
        date: When the ringing began.
        answered: When the phone answered, or None.
        ended: When the leg ended, or None.
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
    captions: list[Caption] = field(default_factory=list)
    read: int = 0
    prompts: int = 0
    date: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    timers: list[Timer] = field(default_factory=list)

    @property
    def said(self) -> list[str]:
        """The texts and the URLs of what was spoken."""
        return [caption.piece.text for caption in self.captions]


@dataclass(frozen=True)
class Message:
    """An SMS in the inbox of a phone.

    Attributes:
        sender: The sender, a number or a name.
        text: The text of the message.
        date: The time of arrival.
        txn_ref: The reference of the transaction, or None if another phone sent it.
    """

    sender: str
    text: str
    date: datetime
    txn_ref: str | None = None


class ActivityKind(Word):
    """What a phone did or received."""

    SMS = 'sms'
    CALL = 'call'
    FAX = 'fax'


@dataclass(frozen=True)
class Activity:
    """The newest SMS, call or fax of a phone.

    Attributes:
        date: When it began.
        kind: What it is.
        incoming: Whether the phone received it.
        other: The number or the name at the other end.
        text: The text of an SMS. For a call or a fax it is empty.
    """

    date: datetime
    kind: ActivityKind
    incoming: bool
    other: str
    text: str = ''


@dataclass
class PhoneState:
    """The state of the phone at a number.

    Attributes:
        script: How the phone reacts to calls.
        coming: How it reacts to the next calls, before ``script`` applies again.
        inbox: The SMS that arrived, oldest first.
        heard: The messages that were spoken in calls that the phone answered.
        legs: Its legs in calls and faxes, oldest first.
        unread: The SMS that no test has expected yet.
        surprises: The incoming calls and faxes that no test has expected yet.
        seen: How many SMS of the inbox a person has read on the page.
        last: The newest thing that the phone did or received, or None.
        used: The number of this use among the uses of all phones.
    """

    script: Script = AUTO
    coming: deque[Script] = field(default_factory=deque)
    inbox: list[Message] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    unread: list[Message] = field(default_factory=list)
    surprises: list[Leg] = field(default_factory=list)
    seen: int = 0
    last: Activity | None = None
    used: int = 0

    def next_script(self) -> Script:
        """Return the script for the call that comes in now, and remove it from ``coming``."""
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
        """The cost of the message."""
        return self.rate * self.parts


@dataclass
class Fax:
    """One fax. Each page takes one minute."""

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
        """The duration that the account pays for."""
        return self.pages if self.fax_status == FaxStatus.ANSWERED else 0

    @property
    def debit(self) -> Decimal:
        """The cost of the fax."""
        return self.rate * self.minutes


def _nothing() -> None:
    return


@dataclass(eq=False)
class Call:
    """One call. The account pays each started minute in full.

    Attributes:
        minutes: How many minutes the account has paid so far.
        limit: The timer that ends the call, or None for no time limit.
        legs: The legs of the call. The first one is the phone at ``dest1``.
        session: The reference of the IVR session that the call belongs to, or None.
        partner: The call that a transfer has joined with this one.
        after: The function to call after the call ends.
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
    session: str | None = None
    partner: Call | None = None
    after: Callable[[], None] = _nothing
    timers: list[Timer] = field(default_factory=list)
    limit: Timer | None = None

    @property
    def debit(self) -> Decimal:
        """The cost of the call so far."""
        return self.rate * self.minutes


# IVR calls


class SessionState(Enum):
    """The state of a session."""

    RINGING = auto()
    DIALING = auto()
    BUSY = auto()
    READY = auto()
    HELD = auto()
    BRIDGED = auto()
    ENDED = auto()


@dataclass
class Gather:
    """The settings of a gather block, with the attempts that are left."""

    msg: list[Piece]
    max_digits: int
    timeout: int
    attempts: int


@dataclass(eq=False)
class Session:
    """One IVR call.

    Attributes:
        remote: The phone at the other end.
        own: The account's number that the phone called, or None if the account placed the call.
        callback: The callback of the current block, or of the last block if none runs.
        outcome: The result of the dial or transfer. Notifications repeat it until another block
            begins.
        timer: The timer that ends the block, or the wait for the next block.
        transfer_call: The call to the phone that a transfer rings.
        monitor: The callback that receives the recording of the whole call.
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
