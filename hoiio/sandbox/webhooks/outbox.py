"""The queue of notifications, and the log of their deliveries."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeAlias
from urllib.parse import urlsplit

from ..clock import Clock
from ..event_loops import event_loop_advice
from ..formats import shortened
from ..presets.seed import LOG_LIMIT
from .delivery import (
    SIGNATURE_HEADER,
    Delivery,
    Notification,
    Skipped,
    WaitingReason,
    body_of,
    sign,
)
from .disturbances import Disturbances
from .in_process import Post, attempt
from .sender import PORTS, Attempt, Sender

__all__ = ['DELIVERED', 'Failure', 'Outbox']

logger = logging.getLogger('hoiio.sandbox')

# A small web server queues about this many connections and refuses more.
MAX_WORKERS_PER_RECEIVER = 6
MAX_WORKERS = 60
# The maximum number of characters of a URL in an event.
MAX_LOGGED_URL = 200
STOP_SECONDS = 0.05
# How many notifications without a callback URL the outbox remembers.
SKIPPED_LIMIT = 1000
# The HTTP statuses that acknowledge a notification.
DELIVERED = range(200, 300)


Address: TypeAlias = tuple[str, int]


class Note(Protocol):
    """A function that adds an event to the journal."""

    def __call__(self, text: str, **about: Any) -> None:
        """Add an event with the other fields of a note of the journal."""


def _do_not_note(text: str, **about: Any) -> None:
    return


class Receiver:
    """One host and port, with the notifications that can be delivered to it now."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.notifications: deque[Notification] = deque()
        self.workers = 0


class Failure(NamedTuple):
    """A notification that was not answered with 2xx.

    Attributes:
        delivery: The attempt.
        cause: The exception that a receiver in this process raised, or None.
    """

    delivery: Delivery
    cause: Exception | None


def address_of(url: str) -> Address:
    """Return the host and port of a URL, without the user name."""
    parts = urlsplit(url)
    return parts.hostname or '', parts.port or PORTS.get(parts.scheme, 0)


