"""Refuse a text that needs too many SMS parts."""

from __future__ import annotations

from ... import message_size
from ...constants import Status
from ...message_size import LONGEST, Size
from ..errors import Refused

__all__ = ['TOO_LONG', 'Size', 'measure']

# A text of this length is too long in every encoding.
TOO_LONG = LONGEST + 1


def measure(text: str) -> Size:
    """Count the SMS parts of a text.

    Raises:
        Refused: If the text needs more than three parts.
    """
    size = message_size.measure(text)
    if size.parts > message_size.MAX_PARTS:
        raise Refused(Status.MSG_TOO_BIG)
    return size
