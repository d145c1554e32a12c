"""Disturbances: duplicate, delayed and reordered notifications."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

import pytest

from hoiio.sandbox import FakeClock, Sandbox
from hoiio.sandbox.webhooks.outbox import Outbox
from tests.sandbox.conftest import ask
from tests.sandbox.webhooks.conftest import FakeSender, arrivals, queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import Receiver

DEST = '+6598765432'


def test_a_duplicate_follows_its_original(outbox: Outbox, sender: FakeSender) -> None:
    outbox.disturbances.duplicate_next(2)
    queue(outbox, '1', '2', '3')
    assert arrivals(outbox, sender) == ['1', '1', '2', '2', '3']
    assert [(d.id, d.copy_of) for d in outbox.deliveries] == [
        (1, None), (2, 1), (3, None), (4, 3), (5, None),
    ]  # fmt: skip


def test_a_delay_uses_the_sandbox_clock_and_keeps_the_order(
    outbox: Outbox, sender: FakeSender, clock: FakeClock
) -> None:
    outbox.disturbances.delay_next(30)
    queue(outbox, '1', '2')
    queue(outbox, 'other', key='B')
    assert arrivals(outbox, sender) == ['other']
    assert [notification.fields['n'] for notification in outbox.waiting] == ['1', '2']
    clock.advance(seconds=29)
    assert arrivals(outbox, sender) == []
    clock.advance(seconds=1)
    assert arrivals(outbox, sender) == ['1', '2']


def test_a_duplicate_of_a_delayed_notification_waits_with_it(
    outbox: Outbox, sender: FakeSender, clock: FakeClock
) -> None:
    outbox.disturbances.delay_next(30)
    outbox.disturbances.duplicate_next()
    queue(outbox, '1')
    assert arrivals(outbox, sender) == []
    clock.advance(seconds=30)
    assert arrivals(outbox, sender) == ['1', '1']


@pytest.mark.parametrize('keys', ['AAA', 'ABC', 'ABA'])
def test_reordered_notifications_arrive_in_reverse(
    outbox: Outbox, sender: FakeSender, keys: str
) -> None:
    outbox.disturbances.reorder_next(3)
    for n, key in enumerate(keys):
        assert arrivals(outbox, sender) == []
        queue(outbox, str(n), key=key)
    assert arrivals(outbox, sender) == ['2', '1', '0']
    queue(outbox, '3', '4', key=keys[0])
    assert arrivals(outbox, sender) == ['3', '4']


def test_reordered_notifications_wait_for_each_other(outbox: Outbox, sender: FakeSender) -> None:
    sender.blocked['http://slow/'] = leave = threading.Event()
    outbox.disturbances.reorder_next(3)
    queue(outbox, '0', key='A', host='b')
    queue(outbox, '1', key='B', host='c')
    queue(outbox, '2', key='C', host='slow')
    sender.wait_until_under_way()
    queue(outbox, 'other', key='D', host='b')
    assert sender.next() == 'other'
    leave.set()
    assert arrivals(outbox, sender) == ['2', '1', '0']


def test_clear_delivers_held_notifications_in_their_original_order(
    outbox: Outbox, sender: FakeSender
) -> None:
    outbox.disturbances.duplicate_next()
    outbox.disturbances.reorder_next(5)
    queue(outbox, '1', '2')
    assert arrivals(outbox, sender) == []
    outbox.disturbances.duplicate_next()
    outbox.disturbances.delay_next(1)
    outbox.disturbances.clear()
    queue(outbox, '3')
    assert arrivals(outbox, sender) == ['1', '1', '2', '3']


def test_a_reset_ends_all_disturbances(outbox: Outbox, sender: FakeSender) -> None:
    outbox.disturbances.reorder_next(2)
    queue(outbox, '1')
    outbox.disturbances.duplicate_next()
    outbox.disturbances.delay_next(1)
    outbox.forget()
    queue(outbox, '2')
    assert arrivals(outbox, sender) == ['2']
    assert [delivery.id for delivery in outbox.deliveries] == [1]


def test_a_number_out_of_range_is_refused(outbox: Outbox) -> None:
    disturbances = outbox.disturbances
    for turn_on, *values in (
        (disturbances.duplicate_next, 0),
        (disturbances.duplicate_next, 1001),
        (disturbances.delay_next, 0),
        (disturbances.delay_next, float('nan')),
        (disturbances.delay_next, 1, 0),
        (disturbances.reorder_next, 1),
    ):
        with pytest.raises(ValueError, match='use a number from'):
            cast('Callable[..., None]', turn_on)(*values)


def test_a_sandbox_applies_disturbances_until_a_reset(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.notifications.duplicate_next()
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    assert len(receiver.posts) == 2
    sandbox.notifications.duplicate_next()
    sandbox.reset()
    ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=receiver.url)
    sandbox.drain()
    assert len(receiver.posts) == 3


def test_the_old_name_of_the_disturbances_warns(sandbox: Sandbox) -> None:
    with pytest.deprecated_call(match=r'use sandbox\.notifications'):
        disturbances = sandbox.post
    assert disturbances is sandbox.notifications
