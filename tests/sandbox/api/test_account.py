from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.conftest import LocalService


def test_account_balance_and_info(service: LocalService) -> None:
    assert service('user/get_balance') == {
        'status': 'success_ok',
        'currency': 'SGD',
        'balance': '54.650',
        'points': '50.000',
        'bonus': '4.650',
    }
    assert service('user/get_info') == {
        'status': 'success_ok',
        'uid': 'AA-1234',
        'name': 'Sandbox User',
        'mobile_number': '+6591234567',
        'caller_ids': ['+6591234567', '+6531580000', '+14155550100', 'private'],
        'email': 'user@example.com',
        'country': 'SG',
        'prefix': '+65',
        'currency': 'SGD',
        'time_zone': 'GMT+0800SG',
        'user_status': 'active',
        'sms_rebrand_status': 'enabled',
        'call_rebrand_status': 'enabled',
    }
