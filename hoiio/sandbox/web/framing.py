"""Strict HTTP/1.1 framing (RFC 9112), so that the end of a request is never ambiguous.

The parser of the standard library repairs malformed requests. Two parties could then disagree on
where a request ends, and one of them would read a part of the body as the next request.
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
# One more than the limits of the standard library, so that its parser reports the error.
MAX_LINE = 64 * 1024 + 1
MAX_LINES = 101
# Each chunk costs CPU time, even if it is small.
MAX_CHUNKS = 100_000


def read_head(stream: io.BufferedIOBase) -> list[bytes]:
    """Read header lines, up to the empty line or the limit of the standard library."""
    lines: list[bytes] = []
    while len(lines) < MAX_LINES:
        lines.append(stream.readline(MAX_LINE))
        if lines[-1] in BLANK or len(lines[-1]) == MAX_LINE or not lines[-1]:
            break
    return lines


def without_blanks(line: bytes) -> bytes:
    """Return a line without trailing whitespace, which is not part of the value."""
    return line.rstrip(b' \t\r\n') + b'\r\n' if line.endswith(b'\n') else line


def flaw_in_head(request_line: bytes, lines: list[bytes]) -> str | None:
    """Return the syntax error in a request line and its header lines, or None."""
    if not REQUEST_LINE.fullmatch(request_line):
        return 'malformed request line'
    *fields, last = lines
    if not all(map(FIELD_LINE.fullmatch, fields)):
        return 'malformed header line'
    # The standard library refuses headers that are too long.
    too_long = len(lines) == MAX_LINES or len(last) == MAX_LINE
    return None if last in BLANK or too_long else 'the headers are incomplete'


def flaw_in_length(version: str, headers: Message) -> str | None:
    """Return why the end or the host of a request is ambiguous, or None."""
    hosts = headers.get_all('Host', [])
    lengths = headers.get_all('Content-Length', [])
    codings = headers.get_all('Transfer-Encoding', [])
    if len(hosts) > 1 or (not hosts and version != 'HTTP/1.0'):
        return 'send exactly one Host header'
    if len(lengths) > 1 or not all(map(LENGTH.fullmatch, lengths)):
        return 'send one Content-Length, as a whole number'
    if codings and (lengths or version == 'HTTP/1.0'):
        return 'Transfer-Encoding cannot be used with Content-Length or HTTP/1.0'
    if codings and [coding.lower() for coding in codings] != ['chunked']:
        return 'the only supported Transfer-Encoding is chunked'
    return None


class Chunks(io.RawIOBase):
    """The decoded body of a request with chunked transfer encoding.

    Args:
        stream: The stream of chunks.

    Raises:
        OSError: On reading, if the framing is malformed or the body is incomplete.
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
        """Read into a buffer, and return the number of bytes. At the end it is 0."""
        view = memoryview(buffer).cast('B')
        if not self._left and not self._over:
            self._begin()
        read = self._stream.read(min(len(view), self._left))
        if self._left and not read:
            raise OSError('the body is incomplete')
        view[: len(read)] = read
        self._left -= len(read)
        if read and not self._left and self._stream.readline(2) != b'\r\n':
            raise OSError('a chunk is longer than its size')
        return len(read)

    def _begin(self) -> None:
        found = CHUNK_LINE.fullmatch(self._stream.readline(MAX_LINE))
        self._chunks += 1
        if found is None or self._chunks > MAX_CHUNKS:
            raise OSError('malformed chunk size, or too many chunks')
        self._left = int(found[1], 16)
        self._over = not self._left
        if self._over:
            self._skip_trailers()

    def _skip_trailers(self) -> None:
        *fields, last = read_head(self._stream)
        if last != b'\r\n' or not all(map(FIELD_LINE.fullmatch, fields)):
            raise OSError('malformed trailer')
