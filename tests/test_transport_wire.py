"""What must be true on a wire: real sockets on 127.0.0.1."""

from __future__ import annotations

import gc
import os
import pickle
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import trustme

from hoiio import HoiioClient, HoiioException, ResponseUnreadable, TransportError
from hoiio.client import _after_fork as after_fork
from tests import wire
from tests.wire import Behaviour, Server, http, serving

Make = Callable[[Server], Behaviour]

TRUNCATED = b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"status": "success'
CHUNK_CUT = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{"status": "success'
BAD_GZIP = http(b'\x1f\x8bnonsense', headers='Content-Encoding: gzip\r\n')
TOO_DEEP = http(b'[' * 100_000)
HUGE_NUMBER = http(b'{"status": ' + b'9' * 10_000 + b'}')

# What happens to the request after the server has it all.
BROKEN: dict[str, Make] = {
    'dropped': lambda server: wire.drop,
    'reset': lambda server: wire.reset,
    'silent': lambda server: server.silent,
    'truncated body': lambda server: wire.answer_and_close(TRUNCATED),
    'truncated chunk': lambda server: wire.answer_and_close(CHUNK_CUT),
    'garbage instead of HTTP': lambda server: wire.answer_and_close(b'\x00\xff garbage\r\n\r\n'),
    'body that is no gzip': lambda server: wire.answer(BAD_GZIP),
}
UNREADABLE: dict[str, bytes] = {
    'empty': http(b''),
    'array': http(b'[]'),
    'null': http(b'null'),
    'object without status': http(b'{"txn_ref": "AA-S-1"}'),
    'status that is no word': http(b'{"status": 200}'),
    'not UTF-8': http(b'{"status": "\xff"}'),
    'absurd number': HUGE_NUMBER,
    'deep nesting': TOO_DEEP,
    'HTML with 200': http(
        b'<html>Welcome to the hotel</html>', headers='Content-Type: text/html\r\n'
    ),
    'HTML with 429': http(b'<html>Slow down</html>', 429),
    'HTML with 500': http(b'<html>Oops</html>', 500),
    'HTML with 502': http(b'<html>Bad Gateway</html>', 502),
    'HTML with 503': http(b'<html>Later</html>', 503),
}
CHANGES: dict[str, Callable[[HoiioClient], object]] = {
    'an SMS': lambda client: client.sms.send('Hoiio World', '+6511111111', tag='t'),
    'a bulk SMS': lambda client: client.sms.bulk_send('Hoiio World', '+6511111111'),
    'a call': lambda client: client.voice.call('+6511111111', '+6522222222'),
    'a conference': lambda client: client.voice.conference('+6511111111'),
    'a hang-up': lambda client: client.voice.hangup('AA-C-1'),
    'a kick': lambda client: client.voice.kick('AA-C-1'),
    'a fax': lambda client: client.fax.send('+6511111111', b'%PDF-1.4'),
    'an IVR call': lambda client: client.ivr.dial('+6511111111'),
    'an IVR block': lambda client: client.ivr.gather('S1'),
    'a transfer': lambda client: client.ivr.transfer('S1', '+6511111111'),
    'a subscription': lambda client: client.number.subscribe('+6511111111', 1),
    'a configuration': lambda client: client.number.configure('+6511111111'),
}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def client_of(server: Server, timeout: float = 5.0) -> HoiioClient:
    return HoiioClient('APP', 'SECRET-TOKEN', base_url=server.url, timeout=timeout)


def meet(server: Server, name: str) -> HoiioClient:
    """Make the server break in this way, and a client that notices soon."""
    server.behaviours = (BROKEN[name](server),)
    return client_of(server, timeout=0.2 if name == 'silent' else 5.0)


@pytest.mark.parametrize('change', CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize('name', BROKEN)
def test_what_costs_money_is_sent_once(
    server: Server, pauses: list[float], name: str, change: Callable[[HoiioClient], object]
) -> None:
    client = meet(server, name)
    with pytest.raises(TransportError) as caught:
        change(client)
    assert len(server.requests) == 1
    assert caught.value.outcome_unknown
    assert isinstance(caught.value, requests.RequestException)
    assert isinstance(caught.value.__cause__, requests.RequestException)
    assert 'unknown' in str(caught.value)
    assert 'Hoiio.' in str(caught.value)
    assert pauses == []


@pytest.mark.parametrize('change', CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize('raw', UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_answer_leaves_the_outcome_unknown(
    server: Server, raw: bytes, change: Callable[[HoiioClient], object]
) -> None:
    server.behaviours = (wire.answer(raw),)
    with pytest.raises(ResponseUnreadable) as caught:
        change(client_of(server))
    assert len(server.requests) == 1
    assert caught.value.outcome_unknown
    assert caught.value.response.content == raw.partition(b'\r\n\r\n')[2]


@pytest.mark.parametrize('name', BROKEN)
def test_errors_pickle_and_hold_no_secret(server: Server, name: str) -> None:
    client = meet(server, name)
    with pytest.raises(TransportError) as caught:
        client.sms.send('a private text', '+6511111111')
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(caught.value)
    assert str(again) == str(caught.value)
    assert again.outcome_unknown
    cause = caught.value.__cause__
    assert isinstance(cause, requests.RequestException)
    assert getattr(cause.request, 'body', None) is None
    told = b''.join(pickle.dumps(each) for each in (caught.value, cause.request))
    told += (str(cause) + repr(caught.value) + str(vars(caught.value))).encode()
    for secret in (b'SECRET-TOKEN', b'6511111111', b'a private text'):
        assert secret not in told


@pytest.mark.parametrize('name', ['dropped', 'reset', 'silent', 'truncated body'])
def test_a_query_heals(server: Server, pauses: list[float], name: str) -> None:
    client = meet(server, name)
    server.behaviours = (*server.behaviours, wire.answer())
    assert client.sms.status('AA-S-1').txn_ref == 'AA-S-1'
    assert len(server.requests) == 2
    assert len(pauses) == 1


def test_a_query_gives_up_after_max_retries(server: Server, pauses: list[float]) -> None:
    server.behaviours = (wire.drop,)
    with pytest.raises(TransportError) as caught:
        client_of(server).sms.status('AA-S-1')
    assert len(server.requests) == 3
    assert 0 < pauses[0] < 0.5 < pauses[1] * 2
    assert not caught.value.outcome_unknown
    assert 'unknown' not in str(caught.value)


def test_a_query_heals_from_a_5xx(server: Server) -> None:
    server.behaviours = (wire.answer(http(b'<html>', 503)), wire.answer())
    assert client_of(server).sms.status('AA-S-1').is_success()
    assert len(server.requests) == 2


def test_a_refused_connection_is_tried_again_and_nothing_was_sent(pauses: list[float]) -> None:
    client = HoiioClient('APP', 'TOKEN', base_url=wire.refused_url())
    with pytest.raises(requests.ConnectionError, match='safe to send it again') as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert isinstance(caught.value, TransportError)
    assert not caught.value.outcome_unknown
    assert len(pauses) == 2


def test_a_connection_is_kept(server: Server) -> None:
    client = client_of(server)
    for _ in range(5):
        client.sms.send('Hoiio World', '+6511111111')
    assert (len(server.requests), server.connections) == (5, 1)


def test_a_connection_that_the_server_closed_costs_no_send(server: Server) -> None:
    server.behaviours = (wire.answer_and_close(http(wire.OK, headers='Connection: close\r\n')),)
    client = client_of(server)
    for _ in range(20):
        assert client.sms.send('Hoiio World', '+6511111111').is_success()
    assert len(server.requests) == 20


def test_closing_lets_the_next_call_connect_anew(server: Server) -> None:
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
def test_a_redirect_to_nonsense_is_no_other_error(server: Server, location: str) -> None:
    head = f'HTTP/1.1 307 Word\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n'
    server.behaviours = (wire.answer(head.encode('latin-1')),)
    with pytest.raises(ResponseUnreadable) as caught:
        client_of(server).sms.send('Hoiio World', '+6511111111')
    assert caught.value.outcome_unknown
    assert caught.value.response.headers.get('Location', '') == location
    assert caught.value.response.next is None
    assert len(server.requests) == 1


def test_the_request_as_it_is_on_the_wire(server: Server) -> None:
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


def test_a_missing_ca_bundle_is_an_error_of_ours(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('REQUESTS_CA_BUNDLE', 'nowhere.pem')
    with serving(tls=tls) as server, pytest.raises(TransportError, match=r'nowhere\.pem') as caught:
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
def test_http_to_this_machine_goes_past_the_proxies_of_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with serving() as proxy:
        monkeypatch.setenv(variable, f'http://127.0.0.1:{proxy.port}')
        client_of(server).sms.send('Hoiio World', '+6511111111')
        assert (len(server.requests), len(proxy.requests)) == (1, 0)


def test_netrc_and_cookies_stay_out(
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


def test_sixteen_threads_share_a_client_without_crosstalk(server: Server) -> None:
    server.behaviours = (wire.echo,)
    client = client_of(server)

    def ask(number: int) -> bool:
        ref = f'AA-S-{number}'
        return client.sms.status(ref).txn_ref == ref

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(400)))
    assert len(server.requests) == 400
    assert server.connections <= 16


def test_what_a_child_does_after_a_fork(server: Server) -> None:
    client = client_of(server)
    client.account.balance()
    after_fork()
    client.account.balance()
    client.account.balance()
    assert server.connections == 2


# Python 3.12 warns of any fork beside threads; that it works all the same is what this holds.
@pytest.mark.filterwarnings('ignore:.*fork.*:DeprecationWarning')
@pytest.mark.parametrize('own_session', [False, True])
def test_a_client_works_on_both_sides_of_a_fork(server: Server, own_session: bool) -> None:
    server.behaviours = (wire.echo,)
    session = requests.Session() if own_session else None
    client = HoiioClient('APP', 'TOKEN', base_url=server.url, session=session)
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
    return all(client.sms.send('x', '+6511111111', tag=tag).txn_ref == tag for tag in tags)
