"""Whether a request left, which adapter sends it, and whether it is repeated."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from hoiio import HoiioClient, InputInvalid, Response, TransportError
from tests import wire
from tests.canary import PHONE, TEXT
from tests.conftest import BASE_URL, Api
from tests.wire import MakeSession, Server, client_of, either_session, http


def send(client: HoiioClient) -> None:
    client.sms.send(TEXT, f'+{PHONE}')


# The check of the adapter that will send


class Counting(HTTPAdapter):
    """An adapter that repeats requests, and counts them."""

    def __init__(self) -> None:
        super().__init__(max_retries=3)
        self.calls = 0

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        self.calls += 1
        raise requests.ReadTimeout


@pytest.mark.parametrize(
    ('base_url', 'prefix'),
    [
        ('https://LocalHost/open/', 'https://localhost/'),
        ('https://hoiio.invalid/open/', 'HTTPS://hoiio.invalid'),
        ('https://hoiio.invalid/open/', 'https://Hoiio.invalid/Open/'),
        ('https://hoiio.invalid/a/../open/', 'https://hoiio.invalid/open/'),
        ('https://hoiio.invalid/a/./open/', 'https://hoiio.invalid/a/open/'),
    ],
)
def test_the_adapter_that_will_send_is_the_one_that_is_checked(base_url: str, prefix: str) -> None:
    session, adapter = requests.Session(), Counting()
    session.mount(prefix, adapter)
    with pytest.raises(InputInvalid, match='charged twice'):
        send(HoiioClient('APP', 'TOKEN', base_url=base_url, session=session))
    assert adapter.calls == 0


def test_an_adapter_that_will_not_send_is_not_checked(server: Server) -> None:
    session = requests.Session()
    session.mount('http://127.0.0.1:1/', Counting())
    send(client_of(server, lambda: session))


def test_the_check_uses_the_get_adapter_method_of_a_session() -> None:
    class Choosing(requests.Session):
        def get_adapter(self, url: str | bytes) -> Counting:
            return Counting()

    with pytest.raises(InputInvalid, match='charged twice'):
        send(HoiioClient('APP', 'TOKEN', session=Choosing()))


def test_a_request_without_an_adapter_for_its_url_never_left() -> None:
    session = requests.Session()
    session.adapters.clear()
    with pytest.raises(requests.exceptions.InvalidSchema) as caught:
        send(HoiioClient('APP', 'TOKEN', session=session))
    assert isinstance(caught.value, TransportError)
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize('count', [3, None])
def test_a_number_of_retries_set_on_an_adapter_is_checked(count: Any) -> None:
    session, adapter = requests.Session(), Counting()
    adapter.max_retries = count
    session.mount('https://', adapter)
    with pytest.raises(InputInvalid, match='charged twice'):
        send(HoiioClient('APP', 'TOKEN', session=session))
    assert adapter.calls == 0


def test_a_request_with_an_invalid_proxy_never_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('https_proxy', 'http://user:password@')
    with pytest.raises(TransportError, match='safe to send it again') as caught:
        send(HoiioClient('APP', 'TOKEN', base_url='https://hoiio.invalid/'))
    assert not caught.value.outcome_unknown


# Whether a request left


class Sending(HTTPAdapter):
    """An adapter that fails after it has sent."""

    def __init__(self, exc: Exception) -> None:
        super().__init__()
        self.exc = exc

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        super().send(*args, **kwargs)
        raise self.exc


AFTERWARDS = [OSError('text'), TimeoutError('text'), FileNotFoundError(2, 'text'), LookupError()]


@pytest.mark.parametrize('exc', AFTERWARDS, ids=repr)
def test_an_adapter_that_fails_after_sending_leaves_the_outcome_unknown(
    server: Server, exc: Exception
) -> None:
    session = requests.Session()
    session.mount('http://', Sending(exc))
    with pytest.raises(TransportError) as caught:
        send(client_of(server, lambda: session))
    assert caught.value.__cause__ is exc
    assert caught.value.outcome_unknown
    assert len(server.requests) == 1


def test_the_failure_of_a_later_request_of_an_adapter_leaves_the_outcome_unknown(
    server: Server, pauses: list[float]
) -> None:
    class Counted(HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            super().send(*args, **kwargs)
            return requests.post(wire.refused_url(), timeout=60)

    session = requests.Session()
    session.mount('http://', Counted())
    with pytest.raises(requests.ConnectionError) as caught:
        send(client_of(server, lambda: session))
    assert isinstance(caught.value, TransportError)
    assert caught.value.outcome_unknown
    assert len(server.requests) == 1
    assert pauses == []


@pytest.mark.parametrize('exc', AFTERWARDS, ids=repr)
def test_a_hook_that_fails_leaves_the_outcome_unknown(server: Server, exc: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise exc

    session = requests.Session()
    session.hooks['response'].append(fail)
    with pytest.raises(TransportError) as caught:
        send(client_of(server, lambda: session))
    assert caught.value.__cause__ is exc
    assert caught.value.outcome_unknown


def test_a_transport_error_inside_a_hook_leaves_the_outcome_unknown(server: Server) -> None:
    inner = HoiioClient('APP', 'TOKEN', base_url=wire.refused_url(), max_retries=0)

    def ask(*_: object, **__: object) -> None:
        inner.account.balance()

    session = requests.Session()
    session.hooks['response'].append(ask)
    with pytest.raises(TransportError) as caught:
        send(client_of(server, lambda: session))
    assert isinstance(caught.value.__cause__, TransportError)
    assert caught.value.outcome_unknown


def test_a_failure_while_sending_leaves_the_outcome_unknown(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError('text')

    client = client_of(server)
    monkeypatch.setattr('http.client.HTTPConnection.send', fail)
    with pytest.raises(TransportError) as caught:
        send(client)
    assert caught.value.outcome_unknown


@either_session
@pytest.mark.parametrize('variable', ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])
def test_a_missing_ca_bundle_is_noticed_before_sending(
    tls_server: Server, make_session: MakeSession, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv('REQUESTS_CA_BUNDLE')
    monkeypatch.setenv(variable, 'nowhere.pem')
    with pytest.raises(TransportError) as caught:
        send(client_of(tls_server, make_session))
    assert isinstance(caught.value.__cause__, OSError)
    assert not caught.value.outcome_unknown
    assert tls_server.connections == 0


@pytest.mark.parametrize('cert', ['nowhere.pem', ('nowhere.pem', 'nowhere.key')])
def test_a_missing_certificate_of_a_session_is_noticed_before_sending(
    tls_server: Server, cert: str | tuple[str, str]
) -> None:
    session = requests.Session()
    session.cert = cert
    with pytest.raises(TransportError) as caught:
        send(client_of(tls_server, lambda: session))
    assert not caught.value.outcome_unknown
    assert tls_server.connections == 0


# TLS connections that fail


@pytest.fixture
def outdated(tls: ssl.SSLContext) -> ssl.SSLContext:
    """Return a context with a TLS version that current clients refuse."""
    tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    tls.maximum_version = ssl.TLSVersion.TLSv1_1
    return tls


@either_session
@pytest.mark.filterwarnings('ignore:.*TLSv1_1 is deprecated:DeprecationWarning')
def test_a_request_never_leaves_if_the_tls_versions_do_not_match(
    make_session: MakeSession, request: pytest.FixtureRequest
) -> None:
    context = request.getfixturevalue('outdated')
    with wire.serving(tls=context) as server, pytest.raises(requests.exceptions.SSLError) as caught:
        send(client_of(server, make_session))
    assert isinstance(caught.value, TransportError)
    assert not caught.value.outcome_unknown
    assert server.requests == []


@either_session
def test_a_server_without_tls_receives_nothing(server: Server, make_session: MakeSession) -> None:
    with socket.create_server(('127.0.0.1', 0)) as listener:

        def greet() -> None:
            peer = listener.accept()[0]
            with peer:
                peer.sendall(b'220 mail.example ESMTP\r\n')
                peer.recv(65536)

        thread = threading.Thread(target=greet)
        thread.start()
        url = f'https://127.0.0.1:{listener.getsockname()[1]}/open/'
        client = HoiioClient('APP', 'TOKEN', base_url=url, session=make_session(), max_retries=0)
        with pytest.raises(requests.ConnectionError) as caught:
            send(client)
        thread.join()
    assert isinstance(caught.value, TransportError)
    assert not caught.value.outcome_unknown


@pytest.mark.slow
@either_session
def test_a_request_never_leaves_without_a_handshake(
    make_session: MakeSession, pauses: list[float]
) -> None:
    with socket.create_server(('127.0.0.1', 0)) as listener:
        url = f'https://127.0.0.1:{listener.getsockname()[1]}/open/'
        client = HoiioClient('APP', 'TOKEN', base_url=url, session=make_session(), timeout=0.1)
        with pytest.raises(requests.Timeout) as caught:
            send(client)
    assert isinstance(caught.value, TransportError)
    assert not caught.value.outcome_unknown
    assert len(pauses) == 2


# Which requests are repeated


@either_session
def test_a_wrong_password_is_sent_to_a_proxy_only_once(
    make_session: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = b'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n'
    with wire.serving(wire.answer_and_close(refusal)) as proxy:
        monkeypatch.setenv('HTTPS_PROXY', f'http://me:wrong@127.0.0.1:{proxy.port}')
        client = HoiioClient('APP', 'TOKEN', session=make_session())
        for call in (client.account.balance, lambda: send(client)):
            with pytest.raises(requests.exceptions.ProxyError) as caught:
                call()
            assert isinstance(caught.value, TransportError)
            assert not caught.value.outcome_unknown
    assert len(proxy.requests) == 2


def later(seconds: float) -> str:
    return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize('code', [429, 500, 503])
@pytest.mark.parametrize(
    ('wanted', 'least', 'most'), [('7', 7, 7), ('30', 30, 30), ('', 1, 20)], ids=['7', '30', 'date']
)
def test_a_query_waits_as_long_as_retry_after_says(
    client: HoiioClient,
    api: Api,
    pauses: list[float],
    code: int,
    wanted: str,
    least: int,
    most: int,
) -> None:
    url, body = f'{BASE_URL}user/get_balance', {'status': 'error_rate_limit_exceeded'}
    # Compute the date here. A date from the parameters would be in the past when this test runs.
    api.mock.post(url, json=body, status=code, headers={'Retry-After': wanted or later(20)})
    api.answers('user/get_balance')
    assert client.account.balance().is_success()
    (pause,) = pauses
    assert least <= pause <= most


@pytest.mark.parametrize('wanted', ['31', '9' * 100, later(3600)], ids=['31', '9…', 'date'])
def test_a_query_does_not_wait_longer_than_half_a_minute(
    client: HoiioClient, api: Api, pauses: list[float], wanted: str
) -> None:
    url, body = f'{BASE_URL}user/get_balance', {'status': 'error_internal_server_error'}
    answer = api.mock.post(url, json=body, status=503, headers={'Retry-After': wanted})
    assert not client.account.balance().is_success()
    assert answer.call_count == 1
    assert pauses == []


@pytest.mark.parametrize('wanted', ['soon', '-1', '', '9' * 5000, later(-60)], ids=range(5))
def test_an_invalid_retry_after_is_ignored(
    client: HoiioClient, api: Api, pauses: list[float], wanted: str
) -> None:
    url = f'{BASE_URL}user/get_balance'
    api.mock.post(url, body='<html>', status=503, headers={'Retry-After': wanted})
    api.answers('user/get_balance')
    assert client.account.balance().is_success()
    assert 0 < pauses[0] < 0.5


def test_a_query_does_not_wait_past_the_limit_of_the_call(
    client: HoiioClient, api: Api, pauses: list[float]
) -> None:
    url, body = f'{BASE_URL}user/get_balance', {'status': 'error_rate_limit_exceeded'}
    api.mock.post(url, json=body, status=429, headers={'Retry-After': '20'})
    assert not client.account.balance(timeout=(5, 5, 10)).is_success()
    assert pauses == []


def test_a_send_does_not_wait_for_retry_after(
    client: HoiioClient, api: Api, pauses: list[float]
) -> None:
    url, body = f'{BASE_URL}sms/send', {'status': 'error_rate_limit_exceeded'}
    answer = api.mock.post(url, json=body, status=429, headers={'Retry-After': '1'})
    send(client)
    assert answer.call_count == 1
    assert pauses == []


@pytest.mark.slow
def test_a_thousand_retries_do_not_overflow(pauses: list[float]) -> None:
    client = HoiioClient('APP', 'TOKEN', base_url=wire.refused_url(), max_retries=1100)
    with pytest.raises(TransportError):
        client.account.balance()
    assert len(pauses) == 1100
    assert max(pauses) <= 12


# Signal handlers of the program


class Alarm(Exception):
    """An exception that a program raises in a signal handler."""


@contextmanager
def on_alarm(handler: Any) -> Iterator[None]:
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)


def alarming(server: Server) -> wire.Behaviour:
    """Send the program a signal when the request has arrived, and do not respond."""

    def behave(peer: socket.socket, request: bytes) -> bool:
        os.kill(os.getpid(), signal.SIGUSR1)
        return server.silent(peer, request)

    return behave


def chain_of(exc: BaseException | None) -> list[BaseException]:
    """List an exception and its causes, as error trackers show them."""
    chain: list[BaseException] = []
    while exc is not None and len(chain) < 100:
        chain.append(exc)
        exc = exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)
    return chain


@either_session
@pytest.mark.parametrize('exc', [TimeoutError('mine'), OSError('mine'), Alarm('mine')], ids=repr)
def test_the_exception_of_a_signal_handler_is_not_changed_and_the_send_is_not_repeated(
    either_server: Server, make_session: MakeSession, pauses: list[float], exc: Exception
) -> None:
    def handler(*_: object) -> None:
        raise exc

    either_server.behaviours = (alarming(either_server),)
    client = client_of(either_server, make_session)
    with on_alarm(handler):
        for call in (client.account.balance, lambda: send(client)):
            with pytest.raises(type(exc)) as caught:
                call()
            assert caught.value is exc
            assert chain_of(exc) == [exc]
    assert len(either_server.requests) == 2
    assert pauses == []


class Ringing:
    def __call__(self, *_: object) -> None:
        raise TimeoutError('mine')

    def ring(self, _name: str, *_: object) -> None:
        raise TimeoutError('mine')


@pytest.mark.parametrize(
    'handler', [Ringing(), partial(Ringing().ring, 'a')], ids=['object', 'partial']
)
def test_a_signal_handler_can_be_any_callable(server: Server, handler: Any) -> None:
    server.behaviours = (alarming(server),)
    with on_alarm(handler), pytest.raises(TimeoutError, match=r'^mine$'):
        client_of(server).account.balance()
    assert len(server.requests) == 1


def test_the_exception_of_a_signal_handler_is_not_changed_while_a_result_is_created(
    server: Server,
) -> None:
    class Slow(Response):
        def __init__(self, *args: Any) -> None:
            os.kill(os.getpid(), signal.SIGUSR1)
            super().__init__(*args)

    def handler(*_: object) -> None:
        raise Alarm

    with on_alarm(handler), pytest.raises(Alarm):
        client_of(server).request('sms/send', Slow, {})


def test_an_older_exception_of_a_handler_is_not_taken_for_a_new_one(server: Server) -> None:
    def handler(*_: object) -> None:
        raise Alarm

    server.behaviours = (wire.drop,)
    with on_alarm(handler):
        try:
            os.kill(os.getpid(), signal.SIGUSR1)
        except Alarm:
            with pytest.raises(TransportError):
                send(client_of(server))


# The limits and the locks of the pool


def test_connections_to_old_hosts_are_closed(tmp_path: Path) -> None:
    client = HoiioClient('APP', 'TOKEN')
    servers = [Server() for _ in range(12)]
    try:
        for server in servers:
            server.start()
            client.init(base_url=server.url)
            client.account.balance()
        for server in servers[:2]:
            server.wait_until_closed()
        client.init(base_url=servers[-1].url)
        client.account.balance()
        assert servers[-1].connections == 1
    finally:
        for server in servers:
            server.stop()


def test_a_lock_that_stays_locked_does_not_block_a_call(server: Server) -> None:
    client = client_of(server)
    client.account.balance()
    (adapter,) = client._settings.transport._http.adapters()
    assert isinstance(adapter, HTTPAdapter)
    pool = adapter.poolmanager.connection_from_url(server.url)
    assert pool.pool is not None
    with pool.pool.mutex:
        client.account.balance()
    assert server.connections == 1


def test_more_threads_than_connections_in_the_pool_can_send(server: Server) -> None:
    barrier = threading.Barrier(40)

    def together(peer: socket.socket, _request: bytes) -> bool:
        barrier.wait(60)
        peer.sendall(http(wire.OK))
        return True

    server.behaviours = (together,)
    client = client_of(server)
    threads = [threading.Thread(target=send, args=[client]) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.requests) == 40
