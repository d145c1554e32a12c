"""The ``hoiio campaign`` command: send a message to many people, and see the results.

Each action is in a module of this package, which is imported when the action is chosen.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import partial
from importlib import import_module

__all__ = ['ACTIONS', 'configure', 'run']

#: The module and the sentence of each action.
ACTIONS: Mapping[str, tuple[str, str]] = {
    'send': ('send', 'send a message to each person in a file, and to nobody twice'),
    'status': ('status', 'show the progress of the campaigns'),
    'pause': ('change', 'send no more batches of a campaign until you resume it'),
    'resume': ('change', 'resume a campaign that is paused'),
    'resolve': ('change', 'say whether Hoiio has sent a batch whose outcome is unknown'),
    'report': ('report', 'list the state of each person'),
    'failed': ('report', 'list the people whom the message did not reach'),
    'suppress': ('change', 'never send to these numbers again, in any campaign'),
    'purge': ('change', 'delete the names, numbers and texts of a campaign'),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add a command for each action."""
    actions = parser.add_subparsers(dest='action', metavar='ACTION', required=True)
    for name, (module, sentence) in ACTIONS.items():
        actions.add_parser(
            name,
            help=sentence,
            description=f'{sentence[0].upper()}{sentence[1:]}.',
            configure=partial(_configure_action, module, name),
        )


def _configure_action(module: str, name: str, parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(action=name)
    import_module(f'{__name__}.{module}').configure(parser)


def run(given: argparse.Namespace) -> int:
    """Run an action.

    Returns:
        The exit code, as described in `ExitCode`.
    """
    from .errors import reported  # noqa: PLC0415

    module, _ = ACTIONS[given.action]
    return reported(import_module(f'{__name__}.{module}').run, given)
