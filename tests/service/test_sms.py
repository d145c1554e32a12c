"""What only the SMS service does."""

from __future__ import annotations

from typing import Any

import pytest

from hoiio import (
    HoiioClient,
    InputInvalid,
)
from tests.conftest import Api


def test_send_returns_the_transaction(client: HoiioClient, api: Api) -> None:
    api.answers('sms/send', txn_ref='AA-S-471804')
    res = client.sms.send('Hoiio World', '+6511111111')
    assert res.txn_ref == 'AA-S-471804'
    assert res.status == 'success_ok'


@pytest.mark.parametrize(
    'fields',
    [
        {'bulk_txn_ref': 'AA-B-147'},
        {'txn_ref': 'AA-B-147'},
        {'bulk_txn_ref': 'AA-B-147', 'txn_ref': 'AA-S-1'},
        {'bulk_txn_ref': None, 'txn_ref': 'AA-B-147'},
    ],
)
def test_bulk_send_returns_the_transaction_of_the_batch(
    client: HoiioClient, api: Api, fields: dict[str, Any]
) -> None:
    api.answers('sms/bulk_send', **fields)
    res = client.sms.bulk_send('Hoiio World', '+6511111111', '+6522222222')
    assert res.bulk_txn_ref == 'AA-B-147'
    assert res.json == {'status': 'success_ok', **fields}


@pytest.mark.parametrize(
    'fields',
    [
        {'rate': '0.032', 'split_count': '2', 'total_cost': '0.064', 'is_unicode': False},
        {'rate': 0.032, 'split_count': 2, 'total_cost': 0.064, 'is_unicode': 'false'},
        {'rate': '0.0320', 'split_count': '2.0', 'total_cost': '0.0640', 'is_unicode': '0'},
    ],
)
def test_the_rate_of_a_message(client: HoiioClient, api: Api, fields: dict[str, Any]) -> None:
    api.answers('sms/get_rate', currency='SGD', **fields)
    res = client.sms.rate('Hoiio World', '+6511111111')
    assert (res.currency, res.rate) == ('SGD', 0.032)
    assert (res.split_count, res.total_cost) == (2, 0.064)
    assert res.is_unicode is False


@pytest.mark.parametrize('wire', [True, 'true', 'True', '1', 1])
def test_the_rate_of_a_unicode_message(client: HoiioClient, api: Api, wire: Any) -> None:
    api.answers('sms/get_rate', is_unicode=wire)
    assert client.sms.rate('你好', '+6511111111').is_unicode is True


@pytest.mark.parametrize('rate', ['0.010', 0.01])
def test_the_rate_of_receiving(client: HoiioClient, api: Api, rate: Any) -> None:
    api.answers('sms/get_rate', currency='USD', rate=rate)
    res = client.sms.rate_in('+6599999999')
    assert (res.currency, res.rate) == ('USD', 0.01)
    assert (res.split_count, res.total_cost, res.is_unicode) == (None, None, None)


class Truthless:
    def __eq__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise ValueError

    __hash__ = None  # type: ignore[assignment]


def test_an_argument_that_cannot_be_compared_is_refused(client: HoiioClient, api: Api) -> None:
    dest: Any = Truthless()
    with pytest.raises(InputInvalid, match='dest cannot be written as text'):
        client.sms.send('Hoiio World', dest)
    assert len(api.mock.calls) == 0
