"""The sandbox of the pytest fixtures, which many tests use one after another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from . import Sandbox
from .clock import Alarm, Clock
from .presets.scripts import ANSWERS
from .presets.seed import Seed
from .webhooks.in_process import Post
from .words import Answering

__all__ = ['Settings', 'SharedSandbox']

# How many seconds the end of a test waits for notifications that are being delivered.
SETTLE_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings in ``@pytest.mark.hoiio``.

    Args:
        answer: As for `Sandbox`.
        seed: As for `Sandbox`.
        clock: As for `Sandbox`. A clock that an earlier test advanced starts again.
        one_at_a_time: As for `Sandbox`.
        strict_parameters: If True, the test fails if a request has a parameter that the operation
            does not know.
        delivered_by: As for `Sandbox.delivered_by`. None posts notifications to their URLs.

    Raises:
        TypeError: If a value has the wrong type.
        ValueError: If ``answer`` is neither ``'auto'`` nor ``'manual'``.
    """

    answer: Answering = 'auto'
    seed: Seed | None = None
    clock: Clock | None = None
    one_at_a_time: bool = False
    strict_parameters: bool = True
    delivered_by: Post | None = None

    def __post_init__(self) -> None:
        if self.answer not in ANSWERS:
            raise ValueError(f"answer must be 'auto' or 'manual', not {self.answer!r}")
        _require('seed', 'a Seed', isinstance(self.seed, Seed | None))
        _require('clock', 'a Clock', isinstance(self.clock, Clock | None))
        _require('one_at_a_time', 'True or False', isinstance(self.one_at_a_time, bool))
        _require('strict_parameters', 'True or False', isinstance(self.strict_parameters, bool))
        post = self.delivered_by
        _require('delivered_by', 'a function', post is None or callable(post))


class SharedSandbox(Sandbox):
    """A sandbox that each test can configure."""

    def __init__(self) -> None:
        super().__init__()
        self._usual = (self._emulator.seed, self._emulator.clock)

    @contextmanager
    def lent(self, settings: Settings) -> Iterator[None]:
        """Reset the sandbox to the settings of a test, and clean up after the test.

        Raises:
            AssertionError: If a request had an unknown parameter, unless the settings allow it.
        """
        self._set_up(settings)
        post = settings.delivered_by
        try:
            with nullcontext() if post is None else self.delivered_by(post):
                yield
            if settings.strict_parameters:
                self.assert_known_parameters()
        finally:
            # Otherwise a late notification could change the data of the next test.
            self._emulator.outbox.settle(SETTLE_SECONDS)
            self.reset()

    def _set_up(self, settings: Settings) -> None:
        seed, clock = self._usual
        self._emulator.use(
            settings.seed or seed,
            settings.clock or clock,
            ANSWERS[settings.answer],
            own_clock=settings.clock is None,
        )
        self._emulator.outbox.one_at_a_time = settings.one_at_a_time
        self._watch_clock()
        self.clock.reset()
        self._emulator.reset()

    def _watch_clock(self) -> None:
        if self._alarm is not None and self._alarm.clock is not self.clock:
            self._alarm.stop()
            self._alarm = Alarm(self.clock)
            self._alarm.start()


def _require(name: str, wanted: str, right: bool) -> None:
    if not right:
        raise TypeError(f'{name} must be {wanted}')
