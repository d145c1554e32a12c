"""The parameters of a route of the control API, in its path, its query and its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..codec import decode

__all__ = ['E164', 'LOG', 'PATH_VARIABLES', 'TABLE', 'WAIT', 'Param', 'Route', 'require_short']

NUMBER = '+6598765432'
E164 = {'pattern': r'^\+[0-9]{7,15}$'}
LONGEST_WAIT = 60.0
WAIT = {'minimum': 0, 'maximum': LONGEST_WAIT}
LIMITS = range(1, 1001)
MAX_DIGITS = 18
BOOLEANS = {'true': True, 'false': False}


class Param(NamedTuple):
    """One parameter of a route.

    Attributes:
        kind: The type of its value.
        text: What it means.
        example: A value for the description of the API.
        allowed: The range of a whole number, or None for no limit.
        rules: Keywords of JSON Schema that describe which values the sandbox accepts.
    """

    kind: Any
    text: str
    example: object
    allowed: range | None = None
    rules: Mapping[str, Any] = {}

    def read(self, name: str, text: str) -> Any:
        """Return the value of a parameter of the query.

        Raises:
            ValueError: If the text is not a value of this type.
        """
        try:
            return self.check(decode(_plain(text, self.kind), self.kind))
        except ValueError as exc:
            raise ValueError(f'{name}: {exc}') from None

    def decode(self, data: object) -> Any:
        """Return the value of a field of the body.

        Raises:
            ValueError: If the data is not a value of this type.
        """
        return decode(data, self.kind)

    def check(self, value: Any) -> Any:
        """Return a value that is in the range.

        Raises:
            ValueError: If it is not.
        """
        if self.allowed is not None and value not in self.allowed:
            raise ValueError(f'use a number from {self.allowed[0]} to {self.allowed[-1]}')
        return value


def _plain(text: str, kind: Any) -> object:
    """Return the text of a query as JSON would have the value."""
    if kind is bool:
        if text not in BOOLEANS:
            raise ValueError(f'must be true or false, not {text!r:.40}')
        return BOOLEANS[text]
    if kind is int:
        if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
            raise ValueError(f'must be a whole number, not {text!r:.40}')
        return int(text)
    return text


def require_short(timeout: float) -> None:
    """Check how long a request may wait.

    Raises:
        ValueError: If it is too long.
    """
    if not 0 <= timeout <= LONGEST_WAIT:
        raise ValueError(f'timeout must be from 0 to {LONGEST_WAIT:g} seconds, not {timeout:g}')


@dataclass(frozen=True, eq=False)
class Route:
    """One route of the control API.

    Attributes:
        method: The HTTP method.
        path: The path after ``/_sandbox/``, with variables in braces.
        handler: The function that gets the emulator, the path variables, and the parameters of the
            query or the body as keyword arguments. Its docstring and its return type describe the
            route.
        query: The parameters of the query; all are optional.
        required: The required fields of the body.
        optional: The optional fields of the body.
        whole: The type of the body, if the handler gets the whole body as ``data``.
        streams: Whether the route can send server-sent events.
    """

    method: str
    path: str
    handler: Callable[..., object]
    query: Mapping[str, Param] = field(default_factory=dict)
    required: Mapping[str, Param] = field(default_factory=dict)
    optional: Mapping[str, Param] = field(default_factory=dict)
    whole: Param | None = None
    streams: bool = False

    @property
    def rule(self) -> str:
        """The path in the syntax of Werkzeug's router."""
        return self.path.replace('{', '<').replace('}', '>')


PATH_VARIABLES = {
    'number': Param(str, 'The number of the phone in E.164.', NUMBER, rules=E164),
    'id': Param(int, 'The id of the entry.', 1),
    'txn_ref': Param(str, 'The reference of the transaction.', 'AA-S-1'),
}
LIMIT = Param(int, 'The most entries to list. By default, all that are kept.', 100, LIMITS)
SEARCH = Param(str, 'Only entries that contain this text, in upper or lower case.', 'hello')
LOG: Mapping[str, Param] = {
    'after': Param(int, 'Only entries with a larger id.', 0),
    'before': Param(int, 'Only entries with a smaller id.', 1000),
    'limit': LIMIT,
    'search': SEARCH,
}
TABLE: Mapping[str, Param] = {
    'offset': Param(int, 'How many entries to leave out at the start.', 0),
    'limit': Param(int, 'The most entries to list.', 100, LIMITS),
    'search': SEARCH,
}
