"""How long a call may take, and when it repeats its request."""

from __future__ import annotations

import random
from time import monotonic

__all__ = ['LONGEST_WAIT', 'Schedule', 'Timeout']

#: Seconds to connect, seconds to wait for each piece of the response, and seconds for the whole
#: call. Or only the first two, or one number for both of these.
Timeout = float | tuple[float, float] | tuple[float, float, float]

# Pauses double from a quarter of a second up to 8 seconds.
FIRST_PAUSE = 0.25
MOST_DOUBLINGS = 5

# The longest wait that a server may ask for before a query is repeated. A program can wait half a
# minute for a query. It decides for itself about a longer wait.
LONGEST_WAIT = 30.0

# With the default timeouts a call takes 70 s at most if every piece arrives in time, and a query
# with two repeats 220 s. A call that takes ten minutes is stuck, or the server slows it down on
# purpose.
LONGEST_CALL = 600.0
SHORTEST_TIMEOUT = 0.001


class Schedule:
    """The deadline of a call, and the pauses between its attempts."""

    def __init__(self, timeout: Timeout, max_retries: int) -> None:
        self._connect, self._read, self.total = seconds_of(timeout)
        self.deadline = monotonic() + self.total
        self._retries, self._max_retries = 0, max_retries

    def timeout(self) -> tuple[float, float]:
        """Return the seconds to connect and to wait for each piece of the response, from now on."""
        remaining = max(self.deadline - monotonic(), SHORTEST_TIMEOUT)
        return min(self._connect, remaining), min(self._read, remaining)

    def pause(self, at_least: float = 0) -> float | None:
        """Return the seconds until the next attempt; None if there is no next attempt."""
        # Spread the pauses, so that clients which fail together do not all return together.
        spread = random.uniform(0.5, 1.5)  # noqa: S311
        pause = max(at_least, FIRST_PAUSE * 2.0 ** min(self._retries, MOST_DOUBLINGS) * spread)
        if self._retries == self._max_retries or monotonic() + pause >= self.deadline:
            return None
        self._retries += 1
        return pause


def seconds_of(timeout: Timeout) -> tuple[float, float, float]:
    """Return the seconds to connect, for each piece of the response, and for the whole call."""
    if not isinstance(timeout, tuple):
        timeout = timeout, timeout
    return timeout if len(timeout) == 3 else (*timeout, max(LONGEST_CALL, sum(timeout)))  # noqa: PLR2004
