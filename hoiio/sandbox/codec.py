"""Objects as JSON and back: what the fields of a dataclass are declared as is what is read.

Plain data alone: no code is kept, so a callable or a timer is left out and gets its default back.
"""

from __future__ import annotations

import base64
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ..constants import Status
from .clock import Timer
from .state import records

__all__ = ['Pool', 'decode', 'encode', 'freeze_fields']

T = TypeVar('T')

# Counts and seconds. More is a mistake, and a number of thousands of digits cannot be written.
LARGEST = 10**9
LARGEST_AMOUNT = Decimal(10) ** 15
MOST_DECIMALS = 12
# The years 1 and 9999 have moments that cannot be converted to another time zone.
YEARS = range(2, 9999)

SEQUENCES: dict[Any, Callable[[list[Any]], Any]] = {
    list: list,
    tuple: tuple,
    deque: deque,
    frozenset: frozenset,
}
MAPPINGS = (dict, Mapping, Counter)


def _is_entity(kind: type) -> bool:
    return '__eq__' not in vars(kind)


#: The records that are told apart by identity, by the name that is written with each.
ENTITIES: dict[str, type] = {
    name: kind
    for name, kind in vars(records).items()
    if isinstance(kind, type) and is_dataclass(kind) and _is_entity(kind)
}


class Pool:
    """The objects that are told apart by identity: they are written once and referred to.

    A dataclass declared with ``eq=False`` is such an object.
    """

    def __init__(self) -> None:
        self._known: list[Any] = []
        self._places: dict[int, int] = {}

    def place(self, entity: object) -> int:
        """Return the number that stands for an object."""
        if id(entity) not in self._places:
            self._places[id(entity)] = len(self._known)
            self._known.append(entity)
        return self._places[id(entity)]

    def get(self, place: object, kind: type) -> Any:
        """Return the object that a number stands for."""
        if type(place) is not int or not 0 <= place < len(self._known):
            raise ValueError(f'there is no {kind.__name__} {place!r}')
        entity = self._known[place]
        if type(entity) is not kind:
            raise ValueError(f'{place} is not a {kind.__name__}')
        return entity

    def freeze(self) -> list[dict[str, Any]]:
        """Copy all objects for `encode`, those included that turn up on the way."""
        copies: list[dict[str, Any]] = []
        while len(copies) < len(self._known):
            entity = self._known[len(copies)]
            copies.append({'is': type(entity).__name__, **freeze_fields(entity, self)})
        return copies

    def load(self, written: object) -> None:
        """Read all objects; they may refer to each other in any order."""
        entries = [_expect(entry, dict) for entry in _expect(written, list)]
        self._known = [_blank(entry.get('is')) for entry in entries]
        for place, (entity, entry) in enumerate(zip(self._known, entries, strict=True)):
            data = {name: value for name, value in entry.items() if name != 'is'}
            try:
                values = _decode_fields(data, type(entity), self)
            except ValueError as exc:
                raise ValueError(f'objects: {place}: {exc}') from None
            for name, value in values.items():
                object.__setattr__(entity, name, value)


NOTHING = Pool()


def freeze_fields(value: Any, pool: Pool) -> dict[str, Any]:
    """Copy what may still change, for `encode` to turn into JSON at any later time."""
    return {name: _freeze(getattr(value, name), pool) for name in _hints(value.__class__)}


def _freeze(value: Any, pool: Pool) -> Any:
    copier = _copier(value.__class__)
    return value if copier is None else copier(value, pool)


@cache
def _copier(kind: type) -> Callable[[Any, Pool], Any] | None:
    """Return how values of a kind are copied; None if they do not change."""
    if issubclass(kind, (list, deque)):
        return lambda value, pool: [_freeze(entry, pool) for entry in value]
    if issubclass(kind, Mapping):
        return lambda value, pool: {key: _freeze(entry, pool) for key, entry in value.items()}
    if not is_dataclass(kind):
        return None
    if _is_entity(kind):
        return lambda value, pool: pool.place(value)
    return None if _is_frozen(kind) else freeze_fields


