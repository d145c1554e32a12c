"""Conversion of records to JSON and back, by the declared types of their fields.

JSON holds only data. Callables and timers are not written; reading gives them their defaults.
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
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from ..constants import Status
from .clock import Timer
from .state import records

__all__ = ['Pool', 'decode', 'encode', 'freeze_fields']

T = TypeVar('T')

# For counts and seconds. Python cannot print integers with thousands of digits.
LARGEST = 10**9
LARGEST_AMOUNT = Decimal(10) ** 15
MOST_DECIMALS = 12
# Some times in the years 1 and 9999 cannot be converted to another time zone.
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


#: The classes of the records that are compared by identity, by name.
ENTITIES: dict[str, type] = {
    name: kind
    for name, kind in vars(records).items()
    if isinstance(kind, type) and is_dataclass(kind) and _is_entity(kind)
}


class Pool:
    """The records that are compared by identity; each is written once and referred to by number.

    These are the dataclasses that are declared with ``eq=False``.
    """

    def __init__(self) -> None:
        self._known: list[Any] = []
        self._places: dict[int, int] = {}

    def place(self, entity: object) -> int:
        """Return the number of an object, and add the object if it is new."""
        if id(entity) not in self._places:
            self._places[id(entity)] = len(self._known)
            self._known.append(entity)
        return self._places[id(entity)]

    def get(self, place: object, kind: type) -> Any:
        """Return the object with a number."""
        if type(place) is not int or not 0 <= place < len(self._known):
            raise ValueError(f'there is no {kind.__name__} with the number {place!r}')
        entity = self._known[place]
        if type(entity) is not kind:
            raise ValueError(f'object {place} is not a {kind.__name__}')
        return entity

    def freeze(self) -> list[dict[str, Any]]:
        """Copy all objects for `encode`, including those that the copying adds."""
        copies: list[dict[str, Any]] = []
        while len(copies) < len(self._known):
            entity = self._known[len(copies)]
            copies.append({'is': type(entity).__name__, **freeze_fields(entity, self)})
        return copies

    def load(self, written: object) -> None:
        """Read all objects, which may refer to each other in any order."""
        entries = [_expect(entry, dict) for entry in _expect(written, list)]
        self._known = [_new_entity(entry.get('is')) for entry in entries]
        for place, (entity, entry) in enumerate(zip(self._known, entries, strict=True)):
            data = {name: value for name, value in entry.items() if name != 'is'}
            try:
                values = _decode_fields(data, type(entity), self)
            except ValueError as exc:
                raise ValueError(f'objects: {place}: {exc}') from None
            for name, value in values.items():
                object.__setattr__(entity, name, value)


NO_OBJECTS = Pool()


# Both take long for what they do, and there are few types.
@cache
def _origin(hint: Any) -> Any:
    return get_origin(hint)


@cache
def _arguments(hint: Any) -> tuple[Any, ...]:
    return get_args(hint)


def freeze_fields(value: Any, pool: Pool) -> dict[str, Any]:
    """Copy the fields that can change, so that `encode` can write them later."""
    return {name: _freeze(getattr(value, name), pool) for name in _hints(value.__class__)}


def _freeze(value: Any, pool: Pool) -> Any:
    copier = _copier(value.__class__)
    return value if copier is None else copier(value, pool)


@cache
def _copier(kind: type) -> Callable[[Any, Pool], Any] | None:
    """Return the function that copies values of a type, or None if they cannot change."""
    if issubclass(kind, (list, deque)):
        return lambda value, pool: [_freeze(entry, pool) for entry in value]
    if issubclass(kind, Mapping):
        return lambda value, pool: {key: _freeze(entry, pool) for key, entry in value.items()}
    if not is_dataclass(kind):
        return None
    if _is_entity(kind):
        return lambda value, pool: pool.place(value)
    return None if _is_frozen(kind) else freeze_fields


def encode(value: Any, pool: Pool = NO_OBJECTS) -> Any:
    """Convert a value to data that JSON can hold.

    Raises:
        TypeError: If the type of the value is not supported.
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


def decode(data: object, hint: Any, pool: Pool = NO_OBJECTS) -> Any:
    """Convert data from JSON to a value of a given type.

    Raises:
        ValueError: If the data is not valid for this type.
    """
    if hint is Any:
        return data
    origin = _origin(hint)
    if origin in {Union, UnionType}:
        [inner] = [arm for arm in _arguments(hint) if arm is not NoneType]
        return None if data is None else decode(data, inner, pool)
    if origin in SEQUENCES:
        inner = _arguments(hint)[0]
        entries = enumerate(_expect(data, list))
        return SEQUENCES[origin](
            [_decode_part(place, entry, inner, pool) for place, entry in entries]
        )
    if origin in MAPPINGS:
        inner = _arguments(hint)[-1] if len(_arguments(hint)) > 1 else int
        items = _expect(data, dict).items()
        return {_text(key): _decode_part(key, entry, inner, pool) for key, entry in items}
    if is_dataclass(hint):
        return _decode_dataclass(data, hint, pool)
    return _decode_scalar(data, hint)


