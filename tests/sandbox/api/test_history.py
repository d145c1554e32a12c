"""The history of an application: its periods and its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hoiio.sandbox import snapshot
from hoiio.sandbox.presets.seed import OTHER_ACCESS_TOKEN, OTHER_APP_ID

if TYPE_CHECKING:
    from tests.sandbox.conftest import LocalService

DEST = '+6598765432'
NUMBER = '+6531580000'
PDF = b'%PDF-1.4 /Type /Page'
HOOK = 'http://127.0.0.1:9/hook'
BOTH = [{}, {'app_id': OTHER_APP_ID, 'access_token': OTHER_ACCESS_TOKEN}]


def refs(service: LocalService, path: str, **values: str) -> list[str]:
    reply = service(path, **values)
    assert reply['entries_count'] == str(len(reply['entries']))
    return [entry['txn_ref'] for entry in reply['entries']]


@pytest.mark.parametrize('credentials', BOTH)
def test_each_application_pages_through_its_own_period(
    service: LocalService, credentials: dict[str, str]
) -> None:
    for _ in range(3):
        for both in BOTH:
            service('sms/bulk_send', dest=','.join([DEST] * 3), msg='x', **both)
        service.clock.advance(minutes=1)
    period = {'from': '2026-01-01 00:01:00', 'to': '2026-01-01 00:02:00', 'page_size': '2'}
    everything = refs(service, 'sms/get_history', **credentials)
    pages = [
        refs(service, 'sms/get_history', page=str(page), **period, **credentials)
        for page in range(1, 4)
    ]
    assert pages == [everything[3:5], everything[5:6], []]
    reply = service('sms/get_history', page='3', **period, **credentials)
    assert (reply['total_entries_count'], reply['entries_count']) == ('3', '0')


def test_the_highest_page_number_is_empty(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='x')
    assert refs(service, 'sms/get_history', page='999999999') == []


def test_a_fax_history_combines_period_and_type(service: LocalService) -> None:
    service('number/update_forwarding', number=NUMBER, mode='fax')
    for _ in range(2):
        service('fax/send', dest=DEST, file=PDF)
        service.phone(DEST).send_fax(NUMBER, PDF)
        service.clock.advance(minutes=1)
    first = {'to': '2026-01-01 00:01:00'}
    assert refs(service, 'fax/get_history', type='outgoing', **first) == ['AA-F-1']
    assert refs(service, 'fax/get_history', type='incoming', **first) == ['AA-F-2']
    assert refs(service, 'fax/get_history', type='all', **first) == ['AA-F-2', 'AA-F-1']
    assert service('fax/get_history', type='incoming')['total_entries_count'] == '2'
    assert refs(service, 'fax/get_history', type='incoming', **BOTH[1]) == []


def test_a_fax_is_listed_once_after_it_ends(service: LocalService) -> None:
    service.phone(DEST).rings()
    ref = service('fax/send', dest=DEST, file=PDF)['txn_ref']
    service.clock.advance(hours=1)
    assert service('fax/query_status', txn_ref=ref)['fax_status'] == 'unanswered'
    assert refs(service, 'fax/get_history') == [ref]


def test_an_sms_is_listed_by_its_date_after_the_clock_is_set_back(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='x')
    service.clock.advance(hours=2)
    service('sms/send', dest=DEST, msg='x')
    service.clock.reset()
    service.clock.advance(hours=1)
    service('sms/send', dest=DEST, msg='x')
    assert refs(service, 'sms/get_history') == ['AA-S-2', 'AA-S-3', 'AA-S-1']
    assert refs(service, 'sms/get_history', to='2026-01-01 02:00:00') == ['AA-S-3', 'AA-S-1']


def test_a_restored_sandbox_lists_the_same_and_continues(service: LocalService) -> None:
    service('number/update_forwarding', number=NUMBER, mode='fax')
    service.clock.advance(hours=2)
    for _ in range(2):
        service('sms/send', dest=DEST, msg='x')
        service('voice/call', dest2=DEST)
        service.phone(DEST).send_fax(NUMBER, PDF)
        service('sms/send', dest=DEST, msg='x', **BOTH[1])
        # The second round has earlier dates.
        service.clock.reset()
    asked = [
        (path, {**credentials, **values})
        for path in ('sms/get_history', 'voice/get_history', 'fax/get_history')
        for credentials in BOTH
        for values in ({}, {'from': '2026-01-01 01:00:00'}, {'to': '2026-01-01 01:00:00'})
    ]

    def listed() -> list[list[str]]:
        return [refs(service, path, **values) for path, values in asked]

    data, before = snapshot.save(service.emulator), listed()
    service.emulator.reset()
    assert not any(listed())
    snapshot.restore(service.emulator, data)
    assert listed() == before
    service('sms/send', dest=DEST, msg='x')
    assert refs(service, 'sms/get_history', page_size='2') == ['AA-S-1', 'AA-S-5']


def test_a_restored_session_is_found_by_its_call(service: LocalService) -> None:
    started = service('ivr/start/dial', dest=DEST, msg='Hello', notify_url=HOOK)
    snapshot.restore(service.emulator, snapshot.save(service.emulator))
    [session] = service.emulator.world.sessions_by_call.values()
    assert (session.ref, session.call.txn_ref) == (started['session'], started['txn_ref'])
