"""An action of ``hoiio sandbox``, and how it shows what it found."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import chain
from typing import Any, TypeAlias

from ..exit_codes import ExitCode
from ..parser import to_text
from ..streams import printable
from .control_client import ControlClient
from .location import add_location

__all__ = [
    'FORMS',
    'GMT8',
    'Action',
    'add_actions',
    'add_forms',
    'columns',
    'filled',
    'one_line',
    'seconds',
    'show',
    'show_each',
    'time_of',
    'to_path',
]

Run: TypeAlias = Callable[[ControlClient, argparse.Namespace], 'ExitCode | None']

GMT8 = timezone(timedelta(hours=8))
FORMS = {
    'json': 'print JSON: one object, or one line for each entry',
    'csv': 'print CSV, with a row of names',
}
LONGEST_SECONDS = 24 * 60 * 60


def _nothing(_parser: argparse.ArgumentParser) -> None:
    return


@dataclass(frozen=True)
class Action:
    """One action, such as ``hoiio sandbox clock advance``.

    Attributes:
        sentence: What it does, for the help.
        run: Runs it, and returns the exit code; None means 0.
        configure: Adds its arguments to a parser.
        actions: The actions inside it, by name.
        required: Whether one of the actions inside it must be chosen.
    """

    sentence: str
    run: Run = lambda _client, _given: None
    configure: Callable[[argparse.ArgumentParser], None] = _nothing
    actions: Mapping[str, Action] = field(default_factory=dict)
    required: bool = False


def add_actions(
    parser: argparse.ArgumentParser, actions: Mapping[str, Action], *, required: bool = False
) -> None:
    """Add actions to a parser. Each is configured when it is chosen."""
    chosen = parser.add_subparsers(metavar='ACTION', required=required, dest='action')
    for name, action in actions.items():
        chosen.add_parser(
            name,
            help=action.sentence,
            description=f'{action.sentence[0].upper()}{action.sentence[1:]}.',
            configure=partial(_configure, action),
        )


def _configure(action: Action, parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(do=action.run)
    action.configure(parser)
    add_location(parser)
    add_forms(parser)
    if action.actions:
        add_actions(parser, action.actions, required=action.required)


def add_forms(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose the form of the output."""
    forms = parser.add_mutually_exclusive_group()
    for form, meaning in FORMS.items():
        forms.add_argument(
            f'--{form}', action='store_true', default=argparse.SUPPRESS, help=meaning
        )


def seconds(text: str) -> float:
    """Read a number of seconds, at most one day, from the command line."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(
            f'use a number of seconds from 0 to {LONGEST_SECONDS}, not {text!r:.80}'
        )
    return value


def filled(text: str) -> str:
    """Read a text, and refuse an empty one, which a shell passes if a variable is not set."""
    return to_text(to_path(text))


def to_path(text: str) -> str:
    """Read the path of a file, whose name can have any bytes."""
    if not text:
        raise argparse.ArgumentTypeError('it must not be empty')
    return text


def show(given: argparse.Namespace, value: Mapping[str, Any], lines: Iterable[str]) -> None:
    """Print a value as JSON or CSV if the options say so, and otherwise as lines for people."""
    if 'csv' in given:
        _show_csv([value])
        return
    for line in [json.dumps(value)] if 'json' in given else lines:
        print(printable(line))


def show_each(
    given: argparse.Namespace, entries: Iterable[Any], line: Callable[[Any], str]
) -> None:
    """Print each entry of a list on a line of its own."""
    if 'csv' in given:
        _show_csv(entries)
        return
    for entry in entries:
        print(printable(json.dumps(entry) if 'json' in given else line(entry)), flush=True)


def _show_csv(entries: Iterable[Mapping[str, Any]]) -> None:
    # Imported here, because few need it, and it takes longer than the rest of an action.
    from ..output import print_rows  # noqa: PLC0415

    rows = _flushed(entries)
    first = next(rows, {})
    if first:
        print_rows(list(first), chain([first], rows), argparse.Namespace(json=False, csv=True))


def _flushed(entries: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Iterate over entries, and write out each one before the next one may have to be awaited."""
    for entry in entries:
        yield entry
        sys.stdout.flush()


def columns(rows: Sequence[Sequence[object]], indent: str = '') -> list[str]:
    """Return a line for each row, with the columns aligned."""
    texts = [[one_line(str(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return [indent + '  '.join(map(str.ljust, row, widths)).rstrip() for row in texts]


def one_line(text: str) -> str:
    """Return a text on one line."""
    return text.replace('\\', r'\\').replace('\r', r'\r').replace('\n', r'\n')


def time_of(text: str) -> datetime:
    """Return a time of the control API in GMT+8, as the API shows it."""
    return datetime.fromisoformat(text).astimezone(GMT8)
