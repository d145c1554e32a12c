"""What a request carries, read without trusting what it says about itself."""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Iterable

from werkzeug.http import parse_options_header

from ...constants import Status
from ..api.request import Value
from ..errors import Refused

__all__ = ['parse_body', 'parse_form']

# No operation knows more than a few dozen; each one costs a moment.
MOST_FIELDS = 1000
# What a part says about itself: its name and the name of its file.
LONGEST_PART_HEAD = 2048
# Runs of them, because the functions of the standard library take a second for each megabyte.
ESCAPES = re.compile(rb'(?:%[0-9A-Fa-f]{2})+')


def parse_form(data: bytes) -> dict[str, Value]:
    """Read a query or a form.

    Raises:
        Refused: If it is not UTF-8, or has more than 1000 fields.
    """
    pieces = data.split(b'&', MOST_FIELDS)
    if len(pieces) > MOST_FIELDS:
        raise Refused(Status.MALFORMED_PARAMS, f'more than {MOST_FIELDS} fields')
    pairs = (piece.partition(b'=') for piece in pieces if piece)
    return _first_of_each((_text(_plain(name)), _text(_plain(value))) for name, _is, value in pairs)


def parse_body(data: bytes, content_type: str) -> dict[str, Value]:
    """Read a body: multipart where it is one, else a form, whatever it is labelled.

    Raises:
        Refused: If it is malformed, or has more than 1000 fields.
    """
    mimetype, options = parse_options_header(content_type)
    boundary = options.get('boundary')
    if mimetype.lower() == 'multipart/form-data' and boundary:
        return _first_of_each(_parts(data, boundary.encode()))
    return parse_form(data)


def _parts(data: bytes, boundary: bytes) -> Iterable[tuple[str, Value]]:
    # The first boundary may stand at the very beginning.
    _preamble, *parts = (b'\r\n' + data).split(b'\r\n--' + boundary, MOST_FIELDS + 1)
    for part in parts:
        if part.startswith(b'--'):
            return
        yield from _read(part)
    raise Refused(Status.MALFORMED_PARAMS, 'the parts do not end, or are too many')


def _read(part: bytes) -> Iterable[tuple[str, Value]]:
    head, blank, content = part.partition(b'\r\n\r\n')
    if not blank or len(head) > LONGEST_PART_HEAD:
        raise Refused(Status.MALFORMED_PARAMS, 'the head of a part is broken off or too long')
    options = _disposition(_text(head))
    if 'name' not in options:
        raise Refused(Status.MALFORMED_PARAMS, 'a part has no name')
    if 'filename' not in options:
        yield options['name'], _text(content)
        return
    yield options['name'], content
    # The name of the upload is the name of the fax, unless a field says otherwise.
    yield 'filename', options['filename']


def _disposition(head: str) -> dict[str, str]:
    for line in head.split('\r\n'):
        name, _colon, value = line.partition(':')
        if name.strip().lower() == 'content-disposition':
            return parse_options_header(value)[1]
    return {}


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
