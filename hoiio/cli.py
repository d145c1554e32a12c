"""The ``hoiio`` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import __version__

__all__ = ['main']


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: The arguments; by default those of the process.

    Returns:
        The exit code: 0, or 1 where something was missing or went wrong.

    Example:
        >>> main(['demo'])
        0
    """
    parser = _parser()
    if parser.parse_args(argv).command == 'demo':
        return _demo()
    parser.print_help()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser('hoiio', description='The Hoiio telephony SDK.')
    parser.add_argument('--version', action='version', version=f'hoiio {__version__}')
    commands = parser.add_subparsers(dest='command', metavar='COMMAND')
    commands.add_parser(
        'demo',
        help='run the Quick Start of the guide against a sandbox on this machine',
        description='Starts a sandbox, which costs nothing and calls nobody, and makes the calls'
        ' of the Quick Start against it over HTTP: an SMS, a call, a fax and an IVR call.',
    )
    return parser


def _demo() -> int:
    # Only now: the sandbox needs Werkzeug, which `pip install hoiio` does not bring.
    try:
        from .sandbox.demo import run  # noqa: PLC0415
    except ModuleNotFoundError as exc:
        if (exc.name or '').partition('.')[0] != 'werkzeug':
            raise
        print('The sandbox is not installed: pip install "hoiio[sandbox]"', file=sys.stderr)
        return 1
    return run()
