from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import LocalService

DEST = '+6598765432'
HOOK = 'http://127.0.0.1:9/hook'


def test_send_delivers_pays_and_notifies(service: LocalService) -> None:
    reply = service('sms/send', dest=DEST, msg='hello', tag='mine', notify_url=HOOK)
    assert reply == {'status': 'success_ok', 'txn_ref': 'AA-S-1'}
    [message] = service.phone(DEST).inbox
    assert (message.sender, message.text) == ('+6591234567', 'hello')
    assert service.balance() == ('54.618', '50.000', '4.618')
    assert service.posted == [
        {
            'txn_ref': 'AA-S-1',
            'tag': 'mine',
            'sms_status': 'delivered',
            'dest': DEST,
            'date': '2026-01-01 00:00:00',
            'split_count': '1',
            'currency': 'SGD',
            'rate': '0.032',
            'debit': '0.032',
        }
    ]


def test_query_status_shows_the_message(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='a' * 161)
    assert service('sms/query_status', txn_ref='AA-S-1') == {
        'status': 'success_ok',
        'txn_ref': 'AA-S-1',
        'tag': '',
        'sms_status': 'delivered',
        'src': '+6591234567',
        'dest': DEST,
        'date': '2026-01-01 00:00:00',
        'split_count': '2',
        'msg': 'a' * 161,
        'currency': 'SGD',
        'rate': '0.032',
        'debit': '0.064',
    }


@pytest.mark.parametrize('text', ['a' * 460, '|' * 230, '字' * 202])
def test_more_than_three_parts_are_refused(service: LocalService, text: str) -> None:
    assert service.status('sms/send', dest=DEST, msg=text) == 'error_msg_too_big'
    assert service.status('sms/get_rate', dest=DEST, msg=text) == 'error_msg_too_big'


@pytest.mark.parametrize(
    ('change', 'status'),
    [
        ({'tag': 't' * 257}, 'error_tag_invalid_length'),
        ({'tag': 't' * 256}, 'success_ok'),
        ({'dest': '98765432'}, 'error_dest_invalid'),
        ({'dest': '6598765432'}, 'error_dest_invalid'),
        ({'dest': ' 6598765432'}, 'error_dest_invalid'),
        ({'dest': '+6598765432 '}, 'error_dest_invalid'),
        ({'dest': '+6598765432\n'}, 'error_dest_invalid'),
        ({'dest': '+659876'}, 'error_dest_invalid'),
        ({'dest': '+1234567890123456'}, 'error_dest_invalid'),
        ({'dest': '+65987654a2'}, 'error_dest_invalid'),
        ({'dest': '+٦٥٩٨٧٦٥٤٣٢'}, 'error_dest_invalid'),
        ({'dest': '+6561234567'}, 'error_dest_not_supported'),
        ({'dest': '+18005550100'}, 'error_dest_not_supported'),
        ({'dest': '+19005550100'}, 'error_dest_not_supported'),
        ({'dest': '+9991234567'}, 'error_dest_not_supported'),
        ({'msg': ''}, 'error_msg_empty'),
        ({'sender_name': 'ab'}, 'error_invalid_sender_name'),
        ({'sender_name': 'a' * 12}, 'error_invalid_sender_name'),
        ({'sender_name': 'a-b-c'}, 'error_invalid_sender_name'),
        ({'sender_name': 'Company'}, 'success_ok'),
        ({'sender_name': ''}, 'success_ok'),
        ({'notify_url': 'example.com/hook'}, 'error_invalid_notify_url'),
        ({'notify_url': 'ftp://example.com/'}, 'error_invalid_notify_url'),
        ({'notify_url': 'http:///hook'}, 'error_invalid_notify_url'),
        ({'notify_url': 'http://example.com:port/'}, 'error_invalid_notify_url'),
        ({'notify_url': 'http://example.com/a b'}, 'error_invalid_notify_url'),
        ({'notify_url': 'http://example.com/' + 'a' * 3982}, 'error_invalid_notify_url'),
        ({'notify_url': 'http://example.com/' + 'a' * 3981}, 'success_ok'),
        ({'notify_url': 'http://nowhere.invalid/'}, 'error_unable_to_resolve_notify_url'),
        ({'notify_url': ''}, 'success_ok'),
    ],
)
def test_send_refuses(service: LocalService, change: dict[str, str], status: str) -> None:
    assert service.status('sms/send', **{'dest': DEST, 'msg': 'hello', **change}) == status


def test_a_plus_that_became_a_space_is_explained(service: LocalService) -> None:
    service('sms/send', dest=' 6598765432', msg='hello')
    assert service.emulator.world.events[-1].endswith('encode + as %2B)')
    service('sms/bulk_send', dest=' 6598765432', msg='hello')
    assert service.emulator.world.events[-1].endswith('encode + as %2B)')


