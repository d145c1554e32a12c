"""The prices, and the destinations that the service does not support.

Most prices are invented; the others are from examples in the API documentation. They are in the
currency of the account, per message part or per minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from .magic_numbers import UNSUPPORTED

__all__ = [
    'FAX',
    'INCOMING_CALL',
    'INCOMING_FAX',
    'INCOMING_SMS',
    'SMS',
    'TABLES',
    'VOICE',
    'lookup',
    'rate_of',
    'refused_for_all',
    'refused_for_sms',
]

VOICE: Mapping[str, Decimal] = {
    '+': Decimal('0.060'),
    '+1': Decimal('0.018'),
    '+44': Decimal('0.025'),
    '+60': Decimal('0.035'),
    '+61': Decimal('0.024'),
    '+65': Decimal('0.018'),
    '+84': Decimal('0.055'),
    '+852': Decimal('0.020'),
}
SMS: Mapping[str, Decimal] = {
    '+': Decimal('0.065'),
    '+1': Decimal('0.020'),
    '+65': Decimal('0.032'),
    '+852': Decimal('0.038'),
}
# The service sends faxes only to these countries.
FAX: Mapping[str, Decimal] = {
    '+60': Decimal('0.045'),
    '+65': Decimal('0.032'),
    '+852': Decimal('0.036'),
}
TABLES: Mapping[str, Mapping[str, Decimal]] = {'sms': SMS, 'voice': VOICE, 'fax': FAX}
INCOMING_CALL = Decimal('0.010')
INCOMING_FAX = Decimal('0.015')
INCOMING_SMS = Decimal('0.010')

TOLL_FREE = ('+1800', '+1833', '+1844', '+1855', '+1866', '+1877', '+1888', '+65800', '+651800')
PREMIUM = ('+1900', '+1976', '+651900')
NO_COUNTRY = ('+0', '+800', '+808', '+979', '+999')
LANDLINES = ('+653', '+656')


def lookup(table: Mapping[str, Decimal], number: str) -> Decimal | None:
    """Return the rate of the longest prefix of the number, or None if no prefix matches."""
    for length in range(len(number), 0, -1):
        if (rate := table.get(number[:length])) is not None:
            return rate
    return None


def rate_of(table: Mapping[str, Decimal], number: str) -> Decimal:
    """Return the rate of a number, or the worldwide rate (``'+'``) if no other prefix matches."""
    return lookup(table, number) or table['+']


def refused_for_all(number: str) -> bool:
    """Return True for numbers that no operation supports: toll-free, premium, no country."""
    return number == UNSUPPORTED or _starts_with(number, (*TOLL_FREE, *PREMIUM, *NO_COUNTRY))


def refused_for_sms(number: str) -> bool:
    """Return True for landline numbers, which cannot receive SMS."""
    return _starts_with(number, LANDLINES)


def _starts_with(number: str, prefixes: Iterable[str]) -> bool:
    return number.startswith(tuple(prefixes))
