"""Find out how a text file is written: its encoding, and what separates its columns."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from .exceptions import PlanInvalid

__all__ = ['delimiter_of', 'encoding_of']

_CHUNK = 1 << 16

_WORKBOOKS = (b'PK\x03\x04', b'\xd0\xcf\x11\xe0')
_WIDE = {codecs.BOM_UTF16_LE: 'utf-16', codecs.BOM_UTF16_BE: 'utf-16'}
_DELIMITERS = ',;\t'


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file, which was read to its end.

    Raises:
        PlanInvalid: It is a workbook of a spreadsheet, or not a text file in an encoding of these:
            UTF-8, UTF-16 and Windows-1252.
    """
    with path.open('rb') as file:
        start = file.read(4)
    if start.startswith(_WORKBOOKS):
        raise PlanInvalid(
            'the file is a workbook; open it in your spreadsheet program, and save it as'
            ' "CSV UTF-8"'
        )
    wide = _WIDE.get(start[:2]) or _wide_without_mark(start)
    if wide:
        _check_text(path, wide)
        return wide
    try:
        _check_text(path, 'utf-8-sig')
    except _OtherEncoding:
        _check_text(path, 'cp1252')
        return 'cp1252'
    return 'utf-8-sig'


def delimiter_of(header: str) -> str:
    """Return what separates the columns: the comma, semicolon or tab that the header has most."""
    unquoted = re.sub(r'"[^"]*"', '', header)
    return max(_DELIMITERS, key=unquoted.count)


class _OtherEncoding(PlanInvalid):
    """The file is not in this encoding, and nothing before this line says that it is."""


def _wide_without_mark(start: bytes) -> str | None:
    if start[1:2] == b'\0':
        return 'utf-16-le'
    return 'utf-16-be' if start[:1] == b'\0' else None


def _check_text(path: Path, encoding: str) -> None:
    line, is_ascii = 1, True
    try:
        for text in _decode(path, encoding):
            if '\0' in text:
                line += text.partition('\0')[0].count('\n')
                raise PlanInvalid('the file has a NUL byte; save it as a text file again', line)
            line += text.count('\n')
            is_ascii = is_ascii and text.isascii()
    except UnicodeDecodeError as exc:
        before = exc.object[: exc.start]
        kind = _OtherEncoding if is_ascii and before.isascii() else PlanInvalid
        raise kind(
            'the file has a byte that is not text; save it as "CSV UTF-8" again',
            line + before.count(b'\n'),
        ) from exc


def _decode(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open('rb') as file:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b'', final=True)
