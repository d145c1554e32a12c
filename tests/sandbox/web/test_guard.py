"""The sandbox refuses pages of other sites, and other machines that are not allowed."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
from werkzeug.test import Client

from hoiio import HoiioClient, ResponseUnreadable
from hoiio.sandbox import ACCESS_TOKEN, APP_ID, Sandbox
from hoiio.sandbox.emulator import Emulator
from hoiio.sandbox.state.files import File
from hoiio.sandbox.web.guard import host_names
from hoiio.sandbox.web.server import App

if TYPE_CHECKING:
    from collections.abc import Iterator

CREDENTIALS = {'app_id': APP_ID, 'access_token': ACCESS_TOKEN}
SEND = '/open/sms/send?' + urlencode({**CREDENTIALS, 'dest': '+6598765432', 'msg': 'x'})
PATHS = (
    SEND, '/open/nowhere', '/open/../open/user/get_info', '/OPEN/sms/send', '//open/sms/send',
    '/', '/favicon.ico', '/_sandbox/state', '/%5Fsandbox/state', '/_sandbox/files/AA-F-1/a.pdf',
)  # fmt: skip
BOX = '192.168.1.5'


@pytest.fixture(scope='module')
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def ask(
    sandbox: Sandbox, path: str, verb: str = 'GET', **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    named = {name.replace('_', '-'): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=30)) as asked:
        asked.request(verb, path, headers=named)
        answer = asked.getresponse()
        return answer.status, answer.headers, answer.read()


@pytest.mark.parametrize(
    'headers',
    [
        {'Host': 'evil.example'},
        {'Host': 'evil.example:80'},
        {'Host': '127.0.0.1.evil.example'},
        {'Host': 'evil.example@127.0.0.1'},
        {'Host': 'localhost.'},
        {'Host': '0.0.0.0'},  # noqa: S104
        {'Host': '[::ffff:93.184.216.34]'},
        {'Host': ''},
        {'Origin': 'http://evil.example'},
        {'Origin': 'http://localhost.evil.example'},
        {'Origin': 'http://evil.example@localhost'},
        {'Origin': 'chrome-extension://localhost'},
        {'Origin': 'null'},
        {'Origin': ''},
        {'Sec-Fetch-Site': 'cross-site'},
        {'Sec-Fetch-Site': 'same-site', 'Origin': 'http://localhost:3000'},
        {'Sec-Fetch-Site': ''},
    ],
    ids=str,
)
def test_pages_of_other_sites_are_refused(sandbox: Sandbox, headers: dict[str, str]) -> None:
    for path, verb in product(PATHS, ('GET', 'POST')):
        code, _headers, _body = ask(sandbox, path, verb, **headers)
        assert code == 403, path
    assert sandbox.phone('+6598765432').inbox == []


def test_a_foreign_name_in_the_request_line_is_refused_too(sandbox: Sandbox) -> None:
    assert ask(sandbox, f'http://evil.example{SEND}', Host='127.0.0.1')[0] == 403
    assert ask(sandbox, f'http://localhost{SEND}', Host='127.0.0.1')[0] == 200


@pytest.mark.parametrize(
    'headers',
    [
        {},
        {'Host': 'localhost'},
        {'Host': 'App.Localhost:1'},
        {'Host': '127.1.2.3'},
        {'Host': '[::1]:8420'},
        {'Host': '[::ffff:127.0.0.1]'},
        {'Origin': 'http://localhost:3000'},
        {'Sec-Fetch-Site': 'same-origin', 'Origin': 'http://127.0.0.1:8420'},
        {'Sec-Fetch-Site': 'none'},
    ],
    ids=str,
)
def test_programs_and_own_pages_are_accepted(sandbox: Sandbox, headers: dict[str, str]) -> None:
    assert ask(sandbox, SEND, **headers)[0] == 200
    assert ask(sandbox, '/_sandbox/state', **headers)[0] == 200


# Other machines


class Network:
    """A sandbox that listens on every address, as another machine sees it."""

    def __init__(self, *allowed_hosts: str) -> None:
        self.client = Client(App(Emulator(origin='http://127.0.0.1:1'), host_names(allowed_hosts)))

    def code(self, path: str, *, peer: str, host: str, **headers: str) -> int:
        addresses = {'REMOTE_ADDR': peer, 'SERVER_NAME': BOX}
        named: Any = {'Host': host, **headers}
        return self.client.get(path, environ_overrides=addresses, headers=named).status_code


def test_the_control_api_accepts_only_this_machine() -> None:
    network = Network('sandbox')
    for peer in ('127.0.0.1', '::1', '::ffff:127.0.0.1', BOX):
        assert network.code('/_sandbox/health', peer=peer, host='127.0.0.1') == 200
        assert network.code('/_sandbox/health', peer=peer, host=BOX) == 200
    for peer in ('192.168.1.6', '93.184.216.34', 'fe80::1%eth0', ''):
        for path in ('/_sandbox/health', '/_sandbox/state', '/_sandbox/nowhere'):
            assert network.code(path, peer=peer, host=BOX) == 403
            assert network.code(path, peer=peer, host='127.0.0.1') == 403


def test_other_machines_use_the_address_and_the_allowed_names() -> None:
    network = Network('Sandbox', 'box.lan')
    for host in (BOX, f'{BOX}:8420', 'sandbox', 'SANDBOX:8420', 'box.lan'):
        assert network.code(SEND, peer='192.168.1.6', host=host) == 200
        # The file does not exist, but the request passed the guard.
        assert network.code('/_sandbox/files/x.pdf', peer='192.168.1.6', host=host) == 404
    assert network.code(SEND, peer='192.168.1.6', host='sandbox2') == 403
    assert network.code(SEND, peer='192.168.1.6', host='sandbox', Origin='http://sandbox') == 200
    assert network.code(SEND, peer='192.168.1.6', host='sandbox', Origin='http://evil') == 403


def test_the_control_api_does_not_accept_allowed_names() -> None:
    network = Network('sandbox')
    for path in ('/_sandbox/state', '/_sandbox/health'):
        assert network.code(path, peer='127.0.0.1', host='sandbox') == 403
        assert network.code(path, peer='127.0.0.1', host=BOX, Origin='http://sandbox') == 403


@pytest.mark.parametrize('name', ['', '*', 'http://sandbox', 'sandbox:8420', 'a b', 'a\n'])
def test_an_allowed_host_is_a_name(name: str) -> None:
    with pytest.raises(ValueError, match='without a port'):
        Sandbox(allowed_hosts=['sandbox', name])


def test_an_empty_host_does_not_open_the_sandbox_to_other_machines() -> None:
    with pytest.raises(ValueError, match=r'host must not be empty: use 127\.0\.0\.1'):
        Sandbox(host='')


def test_a_string_is_not_a_list_of_allowed_hosts() -> None:
    with pytest.raises(TypeError, match=r"write \['sandbox'\]"):
        Sandbox(allowed_hosts='sandbox')


def test_an_allowed_host_over_http() -> None:
    with Sandbox(host='0.0.0.0', allowed_hosts=['sandbox']) as sandbox:  # noqa: S104
        assert sandbox.client().account.balance().is_success()
        assert ask(sandbox, SEND, Host='sandbox')[0] == 200
        assert ask(sandbox, SEND, Host='evil.example')[0] == 403
        assert ask(sandbox, '/_sandbox/state', Host='sandbox')[0] == 403


@pytest.fixture
def service_name(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name that resolves to this machine, such as the service name of a container."""
    look_up = socket.getaddrinfo

    def with_service_names(host: Any, *args: Any, **options: Any) -> Any:
        return look_up('127.0.0.1' if host == 'sandbox' else host, *args, **options)

    monkeypatch.setattr(socket, 'getaddrinfo', with_service_names)
    monkeypatch.setenv('HOIIO_ALLOW_HTTP', 'sandbox')
    return 'sandbox'


