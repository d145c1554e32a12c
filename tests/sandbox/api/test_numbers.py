from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from hoiio.sandbox.api import numbers
from hoiio.sandbox.emulator import Emulator
from hoiio.sandbox.presets.seed import Seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import LocalService

SG = '+6531580000'
US = '+14155550100'
FREE = '+12055550101'
HOOK = 'http://127.0.0.1:9/hook'


def test_countries(service: LocalService) -> None:
    reply = service('number/get_countries')
    assert reply['entries_count'] == '6'
    countries = {entry['code']: entry for entry in reply['entries']}
    assert countries['SG'] == {
        'code': 'SG',
        'name': 'Singapore',
        'prefix': '65',
        'capability': ['VOICE', 'FAX'],
    }
    assert 'capability' not in countries['US']
    assert countries['US']['states'][0] == {
        'code': 'AL',
        'name': 'Alabama',
        'capability': ['VOICE', 'SMS'],
    }


def test_choices_are_paged_by_twenty_and_omit_subscribed_numbers(service: LocalService) -> None:
    first = service('number/get_choices', country='SG')
    assert (first['total_entries_count'], first['entries_count']) == ('44', '20')
    assert first['entries'][0] == {'number': '+6531580001', 'capability': ['VOICE', 'FAX']}
    assert service('number/get_choices', country='SG', page='3')['entries_count'] == '4'
    past = service('number/get_choices', country='SG', page='4')
    assert (past['status'], past['entries_count'], past['entries']) == ('success_ok', '0', [])


def test_every_number_on_offer_is_valid(service: LocalService) -> None:
    asked = [('US', 'AL'), ('US', 'CA'), ('US', 'NY'), ('HK', ''), ('MY', ''), ('AU', '')]
    for country, state in asked:
        reply = service('number/get_choices', country=country, state=state)
        for entry in reply['entries']:
            assert entry['number'][1:].isdigit()
            assert 11 <= len(entry['number']) <= 13


@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({'country': 'US'}, 'error_state_param_missing'),
        ({'country': 'US', 'state': 'ZZ'}, 'error_no_number_available'),
        ({'country': 'XX'}, 'error_no_number_available'),
        ({'country': 'VN'}, 'error_no_number_available'),
        ({'country': 'SG', 'page': '0'}, 'error_page_invalid'),
    ],
)
def test_choices_refuse(service: LocalService, values: dict[str, str], status: str) -> None:
    assert service.status('number/get_choices', **values) == status


def test_rates(service: LocalService) -> None:
    assert service('number/get_rates', country='US') == {
        'status': 'success_ok',
        'currency': 'SGD',
        'entries_count': '3',
        'entries': [
            {'duration': '1', 'rate': '4.000'},
            {'duration': '3', 'rate': '12.000'},
            {'duration': '12', 'rate': '48.000'},
        ],
    }
    assert service.status('number/get_rates', country='XX') == 'error_no_number_available'


@pytest.mark.parametrize(
    ('duration', 'debit', 'expiry', 'extend'),
    [
        ('1', '4.000', '2026-02-01', 'disabled'),
        ('3', '12.000', '2026-04-01', 'disabled'),
        ('12', '48.000', '2027-01-01', 'disabled'),
        ('auto_extend', '4.000', '2026-02-01', 'enabled'),
    ],
)
def test_subscribe(
    service: LocalService, duration: str, debit: str, expiry: str, extend: str
) -> None:
    reply = service('number/subscribe', number=FREE, duration=duration)
    assert reply == {
        'status': 'success_ok',
        'currency': 'SGD',
        'debit': debit,
        'expiry': expiry,
    }
    assert Decimal(service.balance()[0]) == Decimal('54.650') - Decimal(debit)
    assert service('number/get_active')['entries'][-1] == {
        'number': FREE,
        'forward_to': '',
        'forward_sms_to': '',
        'mode': 'voice',
        'expiry': expiry,
        'auto_extend_status': extend,
        'country': 'US',
        'state': 'AL',
        'capabilities': ['VOICE', 'SMS'],
    }


def test_an_own_number_is_extended(service: LocalService) -> None:
    assert service('number/subscribe', number=US, duration='3')['expiry'] == '2026-07-01'
    assert len(service('number/get_active')['entries']) == 2


@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({'number': '12055550101'}, 'error_number_invalid'),
        ({'number': '+6598765432'}, 'error_number_not_available'),
        ({'duration': '2'}, 'error_invalid_duration'),
        ({'number': '+6531580001', 'duration': '12'}, 'error_insufficient_credit'),
    ],
)
def test_subscribe_refuses(service: LocalService, values: dict[str, str], status: str) -> None:
    assert (
        service.status('number/subscribe', **{'number': FREE, 'duration': '1', **values}) == status
    )
    assert len(service('number/get_active')['entries']) == 2


