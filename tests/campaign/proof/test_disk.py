"""A disk that is full: a write fails in the middle of a transaction."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from tests.campaign.proof.conftest import MakeStage
from tests.campaign.proof.everywhere import at_each
from tests.campaign.proof.processes import DONE, FAILED
from tests.campaign.proof.trouble import limit_files

pytestmark = pytest.mark.slow

# The files of a ledger grow by pages of this size. Enough people, and every statement needs some.
PAGE, PEOPLE = 4096, 120


def test_a_full_disk_ends_the_process_and_the_next_one_goes_on(
    stage: MakeStage, tmp_path: Path
) -> None:
    failed: list[int] = []

    def attempt(pages: int) -> None:
        with stage(number=PEOPLE) as made:
            room = Path(made.ledger).stat().st_size + pages * PAGE
            code = made.run(before=functools.partial(limit_files, room), batch=40)
            failed.extend([pages] * (code == FAILED))
            made.check()
            assert made.run(batch=40) == DONE
            made.check_reached()

    # From no room at all to room for everything.
    at_each(range(-8, 8), attempt)
    assert len(failed) > 3
