from __future__ import annotations

import json
import tracemalloc
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from hoiio.sandbox.api import sms_bulk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import LocalService

DEST = '+6598765432'
HOOK = 'http://127.0.0.1:9/hook'


def test_bulk_send_reports_each_recipient(service: LocalService) -> None:
    reply = service(
        'sms/bulk_send', dest=f'{DEST},12345,+6590000001', msg='all', tag='t', notify_url=HOOK
    )
    assert reply == {'status': 'success_ok', 'bulk_txn_ref': 'AA-B-1', 'txn_ref': 'AA-B-1'}
    outcomes = [fields for fields in service.posted if 'status' in fields]
    assert outcomes == [
        {
            'status': 'success_ok', 'dest': DEST, 'bulk_txn_ref': 'AA-B-1', 'txn_ref': 'AA-S-1',
        },
        {'status': 'error_dest_invalid', 'dest': '12345', 'bulk_txn_ref': 'AA-B-1'},
        {
            'status': 'success_ok', 'dest': '+6590000001', 'bulk_txn_ref': 'AA-B-1',
            'txn_ref': 'AA-S-2',
        },
    ]  # fmt: skip
    delivered = [fields['txn_ref'] for fields in service.posted if 'sms_status' in fields]
    assert delivered == ['AA-S-1', 'AA-S-2']
    assert service('sms/query_status', txn_ref='AA-S-2')['tag'] == 't'
    assert service.balance() == ('54.586', '50.000', '4.586')


@pytest.mark.parametrize('wrapped', [False, True])
def test_bulk_send_fills_in_a_template(service: LocalService, wrapped: bool) -> None:
    people: object = [{'dest': DEST, 'name': 'Nick', 'age': 22}, {'dest': '+6590000001'}]
    recipients = json.dumps({'recipients': people} if wrapped else people)
    reply = service('sms/bulk_send', recipients=recipients, msg='Hi {{name}}, {{ age }}!')
    assert reply['status'] == 'success_ok'
    assert service.phone(DEST).inbox[0].text == 'Hi Nick, 22!'
    assert service.phone('+6590000001').inbox[0].text == 'Hi , !'


@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({}, 'error_dest_param_missing'),
        ({'dest': ''}, 'error_dest_param_missing'),
        ({'dest': '+6598765432;+6590000001'}, 'error_no_valid_dests'),
        ({'dest': '1,2'}, 'error_no_valid_dests'),
        ({'recipients': '{'}, 'error_no_valid_dests'),
        ({'recipients': '[]'}, 'error_no_valid_dests'),
        ({'recipients': '{"recipients": 1}'}, 'error_no_valid_dests'),
        ({'recipients': '[1, {"name": "x"}]'}, 'error_no_valid_dests'),
        ({'dest': ','.join([DEST] * 1001)}, 'error_dest_too_many'),
        ({'dest': DEST, 'msg': ''}, 'error_msg_empty'),
        ({'dest': DEST, 'tag': 't' * 257}, 'error_tag_invalid_length'),
        ({'dest': DEST, 'notify_url': 'x'}, 'error_invalid_notify_url'),
        ({'dest': DEST, 'sender_name': '!'}, 'error_invalid_sender_name'),
    ],
)
def test_bulk_send_refuses(service: LocalService, values: dict[str, str], status: str) -> None:
    assert service.status('sms/bulk_send', **{'msg': 'all', **values}) == status


def test_bulk_send_takes_a_thousand(service: LocalService) -> None:
    assert service.status('sms/bulk_send', dest=','.join([DEST] * 1000), msg='x') == 'success_ok'
    assert len(service.phone(DEST).inbox) == 1000
    assert service.balance()[0] == '22.650'


def test_bulk_send_without_credit_for_all_sends_nothing(
    service_with: Callable[..., LocalService],
) -> None:
    service = service_with(points=Decimal('0.063'), bonus=Decimal(0))
    two = f'{DEST},+6590000001'
    assert service.status('sms/bulk_send', dest=two, msg='x') == 'error_insufficient_credit'
    assert service.phone(DEST).inbox == []


def test_a_bulk_needs_credit_only_for_its_own_messages(
    service_with: Callable[..., LocalService],
) -> None:
    # One recipient is a Hoiio number and one replies. Each received SMS costs 0.010.
    service = service_with(points=Decimal('0.100'), bonus=Decimal(0))
    service('number/update_forwarding', number='+14155550100', forward_sms_to=HOOK)
    service.phone(DEST).replies('thanks')
    numbers = ['+14155550100', DEST, '+6590000001']
    cost = sum(Decimal(service('sms/get_rate', dest=number)['rate']) for number in numbers)
    service.emulator.world.account.points = cost + Decimal('0.005')
    assert service.status('sms/bulk_send', dest=','.join(numbers), msg='x') == 'success_ok'
    assert list(service.emulator.world.messages) == ['AA-S-1', 'AA-S-2', 'AA-S-3']
    assert service.emulator.world.account.balance == Decimal('0.005')
    service.emulator.world.account.points = cost + Decimal('0.010')
    assert service.status('sms/bulk_send', dest=','.join(numbers), msg='x') == 'success_ok'
    assert service.emulator.world.account.balance == 0


def test_a_template_that_becomes_too_long_is_not_filled_in(service: LocalService) -> None:
    recipients = json.dumps([{'dest': DEST, 'a': 'x' * 100_000}])
    tracemalloc.start()
    try:
        service('sms/bulk_send', recipients=recipients, msg='{{a}}' * 200, notify_url=HOOK)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert service.last['status'] == 'error_msg_too_big'
    assert peak < 5_000_000, 'the filled-in text would have 20 MB'


def test_a_template_is_scanned_once(service: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    scans = []

    class Spy:
        def __getattr__(self, name: str) -> Any:
            scans.append(name)
            return getattr(pattern, name)

    pattern = sms_bulk.PLACEHOLDER
    monkeypatch.setattr(sms_bulk, 'PLACEHOLDER', Spy())
    people = [{'dest': DEST, 'a': str(n)} for n in range(3)]
    service('sms/bulk_send', recipients=json.dumps(people), msg='{{a}}' * 1000)
    service('sms/bulk_send', recipients=json.dumps(people), msg='<{{a}}{{b}}{{a}}>')
    assert len(scans) == 2
    assert [sms.text for sms in service.phone(DEST).inbox] == ['<00>', '<11>', '<22>']


@pytest.mark.parametrize(('length', 'status'), [(459, 'success_ok'), (460, 'error_msg_too_big')])
@pytest.mark.parametrize('msg', ['{{a}}{{a}}{{a}}', 'x{{a}}{{b}}', '{{c}}'])
def test_a_filled_template_has_the_length_limit_of_an_sms(
    service: LocalService, msg: str, length: int, status: str
) -> None:
    person = {'dest': DEST, 'a': 'x' * 153, 'b': 'x' * (length - 154), 'c': 'x' * length}
    if msg.startswith('{{a}}'):
        msg += 'x' * (length - 459)
    service('sms/bulk_send', recipients=json.dumps([person]), msg=msg, notify_url=HOOK)
    outcomes = [fields['status'] for fields in service.posted if 'status' in fields]
    assert outcomes == [status]
    assert [len(sms.text) for sms in service.phone(DEST).inbox] == [length] * (length == 459)


def test_a_lone_surrogate_in_json_is_replaced(service: LocalService) -> None:
    recipients = '[{"dest": "+6598765432", "name": "\\ud800"}]'
    service('sms/bulk_send', recipients=recipients, msg='{{name}}', notify_url=HOOK)
    assert service.phone(DEST).inbox[0].text == '?'
