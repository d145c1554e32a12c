"""What Hoiio answers: the fields of the JSON as attributes, converted when they are read.

A kind of result is a class that declares its fields. The annotations serve the editor and the
type checker, and they drive the conversion::

    class Balance(Response):
        currency: str
        balance: float

A field that a success may leave out is declared as ``X | None``.
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

# What a repr shows: enough to recognise a transaction, and nothing personal.
_SHOWN = (
    *('status', 'txn_ref', 'txn_refs', 'bulk_txn_ref', 'session', 'room'),
    *('call_status_dest1', 'call_status_dest2', 'sms_status', 'fax_status'),
    *('date', 'duration', 'currency', 'rate', 'debit', 'balance', 'expiry'),
    *('total_entries_count', 'entries_count'),
)


class Entry:
    """A JSON object whose fields are attributes.

    A field that is declared as ``X | None`` reads None if Hoiio left it out, or sent it empty or as
    null. Any other missing field raises ``AttributeError``, so ``hasattr`` returns False. A field
    that does not have the promised form raises `FieldUnreadable` when you read it; the others stay
    readable. Fields that this version does not know pass through as they came. Entries pickle.

    If something in a list is not a JSON object, it keeps its place as an entry whose fields raise
    `FieldUnreadable`. The other entries stay readable.

    Attributes:
        json: The object as it came, or what came in its place.
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
            raise TypeError('json is the object as it came, so no field can have that name')
        # A default that stays an attribute of the class would hide what Hoiio sent.
        cls._defaults = {name: vars(cls)[name] for name in own if name in vars(cls)}
        for name in cls._defaults:
            delattr(cls, name)

    if not TYPE_CHECKING:
        # Hidden from the type checker: it knows the declared fields, and finds misspelt ones.
        def __getattr__(self, name):
            return self._read(name)

    def _read(self, name: str) -> Any:
        if name.startswith('_') or name == 'json':
            raise AttributeError(name)
        if not isinstance(self.json, dict):
            raise FieldUnreadable('this entry is not a JSON object; .json has it as it came')
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
        return f'{type(self).__name__} has no {name!r}: Hoiio left it out'

    def _members(self) -> dict[str, Any]:
        return self.json if isinstance(self.json, dict) else {}

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *filter(str.isidentifier, self._members())})

    def __repr__(self) -> str:
        members = self._members()
        shown = (f'{name}={members[name]!r}' for name in _SHOWN if name in members)
        return f'<{" ".join((type(self).__name__, *shown))}>'


class Json(dict[str, Any]):
    """A dict that explains itself if it is called, like the ``json()`` of requests.

    A pickle or a copy of it is a plain dict.
    """

    # The templates of Django call whatever is callable.
    do_not_call_in_templates = True

    def __call__(self) -> NoReturn:
        """Refuse to be called."""
        raise TypeError("json is a dict and not a method: write res.json['status']")

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        return dict, (dict(self),)


class Response(Entry):
    """The answer to a request.

    If Hoiio refused the request, every field that it did not send raises ``AttributeError``, which
    names the status; also a field that is declared as ``X | None``.

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
        """Raise if Hoiio refused the request, else return this response.

        Returns:
            This response.

        Raises:
            ApiError: The status is not ``success_ok``; `CredentialsRefused`, `CreditInsufficient`
                and `RateLimitExceeded` are the kinds that have a class of their own.

        Example:
            >>> Hoiio.sms.send('Hello', '+6591234567').raise_for_status().txn_ref
            'AA-S-1'
        """
        if not self.is_success():
            raise ApiError.of(self)
        return self

    def _may_lack(self, field: Field) -> bool:
        # None would look like an answer of Hoiio, which it is not.
        return field.is_optional and self.json['status'] == Status.SUCCESS_OK

    def _missing(self, name: str) -> str:
        return f'{type(self).__name__} has no {name!r}: Hoiio answered {self.json["status"]!r}'


def check_kind(kind: object) -> None:
    """Refuse a kind of result that cannot be made, before an answer is paid for.

    Raises:
        InputInvalid: It is not a class of responses.
    """
    if not isinstance(kind, type) or not issubclass(kind, Response):
        raise InputInvalid(
            'kind is not a class of responses; pass Response, or one that extends it'
        )
    fields_of(kind)


class Transaction(Response):
    """The answer to a request that was charged to one transaction.

    Attributes:
        txn_ref: The transaction, such as ``'AA-S-1234'``.
    """

    txn_ref: str


class Page(Response, Generic[E]):
    """One page of a longer list.

    Attributes:
        size: How many entries a full page has.
        total_entries_count: How many entries all pages have.
        entries_count: How many this page has.
        entries: The entries of this page. What is not a JSON object keeps its place there; see
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
        """Bind the pages: give this one its number, its size, and the way to fetch the others."""
        self._fetch, self._number, self._size = fetch, number, min(size, self.size)
        return self

    def auto_paging_iter(self) -> Iterator[E]:
        """Iterate over the entries of this page and all that follow, fetching as needed.

        One page is in memory at a time. A transaction that moves to a later page because
        something new came in meanwhile, up to a thousand transactions, is given once.

        Yields:
            The entries, in the order of the pages.

        Raises:
            ApiError: A page was refused.
            FieldUnreadable: A page does not have a list of entries.
            HoiioException: A page came twice, or this one was unpickled, so there is nobody to ask
                for the next.

        Example:
            >>> sent = Hoiio.sms.send('Hello', '+6591234567')
            >>> sum(entry.debit or 0 for entry in Hoiio.sms.history().auto_paging_iter())
            0.032
        """
        given: deque[frozenset[str]] = deque(maxlen=PAGES_REMEMBERED)
        for page in self._pages():
            for entry in page.entries:
                if not any(_ref(entry) in refs for refs in given):
                    yield entry
            given.append(_refs(page))

    def _pages(self) -> Iterator[Self]:
        """Iterate over this page and all that follow, up to the total or an empty one."""
        page, number, passed = self.raise_for_status(), self._number, self._before()
        while entries := _entries(page):
            yield page
            passed += len(entries)
            if passed >= _total(page):
                return
            refs, total, number = _refs(page), _total(page), number + 1
            page = self._get(number).raise_for_status()
            # It may come twice if a whole page of new entries came in; then the total has changed.
            if refs and refs == _refs(page) and total == _total(page):
                raise HoiioException('a page of a list came twice, so the rest of it is unknown')

    def _before(self) -> int:
        """Count the entries of the pages before this one."""
        full = (self._number - 1) * self._size
        # No entry could be here if those pages were that full, so they are as short as this one.
        return full if full < _total(self) else (self._number - 1) * len(_entries(self))

    def _get(self, number: int) -> Self:
        if self._fetch is None:
            raise HoiioException('an unpickled page cannot fetch the next one; ask for it anew')
        return self._fetch(number)

    def __getstate__(self) -> dict[str, Any]:
        # The function that fetches has a client, whose credentials must not be pickled.
        return {**self.__dict__, '_fetch': None}


