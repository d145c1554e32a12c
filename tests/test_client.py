from __future__ import annotations

import copy
import inspect
import logging
import pickle
import re
from collections.abc import Callable
from traceback import TracebackException
from typing import Any
from unittest.mock import create_autospec, patch

import pytest
import requests

import hoiio
from hoiio import (
    CredentialsMissing,
    Entry,
    Hoiio,
    HoiioClient,
    InputInvalid,
    Response,
    ResponseUnreadable,
    TransportError,
)
from hoiio.service.sms import Sms
from tests.conftest import BASE_URL, Api
from tests.wire import refused_url, serving


def credentials_sent(api: Api) -> tuple[str, str]:
    body = api.mock.calls[-1].request.body
    assert isinstance(body, bytes)
    pairs = dict(re.findall(r'(app_id|access_token)=(\w+)', body.decode()))
    return pairs['app_id'], pairs['access_token']


# Credentials


def test_hoiio_is_a_client_that_init_configures(api: Api) -> None:
    assert isinstance(Hoiio, HoiioClient)
    api.answers('user/get_balance')
    Hoiio.init('APP', 'TOKEN')
    Hoiio.account.balance()
    assert credentials_sent(api) == ('APP', 'TOKEN')


def test_two_clients_do_not_share_settings(api: Api) -> None:
    api.answers('user/get_balance')
    one, other = HoiioClient('ONE', 'FIRST'), HoiioClient('OTHER', 'SECOND')
    one.account.balance()
    assert credentials_sent(api) == ('ONE', 'FIRST')
    other.account.balance()
    assert credentials_sent(api) == ('OTHER', 'SECOND')


def test_credentials_for_one_call(client: HoiioClient, api: Api) -> None:
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


def spent(client: HoiioClient, api: Api) -> tuple[str, str]:
    api.answers('user/get_balance')
    client.account.balance()
    return credentials_sent(api)


def test_none_for_both_credentials_resets_the_account(
    client: HoiioClient, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.init(None, None)
    with pytest.raises(CredentialsMissing, match='app_id is missing'):
        client.account.balance()
    monkeypatch.setenv('HOIIO_APP_ID', 'ENV')
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'VARIABLE')
    assert spent(client, api) == ('ENV', 'VARIABLE')


@pytest.mark.parametrize(
    ('given', 'missing'),
    [
        ({'app_id': 'B', 'access_token': None}, 'access_token'),
        ({'app_id': 'B'}, 'access_token'),
        ({'app_id': None, 'access_token': 'SECOND'}, 'app_id'),
        ({'access_token': 'SECOND'}, 'app_id'),
        ({'app_id': None}, 'app_id'),
    ],
    ids=str,
)
def test_one_credential_is_never_paired_with_that_of_another_account(
    api: Api, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], missing: str
) -> None:
    client = HoiioClient('A', 'FIRST')
    monkeypatch.setenv('HOIIO_APP_ID', 'ENV')
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'VARIABLE')
    if any(given.values()):
        for one in (client, HoiioClient()):
            with pytest.raises(CredentialsMissing, match=f'{missing} is missing'):
                one.account.balance(**given)
        with pytest.raises(CredentialsMissing, match=f'{missing} is missing'):
            HoiioClient(**given).account.balance()
    client.init(**given)
    with pytest.raises(CredentialsMissing, match=f'{missing} is missing'):
        client.account.balance()
    assert len(api.mock.calls) == 0


def test_one_credential_of_the_environment_needs_the_other(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'VARIABLE')
    with pytest.raises(CredentialsMissing, match='app_id is missing'):
        HoiioClient().account.balance()


def test_init_keeps_the_credentials_if_you_omit_them(client: HoiioClient, api: Api) -> None:
    client.init(prefix='65')
    assert spent(client, api) == ('APP', 'TOKEN')


class Name(str):
    """A subclass of str in an application."""

    def __str__(self) -> str:
        return '**********'


@pytest.mark.parametrize(
    'token', [b'TOKEN', ' TOKEN\n', '\ufeffTOKEN', b'\xef\xbb\xbfTOKEN\r\n', Name('TOKEN')]
)
def test_white_space_around_a_token_is_removed(client: HoiioClient, api: Api, token: Any) -> None:
    assert spent(HoiioClient('APP', token), api) == ('APP', 'TOKEN')
    assert HoiioClient('APP', token).access_token == 'TOKEN'
    client.init(token, token)
    assert spent(client, api) == ('TOKEN', 'TOKEN')
    api.answers('user/get_balance')
    client.account.balance(app_id='APP', access_token=token)
    assert credentials_sent(api) == ('APP', 'TOKEN')


