"""Parsers for request bodies and queries that do not rely on the declared content type."""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Iterable

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

from ...constants import Status
from ..api.request import Value
from ..errors import Refused
from .guard import CONTROL_PATH

__all__ = ['MAX_BODY', 'largest_body', 'parse_body', 'parse_form']

MAX_BODY = 8 * 1024 * 1024
# Each fax in a snapshot has up to 2 MB.
MAX_SNAPSHOT = 256 * 1024 * 1024
# No operation has more than a few dozen parameters, and each field costs CPU time.
MAX_FIELDS = 1000
# The headers of a part contain its name and its file name.
MAX_PART_HEAD = 2048
# Werkzeug checks its limits once for each piece that it receives.
PIECE = 512
# Decode whole runs of escapes, because the standard library needs about a second per megabyte.
ESCAPES = re.compile(rb'(?:%[0-9A-Fa-f]{2})+')


def largest_body(path: str) -> int:
    """Return the size limit in bytes for the body of a request."""
    return MAX_SNAPSHOT if path == f'{CONTROL_PATH}snapshot' else MAX_BODY


def parse_form(data: bytes) -> dict[str, Value]:
    """Parse a query or a form.

    Raises:
        Refused: If it is not UTF-8, or has more than 1000 fields.
    """
    pieces = data.split(b'&', MAX_FIELDS)
    if len(pieces) > MAX_FIELDS:
        raise Refused(Status.MALFORMED_PARAMS, f'more than {MAX_FIELDS} fields')
    pairs = (piece.partition(b'=') for piece in pieces if piece)
    return _first_of_each((_text(_plain(name)), _text(_plain(value))) for name, _is, value in pairs)


def parse_body(data: bytes, content_type: str) -> dict[str, Value]:
    """Parse a body: as multipart if it has a boundary, else as a form.

    A form is accepted with any content type.

    Raises:
        Refused: If it is malformed, or has more than 1000 fields.
    """
    mimetype, options = parse_options_header(content_type)
    boundary = options.get('boundary')
    if mimetype.lower() == 'multipart/form-data' and boundary:
        return _first_of_each(_parts(data, boundary.encode()))
    return parse_form(data)


def _parts(data: bytes, boundary: bytes) -> Iterable[tuple[str, Value]]:
    content = bytearray()
    for event in _events(data, boundary):
        if isinstance(event, (Field, File)):
            part, content = event, bytearray()
        elif isinstance(event, Data):
            content += event.data
            if not event.more_data:
                yield from _read(part, bytes(content))


def _events(data: bytes, boundary: bytes) -> Iterable[Event]:
    decoder = MultipartDecoder(boundary, MAX_PART_HEAD, max_parts=MAX_FIELDS)
    pieces = (data[start : start + PIECE] for start in range(0, len(data), PIECE))
    try:
        for piece in (*pieces, None):
            decoder.receive_data(piece)
            while not isinstance(event := decoder.next_event(), (NeedData, Epilogue)):
                yield event
    except (ValueError, LookupError, RequestEntityTooLarge) as exc:
        message = 'the parts are malformed, too many, or have headers that are too long'
        raise Refused(Status.MALFORMED_PARAMS, message) from exc


def _read(part: Field | File, content: bytes) -> Iterable[tuple[str, Value]]:
    # Werkzeug accepts a part without a name.
    if not isinstance(part.name, str):
        raise Refused(Status.MALFORMED_PARAMS, 'a part has no name')
    if isinstance(part, Field):
        yield part.name, _text(content)
        return
    yield part.name, content
    # The name of the uploaded file is the default for the field ``filename``.
    yield 'filename', part.filename


def _plain(text: bytes) -> bytes:
    spaced = text.replace(b'+', b' ')
    return ESCAPES.sub(lambda run: unhexlify(run[0].replace(b'%', b'')), spaced)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as exc:
        raise Refused(Status.MALFORMED_PARAMS) from exc


def _first_of_each(pairs: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, value in pairs:
        values.setdefault(name, value)
    return values
