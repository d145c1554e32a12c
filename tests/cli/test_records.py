from __future__ import annotations

import json
from typing import Any, TypeVar

import pytest
import requests

from hoiio import Entry, FieldUnreadable, Response
from hoiio.cli.records import columns_of, expected_of, is_list, rows_of, values_of
from hoiio.service.account import Balance
from hoiio.service.number import NumberRates, SubscribedNumbers
from hoiio.service.sms import BulkTransaction, SmsHistory, SmsRecord

R = TypeVar('R', bound=Response)

SMS = ('txn_ref', 'tag', 'sms_status', 'date', 'src', 'dest', 'msg', 'split_count')
PRICE = ('currency', 'rate', 'debit')


def answer(kind: type[R], **fields: Any) -> R:
    response = requests.Response()
    response.status_code = 200
    response._content = json.dumps({'status': 'success_ok', **fields}).encode()
    return kind(response, 'sms/get_history')


def test_the_columns_are_the_declared_fields() -> None:
    assert columns_of(answer(Balance)) == ['currency', 'balance', 'points', 'bonus']
    assert columns_of(answer(Response)) == ['status']
    assert columns_of(answer(SmsHistory)) == [*SMS, *PRICE]
    assert columns_of(SmsRecord({})) == [*SMS, *PRICE]


def test_a_list_has_fields_of_its_own_in_each_row() -> None:
    rates = answer(
        NumberRates, currency='SGD', entries_count=1, entries=[{'duration': '1', 'rate': '4.00'}]
    )
    assert columns_of(rates) == ['currency', 'duration', 'rate']
    assert list(rows_of(rates, None, all_pages=True)) == [
        {'currency': 'SGD', 'duration': 1, 'rate': 4.0}
    ]


def test_unknown_and_malformed_fields_are_there() -> None:
    balance = answer(Balance, currency='SGD', balance='much', new={'a': 1})
    assert values_of(balance) == {
        'status': 'success_ok',
        'currency': 'SGD',
        'balance': 'much',
        'points': None,
        'bonus': None,
        'new': {'a': 1},
    }


def test_another_name_of_a_field_is_not_another_field() -> None:
    bulk = answer(BulkTransaction, txn_ref='AA-B-1')
    assert values_of(bulk) == {'status': 'success_ok', 'bulk_txn_ref': 'AA-B-1'}


def test_an_entry_that_is_not_an_object_is_there() -> None:
    [row] = rows_of(answer(SmsHistory, entries=['damaged']), None, all_pages=False)
    assert row['json'] == 'damaged'
    assert row['txn_ref'] is None


def test_a_result_that_is_not_a_list_is_one_row() -> None:
    assert list(rows_of(Entry({'a': 1}), None, all_pages=True)) == [{'a': 1}]
    assert not is_list(Entry({'entries': []}))


def test_a_limit_and_one_page() -> None:
    page = answer(SmsHistory, total_entries_count=5, entries=[{'tag': 'a'}, {'tag': 'b'}])
    assert len(list(rows_of(page, 1, all_pages=True))) == 1
    assert len(list(rows_of(page, None, all_pages=False))) == 2
    assert (expected_of(page, None), expected_of(page, 3)) == (5, 3)
    assert expected_of(answer(SubscribedNumbers, entries=[]), None) == 0
    assert expected_of(answer(SmsHistory, entries=[]), None) == 0


def test_a_list_without_entries_is_not_an_empty_list() -> None:
    with pytest.raises(FieldUnreadable, match='a list without entries'):
        list(rows_of(answer(SubscribedNumbers), None, all_pages=True))
