"""The service without HTTP: it takes a request and returns an answer."""

from __future__ import annotations

import os
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from ..constants import Status
from .api import numbers
from .api.operations import OPERATIONS, Operation
from .api.request import Request, Value
from .clock import Clock, Schedule
from .errors import Refused
from .event_loops import event_loop_advice
from .faults import Fault, Faults, Kind
from .forks import make_unusable
from .formats import Reply
from .presets.scripts import AUTO, Script
from .presets.seed import LOG_LIMIT, Seed
from .state.files import Files
from .state.journal import EventKind, Journal
from .state.records import RateChange
from .state.request_log import LoggedRequest, RequestLog
from .state.world import World
from .telephony import legs
from .webhooks.delivery import Notification
from .webhooks.outbox import Outbox

__all__ = ['BeforeReset', 'Emulator', 'Outcome']

MINUTE = timedelta(minutes=1)
# A year, in seconds.
LATEST_CHANGE = 365 * 24 * 3600


class Outcome(NamedTuple):
    """The result of a request.

    Attributes:
        reply: The answer of the service.
        notifications: The notifications that the request caused. They are delivered after the
            answer is sent.
        fault: The fault to apply to the answer, or None.
        events: The ids of the first and the last event that the request caused, or None.
    """

    reply: Reply
    notifications: list[Notification]
    fault: Fault | None
    events: tuple[int, int] | None


class BeforeReset(NamedTuple):
    """What a reset removed.

    Attributes:
        state: The state, as a snapshot.
        requests: The log of requests, which a snapshot does not have.
        first_event: The id of the oldest event, or 0.
    """

    state: dict[str, Any]
    requests: list[LoggedRequest]
    first_event: int


