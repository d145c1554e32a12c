"""Find the command that the arguments name, and run it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from .exit_codes import ExitCode
from .streams import complain

__all__ = ['dispatch']

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
For the arguments of a command, run `hoiio COMMAND --help`.
For the version, run `hoiio --version`."""


def dispatch(commands: Mapping[str, tuple[str, str]], argv: Sequence[str] | None) -> int:
    """Run the command that the arguments name.

    Args:
        commands: The module and the sentence of each command, by its name.
        argv: The arguments. The default is those of the process.

    Returns:
        The exit code, as described in `ExitCode`.
    """
    if '_ARGCOMPLETE' in os.environ:
        # A shell asks for the words that can come next; see `completion`.
        from .completion import complete  # noqa: PLC0415
        from .parser import make_parser  # noqa: PLC0415

        complete(make_parser(commands))
    arguments = sys.argv[1:] if argv is None else argv
    # Without argparse, which takes longer to write this help than Python takes to start.
    if not arguments or arguments[0] in {'-h', '--help'}:
        print(_help(commands))
        return ExitCode.DONE
    # The help does not need these.
    from ..exceptions import HoiioException  # noqa: PLC0415
    from .failures import report  # noqa: PLC0415
    from .parser import make_parser  # noqa: PLC0415

    try:
        given = make_parser(commands).parse_args(arguments)
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


def _help(commands: Mapping[str, tuple[str, str]]) -> str:
    lines = [f'  {name:<12}{sentence}' for name, (_, sentence) in commands.items()]
    return '\n'.join((_HEAD, *lines, _FOOT))
