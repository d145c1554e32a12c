"""What the sandbox posts to the client's URLs: a queue, a worker, a log of deliveries."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ['Delivery', 'Hold', 'Letter', 'Postman', 'body_of', 'sign']

SIGNATURE_HEADER = 'X-Hoiio-Signature'
# An application under a debugger may take its time, but not for ever.
TIMEOUT = 30.0


@dataclass(frozen=True)
class Delivery:
    """One attempt to hand over a notification.

    Attributes:
        url: Where it went.
        body: The form that was posted.
        status: The HTTP status of the answer, or None if there was none.
        error: Why there was no answer, or None.
        milliseconds: How long it took.
    """

    url: str
    body: str
    status: int | None
    error: str | None
    milliseconds: float


class Hold:
    """Keeps the notifications of a request back until its answer is out."""

    def __init__(self) -> None:
        self.released = False


@dataclass(frozen=True, eq=False)
class Letter:
    """A notification that waits for delivery; those of one lane keep their order."""

    url: str
    fields: Mapping[str, str]
    lane: str
    hold: Hold | None = None

    @property
    def ready(self) -> bool:
        """Whether nothing keeps it back."""
        return self.hold is None or self.hold.released


def body_of(letter: Letter) -> str:
    """Write the form: what the URL's own query holds, then the notification's fields."""
    own = parse_qsl(urlsplit(letter.url).query, keep_blank_values=True)
    passed = [(name, value) for name, value in own if name not in letter.fields]
    return urlencode([*passed, *letter.fields.items()])


def sign(body: str, access_token: str) -> str:
    """Return what the signature header says about a body."""
    return hmac.new(access_token.encode(), body.encode(), hashlib.sha256).hexdigest()


@dataclass
class Postman:
    """Delivers letters one after another, each once, on a thread of its own.

    Attributes:
        access_token: Signs what is sent.
        deliveries: The log of all attempts.
        letters: What waits, the one under way included.
        hold: What the request being answered at the moment holds back; whoever sets it has
            the lock of the core.
    """

    access_token: str
    deliveries: list[Delivery] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    hold: Hold | None = None
    note: Callable[[str], None] = lambda _text: None

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._stopped = False
        self._connection: http.client.HTTPConnection | None = None
        self._thread = threading.Thread(target=self._run, name='hoiio-sandbox-post', daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """End at once; what is under way is cut off."""
        with self._changed:
            self._stopped = True
            self.letters.clear()
            self._cut()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=0.05)

    def forget(self) -> None:
        """Drop all letters and the log."""
        with self._changed:
            self.letters.clear()
            self.deliveries.clear()
            self._cut()
            self._changed.notify_all()

    def post(self, url: str, fields: Mapping[str, str], lane: str) -> None:
        """Queue a notification; it leaves after the answer that is being produced."""
        with self._changed:
            self.letters.append(Letter(url, dict(fields), lane, self.hold))
            self._changed.notify_all()

    def release(self, hold: Hold) -> None:
        """Let go what waited for an answer."""
        with self._changed:
            hold.released = True
            self._changed.notify_all()

    def drain(self, timeout: float) -> None:
        """Wait until nothing is left to deliver.

        Raises:
            TimeoutError: If that takes longer; the message says what is left.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self.letters, timeout):
                waiting = ', '.join(letter.url for letter in self.letters[:3])
                raise TimeoutError(
                    f'{len(self.letters)} notifications not delivered within {timeout} s, '
                    f'first: {waiting}'
                )

    def _run(self) -> None:
        while (letter := self._take()) is not None:
            delivery = self._attempt(letter)
            with self._changed:
                # A reset meanwhile has dropped the letter, and then nobody wants its log.
                if letter in self.letters:
                    self.letters.remove(letter)
                    self.deliveries.append(delivery)
                    self._report(letter, delivery)
                self._changed.notify_all()

    def _take(self) -> Letter | None:
        with self._changed:
            while not self._stopped:
                if (letter := self._next()) is not None:
                    return letter
                self._changed.wait()
        return None

    def _next(self) -> Letter | None:
        blocked: set[str] = set()
        for letter in self.letters:
            if letter.lane not in blocked and letter.ready:
                return letter
            blocked.add(letter.lane)
        return None

    def _attempt(self, letter: Letter) -> Delivery:
        body = body_of(letter)
        status: int | None = None
        error: str | None = None
        started = time.perf_counter()
        try:
            status = self._send(letter.url, body)
        except (OSError, http.client.HTTPException, ValueError) as exc:
            error = str(exc) or type(exc).__name__
        elapsed = (time.perf_counter() - started) * 1000
        return Delivery(letter.url, body, status, error, elapsed)

    def _send(self, url: str, body: str) -> int:
        parts = urlsplit(url)
        _require_local(parts.hostname or '')
        connection = _connection(parts.scheme, parts.hostname or '', parts.port)
        with self._changed:
            self._connection = connection
        target = (parts.path or '/') + (f'?{parts.query}' if parts.query else '')
        try:
            connection.request('POST', target, body.encode(), self._headers(body))
            return self._status(connection)
        finally:
            with self._changed:
                self._connection = None
            connection.close()

    @staticmethod
    def _status(connection: http.client.HTTPConnection) -> int:
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def _headers(self, body: str) -> dict[str, str]:
        return {
            'Content-Type': 'application/x-www-form-urlencoded',
            'User-Agent': 'hoiio-sandbox',
            'Connection': 'close',
            SIGNATURE_HEADER: sign(body, self.access_token),
        }

    def _report(self, letter: Letter, delivery: Delivery) -> None:
        outcome = delivery.error or f'HTTP {delivery.status}'
        self.note(f'notification {letter.lane} -> {letter.url}: {outcome}')

    def _cut(self) -> None:
        sock = self._connection.sock if self._connection else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == 'https':
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT)
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def _require_local(host: str) -> None:
    """Keep a sandbox from posting made-up events to somebody's real server."""
    for *_rest, address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
        ip = ipaddress.ip_address(str(address[0]).partition('%')[0])
        if ip.is_link_local or not ip.is_private:
            raise ValueError(f'not sent: {host} is neither a loopback nor a private address')
