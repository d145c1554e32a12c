"""What the services have in common."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Optional, TypedDict, TypeGuard, TypeVar

from ..exceptions import FieldUnreadable, HoiioException, InputInvalid
from ..fields import bare, complete, is_future, text_of, to_form, to_text
from ..response import Entry, Page, Response
from ..transport import Timeout

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..client import HoiioClient
else:
    # Python 3.10 has none. There it is enough that the annotations can be evaluated.
    Unpack = getattr(typing, 'Unpack', Optional)

__all__ = [
    'BlockOptions',
    'CallOptions',
    'Service',
    'Unpack',
    'check_numbers',
    'numbers',
]

E = TypeVar('E', bound=Entry)
R = TypeVar('R', bound=Response)
P = TypeVar('P', bound=Page[Any])

# What stands for a byte that is not UTF-8.
REPLACEMENT = '\N{REPLACEMENT CHARACTER}'

_FROM_ONE = re.compile('0*[1-9][0-9]{0,8}')

_NONE: Mapping[str, Any] = MappingProxyType({})

# What some methods take and never send, so no other method can send it either.
_NEVER_SENT = frozenset({'from_', 'request_timeout', 'allow_duplicates', 'allow_missing'})

# Hoiio takes it, beside the parameter that it resembles. (API: number/update_forwarding.)
_ALIKE = frozenset({'forward_to_sms'})

# Of 1. `tags` and `tag` are 0.86 alike, `retries` and `max_retries` 0.78.
_CLOSE = 0.75


class BlockOptions(TypedDict, total=False):
    """What `Ivr.gather` takes for one call: `CallOptions` without ``timeout``.

    Attributes:
        app_id: Another App ID.
        access_token: Another Access Token.
        extra: Parameters that Hoiio has added after this version.
    """

    app_id: str | None
    access_token: str | None
    extra: Mapping[str, object] | None


class CallOptions(BlockOptions, total=False):
    """What every method takes for one call, as ``**params``.

    Attributes:
        app_id: Another App ID.
        access_token: Another Access Token.
        extra: Parameters that Hoiio has added after this version, by their names in the API. They
            take the place of keywords of the same name.
        timeout: Another timeout, in seconds.
    """

    timeout: Timeout | None


class Service:
    """One area of the API, bound to a client.

    Beside its own keywords, every method takes those of `CallOptions` for that call alone:
    ``app_id``, ``access_token``, ``timeout`` (in seconds; for `Ivr.gather`, ``request_timeout``)
    and ``extra``, a mapping of the parameters that Hoiio has added after this version. Any other
    keyword is sent as a parameter too, unless it resembles a known one or is an option of the
    client: then `InputInvalid` is raised. A type checker finds all of them.

    A text is a ``str``, or what stands for one: an enum of ``str``, a lazy translation. A whole
    number is written out. `InputInvalid` is raised for anything else, and nothing is sent.

    Every method raises `CredentialsMissing` where there are none, `TransportError` where no
    complete answer arrived, and `ResponseUnreadable` where what arrived is no answer of Hoiio's;
    the ``outcome_unknown`` of both says whether the request may have been carried out.
    """

    def __init__(self, client: HoiioClient) -> None:
        self._client = client

    def _call(
        self,
        operation: str,
        kind: type[R],
        required: Mapping[str, Any] = _NONE,
        optional: Mapping[str, Any] = _NONE,
        /,
        *,
        app_id: str | None = None,
        access_token: str | None = None,
        timeout: Timeout | None = None,
        extra: Mapping[str, object] | None = None,
        **others: Any,
    ) -> R:
        for name, value in required.items():
            if value is None or not to_text(value, name):
                raise InputInvalid(f'{operation}: no {name}')
        for name in others:
            if name in required:
                raise InputInvalid(f'{operation}: {name} is given already')
            self._check_keyword(operation, name, {*required, *optional})
        if not isinstance(extra, (Mapping, type(None))):
            raise InputInvalid('extra is a mapping of parameters')
        return self._client.request(
            operation,
            kind,
            {**required, **optional, **others, **(extra or {})},
            app_id=app_id,
            access_token=access_token,
            timeout=timeout,
        )

    def _check_keyword(self, operation: str, name: str, own: set[str]) -> None:
        """Refuse a keyword that the method does not have, if it would be sent by mistake."""
        options = set(self._client.init.__kwdefaults__ or ())
        if name in options:
            raise InputInvalid(
                f'{operation}: {name} is an option of the client; give it to Hoiio.init or to a'
                ' HoiioClient'
            )
        if name in _NEVER_SENT:
            raise InputInvalid(f'{operation}: this call has no {name}')
        # Loaded for a keyword that is not known, which few calls have.
        from difflib import get_close_matches  # noqa: PLC0415

        known = {*own, *options, *CallOptions.__annotations__} - {name}
        close = get_close_matches(name, known, n=1, cutoff=_CLOSE)
        if close and name not in _ALIKE:
            meant = 'from_' if close[0] == 'from' else close[0]
            raise InputInvalid(
                f'{operation}: unknown keyword {name}; did you mean {meant}? A new parameter of'
                f' Hoiio goes into extra={{{name!r}: …}}'
            )

    def _page(
        self,
        operation: str,
        kind: type[P],
        page: int | None,
        required: Mapping[str, Any] = _NONE,
        optional: Mapping[str, Any] = _NONE,
        /,
        **params: Any,
    ) -> P:
        size = optional.get('page_size')
        for name, value in (('page', page), ('page_size', size)):
            if value is not None and not _FROM_ONE.fullmatch(str(value)):
                raise InputInvalid(f'{operation}: {name} is a whole number from 1')

        # An init elsewhere must not turn the later pages into those of another account.
        pinned = type(self)(self._client._pinned())

        def fetch(number: int | None) -> P:
            return pinned._call(operation, kind, required, {**optional, 'page': number}, **params)

        return fetch(page)._turning(fetch, int(str(page or 1)), int(str(size or kind.size)))

    def _find(self, tag: str, history: Callable[..., Page[E]], /, **params: Any) -> E | None:
        wanted = to_form({'tag': tag}).get('tag', '').strip()
        if not wanted:
            raise InputInvalid('no tag to look for')
        if 'page' in params:
            raise InputInvalid('find looks at every page')
        start = to_form({'from': params.get('from', params.get('from_'))}).get('from', '')
        if is_future(start):
            raise InputInvalid(
                f'from ({start}) is in the future of GMT+8, so nothing could be found; pass a'
                ' datetime with a time zone, such as datetime.now(GMT8) - timedelta(hours=1)'
            )
        return _search(wanted, history(**params))


def _search(wanted: str, first: Page[E]) -> E | None:
    seen, total, damaged = 0, getattr(first, 'total_entries_count', 0), []
    for number, page in enumerate(first._pages(), 1):
        for place, entry in enumerate(page.entries, 1):
            tag = _tag_of(entry)
            if tag == wanted:
                return entry
            # A bad byte may also have been part of the name of the field.
            if tag is None or REPLACEMENT in (tag or ''.join(entry.json)):
                damaged.append(f'entry {place} of page {number}')
        seen, total = seen + len(page.entries), getattr(page, 'total_entries_count', 0)
    # Somebody may pay twice on a wrong None.
    if damaged or seen < total:
        hint = f'{damaged[0]} is damaged, its .json says how' if damaged else 'look again'
        raise HoiioException(
            f'only {seen - len(damaged)} of {max(seen, total)} transactions could be read, so'
            f' whether the tag is among the others is unknown; {hint}'
        )
    return None


def _tag_of(entry: Entry) -> str | None:
    """Return the tag of an entry, empty if it has none; None if it cannot be read."""
    with suppress(FieldUnreadable):
        return (getattr(entry, 'tag', None) or '').strip()
    return None


def numbers(
    dests: Iterable[str | Iterable[str]],
    limit: int,
    prefix: str | None,
    *,
    allow_duplicates: bool = False,
) -> str:
    """Join the destinations of a call, given one by one, in lists, or joined by commas.

    Raises:
        InputInvalid: One is empty or the same as another, or there are more than the limit.
    """
    each = (number for dest in dests for number in _listed(dest))
    # No more than needed: a generator may be endless.
    listed = [complete(number.strip(), prefix) for number in islice(each, limit + 1)]
    check_numbers(listed, limit, allow_duplicates=allow_duplicates)
    return ','.join(listed)


def _listed(dest: object) -> Iterator[str]:
    if is_list(dest):
        for each in dest:
            yield from _to_number(each).split(',')
    else:
        yield from _to_number(dest).split(',')


def is_list(value: object) -> TypeGuard[Iterable[object]]:
    """Return True for what is made of several values, which text and bytes are not."""
    return (
        isinstance(value, Iterable)
        and not isinstance(value, (bytes, bytearray, memoryview))
        and text_of(value) is None
    )


def _to_number(value: object) -> str:
    return '' if value is None else to_text(value, 'dest')


def check_numbers(listed: list[str], limit: int, *, allow_duplicates: bool) -> None:
    """Check the destinations of one request.

    Raises:
        InputInvalid: One is empty or the same as another, or there are more than the limit.
    """
    if len(listed) > limit:
        raise InputInvalid(f'more than {limit} destinations; Hoiio takes {limit} at a time')
    if not all(listed):
        raise InputInvalid(f'destination {listed.index("") + 1} of {len(listed)} is empty')
    if allow_duplicates:
        return
    first: dict[str, int] = {}
    for place, number in enumerate(listed, 1):
        before = first.setdefault(bare(number), place)
        if before != place:
            raise InputInvalid(
                f'destinations {before} and {place} are the same number; if you mean it, pass'
                ' allow_duplicates=True'
            )
