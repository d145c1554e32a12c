"""Get the raw body and the signature out of a request of any web framework.

This module imports none of the frameworks. It recognizes a request by its attributes. It checks the
length before it reads the body, so that a request without a valid signature cannot fill the memory.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from inspect import iscoroutinefunction
from io import BytesIO
from typing import Any, Protocol

from ..exceptions import InputInvalid, NotificationInvalid

__all__ = ['HEADER', 'LONGEST_BODY', 'TOO_LONG', 'AsyncRequest', 'read', 'read_awaited']

HEADER = 'X-Hoiio-Signature'
# Every notification is much shorter.
LONGEST_BODY = 1024 * 1024
LONGEST_LENGTH = 18

TOO_LONG = 'the request is longer than any notification'
NO_LENGTH = 'the request has no Content-Length, so it could be of any length'
READ_BEFORE = 'the raw body is empty, or the form was read before: call this first'
OTHERWISE = 'pass its raw body and its header X-Hoiio-Signature to parse()'


class AsyncRequest(Protocol):
    """A request of Starlette, FastAPI, Quart or aiohttp, whose body you have to await."""

    @property
    def headers(self) -> Any:
        """A mapping of the headers that ignores the case of their names."""


def read(request: Any) -> tuple[Any, str | None]:
    """Return the raw body and the signature of a request whose body is not awaited.

    Raises:
        NotificationInvalid: The body is too long, has an unknown length, is empty, or was read
            before.
        InputInvalid: It is not a request of a supported framework.
    """
    if isinstance(request, Mapping) and 'wsgi.input' in request:
        return _wsgi_body(request), request.get('HTTP_X_HOIIO_SIGNATURE')
    # An event of AWS without a body may not have the key "body".
    if isinstance(request, Mapping) and not request.keys().isdisjoint({'body', 'requestContext'}):
        return _event_body(request), _event_signature(request)
    # A request of Django REST framework wraps one of Django.
    request = getattr(request, '_request', request)
    if hasattr(request, 'get_data') and not iscoroutinefunction(request.get_data):
        body = _flask_body(request)
    elif isinstance(getattr(type(request), 'body', None), property):
        body = _property_body(request)
    else:
        raise InputInvalid(
            'from_request takes a request of Flask, Django, Django REST framework or Bottle, a WSGI'
            ' environ, or an event of AWS Lambda. For Starlette, FastAPI, Quart and aiohttp, await'
            f' from_async_request(). For any other request, {OTHERWISE}'
        )
    if not body:
        raise NotificationInvalid(READ_BEFORE)
    return body, request.headers.get(HEADER)


async def read_awaited(request: Any) -> tuple[Any, str | None]:
    """Return the raw body and the signature of a request whose body has to be awaited.

    Raises:
        NotificationInvalid: The body is too long, or was read before.
        InputInvalid: It is not a request of a supported framework.
    """
    names = ('body', 'get_data', 'read')  # of Starlette, of Quart, of aiohttp
    whole = next(filter(iscoroutinefunction, (getattr(request, n, None) for n in names)), None)
    if whole is None:
        raise InputInvalid(
            'from_async_request takes a request of Starlette, FastAPI, Quart or aiohttp. For Flask,'
            ' Django, Bottle, WSGI and AWS Lambda, see from_request(). For any other request,'
            f' {OTHERWISE}'
        )
    unlimited = _declared_length(request.headers) is None and hasattr(request, 'stream')
    try:
        body = await (_read_stream(request) if unlimited else whole())
    except RuntimeError:
        body = None
    if body is None:
        raise NotificationInvalid(READ_BEFORE)
    return body, request.headers.get(HEADER)


def _declared_length(headers: Mapping[str, str]) -> int | None:
    # A server that reads chunks ignores the Content-Length.
    if headers.get('Transfer-Encoding'):
        return None
    return _checked_length(headers.get('Content-Length'))


def _checked_length(declared: object) -> int | None:
    digits = str(declared or '')
    if not (digits.isascii() and digits.isdigit()):
        return None
    length = int(digits[:LONGEST_LENGTH])
    if length > LONGEST_BODY:
        raise NotificationInvalid(TOO_LONG)
    return length


def _wsgi_body(environ: Mapping[str, Any]) -> Any:
    length = _checked_length(environ.get('CONTENT_LENGTH'))
    if length is None and not environ.get('wsgi.input_terminated'):
        raise NotificationInvalid(NO_LENGTH)
    return environ['wsgi.input'].read(LONGEST_BODY + 1 if length is None else length)


def _flask_body(request: Any) -> Any:
    if _declared_length(request.headers) is None:
        request.stream = BytesIO(request.stream.read(LONGEST_BODY + 1))
    return request.get_data()


def _property_body(request: Any) -> Any:
    # In Django the body is bytes, in Bottle it is a file.
    if _declared_length(request.headers) is None:
        raise NotificationInvalid(NO_LENGTH)
    try:
        body = request.body
    except Exception as exc:
        if type(exc).__name__ != 'RawPostDataException':
            raise
        return b''
    return body.read() if hasattr(body, 'read') else body


def _event_body(event: Mapping[str, Any]) -> Any:
    body = event.get('body') or ''
    if not event.get('isBase64Encoded'):
        return body
    try:
        return base64.b64decode(body)
    except (TypeError, ValueError):
        raise NotificationInvalid('the body of the event is not valid base64') from None


def _event_signature(event: Mapping[str, Any]) -> str | None:
    several = (event.get('multiValueHeaders') or {}).items()
    headers = {name: values[0] for name, values in several if values}
    headers.update(event.get('headers') or {})
    return next((headers[name] for name in headers if name.lower() == HEADER.lower()), None)


async def _read_stream(request: Any) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_BODY:
            raise NotificationInvalid(TOO_LONG)
    return bytes(body)
