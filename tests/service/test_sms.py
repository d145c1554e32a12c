from __future__ import annotations

import functools
import inspect
import itertools
import json
from collections import UserString
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hoiio import HoiioClient, InputInvalid, Response, SmsStatus, Transaction
from hoiio.service.sms import BulkTransaction, Sms, SmsHistory, SmsRate, SmsRecord, SmsReport
from tests.conftest import Api

NUMBERS = [f'+65{number:08}' for number in range(1001)]

OPTIONS = {
    'sender_name': 'Citibank',
    'tag': 'myapp',
    'notify_url': 'http://my.server.com/myscript',
}

SENT: dict[str, tuple[Callable[[Sms], Response], type[Response], str, dict[str, str]]] = {
    'send': (
        lambda sms: sms.send('Hoiio World', '+6511111111'),
        Transaction,
        'sms/send',
        {'msg': 'Hoiio World', 'dest': '+6511111111'},
    ),
    'send with every option': (
        lambda sms: sms.send(
            '你好 & 100% + ~\n€',
            '+6511111111',
            sender_name='Citibank',
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            extra={'flash': True},
        ),
        Transaction,
        'sms/send',
        {'msg': '你好 & 100% + ~\n€', 'dest': '+6511111111', **OPTIONS, 'flash': 'enabled'},
    ),
    'bulk_send': (
        lambda sms: sms.bulk_send('Hoiio World', '+6511111111', '+6522222222'),
        BulkTransaction,
        'sms/bulk_send',
        {'msg': 'Hoiio World', 'dest': '+6511111111,+6522222222'},
    ),
    'bulk_send with every option': (
        lambda sms: sms.bulk_send(
            'Hoiio World',
            '+6511111111',
            sender_name='Citibank',
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            extra={'flash': False},
        ),
        BulkTransaction,
        'sms/bulk_send',
        {'msg': 'Hoiio World', 'dest': '+6511111111', **OPTIONS, 'flash': 'disabled'},
    ),
    'status': (
        lambda sms: sms.status('AA-S-1', extra={'verbose': '1'}),
        SmsReport,
        'sms/query_status',
        {'txn_ref': 'AA-S-1', 'verbose': '1'},
    ),
    'history': (lambda sms: sms.history(), SmsHistory, 'sms/get_history', {}),
    'history with every option': (
        lambda sms: sms.history(
            from_='2012-01-01 08:00:00',
            to='2012-12-31 08:00:00',
            page=2,
            page_size=50,
            extra={'dest': '+6511111111'},
        ),
        SmsHistory,
        'sms/get_history',
        {
            'from': '2012-01-01 08:00:00',
            'to': '2012-12-31 08:00:00',
            'page': '2',
            'page_size': '50',
            'dest': '+6511111111',
        },
    ),
    'rate': (
        lambda sms: sms.rate('Hoiio World', '+6511111111', extra={'currency': 'SGD'}),
        SmsRate,
        'sms/get_rate',
        {'msg': 'Hoiio World', 'dest': '+6511111111', 'currency': 'SGD'},
    ),
    'rate of a part': (
        lambda sms: sms.rate(None, '+6511111111'),
        SmsRate,
        'sms/get_rate',
        {'dest': '+6511111111'},
    ),
    'rate_in': (
        lambda sms: sms.rate_in('+6599999999', extra={'currency': 'SGD'}),
        SmsRate,
        'sms/get_rate',
        {'incoming': '+6599999999', 'currency': 'SGD'},
    ),
}

RECORD = {
    'txn_ref': 'AA-S-141147',
    'tag': 'id_1',
    'sms_status': 'delivered',
    'date': '2010-01-01 10:10:00',
    'src': '+6522222222',
    'dest': '+6511111111',
    'msg': 'Hoiio World',
    'split_count': '2',
    'currency': 'SGD',
    'rate': '0.038',
    'debit': '0.076',
}

each_shape = pytest.mark.parametrize(
    'shape',
    [
        {},
        {'date': '2010-01-01 10:10:00.0'},
        {'split_count': 2, 'rate': 0.038, 'debit': 0.076},
    ],
    ids=['as printed', 'with a fraction of a second', 'with numbers'],
)