def client_of(sandbox: Sandbox, name: str) -> HoiioClient:
    port = urlsplit(sandbox.url).port
    return HoiioClient(APP_ID, ACCESS_TOKEN, base_url=f'http://{name}:{port}/open/')


def test_the_sdk_in_another_container_uses_an_allowed_name(service_name: str) -> None:
    with Sandbox(allowed_hosts=[service_name]) as sandbox, client_of(sandbox, service_name) as sdk:
        assert sdk.account.balance().is_success()


def test_a_name_that_is_not_allowed_is_forbidden(service_name: str) -> None:
    with Sandbox() as sandbox, client_of(sandbox, service_name) as sdk:
        with pytest.raises(ResponseUnreadable) as caught:
            sdk.account.balance()
        assert caught.value.response is not None
        assert caught.value.response.status_code == 403


# Content types in a browser


@pytest.mark.parametrize('path', [*PATHS, '/open/' + 'x' * 400, '/_sandbox/clock/advance'])
def test_browsers_do_not_guess_the_content_type(sandbox: Sandbox, path: str) -> None:
    for host in ('127.0.0.1', 'evil.example', 'a,b', ''):
        _code, headers, _body = ask(sandbox, path, Host=host)
        assert headers['X-Content-Type-Options'] == 'nosniff'
        assert 'html' not in headers['Content-Type']


@pytest.mark.parametrize(
    ('mimetype', 'served', 'disposition'),
    [
        ('application/pdf', 'application/pdf', 'inline'),
        ('audio/mpeg', 'audio/mpeg', 'inline'),
        ('text/html', 'application/octet-stream', 'attachment'),
        ('TEXT/HTML; x', 'application/octet-stream', 'attachment'),
        ('image/svg+xml', 'application/octet-stream', 'attachment'),
        ('application/pdf\r\nX-Evil: 1', 'application/octet-stream', 'attachment'),
    ],
)
def test_a_file_is_not_served_as_a_page(
    sandbox: Sandbox, mimetype: str, served: str, disposition: str
) -> None:
    url = sandbox._emulator.world.files.add('page', File(b'<script>', mimetype))
    code, headers, body = ask(sandbox, urlsplit(url).path)
    assert (code, body) == (200, b'<script>')
    assert (headers['Content-Type'], headers['Content-Disposition']) == (served, disposition)
    assert headers['X-Content-Type-Options'] == 'nosniff'
    assert 'X-Evil' not in headers
