from __future__ import annotations

from collections.abc import Callable

import pytest

from hoiio import HoiioClient, OnFailure, Response
from hoiio.service.ivr import Ivr, IvrCall, Transfer
from tests.conftest import Api

SPEECH = (
    '<speech language="zh-HK" gender="female">你好</speech><url>https://example.com/a.mp3</url>'
)

OPTIONS = {'tag': 'myapp', 'notify_url': 'http://my.server.com/myscript'}

SENT: dict[str, tuple[Callable[[Ivr], Response], type[Response], str, dict[str, str]]] = {
    'dial': (
        lambda ivr: ivr.dial('+6511111111'),
        IvrCall,
        'ivr/start/dial',
        {'dest': '+6511111111'},
    ),
    'dial with every option': (
        lambda ivr: ivr.dial(
            '+6511111111',
            msg=SPEECH,
            caller_id='+6533333333',
            max_duration='60',
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            extra={'ring_time': 20},
        ),
        IvrCall,
        'ivr/start/dial',
        {
            'dest': '+6511111111',
            'msg': SPEECH,
            'caller_id': '+6533333333',
            'max_duration': '60',
            **OPTIONS,
            'ring_time': '20',
        },
    ),
    'play': (
        lambda ivr: ivr.play('S1234', 'Hello.'),
        Response,
        'ivr/middle/play',
        {'session': 'S1234', 'msg': 'Hello.'},
    ),
    'play with every option': (
        lambda ivr: ivr.play(
            'S1234',
            SPEECH,
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            extra={'volume': 3},
        ),
        Response,
        'ivr/middle/play',
        {'session': 'S1234', 'msg': SPEECH, **OPTIONS, 'volume': '3'},
    ),
    'gather': (
        lambda ivr: ivr.gather('S1234'),
        Response,
        'ivr/middle/gather',
        {'session': 'S1234'},
    ),
    'gather with every option': (
        lambda ivr: ivr.gather(
            'S1234',
            msg='Press 1 for yes, press 2 for no.',
            max_digits=1,
            timeout=60,
            attempts=3,
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            request_timeout=5,
            extra={'volume': 3},
        ),
        Response,
        'ivr/middle/gather',
        {
            'session': 'S1234',
            'msg': 'Press 1 for yes, press 2 for no.',
            'max_digits': '1',
            'timeout': '60',
            'attempts': '3',
            **OPTIONS,
            'volume': '3',
        },
    ),
    'gather with zeros': (
        lambda ivr: ivr.gather('S1234', max_digits=0, timeout=0, attempts=0),
        Response,
        'ivr/middle/gather',
        {'session': 'S1234', 'max_digits': '0', 'timeout': '0', 'attempts': '0'},
    ),
    'record': (
        lambda ivr: ivr.record('S1234'),
        Response,
        'ivr/middle/record',
        {'session': 'S1234'},
    ),
    'record with every option': (
        lambda ivr: ivr.record(
            'S1234',
            msg='Speak now.',
            max_duration=60,
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            extra={'volume': 3},
        ),
        Response,
        'ivr/middle/record',
        {
            'session': 'S1234',
            'msg': 'Speak now.',
            'max_duration': '60',
            **OPTIONS,
            'volume': '3',
        },
    ),
    'monitor': (
        lambda ivr: ivr.monitor('S1234'),
        Response,
        'ivr/middle/monitor',
        {'session': 'S1234'},
    ),
    'monitor with every option': (
        lambda ivr: ivr.monitor(
            'S1234',
            msg='This call is recorded.',
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            monitor_notify_url='http://my.server.com/recordings',
            extra={'volume': 3},
        ),
        Response,
        'ivr/middle/monitor',
        {
            'session': 'S1234',
            'msg': 'This call is recorded.',
            **OPTIONS,
            'monitor_notify_url': 'http://my.server.com/recordings',
            'volume': '3',
        },
    ),
    'hold': (
        lambda ivr: ivr.hold('S1234'),
        Response,
        'ivr/middle/hold',
        {'session': 'S1234'},
    ),
    'hold with every option': (
        lambda ivr: ivr.hold('S1234', msg='One moment, please.', extra={'volume': 3}),
        Response,
        'ivr/middle/hold',
        {'session': 'S1234', 'msg': 'One moment, please.', 'volume': '3'},
    ),
    'unhold': (
        lambda ivr: ivr.unhold('S1234'),
        Response,
        'ivr/middle/unhold',
        {'session': 'S1234'},
    ),
    'unhold with every option': (
        lambda ivr: ivr.unhold(
            'S1234', tag='myapp', notify_url='http://my.server.com/myscript', extra={'volume': 3}
        ),
        Response,
        'ivr/middle/unhold',
        {'session': 'S1234', **OPTIONS, 'volume': '3'},
    ),
    'transfer': (
        lambda ivr: ivr.transfer('S1234', '+6522222222'),
        Transfer,
        'ivr/end/transfer',
        {'session': 'S1234', 'dest': '+6522222222'},
    ),
    'transfer with every option': (
        lambda ivr: ivr.transfer(
            'S1234',
            '+6522222222',
            msg='We will be transferring this call.',
            caller_id='private',
            on_failure='continue',
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            extra={'volume': 3},
        ),
        Transfer,
        'ivr/end/transfer',
        {
            'session': 'S1234',
            'dest': '+6522222222',
            'msg': 'We will be transferring this call.',
            'caller_id': 'private',
            'on_failure': 'continue',
            **OPTIONS,
            'volume': '3',
        },
    ),
    'transfer with a word of the enum': (
        lambda ivr: ivr.transfer('S1234', '+6522222222', on_failure=OnFailure.HANGUP),
        Transfer,
        'ivr/end/transfer',
        {'session': 'S1234', 'dest': '+6522222222', 'on_failure': 'hangup'},
    ),
    'hangup': (
        lambda ivr: ivr.hangup('S1234'),
        Response,
        'ivr/end/hangup',
        {'session': 'S1234'},
    ),
    'hangup with a message': (
        lambda ivr: ivr.hangup(
            'S1234',
            msg='Goodbye.',
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            extra={'volume': 3},
        ),
        Response,
        'ivr/end/hangup',
        {'session': 'S1234', 'msg': 'Goodbye.', **OPTIONS, 'volume': '3'},
    ),
    'hangup by force': (
        lambda ivr: ivr.hangup('S1234', force=True),
        Response,
        'ivr/end/hangup',
        {'session': 'S1234', 'force': 'enabled'},
    ),
    'hangup by force in the word of the API': (
        lambda ivr: ivr.hangup('S1234', force='enabled'),
        Response,
        'ivr/end/hangup',
        {'session': 'S1234', 'force': 'enabled'},
    ),
    'hangup not by force': (
        lambda ivr: ivr.hangup('S1234', force=False),
        Response,
        'ivr/end/hangup',
        {'session': 'S1234'},
    ),
}