@pytest.mark.parametrize(
    ('change', 'duration', 'status'),
    [
        ({'credit_card': False}, 'auto_extend', 'error_auto_extend_not_available'),
        ({'user_status': 'trial'}, '1', 'error_not_allowed_for_trial'),
        ({'max_numbers': 2}, '1', 'error_exceed_max_subscriptions'),
    ],
)
def test_subscribe_depends_on_the_account(
    service_with: Callable[..., LocalService], change: dict[str, object], duration: str, status: str
) -> None:
    service = service_with(**change)
    assert service.status('number/subscribe', number=FREE, duration=duration) == status


def test_numbers_expire_or_renew(service: LocalService) -> None:
    service('number/subscribe', number=FREE, duration='1')
    service('number/subscribe', number='+12055550102', duration='auto_extend')
    service.clock.advance(days=31, hours=23, minutes=59)
    assert len(service('number/get_active')['entries']) == 4
    service.clock.advance(minutes=1)
    entries = {entry['number']: entry for entry in service('number/get_active')['entries']}
    assert FREE not in entries
    assert entries['+12055550102']['expiry'] == '2026-03-01'
    assert service.balance()[0] == '42.650'


def test_an_extended_number_does_not_expire_on_its_first_date(service: LocalService) -> None:
    service('number/subscribe', number=FREE, duration='1')
    service('number/subscribe', number=FREE, duration='1')
    service.clock.advance(days=40)
    assert FREE in {entry['number'] for entry in service('number/get_active')['entries']}
    service.clock.advance(days=40)
    assert FREE not in {entry['number'] for entry in service('number/get_active')['entries']}


def test_a_number_is_not_renewed_without_credit(service_with: Callable[..., LocalService]) -> None:
    service = service_with(points=Decimal('4.000'), bonus=Decimal(0), subscribed=())
    service('number/subscribe', number=FREE, duration='auto_extend')
    service.clock.advance(days=40)
    assert service('number/get_active')['entries'] == []
    assert service.balance()[0] == '0.000'


@pytest.mark.parametrize(
    ('day', 'months', 'result'),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months(day: date, months: int, result: date) -> None:
    assert numbers.add_months(day, months) == result


@pytest.mark.parametrize('spelling', ['forward_sms_to', 'forward_to_sms'])
def test_forwarding(service: LocalService, spelling: str) -> None:
    reply = service(
        'number/update_forwarding', number=US, forward_to=HOOK, **{spelling: f'{HOOK}/s'}
    )
    assert reply == {'status': 'success_ok'}
    service('number/update_forwarding', number=US, mode='fax')
    assert service('number/get_active')['entries'][1] == {
        'number': US,
        'forward_to': HOOK,
        'forward_sms_to': f'{HOOK}/s',
        'mode': 'fax',
        'expiry': '2026-04-01',
        'auto_extend_status': 'disabled',
        'country': 'US',
        'state': 'CA',
        'capabilities': ['VOICE', 'SMS'],
    }


@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({'number': '14155550100'}, 'error_number_invalid'),
        ({'number': FREE}, 'error_number_not_assigned'),
        ({'forward_to': 'nowhere'}, 'error_forward_to_invalid'),
        ({'forward_sms_to': 'nowhere'}, 'error_forward_to_invalid'),
        ({'forward_to': 'http://x.invalid/'}, 'error_unable_to_resolve_forward_to'),
        ({'mode': 'sms'}, 'error_mode_invalid'),
        ({'number': SG, 'forward_sms_to': HOOK}, 'error_incoming_sms_not_supported'),
    ],
)
def test_forwarding_refuses(service: LocalService, values: dict[str, str], status: str) -> None:
    before = service('number/get_active')
    assert service.status('number/update_forwarding', **{'number': US, **values}) == status
    assert service('number/get_active') == before


def test_a_seed_outside_the_catalogue_is_an_error() -> None:
    with pytest.raises(ValueError, match='not in the sandbox catalogue'):
        Emulator(Seed(subscribed=('+6598765432',)))


@pytest.mark.parametrize('registered', ['91234567', '+65 9123 4567', '+6591234567\n', ''])
def test_a_registered_number_that_is_not_in_e164_is_an_error(registered: str) -> None:
    with pytest.raises(ValueError, match=r'the registered number must be in E\.164, such as'):
        Emulator(Seed(registered=registered))
