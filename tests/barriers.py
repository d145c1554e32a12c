"""What axe finds serious in a page of a browser."""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

__all__ = ['barriers', 'load_axe']

# Leaves out what axe has looked at before in this document: an element with the same attributes, in
# the same elements, and with or without text. A page is drawn in an animation frame.
LEAVE_OUT = """
async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  const seen = (window.seen ??= new Set())
  const place = (box) => (box ? place(box.parentElement) + box.cloneNode().outerHTML : '')
  const isNew = (box) => {
    const name = place(box) + (box.textContent.trim() === '')
    return !seen.has(name) && seen.add(name)
  }
  const all = [...document.querySelectorAll('*')]
  const found = all.filter(isNew)
  const isOld = (box) => !found.some((one) => box.contains(one))
  window.leftOut = all.filter((box) => isOld(box) && !isOld(box.parentElement ?? box))
  return found.length > 0
}
"""
FIND = """
async (rules) => {
  const options = { resultTypes: ['violations'], ...rules }
  const { violations } = await axe.run({ exclude: window.leftOut }, options)
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => [id, nodes[0].html])
}
"""
# Only the contrast differs between light and dark.
SCHEMES: tuple[tuple[Literal['light', 'dark'], dict[str, Any]], ...] = (
    ('dark', {'runOnly': ['color-contrast']}),
    ('light', {}),
)


def load_axe(page: Page) -> None:
    """Load axe into a page. It stays until the page loads another document."""
    page.evaluate(AXE_SCRIPT)


def barriers(page: Page) -> list[Any]:
    """Return what axe finds in dark and in light colours: each rule, with its first element."""
    found: list[Any] = []
    if not page.evaluate(LEAVE_OUT):
        return found
    for scheme, rules in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += [[scheme, *one] for one in page.evaluate(FIND, rules)]
    return found
