"""The responses of Hoiio. The fields of the JSON are attributes, converted when you read them.

A kind of result is a class that declares its fields. Editors and type checkers use the annotations,
and the SDK converts the fields to their types::

    class Balance(Response):
        currency: str
        balance: float

Declare a field that a successful response may leave out as ``X | None``.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cache, partial
from itertools import filterfalse
from math import inf
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Generic,
    NoReturn,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from .constants import Status, Word
from .exceptions import (
    ApiError,
    FieldUnreadable,
    HoiioException,
    InputInvalid,
    ResponseUnreadable,
)
from .fields import (
    Field,
    is_missing,
    read,
    to_bool,
    to_date,
    to_datetime,
    to_float,
    to_int,
    to_list,
    to_str,
    to_word,
)
from .idempotency import is_idempotent, next_step
from .reader import make_reader

if TYPE_CHECKING:
    import requests
    from typing_extensions import Self

__all__ = ['Entry', 'Page', 'Response', 'Transaction']

E = TypeVar('E', bound='Entry')
T = TypeVar('T')

PAGES_REMEMBERED = 10

# The fields that a repr shows. They identify a transaction, and none of them is personal.
_SHOWN = (
    *('status', 'txn_ref', 'txn_refs', 'bulk_txn_ref', 'session', 'room'),
    *('call_status_dest1', 'call_status_dest2', 'sms_status', 'fax_status'),
    *('date', 'duration', 'currency', 'rate', 'debit', 'balance', 'expiry'),
    *('total_entries_count', 'entries_count'),
)


class Entry:
    """A JSON object whose fields are attributes.

    A field that is declared as ``X | None`` is None if Hoiio left it out, or sent it empty or as
    null. Any other missing field raises ``AttributeError``, so ``hasattr`` returns False. A field
    that does not have the form that the API promises raises `FieldUnreadable` when you read it. You
    can still read the other fields. A field that this version does not know has its value from the
    JSON. You can pickle entries.

    If an item of a list is not a JSON object, its entry stays in the list, and its fields raise
    `FieldUnreadable`. You can still read the other entries.

    Attributes:
        json: The JSON object from Hoiio, or the value that Hoiio sent instead of an object.
    """

    if TYPE_CHECKING:
        json: Any
        _defaults: ClassVar[Mapping[str, Any]]

    def __init__(self, json: dict[str, Any]) -> None:
        self.json = json

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        annotations = cls.__annotations__.items()
        own = [name for name, hint in annotations if 'ClassVar' not in str(hint)]
        if 'json' in own:
            raise TypeError('json is the original object; give the field another name')
        # As an attribute of the class, a default would hide the value that Hoiio sent.
        cls._defaults = {name: vars(cls)[name] for name in own if name in vars(cls)}
        for name in cls._defaults:
            delattr(cls, name)

    if not TYPE_CHECKING:
        # Hidden from the type checker, so that it reports misspelt fields.
        def __getattr__(self, name):
            return self._read(name)

    def _read(self, name: str) -> Any:
        if name.startswith('_') or name == 'json':
            raise AttributeError(name)
        if not isinstance(self.json, dict):
            raise FieldUnreadable('this entry is not a JSON object; .json has the original value')
        known = fields_of(type(self))
        field = known.get(name, Field())
        sources = (self.json.get(name), self.json.get(field.alias or name), field.default)
        is_none = partial(is_missing, field.convert, is_optional=field.is_optional)
        value = next(filterfalse(is_none, sources), None)
        if value is None:
            return self._default(name, field)
        if field.convert is not None:
            value = read(name, field.convert, value)
        if name in known:
            setattr(self, name, value)
        return value

    def _default(self, name: str, field: Field) -> Any:
        defaults = _defaults_of(type(self))
        if name not in defaults and not self._may_lack(field):
            raise AttributeError(self._missing(name))
        return defaults.get(name)

    def _may_lack(self, field: Field) -> bool:
        return field.is_optional

    def _missing(self, name: str) -> str:
        return f'{type(self).__name__} has no {name!r}: Hoiio did not send it'

    def _members(self) -> dict[str, Any]:
        return self.json if isinstance(self.json, dict) else {}

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *filter(str.isidentifier, self._members())})

    def __repr__(self) -> str:
        members = self._members()
        shown = (f'{name}={members[name]!r}' for name in _SHOWN if name in members)
        return f'<{" ".join((type(self).__name__, *shown))}>'


class Json(dict[str, Any]):
    """A dict that raises a helpful error if you call it, as you call ``json()`` of requests.

    A pickle or a copy of it is a plain dict.
    """

    # The templates of Django call every callable object.
    do_not_call_in_templates = True

    def __call__(self) -> NoReturn:
        """Raise an error that shows what to write."""
        raise TypeError("json is a dict and not a method: write res.json['status']")

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        return dict, (dict(self),)


class Response(Entry):
    """The response to a request.

    If Hoiio refused the request, every field that it did not send raises ``AttributeError``, even a
    field that is declared as ``X | None``. The error names the status.

    Attributes:
        status: ``'success_ok'``, or an error such as ``'error_insufficient_credit'``.
        json: The body as a dict.
        response: The ``requests.Response``, with headers, HTTP status code and request. Its request
            does not have a body, because the body contained the access token.
        operation: The operation, such as ``'sms/send'``.

    Example:
        >>> res = Hoiio.sms.send('Hoiio World', '+6591234567')
        >>> res.is_success()
        True
        >>> res.status
        'success_ok'

    Source: guide, *Response*.
    """

    if TYPE_CHECKING:
        json: dict[str, Any]

    status: Status

    def __init__(self, response: requests.Response, operation: str) -> None:
        super().__init__(Json(_parse(response, operation)))
        self.response = response
        self.operation = operation

    @property
    def text(self) -> str:
        """The body as text."""
        return self.response.content.decode('utf-8', 'replace')

    def is_success(self) -> bool:
        """Return True if Hoiio accepted the request.

        Returns:
            True if the status is ``success_ok``.

        Example:
            >>> Hoiio.sms.send('Hello', '+6591234567').is_success()
            True
        """
        return self.status == Status.SUCCESS_OK

    def raise_for_status(self) -> Self:
        """Raise an error if Hoiio refused the request; otherwise return this response.

        Returns:
            This response.

        Raises:
            ApiError: The status is not ``success_ok``. Some statuses have a class of their own:
                `CredentialsRefused`, `CreditInsufficient` and `RateLimitExceeded`.

        Example:
            >>> Hoiio.sms.send('Hello', '+6591234567').raise_for_status().txn_ref
            'AA-S-1'
        """
        if not self.is_success():
            raise ApiError.of(self)
        return self

    def _may_lack(self, field: Field) -> bool:
        # None would look like a value from Hoiio.
        return field.is_optional and self.json['status'] == Status.SUCCESS_OK

    def _missing(self, name: str) -> str:
        return f'{type(self).__name__} has no {name!r}: Hoiio answered {self.json["status"]!r}'


def check_kind(kind: object) -> None:
    """Check a kind of result before a request costs money.

    Raises:
        InputInvalid: It is not a subclass of `Response`.
    """
    if not isinstance(kind, type) or not issubclass(kind, Response):
        raise InputInvalid(
            'kind is not a subclass of Response; pass Response, or a class that extends it'
        )
    fields_of(kind)


class Transaction(Response):
    """The response to a request that Hoiio charged as one transaction.

    Attributes:
        txn_ref: The reference of the transaction, such as ``'AA-S-1234'``.
    """

    txn_ref: str


class Page(Response, Generic[E]):
    """One page of a longer list.

    Attributes:
        size: How many entries a full page has.
        total_entries_count: How many entries all pages have.
        entries_count: How many this page has.
        entries: The entries of this page. An item that is not a JSON object stays in the list; see
            `Entry`.
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

    def _bind_pages(self, fetch: Callable[[int], Self], number: int, size: int) -> Self:
        """Store the number and the size of this page, and the function that fetches the others."""
        self._fetch, self._number, self._size = fetch, number, min(size, self.size)
        return self

    def auto_paging_iter(self) -> Iterator[E]:
        """Iterate over the entries of this page and all later pages, and fetch these when needed.

        One page is in memory at a time. While you iterate, new transactions can move an earlier
        one to a later page. You get that one only once, for up to a thousand new transactions.

        Yields:
            The entries, in the order of the pages.

        Raises:
            ApiError: A page was refused.
            FieldUnreadable: A page does not have a list of entries.
            HoiioException: Hoiio sent the same page twice. Or this page was unpickled, so it does
                not have a client to fetch the next one.

        Example:
            >>> sent = Hoiio.sms.send('Hello', '+6591234567')
            >>> sum(entry.debit or 0 for entry in Hoiio.sms.history().auto_paging_iter())
            0.032
        """
        given: deque[frozenset[str]] = deque(maxlen=PAGES_REMEMBERED)
        for page in self._pages():
            for entry in page.entries:
                ref = _ref(entry)
                if not any(ref in refs for refs in given):
                    yield entry
            given.append(_refs(page))

    def _pages(self) -> Iterator[Self]:
        """Iterate over this page and all later pages, up to the total or an empty page."""
        page, number, passed = self.raise_for_status(), self._number, self._before()
        while entries := _entries(page):
            yield page
            passed += len(entries)
            if passed >= _total(page):
                return
            refs, total, number = _refs(page), _total(page), number + 1
            page = self._get(number).raise_for_status()
            # A page may come twice after a whole page of new entries. Then the total has changed.
            if refs and refs == _refs(page) and total == _total(page):
                raise HoiioException(
                    'Hoiio sent the same page of a list twice, so the rest of the list is unknown'
                )

    def _before(self) -> int:
        """Count the entries of the pages before this one."""
        full = (self._number - 1) * self._size
        # If those pages were full, this one would be past the total. So they are as short as this.
        return full if full < _total(self) else (self._number - 1) * len(_entries(self))

    def _get(self, number: int) -> Self:
        if self._fetch is None:
            raise HoiioException(
                'an unpickled page cannot fetch the next one; request the page again'
            )
        return self._fetch(number)

    def __getstate__(self) -> dict[str, Any]:
        # The function that fetches pages has a client, and credentials must not be pickled.
        return {**self.__dict__, '_fetch': None}


