"""The pytest fixture ``hoiio_sandbox``, which comes with ``pip install "hoiio[sandbox]"``.

A test that takes it has the Hoiio service to itself::

    from hoiio import Hoiio

    def test_a_welcome(hoiio_sandbox):
        Hoiio.sms.send('Welcome', '+6598765432')
        hoiio_sandbox.phone('+6598765432').expect_sms('Welcome')
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hoiio.sandbox import Sandbox


@pytest.fixture(scope='session')
def _hoiio_sandbox_of_the_run() -> Iterator[Sandbox]:
    # Not at the top: a run that does not use the fixture does not pay for it.
    from hoiio.sandbox import Sandbox  # noqa: PLC0415

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def hoiio_sandbox(
    _hoiio_sandbox_of_the_run: Sandbox, monkeypatch: pytest.MonkeyPatch
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
    yield sandbox
    # Nothing of this test is delivered while the next one runs.
    sandbox.reset()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what happened in the sandbox to the report of a test that failed."""
    report = yield
    sandbox: Sandbox | None = getattr(item, 'funcargs', {}).get('hoiio_sandbox')
    if report.failed and call.when == 'call' and sandbox is not None:
        report.sections.append(('Hoiio sandbox', '\n'.join(sandbox.events)))
    return report
