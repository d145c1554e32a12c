"""How many SMS parts a text has."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

__all__ = ['LONGEST', 'MAX_PARTS', 'Size', 'measure']

_GSM_LIMITS = (160, 306, 459)
_UNICODE_LIMITS = (70, 134, 201)

MAX_PARTS = len(_GSM_LIMITS)
#: A longer text does not fit the parts of any encoding.
LONGEST = _GSM_LIMITS[-1]

_COUNTED_TWICE = '\n[]\\^{}|€'
_ALPHABET = frozenset(
    _COUNTED_TWICE + '@£$¥èéùìòÇØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?~'
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
)


class Size(NamedTuple):
    """The number of SMS parts of a text, and its encoding.

    Attributes:
        parts: The number of parts; ``MAX_PARTS + 1`` if the text is too long to send.
        is_unicode: True if the text has a character outside the GSM alphabet.
    """

    parts: int
    is_unicode: bool


def measure(text: str) -> Size:
    """Count the SMS parts of a text."""
    is_unicode = not _ALPHABET.issuperset(text)
    length = _units(text) if is_unicode else len(text) + sum(map(text.count, _COUNTED_TWICE))
    limits = _UNICODE_LIMITS if is_unicode else _GSM_LIMITS
    return Size(1 + bisect_left(limits, length), is_unicode)


def _units(text: str) -> int:
    # A character outside the Basic Multilingual Plane takes two UTF-16 units.
    return len(text.encode('utf-16-le')) // 2