def assert_is_the_record(sms: SmsRecord) -> None:
    assert (sms.txn_ref, sms.tag, sms.msg) == ('AA-S-141147', 'id_1', 'Hoiio World')
    assert sms.sms_status is SmsStatus.DELIVERED
    assert sms.date == datetime.fromisoformat('2010-01-01 10:10:00')
    assert (sms.src, sms.dest) == ('+6522222222', '+6511111111')
    assert (sms.split_count, type(sms.split_count)) == (2, int)
    assert (sms.currency, sms.rate, sms.debit) == ('SGD', 0.038, 0.076)


@pytest.mark.parametrize(('call', 'kind', 'operation', 'form'), SENT.values(), ids=SENT)
def test_what_is_sent(
    client: HoiioClient,
    api: Api,
    call: Callable[[Sms], Response],
    kind: type[Response],
    operation: str,
    form: dict[str, str],
) -> None:
    api.answers(operation)
    res = call(client.sms)
    assert api.form == form
    assert type(res) is kind
    assert res.is_success()


def test_send(client: HoiioClient, api: Api) -> None:
    api.answers('sms/send', txn_ref='AA-S-471804')
    res = client.sms.send('Hoiio World', '+6511111111')
    assert res.txn_ref == 'AA-S-471804'
    assert res.status == 'success_ok'


@pytest.mark.parametrize(
    ('first', 'second'),
    [
        ('+6511111111', 'Hoiio World~'),
        ('+65 1111 1111', 'Hoiio World~'),
        ('+1 (600) 123-4567', 'Hoiio World~'),
        ('+6511111111', 'Your code is 471199'),
        ('+6511111111', '你好'),
        (' +6511111111', 'None of the parcels has arrived'),
        ('+6511111111', 'Reply to this SMS with yes or no'),
    ],
)
def test_a_number_before_a_text_is_the_destination(
    client: HoiioClient, api: Api, first: str, second: str
) -> None:
    api.answers('sms/send')
    with pytest.warns(DeprecationWarning, match=r'Hoiio\.sms\.send\(msg, dest\)$') as caught:
        client.sms.send(first, second)
    assert api.form == {'dest': first.strip(), 'msg': second}
    assert [warning.filename for warning in caught] == [__file__]


# Of these, what stands second is not certainly the text of a message. Hoiio refuses it as a number,
# and nobody pays.
@pytest.mark.parametrize(
    'second',
    [
        *('6598765432', '98765432', '+6598765432', 'tel:+6598765432', '+6598765432 ext 3'),
        *('tel: 995', 'TEL 995', 'ext 3', 'x3', 'desk x 3', 'sip:nick', 'sms:995', '1-800-FLOWERS'),
        *('(800) FLOWERS', 'None', 'null', 'NaN', '<NA>', 'N/A', 'nil', 'undefined', 'unknown'),
        *('None;None', 'nan/nan', 'Private', 'a;b', '\uff14\uff17\uff11', '6598765432;6598765433'),
        *(
            'call 91234567',
            '六五九八七六五四三二',
            '\uff11\uff11\uff11\uff11\uff11\uff11\uff11 hello',
            '4711',
            '👍',
            '-',
            '+',
        ),
        *('Room +1', '2 parcels'),
    ],
)
def test_what_is_not_certainly_a_text_stays_the_destination(
    client: HoiioClient, api: Api, second: str
) -> None:
    api.answers('sms/send')
    client.sms.send('+6511111111', second)
    assert api.form == {'msg': '+6511111111', 'dest': second}


@pytest.mark.parametrize('prefix', [None, '65'])
def test_arguments_given_by_keyword_stay_as_they_are(api: Api, prefix: str | None) -> None:
    sms = HoiioClient('APP', 'TOKEN', prefix=prefix).sms
    api.answers('sms/send')
    sms.send(msg='+6511111111', dest='+6598765432')
    sms.send(msg='+6511111111', dest='Hoiio World')
    sms.send('+6511111111', dest='Hoiio World')
    plus = f'+{prefix}' if prefix else ''
    dests = ['+6598765432', f'{plus}Hoiio World', f'{plus}Hoiio World']
    assert api.forms == [{'msg': '+6511111111', 'dest': dest} for dest in dests]


