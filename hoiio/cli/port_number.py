"""A port as the value of an option."""

from __future__ import annotations

from argparse import ArgumentTypeError

__all__ = ['to_port']

LARGEST = 65535
MOST_DIGITS = 5


def to_port(text: str) -> int:
    """Read the number of a port; 0 means any free one.

    Raises:
        ArgumentTypeError: The text is something else.
    """
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text) <= LARGEST:
        return int(text)
    raise ArgumentTypeError(f'a port is a number from 0 to {LARGEST}, not {text!r:.80}')
