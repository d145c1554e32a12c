"""Calls, as a person makes and takes them."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from hoiio.sandbox import Sandbox
from tests.sandbox.web.page.conftest import ALICE, BOB, OpenPage, move_clock

SALES = '+6591111111'
MENU = 'Welcome to Hoiio. For sales, press 1. For support, press 2.'
HOOK = 'http://127.0.0.1:9/ivr'


def captions(page: Page) -> list[str]:
    return page.locator('.call .caption').all_inner_texts()


def test_a_person_calls_the_auto_attendant_and_is_connected(
    sandbox: Sandbox, attendant: str, open_page: OpenPage
) -> None:
    page = open_page(f'#/phones/{ALICE}/calls')
    page.locator('.line', has_text=attendant).get_by_role('button', name='Call').click()
    call = page.get_by_role('region', name='Call', exact=True)
    expect(call).to_contain_text(attendant)
    menu = page.get_by_role('log', name='What the application says')
    expect(menu.get_by_text(MENU)).to_have_attribute('lang', 'en')
    expect(call).to_contain_text('Waits for 1 digit, 10 s left.')
    move_clock(sandbox, seconds=4)
    expect(call).to_contain_text('Waits for 1 digit, 6 s left.')

    page.get_by_role('button', name='1', exact=True).click()
    ring = page.get_by_role('region', name='Incoming call')
    expect(ring).to_contain_text(f'calls {SALES}')
    expect(call).to_contain_text('One moment, please.')
    expect(page).to_have_title(re.compile(f'calls \\{SALES}$'))
    # The department answers in another tab of its own.
    other = open_page(f'#/phones/{SALES}')
    other.get_by_role('button', name='Answer').click()
    expect(call).to_contain_text(f'Talking to {SALES}')
    expect(ring).to_have_count(0)

    move_clock(sandbox, seconds=65)
    expect(page.get_by_label('Duration')).to_have_text('1:09')
    page.get_by_role('button', name='Hang up').click()
    expect(call).to_contain_text('The call has ended')
    expect(other.get_by_role('region', name='Call', exact=True)).to_contain_text('has ended')
    call.get_by_role('button', name='Close').click()
    expect(call).to_have_count(0)
    sandbox.drain()


def test_a_phone_rings_and_a_person_answers(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page()
    sandbox.client().ivr.dial(ALICE, msg='Hello.')
    ring = page.get_by_role('region', name='Incoming call')
    expect(ring).to_contain_text('30 s')
    move_clock(sandbox, seconds=8)
    expect(ring).to_contain_text('22 s')
    ring.get_by_role('button', name='Answer').click()
    # The application says something and ends the call at once. What it said stays.
    call = page.get_by_role('region', name='Call', exact=True)
    expect(call).to_contain_text('The call has ended')
    expect(call).to_contain_text('Hello.')
    assert sandbox.phone(ALICE).heard == ['Hello.']


def test_a_person_declines_a_call(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page()
    dialled = sandbox.client().voice.call(ALICE, BOB)
    page.get_by_role('button', name='Decline').click()
    expect(page.get_by_role('region', name='Incoming call')).to_have_count(0)
    assert sandbox.client().voice.status(dialled.txn_ref).call_status_dest1 == 'busy'
    page.get_by_role('navigation', name='Phones').get_by_role('link', name=ALICE).click()
    page.get_by_role('link', name='Calls', exact=True).click()
    expect(page.locator('.past')).to_contain_text('Busy')


def test_a_page_that_opens_in_the_middle_of_a_call_shows_it(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    client, phone = sandbox.client(), sandbox.phone(ALICE)
    dialled = client.ivr.dial(ALICE, msg='Hello.', notify_url=HOOK)
    phone.expect_call().answer()
    client.ivr.gather(dialled.session, msg='Your PIN?', max_digits=4, timeout=20, notify_url=HOOK)
    phone.press('12')
    move_clock(sandbox, seconds=7)
    page = open_page(f'#/phones/{ALICE}')
    expect(page.locator('.call .caption')).to_have_text(['Hello.', 'Your PIN?'])
    expect(page.get_by_label('Digits so far')).to_have_text('12')
    expect(page.locator('.waits')).to_contain_text('Waits for 4 digits, 13 s left.')
    expect(page.get_by_label('Duration')).to_have_text('0:07')


def test_a_call_needs_no_mouse(sandbox: Sandbox, attendant: str, open_page: OpenPage) -> None:
    page = open_page()
    dialled = sandbox.client().ivr.dial(ALICE, msg='Hello.', notify_url=HOOK)
    expect(page.get_by_role('region', name='Incoming call')).to_be_visible()
    page.keyboard.press('Enter')
    expect(page.locator('.call .caption')).to_have_text(['Hello.'])
    sandbox.drain(check=False)
    sandbox.client().ivr.gather(dialled.session, max_digits=4, notify_url=HOOK)
    expect(page.locator('.waits.now')).to_be_visible()
    for key in '421':
        page.keyboard.press(key)
    expect(page.get_by_label('Digits so far')).to_have_text('421')
    # In a field, the same keys are text.
    page.keyboard.press('/')
    page.keyboard.type('7h')
    expect(page.get_by_label('Search the phones, or type a number')).to_have_value('7h')
    page.keyboard.press('Escape')
    page.keyboard.press('Tab')
    page.keyboard.press('#')
    expect(page.locator('.waits')).to_have_text('Keys have no effect now.')
    sandbox.drain(check=False)
    assert sandbox.deliveries[-1].fields['digits'] == '421'
    page.keyboard.press('h')
    expect(page.locator('.call')).to_contain_text('The call has ended')


def test_escape_declines_the_call(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page()
    sandbox.client().voice.call(ALICE, BOB)
    expect(page.get_by_role('region', name='Incoming call')).to_be_visible()
    page.keyboard.press('Escape')
    expect(page.get_by_role('region', name='Incoming call')).to_have_count(0)
    assert sandbox.phone(ALICE).expect_call().outcome == 'busy'


def test_a_key_that_is_held_down_applies_to_one_call(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page()
    for caller in (ALICE, BOB):
        sandbox.client().voice.call(caller, '+6512345678')
    rings = page.get_by_role('region', name='Incoming call')
    expect(rings).to_have_count(2)
    page.keyboard.down('Escape')
    expect(rings).to_have_count(1)
    page.keyboard.down('Escape')
    page.keyboard.up('Escape')
    # The next key is another one, and applies.
    page.keyboard.press('Enter')
    expect(page.get_by_role('button', name='Hang up')).to_be_visible()


def test_a_file_of_another_server_is_a_link_and_is_not_loaded(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    page = open_page(f'#/phones/{ALICE}')
    sandbox.phone(ALICE).answers()
    own = f'{sandbox.url.replace("/open/", "/_sandbox/files/")}welcome.mp3'
    session = sandbox.client().ivr.dial(ALICE, notify_url=HOOK).session
    for sound in ('http://127.0.0.1:9/welcome.mp3', own):
        sandbox.drain(check=False)
        msg = f'<url>{sound}</url>'
        sandbox.client().ivr.play(session, msg, notify_url=HOOK).raise_for_status()
    # The entries of the timeline are links as well, and their names contain the address.
    link = page.locator('.call').get_by_role('link', name='http://127.0.0.1:9/welcome.mp3')
    expect(link).to_have_attribute('rel', 'noopener noreferrer')
    expect(page.locator('audio')).to_have_attribute('src', own)


def test_the_ring_ends_by_the_clock_of_the_sandbox(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page()
    sandbox.client().voice.call(ALICE, BOB)
    expect(page.get_by_role('region', name='Incoming call')).to_be_visible()
    move_clock(sandbox, seconds=31)
    expect(page.get_by_role('region', name='Incoming call')).to_have_count(0)