def test_send_shows_its_own_signature() -> None:
    names = list(inspect.signature(Sms.send).parameters)
    assert names == ['self', 'msg', 'dest', 'sender_name', 'tag', 'notify_url', 'params']


@pytest.mark.parametrize(
    ('first', 'second'),
    [
        ('Hoiio World', '+6511111111'),
        ('+6511111111', '+6522222222'),
        ('123456', '+6511111111'),
        ('2012-12-31', '+6511111111'),
        ('call +6522222222', '+6511111111'),
        ('1234', 'nobody'),
        ('Hoiio World', 'nobody'),
        ('١٢٣٤٥٦', 'nobody'),
    ],
)
def test_anything_else_is_the_message_first(
    client: HoiioClient, api: Api, first: str, second: str
) -> None:
    api.answers('sms/send')
    client.sms.send(first, second)
    assert api.form == {'msg': first, 'dest': second}


@pytest.mark.parametrize(
    'dest', [' +6511111111', '+6511111111\n', '(65) 11111111', '+65.1111.1111', '+65\xa011111111']
)
def test_a_code_does_not_become_the_destination(client: HoiioClient, api: Api, dest: str) -> None:
    api.answers('sms/send')
    client.sms.send('123456', dest)
    assert api.form == {'msg': '123456', 'dest': dest.strip()}


@pytest.mark.parametrize(('msg', 'dest'), [('', '+6511111111'), ('+6511111111', '')])
def test_send_without_a_message_or_a_destination(
    client: HoiioClient, api: Api, msg: str, dest: str
) -> None:
    with pytest.raises(InputInvalid, match=r'^sms/send: (msg|dest) is missing$'):
        client.sms.send(msg, dest)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize(
    'fields',
    [
        {'bulk_txn_ref': 'AA-B-147'},
        {'txn_ref': 'AA-B-147'},
        {'bulk_txn_ref': 'AA-B-147', 'txn_ref': 'AA-S-1'},
        {'bulk_txn_ref': None, 'txn_ref': 'AA-B-147'},
    ],
)
def test_bulk_send(client: HoiioClient, api: Api, fields: dict[str, Any]) -> None:
    api.answers('sms/bulk_send', **fields)
    res = client.sms.bulk_send('Hoiio World', '+6511111111', '+6522222222')
    assert res.bulk_txn_ref == 'AA-B-147'
    assert res.json == {'status': 'success_ok', **fields}


@pytest.mark.parametrize(
    'dests',
    [
        ('+6511111111', '+6522222222', '+6533333333'),
        (['+6511111111', '+6522222222', '+6533333333'],),
        (dict.fromkeys(['+6511111111', '+6522222222', '+6533333333']),),
        ('+6511111111, +6522222222', ['+6533333333']),
    ],
    ids=['one by one', 'list', 'keys', 'commas and a list'],
)
def test_ways_to_list_the_destinations(client: HoiioClient, api: Api, dests: Any) -> None:
    api.answers('sms/bulk_send')
    client.sms.bulk_send('Hoiio World', *dests)
    assert api.form == {'msg': 'Hoiio World', 'dest': '+6511111111,+6522222222,+6533333333'}


@pytest.mark.parametrize('dests', [NUMBERS[:1000], [NUMBERS[:1000]]])
def test_a_thousand_destinations_are_accepted(client: HoiioClient, api: Api, dests: Any) -> None:
    api.answers('sms/bulk_send')
    client.sms.bulk_send('Hoiio World', *dests)
    assert api.form == {'msg': 'Hoiio World', 'dest': ','.join(NUMBERS[:1000])}


