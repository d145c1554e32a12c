"""Which response belongs to which request, how large it may be and how long it may take."""

from __future__ import annotations

import gzip
import io
import ssl
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest
import requests

from hoiio import (
    HoiioClient,
    HoiioException,
    InputInvalid,
    Response,
    ResponseUnreadable,
    TransportError,
)
from tests import wire
from tests.canary import PHONE, TEXT
from tests.wire import Behaviour, MakeSession, Server, client_of, either_session, http, serving

OF_A = http({'status': 'success_ok', 'txn_ref': 'REF-OF-A'})
JSON = 'Content-Type: application/json\r\n'
HEAD = b'HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n'
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'


def send(client: HoiioClient, tag: str) -> str:
    return client.sms.send(TEXT, f'+{PHONE}', tag=tag).txn_ref


def in_another_thread(work: Callable[[], str]) -> str:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


# Each response belongs to its own request


@pytest.mark.slow
@pytest.mark.parametrize('code', [100, 101, 102, 103, 199])
def test_an_interim_response_is_skipped(either_server: Server, code: int) -> None:
    either_server.behaviours = (wire.interim(code, wire.interim(code, wire.echo)), wire.echo)
    client = client_of(either_server)
    assert send(client, 'A') == 'A'
    assert in_another_thread(lambda: send(client, 'B')) == 'B'
    assert either_server.connections == 1


@pytest.mark.parametrize('code', [101, 102, 103, 199])
def test_with_a_session_an_interim_answer_leaves_nothing_for_the_next_call(
    server: Server, code: int
) -> None:
    server.behaviours = (wire.interim(code, wire.answer(OF_A)), wire.echo)
    client = client_of(server, requests.Session)
    with pytest.raises(ResponseUnreadable) as caught:
        send(client, 'A')
    assert caught.value.outcome_unknown
    assert in_another_thread(lambda: send(client, 'B')) == 'B'


NOT_UNDERSTOOD = {
    'no content': b'HTTP/1.1 204 No Content\r\n\r\n',
    'not modified': b'HTTP/1.1 304 Not Modified\r\n\r\n',
    'a length of nothing': http(b''),
    'a length that is too short': b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"status"',
    'a page': http(b'<html>'),
    'an end that comes too early': CHUNKED + b'0\r\n\r\n',
}


