"""Files that the sandbox hands out by URL: faxes and recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

__all__ = ['PATH', 'File', 'Files', 'silence']

PATH = '/_sandbox/files/'
# What a browser may show in its own window: none of these can hold a script.
SHOWN = frozenset({'application/pdf', 'audio/mpeg'})


@dataclass(frozen=True)
class File:
    """What one URL holds."""

    content: bytes
    mimetype: str

    @property
    def headers(self) -> dict[str, str]:
        """How it is served: a browser saves what it has no business to show."""
        if self.mimetype in SHOWN:
            return {'Content-Type': self.mimetype, 'Content-Disposition': 'inline'}
        kind = 'application/octet-stream'
        return {'Content-Type': kind, 'Content-Disposition': 'attachment'}


class Files:
    """The files by their key; the server tells where they can be fetched."""

    def __init__(self, origin: str, files: Mapping[str, File] | None = None) -> None:
        self._origin = origin
        self._files = dict(files or {})

    def add(self, key: str, file: File) -> str:
        """Keep a file and return its URL."""
        self._files[key] = file
        return f'{self._origin}{PATH}{quote(key)}'

    def all(self) -> dict[str, File]:
        """Return every file by its key."""
        return dict(self._files)

    def get(self, key: str) -> File | None:
        """Return the file, or None."""
        return self._files.get(key)


def silence() -> File:
    """Return a recording in which nobody speaks: one empty frame of MPEG audio."""
    frame = bytes.fromhex('fffb1004') + bytes(100)
    return File(frame, 'audio/mpeg')
