"""JSON Schemas of Python types, with the descriptions in their docstrings."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

__all__ = ['Schema', 'Schemas', 'described', 'plain']

Schema: TypeAlias = 'dict[str, Any]'

SCALARS: Mapping[Any, Schema] = {
    Any: {},
    str: {'type': 'string'},
    int: {'type': 'integer'},
    float: {'type': 'number'},
    bool: {'type': 'boolean'},
    NoneType: {'type': 'null'},
    bytes: {'type': 'string', 'contentEncoding': 'base64'},
    datetime: {'type': 'string', 'format': 'date-time'},
    date: {'type': 'string', 'format': 'date'},
    Decimal: {'type': 'string', 'description': 'An exact amount, such as 4.650.'},
}
ARRAYS = (list, tuple, Sequence, Collection)
SECTION = re.compile(r'^(?:Attributes|Args):\n', re.MULTILINE)
ATTRIBUTE = re.compile(r'^    (\w+): (.*(?:\n        .*)*)', re.MULTILINE)


class Schemas:
    """The schemas of one document: each class has one, and others refer to it."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def of_answer(self, hint: Any) -> Schema:
        """Return the schema of a value that the sandbox writes; it has every field."""
        return self._of(hint, '', lambda kind: set(get_type_hints(kind)))

    def of_input(self, hint: Any) -> Schema:
        """Return the schema of a value that the sandbox reads; fields may have defaults."""
        return self._of(hint, 'Input', _without_default)

    def _of(self, hint: Any, suffix: str, required: Callable[[Any], set[str]]) -> Schema:
        def part(inner: Any) -> Schema:
            return self._of(inner, suffix, required)

        if hint in SCALARS:
            return dict(SCALARS[hint])
        if get_origin(hint) is None:
            return self._named(hint, suffix, required)
        return _compound(get_origin(hint), get_args(hint), part)

    def _named(self, kind: Any, suffix: str, required: Callable[[Any], set[str]]) -> Schema:
        """Return a reference to the schema of a class, and describe the class once."""
        is_enum = issubclass(kind, Enum)
        name = kind.__name__ if is_enum else f'{kind.__name__}{suffix}'
        if name not in self.components:
            self.components[name] = {}
            self.components[name] = (
                _enumeration(kind) if is_enum else self._object(kind, suffix, required)
            )
        return {'$ref': f'#/components/schemas/{name}'}

    def _object(self, kind: Any, suffix: str, required: Callable[[Any], set[str]]) -> Schema:
        names = kind.__required_keys__ if is_typeddict(kind) else required(kind)
        hints = get_type_hints(kind)
        texts = _attributes(kind)
        schema: Schema = {
            'type': 'object',
            'description': _summary(kind),
            'properties': {
                name: described(self._of(hint, suffix, required), texts.get(name, ''))
                for name, hint in hints.items()
            },
        }
        if suffix:
            # The sandbox refuses fields that it does not know.
            schema['additionalProperties'] = False
        if names:
            schema['required'] = [name for name in hints if name in names]
        return schema


def _compound(origin: Any, arms: tuple[Any, ...], part: Callable[[Any], Schema]) -> Schema:
    """Return the schema of a type that consists of others."""
    if origin is Literal:
        return {'type': 'string', 'enum': list(arms)}
    if origin in {Union, UnionType}:
        return {'anyOf': [part(arm) for arm in arms]}
    if origin in ARRAYS:
        return {'type': 'array', 'items': part(arms[0])}
    return {'type': 'object', 'additionalProperties': part(arms[1])}


def described(schema: Schema, text: str) -> Schema:
    """Return a schema with a description."""
    return {**schema, 'description': text} if text else schema


def plain(text: str) -> str:
    """Return a text of a docstring on one line, without the marks of reStructuredText."""
    return re.sub(r'``?([^`]+)``?', r'\1', ' '.join(text.split()))


def _enumeration(kind: type[Enum]) -> Schema:
    words = [member.value for member in kind]
    return {'type': 'string', 'description': _summary(kind), 'enum': words}


def _without_default(kind: Any) -> set[str]:
    if not is_dataclass(kind):
        return set(get_type_hints(kind))
    return {
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    }


def _summary(kind: Any) -> str:
    return plain((inspect.getdoc(kind) or '').partition('\n')[0])


def _attributes(kind: Any) -> dict[str, str]:
    """Return the descriptions of the fields of a class and its bases."""
    found: dict[str, str] = {}
    for base in _bases(kind):
        found.update(_attributes(base))
    for section in SECTION.split(inspect.cleandoc(kind.__doc__ or ''))[1:]:
        found.update({name: plain(text) for name, text in ATTRIBUTE.findall(section)})
    return found


def _bases(kind: Any) -> list[Any]:
    """Return the classes whose fields a class has, the one with the fewest fields first."""
    if not is_typeddict(kind):
        return [base for base in kind.__bases__ if is_dataclass(base)]
    # Before Python 3.12, a TypedDict does not know its bases.
    own = kind.__annotations__
    others = filter(is_typeddict, vars(sys.modules[kind.__module__]).values())
    smaller = [other for other in others if other.__annotations__.items() < own.items()]
    return sorted(smaller, key=lambda other: len(other.__annotations__))
