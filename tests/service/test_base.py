"""What holds for every method of every service."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, get_args, get_type_hints

import pytest

from hoiio import (
    ApiError,
    CallStatus,
    CredentialsMissing,
    Entry,
    FaxStatus,
    FaxType,
    HoiioClient,
    InputInvalid,
    NumberMode,
    OnFailure,
    Page,
    RateLimitExceeded,
    ResponseUnreadable,
    SmsStatus,
    Status,
)
from hoiio.fields import PERIOD, PHONES, TEXTS
from hoiio.idempotency import is_idempotent
from hoiio.service.base import CallOptions
from hoiio.service.fax import FaxRecord
from hoiio.service.sms import SmsRecord
from hoiio.service.voice import CallRecord
from tests.canary import TOKEN
from tests.conftest import BASE_URL, Api
from tests.service.calls import (
    CALLS,
    FINDS,
    OTHER,
    PDF,
    PDF_BASE64,
    PHONE,
    READS,
    forms_with_credentials,
    invoke,
    keywords,
    method_of,
    parameters,
    services,
    timeouts,
)

# The signature requires these arguments, and None has a meaning for them.
MAY_BE_NONE = {
    ('voice.call', 'dest1'),
    ('voice.rate', 'dest1'),
    ('sms.rate', 'msg'),
}

each_method = pytest.mark.parametrize('name', CALLS)


def required() -> list[tuple[str, int]]:
    positional = [
        (name, parameter.name)
        for name, parameter in parameters()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        and parameter.default is parameter.empty
    ]
    return [
        (name, [other for method, other in positional if method == name].index(argument))
        for name, argument in positional
        if (name, argument) not in MAY_BE_NONE
    ]


# Every method of every service.


def test_every_method_has_a_call_in_the_table() -> None:
    methods = {
        f'{area}.{name}'
        for area, kind in services().items()
        for name in dir(kind)
        if not name.startswith('_')
    }
    assert methods == {*CALLS, *FINDS}
    assert set(services()) == {'voice', 'sms', 'ivr', 'fax', 'number', 'account'}


@each_method
def test_a_method_sends_its_arguments_with_one_post(
    client: HoiioClient, api: Api, name: str
) -> None:
    api.answers(CALLS[name].operation)
    res = invoke(client, name)
    (call,) = api.mock.calls
    assert call.request.method == 'POST'
    assert call.request.url == BASE_URL + CALLS[name].operation
    assert api.form == CALLS[name].form
    assert res.operation == CALLS[name].operation
    assert res.is_success()


@each_method
def test_a_method_returns_what_it_declares(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation)
    assert type(invoke(client, name)) is get_type_hints(method_of(name))['return']


@each_method
def test_an_unknown_parameter_is_sent(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name)
    invoke(client, name, ring_time=20, nothing=None)
    bare, extended = api.forms
    assert extended == {**bare, 'ring_time': '20'}


@each_method
def test_every_keyword_is_sent_under_its_name_in_the_api(
    client: HoiioClient, api: Api, name: str
) -> None:
    own = [keyword for method, keyword in keywords() if method == name]
    api.answers(CALLS[name].operation)
    invoke(client, name, **dict.fromkeys(own, 3))
    assert api.form == {**CALLS[name].form, **{keyword.rstrip('_'): '3' for keyword in own}}


@each_method
def test_a_keyword_that_is_none_is_not_sent(client: HoiioClient, api: Api, name: str) -> None:
    own = [keyword for method, keyword in keywords() if method == name]
    api.answers(CALLS[name].operation)
    invoke(client, name, **dict.fromkeys(own))
    assert api.form == CALLS[name].form


class Sent(NamedTuple):
    """A call that the tests above do not make, and the form that the method sends."""

    name: str
    args: tuple[Any, ...]
    params: Mapping[str, Any]
    form: Mapping[str, str]


SENT = {
    'a call from the registered number': Sent('voice.call', (None, OTHER), {}, {'dest2': OTHER}),
    'the rate from the registered number': Sent('voice.rate', (None, OTHER), {}, {'dest2': OTHER}),
    'the rate of one part of an SMS': Sent('sms.rate', (None, PHONE), {}, {'dest': PHONE}),
    'a text with special characters': Sent(
        'sms.send',
        ('你好 & 100% + ~\n€', PHONE),
        {},
        {'msg': '你好 & 100% + ~\n€', 'dest': PHONE},
    ),
    'a fax without a header': Sent(
        'fax.send',
        (PHONE, PDF),
        {'fax_header': ''},
        {'dest': PHONE, 'file': PDF_BASE64, 'fax_header': ''},
    ),
    'a fax type of the enum': Sent(
        'fax.history', (), {'type': FaxType.OUTGOING}, {'type': 'outgoing'}
    ),
    'a state': Sent('number.available_numbers', ('US', 'AL'), {}, {'country': 'US', 'state': 'AL'}),
    'a country and a state by keyword': Sent(
        'number.available_numbers',
        (),
        {'country': 'US', 'state': 'AL'},
        {'country': 'US', 'state': 'AL'},
    ),
    'a subscription that is renewed': Sent(
        'number.subscribe',
        (PHONE, 'auto_extend'),
        {},
        {'number': PHONE, 'duration': 'auto_extend'},
    ),
    'a mode of the enum': Sent(
        'number.configure',
        (PHONE,),
        {'mode': NumberMode.VOICE},
        {'number': PHONE, 'mode': 'voice'},
    ),
    'zeros': Sent(
        'ivr.gather',
        ('S1',),
        {'max_digits': 0, 'timeout': 0, 'attempts': 0},
        {'session': 'S1', 'max_digits': '0', 'timeout': '0', 'attempts': '0'},
    ),
    'a word of the enum for a transfer': Sent(
        'ivr.transfer',
        ('S1', PHONE),
        {'on_failure': OnFailure.HANGUP},
        {'session': 'S1', 'dest': PHONE, 'on_failure': 'hangup'},
    ),
    'a forced hangup': Sent(
        'ivr.hangup', ('S1',), {'force': True}, {'session': 'S1', 'force': 'enabled'}
    ),
    'a forced hangup in the word of the API': Sent(
        'ivr.hangup', ('S1',), {'force': 'enabled'}, {'session': 'S1', 'force': 'enabled'}
    ),
    'a hangup that is not forced': Sent('ivr.hangup', ('S1',), {'force': False}, {'session': 'S1'}),
}


@pytest.mark.parametrize('sent', SENT.values(), ids=SENT)
def test_what_is_sent(client: HoiioClient, api: Api, sent: Sent) -> None:
    area, _, method = sent.name.partition('.')
    api.answers(CALLS[sent.name].operation)
    getattr(getattr(client, area), method)(*sent.args, **sent.params)
    assert api.form == sent.form


@each_method
def test_a_prefix_completes_the_phone_numbers(api: Api, name: str) -> None:
    client = HoiioClient('APP', TOKEN, prefix='65')
    args = [arg.removeprefix('+65') if isinstance(arg, str) else arg for arg in CALLS[name].args]
    caller_ids: list[dict[str, str]] = [{}]
    if (name, 'caller_id') in keywords():
        caller_ids = [{'caller_id': '33333333'}, {'caller_id': 'private'}]
    api.answers(CALLS[name].operation)
    for params in caller_ids:
        invoke(client, name, *args, **params)
    completed = [
        {each: '+6533333333' if value.isdecimal() else value for each, value in params.items()}
        for params in caller_ids
    ]
    assert api.forms == [{**CALLS[name].form, **params} for params in completed]


@each_method
def test_credentials_of_one_call(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name, app_id='OTHER APP', access_token='OTHER TOKEN')
    invoke(client, name)
    other, own = forms_with_credentials(api)
    assert (other['app_id'], other['access_token']) == ('OTHER APP', 'OTHER TOKEN')
    assert (own['app_id'], own['access_token']) == ('APP', 'TOKEN')
    assert other.keys() == own.keys()


@each_method
def test_the_timeout_of_one_call(client: HoiioClient, api: Api, name: str) -> None:
    keyword = 'request_timeout' if name == 'ivr.gather' else 'timeout'
    api.answers(CALLS[name].operation)
    invoke(client, name, **{keyword: 5})
    invoke(client, name, **{keyword: (1.5, 30)})
    invoke(client, name)
    assert timeouts(api) == [(5, 5), (1.5, 30), (10.0, 60.0)]
    assert not any(keyword in form for form in api.forms)


@each_method
def test_an_invalid_timeout_is_refused(client: HoiioClient, api: Api, name: str) -> None:
    keyword = 'request_timeout' if name == 'ivr.gather' else 'timeout'
    for timeout in (0, -1, float('inf'), 'soon', (1, 2, 3, 4)):
        with pytest.raises(InputInvalid, match='timeout must be a positive number'):
            invoke(client, name, **{keyword: timeout})
    assert len(api.mock.calls) == 0


@each_method
def test_without_credentials_nothing_is_sent(api: Api, name: str) -> None:
    with pytest.raises(CredentialsMissing, match='app_id is missing'):
        invoke(HoiioClient(), name)
    with pytest.raises(CredentialsMissing, match='access_token is missing'):
        invoke(HoiioClient('APP'), name)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('empty', [None, ''])
@pytest.mark.parametrize(('name', 'index'), required())
def test_a_required_argument_is_required(
    client: HoiioClient, api: Api, name: str, index: int, empty: str | None
) -> None:
    args = list(CALLS[name].args)
    args[index] = empty
    with pytest.raises(InputInvalid, match=rf'^{CALLS[name].operation}: \w+ is missing$'):
        invoke(client, name, *args)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('name', [name for name, keyword in keywords() if keyword == 'tag'])
def test_a_tag_has_at_most_256_characters(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation)
    with pytest.raises(InputInvalid, match='the tag has 257 characters'):
        invoke(client, name, tag='你' * 257)
    assert len(api.mock.calls) == 0
    invoke(client, name, tag='你' * 256)
    assert api.form['tag'] == '你' * 256


@each_method
def test_a_refusal_is_a_response(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation, status='error_rate_limit_exceeded')
    res = invoke(client, name)
    assert not res.is_success()
    assert res.status == 'error_rate_limit_exceeded'
    with pytest.raises(RateLimitExceeded, match=CALLS[name].operation) as caught:
        res.raise_for_status()
    assert caught.value.response is res
    assert not caught.value.outcome_unknown


@each_method
def test_a_refusal_lacks_every_field_and_says_why(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation, status='error_dest_invalid')
    res = invoke(client, name)
    for field in {*get_type_hints(type(res)), 'txn_ref'} - {'status'}:
        assert not hasattr(res, field)
        with pytest.raises(AttributeError, match=f"no '{field}'.*'error_dest_invalid'"):
            getattr(res, field)


def test_every_refusal_of_the_api_is_a_member_of_status(client: HoiioClient, api: Api) -> None:
    refusals = [status for status in Status if status != Status.SUCCESS_OK]
    for status in refusals:
        api.answers('user/get_balance', status=str(status))
    for status in refusals:
        res = client.account.balance()
        assert res.status is status
        assert not res.is_success()


@each_method
def test_an_unknown_status_is_a_refusal(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation, status='error_moon_phase', detail='waning')
    res = invoke(client, name)
    assert not res.is_success()
    assert res.json == {'status': 'error_moon_phase', 'detail': 'waning'}
    with pytest.raises(ApiError, match='error_moon_phase'):
        res.raise_for_status()


def test_the_reads_are_idempotent() -> None:
    assert {name for name, call in CALLS.items() if is_idempotent(call.operation)} == READS


@each_method
def test_only_a_read_is_repeated_after_a_server_error(
    client: HoiioClient, api: Api, pauses: list[float], name: str
) -> None:
    api.mock.post(BASE_URL + CALLS[name].operation, status=503, body='busy')
    with pytest.raises(ResponseUnreadable, match='HTTP 503') as caught:
        invoke(client, name)
    repeats = 2 if name in READS else 0
    assert len(api.forms) == 1 + repeats
    assert len(pauses) == repeats
    assert caught.value.outcome_unknown is (name not in READS)


# The records of transactions.


class Record(NamedTuple):
    """A record as Hoiio sends it, as Python reads it, and its field with the status."""

    kind: type[Entry]
    sent: Mapping[str, str]
    read: Mapping[str, object]
    status: str


CHARGED = {'currency': 'SGD', 'rate': '0.020', 'debit': '0.140'}
READ = {
    'txn_ref': 'TX-1234',
    'tag': 'id_1',
    'date': datetime(2012, 1, 31, 12, 6, 15),
    'currency': 'SGD',
    'rate': 0.02,
    'debit': 0.14,
}
COMMON = {'txn_ref': 'TX-1234', 'tag': 'id_1', 'date': '2012-01-31 12:06:15', **CHARGED}

RECORDS = {
    'voice': Record(
        CallRecord,
        {
            **COMMON,
            'dest1': PHONE,
            'dest2': OTHER,
            'number': '+6599999999',
            'call_status_dest1': 'answered',
            'call_status_dest2': 'unanswered',
            'duration': '7',
        },
        {
            **READ,
            'dest1': PHONE,
            'dest2': OTHER,
            'number': '+6599999999',
            'call_status_dest1': CallStatus.ANSWERED,
            'call_status_dest2': CallStatus.UNANSWERED,
            'duration': 7,
        },
        'call_status_dest1',
    ),
    'sms': Record(
        SmsRecord,
        {
            **COMMON,
            'sms_status': 'delivered',
            'src': OTHER,
            'dest': PHONE,
            'msg': 'Hoiio World',
            'split_count': '2',
        },
        {
            **READ,
            'sms_status': SmsStatus.DELIVERED,
            'src': OTHER,
            'dest': PHONE,
            'msg': 'Hoiio World',
            'split_count': 2,
        },
        'sms_status',
    ),
    'fax': Record(
        FaxRecord,
        {
            **COMMON,
            'fax_status': 'answered',
            'src': OTHER,
            'dest': PHONE,
            'fax_pages': '3',
            'fax_url': 'https://example.com/file.pdf',
        },
        {
            **READ,
            'fax_status': FaxStatus.ANSWERED,
            'src': OTHER,
            'dest': PHONE,
            'fax_pages': 3,
            'fax_url': 'https://example.com/file.pdf',
        },
        'fax_status',
    ),
}

each_area = pytest.mark.parametrize('area', RECORDS)


def shapes(record: Record) -> list[dict[str, Any]]:
    """Return a record as the API prints it, with a fraction of a second, and with numbers."""
    numbers = {
        name: value for name, value in record.read.items() if isinstance(value, (int, float))
    }
    return [
        {**record.sent},
        {**record.sent, 'date': f'{record.sent["date"]}.0'},
        {**record.sent, **numbers},
    ]


def fields_of(entry: object, names: Mapping[str, object]) -> dict[str, object]:
    return {name: getattr(entry, name) for name in names}


def typed(values: Mapping[str, object]) -> dict[str, tuple[type, object]]:
    return {name: (type(value), value) for name, value in values.items()}


@each_area
def test_the_status_of_a_transaction(client: HoiioClient, api: Api, area: str) -> None:
    record = RECORDS[area]
    for shape in shapes(record):
        api.answers(CALLS[f'{area}.status'].operation, **shape)
    for _ in shapes(record):
        res = invoke(client, f'{area}.status')
        assert isinstance(res, record.kind)
        assert typed(fields_of(res, record.read)) == typed(record.read)


@each_area
@pytest.mark.parametrize('counts', [('234', '4'), (234, 4)], ids=['texts', 'numbers'])
def test_a_history(client: HoiioClient, api: Api, area: str, counts: tuple[Any, Any]) -> None:
    record = RECORDS[area]
    total, count = counts
    api.answers(
        CALLS[f'{area}.history'].operation,
        total_entries_count=total,
        entries_count=count,
        entries=[*shapes(record), {}],
    )
    page = invoke(client, f'{area}.history')
    assert isinstance(page, Page)
    assert (page.total_entries_count, page.entries_count) == (234, 4)
    *whole, empty = page.entries
    for entry in whole:
        assert type(entry) is record.kind
        assert typed(fields_of(entry, record.read)) == typed(record.read)
    assert_has_only_optional_fields(empty, record)


def assert_has_only_optional_fields(entry: Entry, record: Record) -> None:
    hints = get_type_hints(record.kind)
    for name in record.read:
        if type(None) in get_args(hints[name]):
            assert getattr(entry, name) is None
        else:
            with pytest.raises(AttributeError, match=f"has no '{name}': Hoiio did not send it$"):
                getattr(entry, name)


@each_area
def test_an_empty_text_is_missing(client: HoiioClient, api: Api, area: str) -> None:
    record = RECORDS[area]
    hints = get_type_hints(record.kind)
    optional = [name for name in record.read if type(None) in get_args(hints[name])]
    api.answers(CALLS[f'{area}.status'].operation, **{**record.sent, **dict.fromkeys(optional, '')})
    res = invoke(client, f'{area}.status')
    assert fields_of(res, dict.fromkeys(optional)) == dict.fromkeys(optional)


@each_area
def test_find_returns_a_record(client: HoiioClient, api: Api, area: str) -> None:
    record = RECORDS[area]
    api.answers(CALLS[f'{area}.history'].operation, entries=[{'txn_ref': 'TX-1'}, record.sent])
    entry = getattr(client, area).find('id_1', from_=date(2012, 1, 1), extra={'type': 'outgoing'})
    assert type(entry) is record.kind
    assert typed(fields_of(entry, record.read)) == typed(record.read)
    assert api.form == {'from': '2012-01-01 00:00:00', 'type': 'outgoing'}


@each_area
def test_a_status_word_that_is_new_is_read(client: HoiioClient, api: Api, area: str) -> None:
    field = RECORDS[area].status
    kind: Any = get_type_hints(RECORDS[area].kind)[field]
    words = [*kind, 'postponed']
    for word in words:
        api.answers(CALLS[f'{area}.status'].operation, **{field: str(word)})
    for word in words:
        status = getattr(invoke(client, f'{area}.status'), field)
        assert status == word
        assert isinstance(status, kind)


# Keywords that a method does not have.


@cache
def own_keywords(name: str) -> list[str]:
    return [parameter.name for method, parameter in parameters() if method == name]


MISSPELT = {
    'tags': 'tag',
    'Tag': 'tag',
    'NotifyURL': 'notify_url',
    'AppId': 'app_id',
    'notify_uri': 'notify_url',
    'notify': 'notify_url',
    'callerid': 'caller_id',
    'max_durations': 'max_duration',
    'frm': 'from_',
    'form': 'from_',
    'pagesize': 'page_size',
    'fileame': 'filename',
    'foward_to': 'forward_to',
    'timout': 'timeout',
    'acess_token': 'access_token',
    'appid': 'app_id',
    'extras': 'extra',
    'retries': 'max_retries',
    'useragent': 'user_agent',
}


@pytest.mark.parametrize('misspelt', MISSPELT)
def test_a_keyword_that_resembles_a_known_one_is_refused(
    client: HoiioClient, api: Api, misspelt: str
) -> None:
    meant = MISSPELT[misspelt]
    everywhere = {*CallOptions.__annotations__, 'max_retries', 'user_agent'}
    tried = [name for name in CALLS if meant in {*own_keywords(name), *everywhere}]
    if misspelt == 'foward_to':
        tried = ['number.configure_voice']
    for name in tried:
        if name == 'ivr.gather' and meant == 'timeout':
            continue
        with pytest.raises(InputInvalid, match=f'unknown keyword {misspelt}; did you mean {meant}'):
            invoke(client, name, **{misspelt: 'order-17'})
    assert tried
    assert len(api.mock.calls) == 0


CLIENT_OPTIONS = set(inspect.signature(HoiioClient.__init__).parameters) - {
    *('self', *CallOptions.__annotations__)
}


@each_method
def test_a_method_refuses_an_option_of_the_client(client: HoiioClient, api: Api, name: str) -> None:
    for option in CLIENT_OPTIONS - {*own_keywords(name)}:
        with pytest.raises(InputInvalid, match=f'{option} is an option of the client'):
            invoke(client, name, **{option: 0})
    assert len(api.mock.calls) == 0


@each_method
def test_a_method_refuses_a_keyword_of_another_method(
    client: HoiioClient, api: Api, name: str
) -> None:
    for keyword in {'from_', 'request_timeout', 'allow_missing', 'allow_duplicates'} - {
        *own_keywords(name)
    }:
        with pytest.raises(InputInvalid, match=f'does not accept {keyword}$'):
            invoke(client, name, **{keyword: None})
    assert len(api.mock.calls) == 0


# Hoiio accepts these, and the methods do not name them. (API: the request tables.)
@pytest.mark.parametrize(
    ('name', 'parameter'),
    [
        ('ivr.dial', 'ring_time'),
        ('ivr.dial', 'ringtime'),
        ('ivr.unhold', 'msg'),
        ('number.configure', 'forward_to_sms'),
        ('number.configure_sms', 'forward_to_sms'),
        ('sms.rate_in', 'msg'),
        ('number.subscribed_numbers', 'page'),
        ('number.available_numbers', 'page_size'),
    ],
)
def test_a_parameter_that_hoiio_accepts_is_not_a_misspelling(
    client: HoiioClient, api: Api, name: str, parameter: str
) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name, **{parameter: '20'})
    assert api.form[parameter] == '20'


@each_method
def test_extra_parameters_can_have_any_name(client: HoiioClient, api: Api, name: str) -> None:
    api.answers(CALLS[name].operation)
    invoke(client, name)
    invoke(
        client,
        name,
        extra={'tags': 'a', 'max_retries': 1, 'flash': True, 'since': date(2012, 1, 1)},
    )
    invoke(client, name, extra=None)
    bare, extended, none = api.forms
    more = {'tags': 'a', 'max_retries': '1', 'flash': 'enabled', 'since': '2012-01-01 00:00:00'}
    assert extended == {**bare, **more}
    assert none == bare


@pytest.mark.parametrize(
    'extra', [{'app_id': 'OTHER'}, {'access_token': 'OTHER'}, {'app_id': None, 'flash': True}]
)
def test_extra_parameters_cannot_be_credentials(
    client: HoiioClient, api: Api, extra: dict[str, Any]
) -> None:
    with pytest.raises(InputInvalid, match='app_id and access_token are not parameters') as caught:
        client.sms.send('Hoiio World', '+6511111111', extra=extra)
    assert 'OTHER' not in str(caught.value)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize(
    ('name', 'keyword'),
    [
        ('sms.bulk_send', 'dest'),
        ('voice.conference', 'dest'),
        ('voice.kick', 'action'),
        ('sms.rate_in', 'incoming'),
        ('number.configure_voice', 'mode'),
    ],
)
def test_a_keyword_cannot_replace_what_the_method_sets(
    client: HoiioClient, api: Api, name: str, keyword: str
) -> None:
    with pytest.raises(InputInvalid, match=f': the method sets {keyword} itself'):
        invoke(client, name, **{keyword: '+6599999999'})
    assert len(api.mock.calls) == 0


@each_method
def test_the_name_of_a_parameter_must_be_text(client: HoiioClient, api: Api, name: str) -> None:
    for params in ({'\ud83d': 'a'}, {'extra': {'\ud83d': 'a'}}, {'extra': {b'a': 'a'}}):
        with pytest.raises(InputInvalid, match='the name of a parameter cannot be written'):
            invoke(client, name, **params)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('extra', [['tag'], 'tag', 5])
def test_extra_must_be_a_mapping(client: HoiioClient, api: Api, extra: Any) -> None:
    with pytest.raises(InputInvalid, match='extra must be a mapping'):
        client.account.balance(extra=extra)
    assert len(api.mock.calls) == 0


# Values that are not text.


def test_every_parameter_has_a_known_type() -> None:
    more = {'params', 'dests', 'force', 'request_timeout', 'allow_missing', 'allow_duplicates'}
    named = {parameter.name.rstrip('_') for _, parameter in parameters()} - more
    assert named == (PHONES | TEXTS | PERIOD) - {'incoming', 'action'}


@each_method
@pytest.mark.parametrize('value', [True, 0.5, ('Hello', 'World'), object()])
def test_a_value_that_is_not_text_is_refused_in_every_parameter(
    client: HoiioClient, api: Api, name: str, value: Any
) -> None:
    free = {'self', 'params', 'dests', 'recipients', 'file', 'force', 'request_timeout'}
    args = inspect.signature(method_of(name)).parameters.values()
    for place, parameter in enumerate(args, -1):
        if parameter.name in free or parameter.name.startswith('allow_'):
            continue
        given, params = list(CALLS[name].args), {}
        if parameter.default is parameter.empty:
            given[place] = value
        else:
            params[parameter.name] = value
        with pytest.raises(InputInvalid, match=r'^\w+ cannot be written as text|whole number'):
            invoke(client, name, *given, **params)
    assert len(api.mock.calls) == 0
