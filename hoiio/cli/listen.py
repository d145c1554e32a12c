"""The ``hoiio listen`` command: show the notifications that arrive, and pass them on."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from . import profiles
from .port_number import to_port

__all__ = ['configure', 'run']

PORT = 8421


def configure(parser: ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description = (
        'Receives notifications on this machine, verifies their signatures, and prints one line'
        ' for each, until you press Ctrl-C. Pass the address that it prints, or that of a tunnel to'
        ' it, as the notify_url of a request.'
    )
    profiles.add_option(parser)
    parser.add_argument(
        '--port', type=to_port, default=PORT, help='0 selects a free port (default: %(default)s)'
    )
    parser.add_argument(
        '--forward-to',
        metavar='URL',
        help='forward each notification unchanged, with its signature, to this address, and return'
        ' its response; if the address has no path, each notification keeps its own',
    )
    parser.add_argument(
        '--forward-invalid',
        action='store_true',
        help='also forward what does not have a valid signature',
    )
    parser.add_argument(
        '--save', metavar='FILE', help='append each notification to a file, as one line of JSON'
    )
    parser.add_argument(
        '--ledger',
        nargs='?',
        const='',
        metavar='WHERE',
        help='record the notifications of campaigns in this ledger; without a value, in the ledger'
        ' of this user and this application',
    )
    parser.add_argument(
        '--replay',
        metavar='FILE',
        help='forward the notifications of a saved file again, in order, instead of listening',
    )


def run(given: Namespace) -> int:
    """Listen until Ctrl-C, or replay a file.

    Returns:
        The exit code. After a replay it is 6 if the receiver did not accept all notifications.

    Raises:
        InputInvalid: The options do not fit together, a file cannot be used, or the port is not
            available.
    """
    # Imported here, because the help and the completions of the command need none of it.
    from .notification_listener import listen, replay  # noqa: PLC0415

    return listen(given) if given.replay is None else replay(given)
