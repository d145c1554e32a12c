from __future__ import annotations

import pickle
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, RemoteDisconnected
from importlib import import_module
from pkgutil import walk_packages
from traceback import TracebackException
from types import ModuleType
from typing import Any

import pytest
import requests
import urllib3.exceptions
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import HTTPDigestAuth
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
)
from urllib3.util import Retry

from hoiio import (
    HoiioClient,
    HoiioException,
    InputInvalid,
    Response,
    ResponseUnreadable,
    TransportError,
    __version__,
)
from hoiio.transport.prepared import Body
from tests import wire
from tests.canary import leaks_in
from tests.conftest import BASE_URL, Api


def exceptions_of(package: ModuleType) -> list[type[Exception]]:
    """List the exceptions that a package defines in all of its modules, without its warnings."""
    for module in walk_packages(package.__path__, f'{package.__name__}.'):
        # Some modules need packages that are not installed.
        with suppress(ImportError, urllib3.exceptions.DependencyWarning):
            import_module(module.name)
    return [
        kind
        for kind in family(Exception)
        if kind.__module__.partition('.')[0] == package.__name__ and not issubclass(kind, Warning)
    ]


def family(kind: type[Exception]) -> list[type[Exception]]:
    children = [child for each in kind.__subclasses__() for child in family(each)]
    return list(dict.fromkeys([kind, *children]))


# Only the cookie jar raises this, if code asks for a name that it has twice. A call never does.
NEVER_RAISED = {requests.cookies.CookieConflictError}

REQUESTS = [kind for kind in exceptions_of(requests) if kind not in NEVER_RAISED]
URLLIB3 = exceptions_of(urllib3)

# The exceptions that lower libraries may raise during a request.
BELOW = [
    kind
    for kind in dict.fromkeys([*family(HTTPException), *family(OSError)])
    if kind.__module__ in {'builtins', 'http.client', 'socket', 'ssl'}
]

# requests raises these before it opens a connection. The others show it in their cause, if at
# all.
NEVER_LEFT = {
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
}


class Failing(BaseAdapter):
    """An adapter that raises the same exception for every request, and counts them."""

    def __init__(self, exc: BaseException) -> None:
        super().__init__()
        self.exc = exc
        self.calls = 0

    def send(self, *args: object, **kwargs: object) -> requests.Response:
        self.calls += 1
        raise self.exc

    def close(self) -> None:
        pass


def failing(exc: BaseException) -> tuple[HoiioClient, Failing]:
    session, adapter = requests.Session(), Failing(exc)
    session.mount('https://', adapter)
    return HoiioClient('APP', 'TOKEN', session=session), adapter


def bare(kind: type[BaseException]) -> BaseException:
    """Make an exception without its constructor."""
    exc = kind.__new__(kind)
    exc.args = ('a reason',)
    if isinstance(exc, requests.RequestException):
        exc.request = exc.response = None
    return exc


def test_the_layer_below_is_enumerated() -> None:
    assert len(REQUESTS) >= 20
    assert len(URLLIB3) >= 30
    assert len(BELOW) >= 30
    assert {requests.RequestException, requests.exceptions.InvalidJSONError} <= {*REQUESTS}
    assert {urllib3.exceptions.HTTPError, urllib3.exceptions.ProxySchemeUnknown} <= {*URLLIB3}
    assert {ssl.SSLEOFError, socket.gaierror, RemoteDisconnected, BrokenPipeError} <= {*BELOW}


@pytest.mark.parametrize('kind', REQUESTS)
def test_each_exception_of_requests_becomes_a_transport_error_and_keeps_its_type(
    kind: type[requests.RequestException],
) -> None:
    client, _ = failing(bare(kind))
    with pytest.raises(HoiioException) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    error = caught.value
    assert isinstance(error, TransportError)
    assert isinstance(error, kind)
    assert type(error.__cause__) is kind
    assert error.outcome_unknown is (kind not in NEVER_LEFT)
    assert type(error).__doc__
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.outcome_unknown) == (str(error), error.outcome_unknown)
    assert 'a reason' not in str(error)


@pytest.mark.parametrize('kind', URLLIB3)
def test_each_exception_of_urllib3_becomes_a_transport_error(kind: type[BaseException]) -> None:
    client, adapter = failing(bare(kind))
    with pytest.raises(TransportError) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert isinstance(caught.value, requests.RequestException)
    assert type(caught.value.__cause__) is kind
    assert adapter.calls == 1


