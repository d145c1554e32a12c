"""What the sandbox posts to the client's URLs: the order of delivery, and a log of it."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

from ..clock import Clock
from ..formats import shortened
from ..presets.seed import LOG_LIMIT
from .delivery import SIGNATURE_HEADER, Delivery, Letter, body_of, sign
from .disturbances import Switches
from .sender import PORTS, Courier, Receipt

__all__ = ['Postman']

logger = logging.getLogger('hoiio.sandbox')

# Small web servers let about this many clients wait, and turn away the rest.
AT_A_TIME = 6
MOST_WORKERS = 60
# How much of a URL a line of the record shows.
SHOWN_OF_URL = 200
PATIENCE_AT_STOP = 0.05


Address: TypeAlias = tuple[str, int]


class Receiver:
    """One host and port with the letters for it whose turn has come."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.letters: deque[Letter] = deque()
        self.workers = 0


def address_of(url: str) -> Address:
    """Return whom a URL leads to, whatever user name it holds."""
    parts = urlsplit(url)
    return parts.hostname or '', parts.port or PORTS.get(parts.scheme, 0)


class Postman:
    """Delivers each letter once: those of a lane in order, different lanes side by side.

    Threads come and go with the work: up to six for each host and port, so that a receiver which
    takes its time keeps nobody waiting but itself, and 60 in all.

    Args:
        access_token: Signs what comes with no token of its own.
        clock: What delays go by.
        note: Takes a line for the record of what happened.
        log_limit: How many deliveries the log keeps; the oldest go first.

    Attributes:
        dropped: How many deliveries the log has dropped since the last reset.
        switches: What happens to the next letters.
    """

    def __init__(
        self,
        access_token: str,
        clock: Clock | None = None,
        note: Callable[[str], None] = lambda _text: None,
        log_limit: int = LOG_LIMIT,
    ) -> None:
        self.access_token = access_token
        self._clock = clock or Clock()
        self._note = note
        self._log_limit = log_limit
        self._changed = threading.Condition(threading.RLock())
        self.switches = Switches(self._changed, self._copy, self._enqueue)
        self._courier = Courier()
        self._running = False
        self._threads: set[threading.Thread] = set()
        self._receivers: dict[Address, Receiver] = {}
        self._queued: list[Letter] = []
        self._clear()

    @property
    def letters(self) -> list[Letter]:
        """What waits, those under way included, in the order in which it came about."""
        with self._changed:
            return list(self._waiting.values())

    @property
    def deliveries(self) -> list[Delivery]:
        """The log of the newest attempts, in the order in which the notifications came about."""
        with self._changed:
            return [self._log[number] for number in sorted(self._log)]

    def record(self) -> tuple[list[Delivery], list[Letter]]:
        """Return `deliveries` and `letters` of one moment: each notification is in one of them."""
        with self._changed:
            return self.deliveries, self.letters

    def reach_public_hosts(self) -> None:
        """Deliver to servers that are not local as well."""
        self._courier.public_hosts = True

    def start(self) -> None:
        """Begin to deliver."""
        with self._changed:
            self._running = True
            for lane in self._lanes:
                self._consider(lane)

    def stop(self) -> None:
        """End at once; what is under way is cut off."""
        with self._changed:
            self._running = False
            self._clear()
            threads = list(self._threads)
        deadline = time.monotonic() + PATIENCE_AT_STOP
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))

    def leave(self) -> None:
        """Close what a forked child has copies of."""
        self._courier.leave()

    def forget(self) -> None:
        """Drop all letters, the switches and the log."""
        with self._changed:
            self.switches.forget()
            self._clear()

    def post(
        self, url: str, fields: Mapping[str, str], lane: str, access_token: str | None = None
    ) -> None:
        """Queue a notification; it has its place in the order, but waits for `release`."""
        body = body_of(url, fields)
        signature = sign(body, access_token or self.access_token)
        letter = Letter(url, dict(fields), lane, body=body, signature=signature, released=False)
        with self._changed:
            self.switches.route(self._accept(letter))

    def take(self) -> list[Letter]:
        """Return what was queued since the last call, for `release`.

        Whoever changes the state calls this before giving up the lock of the core, so the
        notifications are those of that one change.
        """
        with self._changed:
            taken, self._queued = self._queued, []
            return taken

    def release(self, letters: Iterable[Letter]) -> None:
        """Let notifications leave, each when it is the first of its transaction."""
        with self._changed:
            for letter in letters:
                letter.released = True
                self._consider(letter.lane)

    def resend(self, number: int) -> int:
        """Deliver a notification once more, byte for byte, and return the id of the copy.

        Raises:
            LookupError: If there was no such delivery.
        """
        with self._changed:
            if (delivery := self._log.get(number)) is None:
                or_dropped = ', or it is no longer kept' if self.dropped else ''
                raise LookupError(f'there is no delivery {number}{or_dropped}')
            letter = self._accept(_rewritten(delivery))
            self._enqueue(letter)
            return letter.id

    def restore(self, deliveries: Iterable[Delivery], letters: Iterable[Letter]) -> None:
        """Go on from a log and from what was not delivered then."""
        with self._changed:
            self.forget()
            for delivery in deliveries:
                self._enter(delivery)
            waiting = list(letters)
            self._last = max([0, *self._log, *(letter.id for letter in waiting)])
            for letter in waiting:
                self._waiting[letter.id] = letter
                self._enqueue(letter)

    def drain(self, timeout: float) -> None:
        """Wait until nothing is left to deliver, except what a switch keeps back.

        Raises:
            TimeoutError: If that takes longer; the message says what is left.
        """
        with self._changed:
            self._employ_where_nobody_works()
            if not self._changed.wait_for(lambda: not any(self._due()), timeout):
                left = list(self._due())
                waiting = ', '.join(letter.url for letter in left[:3])
                raise TimeoutError(
                    f'{len(left)} notifications not delivered within {timeout} s, first: {waiting}'
                )

    def _due(self) -> Iterator[Letter]:
        for letters in self._lanes.values():
            if not letters[0].postponed:
                yield from letters

    def _clear(self) -> None:
        with self._changed:
            self._last = 0
            self._queued = []
            self._waiting: dict[int, Letter] = {}
            self._lanes: dict[str, deque[Letter]] = {}
            self._log: OrderedDict[int, Delivery] = OrderedDict()
            self.dropped = 0
            # Workers of before find nothing to do and end.
            for receiver in self._receivers.values():
                receiver.letters.clear()
            self._receivers = {}
            self._courier.cut()
            self._changed.notify_all()

    # From a letter to its lane, and from there to a worker

    def _accept(self, letter: Letter) -> Letter:
        self._last += 1
        letter.id = self._last
        self._waiting[letter.id] = letter
        if not letter.released:
            self._queued.append(letter)
        return letter

    def _copy(self, letter: Letter) -> Letter:
        copy = Letter(letter.url, letter.fields, letter.lane, body=letter.body)
        copy.signature, copy.released, copy.copy_of = letter.signature, letter.released, letter.id
        return self._accept(copy)

    def _enqueue(self, letter: Letter) -> None:
        self._lanes.setdefault(letter.lane, deque()).append(letter)
        if letter.delay:
            due = self._clock.now() + timedelta(seconds=letter.delay)
            self._clock.call_at(due, lambda: self._undelay(letter))
        self._consider(letter.lane)

    def _undelay(self, letter: Letter) -> None:
        with self._changed:
            letter.delay = 0
            self._consider(letter.lane)
            self._changed.notify_all()

    def _consider(self, lane: str) -> None:
        """Give the first letter of a lane to a worker, if nothing keeps it back."""
        if not self._running or lane not in self._lanes:
            return
        letter = self._lanes[lane][0]
        if letter.ready and not letter.under_way:
            letter.under_way = True
            self._hand_over(letter)

    def _hand_over(self, letter: Letter) -> None:
        address = address_of(letter.url)
        receiver = self._receivers.setdefault(address, Receiver(address))
        receiver.letters.append(letter)
        self._employ(receiver)

    def _employ(self, receiver: Receiver) -> None:
        if receiver.workers >= AT_A_TIME or len(self._threads) >= MOST_WORKERS:
            return
        thread = threading.Thread(
            target=self._work, args=(receiver,), name='hoiio-sandbox-post', daemon=True
        )
        try:
            thread.start()
        except RuntimeError as exc:
            # The machine has none left. The letters wait, and the next occasion tries again.
            logger.warning('a notification waits: %s', exc)
            return
        receiver.workers += 1
        self._threads.add(thread)

    def _employ_where_nobody_works(self) -> None:
        """Make up for workers that could not be had when the letters came."""
        for receiver in self._receivers.values():
            if len(self._threads) >= MOST_WORKERS:
                break
            if receiver.letters and not receiver.workers:
                self._employ(receiver)

    # The workers

    def _work(self, receiver: Receiver) -> None:
        while (taken := self._take(receiver)) is not None:
            letter, cuts = taken
            receipt = self._courier.carry(letter.url, letter.body, letter.headers, cuts)
            self._conclude(letter, receipt)

    def _take(self, receiver: Receiver) -> tuple[Letter, int] | None:
        with self._changed:
            if receiver.letters:
                # Whatever cuts the courier from here on has dropped this letter.
                return receiver.letters.popleft(), self._courier.cuts
            self._leave(receiver)
            return None

    def _leave(self, receiver: Receiver) -> None:
        receiver.workers -= 1
        self._threads.discard(threading.current_thread())
        if not receiver.workers and self._receivers.get(receiver.address) is receiver:
            del self._receivers[receiver.address]
        self._employ_where_nobody_works()

    def _conclude(self, letter: Letter, receipt: Receipt) -> None:
        with self._changed:
            # A reset meanwhile has dropped the letter, and then nobody wants its log.
            if self._waiting.get(letter.id) is letter:
                self._enter(_entry(letter, receipt))
                outcome = receipt.error or f'HTTP {receipt.status}'
                url = shortened(letter.url, SHOWN_OF_URL)
                self._note(f'notification {letter.id} {letter.lane} -> {url}: {outcome}')
                self._strike_off(letter)
            self._changed.notify_all()

    def _enter(self, delivery: Delivery) -> None:
        self._log[delivery.id] = delivery
        if len(self._log) > self._log_limit:
            self._log.popitem(last=False)
            self.dropped += 1

    def _strike_off(self, letter: Letter) -> None:
        letter.delivered = True
        del self._waiting[letter.id]
        letters = self._lanes[letter.lane]
        letters.popleft()
        if not letters:
            del self._lanes[letter.lane]
        for lane in (letter.lane, *(follower.lane for follower in letter.followers)):
            self._consider(lane)


def _entry(letter: Letter, receipt: Receipt) -> Delivery:
    return Delivery(
        id=letter.id,
        lane=letter.lane,
        url=letter.url,
        body=letter.body,
        headers=letter.headers,
        status=receipt.status,
        answer=receipt.answer,
        error=receipt.error,
        milliseconds=receipt.milliseconds,
        copy_of=letter.copy_of,
    )


def _rewritten(delivery: Delivery) -> Letter:
    return Letter(
        delivery.url,
        dict(parse_qsl(delivery.body, keep_blank_values=True)),
        delivery.lane,
        body=delivery.body,
        signature=delivery.headers[SIGNATURE_HEADER],
        copy_of=delivery.copy_of or delivery.id,
    )
