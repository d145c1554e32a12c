"""Each row of the conditions table, tested over HTTP."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from docs.sandbox_conditions import (
    ADDED,
    CONDITIONS,
    FAULTS,
    NEVER,
    OVERRIDES,
    SENTENCES,
    UNPLACED,
    UNUSED,
    Condition,
    Origin,
    condition_of,
)
from hoiio.constants import Status, UserStatus
from hoiio.sandbox import Seed
from hoiio.sandbox.api.operations import OPERATIONS
from hoiio.sandbox.api.refusals import REFUSALS
from tests.sandbox.valid_requests import (
    DEST,
    FOREIGN,
    HOOK,
    OWN_SG,
    OWN_US,
    REQUESTS,
    TOLL_FREE,
    FormClient,
    Values,
    block,
    called,
    client_of_new_sandbox,
)


class Clients:
    """One sandbox for each seed; each use resets it."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._made: dict[str, FormClient] = {}

    def get(self, changes: Mapping[str, Any]) -> FormClient:
        seed = replace(Seed(), **changes)
        client = self._made.get(repr(seed)) or self._make(seed)
        client.sandbox.reset()
        return client

    def _make(self, seed: Seed) -> FormClient:
        client = self._stack.enter_context(client_of_new_sandbox(seed))
        return self._made.setdefault(repr(seed), client)


@pytest.fixture(scope='module')
def clients() -> Iterator[Clients]:
    with contextlib.ExitStack() as stack:
        yield Clients(stack)


# How a test gets each status


@dataclass(frozen=True)
class Recipe:
    """How a refused request differs from a valid one.

    Attributes:
        changes: The parameters that differ; None omits a parameter.
        seed: The fields of the seed that differ.
        before: Runs before the request and gets the parameters of the valid request.
        arrange: Makes the parameters, instead of the entry in `REQUESTS`.
    """

    changes: Mapping[str, str | None] = field(default_factory=dict)
    seed: Mapping[str, Any] = field(default_factory=dict)
    before: Callable[[FormClient, Condition, Values], None] = lambda _client, _row, _values: None
    arrange: Callable[[FormClient, int], Values] | None = None
    verb: str = 'POST'
    tail: str = ''
    maker: int = 0

    def follow(self, clients: Clients, condition: Condition) -> str:
        client = clients.get(self.seed)
        arrange = self.arrange or REQUESTS[condition.operation]
        values = {**client.credentials(), **arrange(client, self.maker)}
        self.before(client, condition, values)
        changed = {**values, **self.changes}
        sent = {name: value for name, value in changed.items() if value is not None}
        return self.reply(client, condition.operation, urlencode(sent) + self.tail)

    def reply(self, client: FormClient, path: str, body: str) -> str:
        reply = client.form(self.verb, path, body)
        if reply['status'] != 'success_ok':
            assert list(reply) == ['status'], 'a refusal carries nothing else'
        return str(reply['status'])


def changed(**changes: str | None) -> Recipe:
    return Recipe(changes)


def with_seed(changes: Mapping[str, str | None] | None = None, **seed: Any) -> Recipe:
    return Recipe(changes or {}, seed)


def after(before: Callable[[FormClient, Condition, Values], None], **changes: str | None) -> Recipe:
    return Recipe(changes, before=before)


def sixty_times(client: FormClient, condition: Condition, values: Values) -> None:
    for _ in range(60):
        assert client.send(condition.operation, values)['status'] == 'success_ok'


def same_before(client: FormClient, condition: Condition, values: Values) -> None:
    assert client.send(condition.operation, values)['status'] == 'success_ok'


def hung_up(client: FormClient, _condition: Condition, values: Values) -> None:
    client.do('ivr/end/hangup', session=values['session'], force='enabled')


def gathering(client: FormClient, _condition: Condition, values: Values) -> None:
    client.do('ivr/middle/gather', session=values['session'], notify_url=HOOK)


def eight_calls(client: FormClient, _condition: Condition, _values: Values) -> None:
    client.crowd(8)


def seven_more_calls(client: FormClient, _condition: Condition, _values: Values) -> None:
    client.crowd(7)


def taken(client: FormClient, _condition: Condition, _values: Values) -> None:
    client.do('number/subscribe', 1, number='+6531580001', duration='1')


