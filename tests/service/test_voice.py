from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from hoiio import CallStatus, HoiioClient, InputInvalid, Response, Transaction
from hoiio.service.voice import (
    CallHistory,
    CallRate,
    CallRecord,
    CallReport,
    Conference,
    Voice,
)
from tests.conftest import Api

NUMBERS = [f'+65{number:08}' for number in range(9)]

OPTIONS = {'tag': 'myapp', 'notify_url': 'http://my.server.com/myscript'}

SENT: dict[str, tuple[Callable[[Voice], Response], type[Response], str, dict[str, str]]] = {
    'call': (
        lambda voice: voice.call('+6511111111', '+6522222222'),
        Transaction,
        'voice/call',
        {'dest1': '+6511111111', 'dest2': '+6522222222'},
    ),
    'call from the registered number': (
        lambda voice: voice.call(None, '+6522222222'),
        Transaction,
        'voice/call',
        {'dest2': '+6522222222'},
    ),
    'call with every option': (
        lambda voice: voice.call(
            '+6511111111',
            '+6522222222',
            caller_id='private',
            max_duration=600,
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            extra={'ring_time': 20},
        ),
        Transaction,
        'voice/call',
        {
            'dest1': '+6511111111',
            'dest2': '+6522222222',
            'caller_id': 'private',
            'max_duration': '600',
            **OPTIONS,
            'ring_time': '20',
        },
    ),
    'conference': (
        lambda voice: voice.conference('+6511111111', '+6522222222', '+6533333333'),
        Conference,
        'voice/conference',
        {'dest': '+6511111111,+6522222222,+6533333333'},
    ),
    'conference with every option': (
        lambda voice: voice.conference(
            '+6544444444',
            room='MY-ROOM',
            caller_id='+6533333333',
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            extra={'ring_time': 20},
        ),
        Conference,
        'voice/conference',
        {
            'dest': '+6544444444',
            'room': 'MY-ROOM',
            'caller_id': '+6533333333',
            **OPTIONS,
            'ring_time': '20',
        },
    ),
    'kick': (
        lambda voice: voice.kick('AA-C-1', extra={'reason': 'late'}),
        Response,
        'conference/moderate',
        {'txn_ref': 'AA-C-1', 'action': 'kick', 'reason': 'late'},
    ),
    'mute': (
        lambda voice: voice.mute('AA-C-1', extra={'reason': 'noise'}),
        Response,
        'conference/moderate',
        {'txn_ref': 'AA-C-1', 'action': 'mute', 'reason': 'noise'},
    ),
    'unmute': (
        lambda voice: voice.unmute('AA-C-1', extra={'reason': 'question'}),
        Response,
        'conference/moderate',
        {'txn_ref': 'AA-C-1', 'action': 'unmute', 'reason': 'question'},
    ),
    'hangup': (
        lambda voice: voice.hangup('AA-C-1', extra={'force': True}),
        Response,
        'voice/hangup',
        {'txn_ref': 'AA-C-1', 'force': 'enabled'},
    ),
    'status': (
        lambda voice: voice.status('AA-C-1', extra={'verbose': '1'}),
        CallReport,
        'voice/query_status',
        {'txn_ref': 'AA-C-1', 'verbose': '1'},
    ),
    'history': (lambda voice: voice.history(), CallHistory, 'voice/get_history', {}),
    'history with every option': (
        lambda voice: voice.history(
            from_='2012-01-01 08:00:00',
            to='2012-12-31 08:00:00',
            page=2,
            page_size=50,
            extra={'dest': '+6511111111'},
        ),
        CallHistory,
        'voice/get_history',
        {
            'from': '2012-01-01 08:00:00',
            'to': '2012-12-31 08:00:00',
            'page': '2',
            'page_size': '50',
            'dest': '+6511111111',
        },
    ),
    'rate': (
        lambda voice: voice.rate('+6511111111', '+6522222222', extra={'currency': 'SGD'}),
        CallRate,
        'voice/get_rate',
        {'dest1': '+6511111111', 'dest2': '+6522222222', 'currency': 'SGD'},
    ),
    'rate from the registered number': (
        lambda voice: voice.rate(None, '+6522222222'),
        CallRate,
        'voice/get_rate',
        {'dest2': '+6522222222'},
    ),
}