@pytest.mark.parametrize(
    ('dests', 'message'),
    [
        (NUMBERS, '^more than 1000 destinations; pass at most 1000 in one call$'),
        ([NUMBERS], '^more than 1000 destinations; pass at most 1000 in one call$'),
        ([], '^sms/bulk_send: dest is missing$'),
        ([[]], '^sms/bulk_send: dest is missing$'),
        (['+6511111111', ''], '^destination 2 of 2 is empty$'),
        (['+6511111111,,+6533333333'], '^destination 2 of 3 is empty$'),
    ],
    ids=['1001', 'a list of 1001', 'none', 'an empty list', 'one empty', 'one empty of commas'],
)
def test_destinations_that_are_refused(
    client: HoiioClient, api: Api, dests: Any, message: str
) -> None:
    with pytest.raises(InputInvalid, match=message):
        client.sms.bulk_send('Hoiio World', *dests)
    assert len(api.mock.calls) == 0


def test_recipients(client: HoiioClient, api: Api) -> None:
    recipients: list[dict[str, Any]] = [
        {'dest': '+6511111111', 'name': '小明', 'age': 22},
        {'dest': ' +6522222222 ', 'name': 'Dave 👍', 'due': date(2012, 12, 31)},
    ]
    api.answers('sms/bulk_send', bulk_txn_ref='AA-B-147')
    res = client.sms.bulk_send(
        'Hello {{name}}',
        recipients=iter(recipients),
        sender_name='Citibank',
        tag='myapp',
        notify_url='http://my.server.com/myscript',
        extra={'flash': True},
    )
    form = api.form
    assert json.loads(form.pop('recipients')) == {
        'recipients': [
            {'dest': '+6511111111', 'name': '小明', 'age': 22},
            {'dest': '+6522222222', 'name': 'Dave 👍', 'due': '2012-12-31'},
        ]
    }
    assert form == {'msg': 'Hello {{name}}', **OPTIONS, 'flash': 'enabled'}
    assert res.bulk_txn_ref == 'AA-B-147'
    assert recipients[1]['dest'] == ' +6522222222 '


def test_a_thousand_recipients_are_accepted(client: HoiioClient, api: Api) -> None:
    recipients = [{'dest': number} for number in NUMBERS[:1000]]
    api.answers('sms/bulk_send')
    client.sms.bulk_send('Hoiio World', recipients=recipients)
    assert json.loads(api.form['recipients']) == {'recipients': recipients}


@pytest.mark.parametrize(
    ('dests', 'recipients', 'message'),
    [
        ((), [], '^sms/bulk_send: recipients is empty$'),
        (
            (),
            [{'dest': number} for number in NUMBERS],
            '^more than 1000 destinations; pass at most 1000 in one call$',
        ),
        ((), [{'dest': '+6511111111'}, {'name': 'Dave'}], '^destination 2 of 2 is empty$'),
        ((), [{'dest': '+6511111111'}, {'dest': ''}], '^destination 2 of 2 is empty$'),
        ((), [{'dest': None}], '^destination 1 of 1 is empty$'),
        ((), ['+6511111111'], '^each recipient must be a mapping with a dest$'),
        (('+6511111111',), [{'dest': '+6522222222'}], 'not both$'),
        (([],), [{'dest': '+6522222222'}], 'not both$'),
    ],
    ids=[
        'none',
        '1001',
        'no dest',
        'empty dest',
        'null dest',
        'bare number',
        'both',
        'both, empty',
    ],
)
def test_recipients_that_are_refused(
    client: HoiioClient, api: Api, dests: Any, recipients: Any, message: str
) -> None:
    with pytest.raises(InputInvalid, match=message):
        client.sms.bulk_send('Hello {{name}}', *dests, recipients=recipients)
    assert len(api.mock.calls) == 0