def ringing(client: FormClient, _which: int) -> Values:
    """Return a request for a block that would answer an incoming call."""
    client.do('number/update_forwarding', number=OWN_US, forward_to=HOOK)
    client.sandbox.phone(DEST).call(OWN_US)
    return {'session': 'S1', 'notify_url': HOOK}


def saying_something(client: FormClient, which: int) -> Values:
    return {**ringing(client, which), 'msg': 'Hello'}


NO_CREDIT = {'points': Decimal(0), 'bonus': Decimal(0)}
TRIAL = {'user_status': UserStatus.TRIAL}
FOREIGN_MAKER = Recipe(maker=1)
LONG_AGO, LATER = '2020-01-01 00:00:00', '2020-01-02 00:00:00'
LARGE = base64.b64encode(b'%PDF-' + bytes(2 * 1024 * 1024)).decode()
A5 = base64.b64encode(b'%PDF-1.4 /Type /Page /MediaBox [0 0 420 595]').decode()

RECIPES: Mapping[Status, Recipe] = {
    Status.SUCCESS_OK: Recipe(),
    Status.INVALID_HTTP_METHOD: Recipe(verb='PUT'),
    Status.MALFORMED_PARAMS: Recipe(tail='&colour=%ff'),
    Status.INVALID_ACCESS_TOKEN: changed(access_token='SANDBOXTOKEN0003'),
    Status.INVALID_APP_ID: changed(app_id='OTHER_APP_ID'),
    Status.RATE_LIMIT_EXCEEDED: after(sixty_times),
    Status.INSUFFICIENT_CREDIT: Recipe(seed=NO_CREDIT),
    Status.NOT_ALLOWED_FOR_TRIAL: Recipe(seed=TRIAL),
    Status.CONCURRENT_CALL_LIMIT_REACHED: after(eight_calls),
    Status.TAG_INVALID_LENGTH: changed(tag='x' * 257),
    Status.INVALID_NOTIFY_URL: changed(notify_url='ftp://127.0.0.1/'),
    Status.UNABLE_TO_RESOLVE_NOTIFY_URL: changed(notify_url='http://nowhere.invalid/'),
    Status.UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL: changed(
        notify_url='https://expired.badssl.com/'
    ),
    Status.DEST_INVALID: changed(dest='6598765432'),
    Status.DEST1_INVALID: changed(dest1='6598765432'),
    Status.DEST2_INVALID: changed(dest2='6598765432'),
    Status.DEST_NOT_SUPPORTED: changed(dest=TOLL_FREE),
    Status.DEST1_NOT_SUPPORTED: changed(dest1=TOLL_FREE),
    Status.DEST2_NOT_SUPPORTED: changed(dest2=TOLL_FREE),
    Status.SAME_DEST1_DEST2: changed(dest1=DEST),
    Status.DEST_TOO_MANY: changed(dest=','.join(f'+659876550{n}' for n in range(9))),
    Status.NO_VALID_DESTS: changed(dest='6598765432;6598765433'),
    Status.DEST_INCOMING_BOTH_MISSING: changed(dest=None),
    Status.DEST_INCOMING_BOTH_PRESENT: changed(incoming=OWN_US),
    Status.CALLER_ID_INVALID: changed(caller_id=FOREIGN),
    Status.INVALID_TXN_REF: changed(txn_ref='AA-C-99'),
    Status.TXN_REF_ACCESS_DENIED: FOREIGN_MAKER,
    Status.FROM_INVALID: changed(**{'from': '2020-01-01'}),
    Status.TO_INVALID: changed(to='2020-02-30 00:00:00'),
    Status.TO_BEFORE_FROM: changed(**{'from': LATER, 'to': LONG_AGO}),
    Status.PAGE_INVALID: changed(page='0'),
    Status.PAGE_SIZE_INVALID: changed(page_size='101'),
    Status.INVALID_TYPE: changed(type='both'),
    Status.CALL_SERVICE_NOT_AVAILABLE: with_seed(down=('voice',)),
    Status.SMS_SERVICE_NOT_AVAILABLE: with_seed(down=('sms',)),
    Status.SERVICE_NOT_AVAILABLE: with_seed(down=('fax',)),
    Status.INVALID_MAX_DURATION: changed(max_duration='86401'),
    Status.INVALID_ROOM: changed(room='no spaces'),
    Status.INVALID_SESSION: changed(session='S99'),
    Status.SESSION_ACCESS_DENIED: FOREIGN_MAKER,
    Status.SESSION_ENDED: after(hung_up),
    Status.SESSION_NOT_READY: after(gathering),
    Status.SESSION_NOT_ON_HOLD: Recipe(arrange=block(notify_url=HOOK)),
    Status.MONITOR_IN_PROGRESS: after(same_before),
    Status.ON_FAILURE_INVALID: changed(on_failure='retry'),
    Status.INVALID_MAX_DIGITS: changed(max_digits='256'),
    Status.INVALID_TIMEOUT: changed(timeout='0'),
    Status.INVALID_ATTEMPTS: changed(attempts='0'),
    Status.SMS_REBRAND_NOT_ENABLED: with_seed({'sender_name': 'Company'}, sms_rebrand=False),
    Status.INVALID_SENDER_NAME: changed(sender_name='no'),
    Status.MSG_EMPTY: changed(msg=''),
    Status.MSG_TOO_BIG: changed(msg='x' * 460),
    Status.MSG_INVALID_LENGTH: changed(msg='x' * 1001),
    Status.MSG_CANNOT_CONVERT_TEXT: changed(msg='?!'),
    Status.MSG_INVALID_LANGUAGE: changed(msg='<speech language="tlh">nuqneH</speech>'),
    Status.MSG_INVALID_GENDER: changed(msg='<speech gender="robot">Hello</speech>'),
    Status.MSG_INVALID_XML: changed(msg='<speech>Hello'),
    Status.MSG_INVALID_URL: changed(msg='<url>hello.mp3</url>'),
    Status.MSG_DOWNLOAD_FAILED: changed(msg='<url>http://nowhere.invalid/hello.mp3</url>'),
    Status.MSG_INVALID_FILE_FORMAT: changed(msg='<url>http://example.com/hello.ogg</url>'),
    Status.FILE_INVALID: changed(file=base64.b64encode(b'plain text').decode()),
    Status.FILE_TOO_BIG: changed(file=LARGE),
    Status.INCOMING_SMS_NOT_SUPPORTED: changed(dest=None, incoming=OWN_SG, forward_sms_to=HOOK),
    Status.NUMBER_INVALID: changed(number='6531580000'),
    Status.NUMBER_NOT_ASSIGNED: changed(number=FOREIGN, dest=None, incoming=FOREIGN),
    Status.NUMBER_NOT_AVAILABLE: changed(number=FOREIGN),
    Status.NO_NUMBER_AVAILABLE: changed(country='XX'),
    Status.SUBSCRIBE_NUMBER_NOT_AVAILABLE: changed(number='+84412345678'),
    Status.EXCEED_MAX_SUBSCRIPTIONS: with_seed(max_numbers=2),
    Status.INVALID_DURATION: changed(duration='2'),
    Status.AUTO_EXTEND_NOT_AVAILABLE: with_seed({'duration': 'auto_extend'}, credit_card=False),
    Status.FORWARD_TO_INVALID: changed(forward_to='127.0.0.1'),
    Status.UNABLE_TO_RESOLVE_FORWARD_TO: changed(forward_to='http://nowhere.invalid/'),
    Status.MODE_INVALID: changed(mode='pager'),
    Status('error_action_invalid'): changed(action='applaud'),
    Status('error_fax_header_invalid'): changed(fax_header='50%'),
}

