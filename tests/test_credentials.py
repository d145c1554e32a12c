"""Error trackers show the variables of a traceback; a token must not be among them."""

from __future__ import annotations

import io
import os
import signal
import socket
import ssl
from collections.abc import Callable
from functools import cache
from secrets import token_hex
from traceback import TracebackException
from types import FrameType
from typing import Any, NoReturn
from unittest.mock import patch

import pytest
import requests
import sentry_sdk
import trustme
from requests.adapters import HTTPAdapter
from rich.console import Console
from rich.traceback import Traceback
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from sentry_sdk.utils import event_from_exception

from hoiio import HoiioClient, HoiioException, Response, TransportError
from hoiio.credentials import Credentials
from tests import wire
from tests.conftest import BASE_URL
from tests.wire import serving

pytestmark = pytest.mark.slow

# Not those that the canary looks for: a server that sends a request back tells them to the caller.
TEXT, PHONE = 'Happy birthday', '+6598765432'


@cache
def secret() -> str:
    """Return a token that stands neither in this file, which trackers quote, nor in a variable."""
    return token_hex()


def client_of(url: str, **options: Any) -> HoiioClient:
    return HoiioClient('APP', secret(), base_url=url, max_retries=0, **options)


def halves() -> tuple[str, str]:
    """Return what a password is made of that a pattern could cut in two."""
    return secret()[:20], secret()[-20:]


# What trackers make of an exception


def by_sentry(exc: BaseException) -> str:
    told: list[bytes] = []

    class Told(Transport):
        def capture_envelope(self, envelope: Envelope) -> None:
            told.append(envelope.serialize())

    tracker = sentry_sdk.Client(
        'http://key@127.0.0.1/1', transport=Told, default_integrations=False
    )
    event, hint = event_from_exception(exc, client_options=tracker.options)
    tracker.capture_event(event, hint)
    (shown,) = told
    assert b'"vars"' in shown
    return shown.decode()


class Colourless(Traceback):
    """A traceback of rich without colours for the code, which take most of the time."""

    @classmethod
    def _guess_lexer(cls, _filename: str, _code: str) -> str:
        return 'text'


def by_rich(exc: BaseException) -> str:
    shown = io.StringIO()
    traceback = Colourless.from_exception(
        type(exc), exc, exc.__traceback__, show_locals=True, locals_max_string=100_000
    )
    Console(file=shown, width=10_000).print(traceback)
    return shown.getvalue()


def by_traceback(exc: BaseException) -> str:
    return ''.join(TracebackException.from_exception(exc, capture_locals=True).format())


TRACKERS = [by_sentry, by_rich, by_traceback]


def shown_to_trackers(exc: BaseException) -> str:
    return '\n'.join(tracker(exc) for tracker in TRACKERS)


def check_that_nothing_is_told(exc: BaseException) -> None:
    for tracker in TRACKERS:
        shown = tracker(exc)
        assert type(exc).__name__ in shown
        for hidden in ('msg=Happy+birthday', *halves()):
            assert hidden not in shown, tracker.__name__


# What goes wrong


def cut(peer: socket.socket, _request: bytes) -> bool:
    peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"status"')
    return False


def echo(before: bytes, after: bytes = b'\r\n\r\n') -> wire.Behaviour:
    """Send the body of the request back, somewhere in the answer."""

    def behave(peer: socket.socket, request: bytes) -> bool:
        peer.sendall(before + request.partition(b'\r\n\r\n')[2] + after)
        return False

    return behave


def echo_json(peer: socket.socket, request: bytes) -> bool:
    peer.sendall(wire.http({'form': dict(wire.form_of(request))}))
    return True


