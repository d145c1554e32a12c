"""The page at every width, light and dark: nothing is cut off, and axe finds nothing serious.

With ``PICTURES=1`` in the environment, the last test replaces the pictures of the documentation.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal, TypeAlias

import pytest
from playwright.sync_api import Browser, Page, expect

from hoiio.sandbox import FakeClock, Sandbox, Seed
from tests.barriers import barriers, load_axe
from tests.sandbox.web.page.conftest import ALICE, OWN, Watch, address_of

PICTURES = Path(__file__).parents[4] / 'docs' / '_static' / 'phone-page'
Browsing = Callable[..., Page]
Scheme: TypeAlias = Literal['light', 'dark']

WIDTHS = (320, 390, 800, 1400)
# One width of each layout. Colours and names are the same in all widths of a layout.
LAYOUTS = (320, 800, 1400)
# Up to this width there is one column.
NARROW = 699
SMALLEST_KEY = 44
# A README cannot choose a picture for the colour scheme of its reader, but a picture can.
README = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 720" width="1200" height="720">
<style>
.dark {{ display: none }}
@media (prefers-color-scheme: dark) {{ .dark {{ display: inline }} .light {{ display: none }} }}
</style>
<image class="light" width="1200" height="720" href="data:image/png;base64,{light}"/>
<image class="dark" width="1200" height="720" href="data:image/png;base64,{dark}"/>
</svg>
"""
TOO_WIDE = """
() => [document.documentElement, ...document.querySelectorAll('.column')]
  .filter((box) => box.scrollWidth > box.clientWidth)
  .map((box) => box.className)
"""
SCHEMES: tuple[Scheme, ...] = ('light', 'dark')
SHOP = '+6583334444'
# The screens: the address of each, and an element that is there once the screen has its content.
SCREENS = {
    '#/': '.phone-row',
    f'#/phones/{ALICE}': '.bubble',
    f'#/phones/{ALICE}/calls': '.past',
    f'#/phones/{ALICE}/faxes': '.tab-body h2:text("Faxes")',
    f'#/phones/{ALICE}/behaviour': '.choices',
    f'#/phones/{SHOP}': f'.phone-title:has-text("{SHOP}")',
    '#/timeline': '.entry-row',
    '#/sessions/S1': '.story',
    '#/deliveries': '.resendable',
    '#/trouble': '.steps',
    '#/account': '.own',
}


@pytest.fixture(scope='module')
def sandbox() -> Iterator[Sandbox]:
    """A sandbox in the middle of a day, with a call, a ring, and a notification that failed."""
    with Sandbox(answer='manual', clock=FakeClock(), seed=Seed(queries_per_minute=None)) as sandbox:
        sandbox.clock.advance(hours=9, minutes=12)
        play(sandbox)
        yield sandbox


def play(sandbox: Sandbox) -> None:
    client, alice = sandbox.client(), sandbox.phone(ALICE)
    hook = 'http://127.0.0.1:9/hook'
    for number in range(16):
        text = f'Your order {1020 + number} is ready. Please collect it at the counter.'
        client.sms.send(text, f'+65912000{number:02}', sender_name='SHOP')
        sandbox.clock.advance(seconds=47)
    client.sms.send('Your code is 4711.', ALICE, tag='login', notify_url=hook)
    sandbox.drain(check=False)
    alice.send_sms(OWN, 'Can I book a table for two at eight?')
    sandbox.clock.advance(seconds=40)
    client.sms.send('Your table is booked. See you at eight!', ALICE, sender_name='BISTRO')
    sandbox.fail_next('sms/send', 'error_insufficient_credit')
    client.sms.send('A table by the window?', ALICE)
    client.account.balance()
    client.number.configure('+6531580000', forward_to=hook)
    call = alice.call('+6531580000')
    sandbox.drain(check=False)
    session = sandbox.deliveries[-1].fields['session']
    client.ivr.gather(
        session,
        msg='Welcome to Bistro. To book a table, press 1. For takeaway, press 2.',
        max_digits=1,
        timeout=15,
        notify_url=hook,
    ).raise_for_status()
    sandbox.clock.advance(seconds=9)
    client.voice.call(SHOP, '+6581234567')
    assert call.state == 'talking'


@pytest.fixture
def browsing(browser: Browser, sandbox: Sandbox, watch: Watch) -> Iterator[Browsing]:
    """Return a function that opens the page in a window of a size and a colour scheme."""
    with ExitStack() as stack:

        def open_it(address: str, width: int = 1400, scheme: Scheme = 'light') -> Page:
            context = browser.new_context(
                viewport={'width': width, 'height': height_of(width)},
                color_scheme=scheme,
                reduced_motion='reduce',
            )
            stack.callback(context.close)
            page = context.new_page()
            watch.follow(page)
            look_at(page, sandbox, address)
            return page

        yield open_it