CREDIT_FOR_ONE_MINUTE = {'points': Decimal('0.018'), 'bonus': Decimal(0)}
RECIPE_OVERRIDES: Mapping[tuple[str, str], Recipe] = {
    ('fax/query_status', 'error_invalid_txn_ref'): changed(txn_ref='AA-S-1'),
    ('conference/moderate', 'error_invalid_txn_ref'): Recipe({'action': 'mute'}, arrange=called),
    ('sms/send', 'error_dest_not_supported'): changed(dest='+6561234567'),
    ('sms/get_rate', 'error_dest_not_supported'): changed(dest='+6561234567'),
    ('sms/bulk_send', 'error_dest_too_many'): changed(
        dest=','.join(f'+65987{n:05}' for n in range(1001))
    ),
    ('fax/send', 'error_dest_not_supported'): changed(dest=FOREIGN),
    ('fax/get_rate', 'error_dest_not_supported'): changed(dest=FOREIGN),
    ('fax/send', 'error_page_size_invalid'): changed(file=A5),
    ('ivr/middle/record', 'error_invalid_max_duration'): changed(max_duration='3601'),
    ('ivr/end/transfer', 'error_insufficient_credit'): Recipe(seed=CREDIT_FOR_ONE_MINUTE),
    ('ivr/end/transfer', 'error_invalid_room'): changed(dest='room:nobody'),
    ('ivr/end/transfer', 'error_concurrent_call_limit_reached'): after(seven_more_calls),
    ('ivr/end/transfer', 'error_call_service_not_available'): Recipe(
        seed={'down': ('voice',)}, arrange=lambda b, w: {**ringing(b, w), 'dest': DEST}
    ),
    **{
        (path, 'error_insufficient_credit'): Recipe(seed=NO_CREDIT, arrange=saying_something)
        for path in (
            'ivr/middle/play',
            'ivr/middle/gather',
            'ivr/middle/record',
            'ivr/middle/monitor',
            'ivr/middle/hold',
            'ivr/end/hangup',
        )
    },
}


