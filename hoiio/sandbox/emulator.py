"""The service without its network: a request in, an answer out."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from ..constants import Status
from .api import numbers
from .api.operations import OPERATIONS, Operation
from .api.request import Request, Value
from .clock import Clock, Schedule
from .errors import Refused
from .faults import Fault, Faults
from .forks import leave
from .formats import Reply
from .presets.scripts import AUTO, Script
from .presets.seed import LOG_LIMIT, Seed
from .state.files import Files
from .state.journal import Journal
from .state.world import World
from .telephony import legs
from .webhooks.delivery import Notification
from .webhooks.outbox import Outbox

__all__ = ['Emulator', 'Outcome']

MINUTE = timedelta(minutes=1)


class Outcome(NamedTuple):
    """What became of a request.

    Attributes:
        reply: The answer of the service.
        notifications: What the request caused; it leaves once the answer is out.
        fault: What goes wrong on the way of the answer, or None.
    """

    reply: Reply
    notifications: list[Notification]
    fault: Fault | None


class Emulator:
    """The whole service in memory.

    One lock guards everything: `lock` is held while a request, a timer or a phone changes the
    state. Nothing waits for the network under it.

    Args:
        seed: What a fresh state looks like.
        clock: What time it is.
        origin: Where the files of the sandbox can be fetched, such as
            ``http://127.0.0.1:8420``.
        script: How phones take their calls that were told nothing.
        log_limit: How many events, and how many deliveries, are kept.
    """

    def __init__(
        self,
        seed: Seed | None = None,
        clock: Clock | None = None,
        origin: str = '',
        script: Script = AUTO,
        log_limit: int = LOG_LIMIT,
    ) -> None:
        self.seed = seed or Seed()
        self._own_clock = clock is None
        self.clock = clock or Clock()
        self.origin = origin
        self.script = script
        self.lock = threading.RLock()
        # Whoever waits for something to happen at a phone waits for this.
        self.changed = threading.Condition(self.lock)
        self.journal = Journal(log_limit)
        self.faults = Faults(self.lock)
        self.outbox = Outbox(self.clock, self._note, log_limit)
        self._schedule = Schedule(self.clock, self.changing)
        self._asked: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)
        self.world = self._fresh()

    @property
    def address(self) -> str:
        """Where it can be reached, in a child process too."""
        return self.origin

    @property
    def app_id(self) -> str:
        """The application that clients use."""
        return self.world.seed.app_id

    @property
    def access_token(self) -> str:
        """Its access token."""
        return self.world.seed.access_token

    def leave(self, pid: int) -> None:
        """Let go of everything, in a child process of the one that runs this."""
        self.outbox.leave()
        parts = [self.journal, self.outbox.disturbances, self.outbox]
        if self._own_clock:
            leave(self.clock, pid)
        else:
            self.clock.renew()
        for part in parts:
            leave(part, pid)
        known = {'address': self.address, 'app_id': self.app_id}
        leave(self, pid, **known, access_token=self.access_token)

    def reset(self) -> None:
        """Go back to the seed: no transactions, no timers, no notifications, no log."""
        with self.lock:
            for phone in self.world.phones.values():
                for leg in phone.legs:
                    legs.forget(leg)
            self._schedule.close()
            self._schedule = Schedule(self.clock, self.changing)
            self._asked.clear()
            self.faults.clear()
            self.outbox.forget()
            self.world = self._fresh()
            self.changed.notify_all()

    def adopt(self, seed: Seed, files: Files, now: datetime) -> World:
        """Begin an empty state of another account; the caller has the lock."""
        self.reset()
        self.clock.go_on_from(now)
        self.world = self._empty(seed, files)
        return self.world

    def asked(self) -> dict[str, dict[str, list[datetime]]]:
        """Return when limited operations were asked for, by application and operation."""
        asked: dict[str, dict[str, list[datetime]]] = {}
        for (app_id, path), moments in self._asked.items():
            asked.setdefault(app_id, {})[path] = list(moments)
        return asked

    def restore_asked(self, asked: Mapping[str, Mapping[str, list[datetime]]]) -> None:
        """Go on counting from there."""
        for app_id, paths in asked.items():
            for path, moments in paths.items():
                self._asked[app_id, path] = deque(moments)

    def start_over(self) -> None:
        """Reset the clock as well, unless it was brought along."""
        if self._own_clock:
            self.clock.reset()
        self.reset()

    @contextmanager
    def changing(self) -> Iterator[World]:
        """Hold the lock for one change of the state; its notifications leave at the end."""
        with self.lock:
            try:
                yield self.world
            finally:
                self.outbox.release(self.outbox.claim())

    def handle(self, path: str, values: Mapping[str, Value]) -> Reply:
        """Answer a request; its notifications may leave once this returns.

        Args:
            path: The operation, such as ``sms/send``.
            values: What the client sent; bytes are the content of a file.

        Raises:
            KeyError: If there is no such operation.
        """
        outcome = self.perform(path, values)
        self.outbox.release(outcome.notifications)
        return outcome.reply

    def perform(self, path: str, values: Mapping[str, Value]) -> Outcome:
        """Do the same, but leave it to the caller to release the notifications.

        If a fault applies, whoever talks to the client has to carry it out.
        """
        operation = OPERATIONS[path]
        with self.changing():
            fault = self.faults.take(path, values)
            reply = self._fail(path, fault) if fault else None
            reply = reply or self._answer(operation, values)
            return Outcome(reply, self.outbox.claim(), fault)

    def refuse(self, path: str, refusal: Refused) -> Reply:
        """Answer a request that is turned down."""
        because = f' ({refusal.hint})' if refusal.hint else ''
        self._note(f'{path} refused: {refusal.status}{because}')
        return {'status': refusal.status.value}

    def _fail(self, path: str, fault: Fault) -> Reply | None:
        """Answer in place of the operation; None if the fault lets it happen."""
        self._note(f'{path} meets fault {fault.id}: {fault.kind.value}')
        return None if fault.kind.takes_effect else self.refuse(path, Refused(fault.status))

    def _answer(self, operation: Operation, values: Mapping[str, Value]) -> Reply:
        try:
            known = operation.read(values)
            request = Request(self._authorize(known), known)
            self._limit(operation, request.app_id)
            fields = operation.handler(self.world, request)
        except Refused as refusal:
            return self.refuse(operation.path, refusal)
        if unknown := sorted(values.keys() - operation.known):
            self._note(f'{operation.path} ignored: {", ".join(unknown)}')
        return {'status': Status.SUCCESS_OK.value, **fields}

    def _authorize(self, values: Mapping[str, Value]) -> str:
        """Return the application that asks; a token opens its own one only."""
        applications = {app.access_token: app.app_id for app in self.world.seed.applications}
        app_id = applications.get(str(values['access_token']))
        if app_id is None:
            raise Refused(Status.INVALID_ACCESS_TOKEN)
        if values['app_id'] != app_id:
            raise Refused(Status.INVALID_APP_ID)
        return app_id

    def _limit(self, operation: Operation, app_id: str) -> None:
        """Count the requests of the last minute, by application and operation."""
        most = self.world.seed.queries_per_minute
        if most is None or not operation.limited:
            return
        asked, now = self._asked[app_id, operation.path], self.clock.now()
        while asked and asked[0] <= now - MINUTE:
            asked.popleft()
        if len(asked) >= most:
            raise Refused(Status.RATE_LIMIT_EXCEEDED)
        asked.append(now)

    def _fresh(self) -> World:
        world = self._empty(self.seed, Files(self.origin))
        numbers.assign_from_seed(world)
        world.journal.clear()
        return world

    def _empty(self, seed: Seed, files: Files) -> World:
        return World(
            seed,
            self.clock,
            self._schedule,
            self.outbox,
            files,
            self.changed,
            self.script,
            self.journal,
        )

    def _note(self, text: str) -> None:
        self.world.note(text)