def _entries(page: Page[E]) -> list[E]:
    entries: list[E] | None = getattr(page, 'entries', None)
    if entries is None:
        raise FieldUnreadable('a page does not have the field entries; .json has the page itself')
    return entries


def _refs(page: Page[Any]) -> frozenset[str]:
    return frozenset(filter(None, map(_ref, _entries(page))))


def _ref(entry: Entry) -> str:
    ref = entry.json.get('txn_ref') if isinstance(entry.json, dict) else None
    return ref if isinstance(ref, str) else ''


# A status of Hoiio. Any other text must not appear in a log as a status.
_STATUS = re.compile(r'[a-z][a-z0-9_]{0,99}')


def _total(page: Page[Any]) -> float:
    total: int | None = getattr(page, 'total_entries_count', None)
    return inf if total is None else total


# Error messages name only these types. The header could contain anything, even the token.
_MEDIA_TYPES = frozenset(
    {
        *('application/json', 'application/octet-stream', 'application/xml'),
        *('text/html', 'text/plain', 'text/xml'),
    }
)


def _parse(response: requests.Response, operation: str) -> dict[str, Any]:
    body = _json(response.content)
    if isinstance(body, dict) and _is_status(body.get('status')):
        return body
    kind = _media_type(response)
    hint = '; redirects are not followed' if 'Location' in response.headers else ''
    unknown = not is_idempotent(operation)
    raise ResponseUnreadable(
        f'{operation}: HTTP {response.status_code} with {kind} instead of a JSON object with a'
        f' status{hint}.{next_step(operation, outcome_unknown=unknown)}',
        response,
        outcome_unknown=unknown,
    )


