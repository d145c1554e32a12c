from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hoiio.sandbox.api.operations import OPERATIONS

if TYPE_CHECKING:
    from tests.sandbox.conftest import LocalService


@pytest.mark.parametrize('path', OPERATIONS)
def test_each_missing_parameter_has_its_own_error(service: LocalService, path: str) -> None:
    operation = OPERATIONS[path]
    names = ('app_id', 'access_token', *operation.required)
    for name in names:
        values = {other: 'x' for other in names if other != name}
        reply = service.emulator.handle(path, values)
        assert reply == {'status': f'error_{name}_param_missing'}


@pytest.mark.parametrize('path', OPERATIONS)
def test_an_empty_required_parameter_is_missing(service: LocalService, path: str) -> None:
    operation = OPERATIONS[path]
    for name in set(operation.required) - set(operation.may_be_empty):
        values = dict.fromkeys(('app_id', 'access_token', *operation.required), 'x')
        reply = service.emulator.handle(path, {**values, name: ''})
        assert reply == {'status': f'error_{name}_param_missing'}


@pytest.mark.parametrize('path', OPERATIONS)
def test_credentials_are_checked_right_after_missing_parameters(
    service: LocalService, path: str
) -> None:
    values = dict.fromkeys(OPERATIONS[path].required, 'x')
    assert service.status(path, access_token='wrong', app_id='wrong', **values) == (
        'error_invalid_access_token'
    )
    assert service.status(path, app_id='wrong', **values) == 'error_invalid_app_id'


def test_the_table_names_every_path_of_the_service() -> None:
    assert set(OPERATIONS) == {
        'user/get_balance', 'user/get_info',
        'voice/call', 'voice/conference', 'conference/call', 'conference/moderate',
        'voice/hangup', 'voice/query_status', 'voice/get_history', 'voice/get_rate',
        'sms/send', 'sms/bulk_send', 'sms/query_status', 'sms/get_history', 'sms/get_rate',
        'ivr/start/dial', 'ivr/middle/play', 'ivr/middle/gather', 'ivr/middle/record',
        'ivr/middle/monitor', 'ivr/middle/hold', 'ivr/middle/unhold',
        'ivr/end/transfer', 'ivr/end/hangup',
        'fax/send', 'fax/query_status', 'fax/get_history', 'fax/get_rate',
        'number/get_countries', 'number/get_choices', 'number/get_rates', 'number/subscribe',
        'number/update_forwarding', 'number/get_active',
    }  # fmt: skip


def test_unknown_parameters_are_ignored_and_logged(service: LocalService) -> None:
    assert service.status('user/get_balance', colour='red') == 'success_ok'
    assert service.emulator.world.events[-1].endswith('user/get_balance ignored: colour')