RECORD = {
    'txn_ref': 'AA-C-141147',
    'tag': 'id_1',
    'date': '2010-01-01 10:10:00',
    'dest1': '+6511111111',
    'dest2': '+6522222222',
    'call_status_dest1': 'answered',
    'call_status_dest2': 'unanswered',
    'duration': '7',
    'currency': 'SGD',
    'rate': '0.020',
    'debit': '0.140',
}

each_shape = pytest.mark.parametrize(
    'shape',
    [
        {},
        {'date': '2010-01-01 10:10:00.0'},
        {'duration': 7, 'rate': 0.02, 'debit': 0.14},
    ],
    ids=['as printed', 'with a fraction of a second', 'with numbers'],
)


def assert_is_the_record(call: CallRecord) -> None:
    assert (call.txn_ref, call.tag) == ('AA-C-141147', 'id_1')
    assert call.date == datetime.fromisoformat('2010-01-01 10:10:00')
    assert (call.dest1, call.dest2) == ('+6511111111', '+6522222222')
    assert call.call_status_dest1 is CallStatus.ANSWERED
    assert call.call_status_dest2 is CallStatus.UNANSWERED
    assert (call.duration, type(call.duration)) == (7, int)
    assert (call.currency, call.rate, call.debit) == ('SGD', 0.02, 0.14)


@pytest.mark.parametrize(('call', 'kind', 'operation', 'form'), SENT.values(), ids=SENT)
def test_what_is_sent(
    client: HoiioClient,
    api: Api,
    call: Callable[[Voice], Response],
    kind: type[Response],
    operation: str,
    form: dict[str, str],
) -> None:
    api.answers(operation)
    res = call(client.voice)
    assert api.form == form
    assert type(res) is kind
    assert res.is_success()


def test_call(client: HoiioClient, api: Api) -> None:
    api.answers('voice/call', txn_ref='AA-C-3070102')
    res = client.voice.call('+6511111111', '+6522222222')
    assert res.txn_ref == 'AA-C-3070102'
    assert res.status == 'success_ok'


@pytest.mark.parametrize(
    'txn_refs',
    [
        'AA-C-1,AA-C-2,AA-C-3',
        'AA-C-1, AA-C-2, AA-C-3',
        ['AA-C-1', 'AA-C-2', 'AA-C-3'],
    ],
)
def test_conference(client: HoiioClient, api: Api, txn_refs: str | list[str]) -> None:
    api.answers('voice/conference', txn_refs=txn_refs, room='R123')
    res = client.voice.conference('+6511111111', '+6522222222', '+6533333333')
    assert res.room == 'R123'
    assert res.txn_refs == ['AA-C-1', 'AA-C-2', 'AA-C-3']


@pytest.mark.parametrize('txn_refs', ['AA-C-1', ['AA-C-1']])
def test_conference_of_one(client: HoiioClient, api: Api, txn_refs: str | list[str]) -> None:
    api.answers('voice/conference', txn_refs=txn_refs, room='R123')
    assert client.voice.conference('+6511111111').txn_refs == ['AA-C-1']


@pytest.mark.parametrize(
    'dests',
    [
        ('+6511111111', '+6522222222', '+6533333333'),
        (['+6511111111', '+6522222222', '+6533333333'],),
        (('+6511111111', '+6522222222'), '+6533333333'),
        (dict.fromkeys(['+6511111111', '+6522222222', '+6533333333']),),
        ('+6511111111,+6522222222,+6533333333',),
        ('+6511111111, +6522222222', ' +6533333333 '),
    ],
    ids=['one by one', 'list', 'tuple and one', 'keys', 'commas', 'blanks'],
)
def test_ways_to_list_the_participants(client: HoiioClient, api: Api, dests: Any) -> None:
    api.answers('voice/conference')
    client.voice.conference(*dests)
    assert api.form == {'dest': '+6511111111,+6522222222,+6533333333'}


