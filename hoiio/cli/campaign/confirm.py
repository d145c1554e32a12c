"""Ask a person once, before anything leaves or is deleted."""

from __future__ import annotations

import sys

from ..streams import complain, is_terminal
from .words import money

__all__ = ['is_confirmed']


def is_confirmed(question: str, *, yes: bool, max_cost: int | None = None) -> bool:
    """Return True if a person agrees.

    On a terminal, this asks. Elsewhere, the arguments must say it.

    Args:
        question: The question.
        yes: True if the arguments have ``--yes``.
        max_cost: The sum to put into the arguments, in millionths; None if it costs nothing.
    """
    if yes:
        return True
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        limit = '' if max_cost is None else f' --max-cost {money(max_cost)}'
        complain(f'hoiio: {question} To agree, add --yes{limit}. Nothing was done.')
        return False
    print(f'{question} [y/N] ', end='', file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in {'y', 'yes'}:
        return True
    complain('Nothing was done.')
    return False
