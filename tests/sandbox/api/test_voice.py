from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from hoiio.constants import CallStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import LocalService

OWN = '+6591234567'
DEST = '+6598765432'
HOOK = 'http://127.0.0.1:9/hook'


def test_a_call_lasts_a_minute_by_default(service: LocalService) -> None:
    reply = service('voice/call', dest2=DEST, tag='mine', notify_url=HOOK)
    assert reply == {'status': 'success_ok', 'txn_ref': 'AA-C-1'}
    going_on = {
        'txn_ref': 'AA-C-1',
        'tag': 'mine',
        'dest1': OWN,
        'dest2': DEST,
        'call_status_dest1': 'ongoing',
        'call_status_dest2': 'ongoing',
        'date': '2026-01-01 00:00:00',
        'currency': 'SGD',
        'rate': '0.036',
    }
    service.clock.advance(seconds=59)
    assert service('voice/query_status', txn_ref='AA-C-1') == {'status': 'success_ok', **going_on}
    assert service.posted == []
    service.clock.advance(seconds=1)
    over = {
        **going_on,
        'call_status_dest1': 'answered',
        'call_status_dest2': 'answered',
        'duration': '1',
        'debit': '0.036',
    }
    assert service('voice/query_status', txn_ref='AA-C-1') == {'status': 'success_ok', **over}
    assert service('voice/get_history')['entries'] == [over]
    assert service.posted == [over]
    assert service.balance() == ('54.614', '50.000', '4.614')
    service.clock.advance(minutes=5)
    assert len(service.posted) == 1


@pytest.mark.parametrize(
    ('seconds', 'minutes'), [(0, '1'), (1, '1'), (59, '1'), (61, '2'), (119, '2'), (121, '3')]
)
def test_minutes_are_rounded_up(service: LocalService, seconds: int, minutes: str) -> None:
    service('voice/call', dest2=DEST, max_duration='300')
    service.clock.advance(seconds=seconds)
    assert service('voice/hangup', txn_ref='AA-C-1') == {'status': 'success_ok'}
    reply = service('voice/query_status', txn_ref='AA-C-1')
    assert reply['duration'] == minutes
    assert Decimal(reply['debit']) == Decimal('0.036') * int(minutes)


@pytest.mark.parametrize(
    ('seconds', 'minutes'), [('1', '1'), ('60', '1'), ('61', '2'), ('180', '3'), ('181', '4')]
)
def test_max_duration_ends_the_call(service: LocalService, seconds: str, minutes: str) -> None:
    service('voice/call', dest2=DEST, max_duration=seconds, notify_url=HOOK)
    service.clock.advance(seconds=int(seconds) - 0.5)
    assert service.posted == []
    service.clock.advance(seconds=0.5)
    assert service.last['duration'] == minutes


def test_hangup_ends_a_call_once(service: LocalService) -> None:
    service('voice/call', dest2=DEST, notify_url=HOOK)
    assert service.status('voice/hangup', txn_ref='AA-C-1') == 'success_ok'
    assert service.status('voice/hangup', txn_ref='AA-C-1') == 'success_ok'
    assert len(service.posted) == 1
    assert service.status('voice/hangup', txn_ref='AA-C-2') == 'error_invalid_txn_ref'


def test_either_phone_can_hang_up(service: LocalService) -> None:
    service('voice/call', dest2=DEST, notify_url=HOOK)
    service.phone(DEST).hang_up()
    assert service.last['call_status_dest2'] == 'answered'
    with pytest.raises(LookupError, match='is not in a call'):
        service.phone(OWN).hang_up()


@pytest.mark.parametrize('reaction', ['busy', 'unanswered', 'failed'])
@pytest.mark.parametrize('end', [1, 2])
def test_a_call_that_is_not_connected_costs_nothing(
    service: LocalService, reaction: str, end: int
) -> None:
    service.phone(OWN if end == 1 else DEST).react(CallStatus(reaction))
    service('voice/call', dest2=DEST, notify_url=HOOK)
    assert service.last[f'call_status_dest{end}'] == reaction
    assert (service.last['duration'], service.last['debit']) == ('0', '0.000')
    assert service.last['call_status_dest1'] == (reaction if end == 1 else 'answered')
    assert service.balance()[0] == '54.650'


