"""Standard output and standard error: what happens if they fail, and text that a terminal obeys."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

from .exit_codes import ExitCode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

__all__ = ['complain', 'empty_input', 'encodable', 'guarded', 'is_terminal', 'printable']


def guarded(run: Callable[[], int]) -> int:
    """Run a command. Ctrl-C or output that cannot be written does not become a traceback.

    If the reader of a pipe closes it, as ``head`` does, the rest of the output is discarded.

    Args:
        run: The command, which returns its exit code.

    Returns:
        The exit code of the command; 130 after Ctrl-C, and 6 if output is missing, for example
        because the disk is full.
    """
    code: int = ExitCode.DONE
    _make_input_readable()
    try:
        try:
            code = run()
        finally:
            # Here and not at the exit of Python, which would print a traceback. An exit that
            # argparse asks for comes here too.
            if sys.stdout is not None:
                sys.stdout.flush()
    except KeyboardInterrupt:
        complain('Interrupted.')
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        pass
    except OSError as exc:
        # A failed write does not know the name of its file. Another error is a mistake of ours.
        if exc.filename is not None:
            raise
        complain(f'hoiio: the output is not complete: {exc.strerror or exc}.')
        code = ExitCode.PARTLY
    finally:
        _discard_unwritten(sys.stdout)
        _discard_unwritten(sys.stderr)
    return int(code)


def _make_input_readable() -> None:
    """Let no command fail because standard input is closed, or is not in the expected encoding."""
    if sys.stdin is None:
        empty_input()
    elif isinstance(sys.stdin, io.TextIOWrapper):
        # A foreign byte becomes half a character, as in an argument. The reader refuses that.
        sys.stdin.reconfigure(errors='surrogateescape')


def empty_input() -> None:
    """Let commands find nothing on standard input."""
    sys.stdin = io.TextIOWrapper(io.BytesIO())


def complain(sentence: str, *, end: str = '\n') -> None:
    """Print a sentence on standard error, if that is possible."""
    # With None, print would write to standard output.
    if sys.stderr is None:
        return
    try:
        # In one piece, because several threads may complain at the same time.
        print(f'{printable(sentence, sys.stderr)}{end}', end='', file=sys.stderr, flush=True)
    except OSError:
        _discard_unwritten(sys.stderr)


def _discard_unwritten(stream: TextIO | None) -> None:
    """Discard what a stream cannot write, which Python would try again when it exits."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def is_terminal(stream: TextIO | None) -> bool:
    """Return True if a stream is a terminal."""
    return stream is not None and stream.isatty()


def printable(text: str, stream: TextIO | None = None) -> str:
    """Escape the characters of a text that a terminal would obey or could not show.

    Line breaks stay.

    Args:
        text: The text, which may come from somebody else, as the text of an SMS does.
        stream: The stream that will show it; the default is standard output.
    """
    if not text.isascii() or not text.isprintable():
        text = ''.join(
            each if each.isprintable() or each == '\n' else _escaped(each) for each in text
        )
    return encodable(text, stream)


def _escaped(character: str) -> str:
    return ascii(character)[1:-1]


def encodable(text: str, stream: TextIO | None = None) -> str:
    """Escape the characters of a text that a stream cannot write."""
    if text.isascii():
        return text
    encoding = getattr(stream or sys.stdout, 'encoding', None) or 'ascii'
    return text.encode(encoding, 'backslashreplace').decode(encoding)
