"""The state of a sandbox that a reset replaces."""

from __future__ import annotations

import threading
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from ...constants import FaxType, UserStatus
from .. import formats
from ..clock import Clock, Schedule
from ..presets import rates
from ..presets.magic_numbers import script_of
from ..presets.scripts import Script
from ..presets.seed import Seed
from ..webhooks.outbox import Outbox
from .files import Files
from .journal import EventKind, Journal
from .records import (
    Account,
    Activity,
    ActivityKind,
    Call,
    Fax,
    Message,
    PhoneState,
    RateChange,
    Session,
    Sms,
    Subscription,
)
from .timeline import Timeline

__all__ = ['World']


class World:
    """The account with all its transactions, and the phones.

    Attributes:
        owners: The application that owns each reference, session and number.
        sms_history: The SMS of each application.
        call_history: The calls of each application.
        fax_history: The faxes of each application by type. ``FaxType.ALL`` has all of them.
        sessions_by_call: The sessions, by the reference of the call that each one controls.
        rate_changes: The changes of prices, in the order of their times.
        changed: The condition that is notified, under the lock of the emulator, when the state of
            a phone changes.
        script: The default script of a phone.
        uses: How often a phone was used. The phone with the largest ``used`` was used last.
    """

    def __init__(
        self,
        seed: Seed,
        clock: Clock,
        schedule: Schedule,
        outbox: Outbox,
        files: Files,
        changed: threading.Condition,
        script: Script,
        journal: Journal,
    ) -> None:
        self.seed = seed
        self.clock = clock
        self.schedule = schedule
        self.outbox = outbox
        self.files = files
        self.changed = changed
        self.script = script
        self.account = Account(seed)
        self.rate_changes: list[RateChange] = []
        self.owners: dict[str, str] = {}
        self.messages: dict[str, Sms] = {}
        self.sms_history: defaultdict[str, Timeline[Sms]] = defaultdict(Timeline)
        self.calls: dict[str, Call] = {}
        self.call_history: defaultdict[str, Timeline[Call]] = defaultdict(Timeline)
        self.live_calls: list[Call] = []
        self.faxes: dict[str, Fax] = {}
        self.fax_history: defaultdict[tuple[str, FaxType], Timeline[Fax]] = defaultdict(Timeline)
        self.live_faxes: list[Fax] = []
        self.sessions: dict[str, Session] = {}
        self.sessions_by_call: dict[str, Session] = {}
        self.numbers: dict[str, Subscription] = {}
        self.phones: dict[str, PhoneState] = {}
        self.uses = 0
        self.journal = journal
        self.counts: Counter[str] = Counter()
        self._tokens = {app.app_id: app.access_token for app in seed.applications}

    @property
    def app_ids(self) -> Collection[str]:
        """The applications of the account."""
        return self._tokens.keys()

    @property
    def events(self) -> list[str]:
        """The events of the journal, one line each."""
        return self.journal.lines()

    def now(self) -> datetime:
        """Return the current time of the sandbox clock."""
        return self.clock.now()

    def reference(self, kind: str, owner: str) -> str:
        """Return the next free reference of a kind, such as ``AA-S-`` or ``S``.

        Args:
            kind: The prefix of the reference.
            owner: The application that owns the reference.
        """
        self.counts[kind] += 1
        ref = f'{kind}{self.counts[kind]}'
        self.owners[ref] = owner
        return ref

    def current_rates(self, service: str) -> Mapping[str, Decimal]:
        """Return the prices of a service now, by prefix."""
        now = self.now()
        changes = [one for one in self.rate_changes if one.service == service and one.at <= now]
        return {**rates.TABLES[service], **{change.prefix: change.rate for change in changes}}

    def change_rate(self, change: RateChange) -> None:
        """Change a price at the time that the change says."""
        insort(self.rate_changes, change, key=attrgetter('at'))
        self.note(
            f'the {change.service} rate to {change.prefix} is {formats.money(change.rate)} '
            f'from {formats.moment(change.at)}',
            EventKind.RATE,
        )

    @property
    def on_trial(self) -> bool:
        """Whether the account is a trial account, which was never topped up."""
        return self.seed.user_status == UserStatus.TRIAL

    def admits(self, sender: str) -> bool:
        """Return True if a number may call, text or fax the account.

        A trial account accepts only the registered number.
        """
        return not self.on_trial or sender == self.seed.registered

    def is_owner(self, app_id: str, key: str) -> bool:
        """Return True if an application owns a reference, a session or a number."""
        return self.owners.get(key) == app_id

    def numbers_of(self, app_id: str) -> dict[str, Subscription]:
        """Return the numbers that are assigned to an application."""
        numbers = self.numbers.items()
        return {number: rented for number, rented in numbers if self.is_owner(app_id, number)}

    def keep_sms(self, sms: Sms) -> None:
        """Store an SMS by its reference, and in the history of its application."""
        self.messages[sms.txn_ref] = sms
        self.sms_history[self.owners[sms.txn_ref]].add(sms)

    def keep_call(self, call: Call) -> None:
        """Store a call by its reference, and in the history of its application."""
        self.calls[call.txn_ref] = call
        self.call_history[self.owners[call.txn_ref]].add(call)

    def keep_fax(self, fax: Fax) -> None:
        """Store a fax by its reference, and in the histories of its application."""
        self.faxes[fax.txn_ref] = fax
        for kind in {fax.kind, FaxType.ALL}:
            self.fax_history[self.owners[fax.txn_ref], kind].add(fax)

    def keep_session(self, session: Session) -> None:
        """Store a session by its own reference, and by the reference of its call."""
        self.sessions[session.ref] = session
        self.sessions_by_call[session.call.txn_ref] = session

    def phone(self, number: str) -> PhoneState:
        """Return the phone at a number. Every number has a phone."""
        if number not in self.phones:
            self.phones[number] = PhoneState(script_of(number) or self.script)
        return self.phones[number]

    def use_phone(self, number: str, activity: Activity) -> PhoneState:
        """Return the phone at a number, which is now the one that was used last."""
        phone = self.phone(number)
        self.uses += 1
        phone.last, phone.used = activity, self.uses
        self.phone_changed(number)
        return phone

    def phone_changed(self, number: str) -> None:
        """Wake everybody who waits for a change of the state of a phone."""
        self.changed.notify_all()
        self.journal.add_change(number)

    def put_in_inbox(self, message: Message, dest: str) -> None:
        """Add an SMS to the inbox of a phone."""
        received = Activity(message.date, ActivityKind.SMS, True, message.sender, message.text)
        phone = self.use_phone(dest, received)
        phone.inbox.append(message)
        phone.unread.append(message)

    def note(self, text: str, kind: EventKind, **about: Any) -> None:
        """Add an event to the journal.

        Args:
            text: A description of what happened.
            kind: What the event is about.
            **about: The other fields of a `Note`.
        """
        self.journal.add(self.now(), text, kind=kind, **about)

    def notify(self, url: str | None, fields: Mapping[str, str], key: str) -> None:
        """Queue a notification about a transaction. Without a callback URL it is skipped."""
        if url is None:
            self.outbox.skip(fields, key)
        else:
            token = self._tokens[self.owners[key]]
            target = formats.with_query(url, fields) if self.seed.repeat_in_query else url
            self.outbox.queue(target, fields, key, token)
