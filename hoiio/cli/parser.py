"""The parser of the command line, which imports the module of a command when it is chosen."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module

from .. import __version__
from .exit_codes import ExitCode
from .streams import complain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

__all__ = ['CommandParser', 'HelpFormatter', 'make_parser', 'to_text']

# Of the help, in columns. It does not depend on the window, so that the guide can show the help.
WIDTH = 79


class HelpFormatter(argparse.HelpFormatter):
    """Help that keeps the paragraphs of a description, and is the same in every terminal."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=WIDTH)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        return '\n\n'.join(fill(each, width, indent) for each in text.split('\n\n'))


class CommandParser(argparse.ArgumentParser):
    """A parser whose arguments are added when it is first used.

    Args:
        prog: The words of the command, such as ``hoiio sms send``.
        configure: Adds the arguments to the parser.
        options: The other arguments of ``argparse.ArgumentParser``.
    """

    def __init__(
        self,
        prog: str,
        configure: Callable[[argparse.ArgumentParser], None] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(prog, formatter_class=HelpFormatter, allow_abbrev=False, **options)
        self._configure = configure

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Add the arguments before the first use, then parse.

        Raises:
            SystemExit: The arguments are not valid, or they ask for the help.
        """
        configure, self._configure = self._configure, None
        if configure is not None:
            configure(self)
        self._refuse_early_option(args)
        given, unknown = super().parse_known_args(self.ordered(args), namespace)
        if unknown:
            # Without its value, which could be a token.
            options = [each.partition('=')[0] for each in unknown if each.startswith('-')]
            self.error(
                f'unknown option {options[0]}'
                if options
                else 'there are too many arguments; a text with spaces needs quotes'
            )
        return given, unknown

    def _refuse_early_option(self, args: Sequence[str]) -> None:
        """Refuse an option that comes before its command, whose name would seem to be wrong."""
        option = args[0].partition('=')[0] if args and self._subparsers is not None else ''
        if option.startswith('-') and option not in self._option_string_actions:
            self.error(f'unknown option {option}; the options of a command come after its name')

    def ordered(self, args: Sequence[str]) -> Sequence[str]:
        """Return the arguments in the order in which to parse them."""
        return args

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse ignores an error here, so a full disk would look like a success.
        print(message, end='', file=file)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and how to get help, and exit with 2."""
        complain(f'{self.prog}: {message}.\nFor help, run: {self.prog} --help')
        raise SystemExit(int(ExitCode.USAGE))


def make_parser(commands: Mapping[str, tuple[str, str]]) -> argparse.ArgumentParser:
    """Make the parser of ``hoiio``.

    Args:
        commands: The module and the sentence of each command, by its name.
    """
    parser = CommandParser('hoiio', description='The Hoiio telephony API from the command line.')
    parser.add_argument('--version', action='version', version=f'hoiio {__version__}')
    chosen = parser.add_subparsers(dest='command', metavar='COMMAND', required=True)
    for name, (module, sentence) in commands.items():
        chosen.add_parser(
            name,
            help=sentence,
            description=f'{sentence[0].upper()}{sentence[1:]}.',
            configure=partial(_configure, module, name),
        )
    return parser


def to_text(text: str) -> str:
    """Read a text. The path of a file needs no such check.

    Raises:
        ArgumentTypeError: It has bytes that are not in the encoding of the terminal. Python decodes
            them to halves of characters.
    """
    if not text.isascii() and any('\ud800' <= each <= '\udfff' for each in text):
        raise argparse.ArgumentTypeError(
            'must be text in the encoding of the terminal, such as UTF-8'
        )
    return text


def _configure(module: str, name: str, parser: argparse.ArgumentParser) -> None:
    chosen = import_module(f'{__package__}.{module}')
    parser.set_defaults(command=name, run=chosen.run)
    chosen.configure(parser)
