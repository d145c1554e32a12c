"""The control API over HTTP: it finds the route of a request and sends the result.

It uses JSON and needs no credentials. The module `guard` decides which requests it accepts.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from threading import Event as Flag
from typing import Any

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.http import parse_options_header
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from ..codec import encode
from ..did_you_mean import LONGEST, nearest
from ..emulator import Emulator
from ..errors import Refused
from ..state import files
from .control_params import Param
from .control_routes import ROUTES, Route
from .event_stream import follow, follow_changes
from .guard import CONTROL_PATH
from .request_body import parse_form

__all__ = ['ControlApp']

JSON = 'application/json'
STREAM = 'text/event-stream'
MAX_DIGITS = 18
MAX_SHOWN = 200


class Denied(Exception):
    """The request itself is invalid, independent of the state of the sandbox."""

    def __init__(self, status: HTTPStatus, message: str, **details: object) -> None:
        super().__init__(message)
        self.status = status
        self.body = {'message': message, **details}


class ControlApp:
    """Answers requests below ``/_sandbox/``.

    Args:
        emulator: The emulator that it controls.
        closing: A flag that the server sets when it stops. It ends the event streams.
    """

    def __init__(self, emulator: Emulator, closing: Flag) -> None:
        self._emulator = emulator
        self._closing = closing

    def respond(self, request: Request, body: bytes) -> Response:
        """Answer one request."""
        try:
            return self._respond(request, body)
        except Denied as denied:
            return _json(denied.body, denied.status)
        except Refused as refusal:
            return _json({'message': refusal.status.value}, HTTPStatus.CONFLICT)
        except (AssertionError, TimeoutError) as exc:
            # What a test expects did not happen.
            return _json({'message': str(exc)}, HTTPStatus.CONFLICT)
        except LookupError as exc:
            # A KeyError or IndexError is a bug in the sandbox. It does not mean "not found".
            if isinstance(exc, (KeyError, IndexError)):
                raise
            return _json({'message': str(exc)}, HTTPStatus.NOT_FOUND)
        except (ValueError, OverflowError, RecursionError) as exc:
            return _json({'message': str(exc)}, HTTPStatus.BAD_REQUEST)

    def _respond(self, request: Request, body: bytes) -> Response:
        if request.path.startswith(files.PATH):
            return self._file(request.path.removeprefix(files.PATH))
        route, variables = _find(request.method, request.path)
        if route.method == 'GET':
            options = _options(route, request)
        else:
            options = _read(route, _load(request, body))
        if route.streams:
            changes = options.pop('changes', False)
            if STREAM in request.headers.get('Accept', '').lower():
                return self._stream(request, options.get('after', 0), changes=changes)
        return _json(route.handler(self._emulator, *variables, **options))

    def _file(self, key: str) -> Response:
        file = self._emulator.world.files.get(key)
        if file is None:
            raise Denied(HTTPStatus.NOT_FOUND, 'file not found; a reset removes all files')
        return Response(file.content, headers=file.headers)

    def _stream(self, request: Request, after: int, *, changes: bool) -> Response:
        last = _count(request.headers.get('Last-Event-ID', ''))
        headers = {'Cache-Control': 'no-store', 'Connection': 'close'}
        events = (follow_changes if changes else follow)(
            self._emulator, last or after, self._closing
        )
        return Response(events, mimetype=STREAM, headers=headers)


# Reading a request


def _router() -> Map:
    rules = [
        Rule(f'{CONTROL_PATH}{route.rule}', methods=[route.method], endpoint=route)
        for route in ROUTES
    ]
    return Map(rules, merge_slashes=False)


ROUTER = _router().bind('')


def _find(method: str, path: str) -> tuple[Route, list[Any]]:
    """Return the route for a request, and the values of its path variables."""
    if len(path) > LONGEST:
        raise _not_found(path.removeprefix(CONTROL_PATH))
    try:
        route, variables = ROUTER.match(path, method)
    except NotFound:
        raise _not_found(path.removeprefix(CONTROL_PATH)) from None
    except MethodNotAllowed as exc:
        allowed = ', '.join(sorted({*(exc.valid_methods or ())} - {'HEAD'}))
        message = f'{method:.80} is not allowed here; use {allowed}'
        raise Denied(HTTPStatus.METHOD_NOT_ALLOWED, message) from None
    return route, [_count(text) if name == 'id' else text for name, text in variables.items()]


def _not_found(path: str) -> Denied:
    meant = nearest(path, {route.path for route in ROUTES})
    message = f'{CONTROL_PATH}{path[:LONGEST]} not found; did you mean {CONTROL_PATH}{meant}?'
    return Denied(HTTPStatus.NOT_FOUND, message, nearest=meant)


def _options(route: Route, request: Request) -> dict[str, Any]:
    """Return the parameters of the query."""
    given = _query(request)
    if unknown := sorted(given.keys() - route.query):
        known = f'use {", ".join(route.query)}' if route.query else 'use none'
        message = f'unknown parameters: {", ".join(unknown)[:MAX_SHOWN]}; {known}'
        raise Denied(HTTPStatus.BAD_REQUEST, message)
    return {name: route.query[name].read(name, text) for name, text in given.items()}


def _query(request: Request) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in parse_form(request.query_string).items()}
    except Refused as exc:
        raise Denied(HTTPStatus.BAD_REQUEST, 'the query is malformed') from exc


def _load(request: Request, body: bytes) -> Any:
    mimetype, _options = parse_options_header(request.headers.get('Content-Type', ''))
    if mimetype.lower() != JSON:
        raise Denied(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f'send Content-Type: {JSON}')
    data = json.loads(body.decode() or '{}')
    # JSON can contain half of a surrogate pair, which cannot be encoded later. Refuse it here.
    json.dumps(data, ensure_ascii=False).encode()
    return data


def _read(route: Route, data: object) -> dict[str, Any]:
    if route.whole is not None:
        return {'data': route.whole.decode(data)}
    if not isinstance(data, dict):
        raise Denied(HTTPStatus.BAD_REQUEST, 'send a JSON object')
    known = {**route.required, **route.optional}
    if unknown := sorted(data.keys() - known):
        raise Denied(HTTPStatus.BAD_REQUEST, f'unknown fields: {", ".join(unknown)}')
    if missing := sorted(route.required.keys() - data):
        raise Denied(HTTPStatus.BAD_REQUEST, f'missing fields: {", ".join(missing)}')
    return {name: _decode(name, known[name], value) for name, value in data.items()}


def _decode(name: str, param: Param, value: object) -> Any:
    try:
        return param.decode(value)
    except ValueError as exc:
        raise ValueError(f'{name}: {exc}') from exc


def _count(text: str) -> int:
    """Return a whole number; 0, which is the id of no entry, for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 0


def _json(body: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(_dumped(body, 2), status=status, mimetype=JSON)


def _dumped(body: object, depth: int) -> str:
    """Return a value as JSON, encoded entry by entry.

    ``json.dumps`` blocks all other threads while it runs, so each call gets only one entry.
    """
    if depth and isinstance(body, dict):
        entries = (f'{json.dumps(key)}: {_dumped(body[key], depth - 1)}' for key in body)
        return f'{{{", ".join(entries)}}}'
    if depth and isinstance(body, list):
        return f'[{", ".join(_dumped(entry, depth - 1) for entry in body)}]'
    return json.dumps(body, default=encode)
