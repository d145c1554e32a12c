from __future__ import annotations

import logging
import re
from collections.abc import Callable

import pytest
import requests

from hoiio import (
    CredentialsMissing,
    Hoiio,
    HoiioClient,
    InputInvalid,
    Response,
    ResponseUnreadable,
    TransportError,
)
from tests.conftest import BASE_URL, Api
from tests.wire import refused_url, serving


def credentials_sent(api: Api) -> tuple[str, str]:
    body = str(api.mock.calls[-1].request.body)
    pairs = dict(re.findall(r'(app_id|access_token)=(\w+)', body))
    return pairs['app_id'], pairs['access_token']


# Credentials


def test_hoiio_is_a_client_that_is_set_up_once(api: Api) -> None:
    assert isinstance(Hoiio, HoiioClient)
    api.answers('user/get_balance')
    Hoiio.init('APP', 'TOKEN')
    Hoiio.account.balance()
    assert credentials_sent(api) == ('APP', 'TOKEN')


def test_two_clients_keep_apart(api: Api) -> None:
    api.answers('user/get_balance')
    one, other = HoiioClient('ONE', 'FIRST'), HoiioClient('OTHER', 'SECOND')
    one.account.balance()
    assert credentials_sent(api) == ('ONE', 'FIRST')
    other.account.balance()
    assert credentials_sent(api) == ('OTHER', 'SECOND')


def test_credentials_of_one_call_alone(client: HoiioClient, api: Api) -> None:
    api.answers('user/get_balance')
    client.account.balance(app_id='OTHER', access_token='SECOND')
    assert credentials_sent(api) == ('OTHER', 'SECOND')
    client.account.balance()
    assert credentials_sent(api) == ('APP', 'TOKEN')


def test_credentials_of_the_environment(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    client = HoiioClient()
    monkeypatch.setenv('HOIIO_APP_ID', 'ENV')
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'VARIABLE')
    api.answers('user/get_balance')
    client.account.balance()
    assert credentials_sent(api) == ('ENV', 'VARIABLE')
    client.init('APP', 'TOKEN')
    client.account.balance()
    assert credentials_sent(api) == ('APP', 'TOKEN')


@pytest.mark.parametrize(
    ('app_id', 'access_token', 'missing'),
    [
        (None, None, 'app_id'),
        ('APP', None, 'access_token'),
        ('', 'T', 'app_id'),
        (' \n', 'T', 'app_id'),
        ('APP', '', 'acc'),
    ],
)
def test_no_credentials(
    api: Api, app_id: str | None, access_token: str | None, missing: str
) -> None:
    with pytest.raises(CredentialsMissing, match=missing) as caught:
        HoiioClient(app_id, access_token).sms.send('Hoiio World', '+6511111111')
    assert isinstance(caught.value, ValueError)
    for way in ('Hoiio.init(', 'environment variable HOIIO_', 'HoiioClient', '= to the call'):
        assert way in str(caught.value)
    assert len(api.mock.calls) == 0


def test_empty_credentials_of_a_call_do_not_fall_back(client: HoiioClient, api: Api) -> None:
    with pytest.raises(CredentialsMissing):
        client.account.balance(access_token='')
    assert len(api.mock.calls) == 0


# Options


def test_init_leaves_alone_what_is_not_given() -> None:
    client = HoiioClient('APP', 'TOKEN', prefix='65', max_retries=0, timeout=5)
    client.init('OTHER', 'SECOND')
    assert client.prefix == '65'
    assert client._settings.max_retries == 0
    assert client._settings.timeout == 5
    assert client._settings.app_id == 'OTHER'


@pytest.mark.parametrize('attempt', [lambda c: c.init('NEW', 'NEW', prefix='x')])
def test_init_changes_nothing_if_an_option_is_wrong(attempt: Callable[[HoiioClient], None]) -> None:
    client = HoiioClient('APP', 'TOKEN')
    with pytest.raises(InputInvalid):
        attempt(client)
    assert client._settings.app_id == 'APP'


