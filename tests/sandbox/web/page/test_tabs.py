"""Several tabs of one browser, a lost connection, and a page in the background."""

from __future__ import annotations

import time
from collections import Counter
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Request, expect

from hoiio.sandbox import Sandbox
from tests.sandbox.web.page.conftest import ALICE, BOB, OpenPage, Watch, address_of

SALES, SUPPORT = '+6591111111', '+6592222222'
NOTICES = """
window.notices = []
window.Notification = class {
  static permission = 'granted'
  constructor(title, options) {
    this.title = `${title} ${options.body}`
    window.notices.push(this)
  }
  close() {
    this.closed = true
  }
}
"""
TONES = """
window.tones = []
const create = AudioContext.prototype.createOscillator
AudioContext.prototype.createOscillator = function () {
  const tone = create.call(this)
  window.tones.push(tone)
  return tone
}
"""
HIDE = """
Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true })
"""


def test_all_tabs_share_one_stream_and_show_the_same(
    sandbox: Sandbox, context: BrowserContext, open_page: OpenPage
) -> None:
    streams: list[str] = []

    def note(request: Request) -> None:
        if '/events?changes=' in request.url:
            streams.append(request.url)

    context.on('request', note)
    # A browser has six connections to a host, so eight streams would be two too many.
    first, *others = [open_page(f'#/phones/{ALICE}') for _ in range(8)]
    sandbox.client().sms.send('Hello', ALICE)
    for page in (first, *others):
        expect(page.locator('.bubble')).to_have_text('Hello')
        expect(page.locator('.entry')).to_contain_text('Hello')
    assert len(streams) == 1


