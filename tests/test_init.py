from __future__ import annotations

import pydoc
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import requires, version

import pytest

import hoiio
import hoiio.service
from hoiio import constants
from hoiio.constants import Status, Word


def test_exported_names() -> None:
    assert hoiio.__all__ == [
        'GMT8',
        'ApiError',
        'CallState',
        'CallStatus',
        'Capability',
        'CredentialsMissing',
        'CredentialsRefused',
        'CreditInsufficient',
        'Entry',
        'FaxFileUnreadable',
        'FaxStatus',
        'FaxType',
        'FieldUnreadable',
        'Hoiio',
        'HoiioClient',
        'HoiioException',
        'InputInvalid',
        'NotificationInvalid',
        'NumberMode',
        'OnFailure',
        'Page',
        'RateLimitExceeded',
        'Response',
        'ResponseUnreadable',
        'SmsStatus',
        'Status',
        'Switch',
        'Transaction',
        'TransportError',
        'UserStatus',
        '__version__',
    ]


MODULES = {'constants', 'exceptions', 'notification', 'service'}


@pytest.mark.parametrize(
    ('package', 'modules'),
    [
        ('hoiio', MODULES),
        ('hoiio.campaign', set()),
        ('hoiio.notification', set()),
        ('hoiio.sandbox', {'words'}),
        ('hoiio.service', {'account', 'fax', 'ivr', 'number', 'sms', 'voice'}),
    ],
)
def test_completion_shows_what_a_user_needs(package: str, modules: set[str]) -> None:
    module = import_module(package)
    assert {*dir(module)} - {'campaign', 'sandbox'} == {*module.__all__, *modules}
    assert all(hasattr(module, name) for name in dir(module))


@pytest.mark.slow
def test_completion_shows_the_extras_once_they_are_imported() -> None:
    code = (
        'import hoiio; before = {*dir(hoiio)}\n'
        'import hoiio.campaign, hoiio.sandbox; print(*sorted({*dir(hoiio)} - before))'
    )
    run = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert run.stdout == 'campaign sandbox\n'


def test_completion_of_the_client_shows_what_a_user_needs() -> None:
    services = {'account', 'fax', 'ivr', 'notification', 'number', 'sms', 'user', 'voice'}
    public = {name for name in dir(hoiio.Hoiio) if not name.startswith('_')}
    assert public == {*services, 'access_token', 'close', 'init', 'prefix', 'request'}


def test_help_of_the_client_names_the_services_and_no_helper() -> None:
    shown = pydoc.plain(pydoc.render_doc(hoiio.Hoiio))
    for name in ('account', 'fax', 'ivr', 'notification', 'number', 'sms', 'voice'):
        kind = type(getattr(hoiio.Hoiio, name))
        assert f"\n |  {name} = <class '{kind.__module__}.{kind.__name__}'>\n" in shown
    assert re.findall(r'object at 0x|TYPE_CHECKING|[lL]azy|\b_[a-z]\w*', shown) == []


def test_response_is_where_0_1_5_had_it() -> None:
    assert hoiio.service.Response is hoiio.Response


def test_version() -> None:
    assert hoiio.__version__ == version('hoiio') == '1.0.0'


def needs(package: str) -> set[str]:
    plain = [name for name in requires(package) or [] if 'extra ==' not in name]
    return {re.split(r'\W', name)[0] for name in plain}


def test_an_application_installs_requests_and_nothing_else() -> None:
    assert needs('hoiio') - needs('requests') == {'requests'}


@pytest.mark.slow
@pytest.mark.parametrize(
    'statement', ['import hoiio; hoiio.Hoiio', 'from hoiio import Hoiio', 'import hoiio.client']
)
def test_a_program_imports_what_every_call_needs_and_no_more(statement: str) -> None:
    code = (
        f'import sys\n{statement}\nprint(*sorted(name for name in sys.modules'
        " if name.partition('.')[0] in ('hoiio', 'werkzeug', 'argparse')))"
    )
    shown = subprocess.run(
        [sys.executable, '-c', code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert shown == [
        'hoiio',
        'hoiio.client',
        'hoiio.credentials',
        'hoiio.exceptions',
        'hoiio.idempotency',
        'hoiio.lazy_import',
        'hoiio.transport',
        'hoiio.transport.connection',
        'hoiio.transport.failures',
        'hoiio.transport.pooled',
        'hoiio.transport.prepared',
        'hoiio.transport.response_body',
        'hoiio.transport.schedule',
        'hoiio.transport.session',
        'hoiio.transport.transport',
        'hoiio.transport_errors',
    ]


def test_the_package_alone_does_not_import_requests() -> None:
    code = 'import sys, hoiio; print({"requests", "typing", "argparse"} & {*sys.modules})'
    run = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert run.stdout == 'set()\n'


def test_the_client_that_an_application_shares_is_made_once() -> None:
    assert hoiio.Hoiio is hoiio.__getattr__('Hoiio') is hoiio.client.Hoiio


@pytest.mark.slow
@pytest.mark.parametrize(
    'name',
    [
        *('client', 'constants', 'credentials', 'exceptions', 'fields', 'idempotency'),
        *('notification', 'response', 'service', 'transport', 'transport_errors', 'Status'),
    ],
)
def test_what_is_imported_later_is_there_when_it_is_named(name: str) -> None:
    code = f'import hoiio; print(hoiio.{name} is not None)'
    run = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert run.stdout == 'True\n'
    assert hoiio.__getattr__(name) is getattr(hoiio, name)


@pytest.mark.slow
def test_a_service_is_there_when_its_module_is_named() -> None:
    code = 'import hoiio; print(hoiio.service.sms.SmsRecord.__name__)'
    run = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert run.stdout == 'SmsRecord\n'
    assert hoiio.service.__getattr__('sms') is sys.modules['hoiio.service.sms']
    with pytest.raises(AttributeError, match=r"'hoiio\.service' has no attribute 'smss'"):
        hoiio.service.smss  # type: ignore[attr-defined]  # noqa: B018


def test_a_misspelt_name() -> None:
    with pytest.raises(AttributeError, match="module 'hoiio' has no attribute 'SmsStatsu'"):
        hoiio.SmsStatsu  # type: ignore[attr-defined]  # noqa: B018


# constants


def test_each_status_has_a_meaning() -> None:
    for status in Status:
        assert status.meaning.endswith('.')
        assert status.name == status.value.removeprefix('error_').upper()
        assert str(status) == f'{status}' == status.value


@pytest.mark.parametrize('name', constants.__all__)
def test_words_are_open(name: str) -> None:
    kind: type[Word] = getattr(constants, name)
    assert issubclass(kind, str)
    known = next(iter(kind))
    assert repr(known) == f"'{known}'"
    new = kind('a word of tomorrow')
    assert isinstance(new, kind)
    assert new == 'a word of tomorrow'
    assert new not in list(kind)
    with pytest.raises(ValueError, match='5'):
        kind(5)


def test_the_meaning_of_a_status_that_names_a_parameter() -> None:
    assert Status('error_dest_param_missing').meaning == 'The parameter dest is missing.'
    assert Status('error_of_tomorrow').meaning == ''
