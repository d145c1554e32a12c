"""SMS, as a person reads and writes them."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from playwright.sync_api import expect

from hoiio.sandbox import Sandbox
from tests.sandbox.web.page.conftest import ALICE, OWN, OpenPage

CHARACTERS = strategies.characters(codec='utf-8', exclude_characters='\0\r')
SHOWS = '(text) => [...document.querySelectorAll(".bubble")].at(-1)?.textContent === text'
TOO_WIDE = """
() => [document.documentElement, ...document.querySelectorAll('.column, .messages')]
  .filter((box) => box.scrollWidth > box.clientWidth)
  .map((box) => box.className)
"""
WHOLE = """(text) =>
  [...document.querySelectorAll('.bubble')].map((part) => part.textContent).join('') === text"""
MARKUP = '<img src=x onerror="document.title=`owned`"><script>document.title=`owned`</script>'


def test_a_person_reads_an_sms_and_answers_it(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page()
    sandbox.client().sms.send('Dinner at eight? ' * 12, ALICE, tag='dinner')
    row = page.get_by_role('navigation', name='Phones').get_by_role('link', name=ALICE)
    expect(row).to_contain_text('Dinner at eight?')
    expect(row.get_by_label('1 unread')).to_be_visible()
    expect(page).to_have_title('(1) Hoiio sandbox')
    icon = page.locator('link[rel=icon]')
    expect(icon).to_have_attribute('href', re.compile('^data:image/svg'))

    row.click()
    message = page.locator('.message')
    expect(message).to_contain_text('Dinner at eight?')
    expect(message).to_contain_text('2 parts · 0.064 SGD · delivered · tag dinner')
    expect(page).to_have_title('Hoiio sandbox')
    expect(icon).to_have_attribute('href', re.compile(r'/icon\.svg$'))

    page.get_by_label('The text of the SMS').fill('Yes, with pleasure.')
    page.keyboard.press('Enter')
    expect(page.locator('.message.sent')).to_contain_text('Yes, with pleasure.')
    expect(page.get_by_label('The text of the SMS')).to_have_value('')
    assert sandbox.client().sms.history().entries[0].dest == OWN


def test_what_cannot_be_sent_stays_in_the_field(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page(f'#/phones/{ALICE}')
    sandbox.client().number.configure(OWN, mode='fax')
    field = page.get_by_label('The text of the SMS')
    field.fill('x' * 2000)
    page.evaluate('() => { fetch = () => Promise.reject(new Error("the network is down")) }')
    page.get_by_role('button', name='Send').click()
    expect(page.locator('.toast.failed')).to_contain_text('the network is down')
    expect(field).to_have_value('x' * 2000)


def test_a_long_text_is_sent_whole(sandbox: Sandbox, open_page: OpenPage) -> None:
    text = 'It was the best of times, it was the worst of times. ' * 60
    page = open_page(f'#/phones/{ALICE}')
    page.get_by_label('The text of the SMS').fill(text)
    page.get_by_role('button', name='Send').click()
    # The parts arrive one after the other.
    page.wait_for_function(WHOLE, arg=text)


@pytest.mark.parametrize('width', [320, 1400])
def test_a_long_word_is_wrapped(sandbox: Sandbox, open_page: OpenPage, width: int) -> None:
    word = 'parcel' * 40
    sandbox.client().sms.send(word, ALICE, tag=word).raise_for_status()
    for address, place in (
        (f'#/phones/{ALICE}', '.message .about'),
        (f'#/phones/{word}', '.welcome h1'),
        (f'#/transactions/{word}', '.detail h2'),
    ):
        page = open_page(address, width=width)
        expect(page.locator(place)).to_contain_text(word)
        assert page.evaluate(TOO_WIDE) == [], address


def test_a_code_can_be_copied(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page(f'#/phones/{ALICE}')
    page.context.grant_permissions(['clipboard-read', 'clipboard-write'])
    sandbox.client().sms.send('Your code is 4711. Call +6561234567.', ALICE)
    page.get_by_role('button', name='Copy 4711').click()
    expect(page.get_by_role('status').get_by_text('Copied the code.')).to_be_visible()
    assert page.evaluate('navigator.clipboard.readText()') == '4711'


def test_an_sms_that_failed_says_so(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page('#/phones/+6588880022')
    sandbox.client().sms.send('Hello', '+6588880022')
    expect(page.locator('.message .failed')).to_have_text('failed')


def test_markup_in_a_text_is_only_text(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page(f'#/phones/{ALICE}')
    sandbox.client().sms.send(MARKUP, ALICE, tag=MARKUP[:50])
    sandbox.client().ivr.dial(ALICE, msg=f'<speech>{escape(MARKUP)}</speech>').raise_for_status()
    page.get_by_role('button', name='Answer').click()
    expect(page.locator('.bubble')).to_have_text(MARKUP)
    expect(page.locator('.call .caption')).to_have_text(MARKUP)
    for address in ('#/timeline', '#/transactions/AA-S-1', '#/deliveries'):
        page.goto(page.url.partition('#')[0] + address)
        expect(page.locator('.panel')).to_contain_text('<img src=x')
    assert page.locator('img, .page script').count() == 0
    assert page.title() != 'owned'


def test_any_text_is_shown_as_it_is(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page(f'#/phones/{ALICE}')
    client = sandbox.client()

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(strategies.text(CHARACTERS, min_size=1, max_size=60))
    def shows(text: str) -> None:
        if not client.sms.send(text, ALICE).is_success():
            return
        newest = page.locator('.message .bubble').last
        page.wait_for_function(SHOWS, arg=text)
        assert newest.evaluate('(bubble) => bubble.children.length') == 0

    shows()


def test_a_long_thread_is_shown_in_pages(sandbox: Sandbox, open_page: OpenPage) -> None:
    phone = sandbox.phone(ALICE)
    for number in range(120):
        phone.send_sms(OWN, f'message {number}')
    page = open_page(f'#/phones/{ALICE}')
    expect(page.locator('.bubble')).to_have_count(50)
    expect(page.locator('.bubble').last).to_be_in_viewport()
    page.get_by_role('button', name='Show earlier messages (70)').click()
    expect(page.locator('.bubble')).to_have_count(100)
    expect(page.locator('.bubble').last).to_have_text('message 119')
