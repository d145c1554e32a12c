"""What only the voice service does."""

from __future__ import annotations

from typing import Any

import pytest

from hoiio import (
    HoiioClient,
)
from tests.conftest import Api


def test_call_returns_the_transaction(client: HoiioClient, api: Api) -> None:
    api.answers('voice/call', txn_ref='AA-C-3070102')
    res = client.voice.call('+6511111111', '+6522222222')
    assert res.txn_ref == 'AA-C-3070102'
    assert res.status == 'success_ok'


@pytest.mark.parametrize(
    'txn_refs',
    [
        'AA-C-1,AA-C-2,AA-C-3',
        'AA-C-1, AA-C-2, AA-C-3',
        ['AA-C-1', 'AA-C-2', 'AA-C-3'],
    ],
)
def test_conference_returns_the_room_and_the_transactions(
    client: HoiioClient, api: Api, txn_refs: str | list[str]
) -> None:
    api.answers('voice/conference', txn_refs=txn_refs, room='R123')
    res = client.voice.conference('+6511111111', '+6522222222', '+6533333333')
    assert res.room == 'R123'
    assert res.txn_refs == ['AA-C-1', 'AA-C-2', 'AA-C-3']


@pytest.mark.parametrize('txn_refs', ['AA-C-1', ['AA-C-1']])
def test_a_conference_of_one_participant(
    client: HoiioClient, api: Api, txn_refs: str | list[str]
) -> None:
    api.answers('voice/conference', txn_refs=txn_refs, room='R123')
    assert client.voice.conference('+6511111111').txn_refs == ['AA-C-1']


def test_a_history_without_calls(client: HoiioClient, api: Api) -> None:
    api.answers('voice/get_history', total_entries_count='0', entries_count='0', entries=[])
    res = client.voice.history()
    assert (res.total_entries_count, res.entries_count, res.entries) == (0, 0, [])


@pytest.mark.parametrize(
    ('rate', 'talktime'), [('0.036', '2352'), (0.036, 2352), ('0.0360', '2352.0')]
)
def test_the_rate_of_a_call(client: HoiioClient, api: Api, rate: Any, talktime: Any) -> None:
    api.answers('voice/get_rate', currency='SGD', rate=rate, talktime=talktime)
    res = client.voice.rate('+6511111111', '+6522222222')
    assert (res.currency, res.rate, res.talktime) == ('SGD', 0.036, 2352)
    assert (type(res.rate), type(res.talktime)) == (float, int)
