"""Faults, disturbed notifications, the clock, and the reset with its undo."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import APIResponse, BrowserContext, Route, expect

from hoiio.sandbox import Sandbox
from tests.sandbox.conftest import Receiver
from tests.sandbox.web.page.conftest import ALICE, OpenPage, move_clock

DRAWN = 'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))'


def test_a_person_makes_the_next_sms_fail(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page('#/trouble')
    page.get_by_label('of the operation').select_option('sms/send')
    page.get_by_label('the status', exact=True).select_option('error_insufficient_credit')
    page.get_by_role('button', name='Make it fail').click()
    faults = page.locator('.trouble li')
    expect(faults).to_contain_text('The next request sms/send gets error_insufficient_credit')
    client = sandbox.client()
    assert client.account.balance().is_success()
    assert client.sms.send('Hello', ALICE).status == 'error_insufficient_credit'
    expect(faults).to_have_count(0)
    assert client.sms.send('Hello', ALICE).is_success()
    page.get_by_role('link', name='Timeline', exact=True).click()
    # The request, the fault that it met and the refusal are one entry.
    failed = page.locator('.entry.failed')
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text('sms/send → error_insufficient_credit')
    failed.get_by_role('link').click()
    expect(page.locator('.story')).to_contain_text('sms/send matches fault 1')


def test_each_kind_of_fault_asks_for_what_it_needs(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page('#/trouble')
    kind = page.get_by_label('what goes wrong')
    expect(page.get_by_label('the status', exact=True)).to_be_visible()
    kind.select_option('http_error')
    expect(page.get_by_label('the status', exact=True)).to_be_hidden()
    page.get_by_label('HTTP').fill('502')
    page.get_by_role('button', name='Make it fail').click()
    kind.select_option('latency')
    page.get_by_label('after').fill('0.1')
    page.get_by_label('The next', exact=True).fill('2')
    page.get_by_role('button', name='Make it fail').click()
    faults = page.locator('.trouble li')
    expect(faults).to_have_count(2)
    expect(faults.first).to_contain_text('gets HTTP 502')
    expect(faults.last).to_contain_text('The next 2 requests')
    faults.first.get_by_role('button', name='Remove').click()
    expect(faults).to_have_count(1)
    assert sandbox.client().account.balance().is_success()
    expect(faults).to_contain_text('The next request')


def test_a_wrong_value_of_another_kind_of_fault_does_not_matter(open_page: OpenPage) -> None:
    page = open_page('#/trouble')
    kind = page.get_by_label('what goes wrong')
    for chosen, field in (('http_error', 'HTTP'), ('latency', 'after')):
        kind.select_option(chosen)
        page.get_by_label(field).fill('4040')
    kind.select_option('rate_limited')
    page.get_by_role('button', name='Make it fail').click()
    faults = page.locator('.trouble li')
    expect(faults).to_contain_text('gets error_rate_limit_exceeded')
    kind.select_option('http_error')
    page.get_by_label('HTTP').fill('503')
    page.get_by_role('button', name='Make it fail').click()
    expect(faults.last).to_contain_text('gets HTTP 503')


def test_notifications_are_duplicated_delayed_and_reversed(
    sandbox: Sandbox, receiver: Receiver, open_page: OpenPage
) -> None:
    page = open_page('#/trouble')
    page.get_by_label('Deliver the next').fill('1')
    page.get_by_role('button', name='Duplicate').click()
    expect(page.locator('.trouble')).to_contain_text('1 will arrive twice')
    page.get_by_role('button', name='Delay').click()
    expect(page.locator('.trouble')).to_contain_text('1 will be late')
    sandbox.client().sms.send('Hello', ALICE, notify_url=receiver.url)
    expect(page.locator('.trouble')).not_to_contain_text('will be late')
    page.get_by_role('link', name='Deliveries').click()
    waiting = page.locator('.panel .card')
    expect(waiting).to_have_count(2)
    waiting.first.click()
    expect(waiting.first).to_contain_text('It waits because it is delayed for 60 s more.')
    page.get_by_role('link', name='Faults and time').click()
    page.get_by_role('button', name='+1 min').click()
    page.get_by_role('link', name='Deliveries').click()
    expect(page.get_by_role('button', name='Resend')).to_have_count(2)
    page.get_by_role('link', name='Faults and time').click()
    page.get_by_role('button', name='Reorder').click()
    expect(page.locator('.trouble')).to_contain_text('2 will be reversed')
    page.get_by_role('button', name='Clear').click()
    expect(page.locator('.trouble')).not_to_contain_text('will be reversed')


def test_a_person_moves_the_clock(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page('#/trouble')
    before = sandbox.clock.now()
    expect(page.locator('.clock-now')).to_contain_text('00:00:00')
    for button in ('+1 min', '+10 min', '+1 hour', '+1 day', '+1 week', '+1 month'):
        page.get_by_role('button', name=button, exact=True).click()
    expect(page.locator('.bar .clock')).to_contain_text(re.compile('01:11:00.* 8 Feb 2026'))
    moved = timedelta(days=1 + 7 + 30, hours=1, minutes=11)
    assert sandbox.clock.now() - before == moved


def test_a_clock_that_is_moved_during_a_request_is_shown(
    sandbox: Sandbox, context: BrowserContext, open_page: OpenPage
) -> None:
    asked: list[tuple[Route, APIResponse]] = []

    def keep_second(route: Route) -> None:
        response = route.fetch()
        asked.append((route, response))
        if len(asked) != 2:
            route.fulfill(response=response)

    # The page asks at its start, and once more when it is connected.
    context.route('**/_sandbox/clock', keep_second)
    page = open_page()
    while len(asked) < 2:
        page.wait_for_timeout(10)
    move_clock(sandbox, seconds=8)
    clock = page.locator('.bar .clock')
    expect(clock).to_contain_text('00:00:08')
    route, before = asked[1]
    with page.expect_response('**/_sandbox/clock'):
        route.fulfill(response=before)
    page.evaluate(DRAWN)
    assert '00:00:08' in clock.inner_text()


def test_a_reset_can_be_undone(sandbox: Sandbox, open_page: OpenPage) -> None:
    sandbox.client().sms.send('Hello', ALICE)
    page = open_page('#/trouble')
    row = page.get_by_role('navigation', name='Phones').get_by_role('link', name=ALICE)
    expect(row).to_contain_text('Hello')
    page.get_by_role('button', name='Reset').click()
    expect(row).to_have_count(0)
    expect(page.locator('.bar')).to_contain_text('54.650 SGD')
    page.locator('.toast').get_by_role('button', name='Undo').click()
    expect(row).to_contain_text('Hello')
    expect(page.locator('.bar')).to_contain_text('54.618 SGD')
    assert sandbox.phone(ALICE).inbox[0].text == 'Hello'
