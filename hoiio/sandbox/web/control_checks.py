"""The routes that check what a test expects of the whole sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..emulator import Emulator
from ..phones import assert_quiet
from .control_logs import shown_delivery
from .control_params import require_short

if TYPE_CHECKING:
    from . import control_answers as answers

__all__ = ['drain', 'require_known_parameters', 'require_quiet']

DRAIN_SECONDS = 5.0


def drain(emulator: Emulator, timeout: float = DRAIN_SECONDS) -> answers.Drained:
    """Wait until every notification is delivered, and list those without a 2xx response.

    Only deliveries since the last call count.
    """
    require_short(timeout)
    failures = emulator.outbox.drain(timeout)
    return {'failed': [shown_delivery(failure.delivery) for failure in failures]}


def require_quiet(emulator: Emulator) -> answers.Empty:
    """Check that the phones received nothing that no test expected."""
    assert_quiet(emulator)
    return {}


def require_known_parameters(emulator: Emulator) -> answers.Empty:
    """Check that no request had a parameter that its operation does not know."""
    if ignored := list(emulator.ignored):
        raise AssertionError('the service does not know these parameters: ' + '; '.join(ignored))
    return {}
