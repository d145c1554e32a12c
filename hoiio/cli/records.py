"""A result of the SDK as rows of named values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, get_args, get_type_hints

from ..exceptions import FieldUnreadable
from ..response import Entry, Page, Response, fields_of

__all__ = ['columns_of', 'expected_of', 'is_list', 'rows_of', 'values_of']

# What a list says about itself. It would be the same in each row.
_OF_A_LIST = frozenset({'status', 'entries', 'entries_count', 'total_entries_count'})


def is_list(result: Entry) -> bool:
    """Return True if a result has entries."""
    return isinstance(result, Response) and 'entries' in fields_of(type(result))


def columns_of(result: Entry) -> list[str]:
    """Return the names of the declared fields of a result, or of the entries of a list.

    A list may have fields of its own, such as the currency of all prices. They come first.
    """
    declared = fields_of(type(result))
    if not is_list(result):
        return [name for name in declared if name != 'status' or len(declared) == 1]
    [kind] = get_args(get_type_hints(type(result))['entries'])
    return [*_own(result), *fields_of(kind)]


def _own(result: Entry) -> list[str]:
    return [name for name in fields_of(type(result)) if name not in _OF_A_LIST]


def values_of(result: Entry) -> dict[str, Any]:
    """Return the declared fields of a result, then the fields that this version does not know.

    A field that is malformed has the value that Hoiio sent. A missing field is None.
    """
    known = fields_of(type(result))
    values = {name: _value(result, name) for name in known}
    if not isinstance(result.json, Mapping):
        return {**values, 'json': result.json}
    names = known.keys() | {field.alias for field in known.values()}
    return values | {name: value for name, value in result.json.items() if name not in names}


def _value(result: Entry, name: str) -> Any:
    try:
        return getattr(result, name, None)
    except FieldUnreadable:
        return result.json.get(name) if isinstance(result.json, Mapping) else None


def rows_of(result: Entry, limit: int | None, *, all_pages: bool) -> Iterator[dict[str, Any]]:
    """Iterate over the entries of a list, or over the one row of any other result.

    Args:
        result: The result.
        limit: How many entries to return at most; None for all.
        all_pages: False to stay on this page.

    Raises:
        HoiioException: As for ``Page.auto_paging_iter``.
    """
    if not is_list(result):
        yield values_of(result)
        return
    own = {name: _value(result, name) for name in _own(result)}
    for entry in islice(_entries_of(result, all_pages=all_pages), limit):
        yield {**own, **values_of(entry)}


def _entries_of(result: Entry, *, all_pages: bool) -> Iterable[Entry]:
    if isinstance(result, Page) and all_pages:
        return result.auto_paging_iter()
    entries: list[Entry] | None = getattr(result, 'entries', None)
    if entries is None:
        raise FieldUnreadable('Hoiio sent a list without entries')
    return entries


def expected_of(result: Entry, limit: int | None) -> int:
    """Return how many rows a list will have, if it can have many; otherwise 0."""
    total: int = getattr(result, 'total_entries_count', 0) if isinstance(result, Page) else 0
    return total if limit is None else min(limit, total)
