"""What Hoiio answers: the fields of the JSON as attributes, converted when they are read.

A kind of result is a class that declares its fields. The annotations serve the editor and the
type checker, and they drive the conversion::

    class Balance(Response):
        currency: str
        balance: float
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from math import inf
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Generic,
    NamedTuple,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from . import fields
from .constants import Status, Word, is_read
from .exceptions import ApiError, HoiioException, ResponseUnreadable, next_step

if TYPE_CHECKING:
    import requests
    from typing_extensions import Self

__all__ = ['Entry', 'Field', 'Page', 'Response', 'Transaction']

E = TypeVar('E', bound='Entry')

# What a repr shows: enough to recognise a transaction, nothing that belongs to a person.
_SHOWN = (
    *('status', 'txn_ref', 'txn_refs', 'bulk_txn_ref', 'session', 'room'),
    *('call_status_dest1', 'call_status_dest2', 'sms_status', 'fax_status'),
    *('date', 'duration', 'currency', 'rate', 'debit', 'balance', 'expiry'),
    *('total_entries_count', 'entries_count'),
)


class Field(NamedTuple):
    """What an annotation alone cannot say of a field, in an ``Annotated``."""

    convert: Callable[[Any], Any] | None = None
    """How to read the value, where its type does not tell."""
    also: str | None = None
    """A second name under which the service has been seen to send it."""
    default: Any = None
    """The wire value that stands for a missing one."""


class Entry:
    """A JSON object whose fields are attributes.

    A field that Hoiio left out raises ``AttributeError``, so ``hasattr`` tells. A field that does
    not have the promised form raises `FieldUnreadable` when it is read, and costs no other field.
    Fields that this version does not know pass through as they came. Entries pickle.

    Attributes:
        json: The object as it came.
    """

    def __init__(self, json: dict[str, Any]) -> None:
        self.json = json

    @classmethod
    def of(cls, value: Any) -> Self:
        """Make one from its place in a list of entries."""
        if not isinstance(value, dict):
            raise TypeError
        return cls(value)

    if not TYPE_CHECKING:
        # Out of the type checker's sight: it knows the declared fields, and finds misspelt ones.
        def __getattr__(self, name):
            return self._read(name)

    def _read(self, name: str) -> Any:
        if name.startswith('_') or 'json' not in self.__dict__:
            raise AttributeError(name)
        field = _fields_of(type(self)).get(name, Field())
        sources = (self.json.get(name), self.json.get(field.also or name), field.default)
        value = next((source for source in sources if source is not None), None)
        if value is None and name not in self.json:
            raise AttributeError(self._missing(name))
        if field.convert is not None:
            value = fields.read(name, field.convert, value)
        self.__dict__[name] = value
        return value

    def _missing(self, name: str) -> str:
        return f'{type(self).__name__} has no {name!r}: Hoiio left it out'

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *filter(str.isidentifier, self.json)})

    def __repr__(self) -> str:
        shown = (f'{name}={self.json[name]!r}' for name in _SHOWN if name in self.json)
        return f'<{" ".join((type(self).__name__, *shown))}>'


class Response(Entry):
    """The answer to a request.

    Attributes:
        status: ``'success_ok'``, or what went wrong, such as ``'error_insufficient_credit'``.
        json: The body as a dict.
        response: The ``requests.Response``, with headers, HTTP status code and request. The body
            of its request is dropped, because it held the access token.
        operation: What was asked, such as ``'sms/send'``.

    Example:
        >>> res = Hoiio.sms.send('Hoiio World', '+6591234567')
        >>> res.is_success()
        True
        >>> res.status
        'success_ok'

    Source: guide, *Response*.
    """

    status: Status

    def __init__(self, response: requests.Response, operation: str) -> None:
        super().__init__(_parse(response, operation))
        self.response = response
        self.operation = operation

    @property
    def text(self) -> str:
        """The body as text."""
        return self.response.content.decode('utf-8', 'replace')

    def is_success(self) -> bool:
        """Tell whether Hoiio accepted the request."""
        return self.status == Status.SUCCESS_OK

    def raise_for_status(self) -> Self:
        """Raise if Hoiio refused the request, else return this response.

        Raises:
            ApiError: The status is not ``success_ok``; `CredentialsRefused`, `CreditInsufficient`
                and `RateLimitExceeded` are the kinds that have a class of their own.

        Example:
            >>> txn_ref = Hoiio.sms.send('Hello', '+6591234567').raise_for_status().txn_ref
        """
        if not self.is_success():
            raise ApiError.of(self)
        return self

    def _missing(self, name: str) -> str:
        return f'{type(self).__name__} has no {name!r}: Hoiio answered {str(self.status)!r}'


class Transaction(Response):
    """The answer to a request that was charged to one transaction."""

    txn_ref: str


class Page(Response, Generic[E]):
    """One page of a longer list.

    Attributes:
        size: How many entries a full page has.
        total_entries_count: How many entries all pages have.
        entries_count: How many this page has.
        entries: The entries of this page.
    """

    size = 100

    total_entries_count: int
    entries_count: int
    entries: list[E]

    def __init__(self, response: requests.Response, operation: str) -> None:
        super().__init__(response, operation)
        self._number = 1
        self._size = self.size
        self._fetch: Callable[[int], Self] | None = None

    def turning(self, fetch: Callable[[int], Self], number: int, size: int) -> Self:
        """Tell this page its number, how to get another, and how many entries were asked for."""
        self._fetch, self._number, self._size = fetch, number, min(size, self.size)
        return self

    def auto_paging_iter(self) -> Iterator[E]:
        """Iterate over the entries of this page and all that follow, fetching as needed.

        One page is in memory at a time. An entry that moves to the next page because something
        new came in meanwhile is given once.

        Yields:
            The entries, in the order of the pages.

        Raises:
            ApiError: A page was refused.
            HoiioException: This page was unpickled, so there is nobody to ask for the next.

        Example:
            >>> spent = sum(entry.debit for entry in Hoiio.sms.history().auto_paging_iter())
        """
        page, number = self.raise_for_status(), self._number
        passed, refs = self._before(), set[object]()
        while page.entries:
            for entry in page.entries:
                if entry.json.get('txn_ref') not in refs:
                    yield entry
            passed += len(page.entries)
            if passed >= _total(page):
                return
            refs = {entry.json['txn_ref'] for entry in page.entries if 'txn_ref' in entry.json}
            number += 1
            page = self._get(number).raise_for_status()

    def _before(self) -> int:
        """Count the entries of the pages before this one."""
        full = (self._number - 1) * self._size
        # No entry could be here if those pages were that full, so they are as short as this one.
        return full if full < _total(self) else (self._number - 1) * len(self.entries)

    def _get(self, number: int) -> Self:
        if self._fetch is None:
            raise HoiioException('an unpickled page cannot fetch the next one; ask for it anew')
        return self._fetch(number)

    def __getstate__(self) -> dict[str, Any]:
        # How to fetch is bound to a client, whose credentials have no place in a pickle.
        return {**self.__dict__, '_fetch': None}


def _total(page: Page[Any]) -> float:
    total: int | None = getattr(page, 'total_entries_count', None)
    return inf if total is None else total


def _parse(response: requests.Response, operation: str) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict) and isinstance(body.get('status'), str):
        return body
    kind = response.headers.get('Content-Type', 'no content type')
    hint = '; redirects are not followed' if 'Location' in response.headers else ''
    unknown = not is_read(operation)
    raise ResponseUnreadable(
        f'{operation}: HTTP {response.status_code} with {kind} where a JSON object with a status'
        f' was due{hint}.{next_step(operation, outcome_unknown=unknown)}',
        response,
        outcome_unknown=unknown,
    )


_CONVERTERS: Mapping[Any, Callable[[Any], Any]] = {
    str: fields.to_str,
    int: fields.to_int,
    float: fields.to_float,
    bool: fields.to_bool,
    date: fields.to_date,
    datetime: fields.to_datetime,
}


_declared: dict[type[Entry], Mapping[str, Field]] = {}


def _fields_of(kind: type[Entry]) -> Mapping[str, Field]:
    # When a class is first read: resolving the annotations of all at import would take longer
    # than most programs use.
    if kind not in _declared:
        hints = get_type_hints(kind, include_extras=True)
        _declared[kind] = {name: _field(hint) for name, hint in hints.items()}
    return _declared[kind]


def _field(hint: Any) -> Field:
    if get_origin(hint) is Annotated:
        hint, field = get_args(hint)
        return Field(field.convert or _converter(hint), field.also, field.default)
    return Field(_converter(hint))


def _converter(hint: Any) -> Callable[[Any], Any]:
    if get_origin(hint) is list:
        return fields.to_list(_converter(get_args(hint)[0]))
    if issubclass(hint, Entry):
        make: Callable[[Any], Any] = hint.of
        return make
    if issubclass(hint, Word):
        return lambda value: hint(fields.to_str(value))
    return _CONVERTERS[hint]