def _entries(page: Page[E]) -> list[E]:
    entries: list[E] | None = getattr(page, 'entries', None)
    if entries is None:
        raise FieldUnreadable('a page does not have the field entries; .json has it as it came')
    return entries


def _refs(page: Page[Any]) -> frozenset[str]:
    return frozenset(filter(None, map(_ref, _entries(page))))


def _ref(entry: Entry) -> str:
    ref = entry.json.get('txn_ref') if isinstance(entry.json, dict) else None
    return ref if isinstance(ref, str) else ''


# Anything else is not a status of Hoiio, and must not get into a log as one.
_STATUS = re.compile(r'[a-z][a-z0-9_]{0,99}')


def _total(page: Page[Any]) -> float:
    total: int | None = getattr(page, 'total_entries_count', None)
    return inf if total is None else total


# A server may write anything into the header, also what it was sent.
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
        f'{operation}: HTTP {response.status_code} with {kind} where a JSON object with a status'
        f' was due{hint}.{next_step(operation, outcome_unknown=unknown)}',
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
    # A bad byte, a raw newline in a text or a number of thousands of digits damages only its field.
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
    # mypy asks whether an instance could be hashed where a class is, so the cache is made unseen.
    return cache(function)


@_cache_by_class
def fields_of(kind: type) -> Mapping[str, Field]:
    """Return the fields that a class declares, worked out when it is first used.

    To do that for all classes at import would cost every program more than it will use.
    """
    hints = get_type_hints(kind, include_extras=True)
    return {name: _field(hint) for name, hint in hints.items()}


@_cache_by_class
def _defaults_of(kind: type) -> Mapping[str, Any]:
    """Collect the defaults that classes of users declare for fields that are left out."""
    bases = reversed(kind.__mro__)
    return {
        name: value for base in bases for name, value in vars(base).get('_defaults', {}).items()
    }


def _field(hint: Any) -> Field:
    if get_origin(hint) is Annotated:
        hint, told = get_args(hint)
        found = _field(hint)
        return found._replace(
            convert=told.convert or found.convert,
            alias=told.alias,
            default=told.default,
            is_cached=told.is_cached or found.is_cached,
        )
    if get_origin(hint) in {Union, UnionType}:
        some = [each for each in get_args(hint) if each is not type(None)]
        found = _field(some[0]) if len(some) == 1 else Field()
        return found._replace(is_optional=len(some) < len(get_args(hint)))
    return Field(convert=_converter(hint), is_cached=_is_cached(hint))


def _is_cached(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, (int, float, Word))


def _converter(hint: Any) -> Callable[[Any], Any] | None:
    """Find out how to read a type; None where the value passes through as it came."""
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
    return to_list(_field(hint).convert or _as_it_came)


def _to_entry(kind: type[Entry]) -> Callable[[Any], Any]:
    def read_one(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError
        return _reader_of(kind)([value])[0]

    return read_one


def to_entries(kind: type[Entry]) -> Callable[[Any], list[Any]]:
    """Read a list of JSON objects as entries of a class."""

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
    """Name the fields that read None as soon as their own name is missing."""
    fields, defaults = fields_of(kind).items(), _defaults_of(kind)
    optional = {name: field for name, field in fields if field.is_optional and name not in defaults}
    return {
        name for name, field in optional.items() if (field.alias, field.default) == (None, None)
    }


def _as_it_came(value: Any) -> Any:
    return value
