"""Ctrl-C during a campaign: the campaign stops after the response to its last request."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ..streams import complain

__all__ = ['Interrupts', 'handled']


class Interrupts:
    """What Ctrl-C has asked for.

    A request that is on its way is never cut off by the first Ctrl-C, because its outcome would be
    unknown. A second one cuts it off.

    Attributes:
        is_asked: True if the campaign is to end.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._is_waiting = False

    def wait(self, seconds: float) -> None:
        """Wait, but not after Ctrl-C."""
        try:
            self._is_waiting = True
            if seconds and not self.is_asked:
                time.sleep(seconds)
        except KeyboardInterrupt:
            self.is_asked = True
        finally:
            self._is_waiting = False

    def handle(self, _number: int, _frame: FrameType | None) -> None:
        """Handle the signal of Ctrl-C."""
        if self.is_asked or self._is_waiting:
            raise KeyboardInterrupt
        self.is_asked = True
        complain('Waiting for the last response. To stop at once, press Ctrl-C again.')


@contextmanager
def handled() -> Iterator[Interrupts]:
    """Handle Ctrl-C for as long as the block runs."""
    interrupts = Interrupts()
    before = signal.signal(signal.SIGINT, interrupts.handle)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