@pytest.mark.parametrize(('call', 'kind', 'operation', 'form'), SENT.values(), ids=SENT)
def test_what_is_sent(
    client: HoiioClient,
    api: Api,
    call: Callable[[Ivr], Response],
    kind: type[Response],
    operation: str,
    form: dict[str, str],
) -> None:
    api.answers(operation)
    res = call(client.ivr)
    assert api.form == form
    assert type(res) is kind
    assert res.is_success()


def test_dial(client: HoiioClient, api: Api) -> None:
    api.answers('ivr/start/dial', txn_ref='TX-1234', session='S4643')
    res = client.ivr.dial('+6511111111')
    assert (res.txn_ref, res.session) == ('TX-1234', 'S4643')


def test_the_session_of_a_dial_goes_on(client: HoiioClient, api: Api) -> None:
    api.answers('ivr/start/dial', txn_ref='TX-1234', session=4643)
    api.answers('ivr/middle/play')
    session = client.ivr.dial('+6511111111').session
    client.ivr.play(session, 'Hello.')
    assert session == '4643'
    assert api.forms[1] == {'session': '4643', 'msg': 'Hello.'}


@pytest.mark.parametrize(('dest', 'room'), [('room:R1234', 'R1234'), ('room:', 'R1')])
def test_transfer_to_a_room(client: HoiioClient, api: Api, dest: str, room: str) -> None:
    api.answers('ivr/end/transfer', room=room)
    res = client.ivr.transfer('S1234', dest)
    assert api.form == {'session': 'S1234', 'dest': dest}
    assert res.room == room


def test_transfer_to_a_phone_has_no_room(client: HoiioClient, api: Api) -> None:
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
def test_prefix_completes_a_phone_and_no_room(api: Api, given: str, completed: str) -> None:
    ivr = HoiioClient('APP', 'TOKEN', prefix='65').ivr
    api.answers('ivr/start/dial')
    api.answers('ivr/end/transfer')
    ivr.dial(given, caller_id='private')
    ivr.transfer('S1234', given, caller_id='33333333')
    assert api.forms == [
        {'dest': completed, 'caller_id': 'private'},
        {'session': 'S1234', 'dest': completed, 'caller_id': '+6533333333'},
    ]


@pytest.mark.parametrize(
    ('operation', 'status', 'call'),
    [
        ('ivr/start/dial', 'error_msg_download_failed', lambda ivr: ivr.dial('+651', msg=SPEECH)),
        ('ivr/middle/play', 'error_msg_invalid_xml', lambda ivr: ivr.play('S1', '<speech>')),
        ('ivr/middle/gather', 'error_invalid_max_digits', lambda ivr: ivr.gather('S1')),
        ('ivr/middle/record', 'error_invalid_session', lambda ivr: ivr.record('S1')),
        ('ivr/middle/monitor', 'error_monitor_in_progress', lambda ivr: ivr.monitor('S1')),
        ('ivr/middle/hold', 'error_session_not_ready', lambda ivr: ivr.hold('S1')),
        ('ivr/middle/unhold', 'error_session_not_on_hold', lambda ivr: ivr.unhold('S1')),
        ('ivr/end/transfer', 'error_on_failure_invalid', lambda ivr: ivr.transfer('S1', '+651')),
        ('ivr/end/hangup', 'error_session_ended', lambda ivr: ivr.hangup('S1')),
    ],
)
def test_a_refusal_is_the_status(
    client: HoiioClient, api: Api, operation: str, status: str, call: Callable[[Ivr], Response]
) -> None:
    api.answers(operation, status=status)
    res = call(client.ivr)
    assert (res.status, res.is_success()) == (status, False)
    assert type(res.status).__members__[status.removeprefix('error_').upper()] is res.status


def test_a_parameter_that_is_missing_has_a_meaning(client: HoiioClient, api: Api) -> None:
    api.answers('ivr/middle/gather', status='error_notify_url_param_missing')
    res = client.ivr.gather('S1234')
    assert res.status == 'error_notify_url_param_missing'
    assert res.status.meaning == 'The parameter notify_url is missing.'