def test_prefix_completes_every_number(api: Api) -> None:
    sms = HoiioClient('APP', 'TOKEN', prefix='65').sms
    api.answers('sms/send')
    api.answers('sms/bulk_send')
    api.answers('sms/get_rate')
    sms.send('Hoiio World', '11111111')
    sms.send('Hoiio World', '+6511111111')
    sms.bulk_send('Hoiio World', ['11111111', '+8522222222'])
    sms.bulk_send('Hoiio World', recipients=[{'dest': '11111111'}, {'dest': '+8522222222'}])
    sms.rate('Hoiio World', '11111111')
    sms.rate_in('99999999')
    *forms, recipients, rate, rate_in = api.forms
    assert forms == [
        {'msg': 'Hoiio World', 'dest': '+6511111111'},
        {'msg': 'Hoiio World', 'dest': '+6511111111'},
        {'msg': 'Hoiio World', 'dest': '+6511111111,+8522222222'},
    ]
    assert json.loads(recipients['recipients']) == {
        'recipients': [{'dest': '+6511111111'}, {'dest': '+8522222222'}]
    }
    assert rate == {'msg': 'Hoiio World', 'dest': '+6511111111'}
    assert rate_in == {'incoming': '+6599999999'}


@each_shape
def test_status(client: HoiioClient, api: Api, shape: dict[str, Any]) -> None:
    api.answers('sms/query_status', **{**RECORD, **shape})
    res = client.sms.status('AA-S-141147')
    assert isinstance(res, SmsRecord)
    assert_is_the_record(res)


def test_status_without_what_older_answers_lack(client: HoiioClient, api: Api) -> None:
    lacking = {'tag', 'src', 'msg'}
    api.answers(
        'sms/query_status',
        **{name: value for name, value in RECORD.items() if name not in lacking},
    )
    res = client.sms.status('AA-S-141147')
    assert res.debit == 0.076
    assert (res.tag, res.src, res.msg) == (None, None, None)


@pytest.mark.parametrize('word', [*SmsStatus, 'expired'])
def test_status_words(client: HoiioClient, api: Api, word: str) -> None:
    api.answers('sms/query_status', sms_status=str(word))
    status = client.sms.status('AA-S-141147').sms_status
    assert status == word
    assert isinstance(status, SmsStatus)


@each_shape
@pytest.mark.parametrize('counts', [('234', '2'), (234, 2)])
def test_history(
    client: HoiioClient, api: Api, shape: dict[str, Any], counts: tuple[Any, Any]
) -> None:
    api.answers(
        'sms/get_history',
        total_entries_count=counts[0],
        entries_count=counts[1],
        entries=[
            {**RECORD, **shape},
            {'txn_ref': 'AA-SI-85', 'sms_status': 'received', 'src': None},
        ],
    )
    res = client.sms.history()
    assert (res.total_entries_count, res.entries_count) == (234, 2)
    sent, received = res.entries
    assert type(sent) is type(received) is SmsRecord
    assert_is_the_record(sent)
    assert received.sms_status is SmsStatus.RECEIVED
    assert received.json['src'] is None
    assert (received.src, received.tag, received.msg) == (None, None, None)


def test_find(client: HoiioClient, api: Api) -> None:
    api.answers('sms/get_history', entries=[{'txn_ref': 'AA-SI-85'}, RECORD])
    sms = client.sms.find('id_1', from_=date(2012, 1, 1))
    assert type(sms) is SmsRecord
    assert_is_the_record(sms)
    assert api.form == {'from': '2012-01-01 00:00:00'}


@pytest.mark.parametrize(
    'fields',
    [
        {'rate': '0.032', 'split_count': '2', 'total_cost': '0.064', 'is_unicode': False},
        {'rate': 0.032, 'split_count': 2, 'total_cost': 0.064, 'is_unicode': 'false'},
        {'rate': '0.0320', 'split_count': '2.0', 'total_cost': '0.0640', 'is_unicode': '0'},
    ],
)
def test_rate(client: HoiioClient, api: Api, fields: dict[str, Any]) -> None:
    api.answers('sms/get_rate', currency='SGD', **fields)
    res = client.sms.rate('Hoiio World', '+6511111111')
    assert (res.currency, res.rate) == ('SGD', 0.032)
    assert (res.split_count, res.total_cost) == (2, 0.064)
    assert res.is_unicode is False


@pytest.mark.parametrize('wire', [True, 'true', 'True', '1', 1])
def test_rate_of_unicode(client: HoiioClient, api: Api, wire: Any) -> None:
    api.answers('sms/get_rate', is_unicode=wire)
    assert client.sms.rate('你好', '+6511111111').is_unicode is True