class Emulator:
    """The whole service in memory.

    One lock guards the whole state. Each request, timer or phone holds `lock` while it changes
    the state. Code that holds the lock never waits for the network.

    Args:
        seed: The account to start from.
        clock: The clock of the sandbox.
        origin: The base URL of the sandbox's files, such as ``http://127.0.0.1:8420``.
        script: How a phone reacts if it has no script of its own.
        log_limit: How many events, requests and deliveries to keep of each.
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
        # Notified on each change at a phone; the `expect_...` methods wait for it.
        self.changed = threading.Condition(self.lock)
        self.journal = Journal(log_limit)
        self.requests = RequestLog(log_limit, self.journal.wake)
        self.faults = Faults(self.lock)
        self.outbox = Outbox(self.clock, self._note_notification, log_limit)
        # A line for each request with unknown parameters since the last reset.
        self.ignored: deque[str] = deque(maxlen=log_limit)
        self._schedule = Schedule(self.clock, self.changing)
        # The requests of the last minute, by application and operation.
        self._request_times: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)
        # A name of this run, so that a page notices a restart.
        self.run = os.urandom(4).hex()
        # The state before the last reset, if the reset can be undone.
        self.before_reset: BeforeReset | None = None
        self.world = self._fresh()
        self.clock.watch(self.journal.wake)

    @property
    def address(self) -> str:
        """The base URL of the sandbox; a forked child process can read it too."""
        return self.origin

    @property
    def app_id(self) -> str:
        """The id of the first application of the seed."""
        return self.world.seed.app_id

    @property
    def access_token(self) -> str:
        """The access token of that application."""
        return self.world.seed.access_token

    def leave(self, pid: int) -> None:
        """Release everything, in a forked child of the process that runs the emulator."""
        self.outbox.leave()
        parts = [self.journal, self.requests, self.outbox.disturbances, self.outbox]
        if self._own_clock:
            make_unusable(self.clock, pid)
        else:
            self.clock.renew()
        for part in parts:
            make_unusable(part, pid)
        known = {'address': self.address, 'app_id': self.app_id}
        make_unusable(self, pid, **known, access_token=self.access_token)

    def reset(self) -> None:
        """Go back to the seed, and drop transactions, timers, notifications and logs."""
        with self.lock:
            for phone in self.world.phones.values():
                for leg in phone.legs:
                    legs.forget(leg)
            self._schedule.close()
            self._schedule = Schedule(self.clock, self.changing)
            self._request_times.clear()
            self.ignored.clear()
            self.requests.clear()
            self.faults.clear()
            self.outbox.forget()
            self.world = self._fresh()
            self.changed.notify_all()

    def start_empty(self, seed: Seed, files: Files, now: datetime) -> World:
        """Start an empty state with another account; the caller holds the lock."""
        self.reset()
        self.clock.go_on_from(now)
        self.world = self._empty(seed, files)
        return self.world

    def request_times(self) -> dict[str, dict[str, list[datetime]]]:
        """Return the times of rate-limited requests, by application and operation."""
        times: dict[str, dict[str, list[datetime]]] = {}
        for (app_id, path), moments in self._request_times.items():
            times.setdefault(app_id, {})[path] = list(moments)
        return times

    def restore_request_times(self, times: Mapping[str, Mapping[str, list[datetime]]]) -> None:
        """Restore what `request_times` returned."""
        for app_id, paths in times.items():
            for path, moments in paths.items():
                self._request_times[app_id, path] = deque(moments)

    def advice(self) -> str:
        """Return a remark for the error of an expectation, or an empty text."""
        if count := self.outbox.undrained:
            return f' ({count} notifications wait for drain())'
        return event_loop_advice()

    def use(self, seed: Seed, clock: Clock, script: Script, *, own_clock: bool) -> None:
        """Replace what a `reset` starts from; call `reset` after it."""
        with self.lock:
            self.seed, self.clock, self.script = seed, clock, script
            self._own_clock = own_clock
            self.outbox.clock = clock
            clock.watch(self.journal.wake)

    def start_over(self) -> None:
        """Reset the state, and also the clock unless the caller passed it in."""
        self.before_reset = None
        if self._own_clock:
            self.clock.reset()
        self.reset()

    @contextmanager
    def changing(self) -> Iterator[World]:
        """Hold the lock for one change of the state, then release its notifications."""
        with self.lock:
            try:
                yield self.world
            finally:
                self.outbox.release(self.outbox.claim())

    def handle(self, path: str, values: Mapping[str, Value]) -> Reply:
        """Answer a request and release its notifications for delivery.

        Args:
            path: The path of the operation, such as ``sms/send``.
            values: The parameters of the request; bytes are the content of a file.

        Raises:
            KeyError: If there is no such operation.
        """
        outcome = self.perform(path, values)
        self.outbox.release(outcome.notifications)
        return outcome.reply

    def perform(self, path: str, values: Mapping[str, Value]) -> Outcome:
        """Answer a request like `handle`, but let the caller release the notifications.

        If a fault applies, the caller must apply it to the answer.
        """
        operation = OPERATIONS[path]
        with self.changing():
            last = self.journal.last
            fault = self.faults.take(path, values)
            reply = self._fail(operation, values, fault) if fault else None
            reply = reply or self._answer(operation, values, fault)
            return Outcome(reply, self.outbox.claim(), fault, self._events_after(last))

    def change_rate(self, service: str, prefix: str, rate: Decimal, after: float = 0) -> None:
        """Change a price in a number of seconds.

        Raises:
            ValueError: If the change is not valid.
        """
        if not 0 <= after <= LATEST_CHANGE:
            raise ValueError(f'after must be from 0 to {LATEST_CHANGE} seconds, not {after:g}')
        with self.changing() as world:
            at = self.clock.now() + timedelta(seconds=after)
            world.change_rate(RateChange(service, prefix, rate, at))

    def reject(self, path: str, refusal: Refused) -> Outcome:
        """Refuse a request that could not be read."""
        with self.lock:
            last = self.journal.last
            return Outcome(self._refuse(path, refusal), [], None, self._events_after(last))

    def _events_after(self, last: int) -> tuple[int, int] | None:
        return (last + 1, self.journal.last) if self.journal.last > last else None

    def _refuse(self, path: str, refusal: Refused) -> Reply:
        """Return the answer to a refused request, and note why it was refused."""
        reason = f' ({refusal.hint})' if refusal.hint else ''
        self._note(f'{path} refused: {refusal.status}{reason}', path, failed=True)
        return {'status': refusal.status.value}

    def _fail(
        self, operation: Operation, values: Mapping[str, Value], fault: Fault
    ) -> Reply | None:
        """Return the answer of a fault, or None if the operation takes effect at once."""
        text = f'{operation.path} matches fault {fault.id}: {fault.kind.value}'
        self._note(text, operation.path, failed=True)
        if fault.kind.takes_effect:
            return None
        if fault.kind is Kind.DEFERRED:
            self._schedule.after(fault.rule.seconds, lambda: self._perform_late(operation, values))
        return self._refuse(operation.path, Refused(fault.status))

    def _perform_late(self, operation: Operation, values: Mapping[str, Value]) -> None:
        self._note(f'{operation.path} is performed late', operation.path)
        self._answer(operation, values)

    def _answer(
        self, operation: Operation, values: Mapping[str, Value], fault: Fault | None = None
    ) -> Reply:
        try:
            parameters = operation.read(values)
            request = Request(self._authorize(parameters), parameters)
            if fault is not None:
                self._restrict(request, fault)
            self._limit(operation, request.app_id)
            fields = operation.handler(self.world, request)
        except Refused as refusal:
            return self._refuse(operation.path, refusal)
        if unknown := sorted(values.keys() - operation.known):
            text = f'{operation.path} ignored: {", ".join(unknown)}'
            self.ignored.append(text)
            self._note(text, operation.path)
        return {'status': Status.SUCCESS_OK.value, **fields}

    def _restrict(self, request: Request, fault: Fault) -> None:
        """Limit what the operation does or shows, if the fault says so."""
        if fault.kind is Kind.PARTIAL:
            request.served = fault.rule.count
        if fault.kind is Kind.STALE:
            # A period does not include its end, and the oldest transaction to show does not lag.
            lag = timedelta(seconds=fault.rule.seconds) - datetime.resolution
            request.shown_before = self.clock.now() - lag

    def _authorize(self, values: Mapping[str, Value]) -> str:
        """Return the id of the application; each token is valid for one application only."""
        applications = {app.access_token: app.app_id for app in self.world.seed.applications}
        app_id = applications.get(str(values['access_token']))
        if app_id is None:
            raise Refused(Status.INVALID_ACCESS_TOKEN)
        if values['app_id'] != app_id:
            raise Refused(Status.INVALID_APP_ID)
        return app_id

    def _limit(self, operation: Operation, app_id: str) -> None:
        """Refuse the request if there were too many in the last minute; otherwise count it."""
        most = self.world.seed.queries_per_minute
        if most is None or not operation.limited:
            return
        recent, now = self._request_times[app_id, operation.path], self.clock.now()
        while recent and recent[0] <= now - MINUTE:
            recent.popleft()
        if len(recent) >= most:
            raise Refused(Status.RATE_LIMIT_EXCEEDED)
        recent.append(now)

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

    def _note(self, text: str, operation: str, *, failed: bool = False) -> None:
        self.world.note(text, EventKind.REQUEST, operation=operation, failed=failed)

    def _note_notification(self, text: str, **about: Any) -> None:
        self.world.note(text, EventKind.NOTIFICATION, **about)
