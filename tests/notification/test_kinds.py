from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from hoiio import (
    CallState,
    CallStatus,
    FaxStatus,
    HoiioClient,
    HoiioException,
    SmsStatus,
    Status,
    notification,
)
from hoiio.notification import (
    BulkSmsTransaction,
    Call,
    CallEnded,
    CallRecording,
    Dialled,
    FaxReceived,
    FaxSent,
    Gathered,
    HungUp,
    IncomingCall,
    IncomingSms,
    IvrNotification,
    Monitored,
    Notification,
    ParticipantLeft,
    Played,
    Recorded,
    SmsDelivery,
    Transferred,
    Unheld,
)
from tests.notification.samples import (
    CALL_ENDED,
    ENDED,
    GATHERED,
    INCOMING_SMS,
    IVR,
    SMS_DELIVERY,
    parse,
)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    def family(kind: type[Notification]) -> Iterator[str]:
        yield kind.__name__
        for child in kind.__subclasses__():
            if child.__name__.startswith('_'):
                yield from list(family(child))[1:]
            elif child.__module__.startswith(notification.__name__):
                yield from family(child)

    drawn = re.findall(r'^ {4}[ │├└─]*(\w+)', notification.__doc__ or '', re.MULTILINE)
    assert drawn == list(family(Notification))
    assert set(drawn) <= {*notification.__all__}


def test_a_call_ended_as_the_live_service_reported_it(client: HoiioClient) -> None:
    ended = parse(client, CALL_ENDED)
    assert type(ended) is CallEnded
    assert (ended.txn_ref, ended.tag) == ('AA-C-2517398', None)
    assert ended.call_status_dest1 is CallStatus.ANSWERED
    assert ended.call_status_dest2 is CallStatus.FAILED
    assert ended.date == datetime(2012, 6, 6, 11, 10, 36)
    assert (ended.duration, ended.rate, ended.debit) == (0, 0.036, 0.0)


def test_sms_delivery_as_the_live_service_reported_it(client: HoiioClient) -> None:
    delivery = parse(client, SMS_DELIVERY)
    assert type(delivery) is SmsDelivery
    assert delivery.sms_status is SmsStatus.DELIVERED
    assert (delivery.dest, delivery.split_count, delivery.debit) == ('+6500000000', 1, 0.032)


def test_incoming_sms(client: HoiioClient) -> None:
    sms = parse(client, INCOMING_SMS)
    assert type(sms) is IncomingSms
    assert (sms.msg, sms.from_, sms.to) == ('hoiio world', '+16201234567', '+16501234567')
    assert getattr(sms, 'from') == '+16201234567'
    assert sms.debit == 0.013


def test_a_bulk_sms_transaction_that_was_refused(client: HoiioClient) -> None:
    for fields in (
        {'status': 'error_dest_invalid', 'dest': '+65'},
        {'status': 'error_dest_invalid', 'bulk_txn_ref': 'AA-B-1'},
    ):
        refused = parse(client, fields)
        assert type(refused) is BulkSmsTransaction
        assert refused.status is Status.DEST_INVALID


@pytest.mark.parametrize('own', [{'session': 'web1'}, {'from': 'newsletter'}, {'call_state': 'x'}])
def test_own_parameters_do_not_change_the_kind(client: HoiioClient, own: dict[str, str]) -> None:
    delivery = {'sms_status': 'delivered', 'dest': '+65', **own}
    assert type(parse(client, delivery)) is SmsDelivery
    assert type(parse(client, {'session': 'web1', 'call_state': 'x', **delivery})) is SmsDelivery
    assert type(parse(client, {'fax_status': 'answered', 'dest': '+65', **own})) is FaxSent
    assert type(parse(client, {'call_status_dest1': 'busy', 'dest2': '1', **own})) is CallEnded


def test_bulk_sms_transaction(client: HoiioClient) -> None:
    sent = parse(client, {'status': 'success_ok', 'txn_ref': 'AA-S-1', 'bulk_txn_ref': 'AA-B-1'})
    assert type(sent) is BulkSmsTransaction
    assert (sent.status, sent.bulk_txn_ref) == (Status.SUCCESS_OK, 'AA-B-1')


def test_faxes(client: HoiioClient) -> None:
    sent = parse(client, {'fax_status': 'busy', 'dest': '+65', 'fax_error_code': 'busy', **ENDED})
    received = parse(client, {'fax_status': 'answered', 'from': '+65', 'to': '+66', **ENDED})
    assert (type(sent), type(received)) == (FaxSent, FaxReceived)
    assert (sent.fax_status, sent.fax_error_code) == (FaxStatus.BUSY, 'busy')
    assert (received.from_, received.duration) == ('+65', 2)