def test_trial_account_reaches_its_own_number_only(
    service_with: Callable[..., LocalService],
) -> None:
    service = service_with(user_status='trial')
    assert service.status('sms/send', dest=DEST, msg='x') == 'error_not_allowed_for_trial'
    assert service.status('sms/send', dest='+6591234567', msg='x') == 'success_ok'


def test_sender_name_needs_rebranding(service_with: Callable[..., LocalService]) -> None:
    service = service_with(sms_rebrand=False)
    values = {'dest': DEST, 'msg': 'x', 'sender_name': 'Company'}
    assert service.status('sms/send', **values) == 'error_sms_rebrand_not_enabled'
    assert service.status('sms/bulk_send', **values) == 'error_sms_rebrand_not_enabled'


@pytest.mark.parametrize(
    ('dest', 'name', 'sender', 'text'),
    [
        (DEST, 'Company', 'Company', 'hi'),
        (DEST, '+14155550199', '+14155550199', 'hi'),
        ('+8613912345678', 'Company', '+6591234567', 'Fr:Company\nhi'),
        ('+12125550123', 'Company', '+6591234567', 'Fr:Company\nhi'),
        ('+12125550123', '+14155550100', '+14155550100', 'hi'),
        ('+12125550123', '+14155550199', '+6591234567', 'Fr:+14155550199\nhi'),
    ],
)
def test_sender_name_goes_into_the_text_if_the_operator_does_not_show_it(
    service: LocalService, dest: str, name: str, sender: str, text: str
) -> None:
    service('sms/send', dest=dest, msg='hi', sender_name=name)
    [message] = service.phone(dest).inbox
    assert (message.sender, message.text) == (sender, text)


def test_the_prefix_counts_towards_the_length(service: LocalService) -> None:
    values = {'dest': '+8613912345678', 'sender_name': 'Company'}
    assert service.status('sms/send', msg='a' * 447, **values) == 'success_ok'
    assert service.status('sms/send', msg='a' * 448, **values) == 'error_msg_too_big'


def test_bonus_is_spent_before_points_and_credit_stays_positive(
    service_with: Callable[..., LocalService],
) -> None:
    service = service_with(points=Decimal('0.050'), bonus=Decimal('0.040'))
    assert service.status('sms/send', dest=DEST, msg='1') == 'success_ok'
    assert service.balance() == ('0.058', '0.050', '0.008')
    assert service.status('sms/send', dest=DEST, msg='2') == 'success_ok'
    assert service.balance() == ('0.026', '0.026', '0.000')
    assert service.status('sms/send', dest=DEST, msg='3') == 'error_insufficient_credit'
    assert service.balance() == ('0.026', '0.026', '0.000')
    assert len(service.phone(DEST).inbox) == 2


def test_the_last_cent_can_be_spent(service_with: Callable[..., LocalService]) -> None:
    service = service_with(points=Decimal('0.020'), bonus=Decimal('0.012'))
    assert service.status('sms/send', dest=DEST, msg='1') == 'success_ok'
    assert service.balance() == ('0.000', '0.000', '0.000')


def test_only_the_notification_distinguishes_an_empty_tag_from_none(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='x', tag='', notify_url=HOOK)
    assert service.last['tag'] == ''
    service('sms/send', dest=DEST, msg='x', notify_url=HOOK)
    assert 'tag' not in service.last
    for txn_ref in ('AA-S-1', 'AA-S-2'):
        assert service('sms/query_status', txn_ref=txn_ref)['tag'] == ''


def test_unknown_reference(service: LocalService) -> None:
    service('voice/call', dest2=DEST)
    assert service.status('sms/query_status', txn_ref='AA-S-9') == 'error_invalid_txn_ref'
    assert service.status('sms/query_status', txn_ref='AA-C-1') == 'error_invalid_txn_ref'


def test_rates(service: LocalService) -> None:
    assert service('sms/get_rate', dest=DEST) == {
        'status': 'success_ok',
        'currency': 'SGD',
        'rate': '0.032',
    }
    assert service('sms/get_rate', dest=DEST, msg='字' * 71) == {
        'status': 'success_ok',
        'currency': 'SGD',
        'rate': '0.032',
        'split_count': '2',
        'total_cost': '0.064',
        'is_unicode': True,
    }
    assert service('sms/get_rate', dest=DEST, msg='x')['is_unicode'] is False
    assert service('sms/get_rate', incoming='+14155550100') == {
        'status': 'success_ok',
        'currency': 'SGD',
        'rate': '0.010',
        'split_count': '1',
        'total_cost': '0.010',
        'is_unicode': False,
    }


@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({}, 'error_dest_incoming_both_missing'),
        ({'dest': DEST, 'incoming': '+14155550100'}, 'error_dest_incoming_both_present'),
        ({'dest': '1'}, 'error_dest_invalid'),
        ({'dest': '+6561234567'}, 'error_dest_not_supported'),
        ({'incoming': DEST}, 'error_number_not_assigned'),
        ({'incoming': '+6531580000'}, 'error_incoming_sms_not_supported'),
    ],
)
def test_get_rate_refuses(service: LocalService, values: dict[str, str], status: str) -> None:
    assert service.status('sms/get_rate', **values) == status


