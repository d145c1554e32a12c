"""Every call in the guide of 0.1.5 works, and the fields have the values that it prints."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import hoiio
from hoiio import GMT8, Hoiio, HoiioClient, Response, Switch
from tests.conftest import BASE_URL, Api

URL = 'http://my.server.com/myscript'
OPTIONS: dict[str, Any] = {'tag': 'myapp', 'notify_url': URL}
PDF = b'%PDF-1.4\n%%EOF\n'
PDF_BASE64 = base64.b64encode(PDF).decode()

PRINTED_DATE = '2012-01-31 12:06:15'
DATE = datetime(2012, 1, 31, 12, 6, 15)

CALL = {
    'txn_ref': 'TX-1234',
    'tag': 'my-tag',
    'date': PRINTED_DATE,
    'dest1': '+6511111111',
    'dest2': '+6522222222',
    'call_status_dest1': 'answered',
    'call_status_dest2': 'answered',
    'duration': '2',
    'currency': 'SGD',
    'rate': '0.018',
    'debit': '0.036',
}
SMS = {
    'txn_ref': 'TX-1234',
    'sms_status': 'delivered',
    'dest': '+6511111111',
    'date': PRINTED_DATE,
    'tag': 'my-tag',
    'split_count': '2',
    'currency': 'SGD',
    'rate': '0.032',
    'debit': '0.064',
}
FAX = {
    'txn_ref': 'TX-1234',
    'fax_status': 'answered',
    'src': '+6500000000',
    'dest': '+6511111111',
    'date': PRINTED_DATE,
    'fax_pages': '3',
    'fax_url': 'http://some.server.com/file.pdf',
    'tag': 'my-tag',
    'currency': 'SGD',
    'rate': '0.032',
    'debit': '0.064',
}
NUMBER = {
    'number': '+16001234567',
    'forward_to': URL,
    'forward_sms_to': URL,
    'expiry': '2012-12-31',
    'auto_extend_status': 'enabled',
    'country': 'US',
    'state': 'AL',
}


@pytest.fixture(autouse=True)
def _init() -> None:
    Hoiio.init('APP', 'TOKEN')


@pytest.fixture
def pdf(tmp_path: Path) -> str:
    path = tmp_path / 'file.pdf'
    path.write_bytes(PDF)
    return str(path)


# Where the guide contradicts itself or Python 3.


def test_sms_send_takes_the_text_and_the_number_in_either_order(api: Api) -> None:
    api.answers('sms/send', txn_ref='AA-S-1234')
    complete = Hoiio.sms.send('Hoiio World', '+6511111111')
    with pytest.warns(DeprecationWarning, match=r'Hoiio\.sms\.send\(msg, dest\)'):
        quick_start = Hoiio.sms.send('+6511111111', 'Hoiio World~')
    Hoiio.sms.send('+6511111111', '+6522222222')
    assert complete.txn_ref == quick_start.txn_ref == 'AA-S-1234'
    assert api.forms == [
        {'msg': 'Hoiio World', 'dest': '+6511111111'},
        {'msg': 'Hoiio World~', 'dest': '+6511111111'},
        {'msg': '+6511111111', 'dest': '+6522222222'},
    ]


@pytest.mark.parametrize('area', ['voice', 'sms', 'fax'])
@pytest.mark.parametrize(
    ('start', 'end'),
    [
        ('2012-01-01 08:00:00', '2012-12-31 08:00:00'),
        (
            datetime.fromisoformat('2012-01-01 08:00:00'),
            datetime.fromisoformat('2012-12-31 08:00:00'),
        ),
        (
            datetime(2012, 1, 1, tzinfo=timezone.utc),
            datetime(2012, 12, 31, 1, tzinfo=timezone(timedelta(hours=1))),
        ),
    ],
    ids=['text', 'datetime', 'aware datetime'],
)
def test_history_from_to(api: Api, area: str, start: str | date, end: str | date) -> None:
    api.answers(f'{area}/get_history')
    history: Callable[..., Response] = getattr(Hoiio, area).history
    history(from_=start, to=end)
    history(**{'from': start, 'to': end})
    period = {'from': '2012-01-01 08:00:00', 'to': '2012-12-31 08:00:00'}
    assert api.forms == [period, period]


def test_history_from_to_a_date(api: Api) -> None:
    api.answers('sms/get_history')
    Hoiio.sms.history(from_=date(2012, 1, 1), to=date(2012, 12, 31))
    assert api.form == {'from': '2012-01-01 00:00:00', 'to': '2012-12-31 00:00:00'}


def test_fax_send_file_and_filename(api: Api, pdf: str) -> None:
    api.answers('fax/send')
    Hoiio.fax.send('+6511111111', pdf)
    Hoiio.fax.send('+6511111111', pdf, filename='shown.pdf')
    Hoiio.fax.send('+6511111111', filename=pdf)
    Hoiio.fax.send('+6511111111', Path(pdf))
    Hoiio.fax.send('+6511111111', PDF, filename='shown.pdf')
    with Path(pdf).open('rb') as file:
        Hoiio.fax.send('+6511111111', file)
    names = ['file.pdf', 'shown.pdf', 'file.pdf', 'file.pdf', 'shown.pdf', 'file.pdf']
    assert api.forms == [
        {'dest': '+6511111111', 'file': PDF_BASE64, 'filename': name} for name in names
    ]


def test_number_configure_with_the_misspelling_of_the_guide(api: Api) -> None:
    api.answers('number/update_forwarding')
    Hoiio.number.configure('+16001234567', forward_to=URL, forward_sms_to=f'{URL}/sms')
    with pytest.warns(DeprecationWarning, match='^pass forward_.*to, not foward_') as caught:
        Hoiio.number.configure(  # type: ignore[call-arg]
            '+16001234567', foward_to=URL, foward_sms_to=f'{URL}/sms'
        )
    assert len(caught) == 2
    right, wrong = api.forms
    assert right == {'number': '+16001234567', 'forward_to': URL, 'forward_sms_to': f'{URL}/sms'}
    assert wrong == right


def test_hoiio_user_and_active_numbers(api: Api) -> None:
    api.answers('user/get_balance', balance='12.400')
    api.answers('user/get_info', uid='AA-1234')
    api.answers('number/get_active', entries=[NUMBER])
    assert Hoiio.user.balance().balance == Hoiio.account.balance().balance == 12.4
    assert Hoiio.user.info().uid == Hoiio.account.info().uid == 'AA-1234'
    (active,) = Hoiio.number.active_numbers().entries
    (subscribed,) = Hoiio.number.subscribed_numbers().entries
    assert active.number == subscribed.number == '+16001234567'


def test_states_of_a_country_that_has_none(api: Api) -> None:
    api.answers(
        'number/get_countries',
        entries=[
            {'code': 'US', 'name': 'USA', 'states': [{'code': 'AL', 'name': 'Alabama'}]},
            {'code': 'SG', 'name': 'Singapore'},
        ],
    )
    listed = {
        country.code: [state.code for state in country.states]
        for country in Hoiio.number.available_countries().entries
    }
    assert listed == {'US': ['AL'], 'SG': []}


def test_number_expiry_is_a_date(api: Api) -> None:
    api.answers('number/get_active', entries=[NUMBER])
    (number,) = Hoiio.number.subscribed_numbers().entries
    assert number.expiry == date(2012, 12, 31)
    assert type(number.expiry) is date
    assert str(number.expiry) == '2012-12-31'


def test_number_auto_extend_status_is_a_word_of_the_api(api: Api) -> None:
    api.answers('number/get_active', entries=[NUMBER])
    (number,) = Hoiio.number.subscribed_numbers().entries
    assert number.auto_extend_status == 'enabled'
    assert number.auto_extend_status is Switch.ENABLED
    assert f'{number.auto_extend_status}' == 'enabled'


def test_res_json_text_and_response(api: Api) -> None:
    body = '{"txn_ref": "AA-C-3070102", "status": "success_ok"}'
    api.mock.post(
        f'{BASE_URL}voice/call', body=body, content_type='text/html', headers={'server': 'Apache'}
    )
    res = Hoiio.voice.call('+6511111111', '+6522222222')
    assert res.txn_ref == 'AA-C-3070102'
    assert res.text == body
    assert res.json == {'txn_ref': 'AA-C-3070102', 'status': 'success_ok'}
    assert res.response.headers['Server'] == 'Apache'
    assert res.response.status_code == 200
    assert res.response.request.headers['Accept-Encoding'] != ''
    assert 'hoiio' in res.response.request.headers['User-Agent']


def test_dates_are_gmt8_without_a_zone(api: Api) -> None:
    api.answers('voice/query_status', **CALL)
    when = Hoiio.voice.status('TX-1234').date
    assert when == DATE
    assert when.tzinfo is None
    assert when.replace(tzinfo=GMT8) == datetime(2012, 1, 31, 4, 6, 15, tzinfo=timezone.utc)


@pytest.mark.parametrize('name', ['bulk_txn_ref', 'txn_ref'])
def test_bulk_txn_ref_under_either_name(api: Api, name: str) -> None:
    api.answers('sms/bulk_send', **{name: 'AA-B-1234'})
    res = Hoiio.sms.bulk_send('Hoiio World', '+6511111111')
    assert res.bulk_txn_ref == 'AA-B-1234'
    assert getattr(res, name) == 'AA-B-1234'


@pytest.mark.parametrize('txn_refs', ['TX-1,TX-2,TX-3', ['TX-1', 'TX-2', 'TX-3']])
def test_txn_refs_as_text_or_array(api: Api, txn_refs: str | list[str]) -> None:
    api.answers('voice/conference', txn_refs=txn_refs)
    res = Hoiio.voice.conference('+6511111111', '+6522222222', '+6533333333')
    assert res.txn_refs == ['TX-1', 'TX-2', 'TX-3']


@pytest.mark.parametrize('plus', ['', '+'])
def test_prefix_without_the_plus(api: Api, plus: str) -> None:
    api.answers('user/get_info', prefix=f'{plus}65')
    api.answers('number/get_countries', entries=[{'code': 'SG', 'prefix': f'{plus}65'}])
    assert Hoiio.account.info().prefix == '65'
    assert Hoiio.number.available_countries().entries[0].prefix == '65'


# Quick Start and Basics.


def test_quick_start(api: Api, pdf: str) -> None:
    for operation in (
        'voice/call', 'sms/send', 'fax/send', 'ivr/start/dial', 'ivr/middle/gather',
        'ivr/end/hangup',
    ):  # fmt: skip
        api.answers(operation, txn_ref='TX-1234', session='S4643')
    Hoiio.voice.call('+6511111111', '+6522222222')
    with pytest.warns(DeprecationWarning, match='pass the text of an SMS before the number'):
        Hoiio.sms.send('+6511111111', 'Hoiio World~')
    Hoiio.fax.send('+6511111111', pdf)
    session = Hoiio.ivr.dial('+6511111111').session
    Hoiio.ivr.gather(session, msg='For sales enquiry, please press 1.')
    Hoiio.ivr.hangup(session)
    assert api.forms == [
        {'dest1': '+6511111111', 'dest2': '+6522222222'},
        {'msg': 'Hoiio World~', 'dest': '+6511111111'},
        {'dest': '+6511111111', 'file': PDF_BASE64, 'filename': 'file.pdf'},
        {'dest': '+6511111111'},
        {'session': 'S4643', 'msg': 'For sales enquiry, please press 1.'},
        {'session': 'S4643'},
    ]


def test_hoiio_is_a_client() -> None:
    assert isinstance(Hoiio, HoiioClient)
    assert hoiio.Hoiio is Hoiio
    assert 'Hoiio' in hoiio.__all__


def test_credentials_for_one_call(api: Api) -> None:
    api.answers('user/get_balance')
    Hoiio.account.balance(app_id='OTHER_APP', access_token='OTHER_TOKEN')
    Hoiio.account.balance()
    bodies = [call.request.body for call in api.mock.calls]
    assert bodies == [
        b'app_id=OTHER_APP&access_token=OTHER_TOKEN',
        b'app_id=APP&access_token=TOKEN',
    ]


# Voice.


def test_voice_call(api: Api) -> None:
    api.answers('voice/call', txn_ref='AA-S-141147')
    res = Hoiio.voice.call('+6511111111', '+6522222222')
    Hoiio.voice.call(
        '+6511111111',
        '+6522222222',
        caller_id='private',
        max_duration=600,
        tag='myapp',
        notify_url=URL,
    )
    assert res.txn_ref == 'AA-S-141147'
    assert res.is_success() is True
    plain, full = api.forms
    assert plain == {'dest1': '+6511111111', 'dest2': '+6522222222'}
    assert full == {**plain, 'caller_id': 'private', 'max_duration': '600', **OPTIONS}


@pytest.mark.parametrize(
    'status',
    ['error_invalid_http_method', 'error_insufficient_credit', 'error_rate_limit_exceeded'],
)
def test_a_refused_voice_call(api: Api, status: str) -> None:
    api.answers('voice/call', status=status)
    res = Hoiio.voice.call('+6511111111', '+6522222222')
    assert res.is_success() is False
    assert f'Error: {res.status}' == f'Error: {status}'
    assert not hasattr(res, 'txn_ref')


def test_voice_conference(api: Api) -> None:
    api.answers('voice/conference', room='MY-ROOM', txn_refs='TX-1,TX-2,TX-3')
    api.answers('voice/conference', room='MY-ROOM', txn_refs='TX-4')
    res = Hoiio.voice.conference('+6511111111', '+6522222222', '+6533333333')
    assert res.room == 'MY-ROOM'
    assert res.txn_refs == ['TX-1', 'TX-2', 'TX-3']
    assert Hoiio.voice.conference('+6544444444', room='MY-ROOM').txn_refs == ['TX-4']
    assert api.forms == [
        {'dest': '+6511111111,+6522222222,+6533333333'},
        {'dest': '+6544444444', 'room': 'MY-ROOM'},
    ]


def test_voice_hangup(api: Api) -> None:
    api.answers('voice/hangup')
    assert Hoiio.voice.hangup('TX-4').is_success()
    assert api.form == {'txn_ref': 'TX-4'}


def test_voice_status(api: Api) -> None:
    api.answers('voice/query_status', **CALL)
    res = Hoiio.voice.status('TX-1234')
    assert api.form == {'txn_ref': 'TX-1234'}
    assert (res.txn_ref, res.tag, res.date) == ('TX-1234', 'my-tag', DATE)
    assert (res.dest1, res.dest2) == ('+6511111111', '+6522222222')
    assert (res.call_status_dest1, res.call_status_dest2) == ('answered', 'answered')
    assert (res.duration, res.currency) == (2, 'SGD')
    assert (res.rate, res.debit) == (0.018, 0.036)


def test_voice_status_of_a_call_in_progress(api: Api) -> None:
    api.answers('voice/query_status', txn_ref='TX-1234', call_status_dest1='ongoing')
    assert Hoiio.voice.status('TX-1234').call_status_dest1 == 'ongoing'
    assert api.form == {'txn_ref': 'TX-1234'}


def test_voice_history(api: Api) -> None:
    api.answers(
        'voice/get_history', total_entries_count='234', entries_count='100', entries=[CALL] * 100
    )
    res = Hoiio.voice.history()
    assert (res.total_entries_count, res.entries_count) == (234, 100)
    assert len(res.entries) == 100
    assert {(entry.txn_ref, entry.date) for entry in res.entries} == {('TX-1234', DATE)}
    Hoiio.voice.history(page=2)
    assert api.forms == [{}, {'page': '2'}]


def test_voice_rate(api: Api) -> None:
    api.answers('voice/get_rate', currency='SGD', rate='0.036', talktime='2352')
    res = Hoiio.voice.rate('+6511111111', '+6522222222')
    assert (res.currency, res.rate, res.talktime) == ('SGD', 0.036, 2352)
    assert api.form == {'dest1': '+6511111111', 'dest2': '+6522222222'}


# SMS.


def test_sms_send(api: Api) -> None:
    api.answers('sms/send', txn_ref='AA-S-1234')
    res = Hoiio.sms.send('Hoiio World', '+6511111111')
    Hoiio.sms.send(
        'Hoiio World', '+6511111111', sender_name='Citibank', tag='myapp', notify_url=URL
    )
    assert res.txn_ref == 'AA-S-1234'
    assert res.is_success() is True
    plain, full = api.forms
    assert plain == {'msg': 'Hoiio World', 'dest': '+6511111111'}
    assert full == {**plain, 'sender_name': 'Citibank', **OPTIONS}


def test_sms_bulk_send(api: Api) -> None:
    api.answers('sms/bulk_send', bulk_txn_ref='AA-B-1234')
    res = Hoiio.sms.bulk_send('Hoiio World', '+6511111111', '+652222222', notify_url=URL)
    assert res.bulk_txn_ref == 'AA-B-1234'
    assert api.form == {
        'msg': 'Hoiio World',
        'dest': '+6511111111,+652222222',
        'notify_url': URL,
    }


def test_sms_status(api: Api) -> None:
    api.answers('sms/query_status', **SMS)
    res = Hoiio.sms.status('TX-1234')
    assert api.form == {'txn_ref': 'TX-1234'}
    assert (res.txn_ref, res.sms_status) == ('TX-1234', 'delivered')
    assert (res.dest, res.date, res.tag) == ('+6511111111', DATE, 'my-tag')
    assert (res.split_count, res.currency) == (2, 'SGD')
    assert (res.rate, res.debit) == (0.032, 0.064)


def test_sms_history(api: Api) -> None:
    api.answers(
        'sms/get_history', total_entries_count='234', entries_count='100', entries=[SMS] * 100
    )
    res = Hoiio.sms.history()
    assert (res.total_entries_count, res.entries_count) == (234, 100)
    assert len(res.entries) == 100
    assert {(entry.txn_ref, entry.date) for entry in res.entries} == {('TX-1234', DATE)}
    Hoiio.sms.history(page=2)
    assert api.forms == [{}, {'page': '2'}]


def test_sms_rate(api: Api) -> None:
    api.answers(
        'sms/get_rate',
        currency='SGD',
        rate='0.032',
        split_count='2',
        total_cost='0.064',
        is_unicode=False,
    )
    res = Hoiio.sms.rate('Hoiio World', '+6511111111')
    assert (res.currency, res.rate) == ('SGD', 0.032)
    assert (res.split_count, res.total_cost) == (2, 0.064)
    assert res.is_unicode is False
    assert api.form == {'msg': 'Hoiio World', 'dest': '+6511111111'}


def test_sms_rate_in(api: Api) -> None:
    api.answers('sms/get_rate', currency='SGD', rate='0.010')
    res = Hoiio.sms.rate_in('+6599999999')
    assert (res.currency, res.rate) == ('SGD', 0.01)
    assert api.form == {'incoming': '+6599999999'}


# IVR.


def test_ivr_dial(api: Api) -> None:
    api.answers('ivr/start/dial', txn_ref='TX-1234', session='S4643')
    res = Hoiio.ivr.dial('+6511111111')
    Hoiio.ivr.dial(
        '+6511111111',
        msg='Hello. This is an automated message from Hoiio.',
        caller_id='+6500000000',
        max_duration='60',
        tag='myapp',
        notify_url=URL,
    )
    assert (res.txn_ref, res.session) == ('TX-1234', 'S4643')
    plain, full = api.forms
    assert plain == {'dest': '+6511111111'}
    assert full == {
        **plain,
        'msg': 'Hello. This is an automated message from Hoiio.',
        'caller_id': '+6500000000',
        'max_duration': '60',
        **OPTIONS,
    }


def test_ivr_play(api: Api) -> None:
    api.answers('ivr/middle/play')
    msg = 'Hello. This is an automated message from Hoiio.'
    assert Hoiio.ivr.play('S-1234', msg, tag='myapp', notify_url=URL).is_success() is True
    assert api.form == {'session': 'S-1234', 'msg': msg, **OPTIONS}


def test_ivr_gather(api: Api) -> None:
    api.answers('ivr/middle/gather')
    res = Hoiio.ivr.gather(
        'S-1234',
        msg='Hello. Press 1 for yes, press 2 for no.',
        max_digits=1,
        timeout=60,
        attempts=3,
        tag='myapp',
        notify_url=URL,
    )
    assert res.is_success() is True
    assert api.form == {
        'session': 'S-1234',
        'msg': 'Hello. Press 1 for yes, press 2 for no.',
        'max_digits': '1',
        'timeout': '60',
        'attempts': '3',
        **OPTIONS,
    }


def test_ivr_record(api: Api) -> None:
    api.answers('ivr/middle/record')
    msg = 'Hello. We are recording your voice message now.'
    res = Hoiio.ivr.record('S-1234', msg=msg, max_duration=60, tag='myapp', notify_url=URL)
    assert res.is_success() is True
    assert api.form == {'session': 'S-1234', 'msg': msg, 'max_duration': '60', **OPTIONS}


def test_ivr_monitor(api: Api) -> None:
    api.answers('ivr/middle/monitor')
    msg = 'Hello. Note that this phone conversation is recorded.'
    res = Hoiio.ivr.monitor('S-1234', msg=msg, tag='myapp', notify_url=URL)
    assert res.is_success() is True
    assert api.form == {'session': 'S-1234', 'msg': msg, **OPTIONS}


def test_ivr_transfer(api: Api) -> None:
    api.answers('ivr/end/transfer')
    arguments: dict[str, Any] = {
        'msg': 'Hello. We will be transferring this call.',
        'caller_id': '+6500000000',
        **OPTIONS,
    }
    res = Hoiio.ivr.transfer('S-1234', '+6522222222', **arguments)
    Hoiio.ivr.transfer('S-1234', '+6522222222', on_failure='continue', **arguments)
    Hoiio.ivr.transfer('S-1234', 'room:R1234')
    assert res.is_success() is True
    dest = {'session': 'S-1234', 'dest': '+6522222222'}
    assert api.forms == [
        {**dest, **arguments},
        {**dest, **arguments, 'on_failure': 'continue'},
        {'session': 'S-1234', 'dest': 'room:R1234'},
    ]


def test_ivr_hangup(api: Api) -> None:
    api.answers('ivr/end/hangup')
    msg = 'Hello. We will be hanging up now. Bye!'
    res = Hoiio.ivr.hangup('S-1234', msg=msg, tag='myapp', notify_url=URL)
    assert res.is_success() is True
    assert api.form == {'session': 'S-1234', 'msg': msg, **OPTIONS}


# Fax.


def test_fax_send(api: Api, pdf: str) -> None:
    api.answers('fax/send', txn_ref='TX-1234')
    res = Hoiio.fax.send('+6511111111', pdf)
    Hoiio.fax.send(
        '+6511111111',
        pdf,
        filename='awesome-file.pdf',
        caller_id='+6500000000',
        tag='myapp',
        notify_url=URL,
    )
    assert res.txn_ref == 'TX-1234'
    plain, full = api.forms
    assert plain == {'dest': '+6511111111', 'file': PDF_BASE64, 'filename': 'file.pdf'}
    assert full == {
        **plain,
        'filename': 'awesome-file.pdf',
        'caller_id': '+6500000000',
        **OPTIONS,
    }


def test_fax_status(api: Api) -> None:
    api.answers('fax/query_status', **FAX)
    res = Hoiio.fax.status('TX-1234')
    assert api.form == {'txn_ref': 'TX-1234'}
    assert (res.txn_ref, res.fax_status) == ('TX-1234', 'answered')
    assert (res.src, res.dest) == ('+6500000000', '+6511111111')
    assert (res.date, res.fax_pages) == (DATE, 3)
    assert res.fax_url == 'http://some.server.com/file.pdf'
    assert (res.tag, res.currency) == ('my-tag', 'SGD')
    assert (res.rate, res.debit) == (0.032, 0.064)


def test_fax_history(api: Api) -> None:
    api.answers(
        'fax/get_history', total_entries_count='234', entries_count='100', entries=[FAX] * 100
    )
    res = Hoiio.fax.history()
    assert (res.total_entries_count, res.entries_count) == (234, 100)
    assert len(res.entries) == 100
    assert {(entry.txn_ref, entry.fax_status) for entry in res.entries} == {('TX-1234', 'answered')}
    filters: dict[str, Any] = {
        'from': '2010-01-01 00:00:00',
        'to': '2012-01-01 00:00:00',
        'page': 3,
        'type': 'incoming',
    }
    Hoiio.fax.history(**filters)
    assert api.forms == [{}, {**filters, 'page': '3'}]


def test_fax_rate(api: Api) -> None:
    api.answers('fax/get_rate', currency='SGD', rate='0.032')
    res = Hoiio.fax.rate('+6511111111')
    assert (res.currency, res.rate) == ('SGD', 0.032)
    assert api.form == {'dest': '+6511111111'}


def test_fax_rate_in(api: Api) -> None:
    api.answers('fax/get_rate', currency='SGD', rate='0.010')
    res = Hoiio.fax.rate_in('+6500000000')
    assert (res.currency, res.rate) == ('SGD', 0.01)
    assert api.form == {'incoming': '+6500000000'}


# Number.


def test_number_available_countries(api: Api) -> None:
    api.answers(
        'number/get_countries',
        entries_count='1',
        entries=[
            {
                'name': 'USA',
                'code': 'US',
                'prefix': '1',
                'states': [{'name': 'Alabama', 'code': 'AL'}],
            }
        ],
    )
    lines = []
    for country in Hoiio.number.available_countries().entries:
        lines.append(f'{country.name} [{country.code}] with number prefix {country.prefix}')
        lines += [f'  {state.name} [{state.code}]' for state in country.states]
    assert lines == ['USA [US] with number prefix 1', '  Alabama [AL]']
    assert api.form == {}


def test_number_available_numbers(api: Api) -> None:
    api.answers(
        'number/get_choices',
        total_entries_count='41',
        entries_count='1',
        entries=[{'number': '+16001234567', 'capability': ['VOICE', 'SMS']}],
    )
    res = Hoiio.number.available_numbers('US', 'AL')
    assert [entry.number for entry in res.entries] == ['+16001234567']
    assert (res.total_entries_count, len(res.entries)) == (41, 1)
    Hoiio.number.available_numbers('SG')
    Hoiio.number.available_numbers('SG', page=2)
    assert api.forms == [
        {'country': 'US', 'state': 'AL'},
        {'country': 'SG'},
        {'country': 'SG', 'page': '2'},
    ]


def test_number_rate(api: Api) -> None:
    api.answers(
        'number/get_rates',
        currency='USD',
        entries_count='1',
        entries=[{'duration': '1', 'rate': '4.000'}],
    )
    res = Hoiio.number.rate('US')
    assert res.currency == 'USD'
    assert [
        f'{entry.duration:d} month: {entry.rate:f} {res.currency}' for entry in res.entries
    ] == ['1 month: 4.000000 USD']
    assert api.form == {'country': 'US'}


def test_number_subscribe(api: Api) -> None:
    api.answers('number/subscribe', currency='USD', debit='4.000', expiry='2012-12-31')
    res = Hoiio.number.subscribe('+16001234567', 1)
    Hoiio.number.subscribe('+16001234567', 'auto_extend')
    assert f'Subscribed for {res.debit:f} {res.currency}' == 'Subscribed for 4.000000 USD'
    assert f'Expires on {res.expiry}' == 'Expires on 2012-12-31'
    assert api.forms == [
        {'number': '+16001234567', 'duration': '1'},
        {'number': '+16001234567', 'duration': 'auto_extend'},
    ]


@pytest.mark.parametrize(
    'given',
    [
        {'foward_to': URL},
        {'foward_sms_to': URL},
        {'foward_to': URL, 'foward_sms_to': URL},
        {'foward_to': URL, 'foward_sms_to': URL, 'mode': 'fax'},
    ],
    ids=['voice', 'SMS', 'voice and SMS', 'fax and SMS'],
)
def test_number_configure(api: Api, given: dict[str, Any]) -> None:
    api.answers('number/update_forwarding')
    with pytest.warns(DeprecationWarning, match='^pass forward_'):
        res = Hoiio.number.configure('+16001234567', **given)
    assert res.is_success()
    spelt = {name.replace('foward', 'forward'): value for name, value in given.items()}
    assert api.form == {'number': '+16001234567', **spelt}


def test_number_subscribed_numbers(api: Api) -> None:
    api.answers('number/get_active', entries_count='1', entries=[NUMBER])
    (number,) = Hoiio.number.subscribed_numbers().entries
    assert number.number == '+16001234567'
    assert (number.forward_to, number.forward_sms_to) == (URL, URL)
    assert f'{number.expiry}' == '2012-12-31'
    assert number.auto_extend_status == 'enabled'
    assert (number.country, number.state) == ('US', 'AL')
    assert api.form == {}


# Account.


def test_account_balance(api: Api) -> None:
    api.answers(
        'user/get_balance', currency='USD', balance='12.400', points='10.000', bonus='2.400'
    )
    res = Hoiio.account.balance()
    line = f'Balance [{res.currency}]: {res.balance:.2f} ({res.points:.0f} + {res.bonus:.2f})'
    assert line == 'Balance [USD]: 12.40 (10 + 2.40)'
    assert api.form == {}


def test_account_info(api: Api) -> None:
    api.answers(
        'user/get_info',
        uid='AA-1234',
        name='John Appleton',
        mobile_number='+16001234567',
        email='John Appleton',
        country='SG',
        currency='SGD',
        prefix='+1',
    )
    res = Hoiio.account.info()
    assert (res.uid, res.name) == ('AA-1234', 'John Appleton')
    assert (res.mobile_number, res.email) == ('+16001234567', 'John Appleton')
    assert (res.country, res.currency, res.prefix) == ('SG', 'SGD', '1')
    assert api.form == {}


# API Reference, Advanced, Modules & Classes.


@pytest.mark.parametrize(
    'name',
    [
        'sms.send', 'sms.bulk_send', 'sms.history', 'sms.rate', 'sms.rate_in', 'sms.status',
        'voice.call', 'voice.conference', 'voice.hangup', 'voice.history', 'voice.rate',
        'voice.status',
        'fax.send', 'fax.history', 'fax.rate', 'fax.rate_in', 'fax.status',
        'ivr.dial', 'ivr.play', 'ivr.gather', 'ivr.record', 'ivr.monitor', 'ivr.transfer',
        'ivr.hangup',
        'number.available_countries', 'number.available_numbers', 'number.rate',
        'number.subscribe', 'number.configure', 'number.active_numbers',
        'number.subscribed_numbers',
        'user.balance', 'user.info', 'account.balance', 'account.info',
    ],
)  # fmt: skip
def test_reference(name: str) -> None:
    area, _, method = name.partition('.')
    documented = getattr(getattr(Hoiio, area), method)
    assert callable(documented)
    assert documented.__doc__


@pytest.mark.parametrize(
    ('area', 'name'),
    [
        ('voice', 'Voice'),
        ('sms', 'Sms'),
        ('ivr', 'Ivr'),
        ('fax', 'Fax'),
        ('number', 'Number'),
        ('account', 'Account'),
    ],
)
def test_modules_and_classes(area: str, name: str) -> None:
    kind = getattr(import_module(f'hoiio.service.{area}'), name)
    assert type(getattr(Hoiio, area)) is kind
    assert import_module('hoiio.service').Response is Response


@pytest.mark.parametrize('prefix', ['65', '+65'])
def test_prefix(api: Api, prefix: str) -> None:
    api.answers('voice/call')
    Hoiio.prefix = prefix
    Hoiio.voice.call('11111111', '22222222')
    Hoiio.voice.call('+8500000000', '22222222')
    Hoiio.prefix = None
    Hoiio.voice.call('11111111', '22222222')
    assert api.forms == [
        {'dest1': '+6511111111', 'dest2': '+6522222222'},
        {'dest1': '+8500000000', 'dest2': '+6522222222'},
        {'dest1': '11111111', 'dest2': '22222222'},
    ]


def test_call_from_the_registered_number(api: Api) -> None:
    api.answers('voice/call')
    Hoiio.voice.call(None, '+6522222222')
    assert api.form == {'dest2': '+6522222222'}
