"""How amounts, numbers and the states of a campaign are written."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from ...campaign.money import in_words as money

__all__ = ['counted', 'money', 'with_options']

_COMMAND = re.compile('`(hoiio [^`]*)`')


def with_options(sentence: str, options: Sequence[str]) -> str:
    """Add options to each command in a sentence, so that it means the same ledger."""
    added = ''.join(f' {shlex.quote(word)}' for word in options)
    return _COMMAND.sub(lambda found: f'`{found[1]}{added}`', sentence)


def counted(count: int, what: str) -> str:
    """Return a number of things, such as ``1 part`` or ``2 parts``."""
    plural = 'people' if what == 'person' else f'{what}s'
    return f'{count:,} {what if count == 1 else plural}'
