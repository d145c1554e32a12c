"""How values look in answers, notifications and events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TypeAlias
from urllib.parse import urlencode

__all__ = [
    'GMT8',
    'Reply',
    'excerpt',
    'extended',
    'filled',
    'moment',
    'money',
    'parse_moment',
    'shortened',
    'strings',
    'today',
]

Reply: TypeAlias = 'dict[str, object]'

GMT8 = timezone(timedelta(hours=8))
SHOWN_IN_EVENTS = 60
MOMENT = '%Y-%m-%d %H:%M:%S'
MOMENT_SHAPE = re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}')


def money(amount: Decimal) -> str:
    """Write an amount with its three decimals."""
    return f'{amount:.3f}'


def moment(value: datetime) -> str:
    """Write a moment as Singapore's clocks show it."""
    return value.astimezone(GMT8).strftime(MOMENT)


def parse_moment(text: str) -> datetime:
    """Read a moment of the wire.

    Raises:
        ValueError: If the text has another form, or names no moment.
    """
    if not MOMENT_SHAPE.fullmatch(text):
        raise ValueError(f'not of the form YYYY-MM-DD HH:MM:SS: {text}')
    return datetime.strptime(text, MOMENT).replace(tzinfo=GMT8)


def today(value: datetime) -> date:
    """Return the day that a moment falls on in Singapore."""
    return value.astimezone(GMT8).date()


def filled(**fields: object) -> Reply:
    """Leave out every field that has no value: the wire has no null."""
    return {name: value for name, value in fields.items() if value is not None}


def extended(url: str, fields: Mapping[str, str]) -> str:
    """Write parameters behind those that a URL has already."""
    own, separator, fragment = url.partition('#')
    return f'{own}{"&" if "?" in own else "?"}{urlencode(fields)}{separator}{fragment}'


def strings(fields: Reply) -> dict[str, str]:
    """Turn the fields of an answer into the parameters of a notification."""
    return {name: str(value) for name, value in fields.items()}


def shortened(text: str, length: int) -> str:
    """Return a text, or its beginning if it is too long."""
    return text if len(text) <= length else f'{text[: length - 1]}…'


def excerpt(text: str) -> str:
    """Shorten a text to what fits on a line of the journal."""
    return shortened(text.replace('\n', ' '), SHOWN_IN_EVENTS)
