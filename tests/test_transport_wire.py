"""The transport on real sockets of 127.0.0.1."""

from __future__ import annotations

import gc
import os
import pickle
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import requests

from hoiio import (
    ApiError,
    FieldUnreadable,
    HoiioClient,
    HoiioException,
    Response,
    ResponseUnreadable,
    TransportError,
)
from hoiio.cli.demo import ALICE, BOB, OFFICE, small_pdf
from hoiio.client import _after_fork as after_fork
from hoiio.sandbox import Sandbox
from hoiio.sandbox.words import FaultKind
from tests import wire
from tests.canary import PHONE, TEXT, leaks_in
from tests.service.calls import CALLS, READS, invoke
from tests.wire import Behaviour, Server, http, serving

Make = Callable[[Server], Behaviour]

TRUNCATED = b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"status": "success'
CHUNK_CUT = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{"status": "success'
BAD_GZIP = http(b'\x1f\x8bnonsense', headers='Content-Encoding: gzip\r\n')
ENDLESS_HEADER = b'HTTP/1.1 200 OK\r\nX: ' + b'x' * 100_000 + b'\r\n\r\n'
DEEP = b'[' * 100_000
LATER = 'Content-Type: text/html\r\nRetry-After: 1\r\n'

# What happens after the server has received the whole request.
BROKEN: dict[str, Make] = {
    'dropped': lambda server: wire.drop,
    'reset': lambda server: wire.reset,
    'truncated body': lambda server: wire.answer_and_close(TRUNCATED),
    'truncated chunk': lambda server: wire.answer_and_close(CHUNK_CUT),
    'garbage instead of HTTP': lambda server: wire.answer_and_close(b'\x00\xff garbage\r\n\r\n'),
    'a header without end': lambda server: wire.answer_and_close(ENDLESS_HEADER),
    'body that is not gzip': lambda server: wire.answer(BAD_GZIP),
}
# A client waits for this one until its timeout, which a busy machine needs for an answer.
SILENCE = 3.0
BROKEN_OR_SILENT: dict[str, Make] = {**BROKEN, 'silent': lambda server: server.silent}
UNREADABLE: dict[str, bytes] = {
    'empty': http(b''),
    'array': http(b'[]'),
    'null': http(b'null'),
    'object without status': http(b'{"txn_ref": "AA-S-1"}'),
    'status that is not a word': http(b'{"status": 200}'),
    'not UTF-8': http(b'{"status": "\xff"}'),
    'absurd number': http(b'{"status": ' + b'9' * 10_000 + b'}'),
    'deep nesting': http(DEEP),
    'deep nesting beside a status': http(b'{"status": "success_ok", "entries": ' + DEEP),
    'HTML with 200': http(b'<html>Welcome to the hotel</html>', headers=LATER),
    **{
        f'HTML with {code}': http(b'<html>Later</html>', code, LATER)
        for code in (429, 500, 502, 503)
    },
    **{
        f'redirect {code}': http(b'', code, 'Location: /open/elsewhere\r\n')
        for code in (301, 302, 303, 307, 308)
    },
}
# A status, an HTTP code, and whether they leave the outcome unknown.
REFUSALS: dict[str, tuple[int, str, bool]] = {
    '429': (429, 'error_rate_limit_exceeded', False),
    '500': (500, 'error_internal_server_error', True),
    '503': (503, 'error_internal_server_error', True),
    '503 of a word that refuses': (503, 'error_rate_limit_exceeded', True),
    'an internal error with 200': (200, 'error_internal_server_error', True),
    'insufficient credit': (200, 'error_insufficient_credit', False),
}
# Each method that changes something, and an operation that the SDK does not know.
CHANGES: dict[str, Callable[[HoiioClient], Response]] = {
    **{name: partial(invoke, name=name) for name in CALLS if name not in READS},
    'an operation of tomorrow': lambda client: client.request(
        'sms/forward', Response, {'dest': f'+{PHONE}', 'msg': TEXT}
    ),
}

each_change = pytest.mark.parametrize('change', CHANGES.values(), ids=CHANGES)


def client_of(server: Server, timeout: float | tuple[float, float] = 60.0) -> HoiioClient:
    return HoiioClient('APP', 'SECRET-TOKEN', base_url=server.url, timeout=timeout)


def meet(server: Server, name: str) -> HoiioClient:
    """Make the server fail in this way, and return a client that does not wait long for silence."""
    server.behaviours = (BROKEN_OR_SILENT[name](server),)
    return client_of(server, timeout=(60.0, SILENCE) if name == 'silent' else 60.0)


def assert_safe_to_pass_on(error: HoiioException) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert again.outcome_unknown is error.outcome_unknown
    assert leaks_in(error) == []


def assert_sent_once(
    server: Server, pauses: list[float], name: str, change: Callable[[HoiioClient], Response]
) -> None:
    client = meet(server, name)
    with pytest.raises(TransportError) as caught:
        change(client)
    # A client can give up before the server has read the request.
    server.wait_for_requests(1)
    assert len(server.requests) == 1
    assert caught.value.outcome_unknown
    assert isinstance(caught.value, requests.RequestException)
    assert isinstance(caught.value.__cause__, requests.RequestException)
    assert 'unknown' in str(caught.value)
    assert 'Hoiio.' in str(caught.value)
    assert_safe_to_pass_on(caught.value)
    assert pauses == []


@each_change
@pytest.mark.parametrize('name', BROKEN)
def test_an_operation_that_costs_money_is_sent_once(
    server: Server, pauses: list[float], name: str, change: Callable[[HoiioClient], Response]
) -> None:
    assert_sent_once(server, pauses, name, change)


@pytest.mark.slow
def test_a_send_without_a_response_is_sent_once(server: Server, pauses: list[float]) -> None:
    assert_sent_once(server, pauses, 'silent', CHANGES['sms.send'])


@each_change
def test_an_answer_that_is_not_json_leaves_the_outcome_unknown(
    server: Server, change: Callable[[HoiioClient], Response]
) -> None:
    server.behaviours = (wire.answer(UNREADABLE['HTML with 200']),)
    with pytest.raises(ResponseUnreadable) as caught:
        change(client_of(server))
    assert len(server.requests) == 1
    assert caught.value.outcome_unknown


@pytest.mark.parametrize('raw', UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_answer_leaves_the_outcome_unknown(
    server: Server, pauses: list[float], raw: bytes
) -> None:
    server.behaviours = (wire.answer(raw),)
    with pytest.raises(ResponseUnreadable) as caught:
        client_of(server).sms.send(TEXT, f'+{PHONE}')
    assert len(server.requests) == 1
    assert caught.value.outcome_unknown
    assert caught.value.response.content == raw.partition(b'\r\n\r\n')[2]
    assert_safe_to_pass_on(caught.value)
    assert pauses == []


@pytest.mark.parametrize(('code', 'status', 'unknown'), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_whether_the_outcome_is_unknown(
    server: Server,
    pauses: list[float],
    code: int,
    status: str,
    unknown: bool,
) -> None:
    server.behaviours = (wire.answer(http({'status': status}, code, LATER)),)
    with pytest.raises(ApiError) as caught:
        client_of(server).sms.send(TEXT, f'+{PHONE}').raise_for_status()
    assert len(server.requests) == 1
    assert caught.value.status == status
    assert caught.value.outcome_unknown is unknown
    assert_safe_to_pass_on(caught.value)
    assert pauses == []


@pytest.mark.parametrize('name', [*BROKEN, pytest.param('silent', marks=pytest.mark.slow)])
def test_an_operation_that_costs_money_is_sent_once_over_tls(tls_server: Server, name: str) -> None:
    client = meet(tls_server, name)
    with pytest.raises(TransportError) as caught:
        client.sms.send(TEXT, f'+{PHONE}')
    tls_server.wait_for_requests(1)
    assert len(tls_server.requests) == 1
    assert caught.value.outcome_unknown
    assert_safe_to_pass_on(caught.value)


@pytest.mark.parametrize(
    'number',
    [
        '1e999',
        '-1e999',
        'NaN',
        'Infinity',
        '1' * 4000,
        '1' * 5000,
        '"' + '1' * 5000 + '"',
    ],
    ids=lambda number: f'{number:.9}-{len(number)}',
)
def test_a_huge_number_makes_only_its_own_field_unreadable(server: Server, number: str) -> None:
    body = f'{{"status": "success_ok", "txn_ref": "AA-S-1", "debit": {number}}}'
    server.behaviours = (wire.answer(http(body.encode())),)
    client = client_of(server)
    assert client.sms.send(TEXT, f'+{PHONE}').raise_for_status().txn_ref == 'AA-S-1'
    report = client.sms.status('AA-S-1')
    assert report.txn_ref == 'AA-S-1'
    with pytest.raises(FieldUnreadable, match="'debit'") as caught:
        report.debit  # noqa: B018 - reads it
    assert_safe_to_pass_on(caught.value)


@pytest.mark.parametrize('number', ['NaN', '1e999'])
def test_a_number_is_not_a_valid_status(server: Server, number: str) -> None:
    server.behaviours = (wire.answer(http(f'{{"status": {number}}}'.encode())),)
    with pytest.raises(ResponseUnreadable) as caught:
        client_of(server).sms.send(TEXT, f'+{PHONE}')
    assert caught.value.outcome_unknown


@pytest.mark.parametrize(
    'name', ['dropped', 'reset', pytest.param('silent', marks=pytest.mark.slow), 'truncated body']
)
def test_a_query_is_repeated_after_a_failure(
    server: Server, pauses: list[float], name: str
) -> None:
    client = meet(server, name)
    server.behaviours = (*server.behaviours, wire.answer())
    assert client.sms.status('AA-S-1').txn_ref == 'AA-S-1'
    assert len(server.requests) == 2
    assert len(pauses) == 1


@pytest.mark.parametrize('name', sorted(READS))
def test_each_query_is_repeated_after_a_dropped_connection(server: Server, name: str) -> None:
    server.behaviours = (wire.drop, wire.answer())
    assert invoke(client_of(server), name).is_success()
    assert len(server.requests) == 2


def test_a_query_gives_up_after_max_retries(server: Server, pauses: list[float]) -> None:
    server.behaviours = (wire.drop,)
    with pytest.raises(TransportError) as caught:
        client_of(server).sms.status('AA-S-1')
    assert len(server.requests) == 3
    assert 0 < pauses[0] < 0.5 < pauses[1] * 2
    assert not caught.value.outcome_unknown
    assert 'unknown' not in str(caught.value)


def test_a_query_is_repeated_after_a_5xx_with_a_page(server: Server) -> None:
    server.behaviours = (wire.answer(http(b'<html>', 503)), wire.answer())
    assert client_of(server).sms.status('AA-S-1').is_success()
    assert len(server.requests) == 2


def test_a_refused_connection_is_repeated_and_nothing_was_sent(pauses: list[float]) -> None:
    client = HoiioClient('APP', 'TOKEN', base_url=wire.refused_url())
    with pytest.raises(requests.ConnectionError, match='safe to send it again') as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert isinstance(caught.value, TransportError)
    assert not caught.value.outcome_unknown
    assert len(pauses) == 2


def test_a_connection_stays_open_for_the_next_call(server: Server) -> None:
    client = client_of(server)
    for _ in range(5):
        client.sms.send('Hoiio World', '+6511111111')
    assert (len(server.requests), server.connections) == (5, 1)


def test_a_send_succeeds_after_the_server_closed_the_idle_connection(server: Server) -> None:
    server.behaviours = (wire.answer_and_close(http(wire.OK, headers='Connection: close\r\n')),)
    client = client_of(server)
    for _ in range(20):
        assert client.sms.send('Hoiio World', '+6511111111').is_success()
    assert len(server.requests) == 20


@pytest.mark.slow
@pytest.mark.parametrize('end', [wire.drop, wire.reset], ids=['closed', 'reset'])
def test_a_send_over_a_broken_idle_connection_is_sent_once(
    either_server: Server, pauses: list[float], end: Behaviour
) -> None:
    told = threading.Semaphore(0)
    either_server.behaviours = (wire.close_when_told(told, end),)
    client = client_of(either_server)
    for _ in range(20):
        assert client.sms.send(TEXT, f'+{PHONE}').is_success()
        told.release()
        either_server.wait_until_closed()
    assert (len(either_server.requests), either_server.connections) == (20, 20)
    assert pauses == []


def test_a_call_after_close_opens_a_new_connection(server: Server) -> None:
    with client_of(server) as client:
        client.account.balance()
    client.account.balance()
    assert server.connections == 2


def test_the_timeout_of_a_call(server: Server) -> None:
    server.behaviours = (server.silent,)
    with pytest.raises(requests.ReadTimeout) as caught:
        client_of(server, timeout=60).sms.send('Hoiio World', '+6511111111', timeout=(5, 0.1))
    assert isinstance(caught.value, HoiioException)
    assert caught.value.outcome_unknown


def test_a_redirect_is_not_followed(server: Server) -> None:
    with serving() as elsewhere:
        location = f'Location: {elsewhere.url}sms/send\r\n'
        for code in (301, 302, 303, 307, 308):
            server.behaviours = (wire.answer(http(b'', code, location)),)
            with pytest.raises(ResponseUnreadable, match='redirects are not followed'):
                client_of(server).sms.send('Hoiio World', '+6511111111')
        assert elsewhere.requests == []
    assert len(server.requests) == 5


@pytest.mark.parametrize('location', ['http://[::1', 'ftp://x', '\xff', '//', 'http://a b', ''])
def test_a_redirect_to_an_invalid_url_is_the_same_error(server: Server, location: str) -> None:
    head = f'HTTP/1.1 307 Word\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n'
    server.behaviours = (wire.answer(head.encode('latin-1')),)
    with pytest.raises(ResponseUnreadable) as caught:
        client_of(server).sms.send('Hoiio World', '+6511111111')
    assert caught.value.outcome_unknown
    assert caught.value.response.headers.get('Location', '') == location
    assert caught.value.response.next is None
    assert len(server.requests) == 1


def test_the_bytes_of_a_request(server: Server) -> None:
    client_of(server).sms.send('50 % + ü\n', '+6511111111', tag='a b')
    head, _, body = server.requests[0].partition(b'\r\n\r\n')
    lines = head.decode('ascii').split('\r\n')
    assert lines[0] == 'POST /open/sms/send HTTP/1.1'
    assert 'Content-Type: application/x-www-form-urlencoded' in lines
    assert b'SECRET-TOKEN' not in head
    assert body == (
        b'msg=50+%25+%2B+%C3%BC%0A&dest=%2B6511111111&tag=a+b&app_id=APP&access_token=SECRET-TOKEN'
    )


# TLS and proxies


def test_an_unknown_certificate_stops_before_anything_is_sent(tls: ssl.SSLContext) -> None:
    with serving(tls=tls) as server, pytest.raises(requests.exceptions.SSLError) as caught:
        client_of(server).sms.send('Hoiio World', '+6511111111')
    assert isinstance(caught.value, TransportError)
    assert not caught.value.outcome_unknown
    assert server.requests == []


def test_requests_ca_bundle_is_honoured(
    tls: ssl.SSLContext, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('REQUESTS_CA_BUNDLE', bundle)
    with serving(tls=tls) as server:
        client = client_of(server)
        assert client.sms.send('Hoiio World', '+6511111111').is_success()
        assert client.account.balance().is_success()
        assert server.connections == 1


def test_a_missing_ca_bundle_is_a_transport_error(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('REQUESTS_CA_BUNDLE', 'nowhere.pem')
    with serving(tls=tls) as server, pytest.raises(TransportError, match='CA_BUNDLE') as caught:
        client_of(server).sms.send('Hoiio World', '+6511111111')
    assert not caught.value.outcome_unknown
    assert server.connections == 0


def test_a_proxy_of_the_environment_tunnels_https(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = b'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'
    with serving(wire.answer_and_close(refusal)) as proxy:
        monkeypatch.setenv('HTTPS_PROXY', f'http://127.0.0.1:{proxy.port}')
        client = HoiioClient('APP', 'SECRET-TOKEN', base_url='https://hoiio.invalid/open/')
        with pytest.raises(requests.exceptions.ProxyError) as caught:
            client.sms.send('Hoiio World', '+6511111111')
    assert isinstance(caught.value, TransportError)
    assert not caught.value.outcome_unknown
    assert len(proxy.requests) == 3
    assert all(each.startswith(b'CONNECT hoiio.invalid:443 ') for each in proxy.requests)
    assert not any(b'SECRET-TOKEN' in each for each in proxy.requests)


@pytest.mark.parametrize('end', [wire.drop, wire.reset], ids=['dropped', 'reset'])
def test_a_send_through_a_tunnel_that_breaks_is_not_repeated(
    tls: ssl.SSLContext, bundle: str, monkeypatch: pytest.MonkeyPatch, end: Behaviour
) -> None:
    with serving(wire.answer(), end, tls=tls) as target, serving(wire.tunnel(target)) as proxy:
        monkeypatch.setenv('HTTPS_PROXY', f'http://127.0.0.1:{proxy.port}')
        monkeypatch.setenv('REQUESTS_CA_BUNDLE', bundle)
        client = client_of(target)
        assert client.sms.send('Hoiio World', '+6511111111').is_success()
        with pytest.raises(TransportError) as caught:
            client.sms.send('Hoiio World', '+6511111111')
        client.close()
        with pytest.raises(TransportError) as again:
            client.sms.send('Hoiio World', '+6511111111')
    assert caught.value.outcome_unknown
    assert again.value.outcome_unknown
    assert len(target.requests) == 3


@pytest.mark.slow
def test_a_fork_does_not_touch_the_pools_of_a_proxy(
    tls: ssl.SSLContext, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tls=tls) as target, serving(wire.tunnel(target)) as proxy:
        monkeypatch.setenv('HTTPS_PROXY', f'http://127.0.0.1:{proxy.port}')
        monkeypatch.setenv('REQUESTS_CA_BUNDLE', bundle)
        client = client_of(target)
        client.account.balance()
        after_fork()
        gc.collect()
        client.account.balance()
        assert target.connections == 2


@pytest.mark.parametrize('variable', ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])
def test_http_to_this_machine_does_not_use_a_proxy_of_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with serving() as proxy:
        monkeypatch.setenv(variable, f'http://127.0.0.1:{proxy.port}')
        client_of(server).sms.send('Hoiio World', '+6511111111')
        assert (len(server.requests), len(proxy.requests)) == (1, 0)


def test_netrc_and_cookies_are_not_used(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / 'netrc'
    netrc.write_text('default login somebody password else\n')
    monkeypatch.setenv('NETRC', str(netrc))
    server.behaviours = (wire.answer(http(wire.OK, headers='Set-Cookie: seen=1; Path=/\r\n')),)
    client = client_of(server)
    client.account.balance()
    client.account.balance()
    assert not any(b'Authorization' in each or b'Cookie' in each for each in server.requests)


# Threads and processes


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Switch between threads at almost every step."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.slow
def test_sixteen_threads_that_share_a_client_get_their_own_responses(server: Server) -> None:
    server.behaviours = (wire.echo,)
    client = client_of(server)

    def ask(number: int) -> bool:
        ref = f'AA-S-{number}'
        return client.sms.status(ref).txn_ref == ref

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(400)))
    assert len(server.requests) == 400
    assert server.connections <= 16


@pytest.mark.slow
@pytest.mark.usefixtures('hasty_threads')
def test_a_change_of_a_client_that_sends_does_not_mix_settings(server: Server) -> None:
    server.behaviours = (wire.echo,)
    client = HoiioClient('APP-1', 'TOKEN-1', prefix='1', base_url=server.url)
    sending = threading.Event()
    sending.set()

    def change() -> None:
        for number in cycle('123456789'):
            if not sending.is_set():
                return
            client.init(f'APP-{number}', f'TOKEN-{number}', prefix=number)
            client.prefix = '77'

    def send(who: int) -> bool:
        tags = [f'{who}-{number}' for number in range(25)]
        return all(client.sms.send(TEXT, '0', tag=tag).txn_ref == tag for tag in tags)

    with ThreadPoolExecutor(17) as pool:
        changing = pool.submit(change)
        own_answers = list(pool.map(send, range(16)))
        sending.clear()
        changing.result()
    forms = [wire.form_of(request) for request in server.requests]
    assert own_answers == [True] * 16
    assert len({form['tag'] for form in forms}) == len(forms) == 400
    for form in forms:
        number = form['app_id'].removeprefix('APP-')
        assert form['access_token'] == f'TOKEN-{number}'
        assert form['dest'] in {f'+{number}0', '+770'}
    assert len({form['app_id'] for form in forms}) > 1


def test_a_change_during_a_call_applies_from_the_next_call(server: Server) -> None:
    client = HoiioClient('APP-1', 'TOKEN-1', prefix='1', base_url=server.url)

    class Changing(dict[str, str]):
        def items(self) -> Any:
            client.init('APP-2', 'TOKEN-2', prefix='2', base_url=wire.refused_url())
            return super().items()

    client.request('sms/send', Response, Changing(msg='changed', dest='0'))
    assert wire.form_of(server.requests[0]) == {
        'msg': 'changed',
        'dest': '+10',
        'app_id': 'APP-1',
        'access_token': 'TOKEN-1',
    }
    assert client.access_token == 'TOKEN-2'


@pytest.mark.slow
@pytest.mark.filterwarnings('ignore:.*fork.*:DeprecationWarning')
def test_a_fork_waits_for_an_import_in_progress() -> None:
    code = """
import importlib, os, sys, threading, time
import hoiio, hoiio.lazy_import

begun = threading.Event()
import_module = importlib.import_module

def slowly(name):
    begun.set()
    time.sleep(0.3)
    return import_module(name)

importlib.import_module = slowly
thread = threading.Thread(target=lambda: hoiio.Hoiio.fax)
thread.start()
begun.wait()
child = os.fork()
if child == 0:
    hoiio.Hoiio.fax, hoiio.Hoiio.sms
    os._exit(0)
thread.join()
sys.exit(os.waitpid(child, 0)[1])
"""
    options = [sys.executable, '-W', 'ignore', '-c', code]
    assert subprocess.run(options, check=False, timeout=600).returncode == 0


def test_a_child_works_after_a_fork(server: Server) -> None:
    client = client_of(server)
    client.account.balance()
    after_fork()
    client.account.balance()
    client.account.balance()
    assert server.connections == 2


# Python 3.12 warns about a fork in a process with threads. This tests that it works.
@pytest.mark.slow
@pytest.mark.filterwarnings('ignore:.*fork.*:DeprecationWarning')
@pytest.mark.parametrize('own_session', [False, True])
def test_a_client_works_on_both_sides_of_a_fork(either_server: Server, own_session: bool) -> None:
    server = either_server
    server.behaviours = (wire.echo,)
    session = requests.Session() if own_session else None
    client = HoiioClient('APP', 'TOKEN', base_url=server.url, session=session, timeout=30)
    client.sms.send('before', '+6511111111', tag='before')
    child = os.fork()
    if child == 0:  # pragma: no cover - measured in the parent alone
        os._exit(0 if _own_tags_come_back(client, 'child') else 1)
    came_back = _own_tags_come_back(client, 'parent')
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert came_back
    assert len(server.requests) == 101
    assert server.connections == 2


def _own_tags_come_back(client: HoiioClient, who: str) -> bool:
    tags = [f'{who}-{number}' for number in range(50)]
    try:
        return all(client.sms.send('x', '+6511111111', tag=tag).txn_ref == tag for tag in tags)
    except HoiioException:
        return False


# The search for a send


SENDS: dict[str, Callable[[HoiioClient, str], Response]] = {
    'sms': lambda client, tag: client.sms.send(TEXT, ALICE, tag=tag),
    'voice': lambda client, tag: client.voice.call(ALICE, BOB, tag=tag),
    'fax': lambda client, tag: client.fax.send(OFFICE, small_pdf(), tag=tag),
}


@pytest.mark.parametrize('area', SENDS)
@pytest.mark.parametrize(
    ('fault', 'exists'),
    [('dropped_after', True), ('truncated', True), ('garbage', True), ('dropped_before', False)],
)
def test_find_shows_whether_a_send_without_a_response_arrived(
    area: str, fault: FaultKind, exists: bool
) -> None:
    with Sandbox() as sandbox:
        client = sandbox.client()
        find, history = getattr(client, area).find, getattr(client, area).history
        sandbox.fault(fault)
        with pytest.raises(HoiioException) as caught:
            SENDS[area](client, 'once')
        assert caught.value.outcome_unknown
        found = find('once')
        assert (found is not None) is exists
        if found is None:
            SENDS[area](client, 'once').raise_for_status()
        assert [entry.tag for entry in history().auto_paging_iter()] == ['once']


@pytest.mark.parametrize('area', SENDS)
def test_find_returns_none_for_a_send_that_never_left(area: str) -> None:
    with Sandbox() as sandbox:
        client, cut_off = sandbox.client(), sandbox.client()
        cut_off.init(base_url=wire.refused_url())
        with pytest.raises(TransportError) as caught:
            SENDS[area](cut_off, 'never')
        assert not caught.value.outcome_unknown
        SENDS[area](client, 'other')
        assert getattr(client, area).find('never') is None


def test_find_is_repeated_after_a_dropped_connection(server: Server) -> None:
    page = http(
        {'status': 'success_ok', 'total_entries_count': 1, 'entries': [{'tag': 'a', 'dest': '+1'}]}
    )
    server.behaviours = (wire.drop, wire.answer(page))
    found = client_of(server).sms.find('a')
    assert found is not None
    assert found.dest == '+1'
    assert len(server.requests) == 2
