from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hoiio.sandbox.api import checks
from hoiio.sandbox.emulator import Emulator
from hoiio.sandbox.presets import catalogue, rates
from hoiio.sandbox.presets.magic_numbers import INVALID, MAGIC, UNSUPPORTED
from hoiio.sandbox.presets.scripts import MANUAL
from tests.sandbox.conftest import LocalService

if TYPE_CHECKING:
    from collections.abc import Callable

GUIDE = {
    '+6511111111', '+6522222222', '+6591111111', '+6582222222', '+6563333333', '+6591234567',
}  # fmt: skip
DEST = '+6598765432'
OWN = '+14155550100'
HOOK = 'http://127.0.0.1:9/hook'
PDF = b'%PDF-1.4 /Type /Page'
NUMBER = {behaviour.name: number for number, behaviour in MAGIC.items()}
OUTCOMES = ['busy', 'unanswered', 'failed']


def test_magic_numbers_are_not_used_elsewhere() -> None:
    for number in MAGIC:
        assert checks.is_number(number)
        assert number.startswith('+65888800')
        assert number not in GUIDE
        assert catalogue.find(number) is None
        assert rates.refused_for_all(number) is (number == UNSUPPORTED)
        assert not rates.refused_for_sms(number)


def test_each_has_a_name_and_a_sentence() -> None:
    assert len(NUMBER) == len(MAGIC)
    for behaviour in MAGIC.values():
        assert behaviour.sentence[0].isupper()
        assert behaviour.sentence.endswith('.')


@pytest.mark.parametrize('number', [INVALID, UNSUPPORTED])
@pytest.mark.parametrize(
    ('path', 'values', 'name'),
    [
        ('sms/send', {'msg': 'x'}, 'dest'),
        ('sms/get_rate', {}, 'dest'),
        ('voice/call', {'dest2': DEST}, 'dest1'),
        ('voice/call', {}, 'dest2'),
        ('voice/get_rate', {'dest2': DEST}, 'dest1'),
        ('voice/conference', {}, 'dest'),
        ('conference/call', {}, 'dest'),
        ('ivr/start/dial', {}, 'dest'),
        ('fax/send', {'file': PDF}, 'dest'),
        ('fax/get_rate', {}, 'dest'),
    ],
)
def test_refused_numbers(
    service: LocalService, path: str, values: dict[str, str | bytes], name: str, number: str
) -> None:
    why = 'invalid' if number == INVALID else 'not_supported'
    assert service.status(path, **values, **{name: number}) == f'error_{name}_{why}'


def test_refused_numbers_in_a_transfer_and_in_a_list(service: LocalService) -> None:
    session = service('ivr/start/dial', dest=DEST, notify_url=HOOK)['session']
    for number, status in [(INVALID, 'invalid'), (UNSUPPORTED, 'not_supported')]:
        values = {'session': session, 'dest': number}
        assert service.status('ivr/end/transfer', **values) == f'error_dest_{status}'
    service('sms/bulk_send', dest=f'{INVALID},{UNSUPPORTED},{DEST}', msg='x', notify_url=HOOK)
    statuses = [fields['status'] for fields in service.posted if 'bulk_txn_ref' in fields]
    assert statuses == ['error_dest_invalid', 'error_dest_not_supported', 'success_ok']


@pytest.mark.parametrize('name', OUTCOMES)
def test_calls_that_are_not_answered(service: LocalService, name: str) -> None:
    number = NUMBER[name]
    ref = service('voice/call', dest1=number, dest2=DEST)['txn_ref']
    assert service('voice/query_status', txn_ref=ref)['call_status_dest1'] == name
    ref = service('voice/call', dest1=DEST, dest2=number)['txn_ref']
    status = service('voice/query_status', txn_ref=ref)
    assert (status['call_status_dest1'], status['call_status_dest2']) == ('answered', name)
    assert (status['duration'], status['debit']) == ('0', '0.000')
    service('ivr/start/dial', dest=number, notify_url=HOOK)
    assert (service.last['dial_status'], service.last['call_state']) == (name, 'ended')


@pytest.mark.parametrize('name', OUTCOMES)
def test_participants_who_do_not_answer(service: LocalService, name: str) -> None:
    service('voice/conference', dest=f'{NUMBER[name]},{DEST}', room='r', notify_url=HOOK)
    assert (service.last['dest1'], service.last['call_status_dest1']) == (NUMBER[name], name)
    assert service('voice/query_status', txn_ref='AA-C-2')['call_status_dest1'] == 'ongoing'


@pytest.mark.parametrize('name', OUTCOMES)
@pytest.mark.parametrize(('on_failure', 'state'), [('continue', 'ongoing'), ('hangup', 'ended')])
def test_transfers_that_are_not_answered(
    service: LocalService, name: str, on_failure: str, state: str
) -> None:
    session = service('ivr/start/dial', dest=DEST, notify_url=HOOK)['session']
    service(
        'ivr/end/transfer', session=session, dest=NUMBER[name], on_failure=on_failure,
        notify_url=HOOK,
    )  # fmt: skip
    assert (service.last['transfer_status'], service.last['call_state']) == (name, state)