def test_white_space_around_a_token_of_the_environment_is_removed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOIIO_APP_ID', '\ufeffENV ')
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'VARIABLE\n')
    assert spent(HoiioClient(), api) == ('ENV', 'VARIABLE')


class Masked:
    """A class that hides a token, such as SecretStr of pydantic."""

    def __str__(self) -> str:
        return '**********'


@pytest.mark.parametrize(
    'token', [Masked(), 5, 0, False, ['TOKEN'], b'\xffTOKEN', 'TOKEN\udc80', object()]
)
def test_a_token_that_is_not_text_is_refused_and_not_quoted(
    client: HoiioClient, api: Api, token: Any
) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: HoiioClient('APP', token),
        lambda: HoiioClient(token, 'TOKEN'),
        lambda: client.init('APP', token),
        lambda: client.account.balance(app_id='APP', access_token=token),
    ]
    for attempt in attempts:
        with pytest.raises(InputInvalid, match='is not text') as caught:
            attempt()
        assert 'TOKEN' not in str(caught.value)
    assert len(api.mock.calls) == 0


def test_a_token_of_the_environment_that_is_not_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOIIO_APP_ID', 'APP')
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'TOKEN\udc80')
    with pytest.raises(InputInvalid, match='access_token is not text'):
        HoiioClient().account.balance()


# Options


def test_init_keeps_the_options_that_you_omit() -> None:
    client = HoiioClient('APP', 'TOKEN', prefix='65', max_retries=0, timeout=5)
    client.init('OTHER', 'SECOND')
    assert client.prefix == '65'
    assert client._settings.max_retries == 0
    assert client._settings.timeout == 5


@pytest.mark.parametrize(
    'attempt',
    [
        lambda c: c.init('NEW', 'NEW', prefix='x'),
        lambda c: c.init('NEW', 'NEW', session=object()),
        lambda c: c.init(5, 'NEW', prefix='65'),
    ],
    ids=['prefix', 'session', 'credentials'],
)
def test_init_changes_nothing_if_an_option_is_wrong(attempt: Callable[[HoiioClient], None]) -> None:
    client = HoiioClient('APP', 'TOKEN')
    before = client._settings
    with pytest.raises(InputInvalid):
        attempt(client)
    assert client._settings is before


def test_prefix() -> None:
    client = HoiioClient('APP', 'TOKEN')
    assert client.prefix is None
    client.prefix = '+86'
    assert client.prefix == '86'
    client.prefix = None
    assert client.prefix is None
    client.prefix = 65  # type: ignore[assignment]
    assert client.prefix == '65'
    for wrong in ('SG', '\u0666\u0665', '+', '6 5', '0', '0065', '+0065'):
        with pytest.raises(InputInvalid, match="such as '65'"):
            client.prefix = wrong


@pytest.mark.parametrize('session_first', [True, False])
def test_a_session_and_a_user_agent_can_be_set_in_any_order(api: Api, session_first: bool) -> None:
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
def test_an_invalid_user_agent(name: str) -> None:
    with pytest.raises(InputInvalid, match='printable ASCII'):
        HoiioClient(user_agent=name)


@pytest.mark.parametrize(
    'timeout', [True, 1e10, 10**400, 0, -1, float('nan'), float('inf'), (1,), (1, 0), 'soon']
)
def test_an_invalid_timeout(client: HoiioClient, api: Api, timeout: Any) -> None:
    with pytest.raises(InputInvalid, match='positive number of seconds'):
        HoiioClient(timeout=timeout)
    with pytest.raises(InputInvalid, match='positive number of seconds'):
        client.account.balance(timeout=timeout)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('count', [-1, 1.5, '2', True])
def test_an_invalid_number_of_retries(count: object) -> None:
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
def test_a_base_url_that_is_not_safe_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch, api: Api
) -> None:
    with pytest.raises(InputInvalid, match='base_url'):
        HoiioClient('APP', 'TOKEN', base_url=url)
    monkeypatch.setenv('HOIIO_BASE_URL', url)
    with pytest.raises(InputInvalid, match='base_url'):
        HoiioClient('APP', 'TOKEN').account.balance()
    assert len(api.mock.calls) == 0


NOT_OPTIONS: list[dict[str, Any]] = [
    {'base_url': b'https://secure.hoiio.com/open/'},
    {'base_url': ['https://secure.hoiio.com/open/']},
    {'base_url': ''},
    {'prefix': ''},
    {'prefix': ['65']},
    {'user_agent': ''},
    {'user_agent': 5},
    {'session': object()},
    {'session': requests.Session},
    {'max_retries': None, 'timeout': ''},
]


