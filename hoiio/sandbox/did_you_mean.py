"""What somebody may have meant who asked for something that is not there."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ['LONGEST', 'nearest']

# In characters. To compare takes time with the length, and no name comes near this.
LONGEST = 200


def nearest(asked: str, known: Iterable[str]) -> str:
    """Return the name that is most like the one asked for.

    Args:
        asked: Of a very long one only the beginning is compared.
        known: At least one name.

    Example:
        >>> nearest('sms/sned', ['sms/send', 'voice/call'])
        'sms/send'
    """
    from difflib import get_close_matches  # noqa: PLC0415 - few sandboxes get here

    return get_close_matches(asked[:LONGEST], list(known), n=1, cutoff=0)[0]
