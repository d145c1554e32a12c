"""The arguments of ``hoiio sandbox``, and its table of actions."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from ..exit_codes import ExitCode
from ..streams import complain
from . import expectations, faults, logs, phones, serve, state, trigger
from .action import Action, add_actions
from .control_client import ControlClient, ControlError
from .location import find

__all__ = ['ACTIONS', 'configure', 'run']

#: The actions, in the order of ``hoiio sandbox --help``.
ACTIONS: Mapping[str, Action] = {
    **state.ACTIONS,
    **phones.ACTIONS,
    **trigger.ACTIONS,
    **logs.ACTIONS,
    **faults.ACTIONS,
    **expectations.ACTIONS,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options and the actions of ``hoiio sandbox``."""
    parser.description = (
        'Without an action, starts a sandbox and prints its events until you press Ctrl-C. With an'
        ' action, controls a running sandbox: the one of --port or --url, or the one that'
        f' HOIIO_BASE_URL names, or the one at port {serve.PORT}.'
    )
    serve.configure(parser)
    add_actions(parser, ACTIONS)


def run(given: argparse.Namespace) -> int:
    """Run ``hoiio sandbox`` with parsed arguments.

    Returns:
        The exit code.
    """
    try:
        if 'do' not in given:
            return serve.serve(given)
        serve.require_no_options(given)
        code: ExitCode | None = given.do(ControlClient(find(given)), given)
    except ControlError as exc:
        complain(f'hoiio sandbox: {exc}')
        return exc.code
    return ExitCode.DONE if code is None else code