def test_prefix() -> None:
    client = HoiioClient('APP', 'TOKEN')
    assert client.prefix is None
    client.prefix = '+86'
    assert client.prefix == '86'
    client.prefix = None
    assert client.prefix is None
    client.prefix = 65  # type: ignore[assignment]
    assert client.prefix == '65'
    for wrong in ('SG', '\u0666\u0665', '+', '6 5'):
        with pytest.raises(InputInvalid, match="such as '65'"):
            client.prefix = wrong


@pytest.mark.parametrize('session_first', [True, False])
def test_a_session_and_a_user_agent_do_not_undo_each_other(api: Api, session_first: bool) -> None:
    client, session = HoiioClient('APP', 'TOKEN', max_retries=1), requests.Session()
    session.headers['X-Trace'] = '1'
    if session_first:
        client.init(session=session)
    client.init(user_agent='myapp/2.1')
    if not session_first:
        client.init(session=session)
    api.answers('user/get_balance')
    client.account.balance()
    headers = api.mock.calls[0].request.headers
    assert headers['X-Trace'] == '1'
    assert str(headers['User-Agent']).endswith(' myapp/2.1')


@pytest.mark.parametrize('name', ['приложение/1', 'a\nb', 'a\x00'])
def test_a_user_agent_that_cannot_be(name: str) -> None:
    with pytest.raises(InputInvalid, match='printable ASCII'):
        HoiioClient(user_agent=name)


@pytest.mark.parametrize(
    'timeout', [True, 1e10, 10**400, 0, -1, float('nan'), float('inf'), (1,), (1, 0), 'soon']
)
def test_a_timeout_that_cannot_be(client: HoiioClient, api: Api, timeout: object) -> None:
    with pytest.raises(InputInvalid, match='positive number of seconds'):
        HoiioClient(timeout=timeout)  # type: ignore[arg-type]
    with pytest.raises(InputInvalid, match='positive number of seconds'):
        client.account.balance(timeout=timeout)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('count', [-1, 1.5, '2'])
def test_a_number_of_retries_that_cannot_be(count: object) -> None:
    with pytest.raises(InputInvalid, match='whole number'):
        HoiioClient(max_retries=count)  # type: ignore[arg-type]


def test_the_default_timeout_is_finite() -> None:
    assert HoiioClient()._settings.timeout == (10, 60)


@pytest.mark.parametrize(
    'url',
    [
        'https://secure.hoiio.com/open/',
        'https://secure.hoiio.com/open',
        'https://gateway.example.com:8443/hoiio',
        'http://127.0.0.1:8420/open/',
        'http://127.1.2.3/',
        'http://localhost:8420/open/',
        'http://[::1]:8420/open/',
    ],
)
def test_base_url(api: Api, url: str) -> None:
    api.mock.post(f'{url.rstrip("/")}/user/get_balance', json={'status': 'success_ok'})
    assert HoiioClient('APP', 'TOKEN', base_url=url).account.balance().is_success()


@pytest.mark.parametrize(
    'url',
    [
        'http://secure.hoiio.com/open/',
        'http://localhost.example.com/',
        'http://127.0.0.1.nip.example/',
        'http://0.0.0.0/',
        'http://10.0.0.1/',
        'http://example.com@127.0.0.1/',
        'http://127.0.0.1@example.com/',
        'http://example.com\\@127.0.0.1/',
        'https://example.com/open/?a=b',
        'https://example.com/open/#a',
        'https://exa mple.com/',
        'ftp://127.0.0.1/',
        'secure.hoiio.com/open/',
        'https://',
        'https://[::1',
    ],
)
def test_a_base_url_not_to_be_trusted_with_a_token(
    url: str, monkeypatch: pytest.MonkeyPatch, api: Api
) -> None:
    with pytest.raises(InputInvalid, match='base_url'):
        HoiioClient('APP', 'TOKEN', base_url=url)
    monkeypatch.setenv('HOIIO_BASE_URL', url)
    with pytest.raises(InputInvalid, match='base_url'):
        HoiioClient('APP', 'TOKEN').account.balance()
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('url', [b'https://secure.hoiio.com/open/', ['a']])
def test_a_base_url_that_is_no_text(url: object) -> None:
    with pytest.raises((InputInvalid, TypeError)):
        HoiioClient(base_url=url)  # type: ignore[arg-type]


