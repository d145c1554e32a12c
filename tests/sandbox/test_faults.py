from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from hoiio.sandbox import Sandbox, did_you_mean
from hoiio.sandbox.faults import Kind, Rule
from tests.sandbox.conftest import HOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import LocalService

DEST = '+6598765432'
OTHER = '+6598765433'
THIRD = '+6598765434'


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


# Requests that are deferred


def test_a_deferred_request_changes_nothing_until_its_time(service: LocalService) -> None:
    before = service.balance()
    fault(service, 'deferred', 'sms/send', seconds=90)
    assert statuses(service, 'late', tag='t', notify_url=HOOK) == ['error_internal_server_error']
    service.clock.advance(seconds=89)
    assert service.phone(DEST).inbox == []
    assert service('sms/get_history')['entries'] == []
    assert service.balance() == before
    assert service.posted == []
    service.clock.advance(seconds=1)
    [entry] = service('sms/get_history')['entries']
    assert (entry['date'], entry['tag']) == ('2026-01-01 00:01:30', 't')
    assert [sms.text for sms in service.phone(DEST).inbox] == ['late']
    assert service.balance() != before
    assert service.last['txn_ref'] == entry['txn_ref']


def test_a_deferred_request_needs_credit_when_it_is_performed(
    service_with: Callable[..., LocalService],
) -> None:
    service = service_with(points=Decimal('0.032'), bonus=Decimal(0))
    fault(service, 'deferred', 'sms/send', seconds=1)
    statuses(service, 'late')
    assert statuses(service, 'meanwhile') == ['success_ok']
    service.clock.advance(seconds=1)
    assert [sms.text for sms in service.phone(DEST).inbox] == ['meanwhile']
    assert service.balance()[0] == '0.000'
    assert service.emulator.world.events[-1].endswith('sms/send refused: error_insufficient_credit')


@pytest.mark.parametrize('start_over', ['reset', 'start_over'])
def test_a_reset_drops_deferred_requests(service: LocalService, start_over: str) -> None:
    fault(service, 'deferred', 'sms/send', seconds=1)
    statuses(service, 'late')
    getattr(service.emulator, start_over)()
    service.clock.advance(seconds=2)
    assert service.phone(DEST).inbox == []


def test_deferred_requests_are_performed_in_the_order_of_their_times(service: LocalService) -> None:
    for seconds in (2, 1):
        fault(service, 'deferred', 'sms/send', match={'msg': str(seconds)}, seconds=seconds)
    statuses(service, '2', '1')
    service.clock.advance(seconds=5)
    assert [sms.text for sms in service.phone(DEST).inbox] == ['1', '2']


# Bulks that are served in part


@pytest.mark.parametrize('count', [0, 1, 2, 5])
def test_a_partial_bulk_serves_and_charges_only_its_first_recipients(
    service: LocalService, count: int
) -> None:
    before = Decimal(service.balance()[0])
    fault(service, 'partial', count=count)
    numbers = [DEST, OTHER, THIRD]
    reply = service('sms/bulk_send', dest=','.join(numbers), msg='x', notify_url=HOOK)
    assert reply['status'] == 'success_ok'
    served = numbers[:count]
    assert [number for number in numbers if service.phone(number).inbox] == served
    assert Decimal(service.balance()[0]) == before - Decimal('0.032') * len(served)
    assert service('sms/get_history')['total_entries_count'] == str(len(served))
    assert {post['dest'] for post in service.posted} == set(served)
    # Only one bulk is served in part.
    service('sms/bulk_send', dest=','.join(numbers), msg='x')
    assert service.phone(THIRD).inbox


def test_a_partial_bulk_needs_the_credit_for_all_recipients(
    service_with: Callable[..., LocalService],
) -> None:
    service = service_with(points=Decimal('0.032'), bonus=Decimal(0))
    fault(service, 'partial', count=1)
    status = service.status('sms/bulk_send', dest=f'{DEST},{OTHER}', msg='x')
    assert status == 'error_insufficient_credit'


# Histories that lag


def test_a_stale_history_shows_transactions_only_after_some_time(service: LocalService) -> None:
    fault(service, 'stale', 'sms/get_history', seconds=30, times=None)

    def shown() -> list[str]:
        reply = service('sms/get_history')
        assert reply['total_entries_count'] == str(len(reply['entries']))
        return [entry['msg'] for entry in reply['entries']]

    statuses(service, 'one')
    service.clock.advance(seconds=20)
    statuses(service, 'two')
    assert shown() == []
    service.clock.advance(seconds=10)
    assert shown() == ['one']
    service.clock.advance(seconds=20)
    assert shown() == ['two', 'one']


def test_a_stale_history_keeps_to_the_requested_period(service: LocalService) -> None:
    for text in ('one', 'two', 'three'):
        statuses(service, text)
        service.clock.advance(seconds=10)
    fault(service, 'stale', seconds=15, times=None)
    # The stale history ends before the third, and the period before the second.
    reply = service('sms/get_history', to='2026-01-01 00:00:10')
    assert [entry['msg'] for entry in reply['entries']] == ['one']
    reply = service('sms/get_history', **{'from': '2026-01-01 00:00:05'})
    assert [entry['msg'] for entry in reply['entries']] == ['two']
    reply = service('sms/get_history', **{'from': '2026-01-01 00:00:25'})
    assert (reply['entries'], reply['total_entries_count']) == ([], '0')


def test_only_histories_are_stale(service: LocalService) -> None:
    number = fault(service, 'stale', seconds=30)
    assert statuses(service, 'one') == ['success_ok']
    assert service.status('sms/query_status', txn_ref='AA-S-1') == 'success_ok'
    assert [one.id for one in service.emulator.faults.active()] == [number]
    assert service('voice/get_history')['entries'] == []
    assert service.emulator.faults.active() == []
    assert len(service('sms/get_history')['entries']) == 1


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
        ({'kind': 'deferred', 'seconds': 86401}, 'from 0 to 86400, not 86401'),
        ({'kind': 'stale', 'operation': 'sms/query_status'}, 'applies to fax/get_history, sms'),
        ({'kind': 'partial', 'operation': 'sms/send'}, 'applies to sms/bulk_send, not to sms/send'),
        ({'kind': 'partial', 'count': -1}, 'count must be 0 or more'),
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
