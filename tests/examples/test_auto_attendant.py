"""What a caller of the auto attendant hears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hoiio.sandbox import PhoneCall, Sandbox
from tests.examples.conftest import CALLER

SALES, SUPPORT, OWNER = '+6591111111', '+6582222222', '+6593333333'


@pytest.fixture
def call(sandbox: Sandbox) -> Iterator[PhoneCall]:
    """A call to which the menu is played."""
    from auto_attendant import create_app  # noqa: PLC0415
    from serving import connected  # noqa: PLC0415

    with connected(sandbox, create_app) as number:
        call = sandbox.phone(CALLER).call(number)
        call.expect_said('For sales, press 1. For support, press 2.')
        yield call
        sandbox.drain()
        assert {delivery.status for delivery in sandbox.deliveries} == {200}
        sandbox.assert_quiet()


@pytest.mark.parametrize(('key', 'department'), [('1', SALES), ('2', SUPPORT)])
def test_a_caller_is_connected(
    sandbox: Sandbox, call: PhoneCall, key: str, department: str
) -> None:
    call.press(key)
    call.expect_said('One moment, please.')
    ringing = sandbox.phone(department).expect_call()
    ringing.answer()
    call.expect_talking_to(department)
    call.hang_up()
    ringing.expect_over()


def test_a_wrong_key_repeats_the_menu(sandbox: Sandbox, call: PhoneCall) -> None:
    for _ in range(3):
        call.press('7')
        call.expect_said('For sales, press 1.')
    call.hang_up()


@pytest.mark.parametrize('how', ['reject', 'do not answer'])
def test_a_caller_leaves_a_message_if_nobody_answers(
    sandbox: Sandbox, call: PhoneCall, how: str
) -> None:
    call.press('1')
    ringing = sandbox.phone(SALES).expect_call()
    if how == 'reject':
        ringing.reject()
    else:
        sandbox.clock.advance(minutes=1)
    call.expect_said('Please leave a message')
    call.press('#')
    call.expect_said('Thank you. Goodbye.')
    call.expect_over()
    sms = sandbox.phone(OWNER).expect_sms(f'Message from {CALLER}: http')
    assert sms.text.endswith('.mp3')


def test_a_caller_can_leave_a_message_if_hoiio_refuses_the_transfer(
    sandbox: Sandbox, call: PhoneCall
) -> None:
    sandbox.fail_next('ivr/end/transfer', 'error_concurrent_call_limit_reached')
    call.press('1')
    call.expect_said('Please leave a message')
    call.press('#')
    call.expect_over()
    sandbox.phone(OWNER).expect_sms(f'Message from {CALLER}: http')


def test_a_caller_who_presses_no_key_can_leave_a_message(sandbox: Sandbox, call: PhoneCall) -> None:
    sandbox.clock.advance(seconds=10)
    call.expect_said('For sales, press 1.')
    sandbox.clock.advance(seconds=10)
    call.expect_said('Please leave a message')
    call.hang_up()
    sandbox.phone(OWNER).expect_sms(f'Message from {CALLER}')


def test_a_caller_who_hangs_up_in_the_menu_leaves_no_message(
    sandbox: Sandbox, call: PhoneCall
) -> None:
    call.hang_up()
    sandbox.drain()
    assert sandbox.client().sms.history().entries == []


def test_a_forged_notification_is_refused(sandbox: Sandbox) -> None:
    from auto_attendant import create_app  # noqa: PLC0415

    client = create_app(sandbox.client(), 'http://127.0.0.1').test_client()
    form = {'session': 'S1', 'call_state': 'ringing'}
    assert client.post('/hoiio', data=form).status_code == 403
    answer = client.post('/hoiio', data=form, headers={'X-Hoiio-Signature': 'a' * 64})
    assert answer.status_code == 403


def test_a_repeated_notification_is_handled_once(sandbox: Sandbox, call: PhoneCall) -> None:
    sandbox.notifications.duplicate_next()
    sandbox.clock.advance(seconds=20)
    call.expect_said('Please leave a message')
    sandbox.notifications.duplicate_next()
    call.press('#')
    call.expect_over()
    sandbox.phone(OWNER).expect_sms('Message from')
    sandbox.drain()