@pytest.mark.parametrize('options', NOT_OPTIONS)
def test_an_option_of_the_wrong_type(options: dict[str, Any]) -> None:
    with pytest.raises(InputInvalid):
        HoiioClient(**options)
    with pytest.raises(InputInvalid):
        HoiioClient('APP', 'TOKEN').init(**options)


def test_none_resets_an_option() -> None:
    options: dict[str, Any] = {
        'base_url': 'http://127.0.0.1:1/',
        'timeout': 5,
        'max_retries': 0,
        'prefix': '65',
        'session': requests.Session(),
        'user_agent': 'myapp/2.1',
    }
    client, new = HoiioClient(**options), HoiioClient()
    for name in options:
        assert getattr(client._settings, name) != getattr(new._settings, name)
        client.init(**{name: None})
        assert getattr(client._settings, name) == getattr(new._settings, name)
    assert repr(client) == repr(new)


def test_http_to_a_host_that_the_environment_allows(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = 'http://sandbox:8420/open/'
    with pytest.raises(InputInvalid, match='HOIIO_ALLOW_HTTP'):
        HoiioClient(base_url=url)
    monkeypatch.setenv('HOIIO_ALLOW_HTTP', 'gateway, Sandbox')
    monkeypatch.setenv('HTTP_PROXY', 'http://127.0.0.1:1')
    api.mock.post(f'{url}user/get_balance', json={'status': 'success_ok'})
    assert HoiioClient('APP', 'TOKEN', base_url=url).account.balance().is_success()
    for other in ('http://sandbox.example.com/', 'http://box/', 'http://sandbox@example.com/'):
        with pytest.raises(InputInvalid, match='base_url'):
            HoiioClient(base_url=other)
    client = HoiioClient('APP', 'TOKEN', base_url=url)
    monkeypatch.delenv('HOIIO_ALLOW_HTTP')
    with pytest.raises(InputInvalid, match='base_url'):
        client.account.balance()


@pytest.mark.parametrize('blank', ['', ' ', '\n'])
@pytest.mark.parametrize(
    ('name', 'base_url'),
    [
        ('HOIIO_BASE_URL', None),
        ('HOIIO_APP_ID', None),
        ('HOIIO_ACCESS_TOKEN', None),
        ('HOIIO_ALLOW_HTTP', 'http://sandbox/'),
    ],
)
def test_a_variable_that_is_set_but_empty_is_refused(
    api: Api, monkeypatch: pytest.MonkeyPatch, name: str, base_url: str | None, blank: str
) -> None:
    monkeypatch.setenv('HOIIO_APP_ID', 'APP')
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'TOKEN')
    monkeypatch.setenv(name, blank)
    with pytest.raises(InputInvalid, match=f'{name} is set but empty'):
        HoiioClient(base_url=base_url).sms.send('Hoiio World', '+6511111111')
    assert len(api.mock.calls) == 0


def test_white_space_at_the_ends_of_a_variable_is_removed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOIIO_APP_ID', 'APP\r')
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', ' TOKEN\r\n')
    monkeypatch.setenv('HOIIO_BASE_URL', f' {BASE_URL}\r')
    api.answers('user/get_balance')
    assert HoiioClient().account.balance().is_success()
    assert credentials_sent(api) == ('APP', 'TOKEN')