@pytest.mark.parametrize('kind', BELOW, ids=lambda kind: kind.__qualname__)
@pytest.mark.parametrize('method', [HTTPConnection.getresponse, HTTPResponse.read])
def test_each_exception_of_a_lower_library_becomes_a_transport_error(
    server: wire.Server,
    monkeypatch: pytest.MonkeyPatch,
    method: Callable[..., object],
    kind: type[Exception],
) -> None:
    client = HoiioClient('APP', 'TOKEN', base_url=server.url)
    with monkeypatch.context() as patch:
        patch.setattr(f'http.client.{method.__qualname__}', raising(kind('a reason'), method))
        with pytest.raises(TransportError) as caught:
            client.sms.send('Hoiio World', '+6511111111')
    assert isinstance(caught.value, requests.RequestException)
    assert isinstance(caught.value.__cause__, requests.RequestException)
    assert caught.value.outcome_unknown
    assert len(server.requests) == 1
    assert leaks_in(caught.value) == []


@pytest.mark.parametrize(
    'kind', [kind for kind in BELOW if issubclass(kind, OSError)], ids=lambda kind: kind.__name__
)
def test_each_exception_of_a_failed_connection_says_that_nothing_was_sent(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    monkeypatch.setattr('urllib3.util.connection.create_connection', raising(kind('a reason')))
    with pytest.raises(TransportError, match='Nothing was sent') as caught:
        HoiioClient('APP', 'TOKEN').sms.send('Hoiio World', '+6511111111')
    assert not caught.value.outcome_unknown
    assert isinstance(caught.value.__cause__, requests.RequestException)
    assert len(pauses) == 2


def raising(exc: Exception, after: Callable[..., object] | None = None) -> Callable[..., object]:
    def fail(*args: Any, **kwargs: Any) -> object:
        if after:
            after(*args, **kwargs)
        raise exc

    return fail


def unreachable(reason: Exception) -> requests.ConnectionError:
    pool = urllib3.HTTPSConnectionPool('secure.hoiio.com')
    return requests.ConnectionError(MaxRetryError(pool, '/open/sms/send', reason))


def through_proxy(reason: Exception) -> requests.exceptions.ProxyError:
    wrapped = urllib3.exceptions.ProxyError('Unable to connect to proxy', reason)
    return requests.exceptions.ProxyError(MaxRetryError(None, '/', wrapped))  # type: ignore[arg-type]


def ssl_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, 'x')
    error.reason = reason
    return error


def wrapping_itself() -> requests.HTTPError:
    error = requests.HTTPError('x')
    setattr(error, 'reason', error)  # noqa: B010 - as urllib3 names what it wraps
    return error


CONNECTION = urllib3.connection.HTTPSConnection('secure.hoiio.com')


@pytest.mark.parametrize(
    'exc',
    [
        unreachable(NewConnectionError(CONNECTION, 'refused')),
        unreachable(urllib3.exceptions.NameResolutionError('host', CONNECTION, OSError())),  # type: ignore[arg-type]
        requests.ConnectTimeout(MaxRetryError(None, '/', ConnectTimeoutError())),  # type: ignore[arg-type]
        through_proxy(NewConnectionError(CONNECTION, 'refused')),
        through_proxy(OSError('Tunnel connection failed: 403 Forbidden')),
    ],
    ids=['refused', 'DNS', 'connect timeout', 'proxy refused', 'tunnel refused'],
)
def test_a_send_that_never_left_is_repeated(exc: Exception, pauses: list[float]) -> None:
    client, adapter = failing(exc)
    with pytest.raises(TransportError, match='Nothing was sent') as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert adapter.calls == 3
    assert len(pauses) == 2
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize(
    'exc',
    [
        through_proxy(RemoteDisconnected('dropped after the request')),
        through_proxy(ConnectionResetError()),
        requests.exceptions.InvalidHeader('two lengths in the answer'),
        requests.ConnectionError(ProtocolError('Connection aborted.', ConnectionResetError())),
        OverflowError('a timestamp'),
        ValueError('whatever'),
        OSError(28, 'No space left'),
    ],
    ids=lambda exc: f'{type(exc).__name__}-{exc}'[:40],
)
def test_a_send_that_may_have_arrived_is_not_repeated(exc: Exception, pauses: list[float]) -> None:
    client, adapter = failing(exc)
    with pytest.raises(TransportError, match='unknown') as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert adapter.calls == 1
    assert pauses == []
    assert caught.value.outcome_unknown


