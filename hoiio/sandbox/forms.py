"""What a request carries, read without trusting what it says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from ..constants import Status
from .refusal import Refused

if TYPE_CHECKING:
    from .params import Value

__all__ = ['parse_body', 'parse_form']


def parse_form(data: bytes) -> dict[str, Value]:
    """Read a query or a form.

    Raises:
        Refused: If it is not UTF-8.
    """
    try:
        pairs = parse_qsl(data.decode(), keep_blank_values=True, errors='strict')
    except UnicodeDecodeError as exc:
        raise Refused(Status.MALFORMED_PARAMS) from exc
    return _first_of_each(pairs)


def parse_body(data: bytes, content_type: str) -> dict[str, Value]:
    """Read a body: multipart where it is one, else a form, whatever it is labelled."""
    mimetype, options = parse_options_header(content_type)
    boundary = options.get('boundary')
    if mimetype == 'multipart/form-data' and boundary:
        return _parse_multipart(data, boundary.encode())
    return parse_form(data)


def _parse_multipart(data: bytes, boundary: bytes) -> dict[str, Value]:
    decoder = MultipartDecoder(boundary)
    decoder.receive_data(data)
    decoder.receive_data(None)
    parts: list[tuple[Field | File, bytearray]] = []
    try:
        while not isinstance(event := decoder.next_event(), (Epilogue, NeedData)):
            if isinstance(event, (Field, File)):
                parts.append((event, bytearray()))
            elif isinstance(event, Data):
                parts[-1][1].extend(event.data)
    except ValueError as exc:
        raise Refused(Status.MALFORMED_PARAMS) from exc
    return _first_of_each([pair for part, content in parts for pair in _read(part, content)])


def _read(part: Field | File, content: bytearray) -> list[tuple[str, Value]]:
    if isinstance(part, File):
        # The name of the upload is the name of the fax, unless a field says otherwise.
        return [(part.name, bytes(content)), ('filename', part.filename)]
    try:
        return [(part.name, content.decode())]
    except UnicodeDecodeError as exc:
        raise Refused(Status.MALFORMED_PARAMS) from exc


def _first_of_each(pairs: list[tuple[str, str]] | list[tuple[str, Value]]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, value in pairs:
        values.setdefault(name, value)
    return values