BROKEN: dict[str, wire.Behaviour] = {
    'dropped': wire.drop,
    'reset': wire.reset,
    'cut': cut,
    'undecodable': wire.answer(wire.http(b'x', headers='Content-Encoding: gzip\r\n')),
    'echo in the status line': echo(b'HTTP/1.1 '),
    'echo before the status line': echo(b''),
    'echo in the reason': echo(b'HTTP/1.1 200 '),
    'echo in the length': echo(b'HTTP/1.1 200 OK\r\nContent-Length: '),
    'echo in a chunk': echo(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
    'echo in the type': echo(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: text/'),
    'echo as a header': echo(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n'),
    'echo in a redirect': echo(b'HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /'),
    'echo as JSON': echo_json,
    'refused by Hoiio': wire.answer(wire.http({'status': 'error_insufficient_credit'})),
}


@pytest.mark.parametrize('own_session', [False, True])
@pytest.mark.parametrize('behaviour', BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_tells_no_tracker_the_token(
    behaviour: wire.Behaviour, own_session: bool
) -> None:
    with serving(behaviour) as server:
        client = client_of(server.url, session=requests.Session() if own_session else None)
        with pytest.raises(HoiioException) as caught:
            client.sms.send(TEXT, PHONE).raise_for_status()
    check_that_nothing_is_told(caught.value)


@pytest.mark.parametrize('own_session', [False, True])
def test_a_request_that_never_left_tells_no_tracker_the_token(own_session: bool) -> None:
    client = client_of(wire.refused_url(), session=requests.Session() if own_session else None)
    with pytest.raises(TransportError, match='refused') as caught:
        client.sms.send(TEXT, PHONE)
    check_that_nothing_is_told(caught.value)


def test_a_timeout_tells_no_tracker_the_token() -> None:
    with serving() as server:
        server.behaviours = (server.silent,)
        with pytest.raises(requests.ReadTimeout) as caught:
            client_of(server.url, timeout=(60, 0.2)).sms.send(TEXT, PHONE)
    check_that_nothing_is_told(caught.value)


def test_a_certificate_that_is_not_trusted_tells_no_tracker_the_token() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert('127.0.0.1').configure_cert(context)
    with serving(tls=context) as server, pytest.raises(requests.exceptions.SSLError) as caught:
        client_of(server.url).sms.send(TEXT, PHONE)
    check_that_nothing_is_told(caught.value)


@pytest.mark.parametrize('mark', ['', '/', '#', '?', '@', ':'])
@pytest.mark.parametrize('host', ['127.0.0.1:1', '127.0.0.1:99999', '['])
def test_the_password_of_a_proxy_is_told_to_no_tracker(
    monkeypatch: pytest.MonkeyPatch, mark: str, host: str
) -> None:
    monkeypatch.setenv('HTTPS_PROXY', f'http://me:{mark.join(halves())}@{host}')
    with pytest.raises(TransportError) as caught:
        client_of('https://hoiio.invalid/').sms.send(TEXT, PHONE)
    check_that_nothing_is_told(caught.value)
    each: BaseException | None = caught.value
    while each is not None:
        assert not any(half in repr(vars(each)) for half in halves())
        each = each.__cause__ or each.__context__


class Mine(Exception):
    """An exception of an application's own."""


def fail(*_: object, **__: object) -> NoReturn:
    raise Mine


def test_a_hook_or_an_adapter_that_fails_tells_no_tracker_the_token() -> None:
    hooked, mounted = requests.Session(), requests.Session()
    hooked.hooks['response'].append(fail)
    adapter = HTTPAdapter()
    mounted.mount('http://', adapter)
    with serving() as server, patch.object(adapter, 'send', fail):
        for session in (hooked, mounted):
            with pytest.raises((Mine, TransportError)) as caught:
                client_of(server.url, session=session).sms.send(TEXT, PHONE)
            check_that_nothing_is_told(caught.value)


class Noted(Exception):
    """An exception with a note, as Python 3.11 keeps it, and several others in it."""

    def __init__(self, said: object) -> None:
        super().__init__('several')
        self.__notes__ = [str(said)]
        self.exceptions = (ValueError(said), ValueError('a', str(said)))


@pytest.mark.parametrize('show', [bytes, lambda body: body])
@pytest.mark.parametrize('kind', [Noted, ValueError])
def test_what_quotes_the_body_of_the_request_tells_no_tracker_the_token(
    kind: type[Exception], show: Callable[[object], object]
) -> None:
    def quote(response: requests.Response, **_: object) -> NoReturn:
        raise kind(show(response.request.body))

    session = requests.Session()
    session.hooks['response'].append(quote)
    with serving() as server, pytest.raises(TransportError) as caught:
        client_of(server.url, session=session).sms.send(TEXT, PHONE)
    check_that_nothing_is_told(caught.value)
    for each in getattr(caught.value.__cause__, 'exceptions', ()):
        assert not any(half in str(each) for half in halves())


def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Mine


@pytest.mark.parametrize('own_session', [False, True])
def test_an_interruption_tells_no_tracker_the_token(own_session: bool) -> None:
    def kill(peer: socket.socket, request: bytes) -> bool:
        os.kill(os.getpid(), signal.SIGUSR1)
        return server.silent(peer, request)

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with serving(kill) as server:
            client = client_of(server.url, session=requests.Session() if own_session else None)
            with pytest.raises(Mine) as caught:
                client.sms.send(TEXT, PHONE)
    finally:
        signal.signal(signal.SIGUSR1, before)
    check_that_nothing_is_told(caught.value)


REFUSED: dict[str, Callable[[], object]] = {
    'option': lambda: HoiioClient('APP', secret(), prefix='x'),
    'option of init': lambda: HoiioClient().init('APP', secret(), timeout=-1),
    'session': lambda: HoiioClient().init('APP', secret(), session=object()),  # type: ignore[arg-type]
    'token': lambda: HoiioClient('APP', secret().encode() + b'\xff'),  # type: ignore[arg-type]
    'app id': lambda: HoiioClient(5, secret()),  # type: ignore[arg-type]
    'half': lambda: HoiioClient('', secret()).sms.send(TEXT, PHONE),
    'text': lambda: client_of(BASE_URL).sms.send(TEXT, PHONE, tag=300 * 'x'),
    'timeout': lambda: client_of(BASE_URL).sms.send(TEXT, PHONE, timeout=-1),
    'operation': lambda: client_of(BASE_URL).request('..', Response, {}),
    'notification': lambda: client_of(BASE_URL).notification.parse(b'a=b', 'forged'),
    'retries': lambda: client_of('https://127.0.0.1/', session=repeating()).sms.send(TEXT, PHONE),
}


def repeating() -> requests.Session:
    session = requests.Session()
    session.mount('https://', HTTPAdapter(max_retries=3))
    return session


@pytest.mark.parametrize('attempt', REFUSED.values(), ids=REFUSED)
def test_what_is_refused_tells_no_tracker_the_token(attempt: Callable[[], object]) -> None:
    with pytest.raises(HoiioException) as caught:
        attempt()
    check_that_nothing_is_told(caught.value)


def test_a_token_of_the_environment_is_told_to_no_tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', secret() + '\udc80')
    monkeypatch.setenv('HOIIO_APP_ID', 'APP')
    with pytest.raises(HoiioException) as caught:
        HoiioClient().account.balance()
    check_that_nothing_is_told(caught.value)


# What stays


def test_what_was_being_handled_before_keeps_its_traceback() -> None:
    client = client_of(wire.refused_url())
    try:
        fail()
    except Mine as before:
        with pytest.raises(TransportError) as caught:
            client.sms.send(TEXT, PHONE)
        assert before.__traceback__ is not None
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.__traceback__ is None


def test_a_cause_that_tells_nothing_keeps_its_text() -> None:
    with pytest.raises(TransportError) as caught:
        client_of(wire.refused_url()).sms.send(TEXT, PHONE)
    assert 'Connection refused' in str(caught.value.__cause__)


class Unshowable:
    def __repr__(self) -> str:
        raise RecursionError


def test_a_cause_that_cannot_be_searched_does_not_take_the_place_of_the_error() -> None:
    def break_down(*_: object, **__: object) -> NoReturn:
        raise requests.HTTPError(Unshowable())

    session = requests.Session()
    session.hooks['response'].append(break_down)
    with serving() as server, pytest.raises(TransportError) as caught:
        client_of(server.url, session=session).sms.send(TEXT, PHONE)
    assert caught.value.outcome_unknown
    assert str(caught.value.__cause__).startswith('hidden')


def test_credentials_show_nothing() -> None:
    credentials = Credentials('APP', secret())
    assert repr(credentials) == str(credentials) == '<credentials>'
    assert not hasattr(credentials, '__iter__')
    assert credentials.added_to({'msg': TEXT})['access_token'] == secret()
