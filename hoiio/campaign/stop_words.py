"""Recognize a reply that asks for no more messages."""

from __future__ import annotations

import re
import unicodedata

__all__ = ['is_stop']

_WORDS = frozenset(
    {'stop', 'stopall', 'unsubscribe', 'unsub', 'cancel', 'end', 'quit', 'optout', 'revoke'}
)


def is_stop(text: str) -> bool:
    """Return True if an incoming SMS asks for no more messages.

    The whole SMS must be one of these words: STOP, STOP ALL, UNSUBSCRIBE, UNSUB, CANCEL, END, QUIT,
    OPT OUT or REVOKE. Case, spaces and punctuation do not matter. A sentence does not count, so
    "Please don't stop" is not a request to stop.

    Args:
        text: The text of the SMS.

    Returns:
        True for a stop word.

    Example:
        >>> is_stop(' Stop! ')
        True
        >>> is_stop('Stop at my house on Monday')
        False
    """
    # NFKC turns the wide letters of an East Asian keyboard into plain ones.
    letters = re.sub(r'[\W_]+', '', unicodedata.normalize('NFKC', text))
    return letters.casefold() in _WORDS