def height_of(width: int) -> int:
    return 900 if width > NARROW else 720


def look_at(page: Page, sandbox: Sandbox, address: str) -> None:
    page.goto(address_of(sandbox) + address)
    expect(page.locator('.lamp.on')).to_be_attached()
    expect(page.locator('.bar')).to_contain_text('SGD')
    expect(page.locator(SCREENS[address]).first).to_be_attached()


@pytest.mark.parametrize('scheme', SCHEMES)
@pytest.mark.parametrize('width', WIDTHS)
def test_nothing_is_cut_off_or_hard_to_use(
    sandbox: Sandbox, browsing: Browsing, width: int, scheme: Scheme
) -> None:
    page = browsing('#/', width, scheme)
    for address in SCREENS:
        look_at(page, sandbox, address)
        # Nothing to scroll sideways, in the page and in its columns.
        assert page.evaluate(TOO_WIDE) == [], address
    look_at(page, sandbox, f'#/phones/{ALICE}')
    expect(page.locator('.key')).to_have_count(12)
    for key in page.locator('.key, .ring-buttons button').all():
        box = key.bounding_box()
        assert box is not None
        assert min(box['width'], box['height']) >= SMALLEST_KEY, key


@pytest.mark.parametrize('width', LAYOUTS)
def test_axe_finds_nothing_serious(sandbox: Sandbox, browsing: Browsing, width: int) -> None:
    page = browsing('#/', width)
    load_axe(page)
    found = {}
    for address in SCREENS:
        look_at(page, sandbox, address)
        found[address] = barriers(page)
    assert {address: each for address, each in found.items() if each} == {}


def test_the_pictures_of_the_documentation(browsing: Browsing, tmp_path: Path) -> None:
    folder = PICTURES if 'PICTURES' in os.environ else tmp_path
    for scheme in SCHEMES:
        for name, width, height in (('wide', 1200, 720), ('narrow', 390, 720)):
            page = browsing(f'#/phones/{ALICE}', width, scheme)
            page.set_viewport_size({'width': width, 'height': height})
            expect(page.locator('.bubble').last).to_be_attached()
            page.screenshot(path=folder / f'{name}-{scheme}.png')
    pictures = [(folder / f'wide-{scheme}.png').read_bytes() for scheme in SCHEMES]
    light, dark = (base64.b64encode(picture).decode() for picture in pictures)
    (folder / 'readme.svg').write_text(README.format(light=light, dark=dark), 'utf-8')
    assert {path.name for path in folder.iterdir()} == {path.name for path in PICTURES.iterdir()}


def test_every_control_can_be_reached_with_the_keyboard(browsing: Browsing) -> None:
    page = browsing(f'#/phones/{ALICE}')
    expect(page.locator('.key').first).to_be_attached()
    reached = set()
    for _ in range(60):
        page.keyboard.press('Tab')
        reached.add(page.evaluate('document.activeElement.className'))
        outline = page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
        assert outline != 'none' or page.evaluate('document.activeElement === document.body')
    assert {'skip', 'primary', 'danger', 'key'} <= reached


def test_the_skip_link_leads_to_the_phone(browsing: Browsing) -> None:
    page = browsing(f'#/phones/{ALICE}')
    expect(page.locator('.key').first).to_be_attached()
    page.keyboard.press('Tab')
    page.keyboard.press('Enter')
    assert page.evaluate('document.activeElement.id') == 'main'
    expect(page).to_have_url(re.compile(r'#/phones/'))


def test_the_lists_are_walked_with_arrows_and_letters(browsing: Browsing) -> None:
    page = browsing('#/')
    rows = page.locator('.phone-row')
    rows.first.focus()
    for key in ('ArrowDown', 'j', 'j', 'ArrowUp', 'k', 'j'):
        page.keyboard.press(key)
    expect(rows.nth(2)).to_be_focused()
    assert page.locator('.phones [tabindex="0"].phone-row').count() == 1
    page.keyboard.press('Enter')
    expect(page.locator('.phone-title h1')).to_be_attached()


def test_the_help_lists_the_shortcuts(browsing: Browsing) -> None:
    page = browsing('#/')
    page.keyboard.press('?')
    expect(page.get_by_role('dialog', name='Keyboard')).to_contain_text('Answer the phone')
    page.keyboard.press('Escape')
    expect(page.get_by_role('dialog', name='Keyboard')).to_have_count(0)
