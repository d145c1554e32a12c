"""What only the fax service does."""

from __future__ import annotations

from typing import Any

import pytest

from hoiio import (
    HoiioClient,
)
from hoiio.service.fax import FaxRate
from tests.conftest import Api

PDF = b'%PDF-1.4\n%%EOF\n'


def test_send_returns_the_transaction(client: HoiioClient, api: Api) -> None:
    api.answers('fax/send', txn_ref='TX-1234')
    res = client.fax.send('+6511111111', PDF)
    assert res.txn_ref == 'TX-1234'
    assert res.status == 'success_ok'


@pytest.mark.parametrize('rate', ['0.015', 0.015])
@pytest.mark.parametrize('method', ['rate', 'rate_in'])
def test_the_rate_of_a_fax(client: HoiioClient, api: Api, method: str, rate: Any) -> None:
    api.answers('fax/get_rate', currency='SGD', rate=rate)
    res: FaxRate = getattr(client.fax, method)('+6511111111')
    assert (res.currency, res.rate) == ('SGD', 0.015)
    assert type(res.rate) is float