def recipe_of(condition: Condition) -> Recipe | None:
    special = RECIPE_OVERRIDES.get((condition.operation, condition.status))
    if special is not None:
        return special
    if condition.status in RECIPES:
        return RECIPES[condition.status]
    if condition.status.endswith('_param_missing'):
        return changed(**{condition.status[6:-14]: None})
    return None


def rows(origin: Origin) -> list[Any]:
    return [
        pytest.param(row, id=f'{row.operation}-{row.status}')
        for row in CONDITIONS
        if row.origin is origin
    ]


@pytest.mark.parametrize('condition', rows(Origin.REQUEST))
def test_a_request_gets_the_status(clients: Clients, condition: Condition) -> None:
    recipe = recipe_of(condition)
    assert recipe is not None, 'a row without a recipe promises what nobody tried'
    assert recipe.follow(clients, condition) == condition.status


@pytest.mark.parametrize('condition', rows(Origin.FAULT))
def test_a_fault_rule_gets_the_status(clients: Clients, condition: Condition) -> None:
    client = clients.get({})
    values = REQUESTS[condition.operation](client, 0)
    operation: Any = condition.operation
    client.sandbox.fail_next(operation, condition.status)
    reply = client.send(condition.operation, {**client.credentials(), **values})
    assert reply == {'status': condition.status}


@pytest.mark.parametrize('condition', rows(Origin.NEVER))
def test_a_status_that_never_occurs_has_a_reason(condition: Condition) -> None:
    assert condition.sentence
    assert (condition.operation, condition.status) not in RECIPE_OVERRIDES


def test_every_operation_has_rows() -> None:
    assert {row.operation for row in CONDITIONS} == set(OPERATIONS) == set(REFUSALS)
    assert set(REQUESTS) == set(OPERATIONS)


def test_no_row_comes_twice() -> None:
    keys = [(row.operation, row.status) for row in CONDITIONS]
    assert len(keys) == len(set(keys))


def test_a_status_that_is_not_documented_or_never_occurs_has_a_row() -> None:
    listed = {(row.operation, row.status) for row in CONDITIONS}
    for table in (ADDED, NEVER):
        assert {(path, status) for path, words in table.items() for status in words} <= listed


def test_a_row_is_a_sentence() -> None:
    for row in CONDITIONS:
        assert row.sentence[0].isupper()
        assert row.sentence.endswith('.')


def test_every_sentence_and_recipe_is_used() -> None:
    listed = {row.status for row in CONDITIONS}
    assert {*SENTENCES, *FAULTS, *UNUSED} <= listed
    assert set(OVERRIDES) <= {(row.operation, row.status) for row in CONDITIONS}
    assert not {*SENTENCES} & {*FAULTS, *UNUSED}
    assert set(RECIPE_OVERRIDES) <= {(row.operation, row.status.value) for row in CONDITIONS}


def test_every_documented_status_is_in_a_table() -> None:
    listed = {row.status for row in CONDITIONS}
    assert set(Status) <= listed | set(UNPLACED)
    assert not listed & set(UNPLACED)


def test_a_row_is_found_by_operation_and_status() -> None:
    row = condition_of('sms/send', 'error_msg_empty')
    assert row is not None
    assert row.sentence == 'Send an empty ``msg``.'
    assert condition_of('sms/send', 'error_invalid_room') is None
