"""The recipients of a bulk SMS, and the Mustache template that their values fill."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import islice
from numbers import Number
from typing import Any

from ..exceptions import InputInvalid
from ..fields import complete, text_of, to_text
from .destinations import check_numbers

__all__ = ['check_template', 'list_recipients', 'to_json']

# One tag of a template, such as {{name}} or {{#items}}: its mark, if any, and its name.
_TAG = r'\{\{\{?([^{}]+)\}\}'
_MARKS = '#^/&!>='

# An error message quotes only such a name. Anything else in braces may be part of a private text.
_NAME = r'[\w.-]{1,50}'


def list_recipients(
    recipients: Iterable[Mapping[str, Any]],
    limit: int,
    prefix: str | None,
    *,
    allow_duplicates: bool,
) -> list[dict[str, Any]]:
    """Copy the recipients, with complete phone numbers.

    Raises:
        InputInvalid: A recipient is not a mapping with a ``dest``, two have the same number, or
            there are none or more than the limit.
    """
    if not isinstance(recipients, Iterable):
        raise InputInvalid('recipients must be a list of mappings')
    # A generator may be endless. One recipient too many is enough to see that there are too many.
    listed = [_complete(each, prefix) for each in islice(recipients, limit + 1)]
    if not listed:
        raise InputInvalid('sms/bulk_send: recipients is empty')
    numbers = [each['dest'] for each in listed]
    check_numbers(numbers, limit, allow_duplicates=allow_duplicates)
    return listed


def _complete(recipient: Mapping[str, Any], prefix: str | None) -> dict[str, Any]:
    if not isinstance(recipient, Mapping):
        raise InputInvalid('each recipient must be a mapping with a dest')
    dest = recipient.get('dest')
    number = '' if dest is None else to_text(dest, 'dest').strip()
    return {**recipient, 'dest': complete(number, prefix)}


def check_template(template: str, recipients: list[dict[str, Any]]) -> None:
    """Check that every recipient has a value for each variable of a template.

    Raises:
        InputInvalid: A variable does not have a value.
    """
    tags = [_mark_and_name(tag.strip()) for tag in re.findall(_TAG, template)]
    for place, recipient in enumerate(recipients, 1):
        for name in _without_value(tags, recipient):
            variable = f'{{{{{name}}}}}' if re.fullmatch(_NAME, name) else 'a variable'
            where = f'recipient {place} has no value' if recipient else 'there are no recipients'
            raise InputInvalid(
                f'sms/bulk_send: {where} for {variable} in the message; to send it anyway, pass'
                ' allow_missing=True'
            )


def _mark_and_name(tag: str) -> tuple[str, str]:
    return (tag[:1], tag[1:].strip()) if tag[:1] in _MARKS else ('', tag)


def _without_value(tags: list[tuple[str, str]], recipient: Mapping[str, Any]) -> Iterator[str]:
    """Find the variables that Mustache would show and that do not have a value."""
    skipped = ''
    for mark, name in tags:
        value = _value(recipient, name)
        if skipped:
            skipped = '' if mark == '/' and name == skipped else skipped
        elif mark == '^':
            skipped = name if value else ''
        elif mark == '#' and value is not None:
            # Inside the section of a list or mapping, names refer to the values in it.
            skipped = name if not value or isinstance(value, (list, tuple, Mapping)) else ''
        elif mark in {'', '&', '#'} and not _is_plain(value):
            yield name


def _value(recipient: Any, name: str) -> Any:
    if name in recipient:
        return recipient[name]
    outer, dot, inner = name.partition('.')
    within = recipient.get(outer) if dot else None
    return _value(within, inner) if isinstance(within, Mapping) else None


def _is_plain(value: object) -> bool:
    """Return True if a template can show a value: text, a number or a date."""
    if isinstance(value, bool):
        return False
    return isinstance(value, (date, Number)) or text_of(value) is not None


def to_json(value: object) -> str:
    """Write the recipients as JSON.

    Raises:
        InputInvalid: JSON cannot express a value.
    """
    write = partial(json.dumps, value, allow_nan=False, default=_to_plain)
    with suppress(TypeError, ValueError, RecursionError):
        text = write()
        # JSON can express half of a surrogate pair, but UTF-8 cannot.
        if '\\ud' in text:
            write(ensure_ascii=False).encode()
        return text
    # Raised outside the handler, so that an exception that quotes a value is not its context.
    raise InputInvalid(
        'recipients contain a value that JSON cannot express; pass texts, numbers and dates'
    )


def _to_plain(value: object) -> str:
    if not _is_plain(value):
        raise TypeError
    return text_of(value) or str(value)