@either_session
@pytest.mark.parametrize('raw', NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
def test_a_connection_whose_answer_was_not_understood_is_not_used_again(
    either_server: Server, make_session: MakeSession, raw: bytes
) -> None:
    told = threading.Semaphore(0)
    either_server.behaviours = (wire.answer_and_add(raw, told, OF_A), wire.echo)
    client = client_of(either_server, make_session)
    with pytest.raises(ResponseUnreadable) as caught:
        send(client, 'A')
    told.release()
    assert caught.value.outcome_unknown
    assert in_another_thread(lambda: send(client, 'B')) == 'B'
    assert send(client, 'C') == 'C'
    assert either_server.connections == 2


@either_session
def test_find_ignores_a_late_response(server: Server, make_session: MakeSession) -> None:
    told = threading.Semaphore(0)
    entries = [{'tag': 'A', 'dest': '+1'}]
    page = {'status': 'success_ok', 'total_entries_count': 1, 'entries': entries}
    late = http({'status': 'success_ok', 'total_entries_count': 0, 'entries': []})
    server.behaviours = (
        wire.answer_and_add(NOT_UNDERSTOOD['no content'], told, late),
        wire.answer(http(page)),
    )
    client = client_of(server, make_session)
    with pytest.raises(ResponseUnreadable):
        send(client, 'A')
    told.release()
    assert client.sms.find('A') is not None


@pytest.mark.parametrize('surplus', [OF_A, b' ' * 20_000], ids=['an answer', 'much'])
def test_a_connection_with_surplus_bytes_is_not_used_again(
    either_server: Server, surplus: bytes
) -> None:
    either_server.behaviours = (wire.answer(http(wire.OK) + surplus), wire.echo)
    client = client_of(either_server)
    assert send(client, 'A') == 'AA-S-1'
    assert in_another_thread(lambda: send(client, 'B')) == 'B'
    assert either_server.connections == 2


def test_with_a_session_surplus_bytes_in_tls_are_not_a_response(tls_server: Server) -> None:
    # http.client reads this many bytes at a time. TLS keeps the rest, where poll does not see it.
    size = io.DEFAULT_BUFFER_SIZE
    first = http({**wire.OK, 'note': ''})
    first = http({**wire.OK, 'note': 'x' * (size - len(first) - len(str(size)) + 2)})
    assert len(first) == size
    tls_server.behaviours = (wire.answer(first + OF_A), wire.echo)
    client = client_of(tls_server, requests.Session)
    assert send(client, 'A') == 'AA-S-1'
    assert send(client, 'B') == 'B'
    assert tls_server.connections == 2


@either_session
def test_a_connection_stays_open_after_a_refusal(server: Server, make_session: MakeSession) -> None:
    server.behaviours = (wire.answer(http({'status': 'error_rate_limit_exceeded'}, 429)),)
    client = client_of(server, make_session)
    for _ in range(3):
        assert not client.account.balance().is_success()
    assert server.connections == 1


@either_session
def test_a_repeat_uses_a_new_connection(server: Server, make_session: MakeSession) -> None:
    told = threading.Semaphore(0)
    server.behaviours = (wire.answer_and_add(http(b'<html>', 503), told, OF_A), wire.answer())
    client = client_of(server, make_session)
    assert client.sms.status('AA-S-1').txn_ref == 'AA-S-1'
    told.release()
    assert server.connections == 2


def test_a_hook_that_sends_another_request_returns_all_connections(server: Server) -> None:
    session = requests.Session()
    adapter = requests.adapters.HTTPAdapter(pool_block=True, pool_maxsize=2)
    session.mount('http://', adapter)

    def again(response: requests.Response, **_: object) -> requests.Response:
        return adapter.send(response.request)

    session.hooks['response'].append(again)
    client = client_of(server, lambda: session)
    for _ in range(5):
        assert client.account.balance().is_success()


# How large a response may be


def chunk(body: bytes) -> bytes:
    return f'{len(body):x}\r\n'.encode('ascii') + body + b'\r\n'


@cache
def bomb() -> bytes:
    """Return a small response that decompresses to 200 MB."""
    packed = gzip.compress(gzip.compress(bytes(200 * 2**20), 1))
    return http(packed, headers='Content-Encoding: gzip, gzip\r\n')


ENDLESS: dict[str, Callable[[], Behaviour]] = {
    'with a length': lambda: wire.endless(HEAD, b'[' * 65536),
    'in chunks': lambda: wire.endless(CHUNKED, chunk(b' ' * 65536)),
    'until it is closed': lambda: wire.endless(b'HTTP/1.1 200 OK\r\n\r\n', b' ' * 65536),
    'packed': lambda: wire.answer(bomb()),
}


@either_session
@pytest.mark.slow
@pytest.mark.parametrize('name', ENDLESS)
def test_an_answer_has_a_limit(server: Server, make_session: MakeSession, name: str) -> None:
    server.behaviours = (ENDLESS[name](),)
    client = client_of(server, make_session)
    tracemalloc.start()
    try:
        with pytest.raises(ResponseUnreadable, match='max_response_size') as caught:
            send(client, 'A')
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.outcome_unknown
    assert caught.value.response.content == b''
    assert len(server.requests) == 1
    assert peak < 80 * 2**20


def test_a_query_is_not_repeated_after_an_answer_that_is_too_large(server: Server) -> None:
    server.behaviours = (wire.answer(http(b' ' * 2000)),)
    with pytest.raises(ResponseUnreadable, match='1000 bytes') as caught:
        client_of(server, max_response_size=1000).account.balance()
    assert not caught.value.outcome_unknown
    assert len(server.requests) == 1


@either_session
def test_an_answer_may_be_as_large_as_the_limit(server: Server, make_session: MakeSession) -> None:
    size = len(http(wire.OK).partition(b'\r\n\r\n')[2])
    client = client_of(server, make_session, max_response_size=size)
    assert send(client, 'A') == 'AA-S-1'
    client.init(max_response_size=size - 1)
    with pytest.raises(ResponseUnreadable):
        send(client, 'A')


@pytest.mark.parametrize('size', [0, -1, 1.5, True, '16 MB'])
def test_an_invalid_max_response_size(size: Any) -> None:
    with pytest.raises(InputInvalid, match='max_response_size'):
        HoiioClient(max_response_size=size)


# How long a call may take: long enough for a busy machine to connect

DRIPPING: dict[str, Behaviour] = {
    'nothing': wire.wait_for_the_end,
    'a body': wire.endless(HEAD, b' ', 0.02),
    'chunks': wire.endless(CHUNKED, chunk(b' '), 0.02),
    'a chunk': wire.endless(CHUNKED + b'10000\r\n', b' ', 0.02),
}
DRIPPING_HEADS: dict[str, Behaviour] = {
    'a head': wire.endless(b'HTTP/1.1 200 OK\r\nX: ', b'x', 0.02),
    'Continue': wire.endless(b'', b'HTTP/1.1 100 Continue\r\n\r\n', 0.001),
    'Early Hints': wire.endless(b'', b'HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n', 0.001),
}


def ends_in_time(server: Server, session: requests.Session | None) -> bool:
    client = client_of(server, lambda: session, timeout=(60, 60, 2))
    with pytest.raises(requests.Timeout, match='within 2 seconds') as caught:
        send(client, 'A')
    server.wait_for_requests(1)
    return (
        isinstance(caught.value, TransportError)
        and caught.value.outcome_unknown
        and len(server.requests) == 1
    )


def which_do_not_end_in_time(
    behaviours: dict[str, Behaviour],
    make_session: MakeSession = lambda: None,
    tls: ssl.SSLContext | None = None,
) -> list[str]:
    """Send to a server for each behaviour, all at the same time, because each takes its time."""
    with ExitStack() as stack, ThreadPoolExecutor(len(behaviours)) as pool:
        servers = [stack.enter_context(serving(each, tls=tls)) for each in behaviours.values()]
        ended = pool.map(ends_in_time, servers, [make_session() for _ in servers])
        return [name for name, is_in_time in zip(behaviours, ended, strict=True) if not is_in_time]


@either_session
@pytest.mark.slow
def test_a_response_that_arrives_slowly_ends_in_time(make_session: MakeSession) -> None:
    assert which_do_not_end_in_time(DRIPPING, make_session) == []


@pytest.mark.slow
@pytest.mark.parametrize('over_tls', [False, True])
def test_a_head_that_does_not_end_ends_in_time(
    over_tls: bool, tls: ssl.SSLContext, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('REQUESTS_CA_BUNDLE', bundle)
    assert which_do_not_end_in_time(DRIPPING_HEADS, tls=tls if over_tls else None) == []


def test_a_query_is_not_repeated_past_its_time(server: Server, pauses: list[float]) -> None:
    server.behaviours = (wire.drop,)
    with pytest.raises(requests.ConnectionError):
        client_of(server, timeout=(60, 60, 3), max_retries=10).account.balance()
    # The sixth pause would be 4 seconds or more.
    assert len(server.requests) == len(pauses) + 1 <= 6
    assert max(pauses) < 3


@pytest.mark.slow
def test_a_call_can_have_its_own_timeout(server: Server) -> None:
    server.behaviours = (server.silent,)
    with pytest.raises(requests.ReadTimeout):
        client_of(server).sms.send(TEXT, f'+{PHONE}', timeout=(60, 60, 0.5))


@pytest.mark.parametrize('timeout', [(1, 1, 0), (1, 1, 1, 1), (1, 1, '1'), (1,), (1, 1, 86401)])
def test_an_invalid_total_timeout(timeout: Any) -> None:
    with pytest.raises(InputInvalid, match='total'):
        HoiioClient(timeout=timeout)


# Failures while a response is read


@either_session
@pytest.mark.parametrize('kind', [MemoryError, RecursionError, RuntimeError, AssertionError])
def test_any_exception_while_reading_leaves_the_outcome_unknown(
    server: Server,
    make_session: MakeSession,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Exception],
) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise kind

    client = client_of(server, make_session)
    with monkeypatch.context() as patch:
        patch.setattr('urllib3.HTTPResponse.read', fail)
        patch.setattr('urllib3.HTTPResponse.read1', fail)
        with pytest.raises(TransportError) as caught:
            send(client, 'A')
    assert isinstance(caught.value.__cause__, kind)
    assert caught.value.outcome_unknown
    assert send(client, 'B') == 'AA-S-1'
    assert server.connections == 2


@pytest.mark.parametrize('kind', [MemoryError, RecursionError, KeyError])
def test_any_exception_of_a_result_class_keeps_the_response(
    server: Server, kind: type[Exception]
) -> None:
    class Failing(Response):
        def __init__(self, *args: Any) -> None:
            raise kind

    with pytest.raises(ResponseUnreadable) as caught:
        client_of(server).request('sms/send', Failing, {})
    assert isinstance(caught.value, HoiioException)
    assert isinstance(caught.value.__cause__, kind)
    assert caught.value.outcome_unknown
    assert caught.value.response.json() == wire.OK
