"""The file with the recipients of a bulk SMS: JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..exceptions import InputInvalid

__all__ = ['read_recipients']

DEST = 'dest'


def read_recipients(path: str) -> list[dict[str, Any]]:
    """Read recipients from a file.

    A file that begins with a bracket is a JSON list of objects. Any other file is CSV whose first
    row has the names: ``dest``, and those of the variables of the template.

    Args:
        path: The path of the file, or ``-`` for standard input.

    Raises:
        InputInvalid: The file cannot be read, or is neither of the two.
    """
    try:
        content = sys.stdin.buffer.read() if path == '-' else Path(path).read_bytes()
    except OSError as exc:
        raise InputInvalid(f'cannot read {path}: {exc.strerror}') from exc
    try:
        text = content.decode('utf-8-sig')
    except UnicodeDecodeError as exc:
        line = content.count(b'\n', 0, exc.start) + 1
        raise InputInvalid(
            f'the file of recipients is not in UTF-8: see line {line}; save it as UTF-8'
        ) from None
    return _from_json(text) if text.lstrip()[:1] in {'[', '{'} else list(_from_csv(text))


def _from_json(text: str) -> list[dict[str, Any]]:
    try:
        listed = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as exc:
        raise InputInvalid(
            f'the file of recipients is not JSON: see line {exc.lineno}, column {exc.colno}'
        ) from None
    except InputInvalid:
        # It is a ValueError too.
        raise
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list):
        raise InputInvalid('the file of recipients must be CSV, or a JSON list of objects')
    return listed


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of two numbers with the name dest, one would get no message.
    if len(dict(pairs)) < len(pairs):
        raise InputInvalid('an object in the file of recipients has a name twice')
    return dict(pairs)


def _from_csv(text: str) -> Iterator[dict[str, Any]]:
    rows = csv.reader(io.StringIO(text, newline=''), strict=True)
    try:
        names = [name.strip() for name in next(rows, [])]
        if DEST not in names or len({*names}) < len(names):
            raise InputInvalid(
                f'the first row of the file of recipients must have the names, one of them {DEST},'
                ' separated by commas, and none of them twice'
            )
        for row in rows:
            if row and len(row) != len(names):
                raise InputInvalid(
                    f'line {rows.line_num} of the file of recipients has {len(row)} values, but'
                    f' there are {len(names)} names'
                )
            if row:
                yield dict(zip(names, row, strict=True))
    except csv.Error as exc:
        raise InputInvalid(
            f'line {rows.line_num} of the file of recipients is not CSV: {exc}; look for a quote'
            ' that does not close'
        ) from None
