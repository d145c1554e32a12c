"""The exit codes of the ``hoiio`` command."""

from __future__ import annotations

from enum import IntEnum

__all__ = ['ExitCode']


class ExitCode(IntEnum):
    """What the exit code of ``hoiio`` means.

    Attributes:
        DONE: The command did what you asked.
        REFUSED: Hoiio or the sandbox refused it, or what you looked for does not exist.
        USAGE: The arguments are not valid, or ``--yes`` is missing. Nothing was sent.
        CREDENTIALS: The credentials are missing, or Hoiio refused them.
        NEVER_LEFT: The request did not reach Hoiio, or was a query without a response. You can
            repeat it.
        UNKNOWN: Hoiio may have carried out the request. Look before you repeat it.
        PARTLY: A part of the work or of the output is missing.
        INTERRUPTED: You pressed Ctrl-C.
    """

    DONE = 0
    REFUSED = 1
    USAGE = 2
    CREDENTIALS = 3
    NEVER_LEFT = 4
    UNKNOWN = 5
    PARTLY = 6
    INTERRUPTED = 130
