"""Count the pages of a PDF file and check their size."""

from __future__ import annotations

import re

from ...constants import Status
from ..errors import Refused

__all__ = ['page_count']

PAGE = re.compile(rb'/Type\s*/Page(?![A-Za-z])')
# The numbers must have space between them. Otherwise the expression could split one long number
# into four in many ways, which takes very long.
NUMBER = rb'(-?[0-9.]{1,40})'
MEDIA_BOX = re.compile(rb'/MediaBox\s*\[\s*' + rb'\s+'.join([NUMBER] * 4) + rb'\s*\]')
# A4 and Letter, in points: the short side, then the long side.
PAPER = ((595.0, 842.0), (612.0, 792.0))
TOLERANCE = 5.0


def page_count(content: bytes) -> int:
    """Count the pages of a PDF.

    Raises:
        Refused: If the file is not a PDF, or if a page is neither A4 nor Letter.
    """
    if not content.startswith(b'%PDF-'):
        raise Refused(Status.FILE_INVALID)
    if not all(_is_paper(box) for box in MEDIA_BOX.findall(content)):
        raise Refused(Status.PAGE_SIZE_INVALID)
    # Newer PDF files compress their page objects. Such a file counts as one page.
    return max(1, len(PAGE.findall(content)))


def _is_paper(box: tuple[bytes, bytes, bytes, bytes]) -> bool:
    try:
        left, bottom, right, top = (float(edge) for edge in box)
    except ValueError:
        return False
    short, long = sorted((abs(right - left), abs(top - bottom)))
    return any(
        abs(short - width) <= TOLERANCE and abs(long - height) <= TOLERANCE
        for width, height in PAPER
    )
