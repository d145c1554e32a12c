"""What only the IVR service does."""

from __future__ import annotations

import pytest

from hoiio import (
    HoiioClient,
)
from tests.conftest import Api


def test_dial_returns_the_session(client: HoiioClient, api: Api) -> None:
    api.answers('ivr/start/dial', txn_ref='TX-1234', session='S4643')
    res = client.ivr.dial('+6511111111')
    assert (res.txn_ref, res.session) == ('TX-1234', 'S4643')


def test_a_session_that_is_a_number_can_be_passed_on(client: HoiioClient, api: Api) -> None:
    api.answers('ivr/start/dial', txn_ref='TX-1234', session=4643)
    api.answers('ivr/middle/play')
    session = client.ivr.dial('+6511111111').session
    client.ivr.play(session, 'Hello.')
    assert session == '4643'
    assert api.forms[1] == {'session': '4643', 'msg': 'Hello.'}


@pytest.mark.parametrize(('dest', 'room'), [('room:R1234', 'R1234'), ('room:', 'R1')])
def test_a_transfer_to_a_room_has_its_id(
    client: HoiioClient, api: Api, dest: str, room: str
) -> None:
    api.answers('ivr/end/transfer', room=room)
    res = client.ivr.transfer('S1234', dest)
    assert api.form == {'session': 'S1234', 'dest': dest}
    assert res.room == room


def test_a_transfer_to_a_phone_does_not_have_a_room(client: HoiioClient, api: Api) -> None:
    api.answers('ivr/end/transfer')
    res = client.ivr.transfer('S1234', '+6522222222')
    assert res.is_success()
    assert res.room is None


@pytest.mark.parametrize(
    ('given', 'completed'),
    [
        ('22222222', '+6522222222'),
        ('+8522222222', '+8522222222'),
        ('room:1234', 'room:1234'),
        ('room:', 'room:'),
    ],
)
def test_a_prefix_completes_a_phone_but_not_a_room(api: Api, given: str, completed: str) -> None:
    ivr = HoiioClient('APP', 'TOKEN', prefix='65').ivr
    api.answers('ivr/start/dial')
    api.answers('ivr/end/transfer')
    ivr.dial(given, caller_id='private')
    ivr.transfer('S1234', given, caller_id='33333333')
    assert api.forms == [
        {'dest': completed, 'caller_id': 'private'},
        {'session': 'S1234', 'dest': completed, 'caller_id': '+6533333333'},
    ]


def test_the_meaning_of_a_missing_parameter(client: HoiioClient, api: Api) -> None:
    api.answers('ivr/middle/gather', status='error_notify_url_param_missing')
    res = client.ivr.gather('S1234')
    assert res.status == 'error_notify_url_param_missing'
    assert res.status.meaning == 'The parameter notify_url is missing.'
