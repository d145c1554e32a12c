"""A program at a terminal, as a person uses it."""

from __future__ import annotations

import codecs
import os
import pty
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Terminal:
    """A terminal with a program in it.

    Attributes:
        process: The program.
        shown: What the terminal has shown so far.
    """

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process = process
        self.shown = ''
        self._descriptor = descriptor
        # A character may come in two pieces.
        self._decoder = codecs.getincrementaldecoder('utf-8')()

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._descriptor, keys.encode())

    def clear(self) -> None:
        """Forget what the terminal has shown."""
        self.shown = ''

    def wait_for(self, text: str) -> None:
        """Read what the terminal shows until it shows a text."""
        while text not in self.shown:
            assert self._read(), f'{text!r} never came: {self.shown}'

    def wait_for_the_end(self) -> int:
        """Read what the terminal shows until the program ends, and return the exit code."""
        while self._read():
            pass
        return self.process.wait()

    def _read(self) -> bool:
        """Read what the terminal shows next, and return False at the end of the program."""
        more = b''
        # The end of the program is an error on Linux.
        with suppress(OSError):
            more = os.read(self._descriptor, 4096)
        self.shown += self._decoder.decode(more)
        return bool(more)


@contextmanager
def at_a_terminal(*command: str) -> Iterator[Terminal]:
    """Run a command at a terminal of its own."""
    ours, theirs = pty.openpty()
    # In a session of its own, or a password prompt would use the terminal of the person who tests.
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
