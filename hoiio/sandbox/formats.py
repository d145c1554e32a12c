"""The formats of values in answers, notifications and events."""

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
    'moment',
    'money',
    'parse_moment',
    'shortened',
    'strings',
    'today',
    'with_query',
    'without_none',
]

Reply: TypeAlias = 'dict[str, object]'

GMT8 = timezone(timedelta(hours=8))
SHOWN_IN_EVENTS = 60
MOMENT = '%Y-%m-%d %H:%M:%S'
MOMENT_SHAPE = re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}')


def money(amount: Decimal) -> str:
    """Format an amount with three decimals."""
    return f'{amount:.3f}'


def moment(value: datetime) -> str:
    """Format a time as YYYY-MM-DD HH:MM:SS in Singapore time (GMT+8)."""
    return value.astimezone(GMT8).strftime(MOMENT)


def parse_moment(text: str) -> datetime:
    """Parse a time in the format of `moment`.

    Raises:
        ValueError: If the text has another format, or is not a valid time.
    """
    if not MOMENT_SHAPE.fullmatch(text):
        raise ValueError(f'not in the format YYYY-MM-DD HH:MM:SS: {text}')
    return datetime.strptime(text, MOMENT).replace(tzinfo=GMT8)


def today(value: datetime) -> date:
    """Return the date of a time in Singapore."""
    return value.astimezone(GMT8).date()


def without_none(**fields: object) -> Reply:
    """Return the fields that are not None: the API omits fields without a value."""
    return {name: value for name, value in fields.items() if value is not None}


def with_query(url: str, fields: Mapping[str, str]) -> str:
    """Append parameters to the query of a URL."""
    own, separator, fragment = url.partition('#')
    return f'{own}{"&" if "?" in own else "?"}{urlencode(fields)}{separator}{fragment}'


def strings(fields: Reply) -> dict[str, str]:
    """Convert the fields of an answer to the parameters of a notification."""
    return {name: str(value) for name, value in fields.items()}


def shortened(text: str, length: int) -> str:
    """Return a text, cut to a number of characters if it is longer."""
    return text if len(text) <= length else f'{text[: length - 1]}…'


def excerpt(text: str) -> str:
    """Shorten a text so that it fits on a line of the event log."""
    return shortened(text.replace('\n', ' '), SHOWN_IN_EVENTS)
