"""The ``hoiio completion`` command: complete the words of a command line with the Tab key.

The script of a shell runs ``hoiio`` at each press of the key, with the environment variable
``_ARGCOMPLETE``. Then argcomplete reads the parsers, so the completions are those of this version.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from types import ModuleType

from .exit_codes import ExitCode
from .streams import complain, empty_input

__all__ = ['complete', 'configure', 'run']

SHELLS = ('bash', 'zsh', 'fish')


def configure(parser: ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description = (
        'Prints a script for shell completion: the Tab key then completes commands, options, their'
        ' values and the names of your profiles.\n\n'
        'Add to ~/.bashrc: eval "$(hoiio completion bash)"\n\n'
        'Add to ~/.zshrc, after compinit: eval "$(hoiio completion zsh)"\n\n'
        'Add to ~/.config/fish/config.fish: hoiio completion fish | source'
    )
    parser.add_argument('shell', choices=SHELLS)


def run(given: Namespace) -> int:
    """Print the script of a shell."""
    argcomplete = _argcomplete()
    if argcomplete is None:
        complain('hoiio completion: argcomplete is not installed: pip install "hoiio[cli]"')
        return ExitCode.REFUSED
    print(argcomplete.shellcode(['hoiio'], shell=given.shell))
    return ExitCode.DONE


def complete(parser: ArgumentParser) -> None:
    """Write the completions of the command line in the environment, and exit."""
    argcomplete = _argcomplete()
    if argcomplete is None:
        raise SystemExit(ExitCode.REFUSED)
    # Reading the words of a line may read a file, which is the terminal if its name is a hyphen.
    empty_input()
    line = os.environ['COMP_LINE'][: int(os.environ['COMP_POINT'])]
    _add_arguments(parser, argcomplete.split_line(line)[3])
    argcomplete.autocomplete(parser, exit_method=sys.exit)


def _add_arguments(parser: ArgumentParser, words: list[str]) -> None:
    """Let the parsers of the chosen commands add their arguments, which they do when they parse."""
    with (
        Path(os.devnull).open('w') as nowhere,
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
        suppress(SystemExit, ModuleNotFoundError),
    ):
        parser.parse_known_args(words[1:])


def _argcomplete() -> ModuleType | None:
    try:
        import argcomplete  # noqa: PLC0415
    except ModuleNotFoundError:
        return None
    return argcomplete
