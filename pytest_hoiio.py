"""The pytest fixture ``hoiio_sandbox``, which comes with ``pip install "hoiio[sandbox]"``.

A test that takes it has the Hoiio service to itself::

    from hoiio import Hoiio

    def test_a_welcome(hoiio_sandbox):
        Hoiio.sms.send('Welcome', '+6598765432')
        hoiio_sandbox.phone('+6598765432').expect_sms('Welcome')

From the end of the collection to the end of the run nothing else reaches the real service by
default: a thread that outlives its test, a test that clears the environment, or a server that was
started before its test calls `NOWHERE` and fails. A test that wants the real service says so by
``base_url='https://secure.hoiio.com/open/'``.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hoiio.sandbox import Sandbox

# Nothing listens there. Through a proxy, https sends no token before it has seen a certificate.
NOWHERE = 'https://127.0.0.1:9/outside-of-the-sandbox/'


class _Run:
    """What is changed to keep the present run away from the real service.

    Attributes:
        exported: Whether credentials were in the environment before the first test.
    """

    exported = False
    changes = pytest.MonkeyPatch()


def _keep_away() -> None:
    """Let calls without a base URL of their own end in `NOWHERE`, here and in new processes."""
    # A plain http URL cannot be the real service; perhaps it is a sandbox that processes share.
    if not os.environ.get('HOIIO_BASE_URL', '').startswith('http:'):
        _Run.changes.setenv('HOIIO_BASE_URL', NOWHERE)
    # What counts where a test has cleared the environment.
    _Run.changes.setattr('hoiio.client.BASE_URL', NOWHERE)


def pytest_configure() -> None:
    """Look whether somebody has exported credentials, perhaps real ones."""
    _Run.exported = 'HOIIO_ACCESS_TOKEN' in os.environ


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep a run that uses the fixture away from the real service, before anything is set up."""
    names = (name for item in session.items for name in getattr(item, 'fixturenames', ()))
    if 'hoiio_sandbox' in names and not session.config.option.collectonly:
        _keep_away()


def sandbox_starts() -> None:
    """Do the same where a fixture of your own starts a sandbox beside exported credentials.

    `Sandbox` calls this. Without exported credentials, tests that fake the answers of the real
    service go on as they are.
    """
    if _Run.exported:
        _keep_away()


def pytest_unconfigure() -> None:
    """Undo it, unless a thread has outlived the run and would find the real service again."""
    _Run.exported = False
    if threading.active_count() == 1:
        _Run.changes.undo()


@pytest.fixture(scope='session')
def _hoiio_sandboxes() -> Iterator[dict[int, Sandbox]]:
    # By process: a test that runs in a forked child starts a sandbox of its own there.
    sandboxes: dict[int, Sandbox] = {}
    yield sandboxes
    for sandbox in sandboxes.values():
        sandbox.stop()


def _start() -> Sandbox:
    # Not at the top: a run that does not use the fixture does not pay for it.
    try:
        from hoiio.sandbox import Sandbox  # noqa: PLC0415
    except ModuleNotFoundError as exc:
        pytest.fail(f'{exc}: pip install "hoiio[sandbox]"', pytrace=False)
    # Also where a test has asked for the fixture by `getfixturevalue`, which nobody could foresee.
    _keep_away()
    sandbox = Sandbox()
    sandbox.start()
    return sandbox


@pytest.fixture
def hoiio_sandbox(
    _hoiio_sandboxes: dict[int, Sandbox],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Sandbox]:
    """A sandbox in its seed state; the environment makes every client use it.

    The server is started once for the whole run. Clients that were given credentials or a
    ``base_url`` in code keep those: ``hoiio_sandbox.client()`` is one that is set up for it. By
    default, what runs outside such a test calls an address where nothing listens. When the test
    fails, what happened in the sandbox is added to the report.
    """
    if os.getpid() not in _hoiio_sandboxes:
        _hoiio_sandboxes[os.getpid()] = _start()
    sandbox = _hoiio_sandboxes[os.getpid()]
    sandbox.reset()
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
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
