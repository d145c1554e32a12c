"""Files that the sandbox serves by URL: faxes and recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

__all__ = ['PATH', 'File', 'Files', 'silence']

PATH = '/_sandbox/files/'
# A browser may show these types inline, because they cannot contain a script.
INLINE = frozenset({'application/pdf', 'audio/mpeg'})


@dataclass(frozen=True)
class File:
    """The content behind one URL."""

    content: bytes
    mimetype: str

    @property
    def headers(self) -> dict[str, str]:
        """The response headers: a browser shows a safe type inline and saves any other."""
        if self.mimetype in INLINE:
            return {'Content-Type': self.mimetype, 'Content-Disposition': 'inline'}
        kind = 'application/octet-stream'
        return {'Content-Type': kind, 'Content-Disposition': 'attachment'}


class Files:
    """The files by key; ``origin`` is the beginning of their URLs."""

    def __init__(self, origin: str, files: Mapping[str, File] | None = None) -> None:
        self._origin = origin
        self._files = dict(files or {})

    def add(self, key: str, file: File) -> str:
        """Store a file and return its URL."""
        self._files[key] = file
        return f'{self._origin}{PATH}{quote(key)}'

    def all(self) -> dict[str, File]:
        """Return every file by its key."""
        return dict(self._files)

    def get(self, key: str) -> File | None:
        """Return the file, or None."""
        return self._files.get(key)


def silence() -> File:
    """Return a silent recording: one empty frame of MPEG audio."""
    frame = bytes.fromhex('fffb1004') + bytes(100)
    return File(frame, 'audio/mpeg')
