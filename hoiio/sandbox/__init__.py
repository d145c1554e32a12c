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

from typing import TYPE_CHECKING, Any

from .clock import Alarm, Clock, FakeClock
from .core import Core
from .phones import Phone
from .seed import ACCESS_TOKEN, APP_ID, Seed
from .server import BASE_PATH, Server

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from ..client import HoiioClient
    from .notifications import Delivery

__all__ = ['ACCESS_TOKEN', 'APP_ID', 'Clock', 'FakeClock', 'Phone', 'Sandbox', 'Seed']


class Sandbox:
    """A running emulator; use it as a context manager.

    Args:
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        answer: How phones react; ``'auto'`` is the only way so far: they pick up at once.
        clock: What time it is; by default the real one, which can be advanced.
        seed: The account to start from.

    Raises:
        ValueError: If ``answer`` is something else.
    """

    def __init__(
        self,
        host: str = '127.0.0.1',
        port: int = 0,
        *,
        answer: str = 'auto',
        clock: Clock | None = None,
        seed: Seed | None = None,
    ) -> None:
        if answer != 'auto':
            raise ValueError(f"answer={answer!r} is not available, only 'auto' is")
        self._address = (host, port)
        self._own_clock = clock is None
        self._core = Core(seed, clock or Clock())
        self._server: Server | None = None
        self._alarm: Alarm | None = None

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
        return f'Sandbox({self.url!r})' if self._server else 'Sandbox(stopped)'

    @property
    def url(self) -> str:
        """The base URL for clients, with its slash at the end.

        Raises:
            RuntimeError: If the sandbox was not started yet, and so has no address.
        """
        if not self._core.origin:
            raise RuntimeError('the sandbox is not running: use `with Sandbox() as sandbox:`')
        return f'{self._core.origin}{BASE_PATH}'

    @property
    def app_id(self) -> str:
        """The one application that is known."""
        return self._core.seed.app_id

    @property
    def access_token(self) -> str:
        """Its access token."""
        return self._core.seed.access_token

    @property
    def clock(self) -> Clock:
        """What time it is here: ``sandbox.clock.advance(minutes=5)``."""
        return self._core.clock

    @property
    def events(self) -> list[str]:
        """What happened since the start or the last reset, a line each."""
        with self._core.lock:
            return list(self._core.world.events)

    @property
    def deliveries(self) -> list[Delivery]:
        """The notifications that were posted, and what came of each."""
        return list(self._core.postman.deliveries)

    def start(self) -> None:
        """Begin to serve; the sandbox is ready when this returns.

        Raises:
            RuntimeError: If it was started before: a stopped one is over, make another.
        """
        if self._alarm is not None:
            raise RuntimeError('a sandbox runs once: make another one')
        self._server = Server(*self._address, self._core)
        self._core.origin = _origin(self._address[0], self._server.port)
        self._core.reset()
        self._alarm = Alarm(self.clock)
        self._alarm.start()
        self._core.postman.start()
        self._server.start()

    def stop(self) -> None:
        """Close the port and every connection, and drop what was not delivered yet."""
        if self._server is None or self._alarm is None:
            return
        self._server.stop()
        self._server = None
        self._core.postman.stop()
        self._alarm.stop()

    def reset(self) -> None:
        """Go back to the seed; also the clock, unless it was brought along."""
        if self._own_clock:
            self.clock.reset()
        self._core.reset()

    def phone(self, number: str) -> Phone:
        """Return the phone with a number; every number has one."""
        return Phone(self._core, number)

    def client(self, **options: Any) -> HoiioClient:
        """Return a client of the SDK that talks to this sandbox.

        Args:
            **options: What `HoiioClient` takes, such as ``timeout``.
        """
        from ..client import HoiioClient  # noqa: PLC0415 - the SDK never loads the sandbox

        return HoiioClient(self.app_id, self.access_token, base_url=self.url, **options)

    def drain(self, timeout: float = 5.0) -> None:
        """Wait until every notification has been delivered.

        Raises:
            TimeoutError: If that takes more than so many seconds.
        """
        self._core.postman.drain(timeout)


def _origin(host: str, port: int) -> str:
    return f'http://[{host}]:{port}' if ':' in host else f'http://{host}:{port}'