def _decode_part(place: object, data: object, hint: Any, pool: Pool) -> Any:
    try:
        return decode(data, hint, pool)
    except ValueError as exc:
        raise ValueError(f'{place}: {exc}') from None


def _decode_scalar(data: object, hint: Any) -> Any:
    if _origin(hint) is Literal:
        return _decode_literal(_expect(data, str), _arguments(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _decode_enum(_expect(data, str), hint)
    if hint in CHECKED:
        return CHECKED[hint](data)
    reader = READERS.get(hint)
    return _expect(data, hint) if reader is None else reader(_expect(data, str))


def _decode_enum(word: str, hint: type[Enum]) -> Enum:
    if hint is Status:
        # Status also accepts words that it does not list, such as `error_msg_param_missing`.
        return hint(word)
    members = _members(hint)
    if word not in members:
        raise ValueError(f'must be one of {", ".join(members)}')
    return members[word]


@cache
def _members(hint: type[Enum]) -> dict[str, Enum]:
    return {encode(member): member for member in hint}


def _decode_literal(word: str, words: tuple[str, ...]) -> str:
    if word not in words:
        raise ValueError(f'must be one of {", ".join(words)}')
    return word


def _decode_dataclass(data: object, hint: Any, pool: Pool) -> Any:
    if _is_entity(hint):
        return pool.get(data, hint)
    return hint(**_decode_fields(_expect(data, dict), hint, pool, partial=True))


def _decode_fields(
    data: dict[str, Any], kind: type, pool: Pool, *, partial: bool = False
) -> dict[str, Any]:
    """Read the fields in the data, and add defaults; ``partial`` leaves defaults to `__init__`."""
    hints = _hints(kind)
    if unknown := sorted(data.keys() - hints.keys()):
        raise ValueError(f'{kind.__name__} has no field {", ".join(unknown)}')
    values = {name: _decode_part(name, value, hints[name], pool) for name, value in data.items()}
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
    raise ValueError(f'{kind.__name__} needs the field {field.name}')


def _nothing(*_args: object) -> None:
    return


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    """Return the names and types of the fields that are written to JSON."""
    hints = get_type_hints(kind)
    declared = {field.name for field in fields(kind)}
    return {name: hint for name, hint in hints.items() if name in declared and not _is_code(hint)}


def _is_code(hint: Any) -> bool:
    return hint is Timer or _origin(hint) is Callable or any(map(_is_code, _arguments(hint)))


def _is_frozen(kind: Any) -> bool:
    return bool(kind.__dataclass_params__.frozen)


def _new_entity(name: object) -> Any:
    if not isinstance(name, str) or name not in ENTITIES:
        raise ValueError('unknown kind of object')
    return object.__new__(ENTITIES[name])


def _expect(data: object, kind: type[T]) -> T:
    # In Python, bool is a subclass of int.
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise ValueError(f'must be {kind.__name__}, not {type(data).__name__}')
    return data


def _text(data: object) -> str:
    text = _expect(data, str)
    try:
        text.encode()
    except UnicodeEncodeError:
        # JSON can hold a lone surrogate, but UTF-8 cannot.
        raise ValueError('must not contain half a character (a lone surrogate)') from None
    return text


def _count(data: object) -> int:
    count = _expect(data, int)
    if not 0 <= count <= LARGEST:
        raise ValueError(f'must be a number from 0 to {LARGEST}')
    return count


def _number(data: object) -> float:
    if type(data) not in {int, float} or not -LARGEST < data < LARGEST:  # type: ignore[operator]
        raise ValueError(f'must be a number between -{LARGEST} and {LARGEST}')
    return data  # type: ignore[return-value]


# Types that need no conversion, but a check of the value.
CHECKED: dict[Any, Callable[[object], Any]] = {str: _text, int: _count, float: _number}


def _read_decimal(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal('NaN')
    if not (amount.is_finite() and 0 <= amount <= LARGEST_AMOUNT and _decimals(amount)):
        raise ValueError('must be an amount such as 4.650')
    return amount


def _decimals(amount: Decimal) -> bool:
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and -MOST_DECIMALS <= exponent <= MOST_DECIMALS


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError('must have a time zone')
    _require_year(moment)
    return moment


def _read_day(text: str) -> date:
    day = date.fromisoformat(text)
    _require_year(day)
    return day


def _require_year(day: date) -> None:
    if day.year not in YEARS:
        raise ValueError(f'the year must be from {YEARS[0]} to {YEARS[-1]}')


READERS: dict[Any, Callable[[str], Any]] = {
    Decimal: _read_decimal,
    datetime: _read_moment,
    date: _read_day,
    bytes: lambda text: base64.b64decode(text, validate=True),
}
