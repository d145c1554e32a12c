"""The outcome of a step of a campaign."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

__all__ = ['Attention', 'Done', 'Outcome', 'Wait', 'wait']

#: Look again after this many seconds at the latest, because others may have changed something.
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Done:
    """Nobody waits, and nothing is on its way."""


@dataclass(frozen=True, slots=True)
class Wait:
    """There is more to do: call ``step`` again.

    Attributes:
        seconds: How long to wait first: 0 to go on at once, at most 60.
        reason: Why, in plain words.
        until: The time at which to go on, in UTC.
    """

    seconds: float
    reason: str = ''
    until: datetime = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        until = datetime.now(timezone.utc) + timedelta(seconds=self.seconds)
        object.__setattr__(self, 'until', until)


@dataclass(frozen=True, slots=True)
class Attention:
    """A person has to decide something, or to repair it.

    Attributes:
        reason: What happened and what to do, in plain words.
    """

    reason: str


Outcome: TypeAlias = 'Done | Wait | Attention'


def wait(seconds: float, reason: str) -> Wait:
    """Return how long to wait: never below 0, and never above a minute."""
    return Wait(min(max(seconds, 0.0), LONGEST_WAIT), reason)
