"""Notifications that come twice, in another order, late, never, or before the answer."""

from __future__ import annotations

import random
import signal

import pytest

from hoiio.campaign import Ledger, PersonState
from tests.campaign.proof.conftest import MakeStage
from tests.campaign.proof.notifications import parse
from tests.campaign.proof.processes import DONE, KILLED, go_on, start, wait_until_stopped
from tests.campaign.proof.stage import Stage
from tests.sandbox.conftest import Post, Receiver

pytestmark = pytest.mark.slow


def take(made: Stage, posts: list[Post], size: int = 1_000) -> None:
    """Take notifications into the ledger, a number of them in each transaction."""
    with Ledger(made.ledger) as ledger:
        for place in range(0, len(posts), size):
            ledger.notified(*map(parse, posts[place : place + size]))


def delivered(posts: list[Post]) -> set[str]:
    return {post.fields['dest'] for post in posts if post.fields.get('sms_status') == 'delivered'}


def known_as_delivered(made: Stage) -> set[str]:
    return {each.dest for each in made.known() if each.state is PersonState.DELIVERED}


@pytest.mark.parametrize('seed', range(4))
def test_twice_in_any_order_and_some_never(stage: MakeStage, receiver: Receiver, seed: int) -> None:
    made = stage(notify_url=receiver.url)
    # No look has read anything yet, so only the notifications tell.
    process = start(made.orders(at=1, of='sent', signal=signal.SIGSTOP, batch=100))
    wait_until_stopped(process)
    made.sandbox.drain()
    chance = random.Random(seed)  # noqa: S311 - the same order in each run
    posts = chance.choices(receiver.posts, k=len(receiver.posts))
    take(made, posts, size=chance.choice([1, 3, 100]))
    assert known_as_delivered(made) == delivered(posts)
    go_on(process)
    assert made.join(process) == [DONE]
    made.check_reached()


def test_before_the_answer(stage: MakeStage, receiver: Receiver) -> None:
    made = stage(notify_url=receiver.url)
    process = start(made.orders(at=1, of='sent', signal=signal.SIGSTOP))
    wait_until_stopped(process)
    made.sandbox.drain()
    take(made, receiver.posts)
    assert known_as_delivered(made) == delivered(receiver.posts) != set()
    go_on(process)
    assert made.join(process) == [DONE]
    made.check_reached()


def test_after_the_sender_was_killed(stage: MakeStage, receiver: Receiver) -> None:
    made = stage(notify_url=receiver.url)
    assert made.run(at=1, of='sent') == KILLED
    made.sandbox.drain()
    take(made, receiver.posts)
    # The proof is there, so nothing is unknown any more.
    assert made.status().attempt is None
    assert made.run() == DONE
    made.check_reached()


def test_while_two_processes_send(stage: MakeStage, receiver: Receiver) -> None:
    made = stage(number=40, notify_url=receiver.url)
    with Ledger(made.ledger) as ledger:

        def react(post: Post) -> None:
            ledger.notified(parse(post))

        receiver.react = react
        switches = made.sandbox.notifications
        switches.duplicate_next(20)
        switches.delay_next(0.5, 10)
        switches.reorder_next(30)
        assert made.join(*(start(made.orders()) for _ in range(2))) == [DONE, DONE]
        # What is held back comes now.
        made.sandbox.clock.advance(seconds=1)
        made.sandbox.drain(check=False)
    made.check_reached()
    assert known_as_delivered(made) == made.dests
