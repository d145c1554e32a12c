"""A process that is stopped for longer than the settling time, and that goes on then."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.campaign.proof.conftest import MakeStage
from tests.campaign.proof.everywhere import PARTS, after_each, at_each, points_of
from tests.campaign.proof.processes import exit_code, go_on, start, wait_until_stopped
from tests.campaign.proof.stage import SETTLE, inboxes

pytestmark = pytest.mark.slow


@pytest.mark.parametrize('part', PARTS)
def test_stopped_at_any_point_past_the_settling_time_nobody_gets_two(
    stage: MakeStage, tmp_path: Path, part: slice
) -> None:
    points = points_of(stage(number=4), tmp_path)

    def attempt(at: int) -> None:
        with stage(number=4) as made:
            stopped = start(made.orders(at=at, signal=signal.SIGSTOP))
            wait_until_stopped(stopped)
            other = start(made.orders())
            # The other process looks for the batch several times meanwhile, or sends its own.
            exit_code(other, 4 * SETTLE)
            # A process that is stopped in a transaction keeps everybody from the ledger.
            assert max(inboxes(made.sandbox).values(), default=0) <= 1
            go_on(stopped)
            made.join(stopped, other)
            made.check_reached()

    at_each(after_each(points)[part], attempt)
