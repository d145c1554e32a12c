"""The table of conditions, walked row by row over HTTP."""

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
    DOCUMENTED,
    FAULTS,
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
    """One sandbox for each seed that is asked for, back at the start each time."""

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


# How each status is got from there


@dataclass(frozen=True)
class Recipe:
    """What to do differently to be refused.

    Attributes:
        changes: Other parameters; None leaves one out.
        seed: What the account has to be like.
        before: What has to happen first, given the request that would have succeeded.
        arrange: How the request is made up, instead of the usual way.
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


def but(**changes: str | None) -> Recipe:
    return Recipe(changes)


def seeded(changes: Mapping[str, str | None] | None = None, **seed: Any) -> Recipe:
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


def crowded(client: FormClient, _condition: Condition, _values: Values) -> None:
    client.crowd(8)


def crowded_around(client: FormClient, _condition: Condition, _values: Values) -> None:
    client.crowd(7)


def taken(client: FormClient, _condition: Condition, _values: Values) -> None:
    client.do('number/subscribe', 1, number='+6531580001', duration='1')


def ringing(client: FormClient, _which: int) -> Values:
    """A call comes in, and the account has nothing left to take it."""
    client.do('number/update_forwarding', number=OWN_US, forward_to=HOOK)
    client.sandbox.phone(DEST).call(OWN_US)
    return {'session': 'S1', 'notify_url': HOOK}


def saying_something(client: FormClient, which: int) -> Values:
    return {**ringing(client, which), 'msg': 'Hello'}


PENNILESS = {'points': Decimal(0), 'bonus': Decimal(0)}
TRIAL = {'user_status': UserStatus.TRIAL}
FOREIGN_MAKER = Recipe(maker=1)
LONG_AGO, LATER = '2020-01-01 00:00:00', '2020-01-02 00:00:00'
LARGE = base64.b64encode(b'%PDF-' + bytes(2 * 1024 * 1024)).decode()
A5 = base64.b64encode(b'%PDF-1.4 /Type /Page /MediaBox [0 0 420 595]').decode()

RECIPES: Mapping[Status, Recipe] = {
    Status.SUCCESS_OK: Recipe(),
    Status.INVALID_HTTP_METHOD: Recipe(verb='PUT'),
    Status.MALFORMED_PARAMS: Recipe(tail='&colour=%ff'),
    Status.INVALID_ACCESS_TOKEN: but(access_token='SANDBOXTOKEN0003'),
    Status.INVALID_APP_ID: but(app_id='OTHER_APP_ID'),
    Status.RATE_LIMIT_EXCEEDED: after(sixty_times),
    Status.INSUFFICIENT_CREDIT: Recipe(seed=PENNILESS),
    Status.NOT_ALLOWED_FOR_TRIAL: Recipe(seed=TRIAL),
    Status.CONCURRENT_CALL_LIMIT_REACHED: after(crowded),
    Status.TAG_INVALID_LENGTH: but(tag='x' * 257),
    Status.INVALID_NOTIFY_URL: but(notify_url='ftp://127.0.0.1/'),
    Status.UNABLE_TO_RESOLVE_NOTIFY_URL: but(notify_url='http://nowhere.invalid/'),
    Status.UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL: but(
        notify_url='https://expired.badssl.com/'
    ),
    Status.DEST_INVALID: but(dest='6598765432'),
    Status.DEST1_INVALID: but(dest1='6598765432'),
    Status.DEST2_INVALID: but(dest2='6598765432'),
    Status.DEST_NOT_SUPPORTED: but(dest=TOLL_FREE),
    Status.DEST1_NOT_SUPPORTED: but(dest1=TOLL_FREE),
    Status.DEST2_NOT_SUPPORTED: but(dest2=TOLL_FREE),
    Status.SAME_DEST1_DEST2: but(dest1=DEST),
    Status.DEST_TOO_MANY: but(dest=','.join(f'+659876550{n}' for n in range(9))),
    Status.NO_VALID_DESTS: but(dest='6598765432;6598765433'),
    Status.DEST_INCOMING_BOTH_MISSING: but(dest=None),
    Status.DEST_INCOMING_BOTH_PRESENT: but(incoming=OWN_US),
    Status.CALLER_ID_INVALID: but(caller_id=FOREIGN),
    Status.INVALID_TXN_REF: but(txn_ref='AA-C-99'),
    Status.TXN_REF_ACCESS_DENIED: FOREIGN_MAKER,
    Status.FROM_INVALID: but(**{'from': '2020-01-01'}),
    Status.TO_INVALID: but(to='2020-02-30 00:00:00'),
    Status.TO_BEFORE_FROM: but(**{'from': LATER, 'to': LONG_AGO}),
    Status.PAGE_INVALID: but(page='0'),
    Status.PAGE_SIZE_INVALID: but(page_size='101'),
    Status.INVALID_TYPE: but(type='both'),
    Status.CALL_SERVICE_NOT_AVAILABLE: seeded(down=('voice',)),
    Status.SMS_SERVICE_NOT_AVAILABLE: seeded(down=('sms',)),
    Status.SERVICE_NOT_AVAILABLE: seeded(down=('fax',)),
    Status.INVALID_MAX_DURATION: but(max_duration='86401'),
    Status.INVALID_ROOM: but(room='no spaces'),
    Status.INVALID_SESSION: but(session='S99'),
    Status.SESSION_ACCESS_DENIED: FOREIGN_MAKER,
    Status.SESSION_ENDED: after(hung_up),
    Status.SESSION_NOT_READY: after(gathering),
    Status.SESSION_NOT_ON_HOLD: Recipe(arrange=block(notify_url=HOOK)),
    Status.MONITOR_IN_PROGRESS: after(same_before),
    Status.ON_FAILURE_INVALID: but(on_failure='retry'),
    Status.INVALID_MAX_DIGITS: but(max_digits='256'),
    Status.INVALID_TIMEOUT: but(timeout='0'),
    Status.INVALID_ATTEMPTS: but(attempts='0'),
    Status.SMS_REBRAND_NOT_ENABLED: seeded({'sender_name': 'Company'}, sms_rebrand=False),
    Status.INVALID_SENDER_NAME: but(sender_name='no'),
    Status.MSG_EMPTY: but(msg=''),
    Status.MSG_TOO_BIG: but(msg='x' * 460),
    Status.MSG_INVALID_LENGTH: but(msg='x' * 1001),
    Status.MSG_CANNOT_CONVERT_TEXT: but(msg='?!'),
    Status.MSG_INVALID_LANGUAGE: but(msg='<speech language="tlh">nuqneH</speech>'),
    Status.MSG_INVALID_GENDER: but(msg='<speech gender="robot">Hello</speech>'),
    Status.MSG_INVALID_XML: but(msg='<speech>Hello'),
    Status.MSG_INVALID_URL: but(msg='<url>hello.mp3</url>'),
    Status.MSG_DOWNLOAD_FAILED: but(msg='<url>http://nowhere.invalid/hello.mp3</url>'),
    Status.MSG_INVALID_FILE_FORMAT: but(msg='<url>http://example.com/hello.ogg</url>'),
    Status.FILE_INVALID: but(file=base64.b64encode(b'plain text').decode()),
    Status.FILE_TOO_BIG: but(file=LARGE),
    Status.INCOMING_SMS_NOT_SUPPORTED: but(dest=None, incoming=OWN_SG, forward_sms_to=HOOK),
    Status.NUMBER_INVALID: but(number='6531580000'),
    Status.NUMBER_NOT_ASSIGNED: but(number=FOREIGN, dest=None, incoming=FOREIGN),
    Status.NUMBER_NOT_AVAILABLE: but(number=FOREIGN),
    Status.NO_NUMBER_AVAILABLE: but(country='XX'),
    Status.SUBSCRIBE_NUMBER_NOT_AVAILABLE: but(number='+84412345678'),
    Status.EXCEED_MAX_SUBSCRIPTIONS: seeded(max_numbers=2),
    Status.INVALID_DURATION: but(duration='2'),
    Status.AUTO_EXTEND_NOT_AVAILABLE: seeded({'duration': 'auto_extend'}, credit_card=False),
    Status.FORWARD_TO_INVALID: but(forward_to='127.0.0.1'),
    Status.UNABLE_TO_RESOLVE_FORWARD_TO: but(forward_to='http://nowhere.invalid/'),
    Status.MODE_INVALID: but(mode='pager'),
    Status('error_action_invalid'): but(action='applaud'),
    Status('error_fax_header_invalid'): but(fax_header='50%'),
}

BROKE_AFTER_DIALLING = {'points': Decimal('0.018'), 'bonus': Decimal(0)}
RECIPE_OVERRIDES: Mapping[tuple[str, str], Recipe] = {
    ('fax/query_status', 'error_invalid_txn_ref'): but(txn_ref='AA-S-1'),
    ('conference/moderate', 'error_invalid_txn_ref'): Recipe({'action': 'mute'}, arrange=called),
    ('sms/send', 'error_dest_not_supported'): but(dest='+6561234567'),
    ('sms/get_rate', 'error_dest_not_supported'): but(dest='+6561234567'),
    ('sms/bulk_send', 'error_dest_too_many'): but(
        dest=','.join(f'+65987{n:05}' for n in range(1001))
    ),
    ('fax/send', 'error_dest_not_supported'): but(dest=FOREIGN),
    ('fax/get_rate', 'error_dest_not_supported'): but(dest=FOREIGN),
    ('fax/send', 'error_page_size_invalid'): but(file=A5),
    ('ivr/middle/record', 'error_invalid_max_duration'): but(max_duration='3601'),
    ('ivr/end/transfer', 'error_insufficient_credit'): Recipe(seed=BROKE_AFTER_DIALLING),
    ('ivr/end/transfer', 'error_invalid_room'): but(dest='room:nobody'),
    ('ivr/end/transfer', 'error_concurrent_call_limit_reached'): after(crowded_around),
    ('ivr/end/transfer', 'error_call_service_not_available'): Recipe(
        seed={'down': ('voice',)}, arrange=lambda b, w: {**ringing(b, w), 'dest': DEST}
    ),
    **{
        (path, 'error_insufficient_credit'): Recipe(seed=PENNILESS, arrange=saying_something)
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
        return but(**{condition.status[6:-14]: None})
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
def test_what_is_never_said_has_a_reason(condition: Condition) -> None:
    assert condition.sentence
    assert (condition.operation, condition.status) not in RECIPE_OVERRIDES


def test_every_operation_has_its_rows() -> None:
    assert {row.operation for row in CONDITIONS} == set(OPERATIONS) == set(DOCUMENTED)
    assert set(ADDED) <= set(OPERATIONS)
    assert set(REQUESTS) == set(OPERATIONS)


def test_no_row_comes_twice() -> None:
    keys = [(row.operation, row.status) for row in CONDITIONS]
    assert len(keys) == len(set(keys))


def test_a_row_is_one_sentence() -> None:
    for row in CONDITIONS:
        assert row.sentence[0].isupper()
        assert row.sentence.endswith('.')


def test_nothing_is_written_down_in_vain() -> None:
    said = {row.status for row in CONDITIONS}
    assert {*SENTENCES, *FAULTS, *UNUSED} <= said
    assert set(OVERRIDES) <= {(row.operation, row.status) for row in CONDITIONS}
    assert not {*SENTENCES} & {*FAULTS, *UNUSED}
    assert set(RECIPE_OVERRIDES) <= {(row.operation, row.status.value) for row in CONDITIONS}


def test_every_word_of_the_references_has_its_place() -> None:
    said = {row.status for row in CONDITIONS}
    assert set(Status) <= said | set(UNPLACED)
    assert not said & set(UNPLACED)


def test_a_row_is_found_by_its_names() -> None:
    row = condition_of('sms/send', 'error_msg_empty')
    assert row is not None
    assert row.sentence == 'Send an empty ``msg``.'
    assert condition_of('sms/send', 'error_invalid_room') is None