@pytest.mark.parametrize('dests', [NUMBERS[:8], [NUMBERS[:8]], [NUMBERS[:4], *NUMBERS[4:8]]])
def test_eight_participants_are_accepted(client: HoiioClient, api: Api, dests: Any) -> None:
    api.answers('voice/conference')
    client.voice.conference(*dests)
    assert api.form == {'dest': ','.join(NUMBERS[:8])}


@pytest.mark.parametrize(
    ('dests', 'message'),
    [
        (NUMBERS, '^more than 8 destinations; pass at most 8 in one call$'),
        ([NUMBERS], '^more than 8 destinations; pass at most 8 in one call$'),
        ([','.join(NUMBERS)], '^more than 8 destinations; pass at most 8 in one call$'),
        ([], '^voice/conference: dest is missing$'),
        ([[]], '^voice/conference: dest is missing$'),
        ([''], '^destination 1 of 1 is empty$'),
        (['+6511111111', '', '+6533333333'], '^destination 2 of 3 is empty$'),
        ([['+6511111111', ' ']], '^destination 2 of 2 is empty$'),
        (['+6511111111,,+6533333333'], '^destination 2 of 3 is empty$'),
        (['+6511111111,'], '^destination 2 of 2 is empty$'),
    ],
)
def test_participants_that_are_refused(
    client: HoiioClient, api: Api, dests: Any, message: str
) -> None:
    with pytest.raises(InputInvalid, match=message):
        client.voice.conference(*dests)
    assert len(api.mock.calls) == 0


def test_prefix_completes_every_number(api: Api) -> None:
    voice = HoiioClient('APP', 'TOKEN', prefix='65').voice
    api.answers('voice/call')
    api.answers('voice/conference')
    api.answers('voice/get_rate')
    voice.call('11111111', '+8522222222', caller_id='33333333')
    voice.call(None, '22222222', caller_id='private')
    voice.conference(['11111111', '+8522222222'], '33333333,44444444')
    voice.rate('11111111', '22222222')
    assert api.forms == [
        {'dest1': '+6511111111', 'dest2': '+8522222222', 'caller_id': '+6533333333'},
        {'dest2': '+6522222222', 'caller_id': 'private'},
        {'dest': '+6511111111,+8522222222,+6533333333,+6544444444'},
        {'dest1': '+6511111111', 'dest2': '+6522222222'},
    ]


@each_shape
def test_status(client: HoiioClient, api: Api, shape: dict[str, Any]) -> None:
    api.answers('voice/query_status', **{**RECORD, **shape})
    res = client.voice.status('AA-C-141147')
    assert isinstance(res, CallRecord)
    assert_is_the_record(res)


def test_status_of_a_call_that_lasts(client: HoiioClient, api: Api) -> None:
    over = {'tag', 'duration', 'debit'}
    lasting = {name: value for name, value in RECORD.items() if name not in over}
    api.answers('voice/query_status', **{**lasting, 'call_status_dest1': 'ongoing'})
    res = client.voice.status('AA-C-141147')
    assert res.call_status_dest1 is CallStatus.ONGOING
    assert res.rate == 0.02
    assert [getattr(res, name) for name in over] == [None] * len(over)


def test_status_of_a_call_to_a_number_of_the_account(client: HoiioClient, api: Api) -> None:
    api.answers('voice/query_status', **RECORD, number='+6599999999')
    assert client.voice.status('AA-C-141147').number == '+6599999999'


def test_status_of_a_call_with_a_new_word(client: HoiioClient, api: Api) -> None:
    api.answers('voice/query_status', call_status_dest1='rejected')
    res = client.voice.status('AA-C-141147')
    assert res.call_status_dest1 == 'rejected'
    assert isinstance(res.call_status_dest1, CallStatus)