def test_another_tab_takes_over_when_the_leader_closes(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    leader, other, third = open_page(), open_page(), open_page()
    leader.close()
    for page in (other, third):
        expect(page.locator('.lamp')).to_have_text('Connected')
    sandbox.client().sms.send('Hello', ALICE)
    for page in (other, third):
        expect(page.locator('.entry')).to_contain_text('Hello')


def test_a_message_that_is_read_in_one_tab_is_read_in_all(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    first, second = open_page(), open_page()
    sandbox.client().sms.send('Hello', ALICE)
    expect(first).to_have_title('(1) Hoiio sandbox')
    expect(second).to_have_title('(1) Hoiio sandbox')
    second.get_by_role('navigation', name='Phones').get_by_role('link', name=ALICE).click()
    expect(first).to_have_title('Hoiio sandbox')


def test_the_page_recovers_after_a_restart_of_the_sandbox(
    context: BrowserContext, watch: Watch, sandbox: Sandbox, open_page: OpenPage
) -> None:
    port = urlsplit(sandbox.url).port or 0
    sandbox.client().sms.send('Before', ALICE)
    leader, other = open_page(f'#/phones/{ALICE}'), open_page()
    expect(other.locator('.entry')).to_contain_text('Before')
    sandbox.stop()
    for page in (leader, other):
        expect(page.locator('.lamp')).to_have_text('No connection, trying again')
    with Sandbox(port=port, answer='manual') as again:
        for page in (leader, other):
            expect(page.locator('.lamp')).to_have_text('Connected')
            expect(page.locator('.entry')).to_have_count(0)
        expect(leader.locator('.bubble')).to_have_count(0)
        again.client().sms.send('After', ALICE)
        expect(leader.locator('.bubble')).to_have_text('After')
        expect(other.locator('.entry')).to_contain_text('After')
        context.close()
    # Without a sandbox, the browser reports each attempt as an error.
    assert all('ERR_' in problem for problem in watch.problems)
    watch.problems.clear()


def test_opening_a_page_causes_no_event_and_few_requests(
    sandbox: Sandbox, context: BrowserContext
) -> None:
    sandbox.client().sms.send('Hello', ALICE)
    before = sandbox.events
    asked: list[str] = []
    page = context.new_page()
    page.on('request', lambda request: asked.append(request.url))
    page.goto(f'{address_of(sandbox)}#/phones/{BOB}')
    expect(page.locator('.thread')).to_be_visible()
    expect(page.locator('.lamp')).to_have_text('Connected')
    expect(page.locator('.entry')).to_have_count(1)
    assert sandbox.events == before
    # Once at the start, and once more each time the stream is connected. A busy machine may connect
    # it again. A page that answers its own requests with requests would make dozens.
    assert {url: asked.count(url) for url in asked if asked.count(url) > 5} == {}


def test_many_events_at_once_are_few_requests(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page(f'#/phones/{ALICE}')
    asked: list[str] = []
    page.on('request', lambda request: asked.append(urlsplit(request.url).path))
    client, start = sandbox.client(), time.monotonic()
    for number in range(200):
        client.sms.send(f'Message {number}', ALICE)
    expect(page.locator('.bubble').last).to_have_text('Message 199')
    expect(page.locator('.bar')).to_contain_text('48.250 SGD')
    # Each thing is fetched at most ten times a second, however long it took.
    most = 10 * (time.monotonic() - start) + 5
    assert {path: number for path, number in Counter(asked).items() if number > most} == {}


def test_a_ring_is_a_notification_while_the_page_is_hidden(
    sandbox: Sandbox, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(NOTICES + HIDE)
    page = open_page()
    sandbox.client().voice.call(ALICE, BOB)
    expect(page.get_by_role('region', name='Incoming call')).to_be_visible()
    assert page.evaluate('notices.length') == 0
    page.evaluate('window.away = true; document.dispatchEvent(new Event("visibilitychange"))')
    page.wait_for_function('() => notices.length === 1')
    assert page.evaluate('notices[0].title') == f'{BOB} calls {ALICE}'
    sandbox.phone(ALICE).hang_up()
    page.wait_for_function('() => notices[0].closed')
    expect(page).to_have_title('Hoiio sandbox')


def test_a_notification_is_about_a_call_that_still_rings(
    sandbox: Sandbox, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(NOTICES + HIDE)
    page = open_page(f'#/phones/{ALICE}')
    for phone, caller in ((ALICE, SALES), (BOB, SUPPORT)):
        sandbox.client().voice.call(phone, caller)
    expect(page.get_by_role('region', name='Incoming call')).to_have_count(2)
    page.evaluate('window.away = true; document.dispatchEvent(new Event("visibilitychange"))')
    page.wait_for_function('() => notices.length === 1')
    sandbox.phone(ALICE).hang_up()
    page.wait_for_function('() => notices.length === 2')
    titles = page.evaluate('notices.map(({ title, closed }) => [title, closed === true])')
    assert titles == [[f'{SALES} calls {ALICE}', True], [f'{SUPPORT} calls {BOB}', False]]


def test_the_sound_is_off_until_a_click_and_remembered(
    sandbox: Sandbox, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(TONES)
    page = open_page()
    sandbox.client().voice.call(ALICE, BOB)
    expect(page.get_by_role('region', name='Incoming call')).to_be_visible()
    assert page.evaluate('tones.length') == 0
    page.get_by_role('button', name='Sound').click()
    page.wait_for_function('() => tones.length >= 4')
    page.get_by_role('button', name='Answer').click()
    page.reload()
    expect(page.get_by_role('button', name='Sound')).to_have_attribute('aria-pressed', 'true')


def test_the_keys_have_the_tones_of_a_telephone(
    sandbox: Sandbox, attendant: str, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(f'localStorage.setItem("hoiio-sandbox-sound", "on"); {TONES}')
    page = open_page(f'#/phones/{ALICE}')
    sandbox.phone(ALICE).call(attendant)
    page.get_by_role('button', name='star').click()
    page.wait_for_function('() => tones.length === 2')
    assert page.evaluate('tones.map((tone) => tone.frequency.value)') == [941, 1209]