class Outbox:
    """Delivers each notification once. Notifications with the same ordering key stay in order.

    The outbox starts worker threads on demand: up to six for each host and port, and 60 in total. A
    slow receiver therefore does not delay the others.

    Args:
        clock: The clock for delays.
        note: A function that adds an event to the journal.
        log_limit: How many deliveries the log keeps; it drops the oldest first.

    Attributes:
        clock: The clock of the delays.
        dropped: How many deliveries the log dropped since the last reset.
        disturbances: The disturbances that apply to the next notifications.
        one_at_a_time: Whether each notification waits for the answer to the one before, whatever
            their receivers and ordering keys are.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        note: Note = _do_not_note,
        log_limit: int = LOG_LIMIT,
    ) -> None:
        self.clock = clock or Clock()
        self._note = note
        self._log_limit = log_limit
        self._changed = threading.Condition(threading.RLock())
        self.disturbances = Disturbances(self._changed, self._copy, self._enqueue)
        self.one_at_a_time = False
        self._sender = Sender()
        self._post: Post | None = None
        self._running = False
        self._threads: set[threading.Thread] = set()
        self._receivers: dict[Address, Receiver] = {}
        self._unclaimed: list[Notification] = []
        self._clear()

    @property
    def waiting(self) -> list[Notification]:
        """The undelivered notifications, oldest first. Deliveries under way are included."""
        with self._changed:
            return list(self._waiting.values())

    @property
    def deliveries(self) -> list[Delivery]:
        """The log of the newest attempts, in order of their ids."""
        with self._changed:
            return [self._log[number] for number in sorted(self._log)]

    @property
    def skipped(self) -> list[Skipped]:
        """The newest notifications without a callback URL, oldest first."""
        with self._changed:
            return list(self._skipped)

    @property
    def last(self) -> int:
        """The id of the newest notification."""
        return self._last

    def waiting_reasons(self) -> list[tuple[Notification, WaitingReason]]:
        """Return what `waiting` has, each with the reason why it is not delivered yet."""
        with self._changed:
            return [(each, self._reason(each)) for each in self._waiting.values()]

    def _reason(self, notification: Notification) -> WaitingReason:
        if notification.under_way:
            return WaitingReason.SENDING
        if notification.reordered or self.disturbances.holds(notification):
            return WaitingReason.REORDERED
        if not notification.released:
            return WaitingReason.REQUEST
        if notification.delay:
            return WaitingReason.DELAYED
        is_first = self._queues[notification.key][0] is notification
        return WaitingReason.QUEUED if is_first else WaitingReason.EARLIER

    def record(self) -> tuple[list[Delivery], list[Notification]]:
        """Return `deliveries` and `waiting` of one moment, so that no notification is missing."""
        with self._changed:
            return self.deliveries, self.waiting

    @property
    def undrained(self) -> int:
        """How many notifications wait for `drain` inside of `delivered_by`."""
        with self._changed:
            return len(self._waiting) if self._post is not None else 0

    def reach_public_hosts(self) -> None:
        """Allow deliveries to servers that are not local."""
        self._sender.public_hosts = True

    def start(self) -> None:
        """Start deliveries."""
        with self._changed:
            self._running = True
            for key in self._queues:
                self._start_first(key)

    def stop(self) -> None:
        """Stop at once, and abort deliveries that are under way."""
        with self._changed:
            self._running = False
            self._clear()
            threads = list(self._threads)
        deadline = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))

    def leave(self) -> None:
        """Close the sockets that a forked child process has inherited."""
        self._sender.leave()

    def forget(self) -> None:
        """Drop all notifications, the disturbances and the log."""
        with self._changed:
            self.disturbances.forget()
            self._clear()

    def settle(self, timeout: float) -> None:
        """Drop all notifications, but wait for the answers to those that are under way."""
        with self._changed:
            self._running = False
            for receiver in self._receivers.values():
                receiver.notifications.clear()
            self._changed.wait_for(lambda: not self._threads, timeout)
            self._running = True
            self._drop_waiting()

    @contextmanager
    def delivered_by(self, post: Post) -> Iterator[None]:
        """Deliver by a function, in the thread that calls `drain` or `expect`."""
        before, self._post = self._post, post
        try:
            yield
        finally:
            with self._changed:
                if self._waiting:
                    self._note(
                        f'{len(self._waiting)} notifications dropped: drain() was not called',
                        failed=True,
                    )
                self._drop_waiting()
                self._post = before

    # Queueing

    def queue(self, url: str, fields: Mapping[str, str], key: str, access_token: str) -> None:
        """Queue a notification. It is delivered after `release`.

        Args:
            url: The callback URL.
            fields: The fields of the form.
            key: The ordering key: the reference of the transaction.
            access_token: The key of the signature.
        """
        body = body_of(url, fields)
        signature = sign(body, access_token)
        with self._changed:
            self.disturbances.route(
                self._register(Notification(url, dict(fields), key, body, signature))
            )

    def skip(self, fields: Mapping[str, str], key: str) -> None:
        """Remember a notification that has no callback URL."""
        with self._changed:
            self._last_skipped += 1
            self._skipped.append(Skipped(self._last_skipped, self.clock.now(), key, fields))

    def claim(self) -> list[Notification]:
        """Return the notifications that were queued since the last call, for `release`.

        Code that changes the state calls this before it releases the lock of the emulator. The
        notifications are therefore those of one change.
        """
        with self._changed:
            claimed, self._unclaimed = self._unclaimed, []
            return claimed

    def release(self, notifications: Iterable[Notification]) -> None:
        """Allow the delivery of notifications. Each one waits for earlier ones with its key."""
        with self._changed:
            for notification in notifications:
                notification.released = True
                self._start_first(notification.key)

    def resend(self, number: int) -> int:
        """Deliver an unchanged copy of a notification again, and return the id of the copy.

        Raises:
            LookupError: If the log does not contain the delivery.
        """
        with self._changed:
            if (delivery := self._log.get(number)) is None:
                or_dropped = ', or the log has dropped it (see log_limit)' if self.dropped else ''
                raise LookupError(f'delivery {number} does not exist{or_dropped}')
            copy = self._register(_rewritten(delivery))
            self._enqueue(copy)
            return copy.id

    def restore(self, deliveries: Iterable[Delivery], waiting: Iterable[Notification]) -> None:
        """Replace the log and the undelivered notifications with those of a snapshot."""
        with self._changed:
            self.forget()
            for delivery in deliveries:
                self._keep(delivery)
            self._waiting.update({notification.id: notification for notification in waiting})
            self._last = max([0, *self._log, *self._waiting])
            for notification in self._waiting.values():
                self._enqueue(notification)

    def drain(self, timeout: float) -> list[Failure]:
        """Wait until all notifications are delivered, except those that a disturbance holds back.

        Returns:
            What was not answered with 2xx since the last call, apart from what `expect` returned.

        Raises:
            TimeoutError: If deliveries are left after ``timeout`` seconds. The message lists them.
        """
        if not self._deliver_until(lambda: not any(self._due()), timeout):
            with self._changed:
                left = list(self._due())
            first = ', '.join(notification.url for notification in left[:3])
            raise TimeoutError(
                f'{len(left)} notifications not delivered within {timeout} s, first: {first}'
                f'{event_loop_advice()}'
            )
        with self._changed:
            failures = list(self._failures.values())
            self._failures.clear()
            return failures

    def expect(self, fits: Callable[[Delivery], bool], timeout: float) -> Delivery | None:
        """Return the oldest delivery that fits and was not returned before; wait for it."""
        found: list[Delivery] = []

        def take() -> bool:
            if not found:
                found.extend(filter(fits, self._unexpected()))
                del found[1:]
            return bool(found)

        if not self._deliver_until(take, timeout):
            return None
        with self._changed:
            self._expected.add(found[0].id)
            self._failures.pop(found[0].id, None)
        return found[0]

    def _unexpected(self) -> list[Delivery]:
        return [delivery for delivery in self.deliveries if delivery.id not in self._expected]

    def _deliver_until(self, done: Callable[[], bool], timeout: float) -> bool:
        """Wait for a condition. Inside of `delivered_by`, deliver in this thread meanwhile."""
        end = time.monotonic() + timeout
        while True:
            with self._changed:
                self._start_missing_workers()
                self._changed.wait_for(
                    lambda: done() or self._first_for_post() is not None,
                    max(0, end - time.monotonic()),
                )
                if done():
                    return True
                notification, post = self._first_for_post(), self._post
                if notification is None or post is None:
                    return False
                notification.under_way = True
            # Outside of the lock: the application can call the service meanwhile.
            url, body, headers = notification.url, notification.body, notification.headers
            self._finish(notification, attempt(post, url, body, headers))

    def _first_for_post(self) -> Notification | None:
        """Return the oldest notification that is due, inside of `delivered_by`.

        If its request is not answered yet, it is not ready, and newer ones wait for it.
        """
        if self._post is None:
            return None
        firsts = [queue[0] for queue in self._queues.values()]
        due = [each for each in firsts if not (each.delay or each.reordered or each.under_way)]
        oldest = min(due, key=lambda notification: notification.id, default=None)
        return oldest if oldest is not None and oldest.ready else None

    def _due(self) -> Iterator[Notification]:
        for queue in self._queues.values():
            if not queue[0].postponed:
                yield from queue

    def _clear(self) -> None:
        with self._changed:
            self._last = 0
            self._log: OrderedDict[int, Delivery] = OrderedDict()
            self._failures: dict[int, Failure] = {}
            self._expected: set[int] = set()
            self._skipped: deque[Skipped] = deque(maxlen=min(SKIPPED_LIMIT, self._log_limit))
            self._last_skipped = 0
            self.dropped = 0
            self._drop_waiting()

    def _drop_waiting(self) -> None:
        with self._changed:
            self._unclaimed = []
            self._waiting: dict[int, Notification] = {}
            self._queues: dict[str, deque[Notification]] = {}
            # Workers that still run find an empty queue and end.
            for receiver in self._receivers.values():
                receiver.notifications.clear()
            self._receivers = {}
            self._sender.cut()
            self._changed.notify_all()

    # From a notification to its queue, and from there to a worker

    def _register(self, notification: Notification) -> Notification:
        self._last += 1
        notification.id, notification.date = self._last, self.clock.now()
        self._waiting[notification.id] = notification
        if not notification.released:
            self._unclaimed.append(notification)
        return notification

    def _copy(self, original: Notification) -> Notification:
        copy = Notification(
            original.url, original.fields, original.key, original.body, original.signature
        )
        copy.released, copy.copy_of = original.released, original.id
        return self._register(copy)

    def _enqueue(self, notification: Notification) -> None:
        self._queues.setdefault(notification.key, deque()).append(notification)
        if notification.delay:
            due = self.clock.now() + timedelta(seconds=notification.delay)
            notification.until = due
            self.clock.call_at(due, lambda: self._end_delay(notification))
        self._start_first(notification.key)

    def _end_delay(self, notification: Notification) -> None:
        with self._changed:
            notification.delay, notification.until = 0, None
            self._start_first(notification.key)
            self._changed.notify_all()

    def _start_first(self, key: str) -> None:
        """Pass the first notification of a queue to a worker, if it can be delivered now."""
        if not self._running or key not in self._queues:
            return
        if self._post is not None:
            self._changed.notify_all()
            return
        first = self._queues[key][0]
        if first.ready and not first.under_way:
            first.under_way = True
            self._hand_over(first)

    def _hand_over(self, notification: Notification) -> None:
        address = address_of(notification.url)
        receiver = self._receivers.setdefault(address, Receiver(address))
        receiver.notifications.append(notification)
        self._start_worker(receiver)

    def _start_worker(self, receiver: Receiver) -> None:
        if receiver.workers >= MAX_WORKERS_PER_RECEIVER or len(self._threads) >= self._max_workers:
            return
        thread = threading.Thread(
            target=self._work, args=(receiver,), name='hoiio-sandbox-post', daemon=True
        )
        try:
            thread.start()
        except RuntimeError as exc:
            # The system cannot start another thread. The next change or `drain` tries again.
            logger.warning('a notification waits, because no thread could start: %s', exc)
            return
        receiver.workers += 1
        self._threads.add(thread)

    @property
    def _max_workers(self) -> int:
        return 1 if self.one_at_a_time else MAX_WORKERS

    def _start_missing_workers(self) -> None:
        """Start the workers that could not start when their notifications were queued."""
        for receiver in self._receivers.values():
            if len(self._threads) >= self._max_workers:
                break
            if receiver.notifications and not receiver.workers:
                self._start_worker(receiver)

    # The workers

    def _work(self, receiver: Receiver) -> None:
        while (taken := self._take(receiver)) is not None:
            notification, cuts = taken
            url, body, headers = notification.url, notification.body, notification.headers
            self._finish(notification, self._sender.send(url, body, headers, cuts))

    def _take(self, receiver: Receiver) -> tuple[Notification, int] | None:
        with self._changed:
            if receiver.notifications:
                # If `cut` is called after this line, the delivery of this notification is aborted.
                return receiver.notifications.popleft(), self._sender.cuts
            self._dismiss(receiver)
            return None

    def _dismiss(self, receiver: Receiver) -> None:
        receiver.workers -= 1
        self._threads.discard(threading.current_thread())
        if not receiver.workers and self._receivers.get(receiver.address) is receiver:
            del self._receivers[receiver.address]
        self._start_missing_workers()
        self._changed.notify_all()

    def _finish(self, notification: Notification, attempted: Attempt) -> None:
        with self._changed:
            # If the notification is missing here, a reset has dropped it.
            if self._waiting.get(notification.id) is notification:
                delivery = _entry(notification, attempted, self.clock.now())
                self._keep(delivery)
                if attempted.status not in DELIVERED:
                    self._failures[delivery.id] = Failure(delivery, attempted.cause)
                outcome = attempted.error or f'HTTP {attempted.status}'
                url = shortened(notification.url, MAX_LOGGED_URL)
                self._note(
                    f'notification {notification.id} {notification.key} -> {url}: {outcome}',
                    txn_ref=notification.key,
                    notification=notification.id,
                    failed=attempted.status not in DELIVERED,
                )
                self._remove(notification)
            self._changed.notify_all()

    def _keep(self, delivery: Delivery) -> None:
        self._log[delivery.id] = delivery
        if len(self._log) > self._log_limit:
            oldest, _delivery = self._log.popitem(last=False)
            self._failures.pop(oldest, None)
            self._expected.discard(oldest)
            self.dropped += 1

    def _remove(self, notification: Notification) -> None:
        notification.delivered = True
        del self._waiting[notification.id]
        queue = self._queues[notification.key]
        queue.popleft()
        if not queue:
            del self._queues[notification.key]
        for key in (notification.key, *(follower.key for follower in notification.followers)):
            self._start_first(key)


def _entry(notification: Notification, attempt: Attempt, now: datetime) -> Delivery:
    return Delivery(
        id=notification.id,
        lane=notification.key,
        url=notification.url,
        body=notification.body,
        headers=notification.headers,
        status=attempt.status,
        answer=attempt.answer,
        error=attempt.error,
        milliseconds=attempt.milliseconds,
        copy_of=notification.copy_of,
        date=now,
    )


def _rewritten(delivery: Delivery) -> Notification:
    return Notification(
        delivery.url,
        delivery.fields,
        delivery.lane,
        delivery.body,
        delivery.headers[SIGNATURE_HEADER],
        released=True,
        copy_of=delivery.copy_of or delivery.id,
    )
