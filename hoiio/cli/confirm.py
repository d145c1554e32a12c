"""Ask before a command costs more than one message."""

from __future__ import annotations

import sys

from .planned_request import PlannedRequest
from .streams import complain, is_terminal

__all__ = ['is_confirmed']


def is_confirmed(request: PlannedRequest | None, *, yes: bool) -> bool:
    """Return True if a request may be sent.

    On a terminal, this asks if the request costs more than one message. Elsewhere, ``--yes`` must
    be among the arguments.
    """
    warning = None if request is None or yes else request.warning()
    if warning is None:
        return True
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        complain(f'hoiio: {warning} Nothing was sent. To go ahead, add --yes.')
        return False
    complain(f'{warning} Send it? [y/N] ', end='')
    if sys.stdin.readline().strip().lower() in {'y', 'yes'}:
        return True
    complain('Nothing was sent.')
    return False