def _media_type(response: requests.Response) -> str:
    kind = response.headers.get('Content-Type', '').partition(';')[0].strip().lower()
    if not kind:
        return 'no content type'
    return kind if kind in _MEDIA_TYPES else 'another content type'


def _json(content: bytes) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(content)
    # A bad byte, a raw newline in a text or a number with thousands of digits raises here. Read the
    # rest, so that only the field with the mistake is unreadable.
    with suppress(ValueError, RecursionError):
        text = content.decode('utf-8-sig', 'replace')
        return json.loads(text, strict=False, parse_int=_to_number)
    return None


def _to_number(digits: str) -> int | str:
    with suppress(ValueError):
        return int(digits)
    return digits


def _is_status(status: object) -> bool:
    return isinstance(status, str) and _STATUS.fullmatch(status) is not None


_CONVERTERS: Mapping[Any, Callable[[Any], Any]] = {
    str: to_str,
    int: to_int,
    float: to_float,
    bool: to_bool,
    date: to_date,
    datetime: to_datetime,
}


def _cache_by_class(function: Callable[[type], T]) -> Callable[[type], T]:
    # Behind this signature, mypy does not check whether the instances of a class can be hashed.
    return cache(function)


@_cache_by_class
def fields_of(kind: type) -> Mapping[str, Field]:
    """Return the fields that a class declares, computed when the class is first used.

    To compute them for all classes at import time would slow down every program.
    """
    hints = get_type_hints(kind, include_extras=True)
    return {name: _field(hint) for name, hint in hints.items()}


