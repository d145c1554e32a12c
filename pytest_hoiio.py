"""The pytest fixture ``hoiio_sandbox``, which comes with ``pip install "hoiio[sandbox]"``.

A test that uses it has the Hoiio service to itself::

    from hoiio import Hoiio
    from hoiio.sandbox import Sandbox

    def test_a_welcome(hoiio_sandbox: Sandbox) -> None:
        Hoiio.sms.send('Welcome', '+6598765432')
        hoiio_sandbox.phone('+6598765432').expect_sms('Welcome')

From the end of collection until the end of the run, no other call reaches the real service by
default. A thread that outlives its test, a test that clears the environment, or a server that
starts before its test calls `NOWHERE` and fails. A test that needs the real service passes
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

# Nothing listens there. Even through a proxy, https sends no token without a valid certificate.
NOWHERE = 'https://127.0.0.1:9/outside-of-the-sandbox/'
# The names of the plugin: that of its entry point and that of its module.
NAMES = {'hoiio', __name__}
MARKER = (
    "hoiio(answer='auto', seed=None, clock=None, one_at_a_time=False, strict_parameters=True, "
    'delivered_by=None): configure the sandbox of a test that uses the fixture hoiio_sandbox'
)


class _Run:
    """The state of the plugin in this run.

    Attributes:
        exported: True if credentials were in the environment before the first test.
        sandboxes: The sandboxes that the fixtures started, by process ID. A test that runs in a
            forked child starts its own there.
        changes: The changes that keep the run away from the real service.
    """

    exported = False
    sandboxes: ClassVar[dict[int, SharedSandbox]] = {}
    changes = pytest.MonkeyPatch()


def _keep_away() -> None:
    """Send calls without an explicit base URL to `NOWHERE`, here and in new processes."""
    # A plain http URL is not the real service. It may be a sandbox that several processes share.
    if not os.environ.get('HOIIO_BASE_URL', '').startswith('http:'):
        _Run.changes.setenv('HOIIO_BASE_URL', NOWHERE)
    # This is the default if a test clears the environment.
    _Run.changes.setattr('hoiio.client.BASE_URL', NOWHERE)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the option, and allow ``pytest_plugins`` and ``-p`` to name the plugin again."""
    parser.getgroup('hoiio').addoption(
        '--hoiio-hold',
        action='store_true',
        help='keep the sandbox of a failed test open until you press Enter, and print the address'
        ' of its page',
    )
    registered = pluginmanager.get_name(sys.modules[__name__])
    for name in NAMES - {registered}:
        pluginmanager.set_blocked(name)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and remember whether credentials, perhaps real ones, are exported."""
    config.addinivalue_line('markers', MARKER)
    if config.option.hoiio_hold and _is_distributed(config):
        raise pytest.UsageError('--hoiio-hold waits for you, so it needs one process: add -n 0')
    _Run.exported = 'HOIIO_ACCESS_TOKEN' in os.environ


def _is_distributed(config: pytest.Config) -> bool:
    # These are options of pytest-xdist.
    return bool(config.getoption('numprocesses', None) or config.getoption('tx', None))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep a run that uses the fixture away from the real service, before the first setup."""
    names = (name for item in session.items for name in getattr(item, 'fixturenames', ()))
    if 'hoiio_sandbox_server' in names and not session.config.option.collectonly:
        _keep_away()


def sandbox_starts() -> None:
    """Do the same when your own fixture starts a sandbox and credentials are exported.

    `Sandbox` calls this. Without exported credentials nothing changes, so tests that fake the
    responses of the real service still work.
    """
    if _Run.exported:
        _keep_away()


def pytest_unconfigure() -> None:
    """Undo the changes, unless another thread is still running and could call the real service."""
    _Run.exported = False
    if threading.active_count() == 1:
        _Run.changes.undo()


def _sandbox_of_this_process() -> SharedSandbox:
    if os.getpid() not in _Run.sandboxes:
        _Run.sandboxes[os.getpid()] = _start()
    return _Run.sandboxes[os.getpid()]


def _start() -> SharedSandbox:
    # Collection does not see a test that requests the fixture with `getfixturevalue`.
    _keep_away()
    # Imported here, so that a run that does not use the fixture does not pay for it.
    from hoiio.sandbox.shared import SharedSandbox  # noqa: PLC0415

    sandbox = SharedSandbox()
    try:
        sandbox.start()
    except ModuleNotFoundError as exc:
        pytest.fail(str(exc), pytrace=False)
    return sandbox


