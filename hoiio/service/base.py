"""What the services have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from ..exceptions import FieldUnreadable, HoiioException, InputInvalid
from ..fields import is_future, to_form, to_wire
from ..response import Entry, Page, Response

if TYPE_CHECKING:
    from ..client import HoiioClient
    from ..transport import Timeout

E = TypeVar('E', bound=Entry)
R = TypeVar('R', bound=Response)
P = TypeVar('P', bound=Page[Any])

# What stands for a byte that is not UTF-8.
REPLACEMENT = '\N{REPLACEMENT CHARACTER}'

_FROM_ONE = re.compile('0*[1-9][0-9]{0,8}')

_NONE: Mapping[str, Any] = MappingProxyType({})


class Service:
    """One area of the API, bound to a client.

    Beside its own keywords, every method takes ``app_id``, ``access_token`` and ``timeout`` (in
    seconds; for `Ivr.gather`, ``request_timeout``) for that call alone, and any parameter that
    Hoiio adds after this version.

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
        **others: Any,
    ) -> R:
        for name, value in required.items():
            if value is None or (isinstance(value, (str, list)) and not value):
                raise InputInvalid(f'{operation}: no {name}')
        return self._client.request(
            operation,
            kind,
            {**required, **optional, **others},
            app_id=app_id,
            access_token=access_token,
            timeout=timeout,
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

        return fetch(page)._turning(fetch, int(page or 1), int(size or kind.size))

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


def numbers(dests: Iterable[str | Iterable[str]], limit: int) -> list[str]:
    """List the destinations of a call, given one by one, in lists, or joined by commas.

    Raises:
        InputInvalid: One is empty, or there are more than the limit.
    """
    listed = [number.strip() for dest in dests for number in _flat(dest)]
    check_numbers(listed, limit)
    return listed


def _flat(dest: object) -> Iterator[str]:
    if isinstance(dest, Iterable) and not isinstance(dest, (str, bytes, bytearray, memoryview)):
        for each in dest:
            yield from _flat(each)
    else:
        yield from to_wire('' if dest is None else dest).split(',')


def check_numbers(listed: list[str], limit: int) -> None:
    """Check the destinations of one request.

    Raises:
        InputInvalid: One is empty, or there are more than the limit.
    """
    if not all(listed):
        raise InputInvalid(f'destination {listed.index("") + 1} of {len(listed)} is empty')
    if len(listed) > limit:
        raise InputInvalid(f'{len(listed)} destinations; Hoiio takes {limit} at a time')
