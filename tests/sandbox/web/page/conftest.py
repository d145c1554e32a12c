"""A real browser that opens the phone page of a sandbox, and a person in front of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect
from playwright.sync_api import sync_playwright as playwright_runs

from hoiio.sandbox import FakeClock, Sandbox, Seed
from tests import servers

EXAMPLES = Path(__file__).parents[4] / 'examples'
# Every test below starts a browser or uses one.
HERE = Path(__file__).parent
# A busy machine draws late. Nothing waits so long if all is well.
PATIENCE = 60_000
ALICE = '+6598765432'
BOB = '+6581234567'
# One of the account's numbers, which receives SMS.
OWN = '+14155550100'

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope='package')
def browser() -> Iterator[Browser]:
    path = servers.program('chromium')
    expect.set_options(timeout=PATIENCE)
    with playwright_runs() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=servers.CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose phones ring, and whose clock stands still unless a test moves it."""
    seed = Seed(queries_per_minute=None)
    with Sandbox(answer='manual', clock=FakeClock(), seed=seed) as sandbox:
        yield sandbox


def address_of(sandbox: Sandbox) -> str:
    return sandbox.url.replace('/open/', '/_sandbox/')


class Watch:
    """What must not happen in any test: an error in the page, a request to another host."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.host = urlsplit(sandbox.url).netloc
        self.problems: list[str] = []

    def follow(self, page: Page) -> None:
        page.set_default_timeout(PATIENCE)
        page.on('pageerror', lambda error: self.problems.append(str(error.stack)))
        page.on('console', self._console)
        page.on('request', self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == 'error':
            self.problems.append(f'{message.text} {message.location}')

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {'data', 'blob'} and parts.netloc != self.host:
            self.problems.append(f'a request to {request.url}')


@pytest.fixture
def watch(sandbox: Sandbox) -> Iterator[Watch]:
    watch = Watch(sandbox)
    yield watch
    assert watch.problems == []


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser of one person; its tabs share what the page remembers."""
    context = browser.new_context(viewport={'width': 1400, 'height': 900})
    yield context
    context.close()


@pytest.fixture
def open_page(sandbox: Sandbox, context: BrowserContext, watch: Watch) -> OpenPage:
    """Return a function that opens an address in a new tab, and waits until it is connected."""

    def open_it(address: str = '#/', **size: int) -> Page:
        page = context.new_page()
        watch.follow(page)
        if size:
            page.set_viewport_size({'width': 1400, 'height': 900, **size})  # type: ignore[typeddict-item]
        page.goto(address_of(sandbox) + address)
        page.locator('.lamp.on').wait_for(state='attached')
        return page

    return open_it


@pytest.fixture
def attendant(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The auto attendant of the examples; the value is the number that it answers."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    from auto_attendant import create_app  # noqa: PLC0415
    from serving import connected  # noqa: PLC0415

    with connected(sandbox, create_app) as number:
        yield number


def move_clock(sandbox: Sandbox, **step: float) -> None:
    """Move the clock over HTTP, as the page does, so that every open page hears of it."""
    control(sandbox, 'clock/advance', **step)


def control(sandbox: Sandbox, path: str, **fields: Any) -> Any:
    """Send a POST request to the control API."""
    headers = {'Content-Type': 'application/json'}
    with closing(HTTPConnection(urlsplit(sandbox.url).netloc, timeout=30)) as connection:
        connection.request('POST', f'/_sandbox/{path}', json.dumps(fields), headers)
        return json.loads(connection.getresponse().read())
