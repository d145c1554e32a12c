"""Convert values between Python and the wire.

On the wire, values are strings: a number is ``"0.020"``, a date is ``"2012-01-31 12:06:15"`` in
GMT+8, and commas separate the items of a list. (API: value conventions.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone
from math import isfinite
from operator import index
from typing import Annotated, Any, NamedTuple, TypeVar

from .exceptions import FieldUnreadable, InputInvalid

__all__ = ['GMT8', 'CachedStr', 'Field', 'complete', 'text_of', 'to_form', 'to_text', 'to_wire']

T = TypeVar('T')
W = TypeVar('W', bound=str)

#: The time zone of every date in the API. The dates themselves have no time zone. To add it, write
#: ``res.date.replace(tzinfo=GMT8)``.
GMT8 = timezone(timedelta(hours=8), 'GMT+8')

MAX_TAG = 256

PHONES = frozenset({'dest', 'dest1', 'dest2', 'incoming', 'number', 'caller_id'})

_BINARY = (bytes, bytearray, memoryview)

PERIOD = frozenset({'from', 'to'})

# The value of each of these is one text or one whole number.
TEXTS = frozenset(
    {'msg', 'tag', 'sender_name', 'fax_header', 'file', 'filename', 'recipients'}
    | {'notify_url', 'monitor_notify_url', 'forward_to', 'forward_sms_to'}
    | {'session', 'txn_ref', 'room', 'action', 'country', 'state', 'type', 'mode', 'on_failure'}
    | {'page', 'page_size', 'max_duration', 'max_digits', 'timeout', 'attempts', 'duration'}
)

# Compiled on first use, because most programs never need them.
_DATE_TIME = r'(?a)(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?'
_DATE = r'(?a)\d{4}-\d\d-\d\d'
_INTEGER = r'(?a)[+-]?\d{1,18}(?:\.0*)?'
_DECIMAL = r'(?a)[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?'
_BOOLEANS: Mapping[object, bool] = {
    'true': True,
    '1': True,
    1: True,
    'false': False,
    '0': False,
    0: False,
}


class Field(NamedTuple):
    """What an annotation alone cannot say about a field. Put it into an ``Annotated``."""

    convert: Callable[[Any], Any] | None = None
    """The function that reads the value, if the type is not enough."""
    alias: str | None = None
    """A second name under which Hoiio sometimes sends the field."""
    default: Any = None
    """The value on the wire that replaces a missing one."""
    is_cached: bool = False
    """True to cache the converted value, because most entries of a list have the same one."""
    is_optional: bool = False
    """True if a successful response may leave it out. The annotation is then ``X | None``."""


# Text that is the same in most entries of a list, such as the currency.
CachedStr = Annotated[str, Field(is_cached=True)]


# From the wire. Each raises ValueError, TypeError or KeyError for a value that it cannot read.


def to_str(value: Any) -> str:
    """Read text; a number without quotes becomes its digits."""
    if type(value) is str:
        return value
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    raise TypeError


def to_int(value: Any) -> int:
    """Read a whole number: ``"7"``, ``7``, ``"7.0"``."""
    if not re.fullmatch(_INTEGER, to_str(value)):
        raise ValueError
    return int(to_str(value).partition('.')[0])


def to_float(value: Any) -> float:
    """Read a decimal: ``"0.020"``, ``0.02``."""
    text = to_str(value)
    if not re.fullmatch(_DECIMAL, text) or not isfinite(float(text)):
        raise ValueError
    return float(text)


def to_bool(value: Any) -> bool:
    """Read a truth value: ``true``, ``"true"``, ``"1"`` and their opposites."""
    return _BOOLEANS[value.lower() if isinstance(value, str) else value]


def to_datetime(value: Any) -> datetime:
    """Read a date and time, with or without a fraction of a second."""
    # With other punctuation, fromisoformat would read a week or a time zone.
    if len(value) == 19 and value[7] == '-' and value[10] == ' ' and value[16] == ':':  # noqa: PLR2004
        return datetime.fromisoformat(value)
    match = re.fullmatch(_DATE_TIME, value)
    if match is None:
        raise ValueError
    day, clock, fraction = match.groups()
    return datetime.fromisoformat(f'{day}T{clock}.{fraction or "":0<6.6}')


def to_date(value: Any) -> date:
    """Read a date, and drop the time that some responses add."""
    if value[4::3] == '--':
        return date.fromisoformat(value)
    return to_datetime(value).date()


def to_word(kind: Callable[[str], W]) -> Callable[[Any], W]:
    """Return a function that reads a word of an enum, known or unknown."""
    return lambda value: kind(to_str(value))


def to_list(convert: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """Return a function that reads a list: an array, or a string with commas."""

    def read(value: Any) -> list[T]:
        if isinstance(value, str):
            value = [item.strip() for item in value.split(',') if item.strip()]
        if not isinstance(value, (list, tuple)):
            raise TypeError
        return [convert(item) for item in value]

    return read


def without_plus(value: Any) -> str:
    """Read a dialling prefix, which Hoiio sends as ``+65`` or as ``65``."""
    return to_str(value).removeprefix('+')


def is_missing(
    convert: Callable[[Any], Any] | None, value: object, *, is_optional: bool = False
) -> bool:
    """Return True for null, and for empty text if the field is not text or is optional."""
    return value is None or (value == '' and (is_optional or convert in _SCALARS))


def read(name: str, convert: Callable[[Any], T], value: Any) -> T:
    """Convert the value of a field.

    Raises:
        FieldUnreadable: The value does not have the form that the API promises. The message does
            not quote the value, because it could be a phone number.
    """
    with suppress(ValueError, TypeError, KeyError):
        return convert(value)
    # Outside the handler: the caught exception quotes the value and would become the context.
    raise FieldUnreadable(
        f'the field {name!r} does not have the form that the API promises; .json has the original'
        ' value'
    )


_SCALARS = frozenset({to_int, to_float, to_bool, to_datetime, to_date})


# To the wire.


def text_of(value: object) -> str | None:
    """Return a value as text if it is text, represents text, or is a whole number.

    Text is a ``str`` or a subclass of it, the value of an enum of ``str``, or an object with the
    methods of text, such as a lazy translation of Django.

    Returns:
        The text; None for anything else.
    """
    if type(value) is str:
        return value
    # A lazy translation runs code of the application, which may raise any exception.
    with suppress(Exception):
        return _text_of(value)
    return None


def _text_of(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if issubclass(type(value), str):
        # Not str(), which returns the name of the member for an enum.
        return str.__str__(value)
    if hasattr(value, 'casefold'):
        # A mock has this method too, but it does not return the same text.
        return str(value) if value.casefold() == str(value).casefold() else None
    return str(index(value))  # type: ignore[arg-type]


def to_text(value: object, name: str = 'a parameter') -> str:
    """Convert a parameter that is one text or one whole number.

    Raises:
        InputInvalid: It is anything else. The message names the parameter and not its value.
    """
    text = text_of(value)
    if text is None:
        kind = 'bytes' if isinstance(value, _BINARY) else type(value).__name__
        raise InputInvalid(f'{name} cannot be written as text: it is of type {kind}; pass a str')
    if not _is_writable(text):
        raise InputInvalid(f'{name} cannot be written as text: it contains half a character')
    return text


def _is_writable(text: str) -> bool:
    with suppress(UnicodeEncodeError):
        return text.isascii() or bool(text.encode())
    return False


def to_wire(value: object, name: str = 'a parameter') -> str:
    """Convert a parameter that the SDK does not know: text, a number, a date, or a list of these.

    A date becomes its midnight. A datetime with a time zone is converted to GMT+8. True and false
    become ``enabled`` and ``disabled``. Commas separate the items of a list.

    Raises:
        InputInvalid: It is anything else. The message names the parameter and not its value.
    """
    if isinstance(value, (list, tuple)):
        return ','.join(_to_scalar(item, name) for item in value)
    return _to_scalar(value, name)


def _to_scalar(value: object, name: str) -> str:
    if isinstance(value, bool):
        return 'enabled' if value else 'disabled'
    if isinstance(value, date):
        return _to_gmt8(value).isoformat(' ', 'seconds')
    if isinstance(value, float) and isfinite(value):
        return str(float(value))
    return to_text(value, name)


def _to_gmt8(value: date) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    if value.tzinfo is None:
        return value
    try:
        return value.astimezone(GMT8).replace(tzinfo=None)
    except OverflowError as exc:
        raise InputInvalid('a date falls outside the years 1 to 9999 in GMT+8') from exc


def complete(number: str, prefix: str | None) -> str:
    """Add the prefix to a phone number without ``+``: ``91234567`` becomes ``+6591234567``.

    Raises:
        InputInvalid: The number starts with 00, so it already has a country code.
    """
    if not prefix or not number or number.startswith(('+', 'room:')) or number == 'private':
        return number
    if bare(number).startswith('00'):
        raise InputInvalid('a phone number starts with 00; write + and the country code instead')
    return f'+{prefix}{number}'


def bare(number: str) -> str:
    """Return a phone number without spaces and punctuation."""
    return re.sub(r'[^\w+]', '', number)


class Form(dict[str, str]):
    """The form of a request. It contains the token, so its repr only shows its field names."""

    def __repr__(self) -> str:
        return f'<{" ".join(("form", *self))}>'


def to_form(params: Mapping[str, Any], prefix: str | None = None) -> Form:
    """Convert the parameters of a request to its form, without those that are None.

    Raises:
        InputInvalid: The type of a parameter is not one that the parameter can have. A phone
            number is empty. The tag is longer than 256 characters. ``to`` is before ``from``.
    """
    form = Form()
    for name, value in params.items():
        if value is not None:
            form[name] = _write(name, value, prefix)
    if len(form.get('tag', '')) > MAX_TAG:
        raise InputInvalid(
            f'the tag has {len(form["tag"])} characters; it can have at most {MAX_TAG}'
        )
    _check_period(form.get('from', ''), form.get('to', ''))
    return form


def _write(name: str, value: object, prefix: str | None) -> str:
    if name in PHONES:
        return _to_numbers(name, value, prefix)
    if name in PERIOD:
        return _to_moment(name, value)
    if name in TEXTS:
        return to_text(value, name)
    return to_wire(value, to_text(name, 'the name of a parameter'))


def _to_moment(name: str, value: object) -> str:
    text = _to_scalar(value, name) if isinstance(value, date) else to_text(value, name)
    return f'{text} 00:00:00' if re.fullmatch(_DATE, text) else text


def _to_numbers(name: str, value: object, prefix: str | None) -> str:
    # Only dest can have several numbers, in some operations.
    listed = value if name == 'dest' and isinstance(value, (list, tuple)) else [value]
    numbers = [number.strip() for each in listed for number in to_text(each, name).split(',')]
    if name == 'caller_id' and not numbers[0].isdecimal():
        return to_text(value, name)
    if not numbers or not all(numbers):
        raise InputInvalid(f'{name} is empty')
    return ','.join(complete(number, prefix) for number in numbers)


def _check_period(start: str, end: str) -> None:
    # Hoiio decides which dates are valid. The SDK only compares two dates that it can read.
    try:
        backwards = to_datetime(end) < to_datetime(start)
    except ValueError:
        backwards = False
    if backwards:
        raise InputInvalid(f'to ({end}) is before from ({start})')


def is_future(text: str) -> bool:
    """Return True if a text is a date in the future, in GMT+8."""
    with suppress(ValueError):
        return to_datetime(text) > datetime.now(GMT8).replace(tzinfo=None)
    return False
