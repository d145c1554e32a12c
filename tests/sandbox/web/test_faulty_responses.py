"""How a client of the SDK handles responses that are faulty, late or missing."""

from __future__ import annotations

import contextlib
import http.client
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import requests

from hoiio import HoiioException, RateLimitExceeded, ResponseUnreadable, TransportError
from hoiio.sandbox import Sandbox
from hoiio.sandbox.faults import Kind
from hoiio.sandbox.words import FaultKind

if TYPE_CHECKING:
    from tests.sandbox.conftest import Receiver

DEST = '+6598765432'
OTHER = '+6598765433'
START = Decimal('54.650')
SMS = Decimal('0.032')


def balance(sandbox: Sandbox) -> Decimal:
    return Decimal(sandbox.client().account.balance().json['balance'])


def inbox(sandbox: Sandbox) -> list[str]:
    return [message.text for message in sandbox.phone(DEST).inbox]


class Expected:
    """The expected error of the client for a fault, and whether the SMS is sent."""

    def __init__(self, kind: FaultKind, error: type[Exception] | None, *, sent: bool) -> None:
        self.kind = kind
        self.error = error
        self.sent = sent

    def __repr__(self) -> str:
        return self.kind


ON_THE_WAY = [
    Expected('http_error', ResponseUnreadable, sent=False),
    Expected('dropped_before', requests.ConnectionError, sent=False),
    Expected('dropped_after', requests.ConnectionError, sent=True),
    Expected('latency', requests.ReadTimeout, sent=True),
    Expected('truncated', TransportError, sent=True),
    Expected('garbage', ResponseUnreadable, sent=True),
]


@pytest.mark.parametrize('expected', ON_THE_WAY, ids=repr)
def test_after_a_fault_the_client_reports_an_unknown_outcome(
    sandbox: Sandbox, receiver: Receiver, expected: Expected
) -> None:
    client = sandbox.client()
    timeout = (60, 0.3 if expected.kind == 'latency' else 60)
    sandbox.fault(expected.kind, 'sms/send', seconds=60)
    with pytest.raises(HoiioException) as caught:
        client.sms.send('one', DEST, notify_url=receiver.url, timeout=timeout)
    assert expected.error is not None
    assert isinstance(caught.value, expected.error)
    assert caught.value.outcome_unknown
    if expected.sent:
        # The client can time out before the sandbox has processed the request.
        sandbox.phone(DEST).expect_sms('one', timeout=30)
    assert inbox(sandbox) == ['one'] * expected.sent
    assert balance(sandbox) == START - SMS * expected.sent
    # The fault applied only to one request.
    assert client.sms.send('two', DEST).is_success()
    assert client.sms.history().total_entries_count == 1 + expected.sent
    if expected.kind != 'latency':
        sandbox.drain()
        assert len(receiver.posts) == expected.sent


def test_every_kind_of_fault_has_a_test() -> None:
    driven = {expected.kind for expected in ON_THE_WAY}
    elsewhere = {'status', 'rate_limited', 'deferred', 'partial', 'stale'}
    assert driven | elsewhere == {kind.value for kind in Kind}
    sent = {expected.kind for expected in ON_THE_WAY if expected.sent}
    assert sent | {'partial', 'stale'} == {kind.value for kind in Kind if kind.takes_effect}


