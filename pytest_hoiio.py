"""The pytest fixture ``hoiio_sandbox``, which comes with ``pip install "hoiio[sandbox]"``.

A test that takes it has the Hoiio service to itself::

    from hoiio import Hoiio
    from hoiio.sandbox import Sandbox

    def test_a_welcome(hoiio_sandbox: Sandbox) -> None:
        Hoiio.sms.send('Welcome', '+6598765432')
        hoiio_sandbox.phone('+6598765432').expect_sms('Welcome')

From the end of the collection to the end of the run nothing else reaches the real service by
default: a thread that outlives its test, a test that clears the environment, or a server that was
started before its test calls `NOWHERE` and fails. A test that wants the real service says so by
``base_url='https://secure.hoiio.com/open/'``.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hoiio.sandbox import Sandbox
    from hoiio.sandbox.shared import Settings, SharedSandbox

# Nothing listens there. Through a proxy, https sends no token before it has seen a certificate.
NOWHERE = 'https://127.0.0.1:9/outside-of-the-sandbox/'
# How the plugin is called: by its entry point, and by whoever names the module.
NAMES = {'hoiio', __name__}
MARKER = (
    "hoiio(answer='auto', seed=None, clock=None, one_at_a_time=False, strict_parameters=True, "
    'delivered_by=None): what the sandbox of a test with the fixture hoiio_sandbox is like'
)


class _Run:
    """What is changed to keep the present run away from the real service.

    Attributes:
        exported: Whether credentials were in the environment before the first test.
        sandboxes: Those that the fixtures have started, by process. A test that runs in a forked
            child starts one of its own there.
    """

    exported = False
    sandboxes: ClassVar[dict[int, SharedSandbox]] = {}
    changes = pytest.MonkeyPatch()


def _keep_away() -> None:
    """Let calls without a base URL of their own end in `NOWHERE`, here and in new processes."""
    # A plain http URL cannot be the real service; perhaps it is a sandbox that processes share.
    if not os.environ.get('HOIIO_BASE_URL', '').startswith('http:'):
        _Run.changes.setenv('HOIIO_BASE_URL', NOWHERE)
    # What counts where a test has cleared the environment.
    _Run.changes.setattr('hoiio.client.BASE_URL', NOWHERE)


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Let ``pytest_plugins`` and ``-p`` name the plugin once more."""
    registered = pluginmanager.get_name(sys.modules[__name__])
    for name in NAMES - {registered}:
        pluginmanager.set_blocked(name)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and look whether credentials are exported, perhaps real ones."""
    config.addinivalue_line('markers', MARKER)
    _Run.exported = 'HOIIO_ACCESS_TOKEN' in os.environ


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep a run that uses the fixture away from the real service, before anything is set up."""
    names = (name for item in session.items for name in getattr(item, 'fixturenames', ()))
    if 'hoiio_sandbox_server' in names and not session.config.option.collectonly:
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


def _sandbox_of_this_process() -> SharedSandbox:
    if os.getpid() not in _Run.sandboxes:
        _Run.sandboxes[os.getpid()] = _start()
    return _Run.sandboxes[os.getpid()]


def _start() -> SharedSandbox:
    # Not at the top: a run that does not use the fixture does not pay for it.
    try:
        from hoiio.sandbox.shared import SharedSandbox  # noqa: PLC0415
    except ModuleNotFoundError as exc:
        pytest.fail(f'{exc}: pip install "hoiio[sandbox]"', pytrace=False)
    # Also where a test has asked for the fixture by `getfixturevalue`, which nobody could foresee.
    _keep_away()
    sandbox = SharedSandbox()
    sandbox.start()
    return sandbox


@pytest.fixture(scope='session')
def hoiio_sandbox_server() -> Iterator[Sandbox]:
    """The sandbox behind ``hoiio_sandbox``, for fixtures of a wider scope.

    Use it for a server that runs during the whole session:
    ``hoiio_sandbox_server.environment()`` has the address and the credentials. Each test that
    takes ``hoiio_sandbox`` resets it at its start and at its end.

    Yields:
        The running sandbox.
    """
    yield _sandbox_of_this_process()
    for sandbox in _Run.sandboxes.values():
        sandbox.stop()
    _Run.sandboxes.clear()


@pytest.fixture
def hoiio_sandbox(
    hoiio_sandbox_server: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Sandbox]:
    """A sandbox in its seed state; the environment makes every client use it.

    The server is started once for the whole run. Clients that were given credentials or a
    ``base_url`` in code keep those: ``hoiio_sandbox.client()`` is one that is set up for it. By
    default, what runs outside such a test calls an address where nothing listens. When the test
    fails, what happened in the sandbox is added to the report. ``@pytest.mark.hoiio`` changes what
    the sandbox is like.
    """
    sandbox = _sandbox_of_this_process()
    settings = _settings(request.node)
    # With the monkeypatch of the test: it undoes what the test has set as well, in the right order.
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    request.node.stash[_TRANSCRIPT] = lambda: sandbox.events
    try:
        with sandbox.lent(settings):
            yield sandbox
            events = sandbox.events
            request.node.stash[_TRANSCRIPT] = lambda: events
    except AssertionError as exc:
        pytest.fail(str(exc), pytrace=False)


def _settings(node: pytest.Item) -> Settings:
    from hoiio.sandbox.shared import Settings  # noqa: PLC0415

    options: dict[str, Any] = {}
    # The closest marker comes last: a marker of the test overrides one of its class.
    for marker in reversed(list(node.iter_markers('hoiio'))):
        if marker.args:
            pytest.fail('@pytest.mark.hoiio takes its settings by their names', pytrace=False)
        options.update(marker.kwargs)
    try:
        return Settings(**options)
    except (TypeError, ValueError) as exc:
        reason = str(exc).removeprefix('Settings.__init__() ')
        usage = MARKER.partition(':')[0]
        pytest.fail(f'@pytest.mark.hoiio: {reason}; it is {usage}', pytrace=False)


_TRANSCRIPT = pytest.StashKey[Any]()


# The older kind of wrapper, which every pytest since 7 knows.
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Add what happened in the sandbox to the report of a test that failed."""
    outcome = yield
    report = outcome.get_result()
    transcript = item.stash.get(_TRANSCRIPT, None)
    if report.failed and transcript is not None:
        _add(report, '\n'.join(transcript()))
    if report.when == 'teardown':
        # Items live until the end of the run.
        item.stash[_TRANSCRIPT] = None


def _add(report: pytest.TestReport, transcript: str) -> None:
    # JUnit XML and editors show the error, but not the sections of a report.
    add_section = getattr(report.longrepr, 'addsection', None)
    if add_section is not None:
        add_section('Hoiio sandbox', transcript)
    elif isinstance(report.longrepr, str):
        report.longrepr += f'\n- Hoiio sandbox -\n{transcript}'
    else:
        report.sections.append(('Hoiio sandbox', transcript))