def encode(value: Any, pool: Pool = NOTHING) -> Any:
    """Turn a value into what JSON can hold.

    Raises:
        TypeError: If it is of a kind that is not provided for.
    """
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name
    if isinstance(value, (str, Decimal)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return _encode_compound(value, pool)


def _encode_compound(value: Any, pool: Pool) -> Any:
    if isinstance(value, Mapping):
        return {str(encode(key)): encode(entry, pool) for key, entry in value.items()}
    if isinstance(value, frozenset):
        return sorted(encode(entry, pool) for entry in value)
    if isinstance(value, (list, tuple, deque)):
        return [encode(entry, pool) for entry in value]
    if not is_dataclass(value):
        raise TypeError(f'{value!r} cannot be written as JSON')
    return pool.place(value) if _is_entity(type(value)) else _encode_fields(value, pool)


def _encode_fields(value: Any, pool: Pool) -> dict[str, Any]:
    return {name: encode(getattr(value, name), pool) for name in _hints(value.__class__)}


def decode(data: object, hint: Any, pool: Pool = NOTHING) -> Any:
    """Turn what JSON held into a value of the type that is asked for.

    Raises:
        ValueError: If it does not fit.
    """
    if hint is Any:
        return data
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        [inner] = [arm for arm in get_args(hint) if arm is not NoneType]
        return None if data is None else decode(data, inner, pool)
    if origin in SEQUENCES:
        inner = get_args(hint)[0]
        entries = enumerate(_expect(data, list))
        return SEQUENCES[origin]([_part(place, entry, inner, pool) for place, entry in entries])
    if origin in MAPPINGS:
        inner = get_args(hint)[-1] if len(get_args(hint)) > 1 else int
        items = _expect(data, dict).items()
        return {_text(key): _part(key, entry, inner, pool) for key, entry in items}
    if is_dataclass(hint):
        return _decode_dataclass(data, hint, pool)
    return _decode_scalar(data, hint)


def _part(place: object, data: object, hint: Any, pool: Pool) -> Any:
    try:
        return decode(data, hint, pool)
    except ValueError as exc:
        raise ValueError(f'{place}: {exc}') from None


def _decode_scalar(data: object, hint: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _decode_enum(_expect(data, str), hint)
    if hint in CHECKED:
        return CHECKED[hint](data)
    reader = READERS.get(hint)
    return _expect(data, hint) if reader is None else reader(_expect(data, str))


def _decode_enum(word: str, hint: type[Enum]) -> Enum:
    if hint is Status:
        # There is one for every parameter that can be missing.
        return hint(word)
    found = [member for member in hint if encode(member) == word]
    if not found:
        words = ', '.join(str(encode(member)) for member in hint)
        raise ValueError(f'one of {words} is needed')
    return found[0]


def _decode_dataclass(data: object, hint: Any, pool: Pool) -> Any:
    if _is_entity(hint):
        return pool.get(data, hint)
    return hint(**_decode_fields(_expect(data, dict), hint, pool, partial=True))


def _decode_fields(
    data: dict[str, Any], kind: type, pool: Pool, *, partial: bool = False
) -> dict[str, Any]:
    """Read the fields that are there; with ``partial`` the rest is left to the constructor."""
    hints = _hints(kind)
    if unknown := sorted(data.keys() - hints.keys()):
        raise ValueError(f'{kind.__name__} has no {", ".join(unknown)}')
    values = {name: _part(name, value, hints[name], pool) for name, value in data.items()}
    missing = [field for field in fields(kind) if field.init and field.name not in values]
    for field in missing:
        if not (partial and _has_default(field)):
            values[field.name] = _default(field, kind)
    return values


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _default(field: Field[Any], kind: type) -> Any:
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    if 'Callable' in str(field.type):
        return _nothing
    raise ValueError(f'{kind.__name__} needs {field.name}')


def _nothing(*_args: object) -> None:
    return


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    """Return the fields of a dataclass that are written, with their types."""
    hints = get_type_hints(kind)
    declared = {field.name for field in fields(kind)}
    return {name: hint for name, hint in hints.items() if name in declared and not _is_code(hint)}


def _is_code(hint: Any) -> bool:
    return hint is Timer or get_origin(hint) is Callable or any(map(_is_code, get_args(hint)))


def _is_frozen(kind: Any) -> bool:
    return bool(kind.__dataclass_params__.frozen)


def _blank(name: object) -> Any:
    if not isinstance(name, str) or name not in ENTITIES:
        raise ValueError('an object of an unknown kind')
    return object.__new__(ENTITIES[name])


def _expect(data: object, kind: type[T]) -> T:
    # A truth value is an int to Python, but not to anybody else.
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise ValueError(f'{kind.__name__} is needed, not {type(data).__name__}')
    return data


def _text(data: object) -> str:
    text = _expect(data, str)
    try:
        text.encode()
    except UnicodeEncodeError:
        # JSON can spell half a character, but nothing can send it on.
        raise ValueError('a text has half a character in it') from None
    return text


def _whole(data: object) -> int:
    whole = _expect(data, int)
    if not 0 <= whole <= LARGEST:
        raise ValueError(f'a number from 0 to {LARGEST} is needed')
    return whole


def _number(data: object) -> float:
    if type(data) not in {int, float} or not -LARGEST < data < LARGEST:  # type: ignore[operator]
        raise ValueError('a number is needed, and one of a usable size')
    return data  # type: ignore[return-value]


# What is read as it is, but not every value of it.
CHECKED: dict[Any, Callable[[object], Any]] = {str: _text, int: _whole, float: _number}


def _read_decimal(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal('NaN')
    if not (amount.is_finite() and 0 <= amount <= LARGEST_AMOUNT and _decimals(amount)):
        raise ValueError('an amount such as 4.650 is needed')
    return amount


def _decimals(amount: Decimal) -> bool:
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and -MOST_DECIMALS <= exponent <= MOST_DECIMALS


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError('a moment needs a time zone')
    _require_year(moment)
    return moment


def _read_day(text: str) -> date:
    day = date.fromisoformat(text)
    _require_year(day)
    return day


def _require_year(day: date) -> None:
    if day.year not in YEARS:
        raise ValueError(f'a year from {YEARS[0]} to {YEARS[-1]} is needed')


READERS: dict[Any, Callable[[str], Any]] = {
    Decimal: _read_decimal,
    datetime: _read_moment,
    date: _read_day,
    bytes: lambda text: base64.b64decode(text, validate=True),
}