@each_shape
@pytest.mark.parametrize('counts', [('234', '2'), (234, 2)])
def test_history(
    client: HoiioClient, api: Api, shape: dict[str, Any], counts: tuple[Any, Any]
) -> None:
    api.answers(
        'voice/get_history',
        total_entries_count=counts[0],
        entries_count=counts[1],
        entries=[{**RECORD, **shape}, {'txn_ref': 'AA-C-141146', 'call_status_dest1': 'ongoing'}],
    )
    res = client.voice.history()
    assert (res.total_entries_count, res.entries_count) == (234, 2)
    over, lasting = res.entries
    assert type(over) is type(lasting) is CallRecord
    assert_is_the_record(over)
    assert lasting.call_status_dest1 is CallStatus.ONGOING
    assert (lasting.tag, lasting.duration, lasting.debit) == (None, None, None)
    with pytest.raises(AttributeError, match=r"^CallRecord has no 'rate': Hoiio left it out$"):
        _ = lasting.rate


def test_a_call_to_one_phone_has_no_second_one(client: HoiioClient, api: Api) -> None:
    one = {**RECORD, 'dest2': '', 'call_status_dest2': '', 'number': ''}
    api.answers('voice/query_status', **one)
    api.answers('voice/get_history', entries=[one])
    for call in (client.voice.status('AA-C-141147'), *client.voice.history().entries):
        assert (call.dest2, call.call_status_dest2, call.number) == (None, None, None)


def test_find(client: HoiioClient, api: Api) -> None:
    api.answers('voice/get_history', entries=[{'txn_ref': 'AA-C-141146'}, RECORD])
    call = client.voice.find('id_1', from_='2012-01-01 08:00:00')
    assert type(call) is CallRecord
    assert_is_the_record(call)
    assert api.form == {'from': '2012-01-01 08:00:00'}


def test_history_without_calls(client: HoiioClient, api: Api) -> None:
    api.answers('voice/get_history', total_entries_count='0', entries_count='0', entries=[])
    res = client.voice.history()
    assert (res.total_entries_count, res.entries_count, res.entries) == (0, 0, [])


@pytest.mark.parametrize(
    ('rate', 'talktime'), [('0.036', '2352'), (0.036, 2352), ('0.0360', '2352.0')]
)
def test_rate(client: HoiioClient, api: Api, rate: Any, talktime: Any) -> None:
    api.answers('voice/get_rate', currency='SGD', rate=rate, talktime=talktime)
    res = client.voice.rate('+6511111111', '+6522222222')
    assert (res.currency, res.rate, res.talktime) == ('SGD', 0.036, 2352)
    assert (type(res.rate), type(res.talktime)) == (float, int)


@pytest.mark.parametrize(
    ('operation', 'status', 'call'),
    [
        ('voice/call', 'error_same_dest1_dest2', lambda voice: voice.call('+651', '+651')),
        ('voice/conference', 'error_invalid_room', lambda voice: voice.conference('+651')),
        ('conference/moderate', 'error_txn_ref_invalid', lambda voice: voice.mute('TX-0')),
        ('voice/hangup', 'error_txn_ref_access_denied', lambda voice: voice.hangup('TX-0')),
        ('voice/query_status', 'error_invalid_txn_ref', lambda voice: voice.status('TX-0')),
        ('voice/get_history', 'error_from_invalid', lambda voice: voice.history(from_='May')),
        ('voice/get_rate', 'error_dest2_invalid', lambda voice: voice.rate('+651', '1')),
    ],
)
def test_a_refusal_is_the_status(
    client: HoiioClient,
    api: Api,
    operation: str,
    status: str,
    call: Callable[[Voice], Response],
) -> None:
    api.answers(operation, status=status)
    res = call(client.voice)
    assert (res.status, res.is_success()) == (status, False)
    assert type(res.status).__members__[status.removeprefix('error_').upper()] is res.status
