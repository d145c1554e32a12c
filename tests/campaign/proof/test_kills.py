"""A process that is killed at any point, and the same campaign in the next process."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.campaign.proof.conftest import MakeStage
from tests.campaign.proof.everywhere import PARTS, after_each, at_each, points_of
from tests.campaign.proof.processes import DONE, KILLED
from tests.campaign.proof.stage import Stage

pytestmark = pytest.mark.slow


def kill_at_each_point(make: Callable[[], Stage], points: list[str], part: slice) -> None:
    """Kill a process at each of these points, then let another one go on."""
    assert {*points} >= {'done', 'committed'}

    def attempt(at: int) -> None:
        with make() as stage:
            assert stage.run(at=at) in {KILLED, DONE}
            stage.check()
            assert stage.go_on() == DONE
            stage.check_reached()

    at_each(after_each(points)[part], attempt)


@pytest.mark.parametrize('part', PARTS)
def test_killed_at_any_point_of_a_campaign(stage: MakeStage, tmp_path: Path, part: slice) -> None:
    def make() -> Stage:
        return stage(number=6)

    kill_at_each_point(make, points_of(make(), tmp_path), part)


@pytest.mark.parametrize('part', PARTS)
@pytest.mark.parametrize(
    ('of', 'reached'),
    [('send', 0), ('sent', 4)],
    ids=['before the request left', 'after it was answered'],
)
def test_killed_at_any_point_of_the_looks_that_follow_a_kill(
    stage: MakeStage, tmp_path: Path, of: str, reached: int, part: slice
) -> None:
    def make() -> Stage:
        made = stage(number=4)
        assert made.run(at=1, of=of) == KILLED
        assert made.received() == reached
        return made

    looks = itertools.takewhile(lambda what: what != 'send', points_of(make(), tmp_path))
    # A batch that is sent after the looks is like one of a new campaign.
    kill_at_each_point(make, [*looks], part)


@pytest.mark.parametrize('seed', range(3))
def test_killed_again_and_again(stage: MakeStage, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same points in each run
    last = len(points_of(stage(), tmp_path))
    places = [[chance.randint(1, last) for _ in range(4)] for _ in range(8)]

    def attempt(at: int) -> None:
        with stage() as made:
            for place in places[at]:
                made.run(at=place)
                made.check()
            assert made.go_on() == DONE
            made.check_reached()

    at_each(range(len(places)), attempt)
