"""The exit code of a failure, and the sentence that says what to do next."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import NamedTuple

from ..exceptions import (
    ApiError,
    CredentialsMissing,
    CredentialsRefused,
    CreditInsufficient,
    FaxFileUnreadable,
    HoiioException,
    InputInvalid,
    ResponseUnreadable,
    TransportError,
)
from ..idempotency import next_step
from .exit_codes import ExitCode
from .streams import complain

__all__ = ['Command', 'exit_code_of', 'interrupted', 'report']

_ADVICE: Mapping[type[Exception], str] = {
    CredentialsRefused: 'To see which credentials these are, run: hoiio whoami',
    CreditInsufficient: 'To see the balance, run: hoiio account balance',
}
# How the SDK names the next step, and a keyword that is True here.
_FIND = re.compile(r'Hoiio\.(\w+)\.find\(tag\), or Hoiio\.\w+\.history\(\) if it has no tag')
_METHOD = re.compile(r'Hoiio\.(\w+)\.(\w+)\((\w*)\)')
_KEYWORD = re.compile(r'(\w+)=True')
_IN_THE_FUTURE = (
    ', so find would find nothing; pass a datetime with a time zone, such as datetime.now(GMT8) -'
    ' timedelta(hours=1)'
)


class Command(NamedTuple):
    """What a sentence about a failed command refers to.

    Attributes:
        values: The arguments of the method, by their names.
        options: The options that choose the account, such as ``['--profile', 'work']``.
        started: The time when the command started, in GMT+8.
    """

    values: Mapping[str, object]
    options: list[str]
    started: str


_ANY = Command({}, [], '')


def exit_code_of(exc: HoiioException) -> ExitCode:
    """Return the exit code of an error of the SDK."""
    match exc:
        case CredentialsMissing() | CredentialsRefused():
            return ExitCode.CREDENTIALS
        case InputInvalid():
            return ExitCode.USAGE
        case HoiioException(outcome_unknown=True):
            return ExitCode.UNKNOWN
        case TransportError() | ResponseUnreadable():
            return ExitCode.NEVER_LEFT
        case ApiError():
            return ExitCode.REFUSED
    return ExitCode.PARTLY


def report(exc: HoiioException, command: Command = _ANY, printed: int = 0) -> ExitCode:
    """Print what went wrong and what to do next, and return the exit code.

    Args:
        exc: The error.
        command: The command that failed, for one that calls a method of a service.
        printed: How many entries of a list were printed before.
    """
    code = exit_code_of(exc)
    if printed:
        code = ExitCode.PARTLY
    advice = next((text for kind, text in _ADVICE.items() if isinstance(exc, kind)), '')
    if code is ExitCode.NEVER_LEFT and 'Nothing was sent' not in str(exc):
        advice = 'Nothing was changed, so you can run the command again.'
    rest = f'The list ends after {printed} entries; the rest is missing.' if printed else ''
    # The text of this one begins with a number of the operating system.
    text = str(exc)
    if isinstance(exc, FaxFileUnreadable):
        text = f'{exc.strerror} ({exc.filename})'
    message = _for_the_command_line(text, command)
    complain(' '.join(filter(None, (f'hoiio: {message.rstrip(".")}.', rest, advice))))
    return code


def interrupted(operation: str, command: Command) -> ExitCode:
    """Say after Ctrl-C that the outcome of a request is unknown, and return the exit code."""
    advice = next_step(operation, outcome_unknown=True)
    complain(f'hoiio: interrupted during {operation}.{_for_the_command_line(advice, command)}')
    return ExitCode.INTERRUPTED


def _for_the_command_line(message: str, command: Command) -> str:
    """Replace what a message says about Python by what to do on the command line."""

    def find(match: re.Match[str]) -> str:
        if command.values.get('tag'):
            return _command(match[1], 'find', ['tag'], command)
        return f'{_command(match[1], "history", [], command)} --from {command.started!r}'

    def call(match: re.Match[str]) -> str:
        return _command(match[1], match[2], [match[3]] if match[3] else [], command)

    message = _METHOD.sub(call, _FIND.sub(find, message))
    message = message.replace(_IN_THE_FUTURE, '; dates are in GMT+8')
    return _KEYWORD.sub(lambda match: f'--{match[1].replace("_", "-")}', message)


def _command(service: str, method: str, names: list[str], command: Command) -> str:
    values = [str(command.values.get(name) or name.upper()) for name in names]
    # A value that begins with a hyphen is not an option.
    marked = ['--', *values] if any(value.startswith('-') for value in values) else values
    words = ['hoiio', service, method.replace('_', '-'), *command.options, *marked]
    return shlex.join(words)