@pytest.mark.parametrize('rate', ['0.010', 0.01])
def test_rate_in(client: HoiioClient, api: Api, rate: Any) -> None:
    api.answers('sms/get_rate', currency='USD', rate=rate)
    res = client.sms.rate_in('+6599999999')
    assert (res.currency, res.rate) == ('USD', 0.01)
    assert (res.split_count, res.total_cost, res.is_unicode) == (None, None, None)


@pytest.mark.parametrize(
    ('operation', 'status', 'call'),
    [
        ('sms/send', 'error_not_allowed_for_trial', lambda sms: sms.send('Hello', '+651')),
        ('sms/bulk_send', 'error_no_valid_dests', lambda sms: sms.bulk_send('Hello', '1')),
        ('sms/query_status', 'error_txn_ref_invalid', lambda sms: sms.status('TX-0')),
        ('sms/get_history', 'error_page_invalid', lambda sms: sms.history(page=9)),
        ('sms/get_rate', 'error_msg_too_big', lambda sms: sms.rate('a' * 460, '+651')),
        ('sms/get_rate', 'error_incoming_sms_not_supported', lambda sms: sms.rate_in('+651')),
    ],
)
def test_a_refusal_is_the_status(
    client: HoiioClient, api: Api, operation: str, status: str, call: Callable[[Sms], Response]
) -> None:
    api.answers(operation, status=status)
    res = call(client.sms)
    assert (res.status, res.is_success()) == (status, False)
    assert type(res.status).__members__[status.removeprefix('error_').upper()] is res.status


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ('recipients', 'message'),
    [
        (5, 'a list of mappings'),
        ([{'dest': '+6511111111', (1, 2): 3}], 'JSON'),
        ([{'dest': '+6511111111', 'name': b'Nick'}], 'JSON'),
        ([{'dest': '+6511111111', 'age': float('nan')}], 'JSON'),
        ([{'dest': '+6511111111', 'loop': LOOP}], 'JSON'),
        ([{'dest': '+6511111111', 'name': object()}], 'JSON'),
        ([{'dest': '+6511111111', 'name': 'Nick', 'mood': 'half \ud83d'}], 'JSON'),
        ([{'dest': ['+6511111111']}], 'dest cannot be written as text'),
    ],
    ids=['number', 'key', 'bytes', 'NaN', 'loop', 'object', 'half a character', 'list of numbers'],
)
def test_recipients_that_are_no_json(
    client: HoiioClient, api: Api, recipients: Any, message: str
) -> None:
    with pytest.raises(InputInvalid, match=message) as caught:
        client.sms.bulk_send('Hello {{name}}', recipients=recipients)
    assert caught.value.__context__ is None
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('dests', [(b'+6511111111',), ([b'+6511111111'],), (bytearray(b'+65'),)])
def test_a_destination_of_bytes_is_no_list_of_numbers(
    client: HoiioClient, api: Api, dests: Any
) -> None:
    for send in (client.sms.bulk_send, client.voice.conference):
        args = ('Hoiio World', *dests) if send == client.sms.bulk_send else dests
        with pytest.raises(InputInvalid, match='bytes'):
            send(*args)
    assert len(api.mock.calls) == 0


class Truthless:
    def __eq__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise ValueError

    __hash__ = None  # type: ignore[assignment]


def test_an_argument_whose_comparison_has_no_truth(client: HoiioClient, api: Api) -> None:
    dest: Any = Truthless()
    with pytest.raises(InputInvalid, match='dest cannot be written as text'):
        client.sms.send('Hoiio World', dest)
    assert len(api.mock.calls) == 0


def test_values_of_a_template_may_be_what_stands_for_text(client: HoiioClient, api: Api) -> None:
    api.answers('sms/bulk_send')
    recipient = {
        'dest': UserString('+6511111111'),
        'name': UserString('Nick'),
        'status': SmsStatus.QUEUED,
        'due': date(2012, 12, 31),
        'price': Decimal('1.50'),
    }
    client.sms.bulk_send('{{name}} {{status}} {{due}} {{price}}', recipients=[recipient])
    assert json.loads(api.form['recipients'])['recipients'] == [
        {
            'dest': '+6511111111',
            'name': 'Nick',
            'status': 'queued',
            'due': '2012-12-31',
            'price': '1.50',
        }
    ]


