"""Two applications of one account: neither can use the transactions of the other."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pytest

from hoiio.sandbox import ACCESS_TOKEN, APP_ID, FakeClock, Sandbox, Seed
from hoiio.sandbox.presets.seed import OTHER_ACCESS_TOKEN, OTHER_APP_ID
from tests.sandbox.conftest import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sandbox.conftest import LocalService, Receiver

DEST = '+6598765432'
OWN, FOREIGN = '+14155550100', '+12125550100'
HOOK = 'http://127.0.0.1:9/hook'
PDF = b'%PDF-1.4 /Type /Page'


class Other:
    """The other application at the same service."""

    def __init__(self, service: LocalService) -> None:
        self.service = service

    def __call__(self, path: str, **values: str | bytes) -> dict[str, Any]:
        seed = self.service.emulator.seed
        credentials = {'app_id': seed.other_app_id, 'access_token': seed.other_access_token}
        return self.service(path, **{**credentials, **values})


@pytest.fixture
def other(service: LocalService) -> Other:
    return Other(service)


@pytest.mark.parametrize(
    ('app_id', 'access_token', 'status'),
    [
        (APP_ID, ACCESS_TOKEN, 'success_ok'),
        (OTHER_APP_ID, OTHER_ACCESS_TOKEN, 'success_ok'),
        (OTHER_APP_ID, ACCESS_TOKEN, 'error_invalid_app_id'),
        (APP_ID, OTHER_ACCESS_TOKEN, 'error_invalid_app_id'),
        (APP_ID, 'SANDBOXTOKEN0003', 'error_invalid_access_token'),
        ('SANDBOXAPPID0003', ACCESS_TOKEN, 'error_invalid_app_id'),
    ],
)
def test_a_token_is_valid_for_its_own_application_only(
    service: LocalService, app_id: str, access_token: str, status: str
) -> None:
    assert service.status('user/get_info', app_id=app_id, access_token=access_token) == status


def test_a_history_shows_transactions_of_its_application_only(
    service: LocalService, other: Other
) -> None:
    service('sms/send', dest=DEST, msg='mine')
    other('sms/send', dest=DEST, msg='theirs')
    service('voice/call', dest2=DEST)
    other('fax/send', dest=DEST, file=PDF)
    assert [entry['msg'] for entry in service('sms/get_history')['entries']] == ['mine']
    assert [entry['msg'] for entry in other('sms/get_history')['entries']] == ['theirs']
    assert service('voice/get_history')['total_entries_count'] == '1'
    assert other('voice/get_history')['total_entries_count'] == '0'
    assert service('fax/get_history')['total_entries_count'] == '0'
    assert other('fax/get_history')['total_entries_count'] == '1'


@pytest.mark.parametrize('path', ['voice/query_status', 'voice/hangup'])
def test_a_call_of_the_other_application_is_denied(
    service: LocalService, other: Other, path: str
) -> None:
    ref = other('voice/call', dest2=DEST)['txn_ref']
    assert service.status(path, txn_ref=ref) == 'error_txn_ref_access_denied'
    assert other(path, txn_ref=ref)['status'] == 'success_ok'


def test_numbers_belong_to_one_application(service: LocalService, other: Other) -> None:
    held = [entry['number'] for entry in service('number/get_active')['entries']]
    assert held == ['+6531580000', OWN]
    assert [entry['number'] for entry in other('number/get_active')['entries']] == [FOREIGN]
    assert FOREIGN not in service('user/get_info')['caller_ids']
    assert FOREIGN in other('user/get_info')['caller_ids']
    choices = service('number/get_choices', country='US', state='NY')['entries']
    assert FOREIGN not in {entry['number'] for entry in choices}


def test_an_expired_number_is_free_for_the_other_application(
    service: LocalService, other: Other
) -> None:
    service.clock.advance(days=100)
    assert service('number/subscribe', number=FOREIGN, duration='1')['status'] == 'success_ok'
    assert service('number/get_active')['entries'][0]['number'] == FOREIGN
    assert other('number/get_active')['entries'] == []


def test_each_application_has_its_own_limit_of_numbers(
    service_with: Callable[..., LocalService],
) -> None:
    service = service_with(max_numbers=2)
    new = {'number': '+6531580001', 'duration': '1'}
    assert service.status('number/subscribe', **new) == 'error_exceed_max_subscriptions'
    assert Other(service)('number/subscribe', **new)['status'] == 'success_ok'


def test_incoming_sms_and_calls_belong_to_the_owner_of_the_number(
    service: LocalService, other: Other
) -> None:
    urls = {'forward_to': HOOK, 'forward_sms_to': HOOK}
    other('number/update_forwarding', number=FOREIGN, **urls)
    service('user/get_info')
    service.phone(DEST).send_sms(FOREIGN, 'hello')
    service.phone(DEST).call(FOREIGN)
    assert service('sms/get_history')['entries'] == []
    [entry] = other('sms/get_history')['entries']
    assert (entry['src'], entry['dest']) == (DEST, FOREIGN)
    assert service.status('ivr/end/hangup', session='S1') == 'error_session_access_denied'
    assert other('ivr/end/hangup', session='S1')['status'] == 'success_ok'
    assert [entry['number'] for entry in other('voice/get_history')['entries']] == [FOREIGN]


def test_an_incoming_fax_belongs_to_the_owner_of_the_number(
    service: LocalService, other: Other
) -> None:
    number = '+6531580001'
    other('number/subscribe', number=number, duration='1')
    other('number/update_forwarding', number=number, forward_to=HOOK, mode='fax')
    service('user/get_info')
    service.phone(DEST).send_fax(number, PDF)
    assert service.status('fax/query_status', txn_ref='AA-F-1') == 'error_txn_ref_access_denied'
    assert other('fax/query_status', txn_ref='AA-F-1')['dest'] == number


def test_rooms_with_the_same_name_are_separate(service: LocalService, other: Other) -> None:
    guests = ','.join(f'+659876550{n}' for n in range(3))
    assert service('voice/conference', dest=guests, room='lobby')['status'] == 'success_ok'
    assert other('voice/conference', dest=DEST, room='lobby')['status'] == 'success_ok'
    session = other('ivr/start/dial', dest=DEST, notify_url=HOOK)['session']
    service('voice/conference', dest='+6598765509', room='mine')
    values = {'session': session, 'dest': 'room:mine'}
    assert other('ivr/end/transfer', **values)['status'] == 'error_invalid_room'


def test_each_application_has_its_own_rate_limit(service: LocalService, other: Other) -> None:
    for _ in range(60):
        service('user/get_balance')
    assert service.status('user/get_balance') == 'error_rate_limit_exceeded'
    assert other('user/get_balance')['status'] == 'success_ok'


def test_applications_share_call_slots_and_balance(service: LocalService, other: Other) -> None:
    for _ in range(8):
        service('voice/call', dest2=DEST)
    reply = other('voice/call', dest2=DEST)
    assert reply == {'status': 'error_concurrent_call_limit_reached'}
    assert other('user/get_balance')['balance'] == service.balance()[0]


def test_a_reset_returns_the_numbers(service: LocalService, other: Other) -> None:
    other('number/subscribe', number='+6531580001', duration='1')
    service.emulator.reset()
    assert [entry['number'] for entry in other('number/get_active')['entries']] == [FOREIGN]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=FakeClock()) as sandbox:
        yield sandbox


def test_each_application_signs_with_its_own_token(sandbox: Sandbox, receiver: Receiver) -> None:
    for app in Seed().applications:
        known = {'app_id': app.app_id, 'access_token': app.access_token}
        known['notify_url'] = receiver.url
        ask(sandbox, 'sms/send', dest=DEST, msg='hello', **known)
        ask(sandbox, 'sms/bulk_send', dest=DEST, msg='hello', **known)
        ask(sandbox, 'voice/call', dest2=DEST, **known)
    sandbox.clock.advance(minutes=2)
    sandbox.drain()
    verified = [
        [token for token in (ACCESS_TOKEN, OTHER_ACCESS_TOKEN) if signed(token, post.body) == given]
        for post in receiver.posts
        for given in [post.headers['X-Hoiio-Signature']]
    ]
    assert sorted(verified) == [[ACCESS_TOKEN]] * 4 + [[OTHER_ACCESS_TOKEN]] * 4


def signed(token: str, body: bytes) -> str:
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def test_a_seed_names_its_applications() -> None:
    mine, other = Seed(other_app_id='X', other_access_token='Y').applications
    assert (mine.app_id, mine.access_token) == (APP_ID, ACCESS_TOKEN)
    assert (other.app_id, other.access_token, other.subscribed) == ('X', 'Y', (FOREIGN,))


def test_services_that_do_not_exist_cannot_be_down() -> None:
    with pytest.raises(ValueError, match='pigeons'):
        Seed(down=('voice', 'pigeons'))
