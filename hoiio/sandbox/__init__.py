"""A local emulator of the Hoiio service; it needs no account and no network, and costs nothing.

Example:
    >>> from hoiio.sandbox import Sandbox
    >>> with Sandbox() as sandbox:
    ...     client = sandbox.client()
    ...     response = client.sms.send('Hello', '+6598765432')
    ...     sandbox.phone('+6598765432').inbox[0].text
    'Hello'
"""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import WeakSet

from ..client import HoiioClient
from ..constants import Status
from .clock import Alarm, Clock, FakeClock
from .emulator import Emulator
from .environment import Environment
from .event_loops import event_loop_advice
from .faults import Kind, Rule
from .forks import belongs_to
from .formats import shortened
from .phones import EXPECT_SECONDS, Phone, PhoneCall, PhoneFax, PhoneSms, assert_quiet
from .presets.scripts import ANSWERS, Script
from .presets.seed import ACCESS_TOKEN, APP_ID, LOG_LIMIT, Seed
from .web.guard import BASE_PATH, host_names
from .webhooks.delivery import Delivery
from .webhooks.disturbances import Disturbances
from .webhooks.in_process import Post
from .webhooks.outbox import DELIVERED
from .words import Answering, ErrorStatus, FaultKind, OperationPath, RatedService

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


def __dir__() -> list[str]:
    return [*__all__, 'words']


# How often `Sandbox.follow` checks that the sandbox still runs, in seconds.
FOLLOW_POLL_SECONDS = 1.0
# How many characters of an answer an error shows.
MAX_SHOWN_ANSWER = 200


