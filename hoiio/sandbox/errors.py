"""How a request is turned down: one exception for every reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from ..constants import Status

__all__ = ['Refused', 'missing', 'unlisted']

# The enum takes words that it does not list, which its own signature cannot say.
unlisted = cast('Callable[[str], Status]', Status)


class Refused(Exception):
    """Raised anywhere in the emulator; the emulator answers with ``{'status': status}``.

    Attributes:
        status: The status word of the answer.
        hint: What the log adds for the developer; it never goes over the wire.
    """

    def __init__(self, status: Status, hint: str = '') -> None:
        super().__init__(status, hint)
        self.status = status
        self.hint = hint


def missing(name: str) -> Refused:
    """Return the refusal of a request that lacks a parameter."""
    return Refused(unlisted(f'error_{name}_param_missing'))