@pytest.mark.parametrize('empty', [{}, {'dest2': '', 'call_status_dest2': ''}])
def test_a_participant_left(client: HoiioClient, empty: dict[str, str]) -> None:
    left = parse(client, {'call_status_dest1': 'answered', 'dest1': '+65', **ENDED, **empty})
    assert type(left) is ParticipantLeft
    assert not isinstance(left, CallEnded)
    assert left.debit == 0.036
    assert (left.dest2, left.call_status_dest2) == (None, None)


@pytest.mark.parametrize(
    'fields',
    [
        {'call_status_dest1': 'answered', 'dest2': '+65'},
        {'call_status_dest1': 'answered'},
        {'sms_status': 'delivered'},
        {'status': 'success_ok', 'dest': '+65'},
        {'msg': 'Hi', 'from': '+65', 'to': '+66'},
        {'fax_status': 'answered'},
        {'of_tomorrow': 'x', 'call_state': 'ended'},
    ],
)
def test_is_over_is_true_only_after_an_ivr_call(
    client: HoiioClient, fields: dict[str, str]
) -> None:
    other = parse(client, fields)
    assert not isinstance(other, IvrNotification)
    assert other.is_over() is False
    ongoing, ended = (
        parse(client, {'session': 'S1', 'call_state': state}) for state in ('ongoing', 'ended')
    )
    assert (ongoing.is_over(), ended.is_over()) == (False, True)


@pytest.mark.parametrize(
    ('block', 'kind'),
    [
        ('answer', IncomingCall),
        ('dial', Dialled),
        ('play', Played),
        ('gather', Gathered),
        ('record', Recorded),
        ('monitor', Monitored),
        ('unhold', Unheld),
        ('transfer', Transferred),
        ('hangup', HungUp),
        ('of tomorrow', IvrNotification),
    ],
)
def test_ivr_blocks(client: HoiioClient, block: str, kind: type[IvrNotification]) -> None:
    done = parse(client, {**IVR, 'ivr_block': block, 'from': '+65', 'to': '+66', **ENDED})
    assert type(done) is kind
    assert (done.session, done.ivr_block, done.from_, done.to) == ('S-1', block, '+65', '+66')
    assert done.call_state is CallState.ONGOING
    assert not done.is_over()
    assert done.date == datetime(2012, 1, 31, 12, 6, 15)


@pytest.mark.parametrize(
    ('fields', 'kind'),
    [
        ({'call_state': 'ringing'}, IncomingCall),
        ({'dial_status': 'answered'}, Dialled),
        ({'digits': ''}, Gathered),
        ({'record_url': 'https://example.com/1.mp3'}, Recorded),
        ({'transfer_status': 'busy'}, Transferred),
        ({'monitor_url': 'https://example.com/1.mp3', 'ivr_block': 'monitor'}, CallRecording),
        ({'monitor_url': 'https://example.com/1.mp3'}, CallRecording),
        ({'monitor_url': 'x', 'ivr_block': 'transfer', 'transfer_status': 'busy'}, Transferred),
        ({'call_state': 'ended'}, IvrNotification),
    ],
)
def test_ivr_blocks_of_2012(
    client: HoiioClient, fields: dict[str, str], kind: type[IvrNotification]
) -> None:
    done = parse(client, {**IVR, **fields})
    assert type(done) is kind
    assert done.is_over() is (fields.get('call_state') == 'ended')
    for name, value in fields.items():
        assert getattr(done, name) == value


@pytest.mark.parametrize('body', [b'', b'a=b', b'msg=hello', b'%', b'&&&', b'=', b'a'])
def test_an_unknown_kind_is_a_plain_notification(client: HoiioClient, body: bytes) -> None:
    assert type(parse(client, body)) is Notification


def test_own_parameters_are_kept(client: HoiioClient) -> None:
    done = parse(client, {'app_state': 'menu', **IVR, 'digits': '007'})
    assert (done.app_state, done.digits) == ('menu', '007')


def test_the_first_of_two_values_is_used(client: HoiioClient) -> None:
    assert parse(client, b'session=S-1&digits=1&digits=2').digits == '1'


def test_notifications_pickle_without_their_client(client: HoiioClient) -> None:
    for body in (CALL_ENDED, GATHERED):
        done = parse(client, body)
        pickled = pickle.dumps(done)
        assert b'TOKEN' not in pickled
        again = pickle.loads(pickled)
        assert (type(again), again.json, again.digest) == (type(done), done.json, done.digest)
    with pytest.raises(HoiioException, match=r'Call\(Hoiio.ivr, notification.session\)'):
        _ = again.call
    assert Call(client.ivr, again.session).session == 'S-1234'


def test_a_pickle_that_names_the_public_place_of_a_kind_is_read(client: HoiioClient) -> None:
    pickled = pickle.dumps(parse(client, SMS_DELIVERY), 0)
    assert b'choiio.notification.kinds\n' in pickled
    public = pickled.replace(b'choiio.notification.kinds\n', b'choiio.notification\n')
    assert type(pickle.loads(public)) is SmsDelivery