def test_history_is_newest_first_and_paged(service: LocalService) -> None:
    service('sms/bulk_send', dest=','.join([DEST] * 205), msg='x')
    first = service('sms/get_history')
    assert (first['total_entries_count'], first['entries_count']) == ('205', '100')
    assert first['entries'][0]['txn_ref'] == 'AA-S-205'
    assert 'status' not in first['entries'][0]
    third = service('sms/get_history', page='3')
    assert [entry['txn_ref'] for entry in third['entries']] == [
        f'AA-S-{n}' for n in (5, 4, 3, 2, 1)
    ]
    past = service('sms/get_history', page='4')
    assert (past['entries'], past['entries_count']) == ([], '0')
    small = service('sms/get_history', page='2', page_size='7')
    assert [small['entries_count'], small['entries'][0]['txn_ref']] == ['7', 'AA-S-198']


def test_history_of_a_period(service: LocalService) -> None:
    for _ in range(3):
        service('sms/send', dest=DEST, msg='x')
        service.clock.advance(hours=1)

    def refs(**period: str) -> list[str]:
        entries = service('sms/get_history', **period)['entries']
        return [entry['txn_ref'] for entry in entries]

    assert refs(**{'from': '2026-01-01 01:00:00'}) == ['AA-S-3', 'AA-S-2']
    assert refs(to='2026-01-01 01:00:00') == ['AA-S-1']
    assert refs(**{'from': '2026-01-01 01:00:00', 'to': '2026-01-01 02:00:00'}) == ['AA-S-2']
    assert refs(**{'from': '', 'to': ''}) == ['AA-S-3', 'AA-S-2', 'AA-S-1']


def test_a_period_ignores_fractions_of_a_second(service: LocalService) -> None:
    service.clock.advance(seconds=5.7)
    service('sms/send', dest=DEST, msg='x')
    for period, count in [
        ({'from': '2026-01-01 00:00:05'}, '1'),
        ({'from': '2026-01-01 00:00:06'}, '0'),
        ({'to': '2026-01-01 00:00:05'}, '0'),
        ({'to': '2026-01-01 00:00:06'}, '1'),
    ]:
        assert service('sms/get_history', **period)['total_entries_count'] == count


@pytest.mark.parametrize('path', ['sms/get_history', 'voice/get_history', 'fax/get_history'])
@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({'from': '2026-01-01'}, 'error_from_invalid'),
        ({'from': '2026-02-30 00:00:00'}, 'error_from_invalid'),
        ({'to': 'now'}, 'error_to_invalid'),
        ({'to': '2026-1-1 0:0:0'}, 'error_to_invalid'),
        ({'from': '2026-01-02 00:00:00', 'to': '2026-01-01 00:00:00'}, 'error_to_before_from'),
        ({'from': '2026-01-01 00:00:00', 'to': '2026-01-01 00:00:00'}, 'success_ok'),
        ({'page': '0'}, 'error_page_invalid'),
        ({'page': '-1'}, 'error_page_invalid'),
        ({'page': 'two'}, 'error_page_invalid'),
        ({'page': '1.0'}, 'error_page_invalid'),
        ({'page_size': '0'}, 'error_page_size_invalid'),
        ({'page_size': '101'}, 'error_page_size_invalid'),
        ({'page_size': '100'}, 'success_ok'),
    ],
)
def test_histories_refuse(
    service: LocalService, path: str, values: dict[str, str], status: str
) -> None:
    assert service.status(path, **values) == status


def test_a_text_to_a_hoiio_number(service: LocalService) -> None:
    service('number/update_forwarding', number='+14155550100', forward_sms_to=HOOK)
    service.phone('+16201234567').send_sms('+14155550100', 'hoiio world')
    assert service.posted == [
        {
            'txn_ref': 'AA-SI-1',
            'msg': 'hoiio world',
            'from': '+16201234567',
            'to': '+14155550100',
            'date': '2026-01-01 00:00:00',
            'currency': 'SGD',
            'debit': '0.010',
        }
    ]
    [entry] = service('sms/get_history')['entries']
    assert (entry['sms_status'], entry['src']) == ('received', '+16201234567')


def test_a_long_text_arrives_in_pieces(service: LocalService) -> None:
    service('number/update_forwarding', number='+14155550100', forward_sms_to=HOOK)
    service.phone(DEST).send_sms('+14155550100', 'a' * 160)
    service.phone(DEST).send_sms('+14155550100', 'b' * 161)
    assert [fields['msg'] for fields in service.posted] == ['a' * 160, 'b' * 152, 'b' * 9]


def test_a_text_to_a_number_without_sms_is_lost(service: LocalService) -> None:
    service.phone(DEST).send_sms('+6531580000', 'hello')
    assert service('sms/get_history')['entries'] == []
    assert 'lost' in service.emulator.world.events[-1]
