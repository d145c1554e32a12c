"""The clock of the machine jumps by a day, in the middle of a campaign."""

from __future__ import annotations

import functools
import signal
from pathlib import Path

import pytest

from tests.campaign.proof.conftest import MakeStage
from tests.campaign.proof.everywhere import at_each, points_of
from tests.campaign.proof.processes import DONE, go_on, start, wait_until_stopped
from tests.campaign.proof.trouble import jump_when

pytestmark = pytest.mark.slow

# Neighbouring points see the same clock.
AT_EVERY = 9


@pytest.mark.parametrize('days', [1, -1])
def test_a_clock_that_jumps_by_a_day_changes_nothing(
    stage: MakeStage, tmp_path: Path, days: int
) -> None:
    points = points_of(stage(number=6), tmp_path)

    def attempt(at: int) -> None:
        with stage(number=6) as made:
            jump = tmp_path / f'{made.tag}.jump'
            before = functools.partial(jump_when, jump, days)
            process = start(made.orders(at=at, signal=signal.SIGSTOP, before=before))
            wait_until_stopped(process)
            jump.touch()
            go_on(process)
            assert made.join(process) == [DONE]
            made.check_reached()

    # The waits differ between two runs, so the last points may not be there.
    at_each(range(1, len(points) * 3 // 4, AT_EVERY), attempt)
