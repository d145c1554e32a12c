"""What a caller of the call forwarding hears."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from hoiio.sandbox import PhoneCall, Sandbox
from tests.examples.conftest import CALLER

# Hoiio does not call emergency numbers.
REFUSED = '+65999'
FIRST, SECOND, OWNER = '+6591111111', '+6582222222', '+6593333333'


@pytest.fixture
def call(sandbox: Sandbox) -> Iterator[PhoneCall]:
    """A call that is being forwarded."""
    from call_forwarding import create_app  # noqa: PLC0415
    from serving import connected  # noqa: PLC0415

    with connected(sandbox, create_app) as number:
        yield sandbox.phone(CALLER).call(number)
        sandbox.drain()
        assert {delivery.status for delivery in sandbox.deliveries} == {200}
        sandbox.assert_quiet()


def test_the_first_phone_answers(sandbox: Sandbox, call: PhoneCall) -> None:
    ringing = sandbox.phone(FIRST).expect_call(CALLER)
    ringing.answer()
    call.expect_talking_to(FIRST)
    ringing.hang_up()
    call.expect_over()


def test_the_second_phone_answers(sandbox: Sandbox, call: PhoneCall) -> None:
    sandbox.phone(FIRST).expect_call(CALLER).reject()
    sandbox.phone(SECOND).expect_call(CALLER).answer()
    call.expect_talking_to(SECOND)
    call.hang_up()


def test_the_owner_gets_an_sms_if_nobody_answers(sandbox: Sandbox, call: PhoneCall) -> None:
    sandbox.phone(FIRST).expect_call(CALLER).reject()
    sandbox.phone(SECOND).expect_call(CALLER)
    sandbox.clock.advance(minutes=1)
    call.expect_said('Sorry, nobody can take your call.')
    call.expect_over()
    sandbox.phone(OWNER).expect_sms(f'Missed call from {CALLER}')


def test_the_call_ends_if_the_caller_hangs_up(sandbox: Sandbox, call: PhoneCall) -> None:
    ringing = sandbox.phone(FIRST).expect_call(CALLER)
    call.hang_up()
    ringing.expect_over()
    sandbox.drain()
    assert sandbox.client().sms.history().entries == []


@pytest.mark.parametrize('phones', [(REFUSED, SECOND), (FIRST, REFUSED, SECOND)])
def test_a_phone_that_hoiio_does_not_call_is_skipped(
    sandbox: Sandbox, phones: tuple[str, ...]
) -> None:
    from call_forwarding import create_app  # noqa: PLC0415
    from serving import connected  # noqa: PLC0415

    with connected(sandbox, partial(create_app, phones=phones)) as number:
        call = sandbox.phone(CALLER).call(number)
        if FIRST in phones:
            sandbox.phone(FIRST).expect_call(CALLER).reject()
        sandbox.phone(SECOND).expect_call(CALLER).answer()
        call.expect_talking_to(SECOND)
        call.hang_up()
        sandbox.drain()
    sandbox.assert_quiet()


def test_the_owner_gets_an_sms_if_hoiio_calls_no_phone(sandbox: Sandbox) -> None:
    from call_forwarding import create_app  # noqa: PLC0415
    from serving import connected  # noqa: PLC0415

    with connected(sandbox, partial(create_app, phones=(REFUSED,))) as number:
        call = sandbox.phone(CALLER).call(number)
        call.expect_said('Sorry, nobody can take your call.')
        call.expect_over()
        sandbox.phone(OWNER).expect_sms(f'Missed call from {CALLER}')
        sandbox.drain()