@pytest.mark.parametrize(
    ('exc', 'said'),
    [
        (unreachable(ConnectionRefusedError(111, 'x')), 'connection failed (Connection refused)'),
        (
            unreachable(urllib3.exceptions.NameResolutionError('host', CONNECTION, OSError())),  # type: ignore[arg-type]
            'connection failed (the host name was not found)',
        ),
        (requests.exceptions.SSLError(ssl.SSLEOFError(8, 'x')), 'the TLS connection failed.'),
        (
            requests.exceptions.SSLError(ssl_error('CERTIFICATE_VERIFY_FAILED')),
            'the TLS connection failed (CERTIFICATE_VERIFY_FAILED)',
        ),
        (through_proxy(OSError('Tunnel connection failed: 407 x')), 'proxy could not be used'),
        (requests.ConnectTimeout('x'), 'the connection timed out'),
        (requests.ReadTimeout('x'), 'no response arrived in time'),
        (requests.exceptions.ChunkedEncodingError('x'), 'the response ended too early'),
        (requests.exceptions.ContentDecodingError('x'), 'the response could not be decompressed'),
        (OSError('Could not find a suitable TLS CA bundle: x'), 'look at REQUESTS_CA_BUNDLE'),
        (OSError(28, 'x'), 'stopped by OSError (No space left on device)'),
        (wrapping_itself(), 'stopped by HTTPError'),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_a_message_does_not_quote_the_exception(exc: Exception, said: str) -> None:
    client, _ = failing(exc)
    client.init(max_retries=0)
    with pytest.raises(TransportError, match=re.escape(said)):
        client.account.balance()


@pytest.mark.parametrize('password', ['SECRET', 'SEC/RET', 'SEC#RET', 'SEC?RET'])
def test_an_error_does_not_show_the_password_of_a_proxy(password: str) -> None:
    url = f'http://me:{password}@host:99999'
    client, _ = failing(requests.exceptions.InvalidProxyURL(f'bad: {url}'))
    with pytest.raises(TransportError, match='the URL of the proxy is not valid') as caught:
        client.account.balance()
    assert 'RET' not in str(caught.value)


@pytest.mark.parametrize(
    ('exc', 'calls'),
    [
        (requests.ReadTimeout('slow'), 3),
        (requests.ConnectionError('dropped'), 3),
        (requests.exceptions.ChunkedEncodingError('cut'), 3),
        (requests.exceptions.SSLError('bad record mac'), 1),
        (requests.exceptions.InvalidHeader('nonsense'), 1),
        (requests.exceptions.ContentDecodingError('nonsense'), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_query_is_repeated_if_that_may_help(exc: Exception, calls: int) -> None:
    client, adapter = failing(exc)
    with pytest.raises(type(exc)) as caught:
        client.account.balance()
    assert adapter.calls == calls
    assert isinstance(caught.value, TransportError)
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize('max_retries', [0, 1, 4])
def test_max_retries(max_retries: int, pauses: list[float]) -> None:
    client, adapter = failing(requests.ReadTimeout('slow'))
    client.init('APP', 'TOKEN', max_retries=max_retries)
    with pytest.raises(TransportError):
        client.account.balance()
    assert adapter.calls == max_retries + 1
    for attempt, pause in enumerate(pauses):
        assert 0.125 * 2**attempt <= pause <= 0.375 * 2**attempt


def test_every_pause_is_short(pauses: list[float]) -> None:
    client, _ = failing(requests.ReadTimeout('slow'))
    client.init(max_retries=20, app_id='APP', access_token='TOKEN')
    with pytest.raises(TransportError):
        client.account.balance()
    assert len(pauses) == 20
    assert max(pauses) <= 12


@pytest.mark.parametrize('code', [500, 502, 503, 504])
def test_a_query_is_repeated_after_a_5xx(client: HoiioClient, api: Api, code: int) -> None:
    api.mock.post(f'{BASE_URL}user/get_balance', body='<html>', status=code)
    api.answers('user/get_balance', balance='1.000')
    assert client.account.balance().balance == 1.0


def test_a_query_returns_the_last_5xx_that_has_a_status(client: HoiioClient, api: Api) -> None:
    body = {'status': 'error_internal_server_error'}
    answer = api.mock.post(f'{BASE_URL}user/get_balance', json=body, status=500)
    assert client.account.balance().status == 'error_internal_server_error'
    assert answer.call_count == 3


@pytest.mark.parametrize('code', [400, 404, 429])
def test_a_4xx_is_not_repeated(client: HoiioClient, api: Api, code: int) -> None:
    body = {'status': 'error_rate_limit_exceeded'}
    answer = api.mock.post(f'{BASE_URL}user/get_balance', json=body, status=code)
    assert not client.account.balance().is_success()
    assert answer.call_count == 1


def test_a_send_is_not_repeated_after_a_5xx(client: HoiioClient, api: Api) -> None:
    body = {'status': 'error_internal_server_error'}
    answer = api.mock.post(f'{BASE_URL}sms/send', json=body, status=500)
    assert not client.sms.send('Hoiio World', '+6511111111').is_success()
    assert answer.call_count == 1


class Refused(Exception):
    """An exception that a program raises in its own adapter or hook."""


@pytest.mark.parametrize('kind', [Refused, ZeroDivisionError, MemoryError, OSError, StopIteration])
def test_any_exception_of_an_adapter_becomes_a_transport_error(kind: type[Exception]) -> None:
    client, adapter = failing(kind('a reason'))
    with pytest.raises(TransportError) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert caught.value.__cause__ is adapter.exc
    assert caught.value.outcome_unknown
    assert adapter.calls == 1


@pytest.mark.parametrize('kind', [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_exception_that_ends_the_program_is_not_changed(kind: type[BaseException]) -> None:
    client, adapter = failing(kind())
    with pytest.raises(kind) as caught:
        client.account.balance()
    assert caught.value is adapter.exc
    assert adapter.calls == 1


# Headers


def sent_headers(client: HoiioClient, api: Api) -> dict[str, str | bytes]:
    api.answers('user/get_balance')
    client.account.balance()
    return dict(api.mock.calls[-1].request.headers)


def test_user_agent(client: HoiioClient, api: Api) -> None:
    headers = sent_headers(client, api)
    assert headers['User-Agent'] == f'hoiio-python/{__version__}'
    assert headers['Accept'] == 'application/json'


def test_user_agent_extended(api: Api) -> None:
    headers = sent_headers(HoiioClient('APP', 'TOKEN', user_agent='myapp/2.1'), api)
    assert headers['User-Agent'] == f'hoiio-python/{__version__} myapp/2.1'


# Sessions of the user


@pytest.mark.parametrize('hooks', [list, lambda hooks: hooks[0]], ids=['list', 'function'])
def test_a_session_keeps_its_hooks_auth_cookies_and_headers(
    server: wire.Server, hooks: Callable[[list[Any]], Any]
) -> None:
    seen: list[int] = []
    session = requests.Session()
    session.hooks['response'] = hooks([lambda res, **_: seen.append(res.status_code)])
    session.auth = ('user', 'password')
    session.cookies.set('a', 'b')
    session.headers['X-Trace'] = '1'
    client = HoiioClient('APP', 'TOKEN', base_url=server.url, session=session)
    res = client.sms.send('Hoiio World', '+6511111111')
    assert seen == [200]
    for line in (b'Authorization: Basic ', b'Cookie: a=b', b'X-Trace: 1', b'hoiio-python/'):
        assert line in server.requests[0]
    assert pickle.loads(pickle.dumps(res)).txn_ref == 'AA-S-1'


def test_a_response_does_not_have_the_passwords_of_a_session(server: wire.Server) -> None:
    secrets = {'Authorization': 'SECRET', 'Proxy-Authorization': 'SECRET', 'X-Api-Key': 'SECRET'}
    session = requests.Session()
    session.headers.update(secrets)
    session.cookies.set('login', 'SECRET')
    client = HoiioClient('APP', 'TOKEN', base_url=server.url, session=session)
    server.behaviours = (wire.answer(), wire.answer(wire.http(b'nonsense')), wire.drop)
    sent = client.sms.send('Hoiio World', '+6511111111')
    assert server.requests[0].count(b'SECRET') == 4
    assert 'User-Agent' in sent.response.request.headers
    with pytest.raises(ResponseUnreadable) as unreadable:
        client.sms.send('Hoiio World', '+6511111111')
    with pytest.raises(TransportError) as lost:
        client.sms.send('Hoiio World', '+6511111111')
    for each in (sent, unreadable.value, lost.value):
        assert b'SECRET' not in pickle.dumps(each)


def test_an_exception_of_a_hook_becomes_an_error_without_the_token(server: wire.Server) -> None:
    def refuse(res: requests.Response, **_: object) -> None:
        raise requests.HTTPError('not in this house', response=res)

    session = requests.Session()
    session.hooks['response'].append(refuse)
    client = HoiioClient('APP', 'SECRET-TOKEN', base_url=server.url, session=session)
    with pytest.raises(requests.HTTPError, match='stopped by HTTPError') as caught:
        client.sms.send('Hoiio World', '+6511111111')
    cause = caught.value.__cause__
    assert isinstance(caught.value, TransportError)
    assert isinstance(cause, requests.HTTPError)
    assert str(cause) == 'not in this house'
    assert b'SECRET-TOKEN' not in pickle.dumps(cause.response)


@pytest.mark.parametrize(
    'exc',
    [
        requests.ConnectTimeout(MaxRetryError(None, '/', ConnectTimeoutError())),  # type: ignore[arg-type]
        requests.exceptions.MissingSchema('metrics'),
        OSError('disk full'),
    ],
    ids=lambda exc: type(exc).__name__,
)
def test_a_send_is_not_repeated_if_a_hook_fails_after_the_response(
    server: wire.Server, exc: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise exc

    session = requests.Session()
    session.hooks['response'].append(fail)
    client = HoiioClient('APP', 'TOKEN', base_url=server.url, session=session)
    with pytest.raises(TransportError) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert caught.value.outcome_unknown
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    'retries',
    [
        3,
        Retry(3),
        Retry(total=3, allowed_methods=None),
        Retry(total=None, read=1),
        Retry(5, read=0),
    ],
    ids=repr,
)
def test_an_adapter_that_would_repeat_a_send_is_refused(
    server: wire.Server, retries: Retry | int
) -> None:
    session = requests.Session()
    session.mount('http://', HTTPAdapter(max_retries=retries))
    client = HoiioClient('APP', 'TOKEN', base_url=server.url, session=session)
    with pytest.raises(InputInvalid, match='charged twice'):
        client.sms.send('Hoiio World', '+6511111111')
    assert server.requests == []


@pytest.mark.parametrize(
    'retries',
    [0, Retry(0), Retry(3, read=0, status=0, other=0), Retry(connect=3, total=0)],
    ids=repr,
)
def test_an_adapter_that_repeats_only_connecting_is_used(
    server: wire.Server, retries: Retry | int
) -> None:
    session = requests.Session()
    session.mount('http://', HTTPAdapter(max_retries=retries))
    client = HoiioClient('APP', 'TOKEN', base_url=server.url, session=session)
    assert client.sms.send('Hoiio World', '+6511111111').is_success()


def test_the_body_of_a_session_that_streams_is_read(server: wire.Server) -> None:
    cut = b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"status"'
    server.behaviours = (wire.answer_and_close(cut),)
    session = requests.Session()
    session.stream = True
    client = HoiioClient('APP', 'TOKEN', base_url=server.url, session=session)
    with pytest.raises(TransportError) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert caught.value.outcome_unknown


def test_a_response_after_digest_authentication_does_not_have_the_token(
    server: wire.Server,
) -> None:
    challenge = 'WWW-Authenticate: Digest realm="a", nonce="b", qop="auth"\r\n'
    server.behaviours = (wire.answer(wire.http(b'', 401, challenge)), wire.answer())
    session = requests.Session()
    session.auth = HTTPDigestAuth('user', 'password')
    client = HoiioClient('APP', 'SECRET-TOKEN', base_url=server.url, session=session)
    res = client.sms.send('Hoiio World', '+6511111111')
    assert len(res.response.history) == 1
    assert res.response.history[0].request.body is None
    assert b'SECRET-TOKEN' not in pickle.dumps(res)


def test_a_session_does_not_follow_a_redirect(server: wire.Server) -> None:
    location = f'Location: {server.url}elsewhere\r\n'
    server.behaviours = (wire.answer(wire.http(b'', 307, location)), wire.answer())
    client = HoiioClient('APP', 'TOKEN', base_url=server.url, session=requests.Session())
    with pytest.raises(ResponseUnreadable) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    assert caught.value.response.headers['Location'] == f'{server.url}elsewhere'
    assert caught.value.response.next is None
    assert len(server.requests) == 1


def test_a_response_has_its_cookie_and_the_next_request_does_not(server: wire.Server) -> None:
    server.behaviours = (wire.answer(wire.http(wire.OK, headers='Set-Cookie: seen=1\r\n')),)
    client = HoiioClient('APP', 'TOKEN', base_url=server.url)
    assert client.account.balance().response.cookies['seen'] == '1'
    client.account.balance()
    assert b'seen' not in server.requests[1]


@pytest.mark.parametrize('own_session', [False, True])
def test_the_raw_response_is_as_requests_makes_it(server: wire.Server, own_session: bool) -> None:
    body = '{"status": "success_ok", "name": "Jürgen"}'.encode()
    server.behaviours = (wire.answer(wire.http(body)),)
    session = requests.Session() if own_session else None
    client = HoiioClient('APP', 'TOKEN', base_url=server.url, session=session)
    raw = client.account.info().response
    assert (raw.status_code, raw.reason, raw.encoding) == (200, 'Word', 'utf-8')
    assert raw.url == f'{server.url}user/get_info'
    assert raw.json()['name'] == 'Jürgen'
    assert 'Jürgen' in raw.text
    assert raw.ok


def test_elapsed_is_the_time_of_the_request(client: HoiioClient, server: wire.Server) -> None:
    client.init(base_url=server.url)
    assert client.account.balance().response.elapsed.total_seconds() > 0


def test_closing_a_client_does_not_close_its_session(server: wire.Server) -> None:
    session = requests.Session()
    with HoiioClient('APP', 'TOKEN', base_url=server.url, session=session) as client:
        client.account.balance()
    session.post(server.url)
    assert server.connections == 1


def test_a_traceback_with_variables_shows_no_token() -> None:
    client, _ = failing(requests.ReadTimeout('slow'))
    client.init('APP', 'SECRET-TOKEN')
    with pytest.raises(TransportError) as caught:
        client.sms.send('Hoiio World', '+6511111111')
    for exc in (caught.value, caught.value.__cause__):
        assert exc is not None
        shown = ''.join(TracebackException.from_exception(exc, capture_locals=True).format())
        assert 'ReadTimeout' in shown
        assert 'SECRET-TOKEN' not in shown


def test_an_adapter_that_is_mounted_is_used(server: wire.Server) -> None:
    class Counting(HTTPAdapter):
        calls = 0

        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            Counting.calls += 1
            return super().send(*args, **kwargs)

    session = requests.Session()
    session.mount('http://', Counting())
    HoiioClient('APP', 'TOKEN', base_url=server.url, session=session).account.balance()
    assert Counting.calls == 1


def test_an_adapter_without_connections_survives_a_renewal() -> None:
    client, adapter = failing(requests.ReadTimeout('slow'))
    client._settings.transport.renew_connections()
    with pytest.raises(TransportError):
        client.sms.send('Hoiio World', '+6511111111')
    assert adapter.calls == 1


def test_the_request_that_an_adapter_receives_keeps_its_body(client: HoiioClient, api: Api) -> None:
    api.answers('sms/send', txn_ref='AA-S-1')
    res = client.sms.send('Hoiio World', '+6511111111')
    assert api.form == {'msg': 'Hoiio World', 'dest': '+6511111111'}
    assert res.response.request.body is None
    assert res.response.request.headers['Content-Type'] == 'application/x-www-form-urlencoded'
    assert isinstance(res, Response)


def test_a_body_shows_its_size_and_not_the_token() -> None:
    body = Body(b'access_token=TOKEN')
    assert {repr(body), str(body), f'{body}'} == {'<18 bytes>'}
