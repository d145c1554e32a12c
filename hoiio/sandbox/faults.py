"""Faults on demand: which requests fail, and how. None of them is random."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from ..constants import Status
from .api.operations import OPERATIONS
from .api.request import Value
from .did_you_mean import nearest

__all__ = ['Fault', 'Faults', 'Kind', 'Rule']

LONGEST_LATENCY = 60.0
DAY = 24 * 60 * 60.0
SERVER_ERRORS = range(500, 600)
UNAVAILABLE = 503


class Kind(Enum):
    """What goes wrong.

    With the first four, the request changes nothing. With `DEFERRED`, it changes nothing until
    later. With the others, the service performs the request, charges for it and sends its
    notifications. `PARTIAL` does so for a part of the recipients, and `STALE` shows an old state.
    With the rest, only the answer is faulty.
    """

    STATUS = 'status'
    RATE_LIMITED = 'rate_limited'
    HTTP_ERROR = 'http_error'
    DROPPED_BEFORE = 'dropped_before'
    DEFERRED = 'deferred'
    DROPPED_AFTER = 'dropped_after'
    LATENCY = 'latency'
    TRUNCATED = 'truncated'
    GARBAGE = 'garbage'
    PARTIAL = 'partial'
    STALE = 'stale'

    @property
    def takes_effect(self) -> bool:
        """Whether the service performs the request at once."""
        return self in TAKE_EFFECT

    @property
    def operations(self) -> frozenset[str]:
        """The operations that it can happen to."""
        return LIMITED_TO.get(self, ALL)


TAKE_EFFECT = frozenset(
    {
        Kind.DROPPED_AFTER,
        Kind.LATENCY,
        Kind.TRUNCATED,
        Kind.GARBAGE,
        Kind.PARTIAL,
        Kind.STALE,
    }
)
ALL = frozenset(OPERATIONS)
LIMITED_TO: Mapping[Kind, frozenset[str]] = {
    Kind.PARTIAL: frozenset({'sms/bulk_send'}),
    Kind.STALE: frozenset(path for path in OPERATIONS if path.endswith('/get_history')),
}
# A late answer occupies a connection. The other kinds go by the sandbox clock.
LONGEST: Mapping[Kind, float] = {Kind.DEFERRED: DAY, Kind.STALE: DAY}


@dataclass(frozen=True)
class Rule:
    """Which requests fail, how, and how often.

    Attributes:
        kind: What goes wrong.
        operation: The path of the operation, or None for all operations.
        match: Parameters that the request must have, with exactly these values.
        times: How many requests fail, or None for all of them until the rule is removed.
        status: The status word of a refusal.
        code: The HTTP status of an HTTP error.
        seconds: How late the answer arrives, in seconds of real time. By the sandbox clock: how
            long a request is deferred, or how old a transaction is when a stale history shows it.
        count: How many recipients of a bulk the service serves, for a partial one.
    """

    kind: Kind
    operation: str | None = None
    match: Mapping[str, str] = field(default_factory=dict)
    times: int | None = 1
    status: Status = Status.INTERNAL_SERVER_ERROR
    code: int = UNAVAILABLE
    seconds: float = 0
    count: int = 0

    def __post_init__(self) -> None:
        if self.operation is not None and self.operation not in OPERATIONS:
            meant = nearest(self.operation, OPERATIONS)
            raise ValueError(f'there is no operation {self.operation!r:.80}; did you mean {meant}?')
        if self.operation not in {None, *self.kind.operations}:
            possible = ', '.join(sorted(self.kind.operations))
            raise ValueError(f'{self.kind.value} applies to {possible}, not to {self.operation}')
        if self.times is not None and self.times < 1:
            raise ValueError('times must be 1 or more; use None for all requests')
        if not self.status.startswith('error_'):
            raise ValueError(f'status must begin with error_, unlike {self.status}')
        if self.code not in SERVER_ERRORS:
            raise ValueError(f'code must be from 500 to 599, not {self.code}')
        longest = LONGEST.get(self.kind, LONGEST_LATENCY)
        if not 0 <= self.seconds <= longest:
            raise ValueError(f'seconds must be from 0 to {longest:g}, not {self.seconds:g}')
        if self.count < 0:
            raise ValueError(f'count must be 0 or more, not {self.count}')

    def matches(self, operation: str, values: Mapping[str, Value]) -> bool:
        """Return True if the rule applies to a request."""
        return (
            operation in self.kind.operations
            and self.operation in {None, operation}
            and all(_text(values.get(name)) == value for name, value in self.match.items())
        )


class Fault(NamedTuple):
    """An active rule.

    Attributes:
        id: The number of the fault, counted from 1 since the last reset.
        rule: The rule.
        left: How many more requests fail, or None for all of them.
    """

    id: int
    rule: Rule
    left: int | None

    @property
    def kind(self) -> Kind:
        """What goes wrong."""
        return self.rule.kind

    @property
    def status(self) -> Status:
        """The status word of the answer, if the request is refused."""
        return Status.RATE_LIMIT_EXCEEDED if self.kind is Kind.RATE_LIMITED else self.rule.status


class Faults:
    """The active rules; if several match a request, the oldest one applies.

    Args:
        lock: The lock of the emulator, which guards the rules.
    """

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self._faults: dict[int, Fault] = {}
        self._last = 0

    def add(self, rule: Rule) -> Fault:
        """Activate a rule."""
        with self._lock:
            self._last += 1
            fault = Fault(self._last, rule, rule.times)
            self._faults[fault.id] = fault
            return fault

    def active(self) -> list[Fault]:
        """Return the active rules, oldest first."""
        with self._lock:
            return list(self._faults.values())

    def remove(self, number: int) -> None:
        """Remove a rule.

        Raises:
            LookupError: If it is not active.
        """
        with self._lock:
            if self._faults.pop(number, None) is None:
                raise LookupError(f'there is no active fault {number}')

    def clear(self) -> None:
        """Remove all rules."""
        with self._lock:
            self._faults.clear()
            self._last = 0

    def take(self, operation: str, values: Mapping[str, Value]) -> Fault | None:
        """Return the fault that applies to a request, and count the request."""
        with self._lock:
            for fault in self._faults.values():
                if fault.rule.matches(operation, values):
                    self._count(fault)
                    return fault
        return None

    def _count(self, fault: Fault) -> None:
        if fault.left is None:
            return
        if fault.left == 1:
            del self._faults[fault.id]
        else:
            self._faults[fault.id] = fault._replace(left=fault.left - 1)


def _text(value: Value | None) -> str | None:
    return value.decode(errors='replace') if isinstance(value, bytes) else value
