"""The recipients of a bulk SMS, and the template that they fill."""

from __future__ import annotations

import itertools
import json
from collections import UserString
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hoiio import (
    HoiioClient,
    InputInvalid,
    SmsStatus,
)
from tests.canary import TOKEN
from tests.conftest import Api

NUMBERS = [f'+65{number:08}' for number in range(1001)]


OPTIONS = {
    'sender_name': 'Citibank',
    'tag': 'myapp',
    'notify_url': 'http://my.server.com/myscript',
}


def test_recipients_are_sent_as_json(client: HoiioClient, api: Api) -> None:
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


def test_a_thousand_recipients_are_sent(client: HoiioClient, api: Api) -> None:
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
def test_invalid_recipients_are_refused(
    client: HoiioClient, api: Api, dests: Any, recipients: Any, message: str
) -> None:
    with pytest.raises(InputInvalid, match=message):
        client.sms.bulk_send('Hello {{name}}', *dests, recipients=recipients)
    assert len(api.mock.calls) == 0


def test_a_prefix_completes_the_numbers_of_recipients(api: Api) -> None:
    sms = HoiioClient('APP', TOKEN, prefix='65').sms
    api.answers('sms/bulk_send')
    sms.bulk_send('Hello', recipients=[{'dest': '11111111'}, {'dest': '+8522222222'}])
    recipients = [{'dest': '+6511111111'}, {'dest': '+8522222222'}]
    assert json.loads(api.form['recipients']) == {'recipients': recipients}


def test_a_recipient_is_passed_twice_only_on_purpose(client: HoiioClient, api: Api) -> None:
    recipients = [{'dest': '+6511111111'}, {'dest': '+65 1111 1111'}]
    with pytest.raises(InputInvalid, match='destinations 1 and 2 are the same'):
        client.sms.bulk_send('Hello', recipients=recipients)
    api.answers('sms/bulk_send')
    client.sms.bulk_send('Hello', recipients=recipients, allow_duplicates=True)
    assert len(api.forms) == 1


def test_no_more_recipients_are_read_than_the_limit_and_one(client: HoiioClient, api: Api) -> None:
    numbers = itertools.count(10_000_000)
    with pytest.raises(InputInvalid, match=r'^more than 1000 destinations'):
        client.sms.bulk_send('Hello', recipients=({'dest': f'+65{each}'} for each in numbers))
    assert next(numbers) == 10_000_000 + 1001
    assert len(api.mock.calls) == 0


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
def test_values_that_json_cannot_express_are_refused(
    client: HoiioClient, api: Api, recipients: Any, message: str
) -> None:
    with pytest.raises(InputInvalid, match=message) as caught:
        client.sms.bulk_send('Hello {{name}}', recipients=recipients)
    assert caught.value.__context__ is None
    assert len(api.mock.calls) == 0


def test_values_that_act_as_text_are_sent_as_text(client: HoiioClient, api: Api) -> None:
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
def test_a_variable_that_the_template_does_not_show_needs_no_value(
    client: HoiioClient, api: Api, msg: str
) -> None:
    recipient = shop(empty='', zero=0, no=False, none_left=[], items=[{'of': 1}], shop={'door': 1})
    api.answers('sms/bulk_send')
    client.sms.bulk_send(msg, recipients=[{**recipient, 'a.b': 1, 'first name': 1}])
    assert api.form['msg'] == msg


@pytest.mark.parametrize('value', [None, True, False, ['a'], ('a', 'b'), {'a': 1}], ids=repr)
def test_a_value_that_a_text_cannot_show_is_refused(
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


def test_a_variable_that_is_not_a_name_is_not_quoted(client: HoiioClient, api: Api) -> None:
    with pytest.raises(InputInvalid, match='no recipients for a variable in the message'):
        client.sms.bulk_send('Hi {{ customer.name|title }}', '+6511111111')
    assert len(api.mock.calls) == 0


# A regular expression that backtracks needs minutes for each of these.
@pytest.mark.slow
@pytest.mark.parametrize('piece', ['{{', '{{{ ', '{{a', '{{#', ' ', '}', '{{a}'])
def test_a_long_template_is_checked_quickly(client: HoiioClient, api: Api, piece: str) -> None:
    api.answers('sms/bulk_send')
    client.sms.bulk_send('{{' + piece * 100_000, '+6511111111')
    assert len(api.forms) == 1
