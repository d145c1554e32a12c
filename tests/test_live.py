"""The main job, against the real service if credentials.py is there, else against the sandbox."""

from __future__ import annotations

import importlib.util
import runpy
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from hoiio import GMT8, CallStatus, HoiioClient, SmsStatus, Transaction
from hoiio.cli.demo import ALICE, BOB, OFFICE, small_pdf
from hoiio.sandbox import Sandbox
from tests.conftest import Sockets

ROOT = Path(__file__).parent.parent
CREDENTIALS = ROOT / 'credentials.py'

pytestmark = pytest.mark.live


@dataclass
class Account:
    """A client and the phones that it may reach."""

    client: HoiioClient
    phone: str
    second_phone: str
    fax: str


@pytest.fixture(scope='module')
def account() -> Iterator[Account]:
    if not CREDENTIALS.exists():
        with Sandbox() as sandbox:
            yield Account(sandbox.client(), ALICE, BOB, OFFICE)
        return
    given = runpy.run_path(str(CREDENTIALS))  # pragma: no cover
    client = HoiioClient(given['APP_ID'], given['ACCESS_TOKEN'])  # pragma: no cover
    yield Account(client, given['PHONE'], given['SECOND_PHONE'], given['FAX'])  # pragma: no cover


@pytest.fixture(autouse=True)
def _real_service(monkeypatch: pytest.MonkeyPatch, any_host: Sockets) -> None:
    """Let the real service be reached, if that is wanted."""
    if CREDENTIALS.exists():
        monkeypatch.setattr(socket.socket, 'connect', any_host.connect)  # pragma: no cover
        monkeypatch.setattr(socket, 'getaddrinfo', any_host.getaddrinfo)  # pragma: no cover


def test_the_sample_names_what_these_tests_need() -> None:
    spec = importlib.util.spec_from_file_location('sample', ROOT / 'credentials-sample.py')
    assert spec is not None
    assert spec.loader is not None
    sample: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sample)
    names = {name for name in vars(sample) if name.isupper()}
    assert names == {'APP_ID', 'ACCESS_TOKEN', 'PHONE', 'SECOND_PHONE', 'FAX'}


def test_account(account: Account) -> None:
    info = account.client.account.info().raise_for_status()
    assert info.mobile_number.startswith('+')
    assert info.prefix.isdecimal()
    balance = account.client.account.balance().raise_for_status()
    assert balance.currency == info.currency
    assert balance.balance == pytest.approx(balance.points + balance.bonus)


def test_an_sms_is_sent_charged_and_listed(account: Account) -> None:
    client = account.client
    before = client.account.balance().balance
    price = client.sms.rate('Hoiio World', account.phone).raise_for_status()
    assert (price.split_count, price.is_unicode) == (1, False)
    tag = f'live-{uuid4()}'
    res = client.sms.send('Hoiio World', account.phone, tag=tag).raise_for_status()
    assert type(res) is Transaction
    sms = client.sms.status(res.txn_ref).raise_for_status()
    assert sms.sms_status in {SmsStatus.QUEUED, SmsStatus.DELIVERED}
    assert (sms.dest, sms.tag, sms.debit) == (account.phone, tag, price.total_cost)
    assert abs(sms.date.replace(tzinfo=GMT8) - datetime.now(GMT8)) < timedelta(minutes=10)
    assert res.txn_ref in {entry.txn_ref for entry in client.sms.history().entries}
    found = client.sms.find(tag, from_=sms.date - timedelta(minutes=10))
    assert found is not None
    assert found.txn_ref == res.txn_ref
    assert client.sms.find(f'{tag}-', from_=sms.date - timedelta(minutes=10)) is None
    assert client.account.balance().balance == pytest.approx(before - sms.debit)


def test_a_bulk_sms(account: Account) -> None:
    res = account.client.sms.bulk_send('Hoiio World', account.phone, account.second_phone)
    assert res.raise_for_status().bulk_txn_ref


def test_a_call_is_hung_up_and_listed(account: Account) -> None:
    client = account.client
    price = client.voice.rate(account.phone, account.second_phone).raise_for_status()
    assert price.rate > 0
    assert price.talktime > 0
    res = client.voice.call(account.phone, account.second_phone, max_duration=60)
    txn_ref = res.raise_for_status().txn_ref
    assert client.voice.status(txn_ref).call_status_dest1 is CallStatus.ONGOING
    assert client.voice.hangup(txn_ref).is_success()
    call = next(each for each in client.voice.history().entries if each.txn_ref == txn_ref)
    assert (call.dest1, call.dest2) == (account.phone, account.second_phone)


def test_a_fax(account: Account) -> None:
    if not account.fax:
        pytest.skip('no fax machine in credentials.py')  # pragma: no cover
    client = account.client
    assert client.fax.rate(account.fax).raise_for_status().rate > 0
    res = client.fax.send(account.fax, small_pdf(), filename='hello.pdf').raise_for_status()
    fax = client.fax.status(res.txn_ref).raise_for_status()
    assert fax.dest == account.fax
    assert res.txn_ref in {entry.txn_ref for entry in client.fax.history().entries}


def test_an_ivr_call(account: Account) -> None:
    client = account.client
    notify_url = 'http://127.0.0.1:9/'
    dialled = client.ivr.dial(account.phone, msg='Hello.', notify_url=notify_url)
    session = dialled.raise_for_status().session
    assert client.ivr.hangup(session, force=True).is_success()
    assert client.ivr.play(session, 'Still there?').status == 'error_session_ended'


def test_numbers(account: Account) -> None:
    countries = account.client.number.available_countries().raise_for_status().entries
    usa = next(country for country in countries if country.code == 'US')
    assert usa.prefix == '1'
    assert usa.states
    offered = account.client.number.available_numbers('US', usa.states[0].code)
    assert all(entry.number.startswith('+1') for entry in offered.raise_for_status().entries)
    assert account.client.number.rate('US').raise_for_status().entries[0].duration == 1
    for number in account.client.number.subscribed_numbers().raise_for_status().entries:
        assert number.number.startswith('+')
        assert number.expiry.year >= 2012


def test_wrong_credentials_are_refused(account: Account) -> None:
    own = account.client._settings.credentials
    assert own is not None
    app_id = own.added_to({})['app_id']
    res = account.client.account.balance(app_id=app_id, access_token='WRONG')
    assert res.status == 'error_invalid_access_token'