@_cache_by_class
def _defaults_of(kind: type) -> Mapping[str, Any]:
    """Return the defaults of missing fields. Only classes of users declare such defaults."""
    bases = reversed(kind.__mro__)
    return {
        name: value for base in bases for name, value in vars(base).get('_defaults', {}).items()
    }


def _field(hint: Any) -> Field:
    if get_origin(hint) is Annotated:
        hint, extra = get_args(hint)
        found = _field(hint)
        return found._replace(
            convert=extra.convert or found.convert,
            alias=extra.alias,
            default=extra.default,
            is_cached=extra.is_cached or found.is_cached,
        )
    if get_origin(hint) in {Union, UnionType}:
        kinds = [each for each in get_args(hint) if each is not type(None)]
        found = _field(kinds[0]) if len(kinds) == 1 else Field()
        return found._replace(is_optional=len(kinds) < len(get_args(hint)))
    return Field(convert=_converter(hint), is_cached=_is_cached(hint))


def _is_cached(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, (int, float, Word))


def _converter(hint: Any) -> Callable[[Any], Any] | None:
    """Return the function that reads a type; None if the value needs no conversion."""
    if get_origin(hint) is list:
        return _list_converter(get_args(hint)[0])
    if not isinstance(hint, type):
        return None
    if issubclass(hint, Entry):
        return _to_entry(hint)
    if issubclass(hint, Word):
        return to_word(hint)
    return _CONVERTERS.get(hint)


def _list_converter(hint: Any) -> Callable[[Any], list[Any]]:
    if isinstance(hint, TypeVar):
        hint = Entry
    if isinstance(hint, type) and issubclass(hint, Entry):
        return to_entries(hint)
    return to_list(_field(hint).convert or _unchanged)


def _to_entry(kind: type[Entry]) -> Callable[[Any], Any]:
    def read_one(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError
        return _reader_of(kind)([value])[0]

    return read_one


def to_entries(kind: type[Entry]) -> Callable[[Any], list[Any]]:
    """Return a function that reads a list of JSON objects as entries of a class."""

    def read_list(value: Any) -> list[Any]:
        if value in ('', ()):
            return []
        if not isinstance(value, list):
            raise TypeError
        return _reader_of(kind)(value)

    return read_list


@_cache_by_class
def _reader_of(kind: type[Entry]) -> Callable[[list[Any]], list[Any]]:
    is_plain = kind.__init__ is Entry.__init__
    return make_reader(kind, fields_of(kind), _none_if_missing(kind), is_plain=is_plain)


def _none_if_missing(kind: type[Entry]) -> set[str]:
    """Return the names of the fields that are None if the JSON does not have their name."""
    fields, defaults = fields_of(kind).items(), _defaults_of(kind)
    optional = {name: field for name, field in fields if field.is_optional and name not in defaults}
    return {
        name for name, field in optional.items() if (field.alias, field.default) == (None, None)
    }


def _unchanged(value: Any) -> Any:
    return value
