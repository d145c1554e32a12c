from __future__ import annotations

import pytest

from hoiio import InputInvalid
from hoiio.cli.planned_request import plan
from hoiio.service.account import Account
from hoiio.service.base import Service
from hoiio.service.fax import Fax
from hoiio.service.sms import Sms
from hoiio.service.voice import Voice
from tests.cli.service_calls import ALICE, BOB


def test_a_query_changes_nothing() -> None:
    request = plan(Account, 'balance', [], {})
    assert request is not None
    assert not request.changes_something
    assert request.shown() == {'operation': 'user/get_balance'}


def test_a_message_has_parts_and_a_price() -> None:
    request = plan(Sms, 'send', ['x' * 161, ALICE], {'tag': 'x', 'extra': {'new': 'y'}})
    assert request is not None
    assert request.changes_something
    assert request.shown() == {
        'operation': 'sms/send',
        'msg': 'x' * 161,
        'dest': ALICE,
        'tag': 'x',
        'new': 'y',
        'messages': 1,
        'parts': 2,
        'price': 'not known without asking Hoiio',
    }


def test_the_values_of_a_template_decide_its_parts() -> None:
    people = [{'dest': ALICE, 'name': 'A'}, {'dest': BOB, 'name': 'B'}]
    request = plan(Sms, 'bulk_send', ['Hi {{name}}'], {'recipients': people})
    assert request is not None
    assert request.shown()['messages'] == 2
    assert request.shown()['parts'] == 'depends on the values of each recipient'


def test_a_file_is_not_printed() -> None:
    request = plan(Fax, 'send', [ALICE, b'%PDF-1.4'], {})
    assert request is not None
    assert request.shown() == {
        'operation': 'fax/send',
        'dest': ALICE,
        'file': '12 characters of base64',
    }


def test_pages_and_searches_are_planned_too() -> None:
    for method, args in (('history', []), ('find', ['tag'])):
        request = plan(Sms, method, args, {'from_': '2026-01-01'})
        assert request == ('sms/get_history', {'from': '2026-01-01 00:00:00'})


@pytest.mark.parametrize(
    ('args', 'keywords'),
    [
        (['', ALICE], {}),
        (['Hi', ALICE], {'tag': 'x' * 257}),
        (['Hi', ALICE], {'timeoutt': 5}),
    ],
)
def test_a_bad_argument_is_refused(args: list[str], keywords: dict[str, object]) -> None:
    with pytest.raises(InputInvalid):
        plan(Sms, 'send', args, keywords)


def test_a_method_without_a_request() -> None:
    class Clock(Service):
        def now(self) -> None:
            """Send nothing."""

    assert plan(Clock, 'now', [], {}) is None
    assert plan(Voice, 'rate', [None, BOB], {}) is not None
