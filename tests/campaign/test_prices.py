from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from hoiio import ApiError, HoiioClient, RateLimitExceeded
from hoiio.campaign.exceptions import PersonInvalid, PlanInvalid
from hoiio.campaign.prices import PriceList, dialling_prefix
from hoiio.message_size import measure

if TYPE_CHECKING:
    from hoiio.sandbox import Sandbox
    from tests.conftest import Api

SINGAPORE = '+6591234567'


class Time:
    """A clock that only moves when somebody sleeps, and a second for each reading."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def prices(client: HoiioClient, time: Time) -> PriceList:
    return PriceList(client, sleep=time.sleep, clock=time.clock)


def rate(api: Api, **fields: str) -> None:
    api.answers('sms/get_rate', **{'currency': 'SGD', 'rate': '0.032', **fields})


def test_the_sandbox_names_prices(sandbox: Sandbox) -> None:
    prices = PriceList(sandbox.client())
    assert prices.price(SINGAPORE, 1) == 32_000
    assert prices.price(SINGAPORE, 3) == 96_000
    assert prices.price('+4479111234567', 2) == 130_000
    assert prices.currency == 'SGD'


def test_one_question_for_each_prefix_and_number_of_parts(api: Api, prices: PriceList) -> None:
    rate(api, total_cost='0.064')
    for dest in (SINGAPORE, '+6581234567'):
        for parts in (1, 2, 3, 1):
            prices.price(dest, parts)
    prices.price('+60123456789', 1)
    assert [form['dest'] for form in api.forms] == [SINGAPORE] * 3 + ['+60123456789']
    assert [measure(form['msg']).parts for form in api.forms] == [1, 2, 3, 1]


@pytest.mark.parametrize(
    ('fields', 'price'),
    [
        ({'rate': '0.032', 'total_cost': '0.07'}, 70_000),
        ({'rate': '0.032'}, 64_000),
        # A fraction of a millionth is rounded up.
        ({'rate': '0.0000001'}, 1),
        ({'total_cost': '0.1234561'}, 123_457),
        ({'total_cost': '0.3'}, 300_000),
    ],
)
def test_a_price_is_a_whole_number_of_millionths(
    api: Api, prices: PriceList, fields: dict[str, str], price: int
) -> None:
    rate(api, **fields)
    assert prices.price(SINGAPORE, 2) == price


@pytest.mark.parametrize('status', ['error_dest_invalid', 'error_dest_not_supported'])
def test_a_number_that_hoiio_does_not_serve_has_no_price(
    api: Api, prices: PriceList, status: str
) -> None:
    api.answers('sms/get_rate', status)
    with pytest.raises(PersonInvalid, match=status):
        prices.price('+6561234567', 1)


def test_the_next_number_of_the_prefix_is_asked_about(api: Api, prices: PriceList) -> None:
    api.answers('sms/get_rate', 'error_dest_not_supported')
    rate(api)
    with pytest.raises(PersonInvalid):
        prices.price('+6561234567', 1)
    assert prices.price(SINGAPORE, 1) == prices.price('+6561234567', 1) == 32_000


def test_a_prefix_without_prices_stops_the_plan(api: Api, prices: PriceList) -> None:
    api.answers('sms/get_rate', 'error_dest_not_supported')
    for digit in range(9):
        with pytest.raises(PersonInvalid):
            prices.price(f'+6561234{digit}', 1)
    with pytest.raises(PlanInvalid, match=r'no price for 10 numbers that begin with \+65 '):
        prices.price('+65612349', 1)


def test_two_currencies_stop_the_plan(api: Api, prices: PriceList) -> None:
    rate(api)
    rate(api, currency='USD')
    prices.price(SINGAPORE, 1)
    with pytest.raises(PlanInvalid, match='in SGD and in USD'):
        prices.price(SINGAPORE, 2)


def test_another_refusal_is_an_error(api: Api, prices: PriceList) -> None:
    api.answers('sms/get_rate', 'error_invalid_access_token')
    with pytest.raises(ApiError, match='error_invalid_access_token'):
        prices.price(SINGAPORE, 1)


def test_sixty_questions_in_a_minute_are_the_most(api: Api, prices: PriceList, time: Time) -> None:
    rate(api)
    asked = []
    for code, parts in product([*range(670, 700), *range(870, 900)], [1, 2, 3]):
        prices.price(f'+{code}1234567', parts)
        asked.append(time.now)
        time.now += 0.25
    assert all(later - sooner >= 60 for sooner, later in zip(asked, asked[60:], strict=False))
    # No longer than necessary.
    assert asked[-1] - asked[0] == 2 * 60 + 59 * 0.25


def test_a_full_minute_of_another_program_is_waited_for(
    api: Api, prices: PriceList, time: Time
) -> None:
    api.answers('sms/get_rate', 'error_rate_limit_exceeded')
    rate(api)
    assert prices.price(SINGAPORE, 1) == 32_000
    assert time.slept == [60.0]


def test_a_limit_that_never_ends_is_an_error(api: Api, prices: PriceList) -> None:
    api.answers('sms/get_rate', 'error_rate_limit_exceeded')
    with pytest.raises(RateLimitExceeded):
        prices.price(SINGAPORE, 1)


@pytest.mark.parametrize(
    ('dest', 'prefix'),
    [
        ('+14155552671', '1'),
        ('+12425551234', '1242'),
        ('+18765551234', '1876'),
        ('+18685551234', '1868'),
        ('+74951234567', '7'),
        ('+77012345678', '77'),
        ('+76012345678', '77'),
        ('+6591234567', '65'),
        ('+60123456789', '60'),
        ('+85291234567', '852'),
        ('+352621123456', '352'),
        ('+420601123456', '420'),
        ('+998901234567', '998'),
        ('+989121234567', '98'),
        ('+2721234567', '27'),
        ('+212612345678', '212'),
    ],
)
def test_dialling_prefixes(dest: str, prefix: str) -> None:
    assert dialling_prefix(dest) == prefix
