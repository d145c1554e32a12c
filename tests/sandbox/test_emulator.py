from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from hoiio.sandbox.api.operations import OPERATIONS
from hoiio.sandbox.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import LocalService

DEST = '+6598765432'


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
def test_each_query_is_limited_to_sixty_per_minute(service: LocalService, path: str) -> None:
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


def test_a_reset_clears_the_counts_of_the_rate_limit(service: LocalService) -> None:
    for _ in range(60):
        service('user/get_balance')
    service.emulator.reset()
    assert service.status('user/get_balance') == 'success_ok'


def test_a_reset_cancels_timers(service: LocalService) -> None:
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


@pytest.mark.slow
def test_a_reset_frees_the_old_state(service: LocalService) -> None:
    service('voice/call', dest2='+6598765432')
    service('number/subscribe', number='+12055550101', duration='auto_extend')
    service('sms/send', dest='+6598765432', msg='x', notify_url='http://127.0.0.1:9/')
    world = weakref.ref(service.emulator.world)
    service.emulator.reset()
    gc.collect()
    assert world() is None
