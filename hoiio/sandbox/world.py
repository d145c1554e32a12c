"""One state of the sandbox: everything that a reset throws away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..constants import CallStatus
from . import wire
from .accounts import Account

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .calls import Call
    from .clock import Clock, Schedule
    from .fax import Fax
    from .files import Files
    from .notifications import Postman
    from .numbers import Subscription
    from .seed import Seed
    from .sessions import Session
    from .sms import Sms

__all__ = ['Line', 'Message', 'World']

SHOWN_IN_EVENTS = 60


@dataclass(frozen=True)
class Message:
    """An SMS as a phone shows it."""

    sender: str
    text: str
    date: datetime


@dataclass
class Line:
    """What is behind a phone number.

    Attributes:
        inbox: The SMS that arrived, oldest first.
        heard: What was said to whoever picked up.
        reaction: What happens when the phone is called.
    """

    inbox: list[Message] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    reaction: CallStatus = CallStatus.ANSWERED


class World:
    """The account with all its transactions, and the phones around it."""

    def __init__(
        self, seed: Seed, clock: Clock, schedule: Schedule, postman: Postman, files: Files
    ) -> None:
        self.seed = seed
        self.clock = clock
        self.schedule = schedule
        self.postman = postman
        self.files = files
        self.account = Account(seed)
        self.messages: dict[str, Sms] = {}
        self.calls: dict[str, Call] = {}
        self.live_calls: list[Call] = []
        self.faxes: dict[str, Fax] = {}
        self.sessions: dict[str, Session] = {}
        self.numbers: dict[str, Subscription] = {}
        self.lines: dict[str, Line] = {}
        self.events: list[str] = []
        self._counts: Counter[str] = Counter()

    def now(self) -> datetime:
        """Return the present moment."""
        return self.clock.now()

    def reference(self, kind: str) -> str:
        """Return the next free reference of a kind, such as ``AA-S-`` or ``S``."""
        self._counts[kind] += 1
        return f'{kind}{self._counts[kind]}'

    def line(self, number: str) -> Line:
        """Return what is behind a number; every number has a phone."""
        return self.lines.setdefault(number, Line())

    def note(self, text: str) -> None:
        """Add a line to the record of what happened."""
        time = self.now().astimezone(wire.GMT8)
        self.events.append(f'{time:%H:%M:%S} {text}')

    def post(self, url: str | None, fields: Mapping[str, str], lane: str) -> None:
        """Send a notification, if the client asked for it."""
        if url is not None:
            self.postman.post(url, fields, lane)


def excerpt(text: str) -> str:
    """Shorten a text to what fits a line of the record."""
    line = text.replace('\n', ' ')
    return line if len(line) <= SHOWN_IN_EVENTS else f'{line[: SHOWN_IN_EVENTS - 1]}…'
