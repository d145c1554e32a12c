"""The PDF to fax: read from a path or an open file, and checked."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

from ..exceptions import FaxFileUnreadable, InputInvalid

__all__ = ['read_pdf']

MAX_SIZE = 2 * 1024 * 1024

# Some programs write a few bytes before the marker, and PDF readers look for it this far.
MARKER = b'%PDF-'
MARKER_WITHIN = 1024

# In characters. No system uses a longer path, and an error message must not quote a longer one.
LONGEST_PATH = 4096

# A phone number in any notation, without or with its plus.
_NUMBER = r'\s*\+?[\d\s().-]{7,25}'

# The start of a PDF that was passed as text: as it is, in base64, or in a URL.
_CONTENTS = ('%PDF-', 'JVBERi0', 'data:')


def read_pdf(
    file: str | os.PathLike[str] | bytes | BinaryIO | None,
) -> tuple[bytes, str | None]:
    """Read a PDF and its file name, which is None if the file does not have one.

    Raises:
        FaxFileUnreadable: The operating system cannot open or read the file.
        InputInvalid: It is not a PDF, or not a file.
    """
    if file is None or (isinstance(file, (str, bytes)) and not file):
        raise InputInvalid('fax/send: file is missing')
    if isinstance(file, (bytes, bytearray, memoryview)):
        return _check(bytes(file)), None
    try:
        content = _content(file)
    except InputInvalid:
        raise
    except OSError as exc:
        name = exc.filename or _name(file)
        raise FaxFileUnreadable(exc.errno, f'the file to fax: {exc.strerror or exc}', name) from exc
    except UnicodeDecodeError:
        # Text, as `_check` finds. The exception holds the content of the file, so drop it here.
        content = ''
    except (AttributeError, TypeError, ValueError) as exc:
        raise InputInvalid(
            'the file to fax must be a path, bytes, or a file opened in binary mode'
        ) from exc
    return _check(content), _name(file)


def _content(file: str | os.PathLike[str] | BinaryIO) -> bytes | str:
    # One byte more than allowed shows that a file is too big, without reading all of it.
    if isinstance(file, (str, os.PathLike)):
        with _check_path(os.fspath(file)).open('rb') as opened:
            return opened.read(MAX_SIZE + 1)
    position = file.tell() if hasattr(file, 'seekable') and file.seekable() else None
    content = file.read(MAX_SIZE + 1)
    # One read of a pipe or an unbuffered file may return only a part.
    while 0 < len(content) <= MAX_SIZE and (more := file.read(MAX_SIZE + 1 - len(content))):
        content += more
    if position is not None:
        file.seek(position)
    if (position or (position is None and not content)) and not _has_marker(content):
        raise InputInvalid(
            'no PDF begins at the current position of the file to fax; if you have read from it,'
            ' rewind it with file.seek(0)'
        )
    return content


def _check_path(path: str) -> Path:
    if len(path) > LONGEST_PATH or path.lstrip().startswith(_CONTENTS):
        raise InputInvalid(
            'the file to fax is text, but not a path; pass the path, or the PDF as bytes, not in'
            ' base64'
        )
    # The error of the operating system would quote the number.
    if re.fullmatch(_NUMBER, path) and not Path(path).exists():
        raise InputInvalid(
            'the file to fax is a phone number, and there is no file of that name; pass the number'
            ' first, and then the file'
        )
    # Opening a named pipe would wait until another program writes to it.
    if stat.S_IFMT(Path(path).stat().st_mode) not in {stat.S_IFREG, stat.S_IFDIR}:
        raise InputInvalid('the file to fax is a pipe or a device; read it and pass its bytes')
    return Path(path)


def _name(file: str | os.PathLike[str] | BinaryIO) -> str | None:
    # A Flask upload has its file name in `filename`. Its `name` is that of the form field.
    own = getattr(file, 'filename', getattr(file, 'name', None))
    path = file if isinstance(file, (str, os.PathLike)) else own
    name = Path(path).name if isinstance(path, (str, os.PathLike)) else None
    # A file name that is not UTF-8 cannot be sent. Without one, Hoiio chooses a name.
    return name if name and name.isprintable() else None


def _check(content: bytes | str) -> bytes:
    if isinstance(content, str):
        raise InputInvalid("the file to fax was opened as text; open it with mode 'rb'")
    if len(content) > MAX_SIZE:
        raise InputInvalid('the file to fax is larger than 2 MB')
    if not _has_marker(content):
        raise InputInvalid('the file to fax is not a PDF')
    return content


def _has_marker(content: bytes | str) -> bool:
    # `_check` refuses text with a message of its own.
    return isinstance(content, str) or MARKER in content[:MARKER_WITHIN]
