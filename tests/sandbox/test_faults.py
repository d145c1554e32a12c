from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hoiio.sandbox import Sandbox, did_you_mean
from hoiio.sandbox.faults import Kind, Rule

if TYPE_CHECKING:
    from tests.sandbox.conftest import LocalService

DEST = '+6598765432'
OTHER = '+6598765433'


def statuses(service: LocalService, *messages: str, **values: str) -> list[str]:
    return [service.status('sms/send', dest=DEST, msg=msg, **values) for msg in messages]


def fault(service: LocalService, kind: Any, operation: Any = None, **options: Any) -> int:
    sandbox = Sandbox()
    sandbox._emulator = service.emulator
    return sandbox.fault(kind, operation, **options)


def test_a_fault_matches_by_operation(service: LocalService) -> None:
    fault(service, 'rate_limited', 'sms/get_history')
    assert statuses(service, 'x') == ['success_ok']
    assert service.status('sms/get_history') == 'error_rate_limit_exceeded'
    assert service.status('sms/get_history') == 'success_ok'


def test_a_fault_matches_by_parameters(service: LocalService) -> None:
    fault(service, 'rate_limited', match={'dest': DEST, 'msg': 'a+b'})
    assert service.status('sms/send', dest=OTHER, msg='a+b') == 'success_ok'
    assert service.status('user/get_info') == 'success_ok'
    assert (
        service.status('fax/send', dest=DEST, msg=b'\xff', file=b'x') != 'error_rate_limit_exceeded'
    )
    assert statuses(service, 'a', 'a+b', 'a+b') == [
        'success_ok', 'error_rate_limit_exceeded', 'success_ok',
    ]  # fmt: skip


def test_the_oldest_matching_fault_applies(service: LocalService) -> None:
    fault(service, 'status', 'sms/send', status='error_msg_empty', times=2)
    fault(service, 'status', status='error_from_the_future')
    fault(service, 'rate_limited', 'sms/send', times=None)
    assert statuses(service, *'12345') == [
        'error_msg_empty', 'error_msg_empty', 'error_from_the_future',
        'error_rate_limit_exceeded', 'error_rate_limit_exceeded',
    ]  # fmt: skip


def test_a_fault_can_be_removed(service: LocalService) -> None:
    first = fault(service, 'rate_limited', times=None)
    second = fault(service, 'status', status='error_msg_empty', times=None)
    service.emulator.faults.remove(first)
    assert statuses(service, 'x') == ['error_msg_empty']
    service.emulator.faults.remove(second)
    assert statuses(service, 'x') == ['success_ok']
    with pytest.raises(LookupError, match=f'no active fault {second}'):
        service.emulator.faults.remove(second)


def test_a_reset_ends_all_faults(service: LocalService) -> None:
    fault(service, 'rate_limited', times=None)
    service.emulator.reset()
    assert statuses(service, 'x') == ['success_ok']
    assert fault(service, 'rate_limited') == 1


def test_a_fault_applies_to_an_unauthorized_request_too(service: LocalService) -> None:
    fault(service, 'rate_limited')
    assert service.status('sms/send', access_token='wrong') == 'error_rate_limit_exceeded'
    assert service.emulator.faults.active() == []


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'kind': 'explosion'}, 'explosion'),
        ({'kind': 'status', 'operation': 'sms/sned'}, 'did you mean sms/send'),
        ({'kind': 'status', 'status': 'success_ok'}, 'must begin with error_'),
        ({'kind': 'status', 'times': 0}, 'times must be 1 or more'),
        ({'kind': 'http_error', 'code': 404}, 'from 500 to 599, not 404'),
        ({'kind': 'latency', 'seconds': 61}, 'from 0 to 60, not 61'),
        ({'kind': 'latency', 'seconds': float('nan')}, 'from 0 to 60, not nan'),
    ],
)
def test_an_invalid_fault_is_refused(
    service: LocalService, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fault(service, **options)


def test_only_the_start_of_a_long_operation_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def watched(word: str, _known: list[str], **_options: object) -> list[str]:
        compared.append(word)
        return ['sms/send']

    monkeypatch.setattr('difflib.get_close_matches', watched)
    with pytest.raises(ValueError, match='did you mean sms/send') as caught:
        Rule(Kind.STATUS, 'x' * 100_000)
    assert compared == ['x' * did_you_mean.LONGEST]
    assert len(str(caught.value)) < did_you_mean.LONGEST