def test_a_variable_that_is_not_needed_is_not_read(
    client: HoiioClient, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ('HOIIO_APP_ID', 'HOIIO_ACCESS_TOKEN', 'HOIIO_BASE_URL', 'HOIIO_ALLOW_HTTP'):
        monkeypatch.setenv(name, '')
    client.init(base_url=BASE_URL)
    api.answers('user/get_balance')
    assert client.account.balance().is_success()


def test_repr_with_a_base_url_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ('https://me:SECRET@example.com/', ''):
        monkeypatch.setenv('HOIIO_BASE_URL', url)
        assert repr(HoiioClient()) == '<HoiioClient with a base URL that is not valid>'


def test_base_url_of_the_environment(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOIIO_BASE_URL', 'http://127.0.0.1:8420/open')
    api.mock.post('http://127.0.0.1:8420/open/user/get_balance', json={'status': 'success_ok'})
    assert HoiioClient('APP', 'TOKEN').account.balance().is_success()


def test_repr_shows_the_base_url_and_not_the_token() -> None:
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


@pytest.mark.parametrize(
    'operation', [None, 5, b'sms/send', '', '/sms/send', 'sms/../send', 'sms/send?a=b', 'sms send']
)
def test_an_operation_that_is_not_a_path(client: HoiioClient, api: Api, operation: Any) -> None:
    with pytest.raises(InputInvalid, match='operation must be a path'):
        client.request(operation, Response, {})
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('kind', [None, 'Response', dict, Entry, requests.Response, object()])
def test_a_kind_that_is_not_a_class_of_responses(client: HoiioClient, api: Api, kind: Any) -> None:
    with pytest.raises(InputInvalid, match='kind is not a subclass of Response'):
        client.request('sms/send', kind, {})
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('params', [None, 'a=b', ['a'], 5])
def test_parameters_that_are_not_a_mapping(client: HoiioClient, api: Api, params: Any) -> None:
    with pytest.raises(InputInvalid, match='params must be a mapping'):
        client.request('sms/send', Response, params)
    assert len(api.mock.calls) == 0


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


def test_each_call_writes_one_log_record(
    client: HoiioClient, api: Api, log: pytest.LogCaptureFixture
) -> None:
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


def test_a_service_is_created_once_and_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    client = HoiioClient('MY_APP_ID', 'MY_ACCESS_TOKEN')
    assert client.sms is client.sms
    assert client.user is client.account
    fake = object()
    monkeypatch.setattr(client, 'sms', fake)
    assert client.sms is fake


@pytest.mark.parametrize('name', [*inspect.signature(HoiioClient).parameters])
def test_only_the_prefix_can_be_assigned(name: str) -> None:
    client = HoiioClient('APP', 'TOKEN')
    before = dict(vars(client))
    if name == 'prefix':
        setattr(client, name, '65')
        assert client.prefix == '65'
        return
    expected = f'^you cannot assign {name}; pass it to Hoiio.init'
    with pytest.raises(AttributeError, match=expected) as caught:
        setattr(client, name, ''.join(['can', 'ary']))
    assert vars(client) == before
    shown = TracebackException.from_exception(caught.value, capture_locals=True).format()
    assert 'canary' not in ''.join(shown)


def test_a_program_can_assign_attributes_of_its_own() -> None:
    client: Any = HoiioClient('APP', 'TOKEN')
    client.label = 'second account'
    assert client.label == 'second account'


# Tools that inspect or copy a client


def test_a_client_without_credentials_can_be_inspected() -> None:
    client = HoiioClient()
    assert not hasattr(client, 'access_token')
    assert getattr(client, 'access_token', None) is None
    with pytest.raises(CredentialsMissing, match='access_token is missing'):
        client.access_token  # noqa: B018
    members = dict(inspect.getmembers(client))
    assert members['sms'] is client.sms
    assert dict(inspect.getmembers(HoiioClient))['sms'] is Sms
    assert hasattr(HoiioClient('APP', 'TOKEN'), 'access_token')


def application(dest: str) -> str:
    return hoiio.Hoiio.sms.send('Hoiio World', dest).txn_ref


def test_a_client_can_be_replaced_by_a_mock_with_its_signatures() -> None:
    with patch('hoiio.Hoiio', autospec=True) as mocked:
        mocked.sms.send.return_value.txn_ref = 'AA-S-1'
        assert application('+6511111111') == 'AA-S-1'
        mocked.sms.send.assert_called_once_with('Hoiio World', '+6511111111')


@pytest.mark.parametrize(
    'mocked',
    [
        lambda: create_autospec(Hoiio),
        lambda: create_autospec(HoiioClient, instance=True),
        lambda: create_autospec(HoiioClient)('APP', 'TOKEN'),
    ],
    ids=['instance', 'class', 'instance of the class'],
)
def test_a_mock_of_a_client_has_its_services(mocked: Callable[[], Any]) -> None:
    client = mocked()
    client.sms.send('Hoiio World', '+6511111111', tag='myapp')
    client.number.subscribed_numbers()
    client.init('APP', 'TOKEN', prefix='65')
    with pytest.raises(TypeError):
        client.sms.send('Hoiio World')
    with pytest.raises(TypeError):
        client.init('APP', prefixes='65')
    with pytest.raises(AttributeError):
        client.sms.sent()


@pytest.mark.parametrize(
    'copied',
    [
        copy.copy,
        copy.deepcopy,
        pickle.dumps,
        lambda client: copy.deepcopy(client.sms),
        lambda client: pickle.dumps(client.sms),
        lambda client: copy.deepcopy(client.sms.send),
        lambda client: pickle.dumps(client.sms.send),
    ],
)
def test_a_client_that_is_pickled_or_copied_says_what_to_do(
    client: HoiioClient, copied: Callable[[HoiioClient], object]
) -> None:
    with pytest.raises(TypeError, match='make a HoiioClient in the code'):
        copied(client)