def test_a_deferred_bulk_is_sent_after_its_client_is_gone(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.fault('deferred', 'sms/bulk_send', seconds=3600)
    client = sandbox.client()
    with pytest.raises(requests.ConnectionError) as caught:
        client.sms.bulk_send('one', [DEST, OTHER], notify_url=receiver.url)
    assert caught.value.outcome_unknown  # type: ignore[attr-defined]
    client.close()
    assert inbox(sandbox) == []
    assert balance(sandbox) == START
    sandbox.clock.advance(hours=1)
    assert inbox(sandbox) == ['one']
    assert balance(sandbox) == START - 2 * SMS
    sandbox.drain()
    assert {post.fields['dest'] for post in receiver.posts} == {DEST, OTHER}


def test_a_deferred_request_is_performed_as_the_time_passes() -> None:
    with Sandbox() as sandbox:
        sandbox.fault('deferred', 'sms/send', seconds=0.05)
        with pytest.raises(requests.ConnectionError):
            sandbox.client().sms.send('one', DEST)
        sandbox.phone(DEST).expect_sms('one', timeout=30)


def test_a_refusal(sandbox: Sandbox) -> None:
    assert sandbox.fail_next('sms/send', 'error_internal_server_error') == 1
    response = sandbox.client().sms.send('one', DEST)
    assert response.status == 'error_internal_server_error'
    assert not hasattr(response, 'txn_ref')
    with pytest.raises(HoiioException) as caught:
        response.raise_for_status()
    assert caught.value.outcome_unknown
    assert inbox(sandbox) == []
    assert balance(sandbox) == START
    assert any('matches fault 1: status' in event for event in sandbox.events)


def test_a_rate_limit(sandbox: Sandbox) -> None:
    sandbox.fault('rate_limited', times=2)
    client = sandbox.client()
    for call in (client.account.balance, client.account.info):
        with pytest.raises(RateLimitExceeded) as caught:
            call().raise_for_status()
        assert not caught.value.outcome_unknown
    assert client.account.balance().is_success()


@pytest.mark.parametrize('kind', ['http_error', 'dropped_before', 'dropped_after', 'truncated'])
def test_a_read_is_repeated_by_the_client(sandbox: Sandbox, kind: FaultKind) -> None:
    sandbox.fault(kind, 'user/get_balance', times=2, code=500)
    assert sandbox.client().account.balance().balance == float(START)
    sandbox.fault(kind, 'user/get_balance', times=None)
    with pytest.raises(HoiioException) as caught:
        sandbox.client().account.balance()
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize(('code', 'phrase'), [(500, 'Internal Server Error'), (599, 'Server')])
def test_the_page_of_an_http_error(sandbox: Sandbox, code: int, phrase: str) -> None:
    sandbox.fault('http_error', code=code)
    with pytest.raises(ResponseUnreadable) as caught:
        sandbox.client().sms.send('one', DEST)
    assert caught.value.response.status_code == code
    assert f'<h1>{code} {phrase}' in caught.value.response.text


def read(sandbox: Sandbox) -> bytes:
    host = sandbox.url.split('/')[2]
    with contextlib.closing(http.client.HTTPConnection(host, timeout=30)) as connection:
        connection.request('POST', '/open/user/get_info')
        with connection.getresponse() as answer:
            return answer.read()


def test_a_truncated_response_declares_its_full_length(sandbox: Sandbox) -> None:
    body = read(sandbox)
    sandbox.fault('truncated')
    with pytest.raises(http.client.IncompleteRead) as caught:
        read(sandbox)
    assert caught.value.partial == body[: len(body) // 2]
    assert len(caught.value.partial) + (caught.value.expected or 0) == len(body)


@pytest.mark.parametrize('kind', ['dropped_before', 'dropped_after'])
def test_a_dropped_connection_returns_no_bytes(sandbox: Sandbox, kind: FaultKind) -> None:
    sandbox.fault(kind)
    with pytest.raises(http.client.RemoteDisconnected):
        read(sandbox)


def test_a_delayed_response_arrives(sandbox: Sandbox) -> None:
    sandbox.fault('latency', 'sms/send', seconds=0.001)
    assert sandbox.client().sms.send('one', DEST).is_success()


def test_a_delayed_response_does_not_delay_stopping() -> None:
    with Sandbox() as sandbox:
        sandbox.fault('latency', seconds=60)
        with pytest.raises(TransportError):
            sandbox.client(timeout=(60, 0.1), max_retries=0).account.balance()
