"""The arguments of a service method as arguments of the command line.

Positional parameters stay positional, and keywords become options. The annotation of a parameter
says how to read its text, and the docstring of the method says what it means.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, BinaryIO, NamedTuple, Union, get_args, get_origin, get_type_hints

from ..client import check_timeout
from ..constants import Word
from ..exceptions import InputInvalid
from ..service.base import CallOptions
from .docstring import read_docstring
from .parser import to_text
from .recipients_file import read_recipients

__all__ = [
    'Call',
    'Parameter',
    'add_arguments',
    'parameters_of',
    'read_call',
    'reader',
    'returned_by',
    'to_count',
]

# The token would be visible in the list of processes, so no argument takes it.
_SECRET = frozenset({'app_id', 'access_token'})

_DATE = r'(?a)(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?'

# One byte more than the largest PDF that Hoiio accepts. The SDK refuses it.
_ENOUGH = 2 * 1024 * 1024 + 1


# What the docstring does not say, because it is about Python.
_HINTS: Mapping[Any, str] = {
    (
        list,
        Mapping,
    ): 'FILE is a JSON list, or CSV with a row of names; - is standard input.',
    BinaryIO: 'FILE is a path; - is standard input.',
}


class Parameter(NamedTuple):
    """A parameter of a method.

    Attributes:
        name: Its name in Python.
        types: The types in its annotation. A list is the tuple of ``list`` and its item.
        text: What the docstring says about it.
        is_option: True if it is a keyword.
        is_required: True if the method needs it.
        is_repeated: True if it stands for any number of arguments.
    """

    name: str
    types: frozenset[Any]
    text: str
    is_option: bool = True
    is_required: bool = False
    is_repeated: bool = False

    @property
    def dest(self) -> str:
        """The name in the namespace, which also has the options of every command."""
        return f'parameter_{self.name}'

    @property
    def flag(self) -> str:
        """The option, such as ``--max-digits``."""
        return f'--{self.name.rstrip("_").replace("_", "-")}'


class Call(NamedTuple):
    """The arguments of one call of a method."""

    args: list[Any]
    keywords: dict[str, Any]


def parameters_of(method: Callable[..., Any]) -> Iterator[Parameter]:
    """Iterate over the parameters that have an argument on the command line."""
    documented = read_docstring(method).items
    _, *own = _signature(method).parameters.values()
    for each in own:
        if each.kind is each.VAR_KEYWORD:
            yield from _call_options(each.annotation)
        else:
            yield Parameter(
                each.name,
                _types_in(each.annotation),
                documented.get(each.name, ''),
                is_option=each.kind is each.KEYWORD_ONLY,
                is_required=each.default is each.empty,
                is_repeated=each.kind is each.VAR_POSITIONAL,
            )


def returned_by(method: Callable[..., Any]) -> type:
    """Return the class that a method returns; ``object`` if its annotation is not a class."""
    kind = _signature(method).return_annotation
    return kind if isinstance(kind, type) else object


def _signature(method: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(method, eval_str=True)
    except NameError:
        # An annotation names what only a type checker imports. The values are read as text.
        return inspect.signature(method)


def _call_options(annotation: Any) -> Iterator[Parameter]:
    """Iterate over the options of one call, which the annotation of ``**params`` names."""
    named = next(iter(get_args(annotation)), CallOptions)
    documented = read_docstring(named).items
    for name, hint in get_type_hints(named).items():
        if name not in _SECRET:
            yield Parameter(name, _types_in(hint), documented.get(name, ''))


def _types_in(annotation: Any) -> frozenset[Any]:
    is_union = get_origin(annotation) in {Union, UnionType}
    return frozenset(map(_type_of, get_args(annotation) if is_union else [annotation]))


def _type_of(hint: Any) -> Any:
    origin = get_origin(hint) or hint
    is_list = isinstance(origin, type) and issubclass(origin, Iterable) and get_args(hint)
    if not is_list or issubclass(origin, (Mapping, tuple)):
        return origin
    return list, _type_of(get_args(hint)[0])


def add_arguments(parser: argparse.ArgumentParser, parameters: Iterable[Parameter]) -> None:
    """Add an argument for each parameter."""
    for each in parameters:
        names = [each.flag] if each.is_option else [each.dest]
        options = _options_of(each)
        if each.is_option:
            options['dest'] = each.dest
        elif each.is_repeated:
            options['nargs'] = '*'
        elif not each.is_required:
            options['nargs'] = '?'
        parser.add_argument(
            *names,
            # A namespace without the argument lets the method use its own default.
            default=argparse.SUPPRESS,
            # argparse formats the help with %.
            help=_help(each).replace('%', '%%'),
            **options,
        )


def _help(parameter: Parameter) -> str:
    hints = [hint for kind, hint in _HINTS.items() if kind in parameter.types]
    if _may_be_none(parameter):
        hints.append("Write '' for None.")
    return ' '.join([parameter.text, *hints])


def _may_be_none(parameter: Parameter) -> bool:
    return parameter.is_required and NoneType in parameter.types


def _options_of(parameter: Parameter) -> dict[str, Any]:
    """Return how argparse reads the values of a parameter."""
    types, metavar = parameter.types, parameter.name.rstrip('_').upper()
    if bool in types:
        return {'action': argparse.BooleanOptionalAction}
    for each in types:
        if isinstance(each, type) and issubclass(each, Word):
            return {'choices': [str(word) for word in each]}
    if Mapping in types:
        return {'type': reader(_pair), 'action': 'append', 'metavar': 'NAME=VALUE'}
    for kind, (read, shown) in _READERS.items():
        if kind in types and not (kind is int and str in types):
            return {'type': reader(read), 'metavar': shown}
    if parameter.is_option and any(isinstance(each, tuple) for each in types):
        return {'type': to_text, 'action': 'append', 'metavar': metavar}
    return {'type': to_text, 'metavar': 'DEST' if parameter.is_repeated else metavar}


def reader(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a function that gives the errors of another one to argparse, which exits with 2."""

    def read_value(text: str) -> Any:
        try:
            return read(text)
        except InputInvalid as exc:
            message = str(exc)
        raise argparse.ArgumentTypeError(message)

    return read_value


