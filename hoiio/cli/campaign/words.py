"""How amounts, numbers and the states of a campaign are written."""

from __future__ import annotations

from ...campaign.money import in_words as money

__all__ = ['counted', 'money']


def counted(count: int, what: str) -> str:
    """Return a number of things, such as ``1 part`` or ``2 parts``."""
    plural = 'people' if what == 'person' else f'{what}s'
    return f'{count:,} {what if count == 1 else plural}'
