"""The commands of the six services: each public method of a service is a command.

Its arguments come from the signature of the method, and its help from the docstring.
"""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from itertools import islice
from typing import Any

from ..exceptions import HoiioException
from ..fields import GMT8
from ..response import Entry, Page, Response
from ..service.base import Service
from . import output, profiles
from .confirm import is_confirmed
from .docstring import read_docstring
from .exit_codes import ExitCode
from .failures import Command, interrupted, report
from .method_arguments import (
    Call,
    Parameter,
    add_arguments,
    parameters_of,
    read_call,
    reader,
    returned_by,
    to_count,
)
from .parser import CommandParser
from .planned_request import PlannedRequest, plan
from .progress import with_progress
from .records import columns_of, expected_of, is_list, rows_of, values_of
from .streams import complain

__all__ = ['commands_of', 'configure', 'run', 'service_of']

# An option. A number such as -5 is a text, and so is what has a space.
_OPTION = r'-[^\d][^ ]*(=|$)'
_AS_A_TEXT = 'if it is a text, write -- before it'


def configure(parser: argparse.ArgumentParser) -> None:
    """Add a command for each public method of a service."""
    name = parser.get_default('command')
    service = service_of(name)
    parser.set_defaults(service=service, method=None, show_help=parser.print_help)
    methods = parser.add_subparsers(metavar='COMMAND', parser_class=_MethodParser)
    for command, method in commands_of(service).items():
        documented = read_docstring(getattr(service, method))
        methods.add_parser(
            command,
            help=documented.sentence.replace('%', '%%'),
            description=documented.text,
            configure=partial(_configure_method, service, method),
        )


def service_of(name: str) -> type[Service]:
    """Return the class of a service, such as ``Sms`` for ``'sms'``."""
    service: type[Service] = getattr(import_module(f'hoiio.service.{name}'), name.capitalize())
    return service


def commands_of(service: type[Service]) -> dict[str, str]:
    """Return the public methods of a service, each by the name of its command."""
    members = [name for kind in reversed(service.__mro__) for name in vars(kind)]
    return {
        name.replace('_', '-'): name
        for name in members
        if not name.startswith('_') and inspect.isfunction(getattr(service, name))
    }


class _MethodParser(CommandParser):
    """The parser of one method. Options and texts can come in any order."""

    def ordered(self, args: Sequence[str]) -> list[str]:
        """Move the options before the texts, because argparse ends a list of texts at an option."""
        options: list[str] = []
        texts: list[str] = []
        rest = iter(args)
        for each in rest:
            action = self._option_string_actions.get(each)
            if each == '--':
                texts += rest
            elif action is not None and action.nargs is None:
                # In one piece, because a value may begin with a hyphen too.
                options += [f'{each}={value}' for value in islice(rest, 1)] or [each]
            elif each.partition('=')[0] in self._option_string_actions:
                options.append(each)
            elif re.match(_OPTION, each):
                # Here, because argparse would first complain about what is missing after it.
                self.error(f'unknown option {each.partition("=")[0]}; {_AS_A_TEXT}')
            else:
                texts.append(each)
        return [*options, '--', *texts] if texts else options


def _configure_method(service: type[Service], method: str, parser: argparse.ArgumentParser) -> None:
    found = getattr(service, method)
    parser.set_defaults(method=method, limit=None)
    output.add_options(parser)
    if issubclass(returned_by(found), Page):
        parser.add_argument(
            '--limit',
            type=reader(to_count),
            metavar='N',
            help='print at most N entries; by default, all pages are read and printed',
        )
    parser.add_argument(
        '--dry-run',
        action='store_true',
        help='print what would be sent, and send nothing; this needs no credentials',
    )
    parser.add_argument(
        '--yes', action='store_true', help='do not ask, even if this costs more than one message'
    )
    profiles.add_option(parser)
    add_arguments(parser, parameters_of(found))


def run(given: argparse.Namespace) -> int:
    """Call the method of a service, and print its result.

    Returns:
        The exit code, as described in `ExitCode`.
    """
    if given.method is None:
        given.show_help()
        return ExitCode.DONE
    parameters = list(parameters_of(getattr(given.service, given.method)))
    command = _command(given, parameters)
    try:
        return _carry_out(given, read_call(given, parameters), command)
    except HoiioException as exc:
        return report(exc, command)


def _carry_out(given: argparse.Namespace, call: Call, command: Command) -> int:
    request = plan(given.service, given.method, *call)
    if given.dry_run:
        _show_plan(request, given)
        return ExitCode.DONE
    if not is_confirmed(request, yes=given.yes):
        return ExitCode.USAGE
    service = getattr(profiles.client(given), given.command)
    try:
        result = getattr(service, given.method)(*call.args, **call.keywords)
    except KeyboardInterrupt:
        if request is None or not request.changes_something:
            raise
        return interrupted(request.operation, command)
    return _show(result, given, command)


def _command(given: argparse.Namespace, parameters: Sequence[Parameter]) -> Command:
    # The clocks of two machines differ a little.
    started = datetime.now(GMT8) - timedelta(minutes=1)
    return Command(
        values={each.name: getattr(given, each.dest, None) for each in parameters},
        options=['--profile', given.profile] if given.profile else [],
        started=f'{started:%Y-%m-%d %H:%M:%S}',
    )


def _show_plan(request: PlannedRequest | None, given: argparse.Namespace) -> None:
    shown = {'operation': None} if request is None else request.shown()
    output.print_record(list(shown), shown, given)


def _show(result: Entry | None, given: argparse.Namespace, command: Command) -> int:
    if result is None:
        complain(
            'hoiio: nothing was found. The request may still be on its way: wait a minute and look'
            ' again before you repeat it.'
        )
        return ExitCode.REFUSED
    if isinstance(result, Response):
        result.raise_for_status()
    columns = columns_of(result)
    if not is_list(result):
        output.print_record(columns, values_of(result), given)
        return ExitCode.DONE
    failures: list[HoiioException] = []
    count = output.print_rows(columns, _rows(result, given, failures), given)
    return report(failures[0], command, count) if failures else ExitCode.DONE


def _rows(
    result: Entry, given: argparse.Namespace, failures: list[HoiioException]
) -> Iterator[dict[str, Any]]:
    """Iterate over the rows of a list. An error ends them, so that what came before is printed."""
    all_pages = getattr(given, 'parameter_page', None) is None
    rows = rows_of(result, given.limit, all_pages=all_pages)
    try:
        yield from with_progress(rows, expected_of(result, given.limit))
    except HoiioException as exc:
        failures.append(exc)
