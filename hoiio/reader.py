"""Many entries at once, all their fields converted, in little more time than JSON itself takes.

A page of a history has up to a hundred entries, and a loop over the fields of each costs more than
reading the JSON. So the loop is unrolled: the function that reads a class of entries is written
for that class, as ``dataclasses`` does it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from .fields import Field, to_str

if TYPE_CHECKING:
    from .response import Entry

__all__ = ['make_reader']

Convert = Callable[[Any], Any]

MOST_REMEMBERED = 1000
LONGEST_REMEMBERED = 32

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
_PLAIN = """
        entry = new(kind)
        entry.json = json
"""
_CONSTRUCTED = """
        entry = kind(json)
"""
_TEXT = """
        value = json.get('{name}')
        if value.__class__ is str:
            entry.{name} = value
"""
_OPTIONAL_TEXT = """
        value = json.get('{name}')
        if value.__class__ is str or value is None:
            entry.{name} = value or None
"""
_OPTIONAL = """
        value = json.get('{name}')
        if value is None or value == '':
            entry.{name} = None
        else:"""
# Most fields are there, and where they are, trying costs less than asking first.
_REPEATED = """
        try:
            json['{name}'], entry.{name} = known_{name}[json['{name}']]
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
    kind: type[Entry], fields: Mapping[str, Field], optional: Collection[str], *, is_plain: bool
) -> Callable[[list[Any]], list[Entry]]:
    """Make the function that reads a list of JSON objects as entries of a class.

    A field named in ``optional`` is None if it is missing. Any other field that is missing, or
    cannot be read, is left for the entry to explain when it is asked for. What is not an object
    becomes an entry without fields. A plain class has no constructor of its own to be called.
    """
    source = [_HEAD, _PLAIN if is_plain else _CONSTRUCTED]
    scope: dict[str, Any] = {'kind': kind, 'new': object.__new__, 'unreadable': _UNREADABLE}
    for name, field in fields.items():
        if field.convert is None or (field.is_optional and name not in optional):
            continue
        source.append(_template(field).format(name=name))
        scope[f'read_{name}'] = field.convert
        scope[f'known_{name}'] = _known(field.convert)
    exec(''.join([*source, _FOOT]), scope)  # noqa: S102 - of our own making
    read: Callable[[list[Any]], list[Entry]] = scope['read']
    return read


def _template(field: Field) -> str:
    if field.convert is to_str and not field.is_repeated:
        return _OPTIONAL_TEXT if field.is_optional else _TEXT
    template = _REPEATED if field.is_repeated else _OTHER
    return _OPTIONAL + template.replace('\n', '\n    ') if field.is_optional else template


class Known(dict[str, tuple[str, Any]]):
    """What strings were read as: a history says the same few words and prices again and again.

    The first of equal strings comes with it, so that a program which keeps many entries keeps one.
    """

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, value: Any) -> tuple[Any, Any]:
        known = value, self._convert(value)
        if type(value) is str and len(value) <= LONGEST_REMEMBERED:
            if len(self) >= MOST_REMEMBERED:
                self.clear()
            self[value] = known
        return known


_known = cache(Known)

_UNREADABLE = (ValueError, TypeError, LookupError)
