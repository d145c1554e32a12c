"""A notification that Hoiio sends twice is handled once."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hoiio import HoiioClient
from hoiio.notification import Handled, Notification
from tests.notification.samples import CALL_ENDED, GATHERED, parse


def test_a_repeated_notification_is_recognised(client: HoiioClient) -> None:
    handled = Handled()
    first, other = parse(client, GATHERED), parse(client, CALL_ENDED)
    again = parse(client, GATHERED)
    assert [handled.first_time(each) for each in (first, other, again)] == [True, True, False]


def test_a_store_of_the_user(client: HoiioClient) -> None:
    store: set[str] = set()
    Handled(store).first_time(parse(client, GATHERED))
    assert store == {hashlib.sha256(GATHERED).hexdigest()}
    assert not Handled(store).first_time(parse(client, GATHERED))


class Shared:
    """A store that several processes share, so only the result of ``add`` counts."""

    def __init__(self, result: object) -> None:
        self._result = result

    def __contains__(self, item: str, /) -> bool:
        return False

    def add(self, value: str, /) -> object:
        return self._result


@pytest.mark.parametrize(
    ('result', 'expected'), [(False, False), (0, False), (True, True), (1, True), (None, True)]
)
def test_the_result_of_add_decides(client: HoiioClient, result: object, expected: bool) -> None:
    assert Handled(Shared(result)).first_time(parse(client, GATHERED)) is expected


def test_the_number_of_stored_notifications_is_limited() -> None:
    handled = Handled()
    for number in range(10_001):
        assert handled.first_time(Notification({}, str(number)))
    assert handled.first_time(Notification({}, '0'))
    assert not handled.first_time(Notification({}, '10000'))


def test_only_one_of_many_threads_gets_true(client: HoiioClient) -> None:
    handled, done = Handled(), parse(client, GATHERED)
    start = threading.Barrier(8)

    def ask(_: int) -> bool:
        start.wait()
        return handled.first_time(done)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 1
