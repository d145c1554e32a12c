"""A ledger that is an older copy of itself, a second ledger, and two processes with one ledger."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.campaign.proof.conftest import MakeStage
from tests.campaign.proof.everywhere import PARTS, at_each, points_of
from tests.campaign.proof.processes import ATTENTION, DONE, KILLED, start
from tests.campaign.proof.stage import Stage

pytestmark = pytest.mark.slow


@pytest.mark.parametrize('part', PARTS)
def test_a_ledger_that_was_copied_at_any_commit_and_restored_later(
    stage: MakeStage, tmp_path: Path, part: slice
) -> None:
    points = points_of(stage(), tmp_path)
    commits = [at for at, what in enumerate(points, 1) if what == 'committed']

    def attempt(at: int) -> None:
        with stage() as made:
            assert made.run(at=at) == KILLED
            copy = shutil.copy(made.ledger, f'{made.ledger}.copy')
            before = made.received()
            assert made.run() == DONE
            shutil.copy(copy, made.ledger)
            _go_on_with_the_copy(made, is_behind=before < len(made.people))
            made.check_reached()

    at_each(commits[part], attempt)


def _go_on_with_the_copy(made: Stage, *, is_behind: bool) -> None:
    code = made.run()
    if is_behind:
        assert code == ATTENTION, made.status()
    made.check()
    if is_behind:
        made.resume()
        code = made.run()
    assert code == DONE


def test_the_people_of_a_batch_that_the_copy_lacks_are_accepted_and_a_person_is_told(
    stage: MakeStage,
) -> None:
    made = stage()
    copy = shutil.copy(made.ledger, f'{made.ledger}.copy')
    assert made.run() == DONE
    shutil.copy(copy, made.ledger)
    assert made.run() == ATTENTION
    status = made.status()
    assert 'older copy' in (status.reason or '')
    made.check_reached()


def test_several_processes_send_one_campaign_at_once(stage: MakeStage) -> None:
    made = stage(number=40)
    codes = made.join(*(start(made.orders()) for _ in range(4)))
    assert codes == [DONE] * 4
    made.check_reached()


def test_several_campaigns_of_a_ledger_are_sent_at_once(stage: MakeStage, tmp_path: Path) -> None:
    first = stage(ledger=tmp_path / 'shared.sqlite')
    made = [first, *(stage(ledger=first.ledger, sandbox=first.sandbox) for _ in range(2))]
    processes = [start(each.orders()) for each in made for _ in range(2)]
    for each in made:
        assert each.join(*processes) == [DONE] * 6
        each.check_reached()


def test_a_second_ledger_sends_nothing_under_a_tag_that_the_history_has(
    stage: MakeStage, tmp_path: Path
) -> None:
    first = stage()
    assert first.run() == DONE
    second = stage(tag=first.tag, sandbox=first.sandbox)
    second.people = first.people
    second.plan()
    assert second.run() == ATTENTION
    assert first.tag in (second.status().reason or '')
    assert second.received() == len(first.people)
