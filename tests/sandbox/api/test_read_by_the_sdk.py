"""How the SDK reads the replies of the sandbox, such as empty fields."""

from __future__ import annotations

import pytest

from hoiio.sandbox import Sandbox, Seed

DEST, OTHER, FAX = '+6598765432', '+6581234567', '+6561234567'


def test_the_sdk_reads_an_empty_field_as_missing() -> None:
    with Sandbox() as sandbox:
        client = sandbox.client()
        joined = client.voice.conference(DEST, OTHER).txn_refs
        dialled = client.ivr.dial(DEST, notify_url='http://127.0.0.1:9/').txn_ref
        calls = [client.voice.status(ref) for ref in (*joined, dialled)]
        for call in (*calls, *client.voice.history().entries):
            assert (call.dest2, call.call_status_dest2, call.tag) == (None, None, None)
        sms = client.sms.status(client.sms.send('x', DEST).txn_ref)
        fax = client.fax.status(client.fax.send(FAX, b'%PDF-').txn_ref)
        assert (sms.tag, fax.tag) == (None, None)
        first, second = client.number.subscribed_numbers().entries
        assert (first.forward_to, first.forward_sms_to, first.state) == (None, None, None)
        assert second.state == 'CA'


def test_the_sdk_reads_the_price_of_a_received_sms() -> None:
    with Sandbox() as sandbox:
        price = sandbox.client().sms.rate_in('+14155550100')
        assert (price.is_unicode, price.split_count, price.total_cost) == (False, 1, price.rate)
        assert sandbox.client().sms.bulk_send('x', DEST).bulk_txn_ref == 'AA-B-1'


@pytest.mark.parametrize('currency', ['SGD', 'HKD', 'USD', 'AUD', 'MYR', 'TWD'])
def test_an_account_can_have_any_currency_of_the_service(currency: str) -> None:
    with Sandbox(seed=Seed(currency=currency)) as sandbox:
        client = sandbox.client()
        client.sms.send('x', DEST)
        assert client.account.balance().currency == currency
        assert client.sms.history().entries[0].currency == currency