@pytest.fixture(scope='session')
def hoiio_sandbox_server() -> Iterator[Sandbox]:
    """The sandbox behind ``hoiio_sandbox``, for fixtures with a wider scope.

    Use it for a server that runs during the whole session:
    ``hoiio_sandbox_server.environment()`` has the address and the credentials. Each test that
    uses ``hoiio_sandbox`` resets it before and after the test.

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
    """A sandbox in its initial state. The environment makes every client use it.

    The server starts once for the whole run. Clients that get credentials or a ``base_url`` in
    code keep them; ``hoiio_sandbox.client()`` returns a client for the sandbox. Code that runs
    outside such a test calls an address where nothing listens, by default. If the test fails, the
    report shows what happened in the sandbox. Configure the sandbox with ``@pytest.mark.hoiio``.
    """
    sandbox = _sandbox_of_this_process()
    settings = _settings(request.node)
    # The monkeypatch of the test also undoes what the test sets, in the right order.
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    request.node.stash[_TRANSCRIPT] = lambda: sandbox.events
    try:
        with sandbox.lent(settings):
            request.node.stash[_OPEN] = sandbox
            yield sandbox
            del request.node.stash[_OPEN]
            events = sandbox.events
            request.node.stash[_TRANSCRIPT] = lambda: events
    except AssertionError as exc:
        pytest.fail(str(exc), pytrace=False)


def _settings(node: pytest.Item) -> Settings:
    from hoiio.sandbox.shared import Settings  # noqa: PLC0415

    options: dict[str, Any] = {}
    # The closest marker comes last, so a marker of the test overrides one of its class.
    for marker in reversed(list(node.iter_markers('hoiio'))):
        if marker.args:
            pytest.fail('@pytest.mark.hoiio takes keyword arguments only', pytrace=False)
        options.update(marker.kwargs)
    try:
        return Settings(**options)
    except (TypeError, ValueError) as exc:
        reason = str(exc).removeprefix('Settings.__init__() ')
        usage = MARKER.partition(':')[0]
        pytest.fail(f'@pytest.mark.hoiio: {reason}; use {usage}', pytrace=False)


_TRANSCRIPT = pytest.StashKey[Any]()
# The sandbox of a test, until the test and the fixtures that use the sandbox have ended.
_OPEN: pytest.StashKey[Sandbox] = pytest.StashKey()


# The older kind of wrapper works with every version of pytest since 7.
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Add what happened in the sandbox to the report of a test that failed."""
    outcome = yield
    report = outcome.get_result()
    transcript = item.stash.get(_TRANSCRIPT, None)
    if report.failed and transcript is not None:
        _add(report, '\n'.join(transcript()))
    if report.failed and item.config.option.hoiio_hold and _OPEN in item.stash:
        _hold(item, report, item.stash[_OPEN])
    if report.when == 'teardown':
        # pytest keeps the items until the end of the run.
        item.stash[_TRANSCRIPT] = None


def _hold(item: pytest.Item, report: pytest.TestReport, sandbox: Sandbox) -> None:
    """Show the error, and wait for Enter while the sandbox and the fixtures are still there."""
    writer = item.config.get_terminal_writer()
    capture = item.config.pluginmanager.getplugin('capturemanager')
    if capture is not None:
        capture.suspend_global_capture(in_=True)
    try:
        page = sandbox.url.removesuffix('/open/') + '/_sandbox/'
        writer.line()
        writer.line(report.longreprtext)
        writer.line(f'{item.nodeid} failed. Its sandbox is still open: {page}')
        writer.line('Press Enter to go on with the next test, or Ctrl-C to end the run.')
        writer.flush()
        # The end of the input also ends the wait, so that a run without a terminal does not hang.
        sys.stdin.readline()
    except KeyboardInterrupt:
        # The run ends after this test, with its failure in the summary.
        item.session.shouldstop = 'you pressed Ctrl-C'
    finally:
        if capture is not None:
            capture.resume_global_capture()


def _add(report: pytest.TestReport, transcript: str) -> None:
    # JUnit XML and editors show the error, but not other sections of the report.
    add_section = getattr(report.longrepr, 'addsection', None)
    if add_section is not None:
        add_section('Hoiio sandbox', transcript)
    elif isinstance(report.longrepr, str):
        report.longrepr += f'\n- Hoiio sandbox -\n{transcript}'
    else:
        report.sections.append(('Hoiio sandbox', transcript))
