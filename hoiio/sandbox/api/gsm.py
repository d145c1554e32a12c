"""Count the SMS parts of a text."""

from __future__ import annotations

from typing import NamedTuple

from ...constants import Status
from ..errors import Refused

__all__ = ['Size', 'measure']

GSM_LIMITS = (160, 306, 459)
UNICODE_LIMITS = (70, 134, 201)

COUNTED_TWICE = frozenset('\n[]\\^{}|€')
ALPHABET = COUNTED_TWICE | frozenset(
    '@£$¥èéùìòÇØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?~'
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
)


class Size(NamedTuple):
    """The number of SMS parts of a text, and its encoding."""

    parts: int
    is_unicode: bool


def measure(text: str) -> Size:
    """Count the SMS parts of a text.

    Raises:
        Refused: If the text needs more than three parts.
    """
    is_unicode = not ALPHABET.issuperset(text)
    length = _units(text) if is_unicode else _septets(text)
    for parts, limit in enumerate(UNICODE_LIMITS if is_unicode else GSM_LIMITS, start=1):
        if length <= limit:
            return Size(parts, is_unicode)
    raise Refused(Status.MSG_TOO_BIG)


def _septets(text: str) -> int:
    return len(text) + sum(character in COUNTED_TWICE for character in text)


def _units(text: str) -> int:
    # A character outside the Basic Multilingual Plane takes two UTF-16 units.
    return len(text.encode('utf-16-le')) // 2
