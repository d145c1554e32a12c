"""The ``hoiio`` command and its table of commands.

Each command is a module of this package, which is imported when the command is chosen. It has two
functions: ``configure(parser)`` adds the arguments, and ``run(given)`` runs the command with the
parsed arguments and returns the exit code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from .exit_codes import ExitCode
from .streams import complain, guarded

__all__ = ['COMMANDS', 'main']

#: The module and the sentence of each command, in the order of ``hoiio --help``.
COMMANDS: Mapping[str, tuple[str, str]] = {
    'account': ('services', 'the balance and the details of the account'),
    'fax': ('services', 'send faxes, and look them up'),
    'ivr': ('services', 'control phone calls, one block after another'),
    'number': ('services', 'find, rent and configure Hoiio numbers'),
    'sms': ('services', 'send SMS to one recipient or to many, and look them up'),
    'voice': ('services', 'make calls and conferences, and look them up'),
    'campaign': ('campaign', 'send a message to many people, and to nobody twice'),
    'completion': ('completion', 'print a script with which a shell completes commands'),
    'demo': ('demo', 'run the Quick Start of the guide against a sandbox on this machine'),
    'listen': ('listen', 'receive notifications on this machine, and pass them on'),
    'login': ('login', 'save the credentials of an account on this machine'),
    'logout': ('logout', 'delete the saved credentials of an account'),
    'sandbox': ('sandbox.command', 'run a sandbox on this machine, or control one that is running'),
    'whoami': ('whoami', 'say which account a command uses, and its balance'),
}

# What a command imports that ``pip install hoiio`` does not bring, and the extra that does.
_EXTRAS: Mapping[str, str] = {
    'werkzeug': 'sandbox',
    **dict.fromkeys(['phonenumbers', 'platformdirs', 'sqlalchemy'], 'campaign'),
}

_HEAD = """\
usage: hoiio COMMAND ...

The Hoiio telephony API from the command line.

commands:"""
_FOOT = """
For the arguments of a command, run `hoiio COMMAND --help`; for the version, `hoiio --version`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: The arguments. The default is those of the process.

    Returns:
        The exit code, as described in `ExitCode`.

    Example:
        >>> main(['demo'])
        0
    """
    return guarded(lambda: _run(argv))


def _run(argv: Sequence[str] | None) -> int:
    if '_ARGCOMPLETE' in os.environ:
        # A shell asks for the words that can come next; see `completion`.
        from .completion import complete  # noqa: PLC0415
        from .parser import make_parser  # noqa: PLC0415

        complete(make_parser(COMMANDS))
    arguments = sys.argv[1:] if argv is None else argv
    # Without argparse, which takes longer to write this help than Python takes to start.
    if not arguments or arguments[0] in {'-h', '--help'}:
        print(_help())
        return ExitCode.DONE
    # Imported here, so that Ctrl-C during the imports does not print a traceback.
    from ..exceptions import HoiioException  # noqa: PLC0415
    from .failures import report  # noqa: PLC0415
    from .parser import make_parser  # noqa: PLC0415

    try:
        given = make_parser(COMMANDS).parse_args(arguments)
        code: int = given.run(given)
    except HoiioException as exc:
        return report(exc)
    except ModuleNotFoundError as exc:
        extra = _EXTRAS.get((exc.name or '').partition('.')[0])
        if extra is None:
            raise
        complain(f'This is not installed: pip install "hoiio[{extra}]"')
        return ExitCode.REFUSED
    return code


def _help() -> str:
    commands = [f'  {name:<12}{sentence}' for name, (_, sentence) in COMMANDS.items()]
    return '\n'.join((_HEAD, *commands, _FOOT))
