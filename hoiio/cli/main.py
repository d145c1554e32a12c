"""The ``hoiio`` command and its table of commands.

Each command is a module of this package, which is imported when the command is chosen. It has two
functions: ``configure(parser)`` adds the arguments, and ``run(given)`` runs the command with the
parsed arguments and returns the exit code.
"""

from __future__ import annotations

# This module imports nothing that takes time. Ctrl-C during an import here would print a traceback.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    'completion': ('completion', 'print a script for shell completion'),
    'demo': ('demo', 'run the Quick Start of the guide against a sandbox on this machine'),
    'listen': ('listen', 'receive notifications on this machine, and forward them'),
    'login': ('login', 'save the credentials of an account on this machine'),
    'logout': ('logout', 'delete the saved credentials of an account'),
    'sandbox': ('sandbox.command', 'run a sandbox on this machine, or control one that is running'),
    'whoami': ('whoami', 'say which account a command uses, and its balance'),
}


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
    try:
        from .dispatch import dispatch  # noqa: PLC0415
        from .streams import guarded  # noqa: PLC0415
    except KeyboardInterrupt:
        # ExitCode.INTERRUPTED may not be imported yet.
        return 130
    return guarded(lambda: dispatch(COMMANDS, argv))