def test_a_call_ends_when_the_credit_is_used_up(
    service_with: Callable[..., LocalService],
) -> None:
    service = service_with(points=Decimal('0.080'), bonus=Decimal(0))
    service('voice/call', dest2=DEST, max_duration='3600', notify_url=HOOK)
    service.clock.advance(hours=2)
    assert (service.last['duration'], service.last['debit']) == ('2', '0.072')
    assert service.balance()[0] == '0.008'
    assert service.status('voice/call', dest2=DEST) == 'error_insufficient_credit'


CALL_ERRORS = [
    ({'tag': 't' * 257}, 'error_tag_invalid_length'),
    ({'notify_url': 'x'}, 'error_invalid_notify_url'),
    ({'notify_url': 'http://x.invalid'}, 'error_unable_to_resolve_notify_url'),
    ({'dest1': '1'}, 'error_dest1_invalid'),
    ({'dest2': '1'}, 'error_dest2_invalid'),
    ({'dest1': '+18005550100'}, 'error_dest1_not_supported'),
    ({'dest2': '+18005550100'}, 'error_dest2_not_supported'),
    ({'dest2': OWN}, 'error_same_dest1_dest2'),
    ({'dest1': DEST}, 'error_same_dest1_dest2'),
    ({'caller_id': '+6590000000'}, 'error_caller_id_invalid'),
    ({'caller_id': 'hidden'}, 'error_caller_id_invalid'),
    ({'caller_id': 'private'}, 'success_ok'),
    ({'caller_id': OWN}, 'success_ok'),
    ({'caller_id': '+6531580000'}, 'success_ok'),
    ({'max_duration': '0'}, 'error_invalid_max_duration'),
    ({'max_duration': '-5'}, 'error_invalid_max_duration'),
    ({'max_duration': 'long'}, 'error_invalid_max_duration'),
    ({'max_duration': '\uff19'}, 'error_invalid_max_duration'),
    ({'max_duration': '9' * 30}, 'error_invalid_max_duration'),
]


@pytest.mark.parametrize(('change', 'status'), CALL_ERRORS)
def test_call_refuses(service: LocalService, change: dict[str, str], status: str) -> None:
    assert service.status('voice/call', **{'dest2': DEST, **change}) == status
    assert len(service.emulator.world.calls) == (status == 'success_ok')


def test_a_trial_account_cannot_call_other_numbers(
    service_with: Callable[..., LocalService],
) -> None:
    service = service_with(user_status='trial')
    assert service.status('voice/call', dest2=DEST) == 'error_not_allowed_for_trial'
    assert service.status('voice/conference', dest=DEST) == 'error_not_allowed_for_trial'
    assert service.status('ivr/start/dial', dest=DEST) == 'error_not_allowed_for_trial'


def test_eight_calls_at_a_time(service: LocalService) -> None:
    for _ in range(8):
        assert service.status('voice/call', dest2=DEST) == 'success_ok'
    limit = 'error_concurrent_call_limit_reached'
    pdf = b'%PDF-1.4 /Type /Page'
    assert service.status('voice/call', dest2=DEST) == limit
    assert service.status('voice/conference', dest=DEST) == limit
    assert service.status('ivr/start/dial', dest=DEST) == limit
    assert service.status('fax/send', dest=DEST, file=pdf) == limit
    service('voice/hangup', txn_ref='AA-C-1')
    assert service.status('voice/call', dest2=DEST) == 'success_ok'


def test_both_conference_operations_start_a_conference(service: LocalService) -> None:
    two = f'{DEST},+6590000001'
    assert service('voice/conference', dest=two) == {
        'status': 'success_ok',
        'txn_refs': 'AA-C-1,AA-C-2',
        'room': 'R1',
    }
    assert service('conference/call', dest=two) == {
        'status': 'success_ok',
        'txn_refs': ['AA-C-3', 'AA-C-4'],
        'room': 'R2',
    }


def test_each_participant_is_billed_and_reported(service: LocalService) -> None:
    service('voice/conference', dest=f'{DEST},+12125550123', tag='t', notify_url=HOOK)
    service.clock.advance(minutes=1)
    assert [(fields['dest1'], fields['debit']) for fields in service.posted] == [
        (DEST, '0.018'),
        ('+12125550123', '0.018'),
    ]
    assert (service.last['dest2'], service.last['call_status_dest2']) == ('', '')
    assert service.balance()[0] == '54.614'


