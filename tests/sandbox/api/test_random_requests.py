"""The emulator answers random requests, and the credit always adds up."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs.sandbox_conditions import condition_of
from hoiio.sandbox import Seed, snapshot
from hoiio.sandbox.api.operations import OPERATIONS
from tests.sandbox.conftest import LocalService
from tests.sandbox.random_values import NAMES, WORDS

pytestmark = pytest.mark.slow

VALUES = st.one_of(
    st.sampled_from(WORDS), st.text(max_size=20), st.binary(max_size=20).map(lambda b: b'%PDF-' + b)
)
Request: TypeAlias = 'tuple[str, dict[str, Any], list[Any], int]'
REQUESTS = st.tuples(
    st.sampled_from(sorted(OPERATIONS)),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4),
    st.lists(VALUES, min_size=3, max_size=3),
    st.integers(0, 90),
)


START = Decimal('9.111')


@settings(max_examples=150, deadline=None)
@given(st.lists(REQUESTS, max_size=12))
def test_every_request_is_answered(requests: list[Request]) -> None:
    service = LocalService(Seed(queries_per_minute=None, points=START - 1, bonus=Decimal(1)))
    paid = Decimal()
    for path, extra, required, pause in requests:
        values = dict(zip(OPERATIONS[path].required, required, strict=False))
        reply = service(path, **{**values, **extra})
        assert condition_of(path, str(reply['status'])) is not None
        if path == 'number/subscribe':
            paid += Decimal(reply.get('debit', 0))
        service.clock.advance(seconds=pause)
    world = service.emulator.world
    records: list[Any] = [*world.calls.values(), *world.messages.values(), *world.faxes.values()]
    assert world.account.balance == START - paid - sum(record.debit for record in records)
    assert world.account.points >= 0
    assert world.account.bonus >= 0


@settings(max_examples=50, deadline=None)
@given(st.lists(REQUESTS, max_size=12))
def test_a_restored_state_has_the_same_credit_and_history(requests: list[Request]) -> None:
    service, other = LocalService(Seed(queries_per_minute=None)), LocalService()
    for path, extra, required, pause in requests:
        values = dict(zip(OPERATIONS[path].required, required, strict=False))
        service(path, **{**values, **extra})
        service.clock.advance(seconds=pause)
    data = json.loads(json.dumps(snapshot.save(service.emulator)))
    snapshot.restore(other.emulator, data)
    assert other.balance() == service.balance()
    # Restoring ends calls, and a recording that ends gets a new name.
    assert other.emulator.world.counts.items() >= {
        (kind, count) for kind, count in data['counts'].items() if kind != 'recording-'
    }
    for path in ('sms/get_history', 'number/get_active', 'user/get_info'):
        assert other(path) == service(path)
    calls = [entry['txn_ref'] for entry in service('voice/get_history')['entries']]
    assert [entry['txn_ref'] for entry in other('voice/get_history')['entries']] == calls
    assert not other.emulator.world.live_calls
