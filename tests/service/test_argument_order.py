"""The order of the arguments of ``sms.send``."""

from __future__ import annotations

import inspect

import pytest

from hoiio import (
    HoiioClient,
)
from hoiio.service.sms import Sms
from tests.conftest import Api


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


# Each of these may be a phone number, so it is not certainly the text of a message. If it stays the
# destination, Hoiio refuses it, and the SMS costs nothing.
@pytest.mark.parametrize(
    'second',
    [
        *('6598765432', '98765432', '+6598765432', 'tel:+6598765432', '+6598765432 ext 3'),
        *('tel: 995', 'TEL 995', 'ext 3', 'x3', 'desk x 3', 'sip:nick', 'sms:995', '1-800-FLOWERS'),
        *('(800) FLOWERS', 'None', 'null', 'NaN', '<NA>', 'N/A', 'nil', 'undefined', 'unknown'),
        *('False', 'blank', 'withheld', 'unlisted', 'TBD'),
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
def test_the_arguments_are_not_swapped_if_the_second_may_be_a_number(
    client: HoiioClient, api: Api, second: str
) -> None:
    api.answers('sms/send')
    client.sms.send('+6511111111', second)
    assert api.form == {'msg': '+6511111111', 'dest': second}


@pytest.mark.parametrize('prefix', [None, '65'])
def test_keyword_arguments_are_not_swapped(api: Api, prefix: str | None) -> None:
    sms = HoiioClient('APP', 'TOKEN', prefix=prefix).sms
    api.answers('sms/send')
    sms.send(msg='+6511111111', dest='+6598765432')
    sms.send(msg='+6511111111', dest='Hoiio World')
    sms.send('+6511111111', dest='Hoiio World')
    plus = f'+{prefix}' if prefix else ''
    dests = ['+6598765432', f'{plus}Hoiio World', f'{plus}Hoiio World']
    assert api.forms == [{'msg': '+6511111111', 'dest': dest} for dest in dests]


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
def test_the_arguments_are_not_swapped_otherwise(
    client: HoiioClient, api: Api, first: str, second: str
) -> None:
    api.answers('sms/send')
    client.sms.send(first, second)
    assert api.form == {'msg': first, 'dest': second}


@pytest.mark.parametrize(
    'dest', [' +6511111111', '+6511111111\n', '(65) 11111111', '+65.1111.1111', '+65\xa011111111']
)
def test_a_code_is_not_taken_for_the_destination(client: HoiioClient, api: Api, dest: str) -> None:
    api.answers('sms/send')
    client.sms.send('123456', dest)
    assert api.form == {'msg': '123456', 'dest': dest.strip()}


def test_send_keeps_its_signature() -> None:
    names = list(inspect.signature(Sms.send).parameters)
    assert names == ['self', 'msg', 'dest', 'sender_name', 'tag', 'notify_url', 'params']
