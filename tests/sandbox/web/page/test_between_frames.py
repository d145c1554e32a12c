"""What a person does applies to what they see, even if the page knows more and has not drawn it.

A busy browser draws late. These tests hold its frames back, so that the order is always the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from playwright.sync_api import APIResponse, BrowserContext, Locator, Page, Route, expect

from hoiio.sandbox import Sandbox
from tests.sandbox.conftest import Receiver
from tests.sandbox.web.page.conftest import ALICE, BOB, OWN, OpenPage

HOOK = 'http://127.0.0.1:9/hook'
FRAMES = """
window.held = null
const request = window.requestAnimationFrame
// Also a frame that was requested before is held back.
window.requestAnimationFrame = (draw) =>
  request((time) => (window.held === null ? draw(time) : window.held.push(draw)))
"""
RELEASE = """
const frames = window.held
window.held = null
for (const draw of frames) requestAnimationFrame(draw)
"""


@pytest.fixture(autouse=True)
def frames(context: BrowserContext) -> None:
    context.add_init_script(FRAMES)


@contextmanager
def held(page: Page) -> Iterator[None]:
    """Let the page draw nothing meanwhile."""
    page.evaluate('window.held = []')
    yield
    page.evaluate(RELEASE)


def wait_for_store(page: Page, condition: str) -> None:
    """Wait until something is true of the store, without a frame."""
    script = f'() => import("/_sandbox/page/store.js").then(({{ state }}) => {condition})'
    page.wait_for_function(script, polling=50)


def text_field(page: Page) -> Locator:
    return page.get_by_label('The text of the SMS')


def test_enter_answers_the_call_that_is_shown(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page(f'#/phones/{ALICE}')
    expect(page.locator('.thread')).to_be_visible()
    sandbox.client().voice.call(BOB, '+6591111111')
    expect(page.locator('.ring')).to_contain_text(BOB)
    with held(page):
        # A call of the open phone comes first, as soon as it is drawn.
        sandbox.client().voice.call(ALICE, '+6591111111')
        wait_for_store(page, 'state.opened.phone.calls.length === 1')
        page.keyboard.press('Enter')
    expect(page.locator('.call')).to_contain_text('+6591111111')
    assert sandbox.phone(BOB).calls[0].state == 'talking'
    assert sandbox.phone(ALICE).calls[0].state == 'ringing'


def test_the_next_key_of_a_list_applies_to_the_row_that_was_reached(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    for phone in (ALICE, BOB):
        sandbox.client().sms.send('Hello', phone, notify_url=HOOK)
    sandbox.drain(check=False)
    page = open_page()
    rows = page.locator('.entry-row')
    expect(rows).to_have_count(2)
    rows.first.focus()
    with held(page):
        for key in ('ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowRight'):
            page.keyboard.press(key)
    expect(page.locator('.unfold.open')).to_have_count(2)

    phones = page.locator('.phone-row')
    phones.first.focus()
    with held(page):
        page.keyboard.press('ArrowDown')
        page.keyboard.press('Enter')
    expect(page.get_by_role('heading', name=ALICE)).to_be_visible()


def test_each_phone_keeps_its_own_draft(open_page: OpenPage) -> None:
    page = open_page(f'#/phones/{ALICE}')
    text_field(page).fill('For Alice')
    with held(page):
        page.evaluate('(number) => { location.hash = `#/phones/${number}` }', BOB)
        wait_for_store(page, f'state.opened?.number === "{BOB}"')
    expect(page.locator('.phone-title')).to_contain_text(BOB)
    expect(text_field(page)).to_have_value('')
    page.go_back()
    expect(text_field(page)).to_have_value('For Alice')
    page.get_by_role('link', name='Calls', exact=True).click()
    page.get_by_role('link', name='Messages', exact=True).click()
    expect(text_field(page)).to_have_value('For Alice')


def test_what_is_typed_right_after_sending_is_another_sms(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    page = open_page(f'#/phones/{ALICE}')
    text_field(page).fill('First')
    with held(page):
        page.keyboard.press('Enter')
        page.keyboard.type('Second')
    expect(page.locator('.bubble')).to_have_text('First')
    expect(text_field(page)).to_have_value('Second')
    page.keyboard.press('Enter')
    expect(page.locator('.bubble')).to_have_text(['First', 'Second'])
    assert [sms.msg for sms in sandbox.client().sms.history().entries] == ['Second', 'First']


def test_the_number_that_was_chosen_last_gets_the_sms(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    other = second_number(sandbox, OWN)
    page = open_page(f'#/phones/{ALICE}')
    receiver = page.get_by_label('To which of your numbers')
    expect(receiver).to_have_value(OWN)
    text_field(page).fill('Hello')
    with held(page):
        receiver.select_option(other)
        text_field(page).press('Enter')
    expect(page.locator('.party')).to_have_text(f'to {other}')
    # The choice stays when the person looks at something else.
    page.get_by_role('link', name='Calls', exact=True).click()
    page.get_by_role('link', name='Messages', exact=True).click()
    expect(receiver).to_have_value(other)


@pytest.mark.parametrize(
    ('first', 'mode', 'link'), [(OWN, 'voice', 'Text'), ('+6531580000', 'fax', 'Fax')]
)
def test_the_links_of_a_number_choose_this_number(
    sandbox: Sandbox, open_page: OpenPage, first: str, mode: str, link: str
) -> None:
    other = second_number(sandbox, first)
    for number in (first, other):
        sandbox.client().number.configure(number, forward_to=HOOK, mode=mode)
    page = open_page(f'#/phones/{ALICE}')
    page.get_by_role('link', name='Account', exact=True).click()
    own = page.locator('.own', has_text=other)
    own.get_by_role('link', name=link, exact=True).click()
    expect(page.get_by_label('To which of your numbers')).to_have_value(other)


def second_number(sandbox: Sandbox, first: str) -> str:
    """Subscribe to the number after one of the account's own numbers."""
    number = f'+{int(first) + 1}'
    sandbox.client().number.subscribe(number, '1').raise_for_status()
    return number


