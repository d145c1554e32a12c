"""Read all entries of a page with a function that is generated for their class.

A page of a history has up to a hundred entries. In the generated function, the loop over the fields
is unrolled; ``dataclasses`` generates its methods in the same way. A plain loop would take 33 %
more CPU time for a page whose fields are all read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, TypeVar

from .fields import Field

__all__ = ['make_reader']

T = TypeVar('T')

Convert = Callable[[Any], Any]

CACHE_SIZE = 1000
LONGEST_CACHED = 32

# The source of the function, piece by piece.
_HEAD = """\
def read(values):
    entries = []
    for json in values:
        if json.__class__ is not dict:
            entry = new(kind)
            entry.json = json
            entries.append(entry)
            continue
"""
# Without a call of the constructor, a page takes 5 % less time.
_PLAIN = """
        entry = new(kind)
        entry.json = json
"""
_CONSTRUCTED = """
        entry = kind(json)
"""
_OPTIONAL = """
        value = json.get('{name}')
        if value is None or value == '':
            entry.{name} = None
        else:"""
# Most fields are present, so it costs less to try than to check first. Without the caches, a page
# would take 127 % more time, and stored entries would take a third more memory.
_CACHED = """
        try:
            json['{name}'], entry.{name} = cache_{name}[json['{name}']]
        except unreadable:
            pass
"""
_OTHER = """
        try:
            entry.{name} = read_{name}(json['{name}'])
        except unreadable:
            pass
"""
_FOOT = """
        entries.append(entry)
    return entries
"""


def make_reader(
    kind: type[T], fields: Mapping[str, Field], optional: Collection[str], *, is_plain: bool
) -> Callable[[list[Any]], list[T]]:
    """Make the function that reads a list of JSON objects as entries of a class.

    The function leaves out a field that is missing or cannot be read. The entry explains why when
    you read the field. An item that is not a JSON object becomes an entry without fields.

    Args:
        kind: The class.
        fields: Its fields.
        optional: The names of the fields that are None if they are missing.
        is_plain: True if the class has no constructor of its own.
    """
    source = [_HEAD, _PLAIN if is_plain else _CONSTRUCTED]
    scope: dict[str, Any] = {'kind': kind, 'new': object.__new__, 'unreadable': _UNREADABLE}
    for name, field in fields.items():
        if field.convert is None or (field.is_optional and name not in optional):
            continue
        source.append(_template(field).format(name=name))
        scope[f'read_{name}'] = field.convert
        scope[f'cache_{name}'] = _cache_of(field.convert)
    exec(''.join([*source, _FOOT]), scope)  # noqa: S102 - the source is in this module
    read: Callable[[list[Any]], list[T]] = scope['read']
    return read


def _template(field: Field) -> str:
    template = _CACHED if field.is_cached else _OTHER
    return _OPTIONAL + template.replace('\n', '\n    ') if field.is_optional else template


class ConversionCache(dict[str, tuple[str, Any]]):
    """A cache of converted strings, because a history repeats the same few words and prices.

    It returns the first of equal strings with the converted value. So a program that keeps many
    entries keeps that string only once.
    """

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, value: Any) -> tuple[Any, Any]:
        converted = value, self._convert(value)
        if type(value) is str and len(value) <= LONGEST_CACHED:
            if len(self) >= CACHE_SIZE:
                self.clear()
            self[value] = converted
        return converted


_cache_of = cache(ConversionCache)

_UNREADABLE = (ValueError, TypeError, LookupError)