def to_count(text: str) -> int:
    """Read a whole number of 1 or more.

    Raises:
        InputInvalid: The text is something else.
    """
    count = _whole_number(text)
    if count < 1:
        raise InputInvalid('must be 1 or more')
    return count


def _whole_number(text: str) -> int:
    if not re.fullmatch(r'(?a)[+-]?\d{1,18}', text):
        raise InputInvalid('must be a whole number, such as 5')
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
        check_timeout(seconds)
    except ValueError:
        raise InputInvalid(
            'must be a number of seconds, such as 2.5, more than 0 and at most a day'
        ) from None
    return seconds


def _date(text: str) -> str:
    match = re.fullmatch(_DATE, text)
    try:
        if match is not None:
            return str(datetime.fromisoformat(' '.join(filter(None, match.groups()))))
    except ValueError:
        pass
    raise InputInvalid("must be a date in GMT+8, such as 2026-01-31 or '2026-01-31 12:00:00'")


def _file(path: str) -> str | bytes:
    """Return a path, or what standard input or a pipe has if the path names one of them."""
    if path == '-':
        return sys.stdin.buffer.read(_ENOUGH)
    # The SDK says what is wrong with a file.
    with suppress(OSError):
        # A shell passes the path of a pipe if you write <(COMMAND).
        if Path(path).is_fifo():
            with Path(path).open('rb') as pipe:
                return pipe.read(_ENOUGH)
    return path


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = to_text(text).partition('=')
    if not name or not sign:
        raise InputInvalid('must be a name and a value, such as colour=red')
    if name in _SECRET:
        raise InputInvalid(
            f'must not be {name}, because other users could read it in the list of processes; run'
            ' hoiio login, or set the environment variables'
        )
    return name, value


# How to read a value of a type, and what the help shows for it. The first that fits is used.
_READERS: Mapping[Any, tuple[Callable[[str], Any], str]] = {
    (list, Mapping): (read_recipients, 'FILE'),
    BinaryIO: (_file, 'FILE'),
    date: (_date, 'DATE'),
    float: (_seconds, 'SECONDS'),
    int: (_whole_number, 'N'),
}


def read_call(given: argparse.Namespace, parameters: Iterable[Parameter]) -> Call:
    """Return the arguments of the method. A parameter that was not given is left out."""
    call = Call([], {})
    for each in parameters:
        value = getattr(given, each.dest, None)
        if value is None:
            continue
        if each.is_option:
            call.keywords[each.name] = dict(value) if Mapping in each.types else value
        elif each.is_repeated:
            call.args.extend(value)
        else:
            call.args.append(None if value == '' and _may_be_none(each) else value)
    return call
