"""Fixtures for all tests. They isolate a test from the environment and from the network."""

from __future__ import annotations

import gc
import ipaddress
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest
import responses
import trustme
from hypothesis import settings

from hoiio import Hoiio, HoiioClient
from hoiio.cli.demo import small_pdf
from hoiio.sandbox import Phone, PhoneCall, Sandbox
from tests import wire
from tests.canary import TOKEN
from tests.memory import folder_in_memory

# The time of an example depends on the machine.
settings.register_profile('untimed', deadline=None)
settings.load_profile('untimed')


class Sockets(NamedTuple):
    """The functions of `socket` that reach other hosts."""

    connect: Callable[[socket.socket, Any], None]
    getaddrinfo: Callable[..., Any]


BASE_URL = 'https://secure.hoiio.com/open/'

# The tests start many processes. Without compiled files, each compiles the whole package.
sys.dont_write_bytecode = False
os.environ.pop('PYTHONDONTWRITEBYTECODE', None)

# Half the time of a test with a ledger on a disk is syncing.
if (memory := folder_in_memory()) is not None:
    os.environ.setdefault('PYTEST_DEBUG_TEMPROOT', str(memory))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are processors, because some tests wait; not in CI.

    There, coverage and the browsers keep the processors busy.
    """
    return (os.cpu_count() or 1) + (os.environ.get('CI') != 'true')


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep what is collected, and stays until the end, out of garbage collections, and do fewer."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.set_threshold(20_000, 50)
        gc.freeze()
        gc.enable()


@pytest.fixture(scope='session', autouse=True)
def _ctrl_c_reaches_children() -> None:
    """Reset SIGINT, which a shell ignores in background jobs and in their children."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope='session', autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith('HOIIO_') or name.lower().endswith(('_proxy', '_ca_bundle')):
                patch.delenv(name)
        # A command without credentials must not use a profile of the person who runs the tests.
        patch.setenv('XDG_CONFIG_HOME', str(tmp_path_factory.getbasetemp() / 'no-profiles'))
        # Messages of argparse are in English, and nothing looks for other ones.
        patch.setenv('LANGUAGE', 'C')
        # The options of this run must not apply to a run that a test starts.
        patch.delenv('PYTEST_ADDOPTS', raising=False)
        yield


@pytest.fixture(scope='session', autouse=True)
def any_host() -> Iterator[Sockets]:
    """Keep the tests on this machine; return the functions that reach any host."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        is_local = self.family == socket.AF_UNIX or ipaddress.ip_address(address[0]).is_loopback
        assert is_local, 'a test used the network'
        connect(self, address)

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        assert not host or host == 'localhost' or is_address(host), 'a test looked up a name'
        return look_up(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, 'connect', guarded_connect)
        patch.setattr(socket, 'getaddrinfo', guarded_look_up)
        yield Sockets(connect, look_up)


def is_address(host: str | bytes) -> bool:
    with suppress(ValueError):
        return bool(ipaddress.ip_address(host if isinstance(host, str) else host.decode()))
    return False


@pytest.fixture(scope='session', autouse=True)
def _patience() -> Iterator[None]:
    """Wait longer than a user for what has not come yet: the machine may be busy."""
    seconds = 60.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox.drain, '__defaults__', (seconds,))
        for method in (
            *(Sandbox.expect_delivered, Phone.expect_sms, Phone.expect_call, Phone.expect_fax),
            *(PhoneCall.press, PhoneCall.expect_said, PhoneCall.expect_talking_to),
            PhoneCall.expect_over,
        ):
            patch.setitem(method.__kwdefaults__, 'timeout', seconds)  # type: ignore[arg-type]
        yield


@pytest.fixture(autouse=True)
def _same_hoiio_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hoiio, '_settings', Hoiio._settings)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Replace the pauses between attempts; return the list of their seconds."""
    slept: list[float] = []
    monkeypatch.setattr('hoiio.transport.transport.sleep', slept.append)
    return slept


class Api:
    """A fake of Hoiio that returns given responses and records the requests."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self.mock = mock

    def answers(self, operation: str, status: str = 'success_ok', **fields: Any) -> None:
        self.mock.post(BASE_URL + operation, json={'status': status, **fields})

    @property
    def forms(self) -> list[dict[str, str]]:
        """The forms that were sent, without the credentials."""
        forms = [form_of(call.request.body) for call in self.mock.calls]
        for form in forms:
            assert (form.pop('app_id'), form.pop('access_token')) == ('APP', TOKEN)
        return forms

    @property
    def form(self) -> dict[str, str]:
        """The form of the only request."""
        (form,) = self.forms
        return form


def form_of(body: object) -> dict[str, str]:
    assert isinstance(body, bytes)
    pairs = parse_qsl(body.decode('ascii'), keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.fixture
def api() -> Iterator[Api]:
    with responses.RequestsMock() as mock:
        yield Api(mock)


@pytest.fixture
def client() -> HoiioClient:
    return HoiioClient('APP', TOKEN)


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox and a letter to fax, as the documentation assumes."""
    (tmp_path / 'letter.pdf').write_bytes(small_pdf())
    monkeypatch.chdir(tmp_path)
    with Sandbox() as sandbox:
        monkeypatch.setenv('HOIIO_BASE_URL', sandbox.url)
        yield sandbox


@pytest.fixture
def server() -> Iterator[wire.Server]:
    with wire.serving() as server:
        yield server


@pytest.fixture(scope='module')
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert('127.0.0.1').configure_cert(context)
    return context


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / 'ca.pem'
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def tls_server(
    tls: ssl.SSLContext, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[wire.Server]:
    monkeypatch.setenv('REQUESTS_CA_BUNDLE', bundle)
    with wire.serving(tls=tls) as server:
        yield server


@pytest.fixture(params=['server', 'tls_server'])
def either_server(request: pytest.FixtureRequest) -> wire.Server:
    server: wire.Server = request.getfixturevalue(request.param)
    return server
