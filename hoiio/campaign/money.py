"""Amounts of money in the ledger: whole numbers, in millionths of the currency."""

from __future__ import annotations

from decimal import Decimal

__all__ = ['in_millionths', 'in_words']

_MILLION = 1_000_000


def in_millionths(amount: float) -> int:
    """Return an amount in millionths."""
    return round(amount * _MILLION)


def in_words(millionths: int) -> str:
    """Return an amount as people write it, with the three decimals that Hoiio uses."""
    return f'{Decimal(millionths) / _MILLION:.3f}'
