"""The exception that refuses a request, with its status word."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from ..constants import Status

__all__ = ['Refused', 'missing', 'unlisted']

# Status accepts words that it does not list, but type checkers do not see this.
unlisted = cast('Callable[[str], Status]', Status)


class Refused(Exception):
    """A refused request; the emulator answers it with ``{'status': status}``.

    Attributes:
        status: The status word of the answer.
        hint: A hint for the developer. It appears in the event log, and never in an answer.
    """

    def __init__(self, status: Status, hint: str = '') -> None:
        super().__init__(status, hint)
        self.status = status
        self.hint = hint


def missing(name: str) -> Refused:
    """Return the refusal for a missing parameter."""
    return Refused(unlisted(f'error_{name}_param_missing'))
