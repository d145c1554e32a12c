"""The Hoiio service on this machine: no account, no money, no network.

Example:
    >>> from hoiio.sandbox import Sandbox
    >>> with Sandbox() as sandbox:
    ...     client = sandbox.client()
    ...     response = client.sms.send('Hello', '+6598765432')
    ...     sandbox.phone('+6598765432').inbox[0].text
    'Hello'
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import WeakSet

from ..client import HoiioClient
from ..constants import Status
from .clock import Alarm, Clock, FakeClock
from .emulator import Emulator
from .environment import Environment
from .faults import Kind, Rule
from .forks import belongs_to
from .phones import Phone, PhoneCall, PhoneFax, PhoneSms, assert_quiet
from .presets.scripts import AUTO, MANUAL, Script
from .presets.seed import ACCESS_TOKEN, APP_ID, LOG_LIMIT, Seed
from .web.guard import BASE_PATH, host_names
from .webhooks.delivery import Delivery
from .webhooks.disturbances import Disturbances
from .words import Answering, ErrorStatus, FaultKind, OperationPath

if TYPE_CHECKING:
    from typing_extensions import Self

    from .web.server import Server

__all__ = [
    'ACCESS_TOKEN',
    'APP_ID',
    'Clock',
    'FakeClock',
    'Phone',
    'PhoneCall',
    'PhoneFax',
    'PhoneSms',
    'Sandbox',
    'Script',
    'Seed',
]

# How often, in seconds, a follower of a sandbox without events looks whether it still runs.
FOLLOWED = 1.0

ANSWERS = {'auto': AUTO, 'manual': MANUAL}


class Sandbox:
    """A running emulator; use it as a context manager.

    It belongs to the process that started it. In a forked child ``url``, ``app_id``,
    ``access_token``, ``client()`` and ``environment()`` still lead to it, and leaving ``with`` does
    nothing. Everything else raises a ``RuntimeError`` there.

    Args:
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        answer: How phones react: with ``'auto'`` they pick up at once, with ``'manual'`` they
            ring until somebody acts, or for half a minute. Each can be told otherwise.
        clock: What time it is; by default the real one, which can be advanced.
        seed: The account to start from.
        public_hosts: Whether notifications are posted to any server. By default those to
            another than this machine and its private network fail, for the events are made up.
        allowed_hosts: Names under which other machines reach the service, such as the name of
            its container. Requests to another name than ``host`` or one of this machine are
            refused, because a page in a browser could make them.
        log_limit: How many `events`, and how many `deliveries`, are kept. The oldest go first.

    Raises:
        ValueError: If ``answer`` is neither, ``log_limit`` is less than 1, or an allowed host is
            not a name.
        TypeError: If ``allowed_hosts`` is one name instead of a list.

    Example:
        >>> with Sandbox(answer='manual') as sandbox:
        ...     call = sandbox.client().voice.call('+6591234567', '+6581234567')
        ...     sandbox.phone('+6591234567').expect_call().state
        'ringing'
    """

    def __init__(
        self,
        host: str = '127.0.0.1',
        port: int = 0,
        *,
        answer: Answering = 'auto',
        clock: Clock | None = None,
        seed: Seed | None = None,
        public_hosts: bool = False,
        allowed_hosts: Iterable[str] = (),
        log_limit: int = LOG_LIMIT,
    ) -> None:
        if answer not in ANSWERS:
            raise ValueError(f"answer is 'auto' or 'manual', not {answer!r}")
        if log_limit < 1:
            raise ValueError(f'log_limit is 1 or more, not {log_limit}')
        self._address = (host, port)
        self._allowed_hosts = host_names(allowed_hosts)
        self._emulator = Emulator(seed, clock, script=ANSWERS[answer], log_limit=log_limit)
        if public_hosts:
            self._emulator.outbox.reach_public_hosts()
        self._snapshot: Mapping[str, Any] | None = None
        self._server: Server | None = None
        self._alarm: Alarm | None = None
        self._pid = 0
        # The process that runs this one, where it is not the present one.
        self._parent: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        if self._parent is not None:
            return f'Sandbox({self.url!r} of process {self._parent})'
        return f'Sandbox({self.url!r})' if self._server else 'Sandbox(stopped)'

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            'a sandbox runs in the process that started it, so it can be neither pickled nor'
            ' copied: pass its url, app_id and access_token to the other process'
        )

    @property
    def url(self) -> str:
        """The base URL for clients, with its slash at the end.

        Raises:
            RuntimeError: If the sandbox was not started yet, and so has no address.
        """
        if not self._emulator.address:
            raise RuntimeError('the sandbox is not running: use `with Sandbox() as sandbox:`')
        return f'{self._emulator.address}{BASE_PATH}'

    @property
    def app_id(self) -> str:
        """The application that clients use, unless they know the other one of the seed."""
        return self._emulator.app_id

    @property
    def access_token(self) -> str:
        """Its access token."""
        return self._emulator.access_token

    @property
    def clock(self) -> Clock:
        """What time it is here, and how to move it.

        Example:
            >>> sandbox.clock.advance(minutes=5)
        """
        return self._emulator.clock

    @property
    def events(self) -> list[str]:
        """What happened since the start or the last reset, a line each.

        The newest ``log_limit`` are kept. Where some were dropped, the first line says how many.
        """
        with self._emulator.lock:
            return list(self._emulator.world.events)

    def follow(self) -> Iterator[str]:
        """Tell what happened, and then each thing as it happens, until the sandbox stops.

        Yields:
            A line for each, as in `events`.

        Example:
            >>> res = client.sms.send('Hello', '+6598765432')
            >>> next(sandbox.follow())
            '...sms AA-S-1 +6591234567 -> +6598765432: Hello'
        """
        journal, last = self._emulator.journal, 0
        while self._server is not None:
            for event in journal.since(last):
                last = event.id
                yield str(event)
            journal.wait(last, journal.resets, FOLLOWED, lambda: self._server is None)

    @property
    def deliveries(self) -> list[Delivery]:
        """The notifications that were posted, and what came of each.

        They stand in the order in which they came about. The newest ``log_limit`` of them are kept,
        until a reset.
        """
        return self._emulator.outbox.deliveries

    @property
    def notifications(self) -> Disturbances:
        """Duplicate, delay or reorder the notifications that come next.

        Example:
            >>> sandbox.notifications.duplicate_next()
        """
        return self._emulator.outbox.disturbances

    @property
    def post(self) -> Disturbances:
        """The old name of `Sandbox.notifications`.

        Warns:
            DeprecationWarning: On each use.
        """
        warnings.warn(
            'sandbox.post is deprecated: use sandbox.notifications',
            DeprecationWarning,
            stacklevel=2,
        )
        return self.notifications

    def start(self) -> None:
        """Begin to serve; the sandbox is ready when this returns.

        Raises:
            RuntimeError: If it was started before, here or in the process that this one was
                forked from: make another.
            OSError: If the port is taken.
            ValueError: If the state that it was to start from is none.

        Example:
            >>> other = Sandbox()
            >>> other.start()
            >>> other.client().account.balance().balance
            54.65
            >>> other.stop()
        """
        if self._alarm is not None:
            raise RuntimeError('a sandbox runs once: make another one')
        if self._parent is not None:
            raise RuntimeError(belongs_to(self._parent))
        _tell_pytest()
        from .web.server import Server  # noqa: PLC0415 - only a running sandbox needs it

        self._server = Server(*self._address, self._emulator, self._allowed_hosts)
        self._pid = os.getpid()
        _running.add(self)
        try:
            self._begin(self._server)
        except BaseException:
            self._give_up(self._server)
            raise

    def _begin(self, server: Server) -> None:
        self._emulator.origin = _origin(self._address[0], server.port)
        self._emulator.reset()
        if self._snapshot is not None:
            self.restore(self._snapshot)
        self._alarm = Alarm(self.clock)
        self._alarm.start()
        self._emulator.outbox.start()
        server.start()

    def _give_up(self, server: Server) -> None:
        server.stop()
        self._server = None
        self._emulator.origin = ''
        self._emulator.outbox.stop()
        if self._alarm is not None:
            self._alarm.stop()
            self._alarm = None

    def stop(self) -> None:
        """Close the port and every connection, and drop what was not delivered yet.

        In a child process that was forked meanwhile this does nothing: the sandbox goes on in the
        process that started it.

        Example:
            >>> sandbox.stop()
            >>> sandbox
            Sandbox(stopped)
        """
        if self._server is None or self._alarm is None:
            return
        self._server.stop()
        self._server = None
        self._emulator.outbox.stop()
        self._alarm.stop()

    def _leave(self) -> None:
        """Let go of everything, in a child process after a fork."""
        if self._server is None:
            return
        self._server.leave()
        self._emulator.leave(self._pid)
        self._server = self._alarm = None
        self._parent = self._pid

    def reset(self) -> None:
        """Go back to the seed; also the clock, unless it was brought along.

        Example:
            >>> res = client.sms.send('Hello', '+6598765432')
            >>> sandbox.reset()
            >>> sandbox.phone('+6598765432').inbox
            []
        """
        self._emulator.start_over()

    def phone(self, number: str) -> Phone:
        """Take the phone with a number into the hand; every number has one.

        Args:
            number: The number in E.164.

        Returns:
            A `Phone`.

        Raises:
            ValueError: If that is no phone number.

        Example:
            >>> sandbox.phone('+6598765432')
            Phone('+6598765432')
        """
        return Phone(self._emulator, number)

    def assert_quiet(self) -> None:
        """Hold that phones got nothing but what was expected of them.

        Raises:
            AssertionError: If there is an SMS, a call or a fax that no ``expect_sms``,
                ``expect_call`` or ``expect_fax`` has asked for.

        Example:
            >>> res = client.sms.send('Hello', '+6598765432')
            >>> sandbox.phone('+6598765432').expect_sms('Hello').text
            'Hello'
            >>> sandbox.assert_quiet()
        """
        assert_quiet(self._emulator)

    def client(self, **options: Any) -> HoiioClient:
        """Make a client of the SDK that talks to this sandbox.

        Args:
            **options: What `HoiioClient` takes, such as ``timeout``.

        Returns:
            A new client.

        Example:
            >>> client = sandbox.client(prefix='65')
            >>> client.sms.send('Hello', '98765432').is_success()
            True
        """
        return HoiioClient(self.app_id, self.access_token, base_url=self.url, **options)

    def environment(self) -> Environment:
        """Return the variables that lead every client without settings of its own here.

        They are ``HOIIO_BASE_URL``, ``HOIIO_APP_ID`` and ``HOIIO_ACCESS_TOKEN``. A ``with`` block
        sets them, for all threads of this process and for processes that it starts meanwhile, and
        restores what was there.

        Returns:
            A mapping that is also a context manager.

        Raises:
            RuntimeError: If the sandbox was not started yet, and so has no address.

        Example:
            >>> from hoiio import HoiioClient
            >>> with sandbox.environment():
            ...     HoiioClient().sms.send('Hello', '+6598765432').is_success()
            True
            >>> dict(sandbox.environment())['HOIIO_APP_ID']
            'MY_APP_ID'
        """
        return Environment(self.url, self.app_id, self.access_token)

    def fail_next(
        self, operation: OperationPath, status: Status | ErrorStatus, times: int = 1
    ) -> int:
        """Let the next request of a kind be refused, without any effect.

        Args:
            operation: The path, such as ``'sms/send'``.
            status: The status word of the answer.
            times: How many requests are refused.

        Returns:
            The id of the fault, as `fault` returns it.

        Raises:
            ValueError: If there is no such operation, or the status is no error.

        Example:
            >>> sandbox.fail_next('sms/send', 'error_internal_server_error')
            1
            >>> client.sms.send('Hello', '+6598765432').status
            'error_internal_server_error'
        """
        return self.fault('status', operation, status=status, times=times)

    def fault(
        self,
        kind: FaultKind,
        operation: OperationPath | None = None,
        *,
        match: Mapping[str, str] | None = None,
        times: int | None = 1,
        status: Status | ErrorStatus = Status.INTERNAL_SERVER_ERROR,
        code: int = 503,
        seconds: float = 0,
    ) -> int:
        """Let requests go wrong, the same way each time; a reset ends it.

        With the first four kinds the request changes nothing. With the others it is carried out,
        paid for and notified about, and only its answer suffers: a client that sends it again
        sends it twice.

        ==================  ====================================================================
        ``status``          it is refused with a status word of the API
        ``rate_limited``    the same with ``error_rate_limit_exceeded``
        ``http_error``      something in front of the service answers a page with HTTP ``code``
        ``dropped_before``  the connection closes, and the request never got through
        ``dropped_after``   the connection closes, but the request did get through
        ``latency``         the answer is late by so many ``seconds``
        ``truncated``       the answer breaks off in the middle
        ``garbage``         the answer is no JSON
        ==================  ====================================================================

        Of several faults that fit a request the oldest one applies.

        Args:
            kind: What goes wrong.
            operation: The path of the operation, such as ``'sms/send'``; any if it is None.
            match: Parameters that the request must have, with exactly these values.
            times: How many requests it applies to; None is all of them.
            status: The status word, for ``status``.
            code: 500 to 599, for ``http_error``.
            seconds: How late, in real time up to 60, for ``latency``.

        Returns:
            The id of the fault, under which the control API knows it.

        Raises:
            ValueError: If one of these makes no sense.

        Example:
            >>> sandbox.fault('dropped_after', 'sms/send', match={'dest': '+6598765432'})
            1
        """
        rule = Rule(Kind(kind), operation, match or {}, times, Status(status), code, seconds)
        return self._emulator.faults.add(rule).id

    def resend(self, number: int) -> int:
        """Deliver a notification once more, byte for byte.

        Args:
            number: The ``id`` of one of `deliveries`.

        Returns:
            The id of the copy.

        Raises:
            LookupError: If there was no such delivery.

        Example:
            >>> url = 'http://127.0.0.1:8000/sms'
            >>> res = client.sms.send('Hello', '+6598765432', notify_url=url)
            >>> sandbox.drain()
            >>> sandbox.resend(1)
            2
        """
        return self._emulator.outbox.resend(number)

    def save(self) -> dict[str, Any]:
        """Take down the whole state.

        Calls, faxes and IVR sessions that are under way are kept as they are, but end when the
        state is restored. Faults and the disturbances of `Sandbox.notifications` are not part of
        it.

        Returns:
            Plain data, for ``json.dump``.

        Example:
            >>> res = client.sms.send('Hello', '+6598765432')
            >>> state = sandbox.save()
            >>> sandbox.reset()
            >>> sandbox.restore(state)
            >>> sandbox.phone('+6598765432').inbox[0].text
            'Hello'
        """
        from .snapshot import save  # noqa: PLC0415 - few programs save a state

        return save(self._emulator)

    def restore(self, data: Mapping[str, Any]) -> None:
        """Go on from a state that was saved, here or by another sandbox.

        All that was there is dropped. The clock goes on from the moment of saving. What was under
        way then, a call or an IVR session, ends at that moment as if everybody had hung up, and
        its notification says so. Notifications that had not been delivered are posted.

        A `reset` still goes back to this sandbox's own seed, not to the state restored.

        Args:
            data: What `save` returned.

        Raises:
            ValueError: If this is not such a state, or if it contradicts itself, such as a
                counter that would give a reference twice. The message says where, and nothing
                has changed then.

        Example:
            >>> sandbox.restore(sandbox.save())
        """
        from .snapshot import restore  # noqa: PLC0415 - few programs restore one

        restore(self._emulator, data)

    @classmethod
    def load(cls, data: Mapping[str, Any], **options: Any) -> Self:
        """Make a sandbox that starts from a state that was saved.

        Args:
            data: What `save` returned.
            **options: What `Sandbox` itself takes.

        Returns:
            A sandbox that is to be started.

        Example:
            >>> with Sandbox(seed=Seed(name='Ann')) as first:
            ...     state = first.save()
            >>> with Sandbox.load(state) as second:
            ...     second.client().account.info().name
            'Ann'
        """
        sandbox = cls(**options)
        sandbox._snapshot = data
        return sandbox

    def drain(self, timeout: float = 5.0) -> None:
        """Wait until every notification has been delivered, except what a disturbance keeps back.

        Args:
            timeout: For how many seconds of real time to wait.

        Raises:
            TimeoutError: If that takes more.

        Example:
            >>> url = 'http://127.0.0.1:8000/sms'
            >>> res = client.sms.send('Hello', '+6598765432', notify_url=url)
            >>> sandbox.drain()
            >>> sandbox.deliveries[0].body
            'txn_ref=AA-S-1&sms_status=delivered&...'
        """
        self._emulator.outbox.drain(timeout)


_running: WeakSet[Sandbox] = WeakSet()


def _after_fork() -> None:
    for sandbox in list(_running):
        sandbox._leave()  # noqa: SLF001


if hasattr(os, 'register_at_fork'):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_after_fork)


def _tell_pytest() -> None:
    # Where the plugin is at work, it keeps the rest of the run away from the real service.
    if plugin := sys.modules.get('pytest_hoiio'):
        plugin.sandbox_starts()


def _origin(host: str, port: int) -> str:
    # Every address of this machine is one to listen on, but not one to connect to.
    host = {'': '127.0.0.1', '0.0.0.0': '127.0.0.1', '::': '::1'}.get(host, host)  # noqa: S104
    return f'http://[{host}]:{port}' if ':' in host else f'http://{host}:{port}'
