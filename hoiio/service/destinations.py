"""The destinations of a request that has several: joined and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeGuard

from ..exceptions import InputInvalid
from ..fields import bare, complete, text_of, to_text

__all__ = ['check_numbers', 'join_numbers']


def join_numbers(
    dests: Iterable[str | Iterable[str]],
    limit: int,
    prefix: str | None,
    *,
    allow_duplicates: bool,
) -> str:
    """Join destinations, which can be single numbers, lists, or numbers separated by commas.

    Raises:
        InputInvalid: As for `check_numbers`, or a destination is not text.
    """
    every = (number for dest in dests for number in _split(dest))
    # A generator may be endless. One number too many is enough to see that there are too many.
    numbers = [complete(number.strip(), prefix) for number in islice(every, limit + 1)]
    check_numbers(numbers, limit, allow_duplicates=allow_duplicates)
    return ','.join(numbers)


def check_numbers(numbers: list[str], limit: int, *, allow_duplicates: bool) -> None:
    """Check the destinations of one request.

    Raises:
        InputInvalid: A destination is empty, two are the same number, or there are more than the
            limit.
    """
    if len(numbers) > limit:
        raise InputInvalid(f'more than {limit} destinations; pass at most {limit} in one call')
    if not all(numbers):
        raise InputInvalid(f'destination {numbers.index("") + 1} of {len(numbers)} is empty')
    if not allow_duplicates:
        _check_duplicates(numbers)


def _check_duplicates(numbers: list[str]) -> None:
    first: dict[str, int] = {}
    for place, number in enumerate(numbers, 1):
        before = first.setdefault(bare(number), place)
        if before != place:
            raise InputInvalid(
                f'destinations {before} and {place} are the same number; remove one, or pass'
                ' allow_duplicates=True'
            )


def _split(dest: object) -> Iterator[str]:
    for each in dest if _is_list(dest) else [dest]:
        yield from ('' if each is None else to_text(each, 'dest')).split(',')


def _is_list(value: object) -> TypeGuard[Iterable[object]]:
    """Return True if a value is iterable and is neither text nor bytes."""
    return (
        isinstance(value, Iterable)
        and not isinstance(value, (bytes, bytearray, memoryview))
        and text_of(value) is None
    )
