"""The built pages of the documentation, in a real browser that is as narrow as a phone.

The browser visits each page once, and measures it. axe looks at it in light and in dark colours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests import servers
from tests.barriers import barriers, load_axe
from tests.docs.conftest import DOCS, Once, built

pytestmark = pytest.mark.slow

WIDTH, HEIGHT = 390, 844
# Sphinx writes these pages without a source.
GENERATED = ('genindex', 'py-modindex', 'search')
# Sphinx and the browser are slow on a busy machine. Nothing waits so long if all is well.
PATIENCE = 60_000

MEASURE = """() => {
    const all = selector => [...document.querySelectorAll(selector)]
    return {
        width: Math.max(...all('html, body, .content').map(box => box.scrollWidth)),
        broken: all('td .pre, th .pre').filter(code => code.getClientRects().length > 1)
            .map(code => code.textContent),
        unhinted: all('.table-wrapper, .picture, .highlight pre')
            .filter(box => box.scrollWidth > box.clientWidth)
            .filter(box => !getComputedStyle(box).backgroundImage.includes('gradient'))
            .map(box => box.textContent),
        scrolling: all('.table-wrapper').filter(box => box.scrollWidth > box.clientWidth).length,
        hidden: all('.table-wrapper tr > :nth-child(2)')
            .filter(cell => cell.getBoundingClientRect().left > innerWidth - 80)
            .map(cell => cell.textContent),
        unreachable: all('.table-wrapper, .picture, .highlight pre')
            .filter(box => (box.scrollWidth > box.clientWidth) !== (box.tabIndex === 0))
            .map(box => box.textContent),
        errors: all('.contents, .problematic, .system-message').map(box => box.textContent),
        links: all('a.next-page, a.prev-page').map(link => link.className),
    }
}"""
# axe takes minutes for all elements of all pages. So this leaves the first element of each kind: of
# the same tag and classes, with such elements around it, with these attributes, and with or without
# text. It removes the blocks without one.
THIN_OUT = """(known) => {
    const place = box => box && `${place(box.parentElement)} ${box.localName}.${box.classList}`
    const kind = box =>
        `${place(box)} ${box.getAttributeNames()} ${box.textContent.trim() === ''}`
    const kinds = new Set(known)
    const first = [...document.querySelectorAll('*')]
        .filter(box => !kinds.has(kind(box)) && kinds.add(kind(box)))
    const blocks = 'article div, dl, li, p, pre, pre > *, .sig > *, svg symbol, svg text, tr'
    for (const block of document.querySelectorAll(blocks)) {
        if (!first.some(box => block.contains(box))) block.remove()
    }
    return [...kinds]
}"""
# The copy event comes from the hidden text field that holds the text.
COPY = """(button) => {
    let copied = null
    document.addEventListener('copy', event => { copied = event.target.value }, {once: true})
    button.click()
    return copied
}"""


@dataclass
class Site:
    """The pages by their names, with what the browser measured, and what they asked for."""

    folder: Path
    page: Page
    measured: dict[str, dict[str, Any]]
    requests: list[str]

    def open(self, name: str) -> None:
        self.page.goto(address_of(self.folder, name))

    def copy(self, block: str) -> str:
        """Press the copy button of the first such block, and return what it copies."""
        button = self.page.locator(f'{block} button.copybtn').first
        button.wait_for(state='attached')
        copied: str = button.evaluate(COPY)
        return copied


def address_of(folder: Path, name: str) -> str:
    return (folder / f'{name}.html').as_uri()


@pytest.fixture(scope='module')
def page() -> Iterator[Page]:
    chromium = servers.program('chromium')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=servers.CHROMIUM_ARGUMENTS
        )
        page = browser.new_page(viewport={'width': WIDTH, 'height': HEIGHT})
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


@pytest.fixture(scope='module')
def site(page: Page, once: Once) -> Site:
    folder = built(once)
    visited = once('pages.json', lambda path: path.write_text(json.dumps(visit(folder, page))))
    return Site(folder, page, **json.loads(visited.read_text()))


def visit(folder: Path, page: Page) -> dict[str, Any]:
    """Measure each page, and look for barriers in the kinds of elements that are new in it."""
    measured: dict[str, dict[str, Any]] = {}
    requests: list[str] = []
    kinds: list[str] = []
    page.on('request', lambda request: requests.append(request.url))
    sources = (path.relative_to(DOCS).with_suffix('') for path in DOCS.rglob('*.rst'))
    for name in sorted([*(source.as_posix() for source in sources), *GENERATED]):
        page.goto(address_of(folder, name))
        measured[name] = page.evaluate(MEASURE)
        before, kinds = kinds, page.evaluate(THIN_OUT, kinds)
        if len(kinds) > len(before):
            load_axe(page)
            measured[name]['barriers'] = barriers(page)
    return {'measured': measured, 'requests': requests}


def test_no_page_scrolls_sideways(site: Site) -> None:
    wide = {name: each['width'] for name, each in site.measured.items() if each['width'] > WIDTH}
    assert wide == {}


def test_no_code_in_a_table_is_broken_inside_a_word(site: Site) -> None:
    broken = {name: each['broken'] for name, each in site.measured.items() if each['broken']}
    assert broken == {}


def test_what_scrolls_inside_a_page_has_a_hint(site: Site) -> None:
    unhinted = {name: each['unhinted'] for name, each in site.measured.items() if each['unhinted']}
    assert unhinted == {}
    assert site.measured['architecture']['scrolling'] > 1


def test_what_scrolls_is_a_stop_for_the_keyboard_and_nothing_else_is(site: Site) -> None:
    measured = site.measured.items()
    assert {name: each['unreachable'] for name, each in measured if each['unreachable']} == {}


def test_no_table_hides_its_second_column(site: Site) -> None:
    hidden = {name: each['hidden'] for name, each in site.measured.items() if each['hidden']}
    assert hidden == {}


def test_no_page_shows_an_error_of_the_build(site: Site) -> None:
    errors = {name: each['errors'] for name, each in site.measured.items() if each['errors']}
    assert errors == {}


def test_the_reference_names_types_without_their_modules(site: Site) -> None:
    site.open('reference/services')
    signatures = ' '.join(site.page.locator('dt.sig').all_inner_texts())
    assert 'extra: Mapping[str, object] | None' in signatures
    assert 'collections.abc' not in signatures


def test_every_page_leads_to_the_previous_and_the_next_one(site: Site) -> None:
    measured = site.measured.items()
    links = {name: each['links'] for name, each in measured if name not in GENERATED}
    first, last = links.pop('index'), links.pop('changelog')
    assert (first, last) == (['next-page'], ['prev-page'])
    assert all(each == ['next-page', 'prev-page'] for each in links.values())


def test_a_page_needs_no_network(site: Site) -> None:
    assert [url for url in site.requests if not url.startswith(('file:', 'data:'))] == []


def test_a_copy_button_copies_commands_without_prompts_and_output(site: Site) -> None:
    site.open('command-line')
    block = site.page.locator('.highlight-console').first.inner_text()
    commands = [line[2:] for line in block.splitlines() if line.startswith('$ ')]
    assert site.copy('.highlight-console').splitlines() == commands
    assert len(commands) < len(block.splitlines())


def test_a_copy_button_copies_a_whole_program(site: Site) -> None:
    site.open('index')
    assert site.copy('.highlight-python').startswith('from hoiio import Hoiio\nfrom hoiio.sandbox')


def test_output_has_no_copy_button(site: Site) -> None:
    site.open('index')
    site.page.locator('.highlight-python button.copybtn').first.wait_for(state='attached')
    assert site.page.locator('.highlight-text').count() > 0
    assert site.page.locator('.highlight-text button.copybtn').count() == 0


def test_axe_finds_nothing_serious(site: Site) -> None:
    found = {name: each.get('barriers') for name, each in site.measured.items()}
    assert {name: each for name, each in found.items() if each} == {}
    # Most pages have something new to look at.
    assert len([name for name, each in found.items() if each is not None]) > 20
