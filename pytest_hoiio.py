"""The pytest fixture ``hoiio_sandbox``, which comes with ``pip install "hoiio[sandbox]"``.

A test that takes it has the Hoiio service to itself::

    from hoiio import Hoiio

    def test_a_welcome(hoiio_sandbox):
        Hoiio.sms.send('Welcome', '+6598765432')
        hoiio_sandbox.phone('+6598765432').expect_sms('Welcome')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hoiio.sandbox import Sandbox


@pytest.fixture(scope='session')
def _hoiio_sandbox_of_the_run() -> Iterator[Sandbox]:
    # Not at the top: a run that does not use the fixture does not pay for it.
    try:
        from hoiio.sandbox import Sandbox  # noqa: PLC0415
    except ModuleNotFoundError as exc:
        pytest.fail(f'{exc}: pip install "hoiio[sandbox]"', pytrace=False)
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def hoiio_sandbox(
    _hoiio_sandbox_of_the_run: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Sandbox]:
    """A sandbox in its seed state; the environment makes every client use it.

    The server is started once for the whole run. Clients that were given credentials or a
    ``base_url`` in code keep those: ``hoiio_sandbox.client()`` is one that is set up for it. When
    the test fails, what happened in the sandbox is added to the report.
    """
    sandbox = _hoiio_sandbox_of_the_run
    sandbox.reset()
    monkeypatch.setenv('HOIIO_BASE_URL', sandbox.url)
    monkeypatch.setenv('HOIIO_APP_ID', sandbox.app_id)
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', sandbox.access_token)
    request.node.stash[_TRANSCRIPT] = lambda: sandbox.events
    yield sandbox
    events = sandbox.events
    request.node.stash[_TRANSCRIPT] = lambda: events
    # Nothing of this test is delivered while the next one runs.
    sandbox.reset()


_TRANSCRIPT = pytest.StashKey[Any]()


# The older kind of wrapper, which every pytest since 7 knows.
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Add what happened in the sandbox to the report of a test that failed."""
    outcome = yield
    report = outcome.get_result()
    transcript = item.stash.get(_TRANSCRIPT, None)
    if report.failed and transcript is not None:
        report.sections.append(('Hoiio sandbox', '\n'.join(transcript())))