@pytest.mark.parametrize('name', OUTCOMES)
def test_faxes_that_fail(service: LocalService, name: str) -> None:
    ref = service('fax/send', dest=NUMBER[name], file=PDF, notify_url=HOOK)['txn_ref']
    assert service('fax/query_status', txn_ref=ref)['fax_status'] == name
    assert service.last['fax_error_code']
    assert service.last['debit'] == '0.000'


@pytest.mark.parametrize(
    ('name', 'status'),
    [('SMS queued', 'queued'), ('SMS failed', 'failed'), ('SMS error', 'error')],
)
def test_sms_that_are_not_delivered(service: LocalService, name: str, status: str) -> None:
    number = NUMBER[name]
    ref = service('sms/send', dest=number, msg='x', notify_url=HOOK)['txn_ref']
    assert service.last['sms_status'] == status
    service('sms/bulk_send', dest=number, msg='x', notify_url=HOOK)
    assert service.last['sms_status'] == status
    service.clock.advance(days=1)
    assert service('sms/query_status', txn_ref=ref)['sms_status'] == status
    assert service.phone(number).inbox == []


def test_a_reply_goes_to_the_sender_number(service: LocalService) -> None:
    service('number/update_forwarding', number=OWN, forward_sms_to=HOOK)
    number = NUMBER['replies']
    service('sms/send', dest=number, msg='Will you come?', sender_name=OWN, notify_url=HOOK)
    delivered, reply = service.posted
    assert delivered['sms_status'] == 'delivered'
    assert (reply['from'], reply['to'], reply['msg']) == (number, OWN, 'OK')


def test_a_reply_goes_to_the_registered_number_by_default(service: LocalService) -> None:
    service('sms/send', dest=NUMBER['replies'], msg='Will you come?')
    assert [message.text for message in service.phone('+6591234567').inbox] == ['OK']


@pytest.mark.parametrize(('max_digits', 'rounds'), [('1', 3), ('0', 3), ('4', 3)])
def test_a_phone_that_presses_1_at_each_prompt(
    service: LocalService, max_digits: str, rounds: int
) -> None:
    session = service('ivr/start/dial', dest=NUMBER['presses 1'], notify_url=HOOK)['session']
    for _ in range(rounds):
        values = {'session': session, 'max_digits': max_digits, 'notify_url': HOOK}
        assert service.status('ivr/middle/gather', **values) == 'success_ok'
        assert (service.last['ivr_block'], service.last['digits']) == ('gather', '1')


def test_a_phone_that_presses_nothing(service: LocalService) -> None:
    number = NUMBER['presses nothing']
    session = service('ivr/start/dial', dest=number, msg='Hello', notify_url=HOOK)['session']
    service('ivr/middle/gather', session=session, attempts='2', timeout='10', notify_url=HOOK)
    service.clock.advance(seconds=19)
    assert service.last['ivr_block'] == 'dial'
    service.clock.advance(seconds=1)
    assert (service.last['ivr_block'], service.last['digits']) == ('gather', '')
    assert service.phone(number).heard == ['Hello']


def test_a_phone_that_hangs_up(service: LocalService) -> None:
    session = service('ivr/start/dial', dest=NUMBER['hangs up'], notify_url=HOOK)['session']
    assert (service.last['dial_status'], service.last['call_state']) == ('answered', 'ongoing')
    service.clock.advance(seconds=1)
    assert service.last['call_state'] == 'ended'
    assert service.status('ivr/end/hangup', session=session) == 'error_session_ended'


def test_magic_numbers_work_in_manual_mode(service: LocalService) -> None:
    service.emulator = Emulator(clock=service.clock, script=MANUAL)
    service('voice/call', dest1=NUMBER['busy'], dest2=DEST)
    assert service('voice/query_status', txn_ref='AA-C-1')['call_status_dest1'] == 'busy'
    service('voice/call', dest1=DEST, dest2=NUMBER['busy'])
    assert service('voice/query_status', txn_ref='AA-C-2')['call_status_dest1'] == 'ongoing'


def test_a_test_can_change_the_behaviour_of_a_magic_phone(service: LocalService) -> None:
    number = NUMBER['busy']
    service.phone(number).script(MANUAL)
    service('voice/call', dest1=number, dest2=DEST)
    assert service('voice/query_status', txn_ref='AA-C-1')['call_status_dest1'] == 'ongoing'
    service.emulator.reset()
    service('voice/call', dest1=number, dest2=DEST)
    assert service('voice/query_status', txn_ref='AA-C-1')['call_status_dest1'] == 'busy'


def test_a_trial_account_cannot_reach_magic_numbers(
    service_with: Callable[..., LocalService],
) -> None:
    service = service_with(user_status='trial')
    status = service.status('sms/send', dest=NUMBER['SMS queued'], msg='x')
    assert status == 'error_not_allowed_for_trial'
