from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from hoiio.sandbox import FakeClock, Sandbox
from hoiio.sandbox.api.operations import OPERATIONS
from hoiio.sandbox.emulator import Emulator
from hoiio.sandbox.state.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import LocalService

DEST = '+6598765432'


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
def test_credentials_are_checked_before_anything_else_but_presence(
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


def test_unknown_parameters_are_ignored_but_noted(service: LocalService) -> None:
    assert service.status('user/get_balance', colour='red') == 'success_ok'
    assert service.emulator.world.events[-1].endswith('user/get_balance ignored: colour')


@pytest.mark.parametrize(
    'path',
    [
        'user/get_balance',
        'voice/get_rate',
        'sms/get_rate',
        'fax/get_rate',
        'voice/hangup',
        'conference/moderate',
    ],
)
def test_queries_are_limited_to_sixty_per_minute_each(service: LocalService, path: str) -> None:
    values = dict.fromkeys(OPERATIONS[path].required, 'x')
    for _ in range(60):
        assert service.status(path, **values) != 'error_rate_limit_exceeded'
    assert service.status(path, **values) == 'error_rate_limit_exceeded'
    assert service.status('user/get_info') == 'success_ok'
    service.clock.advance(seconds=59)
    assert service.status(path, **values) == 'error_rate_limit_exceeded'
    service.clock.advance(seconds=1)
    assert service.status(path, **values) != 'error_rate_limit_exceeded'


def test_the_rate_limit_can_be_switched_off(service_with: Callable[..., LocalService]) -> None:
    service = service_with(queries_per_minute=None)
    assert {service.status('user/get_balance') for _ in range(100)} == {'success_ok'}


def test_reset_goes_back_to_the_seed(service: LocalService) -> None:
    before = service('user/get_info'), service.balance()
    service('sms/send', dest='+6598765432', msg='hello', notify_url='http://127.0.0.1:9/')
    service('number/subscribe', number='+12055550101', duration='1')
    service('voice/call', dest2='+6598765432')
    service.emulator.reset()
    assert (service('user/get_info'), service.balance()) == before
    assert service.posted == []
    assert service.emulator.world.events == []
    assert service.phone('+6598765432').inbox == []
    assert service('sms/send', dest='+6598765432', msg='hello')['txn_ref'] == 'AA-S-1'


def test_a_reset_forgets_how_often_was_asked(service: LocalService) -> None:
    for _ in range(60):
        service('user/get_balance')
    service.emulator.reset()
    assert service.status('user/get_balance') == 'success_ok'


def test_a_reset_cancels_what_was_planned(service: LocalService) -> None:
    service('voice/call', dest2='+6598765432', notify_url='http://127.0.0.1:9/')
    service.emulator.reset()
    service.clock.advance(minutes=5)
    assert service.posted == []


def test_a_bug_in_a_handler_does_not_keep_the_lock(
    service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Emulator, '_authorize', broken)
    with pytest.raises(ZeroDivisionError):
        service('user/get_info')
    assert service.emulator.lock.acquire(blocking=False)


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


def test_nothing_is_left_of_a_state_after_a_reset(service: LocalService) -> None:
    service('voice/call', dest2='+6598765432')
    service('number/subscribe', number='+12055550101', duration='auto_extend')
    service('sms/send', dest='+6598765432', msg='x', notify_url='http://127.0.0.1:9/')
    world = weakref.ref(service.emulator.world)
    service.emulator.reset()
    gc.collect()
    assert world() is None


def test_followers_see_nothing_of_a_fresh_state_but_that_it_is_empty(service: LocalService) -> None:
    service('sms/send', dest='+6598765432', msg='x')
    last, resets = service.emulator.journal.last, service.emulator.journal.resets
    service.emulator.reset()
    assert (service.emulator.journal.last, service.emulator.journal.resets) == (last, resets + 1)
    assert service.emulator.world.events == []


def test_the_record_keeps_the_newest_and_says_what_is_missing() -> None:
    journal = Journal(limit=3)
    now = FakeClock().now()
    for n in range(5):
        journal.add(now, f'event {n}')
    assert [event.text for event in journal.since()] == ['event 2', 'event 3', 'event 4']
    assert [event.id for event in journal.since(4)] == [5]
    assert [event.id for event in journal.since(1)] == [3, 4, 5]
    missing, *lines = journal.lines()
    assert missing == '2 earlier events were dropped (see log_limit)'
    assert [line[9:] for line in lines] == ['event 2', 'event 3', 'event 4']
    journal.clear()
    journal.add(now, 'event 5')
    assert [line[9:] for line in journal.lines()] == ['event 5']


def test_the_record_shortens_what_is_long(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='x', **{'x' * 8_000_000: '1'})
    service('sms/send', dest='+' + '9' * 8_000_000, msg='x')
    service('sms/send', dest=DEST, msg='x' * 8_000_000)
    assert all(len(event.text) <= 1000 for event in service.emulator.journal.since())


def test_a_sandbox_keeps_as_many_events_as_it_is_told_to() -> None:
    with Sandbox(log_limit=2) as sandbox:
        for _ in range(3):
            sandbox.client().sms.send('x', DEST)
        assert sandbox.events[0].startswith('1 earlier events were dropped')
        assert len(sandbox.events) == 3
    with pytest.raises(ValueError, match='1 or more'):
        Sandbox(log_limit=0)