def test_a_filter_that_is_changed_during_a_request_stays(
    sandbox: Sandbox, receiver: Receiver, open_page: OpenPage
) -> None:
    client = sandbox.client()
    client.sms.send('Hello', ALICE, notify_url=receiver.url)
    sandbox.drain()
    page = open_page('#/deliveries')
    expect(page.locator('.resendable')).to_have_count(1)
    waiting: list[Route] = []

    def keep_first(route: Route) -> None:
        if waiting:
            route.continue_()
        else:
            waiting.append(route)

    page.route('**/_sandbox/deliveries?**', keep_first)
    with page.expect_request('**/_sandbox/deliveries?**'):
        client.sms.send('Hello', BOB, notify_url=receiver.url)
    failed = page.locator('.panel').get_by_role('button', name='Failed')
    failed.click()
    waiting[0].continue_()
    expect(page.locator('.panel')).to_contain_text('Every notification was delivered.')
    expect(failed).to_have_attribute('aria-pressed', 'true')


def test_what_is_typed_for_the_search_presses_no_key_in_a_call(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    client, page = sandbox.client(), open_page(f'#/phones/{ALICE}', width=390)
    session = client.ivr.dial(ALICE, notify_url=HOOK).session
    page.get_by_role('button', name='Answer').click()
    expect(page.locator('.ring')).to_have_count(0)
    client.ivr.gather(session, max_digits=3, notify_url=HOOK)
    expect(page.locator('.waits.now')).to_be_visible()
    with held(page):
        page.keyboard.press('/')
        page.keyboard.press('5')
    field = page.get_by_label('Search the phones, or type a number')
    expect(field).to_be_focused()
    page.go_back()
    expect(field).not_to_be_focused()
    page.keyboard.press('6')
    expect(page.get_by_label('Digits so far')).to_have_text('6')


# A phone in two calls


def test_a_call_that_was_answered_does_not_ring_again(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    page, ring = open_page(f'#/phones/{ALICE}'), '.ring'
    sandbox.client().ivr.dial(ALICE, notify_url=HOOK)
    expect(page.locator(ring)).to_be_visible()
    late: list[tuple[Route, APIResponse]] = []
    phone = f'**/_sandbox/phones/{quote(ALICE)}'
    # The page looks at the phone again, and gets the response after that of the answer.
    page.route(phone, lambda route: late.append((route, route.fetch())), times=1)
    sandbox.phone(ALICE).send_sms(OWN, 'I am at the phone.')
    while not late:
        page.wait_for_timeout(10)
    page.get_by_role('button', name='Answer').click()
    expect(page.locator(ring)).to_have_count(0)
    [(route, response)] = late
    with page.expect_request(phone):
        route.fulfill(response=response)
    assert page.locator(ring).count() == 0
    expect(page.locator('.call')).to_be_visible()


def two_calls(sandbox: Sandbox, open_page: OpenPage) -> Page:
    """Let Alice answer two applications, one after the other, in the page."""
    client = sandbox.client()
    page = open_page(f'#/phones/{ALICE}')
    for code in ('first', 'second'):
        session = client.ivr.dial(ALICE, notify_url=HOOK).session
        page.locator('.ring').get_by_role('button', name='Answer').click()
        expect(page.locator('.ring')).to_have_count(0)
        client.ivr.gather(session, msg=f'The {code}?', max_digits=3, notify_url=HOOK)
    return page


def test_the_call_that_was_answered_last_is_shown_and_gets_the_keys(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    page = two_calls(sandbox, open_page)
    expect(page.locator('.call .caption')).to_have_text(['The second?'])
    page.keyboard.press('2')
    expect(page.get_by_label('Digits so far')).to_have_text('2')
    page.keyboard.press('h')
    expect(page.locator('.call .caption')).to_have_text(['The first?'])
    expect(page.get_by_label('Digits so far')).to_have_text('')


def test_a_call_that_begins_elsewhere_takes_no_keys_of_the_call_that_is_shown(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    client, page = sandbox.client(), open_page(f'#/phones/{ALICE}')
    first = client.ivr.dial(ALICE, notify_url=HOOK).session
    page.get_by_role('button', name='Answer').click()
    expect(page.locator('.ring')).to_have_count(0)
    client.ivr.gather(first, msg='The first?', max_digits=3, notify_url=HOOK)
    expect(page.locator('.call .caption')).to_have_text(['The first?'])
    second = client.ivr.dial(ALICE, notify_url=HOOK).session
    sandbox.phone(ALICE).calls[1].answer()
    client.ivr.gather(second, max_digits=3, notify_url=HOOK)
    expect(page.locator('.call .caption')).to_have_text(['The first?'])
    page.get_by_role('button', name='1', exact=True).click()
    page.keyboard.press('2')
    expect(page.get_by_label('Digits so far')).to_have_text('12')
