"""The log of the requests that clients sent to the API. It holds no access token."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from ...constants import Status
from ..formats import Reply, shortened

__all__ = ['HIDDEN', 'LoggedRequest', 'RequestLog']

HIDDEN = '(hidden)'
# One request can have 8 MB, and the log keeps thousands of them.
LONGEST_VALUE = 2_000
LONGEST_ANSWER = 4_000
LONGEST_CLIENT = 200
LONGEST_NAME = 100
MOST_FIELDS = 40


class LoggedRequest(NamedTuple):
    """One request, with its answer.

    Attributes:
        id: The number of the request. A reset does not restart the count.
        date: The time of the request, by the clock of the sandbox.
        operation: The path of the operation.
        method: The HTTP method.
        client: The program that sent the request: its User-Agent header.
        form: The parameters. The access token is hidden, a long value is shortened, and a file is
            replaced by its size.
        status: The status word of the answer.
        answer: The answer as JSON. A long answer is shortened.
        milliseconds: How long the sandbox took to answer.
        cut: Whether a part of the form or the answer is missing.
        txn_ref: The reference of the transaction in the answer or the form, or None.
        session: The IVR session in the answer or the form, or None.
        events: The ids of the first and the last event that the request caused, or None.
        fault: The id and the kind of the fault that applied, or None.
    """

    id: int
    date: datetime
    operation: str
    method: str
    client: str
    form: Mapping[str, str]
    status: str
    answer: str
    milliseconds: float
    cut: bool
    txn_ref: str | None
    session: str | None
    events: tuple[int, int] | None
    fault: tuple[int, str] | None

    @property
    def failed(self) -> bool:
        """Whether the request was refused, or a fault spoilt its answer."""
        late_only = self.fault is None or self.fault[1] == 'latency'
        return self.status != Status.SUCCESS_OK or not late_only

    @property
    def phones(self) -> tuple[str, ...]:
        """The destinations in the form."""
        given = (self.form.get(name) for name in ('dest', 'dest1', 'dest2'))
        return tuple(number for each in given if each for number in each.split(','))


class RequestLog:
    """The requests since the last reset.

    Args:
        limit: How many requests the log keeps; it drops the oldest first.
        added: A function to call after each new request.

    Attributes:
        dropped: How many requests the log dropped since the last reset.
        last: The id of the newest request, even if a reset has removed it.
    """

    def __init__(self, limit: int, added: Callable[[], None]) -> None:
        self.dropped = 0
        self.last = 0
        self._added = added
        self._requests: deque[LoggedRequest] = deque(maxlen=limit)
        self._lock = threading.Lock()

    def add(
        self,
        date: datetime,
        operation: str,
        *,
        method: str,
        client: str,
        values: Mapping[str, str | bytes],
        app_ids: Collection[str],
        reply: Reply,
        answer: str,
        milliseconds: float,
        events: tuple[int, int] | None,
        fault: tuple[int, str] | None,
    ) -> None:
        """Add a request.

        Args:
            date: The time of the request.
            operation: The path of the operation.
            method: The HTTP method.
            client: The User-Agent header.
            values: The parameters of the request.
            app_ids: The applications of the account. Another ``app_id`` is not shown, because it
                may be an access token in the wrong place.
            reply: The answer.
            answer: The answer as JSON.
            milliseconds: How long the sandbox took to answer.
            events: The ids of the first and the last event that the request caused, or None.
            fault: The id and the kind of the fault that applied, or None.
        """
        form, is_cut = _form(values, app_ids)
        cut = is_cut or len(answer) > LONGEST_ANSWER
        with self._lock:
            self.last += 1
            self.dropped += len(self._requests) == self._requests.maxlen
            self._requests.append(
                LoggedRequest(
                    self.last,
                    date,
                    operation,
                    method,
                    client[:LONGEST_CLIENT],
                    form,
                    str(reply['status']),
                    shortened(answer, LONGEST_ANSWER),
                    milliseconds,
                    cut,
                    _named('txn_ref', reply, form),
                    _named('session', reply, form),
                    events,
                    fault,
                )
            )
        self._added()

    def all(self) -> list[LoggedRequest]:
        """Return the requests, oldest first."""
        with self._lock:
            return list(self._requests)

    def restore(self, requests: Iterable[LoggedRequest], shift: int) -> None:
        """Put requests back that a reset has removed; they keep their ids.

        Args:
            requests: The requests.
            shift: How much larger the ids of their events are now.
        """
        with self._lock:
            self._requests.extend(_shifted(request, shift) for request in requests)

    def clear(self) -> None:
        """Remove all requests. The next id continues the count."""
        with self._lock:
            self.dropped = 0
            self._requests.clear()


def _shifted(request: LoggedRequest, shift: int) -> LoggedRequest:
    if request.events is None:
        return request
    first, last = request.events
    return request._replace(events=(first + shift, last + shift))


def _form(
    values: Mapping[str, str | bytes], app_ids: Collection[str]
) -> tuple[dict[str, str], bool]:
    """Return the parameters that the log may show, and whether a part is missing."""
    form: dict[str, str] = {}
    cut = len(values) > MOST_FIELDS
    for name, value in islice(values.items(), MOST_FIELDS):
        if isinstance(value, bytes) or len(value) > LONGEST_VALUE:
            cut = True
        hidden = 'token' in name.casefold() or (name == 'app_id' and value not in app_ids)
        form[name[:LONGEST_NAME]] = HIDDEN if hidden else _shown(value)
    return form, cut


def _shown(value: str | bytes) -> str:
    return f'({len(value)} bytes)' if isinstance(value, bytes) else shortened(value, LONGEST_VALUE)


def _named(name: str, reply: Reply, form: Mapping[str, str]) -> str | None:
    found = reply.get(name) or form.get(name)
    return str(found) if found else None
