"""Where a request ends: RFC 9112 read strictly, so that nobody can take it in two ways.

The reader of the standard library corrects what is malformed. What one side takes for the body of
a request would then be the next request for the other.
"""

from __future__ import annotations

import io
import re
from email.message import Message
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ['Chunks', 'flaw_in_head', 'flaw_in_length', 'read_head', 'without_blanks']

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
REQUEST_LINE = re.compile(TOKEN + rb' [^\s\x00-\x1f\x7f]+ HTTP/[0-9]\.[0-9]\r?\n')
FIELD_LINE = re.compile(TOKEN + rb':[^\r\n\x00]*\r?\n')
CHUNK_LINE = re.compile(rb'([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n\x00]*)?\r\n')
LENGTH = re.compile(r'[0-9]{1,18}', re.ASCII)
BLANK = (b'\r\n', b'\n')
# One more than the reader of the standard library takes, so that it still complains.
LONGEST_LINE = 64 * 1024 + 1
MOST_LINES = 101
# Each chunk costs a moment, however small it is.
MOST_CHUNKS = 100_000


def read_head(stream: io.BufferedIOBase) -> list[bytes]:
    """Read header lines, up to the empty line or the limit of the standard library."""
    lines: list[bytes] = []
    while len(lines) < MOST_LINES:
        lines.append(stream.readline(LONGEST_LINE))
        if lines[-1] in BLANK or len(lines[-1]) == LONGEST_LINE or not lines[-1]:
            break
    return lines


def without_blanks(line: bytes) -> bytes:
    """Return a line without the blanks at its end, which are not part of a value."""
    return line.rstrip(b' \t\r\n') + b'\r\n' if line.endswith(b'\n') else line


def flaw_in_head(request_line: bytes, lines: list[bytes]) -> str | None:
    """Return what is wrong with the form of a head that was read, or None."""
    if not REQUEST_LINE.fullmatch(request_line):
        return 'malformed request line'
    *fields, last = lines
    if not all(map(FIELD_LINE.fullmatch, fields)):
        return 'malformed header line'
    # A head that is too long is for the standard library to refuse.
    too_long = len(lines) == MOST_LINES or len(last) == LONGEST_LINE
    return None if last in BLANK or too_long else 'the headers are broken off'


def flaw_in_length(version: str, headers: Message) -> str | None:
    """Return why it is not certain where a request ends or whom it is for, or None."""
    hosts = headers.get_all('Host', [])
    lengths = headers.get_all('Content-Length', [])
    codings = headers.get_all('Transfer-Encoding', [])
    if len(hosts) > 1 or (not hosts and version != 'HTTP/1.0'):
        return 'exactly one Host is needed'
    if len(lengths) > 1 or not all(map(LENGTH.fullmatch, lengths)):
        return 'Content-Length is not one whole number'
    if codings and (lengths or version == 'HTTP/1.0'):
        return 'Transfer-Encoding does not go with Content-Length or HTTP/1.0'
    if codings and [coding.lower() for coding in codings] != ['chunked']:
        return 'chunked is the only Transfer-Encoding'
    return None


class Chunks(io.RawIOBase):
    """A body that comes in chunks, without their framing.

    Args:
        stream: Where it comes from.

    Raises:
        OSError: On reading, if the framing is wrong or the body is broken off.
    """

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._left = 0
        self._chunks = 0
        self._over = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read into a buffer; nothing at the end."""
        view = memoryview(buffer).cast('B')
        if not self._left and not self._over:
            self._begin()
        read = self._stream.read(min(len(view), self._left))
        if self._left and not read:
            raise OSError('the body is broken off')
        view[: len(read)] = read
        self._left -= len(read)
        if read and not self._left and self._stream.readline(2) != b'\r\n':
            raise OSError('a chunk is longer than its size')
        return len(read)

    def _begin(self) -> None:
        found = CHUNK_LINE.fullmatch(self._stream.readline(LONGEST_LINE))
        self._chunks += 1
        if found is None or self._chunks > MOST_CHUNKS:
            raise OSError('malformed chunk size, or too many chunks')
        self._left = int(found[1], 16)
        self._over = not self._left
        if self._over:
            self._skip_trailers()

    def _skip_trailers(self) -> None:
        *fields, last = read_head(self._stream)
        if last != b'\r\n' or not all(map(FIELD_LINE.fullmatch, fields)):
            raise OSError('malformed trailer')
