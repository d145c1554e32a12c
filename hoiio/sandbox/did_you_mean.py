"""Suggestions for misspelt names."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ['LONGEST', 'nearest']

# In characters. Comparing long texts is slow, and every known name is much shorter than this.
LONGEST = 200


def nearest(asked: str, known: Iterable[str]) -> str:
    """Return the known name that is most similar to the given one.

    Args:
        asked: The name to look for. Only its first 200 characters are compared.
        known: The names to choose from, at least one.

    Example:
        >>> nearest('sms/sned', ['sms/send', 'voice/call'])
        'sms/send'
    """
    from difflib import get_close_matches  # noqa: PLC0415 - few sandboxes get here

    return get_close_matches(asked[:LONGEST], list(known), n=1, cutoff=0)[0]