def test_repr_with_a_base_url_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOIIO_BASE_URL', 'nonsense')
    assert repr(HoiioClient()) == '<HoiioClient nonsense>'


def test_base_url_of_the_environment(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOIIO_BASE_URL', 'http://127.0.0.1:8420/open')
    api.mock.post('http://127.0.0.1:8420/open/user/get_balance', json={'status': 'success_ok'})
    assert HoiioClient('APP', 'TOKEN').account.balance().is_success()


def test_repr_shows_where_and_no_token() -> None:
    client = HoiioClient('APP', 'TOKEN')
    assert repr(client) == f'<HoiioClient {BASE_URL}>'
    assert 'TOKEN' not in repr(client._settings)


# Requests


def test_request_by_name(client: HoiioClient, api: Api) -> None:
    api.answers('voice/of_tomorrow', answer='42')
    res = client.request('voice/of_tomorrow', Response, {'dest': '11111111', 'tag': None})
    assert api.form == {'dest': '11111111'}
    assert res.json['answer'] == '42'


def test_credentials_are_in_the_body_and_not_in_the_url(client: HoiioClient, api: Api) -> None:
    api.answers('sms/send', txn_ref='AA-S-1')
    client.sms.send('Hoiio World', '+6511111111')
    request = api.mock.calls[0].request
    assert request.method == 'POST'
    assert request.url == f'{BASE_URL}sms/send'
    assert not any('TOKEN' in str(value) for value in request.headers.values())
    assert credentials_sent(api) == ('APP', 'TOKEN')


def test_a_client_is_a_context_manager() -> None:
    with serving() as server, HoiioClient('APP', 'TOKEN', base_url=server.url) as client:
        assert client.account.balance().is_success()


# Logging


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def own_records(log: pytest.LogCaptureFixture) -> list[str]:
    assert not any(word in log.text for word in ('TOKEN', '6511111111', 'private'))
    return [record.getMessage() for record in log.records if record.name == 'hoiio']


def test_one_record_a_call(client: HoiioClient, api: Api, log: pytest.LogCaptureFixture) -> None:
    api.answers('sms/send', 'error_dest_invalid')
    client.sms.send('a private text', '+6511111111', tag='private')
    (message,) = own_records(log)
    assert re.fullmatch(r'sms/send error_dest_invalid \d+ ms', message)
    assert log.records[0].levelno == logging.DEBUG


def test_the_record_of_a_failure(log: pytest.LogCaptureFixture) -> None:
    client = HoiioClient('APP', 'TOKEN', base_url=refused_url(), max_retries=0)
    with pytest.raises(TransportError):
        client.sms.send('a private text', '+6511111111')
    (message,) = own_records(log)
    assert re.fullmatch(r'sms/send ConnectionError \d+ ms', message)


def test_the_record_of_an_unreadable_answer(
    client: HoiioClient, api: Api, log: pytest.LogCaptureFixture
) -> None:
    api.mock.post(f'{BASE_URL}sms/send', body='private')
    with pytest.raises(ResponseUnreadable):
        client.sms.send('a private text', '+6511111111')
    (message,) = own_records(log)
    assert re.fullmatch(r'sms/send ResponseUnreadable \d+ ms', message)


def test_no_handler_is_installed() -> None:
    assert logging.getLogger('hoiio').handlers == []


def test_a_session_can_be_set_later(api: Api) -> None:
    client = HoiioClient('APP', 'TOKEN')
    session = requests.Session()
    session.headers['X-Trace'] = '1'
    client.init('APP', 'TOKEN', session=session)
    api.answers('user/get_balance')
    client.account.balance()
    assert api.mock.calls[0].request.headers['X-Trace'] == '1'


def test_a_service_is_made_once_and_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    client = HoiioClient('MY_APP_ID', 'MY_ACCESS_TOKEN')
    assert client.sms is client.sms
    assert client.user is client.account
    fake = object()
    monkeypatch.setattr(client, 'sms', fake)
    assert client.sms is fake
    assert 'sms' in dir(HoiioClient)
    assert isinstance(vars(HoiioClient)['sms'], type(HoiioClient.sms))
