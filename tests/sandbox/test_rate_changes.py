from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from hoiio.sandbox import FakeClock, Sandbox
from hoiio.sandbox.emulator import Emulator
from hoiio.sandbox.snapshot import restore, save

if TYPE_CHECKING:
    from tests.sandbox.conftest import LocalService

DEST = '+6598765432'


def rate(service: LocalService, dest: str = DEST) -> str:
    return str(service('sms/get_rate', dest=dest)['rate'])


def change(service: LocalService, service_name: Any, prefix: str, rate: Any, **when: float) -> None:
    sandbox = Sandbox()
    sandbox._emulator = service.emulator
    sandbox.set_rate(service_name, prefix, rate, **when)


def test_a_new_price_counts_from_the_next_message(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='cheap')
    change(service, 'sms', '+65', '0.050')
    service('sms/send', dest=DEST, msg='dear')
    service('sms/bulk_send', dest=f'{DEST},{DEST}', msg='dear')
    debits = [entry['debit'] for entry in service('sms/get_history')['entries']]
    assert debits == ['0.050', '0.050', '0.050', '0.032']
    assert Decimal(service.balance()[0]) == Decimal('54.650') - Decimal('0.182')
    assert rate(service) == '0.050'


def test_a_price_changes_at_its_time(service: LocalService) -> None:
    change(service, 'sms', '+65', '0.070', after=20)
    change(service, 'sms', '+65', '0.050', after=10)
    seen = []
    for _ in range(4):
        seen.append(rate(service))
        service.clock.advance(seconds=9)
    assert seen == ['0.032', '0.032', '0.050', '0.070']


def test_credit_is_checked_at_the_new_price(service: LocalService) -> None:
    change(service, 'sms', '+65', '54.651')
    assert service.status('sms/send', dest=DEST, msg='x') == 'error_insufficient_credit'
    change(service, 'sms', '+65', '54.650')
    assert service.status('sms/send', dest=DEST, msg='x') == 'success_ok'


def test_the_longest_prefix_has_its_own_price(service: LocalService) -> None:
    change(service, 'sms', '+659', '0.040')
    change(service, 'sms', '+', '0.090')
    numbers = (DEST, '+6581234567', '+819012345678')
    assert [rate(service, dest) for dest in numbers] == ['0.040', '0.032', '0.090']


def test_the_prices_of_calls_and_faxes_change_too(service: LocalService) -> None:
    change(service, 'voice', '+65', '0.030')
    change(service, 'fax', '+65', '0.040')
    both = service('voice/get_rate', dest1=DEST, dest2='+6581234567')
    assert (both['rate'], service('fax/get_rate', dest=DEST)['rate']) == ('0.060', '0.040')
    ref = service('voice/call', dest1=DEST, dest2='+6581234567')['txn_ref']
    assert service('voice/query_status', txn_ref=ref)['rate'] == '0.060'
    assert rate(service) == '0.032'


def test_a_reset_restores_the_prices(service: LocalService) -> None:
    change(service, 'sms', '+65', '0.050')
    change(service, 'sms', '+65', '0.070', after=1)
    service.emulator.reset()
    service.clock.advance(seconds=2)
    assert rate(service) == '0.032'


def test_a_saved_state_has_the_prices_now_and_later(service: LocalService) -> None:
    change(service, 'sms', '+65', '0.050')
    change(service, 'sms', '+65', '0.070', after=60)
    state = json.loads(json.dumps(save(service.emulator)))
    clock = FakeClock()
    service.emulator = Emulator(clock=clock)
    restore(service.emulator, state)
    assert rate(service) == '0.050'
    clock.advance(seconds=60)
    assert rate(service) == '0.070'


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (('sms', '65', '0.050'), 'a prefix must be like'),
        (('sms', '+65x', '0.050'), 'a prefix must be like'),
        (('fax', '+1', '0.050'), 'the fax service does not reach'),
        (('mms', '+65', '0.050'), 'service must be sms, voice or fax'),
        (('sms', '+65', '0'), 'must be positive'),
        (('sms', '+65', '-1'), 'must be an amount'),
        (('sms', '+65', '0.0001'), 'up to three decimals'),
        (('sms', '+65', 'Infinity'), 'must be an amount'),
        (('sms', '+65', 'NaN'), 'must be an amount'),
        (('sms', '+65', 'dear'), 'must be an amount'),
    ],
)
def test_an_invalid_price_is_refused(
    service: LocalService, arguments: tuple[str, str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        change(service, *arguments)
    assert rate(service) == '0.032'


@pytest.mark.parametrize('after', [-1, 365 * 24 * 3600 + 1, float('nan')])
def test_an_invalid_time_of_a_change_is_refused(service: LocalService, after: float) -> None:
    with pytest.raises(ValueError, match='after must be from 0'):
        change(service, 'sms', '+65', '0.050', after=after)
