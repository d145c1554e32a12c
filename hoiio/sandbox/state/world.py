"""One state of the sandbox: everything that a reset throws away."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from ...constants import FaxType, UserStatus
from .. import formats
from ..clock import Clock, Schedule
from ..presets.magic_numbers import script_of
from ..presets.scripts import Script
from ..presets.seed import Seed
from ..webhooks.outbox import Outbox
from .files import Files
from .journal import Journal
from .records import Account, Call, Fax, Message, PhoneState, Session, Sms, Subscription
from .timeline import Timeline

__all__ = ['World']


class World:
    """The account with all its transactions, and the phones around it.

    Attributes:
        owners: Which application a reference, a session or a number belongs to.
        sms_history: The SMS of each application.
        call_history: The calls of each application.
        fax_history: The faxes of each application, those of one type and all of them.
        sessions_by_call: The sessions, by the reference of the call that each one steers.
        changed: Is notified, under the lock of the emulator, when something happens at a phone.
        script: How a phone takes its calls that was told nothing.
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
        self.journal = journal
        self.counts: Counter[str] = Counter()
        self._tokens = {app.app_id: app.access_token for app in seed.applications}

    @property
    def events(self) -> list[str]:
        """What happened, a line each."""
        return self.journal.lines()

    def now(self) -> datetime:
        """Return the present moment."""
        return self.clock.now()

    def reference(self, kind: str, owner: str) -> str:
        """Return the next free reference of a kind, such as ``AA-S-`` or ``S``.

        Args:
            kind: How it begins.
            owner: The application that it belongs to.
        """
        self.counts[kind] += 1
        ref = f'{kind}{self.counts[kind]}'
        self.owners[ref] = owner
        return ref

    @property
    def on_trial(self) -> bool:
        """Whether the account was never topped up."""
        return self.seed.user_status == UserStatus.TRIAL

    def admits(self, sender: str) -> bool:
        """Return True if somebody may call, text or fax the account; a trial has one friend."""
        return not self.on_trial or sender == self.seed.registered

    def is_owner(self, app_id: str, key: str) -> bool:
        """Return True if a reference, a session or a number belongs to an application."""
        return self.owners.get(key) == app_id

    def numbers_of(self, app_id: str) -> dict[str, Subscription]:
        """Return the numbers that are assigned to an application."""
        numbers = self.numbers.items()
        return {number: held for number, held in numbers if self.is_owner(app_id, number)}

    def keep_sms(self, sms: Sms) -> None:
        """Keep an SMS by its reference, and in the history of its application."""
        self.messages[sms.txn_ref] = sms
        self.sms_history[self.owners[sms.txn_ref]].add(sms)

    def keep_call(self, call: Call) -> None:
        """Keep a call by its reference, and in the history of its application."""
        self.calls[call.txn_ref] = call
        self.call_history[self.owners[call.txn_ref]].add(call)

    def keep_fax(self, fax: Fax) -> None:
        """Keep a fax by its reference, and in the histories of its application."""
        self.faxes[fax.txn_ref] = fax
        for kind in {fax.kind, FaxType.ALL}:
            self.fax_history[self.owners[fax.txn_ref], kind].add(fax)

    def keep_session(self, session: Session) -> None:
        """Keep a session by its reference, and by that of the call that it steers."""
        self.sessions[session.ref] = session
        self.sessions_by_call[session.call.txn_ref] = session

    def phone(self, number: str) -> PhoneState:
        """Return what is behind a number; every number has a phone."""
        if number not in self.phones:
            self.phones[number] = PhoneState(script_of(number) or self.script)
        return self.phones[number]

    def put_in_inbox(self, message: Message, dest: str) -> None:
        """Put an SMS into the inbox of a phone."""
        phone = self.phone(dest)
        phone.inbox.append(message)
        phone.unread.append(message)
        self.changed.notify_all()

    def note(self, text: str) -> None:
        """Add a line to the record of what happened."""
        self.journal.add(self.now(), text)

    def notify(self, url: str | None, fields: Mapping[str, str], key: str) -> None:
        """Queue a notification about a transaction, if the client asked for it."""
        if url is not None:
            token = self._tokens[self.owners[key]]
            target = formats.extended(url, fields) if self.seed.repeat_in_query else url
            self.outbox.queue(target, fields, key, token)
