"""10,000 events and 1,000 phones: the page stays quick, and its document small."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from hoiio.sandbox import FakeClock, Sandbox, Seed
from tests.sandbox.web.page.conftest import OWN, OpenPage

PHONES = 1000
EVENTS = 10_000
MOST_ROWS = 200
MOST_ELEMENTS = 2500
MOST_MILLISECONDS = 100

# Runs a key press or a change of a field, and returns how long the scripts of the page worked on
# it: the handlers, and the drawing in the next frame.
MEASURE = """
async ([selector, value]) => {
  const request = window.requestAnimationFrame
  let spent = 0
  const timed = (run) => (...given) => {
    const start = performance.now()
    const result = run(...given)
    spent += performance.now() - start
    return result
  }
  window.requestAnimationFrame = (run) => request(timed(run))
  const target = selector === null ? document.activeElement : document.querySelector(selector)
  timed(() => {
    if (value.length === 1 || value.startsWith('Arrow')) {
      target.dispatchEvent(new KeyboardEvent('keydown', { key: value, bubbles: true }))
    } else {
      target.value = value
      target.dispatchEvent(new Event('input', { bubbles: true }))
    }
  })()
  await new Promise((resolve) => request(() => request(resolve)))
  window.requestAnimationFrame = request
  return spent
}
"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    seed = Seed(points=Decimal(1000), queries_per_minute=None)
    with Sandbox(answer='manual', clock=FakeClock(), seed=seed) as sandbox:
        numbers = [f'+6590{number:06}' for number in range(PHONES)]
        with sandbox.client() as client:
            for _ in range(EVENTS // PHONES):
                client.sms.bulk_send('Hello', numbers).raise_for_status()
        assert len(sandbox.events) >= EVENTS
        yield sandbox


def spent(page: Page, selector: str | None, value: str) -> float:
    """Return the least of five measurements, because the machine may be busy."""
    return min(float(page.evaluate(MEASURE, [selector, value])) for _ in range(5))


def test_it_stays_quick_and_small(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page('#/phones/+6590000000')
    timeline = page.get_by_role('list', name='Timeline')
    expect(timeline.get_by_role('listitem').first).to_be_visible()
    # Read the whole log, page by page, as somebody does who scrolls to its end.
    page.evaluate("import('/_sandbox/page/log.js').then((log) => { window.log = log })")
    page.evaluate(
        "async () => { const { state } = await import('/_sandbox/page/store.js');"
        ' for (let i = 0; state.events.more && i < 100; i += 1) await log.loadOlder() }'
    )
    held = "import('/_sandbox/page/store.js').then(({ state }) => state.events.list.length)"
    assert page.evaluate(held) == EVENTS
    for name in ('Timeline', 'Phones'):
        assert page.get_by_role('list', name=name).get_by_role('listitem').count() < MOST_ROWS
    assert page.evaluate('document.querySelectorAll("*").length') < MOST_ELEMENTS

    page.locator('.entry-row').first.focus()
    assert spent(page, None, 'j') < MOST_MILLISECONDS
    page.locator('.phone-row').first.focus()
    assert spent(page, None, 'ArrowDown') < MOST_MILLISECONDS
    assert spent(page, '#search', '+65900005') < MOST_MILLISECONDS
    assert spent(page, '.filters input', 'hello') < MOST_MILLISECONDS
    # A new event arrives while all of them are there.
    sandbox.phone('+6590000001').send_sms(OWN, 'One more')
    page.locator('.filters input').fill('one more')
    expect(timeline.get_by_role('listitem')).to_have_count(1)