def test_a_room_holds_eight(service: LocalService) -> None:
    many = [f'+659000000{n}' for n in range(9)]
    assert service.status('voice/conference', dest=','.join(many)) == 'error_dest_too_many'
    service('voice/conference', dest=','.join(many[:5]), room='my.room_1')
    four = ','.join(many[:4])
    assert service.status('voice/conference', dest=four, room='my.room_1') == 'error_dest_too_many'
    assert service.status('voice/conference', dest=four) == 'error_concurrent_call_limit_reached'
    added = service('voice/conference', dest=','.join(many[:3]), room='my.room_1')
    assert added['room'] == 'my.room_1'


@pytest.mark.parametrize(
    ('change', 'status'),
    [
        ({'dest': f'{DEST};+6590000001'}, 'error_dest_invalid'),
        ({'dest': f'{DEST},'}, 'error_dest_invalid'),
        ({'dest': '+18005550100'}, 'error_dest_not_supported'),
        ({'room': 'a room'}, 'error_invalid_room'),
        ({'room': 'r' * 33}, 'error_invalid_room'),
        ({'room': 'r' * 32}, 'success_ok'),
        ({'caller_id': 'x'}, 'error_caller_id_invalid'),
        ({'tag': 't' * 257}, 'error_tag_invalid_length'),
        ({'notify_url': 'x'}, 'error_invalid_notify_url'),
    ],
)
@pytest.mark.parametrize('path', ['voice/conference', 'conference/call'])
def test_conference_refuses(
    service: LocalService, path: str, change: dict[str, str], status: str
) -> None:
    assert service.status(path, **{'dest': DEST, **change}) == status


def test_conference_needs_credit_for_all_participants(
    service_with: Callable[..., LocalService],
) -> None:
    service = service_with(points=Decimal('0.035'), bonus=Decimal(0))
    two = f'{DEST},+6590000001'
    assert service.status('voice/conference', dest=two) == 'error_insufficient_credit'
    assert service.balance()[0] == '0.035'


def test_moderate(service: LocalService) -> None:
    service('voice/conference', dest=f'{DEST},+6590000001', notify_url=HOOK)
    for action in ('mute', 'unmute', 'kick'):
        reply = service('conference/moderate', txn_ref='AA-C-1', action=action)
        assert reply == {'status': 'success_ok'}
    assert [fields['txn_ref'] for fields in service.posted] == ['AA-C-1']
    assert service('voice/query_status', txn_ref='AA-C-2')['call_status_dest1'] == 'ongoing'


def test_moderate_refuses(service: LocalService) -> None:
    service('voice/call', dest2=DEST)
    service('voice/conference', dest=DEST)
    unknown = service.status('conference/moderate', txn_ref='AA-C-9', action='kick')
    no_conference = service.status('conference/moderate', txn_ref='AA-C-1', action='kick')
    no_action = service.status('conference/moderate', txn_ref='AA-C-2', action='shout')
    assert unknown == no_conference == 'error_invalid_txn_ref'
    assert no_action == 'error_action_invalid'


def test_get_rate(service: LocalService) -> None:
    assert service('voice/get_rate', dest1=OWN, dest2=DEST) == {
        'status': 'success_ok',
        'currency': 'SGD',
        'rate': '0.036',
        'talktime': '1518',
    }
    for change, status in CALL_ERRORS[3:9]:
        values = {'dest1': OWN, 'dest2': DEST, **change}
        assert service.status('voice/get_rate', **values) == status


def test_history_shows_calls_in_progress(service: LocalService) -> None:
    service('voice/call', dest2=DEST)
    service.clock.advance(minutes=2)
    service('ivr/start/dial', dest=DEST, notify_url=HOOK)
    second, first = service('voice/get_history')['entries']
    assert (first['txn_ref'], first['duration']) == ('AA-C-1', '1')
    assert second['call_status_dest1'] == 'ongoing'
    assert not {'duration', 'debit'} & second.keys()
    # Some clients read these fields without checking that they exist.
    assert (second['tag'], second['dest2'], second['call_status_dest2']) == ('', '', '')
