"""Files that the sandbox hands out by URL: faxes and recordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ['PATH', 'File', 'Files', 'silence']

PATH = '/_sandbox/files/'


@dataclass(frozen=True)
class File:
    """What one URL holds."""

    content: bytes
    mimetype: str


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
