"""A client for the control API of a sandbox in another process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, NamedTuple
from urllib.parse import quote

from ..exit_codes import ExitCode

__all__ = ['ControlClient', 'ControlError', 'Gone', 'Location', 'phone_path']

JSON = 'application/json'
STREAM = 'text/event-stream'
# A large state takes a while to load, and a busy machine is slow.
TIMEOUT = 30.0
# A sandbox writes to a stream at least every 15 seconds.
STREAM_TIMEOUT = 60.0
# A snapshot can be this large.
MAX_BODY = 1024 * 1024 * 1024
PIECE = 64 * 1024
REDIRECT = 300
REFUSED = INVALID = 400
MAX_REASON = 80


class ControlError(Exception):
    """The sandbox cannot be reached, or it refused the request. The message says why.

    Attributes:
        code: The exit code of the command.
    """

    def __init__(self, message: str, code: ExitCode = ExitCode.REFUSED) -> None:
        super().__init__(message)
        self.code = code


class Gone(ControlError):
    """No server responds where the sandbox should be."""


class Location(NamedTuple):
    """The host and the port of a sandbox."""

    host: str
    port: int

    def __str__(self) -> str:
        return f'http://{f"[{self.host}]" if ":" in self.host else self.host}:{self.port}'


class ControlClient:
    """A client for a sandbox on this machine.

    Args:
        location: Where the sandbox is.
    """

    def __init__(self, location: Location) -> None:
        self._location = location
        self._checked = False

    def check(self, timeout: float = TIMEOUT) -> dict[str, Any]:
        """Make sure that a sandbox answers, and return what it says about itself.

        Raises:
            ControlError: If nothing answers, or something that is not a sandbox.
        """
        status, data = self._exchange('GET', 'health', None, timeout)
        if status >= REFUSED and isinstance(data, dict) and isinstance(data.get('message'), str):
            raise ControlError(f'{self._location} refused the request: {data["message"]}')
        if status >= REDIRECT or not _is_health(data):
            raise ControlError(self._not_a_sandbox())
        self._checked = True
        return dict(data)

    def get(self, path: str) -> dict[str, Any]:
        """Send a GET request to the control API.

        Raises:
            ControlError: If no sandbox answers, or if it refuses the request.
        """
        return self._request('GET', path)

    def post(
        self, path: str, fields: Mapping[str, object] | None = None, *, waiting: float = 0
    ) -> dict[str, Any]:
        """Send a POST request to the control API.

        Args:
            path: The path after ``/_sandbox/``.
            fields: The fields of the body.
            waiting: How many seconds the sandbox may wait before it answers.

        Raises:
            ControlError: If no sandbox answers, or if it refuses the request.
        """
        return self._request('POST', path, fields or {}, waiting=waiting)

    def put(self, path: str, data: object) -> dict[str, Any]:
        """Send a PUT request to the control API.

        Raises:
            ControlError: If no sandbox answers, or if it refuses the request.
        """
        return self._request('PUT', path, data)

    def delete(self, path: str) -> dict[str, Any]:
        """Send a DELETE request to the control API.

        Raises:
            ControlError: If no sandbox answers, or if it refuses the request.
        """
        return self._request('DELETE', path, {})

    def act(
        self, phone: str, action: str, fields: Mapping[str, object], *, waiting: float = 0
    ) -> dict[str, Any]:
        """Perform an action of a phone.

        Raises:
            ControlError: If no sandbox answers, or if it refuses the request.
        """
        return self.post(f'{phone_path(phone)}/{action}', fields, waiting=waiting)

    def follow(self) -> Iterator[dict[str, Any]]:
        """Yield the events so far, then each new event, until the sandbox stops.

        Raises:
            ControlError: If no sandbox answers.
        """
        self._require_sandbox()
        with self._sent('GET', 'events', None, STREAM_TIMEOUT, STREAM) as answer:
            yield from _events(answer)

    def _request(
        self, method: str, path: str, body: object = None, *, waiting: float = 0
    ) -> dict[str, Any]:
        self._require_sandbox()
        status, data = self._exchange(method, path, body, TIMEOUT + waiting)
        if not isinstance(data, dict):
            raise ControlError(self._not_a_sandbox())
        if status >= REFUSED:
            code = ExitCode.USAGE if status == INVALID else ExitCode.REFUSED
            raise ControlError(
                str(data.get('message', f'the sandbox responded with HTTP {status}')), code
            )
        return data

    def _require_sandbox(self) -> None:
        if not self._checked:
            self.check()

    def _exchange(self, method: str, path: str, body: object, timeout: float) -> tuple[int, Any]:
        """Return the status of the answer, and its JSON; None if it is not JSON."""
        with self._sent(method, path, body, timeout) as answer:
            try:
                content = _read(answer, time.monotonic() + timeout)
            except (OSError, HTTPException) as exc:
                raise self._interrupted(method, exc) from exc
            try:
                return answer.status, json.loads(content)
            except (ValueError, RecursionError):
                return answer.status, None

    @contextmanager
    def _sent(
        self, method: str, path: str, body: object, timeout: float, accepted: str = JSON
    ) -> Iterator[HTTPResponse]:
        """Send a request, and close the connection after the answer is read."""
        connection = HTTPConnection(*self._location, timeout=timeout)
        headers = {'Content-Type': JSON, 'Accept': accepted}
        content = None if body is None else json.dumps(body)
        try:
            try:
                connection.connect()
            except OSError as exc:
                raise self._gone(exc) from exc
            try:
                connection.request(method, f'/_sandbox/{path}', content, headers)
                answer = connection.getresponse()
            except (OSError, HTTPException) as exc:
                raise self._interrupted(method, exc) from exc
            with answer:
                yield answer
        finally:
            connection.close()

    def _gone(self, exc: OSError) -> Gone:
        return Gone(
            f'no sandbox is running at {self._location} ({_reason(exc)}). Start one with'
            f' `hoiio sandbox --port {self._location.port}`, or pass its port with --port',
            ExitCode.NEVER_LEFT,
        )

    def _interrupted(self, method: str, exc: Exception) -> ControlError:
        if not self._checked:
            reason = f'the server at {self._location} is not a sandbox, or does not respond'
            return Gone(
                f'{reason} ({_reason(exc)}). Pass the port of the sandbox with --port',
                ExitCode.NEVER_LEFT,
            )
        if method == 'GET':
            return Gone(f'the sandbox did not respond ({_reason(exc)})', ExitCode.NEVER_LEFT)
        return ControlError(
            f'the sandbox did not respond ({_reason(exc)}), so it may or may not have done this. To'
            ' check, run `hoiio sandbox events`',
            ExitCode.UNKNOWN,
        )

    def _not_a_sandbox(self) -> str:
        return (
            f'the server at {self._location} is not a sandbox. Pass the port of the sandbox with'
            ' --port, or start one with `hoiio sandbox --port 0`'
        )


def _events(answer: HTTPResponse) -> Iterator[dict[str, Any]]:
    """Yield the events of a stream until it ends. Frames with a name are not events."""
    named = False
    try:
        for line in answer:
            if line.startswith(b'data: ') and not named:
                yield json.loads(line.removeprefix(b'data: '))
            named = line.startswith(b'event: ') or (named and line.strip() != b'')
    except (OSError, HTTPException):
        return


def phone_path(number: str) -> str:
    """Return the path of a phone."""
    return f'phones/{quote(number, safe="")}'


def _is_health(data: object) -> bool:
    return (
        isinstance(data, dict)
        and data.get('ok') is True
        and isinstance(data.get('version'), str)
        and isinstance(data.get('url'), str)
    )


def _read(answer: HTTPResponse, end: float) -> bytes:
    """Read a body, up to the limits of size and time.

    Raises:
        TimeoutError: If it takes too long.
        HTTPException: If it is too large or incomplete.
    """
    pieces, size = [], 0
    while piece := answer.read1(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BODY:
            raise HTTPException('the response is too large')
        if time.monotonic() > end:
            raise TimeoutError('the response takes too long')
    if answer.length:
        raise HTTPException('the response is incomplete')
    return b''.join(pieces)


def _reason(exc: Exception) -> str:
    if isinstance(exc, TimeoutError):
        return 'it takes too long'
    reason = getattr(exc, 'strerror', None) or str(exc) or type(exc).__name__
    return reason[:1].lower() + reason[1:MAX_REASON]
