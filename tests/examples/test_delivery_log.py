"""What the delivery log says, in whatever order the response and the notifications arrive."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

from hoiio import HoiioException
from hoiio.response import Transaction
from hoiio.sandbox import Sandbox
from hoiio.sandbox.words import FaultKind
from hoiio.service.sms import Sms
from tests.examples.conftest import CALLER

if TYPE_CHECKING:
    from delivery_log import DeliveryLog

Send = Callable[..., None]


@pytest.fixture
def log(tmp_path: Path) -> DeliveryLog:
    from delivery_log import DeliveryLog  # noqa: PLC0415

    return DeliveryLog(tmp_path / 'log.sqlite3')


@pytest.fixture
def send(sandbox: Sandbox, log: DeliveryLog) -> Iterator[Send]:
    """Send an SMS whose notifications go to the application, on a real port."""
    from delivery_log import create_app, send  # noqa: PLC0415
    from serving import running  # noqa: PLC0415

    hoiio = sandbox.client()
    server = make_server('127.0.0.1', 0, create_app(hoiio, log), threaded=True)
    url = f'http://127.0.0.1:{server.port}/notify'
    with running(server):
        yield lambda tag, dest=CALLER: send(hoiio, log, 'Hello', dest, tag, url)


def test_an_sms_is_delivered(sandbox: Sandbox, log: DeliveryLog, send: Send) -> None:
    send('order-17')
    sandbox.drain()
    assert log.status('order-17') == ('delivered', 'AA-S-1')


def test_a_notification_arrives_before_the_response_is_stored(
    sandbox: Sandbox, log: DeliveryLog, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_at_once = Sms.send

    def send_and_wait(self: Sms, *args: Any, **keywords: Any) -> Transaction:
        sent = send_at_once(self, *args, **keywords)
        sandbox.drain()
        assert log.status('order-17') == ('delivered', sent.txn_ref)
        return sent

    monkeypatch.setattr(Sms, 'send', send_and_wait)
    send('order-17')
    assert log.status('order-17') == ('delivered', 'AA-S-1')


@pytest.mark.parametrize('kind', ['dropped_after', 'garbage', 'truncated'])
def test_the_notification_stands_for_a_lost_response(
    sandbox: Sandbox, log: DeliveryLog, send: Send, kind: FaultKind
) -> None:
    sandbox.fault(kind, 'sms/send')
    with pytest.raises(HoiioException):
        send('order-17')
    sandbox.drain()
    assert log.status('order-17') == ('delivered', 'AA-S-1')


def test_a_repeated_notification_changes_nothing(
    sandbox: Sandbox, log: DeliveryLog, send: Send
) -> None:
    sandbox.notifications.duplicate_next()
    send('order-17')
    sandbox.drain()
    assert len(sandbox.deliveries) == 2
    assert log.status('order-17') == ('delivered', 'AA-S-1')


@pytest.mark.parametrize('earlier', ['queued', 'not sent', 'failed', 'a new word'])
def test_a_final_status_stays(sandbox: Sandbox, log: DeliveryLog, send: Send, earlier: str) -> None:
    send('order-17')
    sandbox.drain()
    log.advance('order-17', earlier, 'AA-S-2')
    assert log.status('order-17') == ('delivered', 'AA-S-1')


def test_notifications_in_another_order_belong_to_their_sms(
    sandbox: Sandbox, log: DeliveryLog, send: Send
) -> None:
    sandbox.notifications.reorder_next(2)
    send('order-17')
    send('order-18', '+6588880022')
    sandbox.drain()
    assert log.status('order-17') == ('delivered', 'AA-S-1')
    assert log.status('order-18') == ('failed', 'AA-S-2')


def test_a_delayed_notification_arrives_later(
    sandbox: Sandbox, log: DeliveryLog, send: Send
) -> None:
    sandbox.notifications.delay_next(60)
    send('order-17')
    sandbox.drain()
    assert log.status('order-17') == ('queued', 'AA-S-1')
    sandbox.clock.advance(minutes=1)
    sandbox.drain()
    assert log.status('order-17') == ('delivered', 'AA-S-1')


def test_a_refused_sms_was_not_sent(sandbox: Sandbox, log: DeliveryLog, send: Send) -> None:
    sandbox.fail_next('sms/send', 'error_insufficient_credit')
    with pytest.raises(HoiioException):
        send('order-17')
    assert log.status('order-17') == ('not sent', None)


def test_an_unknown_outcome_stays_unknown(sandbox: Sandbox, log: DeliveryLog, send: Send) -> None:
    sandbox.fault('dropped_before', 'sms/send')
    with pytest.raises(HoiioException):
        send('order-17')
    assert log.status('order-17') == ('sending', None)


def test_a_tag_is_sent_once(sandbox: Sandbox, send: Send) -> None:
    send('order-17')
    with pytest.raises(sqlite3.IntegrityError):
        send('order-17')
    sandbox.phone(CALLER).expect_sms('Hello')
    sandbox.assert_quiet()


def test_a_forged_notification_is_refused(sandbox: Sandbox, log: DeliveryLog) -> None:
    from delivery_log import create_app  # noqa: PLC0415

    log.add('order-17')
    browser = create_app(sandbox.client(), log).test_client()
    form = {'txn_ref': 'AA-S-1', 'tag': 'order-17', 'sms_status': 'delivered'}
    assert browser.post('/notify', data=form).status_code == 403
    assert log.status('order-17') == ('sending', None)
