"""The clock of the machine jumps by a day, in the middle of a campaign."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers
from tests.campaign.proof import processes
from tests.campaign.proof.conftest import MakeStage
from tests.campaign.proof.everywhere import at_each, points_of
from tests.campaign.proof.processes import DONE, SECONDS, go_on, wait_until_stopped
from tests.campaign.proof.stage import Stage

pytestmark = pytest.mark.slow

AT_EVERY = 7


@pytest.mark.parametrize('jump', ['+1d', '-1d'])
def test_a_clock_that_jumps_changes_nothing(stage: MakeStage, tmp_path: Path, jump: str) -> None:
    library = _library()
    points = points_of(stage(), tmp_path)

    def attempt(at: int) -> None:
        with stage() as made:
            clock = tmp_path / f'{made.tag}.clock'
            clock.write_text('+0')
            process = _start(made, at, clock, library)
            wait_until_stopped(process)
            clock.write_text(jump)
            go_on(process)
            assert process.wait(SECONDS) == DONE
            made.check_reached()

    at_each(range(1, len(points), AT_EVERY), attempt)


def _start(made: Stage, at: int, clock: Path, library: str) -> subprocess.Popen[bytes]:
    """Start a process whose time of day is what a file says, and that stops at a point."""
    environment = {
        **os.environ,
        'LD_PRELOAD': library,
        'FAKETIME_TIMESTAMP_FILE': str(clock),
        'FAKETIME_NO_CACHE': '1',
        'FAKETIME_DONT_FAKE_MONOTONIC': '1',
        'NO_FAKE_STAT': '1',
    }
    orders = pickle.dumps(made.orders(at=at, signal=signal.SIGSTOP))
    command = [sys.executable, '-m', processes.__name__, orders.hex()]
    return subprocess.Popen(command, env=environment)


def _library() -> str:
    """Return the library that changes the time of a process."""
    command = [servers.program('faketime'), '-f', '+0', 'printenv', 'LD_PRELOAD']
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