# A template and what fills it.


def shop(**values: Any) -> dict[str, Any]:
    return {'dest': '+6511111111', 'name': 'Nick', **values}


@pytest.mark.parametrize(
    ('msg', 'variable'),
    [
        ('Hi {{name}} {{code}}', 'code'),
        ('Hi {{ code }}', 'code'),
        ('Hi {{{code}}}', 'code'),
        ('Hi {{{ code }}}', 'code'),
        ('Hi {{&code}}', 'code'),
        ('Hi {{& code }}', 'code'),
        ('Hi {{#code}}again{{/code}}', 'code'),
        ('Hi {{shop.code}}', 'shop.code'),
        ('Hi {{shop.name}}{{shop.door.code}}', 'shop.door.code'),
        ('Hi {{none}}', 'none'),
        ('Hi {{#name}}{{code}}{{/name}}', 'code'),
        ('Hi {{#items}}{{of}}{{/items}}{{code}}', 'code'),
        ('Hi {{^code}}{{gone}}{{/code}}', 'gone'),
        ('Hi {{Name}}', 'Name'),
        ('Hi {{ nickname-2 }}', 'nickname-2'),
    ],
)
def test_a_variable_without_a_value_is_refused(
    client: HoiioClient, api: Api, msg: str, variable: str
) -> None:
    lacking = shop(dest='+6522222222', none=None, items=[{'of': 1}], shop={'name': 'A'})
    full = {**lacking, 'dest': '+6511111111', 'code': 7, 'none': 1, 'Name': 'N', 'gone': ''}
    full['nickname-2'] = 'Nicky'
    full['shop'] = {'name': 'A', 'code': 7, 'door': {'code': 7}}
    with pytest.raises(InputInvalid, match='no value for ') as caught:
        client.sms.bulk_send(msg, recipients=[full, lacking])
    assert f'recipient 2 has no value for {{{{{variable}}}}}' in str(caught.value)
    assert '2222' not in str(caught.value)
    assert len(api.mock.calls) == 0
    api.answers('sms/bulk_send')
    client.sms.bulk_send(msg, recipients=[full])
    client.sms.bulk_send(msg, recipients=[full, lacking], allow_missing=True)
    assert [form['msg'] for form in api.forms] == [msg, msg]


@pytest.mark.parametrize(
    'msg',
    [
        'Hi {{name}}, {{empty}}{{zero}}',
        'Hi {{dest}}',
        'Hi {{! a remark }}{{> part }}{{=<% %>=}}',
        'Hi {{^code}}nobody{{/code}}',
        'Hi {{#no}}{{code}}{{/no}}',
        'Hi {{#none_left}}{{code}}{{/none_left}}',
        'Hi {{#items}}{{of}}{{/items}}',
        'Hi {{#shop}}{{door}}{{/shop}}',
        'Hi {{^name}}{{code}}{{/name}}{{name}}',
        'Hi {{a.b}} {name} {{}} {{ first name }} { {x} }',
    ],
)
def test_what_a_template_does_not_show_needs_no_value(
    client: HoiioClient, api: Api, msg: str
) -> None:
    recipient = shop(empty='', zero=0, no=False, none_left=[], items=[{'of': 1}], shop={'door': 1})
    api.answers('sms/bulk_send')
    client.sms.bulk_send(msg, recipients=[{**recipient, 'a.b': 1, 'first name': 1}])
    assert api.form['msg'] == msg


@pytest.mark.parametrize('value', [None, True, False, ['a'], ('a', 'b'), {'a': 1}], ids=repr)
def test_a_variable_is_filled_by_what_a_text_can_show(
    client: HoiioClient, api: Api, value: object
) -> None:
    with pytest.raises(InputInvalid, match=r'recipient 1 has no value for {{code}}'):
        client.sms.bulk_send('Hi {{code}}', recipients=[shop(code=value)])
    assert len(api.mock.calls) == 0


