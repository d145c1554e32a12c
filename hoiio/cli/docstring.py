"""The text of a docstring, as the help of a command shows it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ['Docstring', 'read_docstring']

_SECTION = re.compile(r'^(\w+):\s*$', re.MULTILINE)
_ITEM = re.compile(r'^ {4}\*{0,2}(\w+): ', re.MULTILINE)


class Docstring(NamedTuple):
    """What a docstring says.

    Attributes:
        sentence: Its first line, without the full stop.
        text: The text before its first section.
        items: The text for each argument or attribute, by its name.
    """

    sentence: str
    text: str
    items: Mapping[str, str]


def read_docstring(documented: object) -> Docstring:
    """Read the docstring of a function or a class; the result is empty if there is none."""
    head, *rest = _SECTION.split(inspect.getdoc(documented) or '')
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    # A docstring without sections may end with its source, which is about the API.
    text = _plain(re.split(r'^Source: ', head, flags=re.MULTILINE)[0].strip())
    listed = sections.get('Args') or sections.get('Attributes') or ''
    _, *items = _ITEM.split(listed)
    names, texts = items[::2], items[1::2]
    return Docstring(
        sentence=text.partition('\n\n')[0].removesuffix('.'),
        text=text,
        items={name: _plain(each) for name, each in zip(names, texts, strict=True)},
    )


def _plain(text: str) -> str:
    """Remove the markup and the line breaks of a text; blank lines stay."""
    text = re.sub(r'``(.+?)``|`([^`]+)`', r'\1\2', text, flags=re.DOTALL)
    return '\n\n'.join(' '.join(each.split()) for each in text.strip().split('\n\n'))