class Sandbox:
    """A running emulator; use it as a context manager.

    A sandbox belongs to the process that started it. In a forked child process, ``url``,
    ``app_id``, ``access_token``, ``client()`` and ``environment()`` still refer to it, and leaving
    the ``with`` block does nothing. Everything else raises a ``RuntimeError`` in the child.

    Args:
        host: The address to listen on.
        port: The port to listen on; 0 picks a free port.
        answer: How phones react to calls. With ``'auto'`` they answer at once. With ``'manual'``
            they ring until your test acts, for at most 30 seconds. You can change this for each
            phone.
        clock: The clock of the sandbox. The default follows the real time, and you can advance it.
        seed: The account to start from.
        one_at_a_time: Whether each notification waits for the answer to the one before. By default,
            up to six are posted at a time, which an application with SQLite may not bear.
        public_hosts: Whether to deliver notifications to any server. By default, a notification
            to a server outside this machine and its private networks fails, because the events
            are not real.
        allowed_hosts: Host names that other machines use to reach the sandbox, such as the name
            of its container. The sandbox refuses requests to any name other than these, ``host``
            and the names of this machine, because a web page in a browser could send them.
        log_limit: How many `events`, how many `deliveries`, and how many requests of the control
            API's log to keep. The oldest are dropped first.

    Raises:
        ValueError: If ``host`` is empty, ``answer`` is neither ``'auto'`` nor ``'manual'``,
            ``log_limit`` is less than 1, or an allowed host is not a host name.
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
        one_at_a_time: bool = False,
        public_hosts: bool = False,
        allowed_hosts: Iterable[str] = (),
        log_limit: int = LOG_LIMIT,
    ) -> None:
        if not host:
            # To the operating system, an empty host means all addresses of the machine.
            raise ValueError('host must not be empty: use 127.0.0.1, or 0.0.0.0 for all addresses')
        if answer not in ANSWERS:
            raise ValueError(f"answer must be 'auto' or 'manual', not {answer!r}")
        if log_limit < 1:
            raise ValueError(f'log_limit must be 1 or more, not {log_limit}')
        self._address = (host, port)
        self._allowed_hosts = host_names(allowed_hosts)
        self._emulator = Emulator(seed, clock, script=ANSWERS[answer], log_limit=log_limit)
        self._emulator.outbox.one_at_a_time = one_at_a_time
        if public_hosts:
            self._emulator.outbox.reach_public_hosts()
        self._snapshot: Mapping[str, Any] | None = None
        self._server: Server | None = None
        self._alarm: Alarm | None = None
        self._pid = 0
        # In a forked child, the id of the process that runs the sandbox.
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
            'a sandbox runs in the process that started it, so you cannot pickle or copy it:'
            ' pass its url, app_id and access_token to the other process'
        )

    @property
    def url(self) -> str:
        """The base URL for clients, with a trailing slash.

        Raises:
            RuntimeError: If the sandbox has not been started, so it has no address.
        """
        if not self._emulator.address:
            raise RuntimeError('the sandbox is not running: use `with Sandbox() as sandbox:`')
        return f'{self._emulator.address}{BASE_PATH}'

    @property
    def app_id(self) -> str:
        """The id of the first application of the seed, which `Sandbox.client` uses."""
        return self._emulator.app_id

    @property
    def access_token(self) -> str:
        """The access token of that application."""
        return self._emulator.access_token

    @property
    def clock(self) -> Clock:
        """The clock of the sandbox, which you can advance.

        Example:
            >>> sandbox.clock.advance(minutes=5)
        """
        return self._emulator.clock

    @property
    def events(self) -> list[str]:
        """What happened since the start or the last reset, one line for each event.

        The sandbox keeps the newest ``log_limit`` events. If it dropped older ones, the first line
        says how many.
        """
        with self._emulator.lock:
            return list(self._emulator.world.events)

    def follow(self) -> Iterator[str]:
        """Yield the events so far, then each new event, until the sandbox stops.

        Yields:
            One line for each event, as in `events`.

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
            journal.wait(last, journal.resets, FOLLOW_POLL_SECONDS, lambda: self._server is None)

    @property
    def deliveries(self) -> list[Delivery]:
        """The notifications that were delivered or failed, each with its result.

        They are in the order in which the events happened. The sandbox keeps the newest
        ``log_limit`` of them, and drops all of them on a reset.
        """
        return self._emulator.outbox.deliveries

    @property
    def notifications(self) -> Disturbances:
        """Switches that duplicate, delay or reorder the next notifications.

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
        """Start the sandbox; it is ready for requests when this returns.

        Raises:
            RuntimeError: If it was started before, in this process or in its parent before a
                fork. Create another sandbox.
            OSError: If the port is in use.
            ValueError: If the state that you passed to `load` is not valid.

        Example:
            >>> other = Sandbox()
            >>> other.start()
            >>> other.client().account.balance().balance
            54.65
            >>> other.stop()
        """
        if self._alarm is not None:
            raise RuntimeError('you can start a sandbox only once: create another one')
        if self._parent is not None:
            raise RuntimeError(belongs_to(self._parent))
        _notify_pytest_plugin()
        self._server = self._listen()
        self._pid = os.getpid()
        _running.add(self)
        try:
            self._start_parts(self._server)
        except BaseException:
            self._undo_start(self._server)
            raise

    def _listen(self) -> Server:
        try:
            from .web.server import Server  # noqa: PLC0415 - only a running sandbox needs it
        except ModuleNotFoundError as exc:
            message = 'the sandbox is not installed: pip install "hoiio[sandbox]"'
            raise ModuleNotFoundError(message, name=exc.name) from exc
        try:
            return Server(*self._address, self._emulator, self._allowed_hosts)
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE:
                raise
            # Typically a notebook, where a cell has run twice.
            message = (
                f'port {self._address[1]} is in use, perhaps by a sandbox that still runs: call '
                'its stop(), restart the notebook, or use port=0 to take a free port'
            )
            raise OSError(exc.errno, message) from exc

    def _start_parts(self, server: Server) -> None:
        self._emulator.origin = _origin(self._address[0], server.port)
        self._emulator.reset()
        if self._snapshot is not None:
            self.restore(self._snapshot)
        self._alarm = Alarm(self.clock)
        self._alarm.start()
        self._emulator.outbox.start()
        server.start()

    def _undo_start(self, server: Server) -> None:
        server.stop()
        self._server = None
        self._emulator.origin = ''
        self._emulator.outbox.stop()
        if self._alarm is not None:
            self._alarm.stop()
            self._alarm = None

    def stop(self) -> None:
        """Close the port and every connection, and drop undelivered notifications.

        In a forked child process, this does nothing: the sandbox keeps running in the process
        that started it.

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

    def _leave_in_child(self) -> None:
        """Release everything of the sandbox in a forked child process."""
        if self._server is None:
            return
        self._server.leave()
        self._emulator.leave(self._pid)
        self._server = self._alarm = None
        self._parent = self._pid

    def reset(self) -> None:
        """Go back to the seed, and reset the clock unless you passed your own.

        Example:
            >>> res = client.sms.send('Hello', '+6598765432')
            >>> sandbox.reset()
            >>> sandbox.phone('+6598765432').inbox
            []
        """
        self._emulator.start_over()

    def phone(self, number: str) -> Phone:
        """Return the phone with a number; every phone number has one.

        Args:
            number: The number in E.164.

        Returns:
            A `Phone`.

        Raises:
            ValueError: If ``number`` is not a phone number in E.164.

        Example:
            >>> sandbox.phone('+6598765432')
            Phone('+6598765432')
        """
        return Phone(self._emulator, number)

    def assert_quiet(self) -> None:
        """Assert that the phones received nothing that your test did not expect.

        Raises:
            AssertionError: If a phone received an SMS, a call or a fax that no ``expect_sms``,
                ``expect_call`` or ``expect_fax`` has returned.

        Example:
            >>> res = client.sms.send('Hello', '+6598765432')
            >>> sandbox.phone('+6598765432').expect_sms('Hello').text
            'Hello'
            >>> sandbox.assert_quiet()
        """
        assert_quiet(self._emulator)

    def client(self, **options: Any) -> HoiioClient:
        """Create a client that sends its requests to this sandbox.

        Args:
            **options: Arguments of `HoiioClient`, such as ``timeout``.

        Returns:
            A new client.

        Example:
            >>> client = sandbox.client(prefix='65')
            >>> client.sms.send('Hello', '98765432').is_success()
            True
        """
        return HoiioClient(self.app_id, self.access_token, base_url=self.url, **options)

    def environment(self) -> Environment:
        """Return the environment variables that direct clients to this sandbox.

        They are ``HOIIO_BASE_URL``, ``HOIIO_APP_ID`` and ``HOIIO_ACCESS_TOKEN``. They apply to
        every client that you create without these settings. A ``with`` block sets them and restores
        the old values at the end. They apply to all threads of this process, and to processes that
        it starts inside the block.

        Returns:
            A mapping that is also a context manager.

        Raises:
            RuntimeError: If the sandbox has not been started, so it has no address.

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
        """Make the sandbox refuse the next requests of an operation, without any effect.

        Args:
            operation: The path of the operation, such as ``'sms/send'``.
            status: The status word of the answer.
            times: How many requests to refuse.

        Returns:
            The id of the fault, as `fault` returns it.

        Raises:
            ValueError: If there is no such operation, the status is not an error, or ``times`` is
                less than 1.

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
        count: int = 0,
    ) -> int:
        """Make requests fail in a given way, until a reset.

        With the first four kinds, the request changes nothing. With the others, the sandbox
        performs the request, charges for it and sends its notifications, so a client that sends
        the request again performs it twice.

        ==================  ====================================================================
        ``status``          the answer is the status word ``status``
        ``rate_limited``    the answer is ``error_rate_limit_exceeded``
        ``http_error``      the answer is an HTML page with HTTP ``code``, as from a proxy
        ``dropped_before``  the connection closes before the service gets the request
        ``dropped_after``   the connection closes after the service performs the request
        ``deferred``        the connection closes at once, and the service performs the request
                            ``seconds`` later, even if the client is gone
        ``latency``         the answer arrives ``seconds`` late
        ``truncated``       the answer ends in the middle
        ``garbage``         the answer is not JSON
        ``partial``         the answer to a bulk is a success, but only its first ``count``
                            recipients are served and paid for
        ``stale``           a history lacks the transactions of the last ``seconds``
        ==================  ====================================================================

        If several faults match a request, the oldest one applies. A reset ends all of them, and
        drops the requests that are deferred.

        Args:
            kind: What goes wrong.
            operation: The path of the operation, such as ``'sms/send'``; None matches all.
            match: Parameters that the request must have, with exactly these values.
            times: How many requests fail; None means all of them.
            status: The status word, for ``status``.
            code: The HTTP status, 500 to 599, for ``http_error``.
            seconds: How late the answer arrives, in real time up to 60, for ``latency``. By
                `Sandbox.clock` and up to a day: how long the service defers the request, for
                ``deferred``, or how old the newest transaction of a history is, for ``stale``.
            count: How many recipients of a bulk are served, for ``partial``.

        Returns:
            The id of the fault, as the control API lists it.

        Raises:
            ValueError: If one of the arguments is not valid.

        Example:
            >>> sandbox.fault('dropped_after', 'sms/send', match={'dest': '+6598765432'})
            1
        """
        rule = Rule(Kind(kind), operation, match or {}, times, Status(status), code, seconds, count)
        return self._emulator.faults.add(rule).id

    def set_rate(
        self, service: RatedService, prefix: str, rate: Decimal | str, *, after: float = 0
    ) -> None:
        """Change a price, until a reset.

        The change counts for every price that the sandbox tells, and for every transaction that
        begins, from then on. Transactions that exist keep their price.

        Args:
            service: The service whose price changes.
            prefix: The beginning of the phone numbers that the price is for, such as ``'+65'``. A
                longer prefix is stronger. ``'+'`` is for all numbers without a prefix of their
                own.
            rate: The price for a message part or a minute, in the currency of the account.
            after: In how many seconds of `Sandbox.clock` the price changes.

        Raises:
            ValueError: If there is no such service, it does not reach such numbers, or the rate
                is not a positive amount with up to three decimals.

        Example:
            >>> client.sms.rate('Hello', '+6598765432').rate
            0.032
            >>> sandbox.set_rate('sms', '+65', '0.050')
            >>> client.sms.rate('Hello', '+6598765432').rate
            0.05
        """
        from .codec import decode  # noqa: PLC0415 - few programs change a price

        self._emulator.change_rate(service, prefix, decode(str(rate), Decimal), after)

    def resend(self, number: int) -> int:
        """Deliver a notification again, byte for byte.

        Args:
            number: The ``id`` of one of the `deliveries`.

        Returns:
            The id of the copy.

        Raises:
            LookupError: If there is no such delivery.

        Example:
            >>> url = 'http://127.0.0.1:8000/sms'
            >>> res = client.sms.send('Hello', '+6598765432', notify_url=url)
            >>> sandbox.drain(check=False)  # nobody listens there
            >>> sandbox.resend(1)
            2
        """
        return self._emulator.outbox.resend(number)

    def save(self) -> dict[str, Any]:
        """Return the whole state of the sandbox as plain data.

        The state includes calls, faxes and IVR sessions in progress, but `restore` ends them. It
        does not include faults, the requests that they defer, or the disturbances of
        `Sandbox.notifications`.

        Returns:
            Data that ``json.dump`` can write.

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
        """Replace the state with one that this or another sandbox saved.

        The clock continues from the time of saving. Calls and IVR sessions that were in progress
        end at that time, as if everybody had hung up, and faxes in progress fail. The sandbox
        sends their notifications, and the ones that were not yet delivered.

        A `reset` still goes back to the seed of this sandbox, not to the restored state.

        Args:
            data: What `save` returned.

        Raises:
            ValueError: If the data is not a saved state, or if it contradicts itself, for example
                with a counter that would issue a reference twice. The message says where the
                problem is, and the sandbox does not change.

        Example:
            >>> sandbox.restore(sandbox.save())
        """
        from .snapshot import restore  # noqa: PLC0415 - few programs restore one

        restore(self._emulator, data)

    @classmethod
    def load(cls, data: Mapping[str, Any], **options: Any) -> Self:
        """Create a sandbox that starts from a saved state.

        Args:
            data: What `save` returned.
            **options: Arguments of `Sandbox`.

        Returns:
            A sandbox that you start with ``with`` or `start`.

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

    def drain(self, timeout: float = 5.0, *, check: bool = True) -> None:
        """Wait until every notification is delivered, except those that a disturbance holds back.

        Inside of `delivered_by` this is the call that delivers.

        Args:
            timeout: How many seconds of real time to wait.
            check: Whether your application must have answered every notification with 2xx. Only
                deliveries since the last `drain` count, without those that `expect_delivered`
                returned.

        Raises:
            TimeoutError: If notifications are still undelivered by then.
            AssertionError: If a notification was not answered with 2xx: your application gave
                another answer, raised an exception, or was not there. The message shows what
                happened in the sandbox.

        Example:
            >>> with sandbox.delivered_by(lambda url, body, headers: 200):
            ...     res = client.sms.send('Hello', '+6598765432', notify_url='http://testserver/sms')
            ...     sandbox.drain()
            >>> sandbox.deliveries[0].body
            'txn_ref=AA-S-1&sms_status=delivered&...'
        """
        failures = self._emulator.outbox.drain(timeout)
        if check and failures:
            told = [_describe(failure.delivery) for failure in failures]
            found = f'notifications that were not answered with 2xx: {len(told)}'
            raise AssertionError(self._with_transcript(found, told)) from failures[0].cause

    def expect_delivered(
        self,
        match: Mapping[str, str] | None = None,
        *,
        status: int | None = None,
        timeout: float = EXPECT_SECONDS,
    ) -> Delivery:
        """Wait for a delivery, and return the oldest one that was not returned before.

        Args:
            match: Fields that the notification must have, with exactly these values. By default,
                any notification matches.
            status: The HTTP status that your application must have answered. By default, any 2xx
                status matches.
            timeout: How many seconds of real time to wait.

        Returns:
            The delivery.

        Raises:
            AssertionError: If no delivery matches in time. The message lists the others.

        Example:
            >>> with sandbox.delivered_by(lambda url, body, headers: 403):
            ...     res = client.sms.send('Hello', '+6598765432', notify_url='http://testserver/')
            ...     sandbox.expect_delivered({'sms_status': 'delivered'}, status=403).url
            'http://testserver/'
        """
        wanted = (match or {}).items()

        def fits(delivery: Delivery) -> bool:
            statuses = DELIVERED if status is None else {status}
            return delivery.status in statuses and wanted <= delivery.fields.items()

        found = self._emulator.outbox.expect(fits, timeout)
        if found is None:
            fields = ', '.join(f'{name}={value}' for name, value in wanted) or 'any fields'
            missing = (
                f'no notification with {fields} was answered with {status or "2xx"} within '
                f'{timeout:g} s{event_loop_advice()}'
            )
            raise AssertionError(self._with_transcript(missing, map(_describe, self.deliveries)))
        return found

    def delivered_by(self, post: Post) -> AbstractContextManager[None]:
        """Deliver notifications by a function of yours while a ``with`` block runs.

        Use it to test an application without a server, with the test client of its framework.
        Nothing is delivered until your test calls `drain` or `expect_delivered`. They call the
        function in the thread of the test and in order, also for the notifications that your
        application causes meanwhile. The end of the block drops what is still undelivered.

        Args:
            post: Takes the URL, the body as text, and the headers with the signature. Returns the
                response of your application (anything with a ``status_code``), or the HTTP status
                as an int.

        Returns:
            A context manager.

        Example:
            >>> seen = []
            >>> def post(url, body, headers):
            ...     seen.append(headers['X-Hoiio-Signature'])
            ...     return 200
            >>> with sandbox.delivered_by(post):
            ...     res = client.sms.send('Hello', '+6598765432', notify_url='http://testserver/')
            ...     sandbox.drain()
            >>> len(seen)
            1
        """
        return self._emulator.outbox.delivered_by(post)

    def assert_known_parameters(self) -> None:
        """Check that no request had a parameter that its operation does not know.

        The real service ignores such a parameter, so you would not notice a misspelt one.

        Raises:
            AssertionError: If there was such a request since the last reset.

        Example:
            >>> res = client.sms.send('Hello', '+6598765432', tag='order-17')
            >>> sandbox.assert_known_parameters()
        """
        if ignored := list(self._emulator.ignored):
            raise AssertionError(
                'the service does not know these parameters: ' + '; '.join(ignored)
            )

    def _with_transcript(self, found: str, details: Iterable[str]) -> str:
        told = (f'  {detail}' for detail in details)
        return '\n'.join([found, *told, 'what happened in the sandbox:', *self.events])


_running: WeakSet[Sandbox] = WeakSet()


def _after_fork() -> None:
    for sandbox in list(_running):
        sandbox._leave_in_child()  # noqa: SLF001


if hasattr(os, 'register_at_fork'):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_after_fork)


def _describe(delivery: Delivery) -> str:
    answer = shortened(delivery.answer, MAX_SHOWN_ANSWER)
    outcome = delivery.error or f'HTTP {delivery.status} {answer}'
    return f'notification {delivery.id} {delivery.lane} -> {delivery.url}: {outcome}'.rstrip()


def _notify_pytest_plugin() -> None:
    # If the plugin is active, it keeps the rest of the test run away from the real service.
    if plugin := sys.modules.get('pytest_hoiio'):
        plugin.sandbox_starts()


def _origin(host: str, port: int) -> str:
    # A server can listen on 0.0.0.0 and ::, but clients need an address to connect to.
    host = {'0.0.0.0': '127.0.0.1', '::': '::1'}.get(host, host)  # noqa: S104
    return f'http://[{host}]:{port}' if ':' in host else f'http://{host}:{port}'