def test_a_template_without_recipients_is_refused(client: HoiioClient, api: Api) -> None:
    with pytest.raises(InputInvalid, match=r'no recipients for {{name}}.*allow_missing=True'):
        client.sms.bulk_send('Hi {{name}}', '+6511111111')
    assert len(api.mock.calls) == 0
    api.answers('sms/bulk_send')
    client.sms.bulk_send('Hi {{name}}', '+6511111111', allow_missing=True)
    assert api.form == {'msg': 'Hi {{name}}', 'dest': '+6511111111'}


def test_what_is_not_a_name_is_not_quoted(client: HoiioClient, api: Api) -> None:
    with pytest.raises(InputInvalid, match='no recipients for a variable in the message'):
        client.sms.bulk_send('Hi {{ customer.name|title }}', '+6511111111')
    assert len(api.mock.calls) == 0


# A tag that is looked for with care takes no time; without, each of these takes minutes.
@pytest.mark.parametrize('piece', ['{{', '{{{ ', '{{a', '{{#', ' ', '}', '{{a}'])
def test_a_long_template_is_checked_at_once(client: HoiioClient, api: Api, piece: str) -> None:
    api.answers('sms/bulk_send')
    client.sms.bulk_send('{{' + piece * 300_000, '+6511111111')
    assert len(api.forms) == 1


# The same number twice.


@pytest.mark.parametrize(
    'second', ['+6511111111', ' +6511111111', '+65 1111-1111', '+65 (1111) 1111', '11111111']
)
def test_a_number_that_is_given_twice_is_refused(api: Api, second: str) -> None:
    sms = HoiioClient('APP', 'TOKEN', prefix='65').sms
    api.answers('sms/bulk_send')
    numbers = ['+6522222222', '+6511111111', second]
    recipients = [{'dest': number} for number in numbers]
    for send in (
        functools.partial(sms.bulk_send, 'Hello', *numbers),
        functools.partial(sms.bulk_send, 'Hello', recipients=recipients),
    ):
        with pytest.raises(InputInvalid, match='destinations 2 and 3 are the same') as caught:
            send()
        assert '1111' not in str(caught.value)
        send(allow_duplicates=True)
    assert len(api.forms) == 2


def test_numbers_that_differ_are_not_the_same(client: HoiioClient, api: Api) -> None:
    api.answers('sms/bulk_send')
    client.sms.bulk_send('Hello', '+6511111111', '6511111111', 'nobody', 'somebody')
    assert api.form['dest'] == '+6511111111,6511111111,nobody,somebody'


# No more is read than may be sent.


@pytest.mark.parametrize(
    'endless',
    [
        itertools.repeat('+6511111111'),
        map(str, itertools.count()),
        itertools.cycle(['+6511111111,+6522222222']),
    ],
    ids=['the same', 'others', 'several at a time'],
)
def test_an_endless_generator_is_read_to_the_first_too_many(
    client: HoiioClient, api: Api, endless: Iterator[str]
) -> None:
    few: Iterable[Any] = itertools.repeat([])
    for send in (functools.partial(client.sms.bulk_send, 'Hello'), client.voice.conference):
        with pytest.raises(InputInvalid, match=r'^more than (1000|8) destinations'):
            send(endless)
        with pytest.raises(InputInvalid, match='dest cannot be written as text'):
            send(few)
    assert len(api.mock.calls) == 0


def test_no_more_recipients_are_read_than_may_be_sent(client: HoiioClient, api: Api) -> None:
    numbers = itertools.count(10_000_000)
    with pytest.raises(InputInvalid, match=r'^more than 1000 destinations'):
        client.sms.bulk_send('Hello', recipients=({'dest': f'+65{each}'} for each in numbers))
    assert next(numbers) == 10_000_000 + 1001
    with pytest.raises(InputInvalid, match=r'^more than 1000 destinations'):
        client.sms.bulk_send('Hello', (f'+65{each}' for each in numbers))
    assert next(numbers) == 10_000_000 + 1001 + 1 + 1001
    assert len(api.mock.calls) == 0
