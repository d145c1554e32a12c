"""The IVR state machine, transition by transition.

`ROWS` are the documented transitions. Each has cases below with its name. A case has a start state,
an event, the new state and the notifications.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

import pytest

from hoiio.sandbox import Phone
from hoiio.sandbox.presets.scripts import MANUAL
from hoiio.sandbox.state.records import SessionState as State
from tests.sandbox.conftest import HOOK, LocalService

REMOTE = '+6598765432'
THIRD = '+6590000003'
NUMBER = '+6531580000'
NOT_READY = 'error_session_not_ready'
ENDED = 'error_session_ended'
DATA = ('dial_status', 'digits', 'record_url', 'transfer_status', 'monitor_url')

ROWS = (
    'an inbound call',
    'dial is accepted',
    'the callee answers',
    'the message of the dial has played',
    'the dial fails',
    'a block answers a call that rings',
    'hangup rejects a call that rings',
    'the caller hangs up while it rings',
    'a block begins',
    'the audio of a play has played',
    'a gather ends',
    'a gather asks again',
    'a record ends',
    'a monitor begins',
    'hold',
    'unhold',
    'another block while held',
    'unhold while not held',
    'transfer',
    'either side of a transfer hangs up',
    'a transfer fails and hangs up',
    'a transfer fails and continues',
    'hangup',
    'forced hangup',
    'another block while busy',
    'the remote party hangs up',
    'the max_duration of the dial is reached',
    'the application stays silent',
    'a block after the end',
    'the recording of a monitored call is ready',
)


class Flow:
    """One session, its application and its phones. The phones ring until a test answers them."""

    def __init__(self, service: LocalService) -> None:
        service.emulator.script = MANUAL
        service.emulator.reset()
        self.service = service
        self.session = ''
        self.told = 0

    # States

    def ringing(self) -> None:
        self.service('number/update_forwarding', number=NUMBER, forward_to=HOOK)
        self.remote.call(NUMBER)
        self.session = self.service.last['session']

    def dialling(self, **values: str) -> None:
        reply = self.service('ivr/start/dial', dest=REMOTE, **{'notify_url': HOOK, **values})
        assert reply == {'status': 'success_ok', 'txn_ref': 'AA-C-1', 'session': 'S1'}
        self.session = reply['session']

    def ready(self, **values: str) -> None:
        self.dialling(**values)
        self.remote.calls[0].answer()

    def ready_inbound(self) -> None:
        self.ringing()
        self.ask('play')

    def busy_inbound(self) -> None:
        self.ringing()
        self.ask('gather')

    def gathering(self, **values: str) -> None:
        self.ready()
        self.ask('gather', **values)

    def recording(self, **values: str) -> None:
        self.ready()
        self.ask('record', **values)

    def monitored(self, **values: str) -> None:
        self.ready()
        self.ask('monitor', **values)

    def held(self) -> None:
        self.ready()
        self.ask('hold')

    def transferring(self, **values: str) -> None:
        self.ready()
        self.ask('transfer', **values)

    def bridged(self) -> None:
        self.transferring()
        self.third.calls[0].answer()

    def in_room(self) -> None:
        self.ready()
        self.ask('transfer', dest='room:')

    def ended(self) -> None:
        self.ready()
        self.ask('hangup')

    # Events

    def ask(self, block: str, **values: str) -> str:
        usual = {'session': self.session, 'dest': THIRD, 'notify_url': HOOK}
        part = 'end' if block in {'transfer', 'hangup'} else 'middle'
        return self.service.status(f'ivr/{part}/{block}', **{**usual, **values})

    def begins(self, block: str, **values: str) -> None:
        assert self.ask(block, **values) == 'success_ok'

    def passes(self, seconds: float) -> None:
        self.service.clock.advance(seconds=seconds)

    # Results

    @property
    def remote(self) -> Phone:
        return self.service.phone(REMOTE)

    @property
    def third(self) -> Phone:
        return self.service.phone(THIRD)

    @property
    def state(self) -> State:
        return self.service.emulator.world.sessions[self.session].state

    def news(self) -> list[str]:
        """Return the notifications since the last call, in short form."""
        posted = self.service.posted[self.told :]
        self.told += len(posted)
        return [_short(fields) for fields in posted]


def _short(fields: dict[str, str]) -> str:
    data = [f'{name}={fields[name]}' for name in DATA if name in fields]
    data = [item.split('=')[0] if '_url' in item else item for item in data]
    return ' '.join([fields['ivr_block'], fields['call_state'], *data])


Event: TypeAlias = Callable[[Flow], object]


@dataclass(frozen=True)
class Case:
    row: str
    start: Event
    event: Event
    state: State
    reported: list[str] = field(default_factory=list)
    note: str = ''

    def __str__(self) -> str:
        return f'{self.row}: {self.note}' if self.note else self.row


MIDDLE = ('play', 'gather', 'record', 'monitor', 'hold')
BLOCKS = (*MIDDLE, 'transfer', 'hangup')


def nothing(_flow: Flow) -> None:
    pass


def both(first: Event, second: Event) -> Event:
    def happen(flow: Flow) -> None:
        first(flow)
        second(flow)

    return happen


def asks(block: str, **values: str) -> Event:
    return lambda flow: flow.begins(block, **values)


def gathers(**values: str) -> Event:
    return lambda flow: flow.gathering(**values)


def waits(seconds: float) -> Event:
    return partial(Flow.passes, seconds=seconds)


def presses(keys: str) -> Event:
    return lambda flow: flow.remote.press(keys)


def heard(*words: str) -> Event:
    def check(flow: Flow) -> None:
        assert flow.remote.heard == list(words)

    return check


def picks_up(number: str) -> Event:
    return lambda flow: flow.service.phone(number).calls[0].answer()


def hangs_up(number: str) -> Event:
    return lambda flow: flow.service.phone(number).hang_up()


def refuses(status: str, *blocks: str) -> Event:
    def check(flow: Flow) -> None:
        for block in blocks:
            assert flow.ask(block) == status

    return check


def dial_fails(flow: Flow, outcome: str) -> None:
    fails(flow, flow.remote, outcome, Flow.dialling)


def transfer_fails(flow: Flow, outcome: str, **values: str) -> None:
    fails(flow, flow.third, outcome, asks('transfer', **values))


def transfer_failing(outcome: str, **values: str) -> Event:
    return lambda flow: transfer_fails(flow, outcome, **values)


def fails(flow: Flow, phone: Phone, outcome: str, event: Event) -> None:
    if outcome == 'failed':
        phone.react('failed')
    event(flow)
    if outcome == 'busy':
        phone.calls[0].reject()
    elif outcome == 'unanswered':
        flow.passes(30)


def silent(flow: Flow) -> None:
    flow.passes(59)
    assert flow.state is State.READY
    flow.passes(1)


CASES = [
    Case(
        'an inbound call', nothing, Flow.ringing, State.RINGING, ['answer ringing'],
    ),
    Case('dial is accepted', nothing, Flow.dialling, State.DIALING),
    Case(
        'the callee answers', Flow.dialling,
        picks_up(REMOTE), State.READY, ['dial ongoing dial_status=answered'],
    ),
    Case(
        'the message of the dial has played', partial(Flow.dialling, msg='Hello'),
        both(picks_up(REMOTE), heard('Hello')),
        State.READY, ['dial ongoing dial_status=answered'], 'with notify_url',
    ),
    Case(
        'the message of the dial has played', partial(Flow.dialling, msg='Hello', notify_url=''),
        both(picks_up(REMOTE), heard('Hello')),
        State.ENDED, [], 'without',
    ),
    *(
        Case(
            'the dial fails', nothing, partial(dial_fails, outcome=outcome),
            State.ENDED, [f'dial ended dial_status={outcome}'], outcome,
        )
        for outcome in ('busy', 'unanswered', 'failed')
    ),
    *(
        Case(
            'a block answers a call that rings', Flow.ringing,
            asks(block), state, [f'{block} {news}'] if news else [], block,
        )
        for block, state, news in (
            ('play', State.READY, 'ongoing'), ('gather', State.BUSY, ''),
            ('record', State.BUSY, ''), ('monitor', State.READY, 'ongoing'),
            ('hold', State.HELD, ''), ('transfer', State.BUSY, ''),
        )
    ),
    *(
        Case(
            'hangup rejects a call that rings', Flow.ringing,
            asks('hangup', msg=msg), State.ENDED, ['hangup ended'], note,
        )
        for msg, note in (('', 'at once'), ('Closed', 'after a message'))
    ),
    Case(
        'the caller hangs up while it rings', Flow.ringing, hangs_up(REMOTE),
        State.ENDED, ['answer ended'],
    ),
    *(
        Case(
            'a block begins', start, asks(block), state,
            [f'{block} ongoing'] if state is State.READY else [], f'{block} {note}',
        )
        for start, note in ((Flow.ready, 'outbound'), (Flow.ready_inbound, 'inbound'))
        for block, state in (
            ('play', State.READY), ('gather', State.BUSY),
            ('record', State.BUSY), ('monitor', State.READY),
        )
    ),
    Case(
        'the audio of a play has played', Flow.ready, asks('play', msg='One'),
        State.READY, ['play ongoing'], 'with notify_url',
    ),
    Case(
        'the audio of a play has played', Flow.ready, asks('play', notify_url=''),
        State.ENDED, [], 'without',
    ),
    *(
        Case(
            'a gather ends', gathers(**values), event,
            State.READY, [f'gather ongoing digits={digits}'], note,
        )
        for values, event, digits, note in (
            ({}, presses('12#'), '12', 'by a hash'),
            ({}, presses('#'), '', 'by a hash alone'),
            ({'max_digits': '2'}, presses('0*'), '0*', 'by max_digits'),
            ({'max_digits': '1'}, presses('78'), '7', 'before further keys'),
            ({'timeout': '9'}, waits(9), '', 'by its timeout'),
            ({'timeout': '9', 'attempts': '2'}, waits(18), '', 'by its last timeout'),
            (
                {'attempts': '3'}, both(presses('007'), waits(15)), '007',
                'by a timeout after some digits',
            ),
            (
                {'attempts': '2'}, both(waits(15), presses('5#')), '5',
                'in a later attempt',
            ),
        )
    ),
    Case(
        'a gather asks again', partial(Flow.gathering, msg='Code?', attempts='3', timeout='5'),
        both(waits(10), heard('Code?', 'Code?', 'Code?')),
        State.BUSY,
    ),
    Case(
        'a record ends', Flow.recording, presses('1*#'),
        State.READY, ['record ongoing record_url'], 'by a hash',
    ),
    Case(
        'a record ends', partial(Flow.recording, max_duration='7'), waits(7),
        State.READY, ['record ongoing record_url'], 'by max_duration',
    ),
    Case(
        'a record ends', Flow.recording, presses('123'),
        State.BUSY, [], 'by no other key',
    ),
    Case(
        'a monitor begins', Flow.ready, asks('monitor', msg='Recorded'),
        State.READY, ['monitor ongoing'],
    ),
    Case('hold', Flow.ready, asks('hold', msg='Wait'), State.HELD),
    Case('hold', Flow.held, waits(3600), State.HELD, [], 'for an hour'),
    Case(
        'unhold', Flow.held, asks('unhold'),
        State.READY, ['unhold ongoing'], 'with notify_url',
    ),
    Case(
        'unhold', Flow.held, asks('unhold', notify_url=''),
        State.ENDED, [], 'without',
    ),
    Case('another block while held', Flow.held, refuses(NOT_READY, *BLOCKS), State.HELD),
    *(
        Case(
            'unhold while not held', start,
            refuses('error_session_not_on_hold', 'unhold'), state, [], state.name,
        )
        for start, state in (
            (Flow.ringing, State.RINGING), (Flow.dialling, State.DIALING),
            (Flow.ready, State.READY), (Flow.gathering, State.BUSY), (Flow.bridged, State.BRIDGED),
        )
    ),
    Case('transfer', Flow.ready, asks('transfer'), State.BUSY, [], 'rings'),
    Case(
        'transfer', Flow.transferring, picks_up(THIRD),
        State.BRIDGED, [], 'is answered',
    ),
    Case(
        'transfer', Flow.ready, asks('transfer', dest='room:'),
        State.BRIDGED, [], 'to a room',
    ),
    *(
        Case(
            'either side of a transfer hangs up', start,
            hangs_up(who), State.ENDED,
            ['transfer ended transfer_status=answered'], note,
        )
        for start, who, note in (
            (Flow.bridged, REMOTE, 'the caller'), (Flow.bridged, THIRD, 'the other'),
            (Flow.in_room, REMOTE, 'of a room'),
        )
    ),
    *(
        Case(
            'a transfer fails and hangs up', Flow.ready,
            transfer_failing(outcome, **values), State.ENDED,
            [f'transfer ended transfer_status={outcome}'], f'{outcome}, {note}',
        )
        for outcome in ('busy', 'unanswered', 'failed')
        for values, note in (({}, 'by default'), ({'on_failure': 'hangup'}, 'on request'))
    ),
    *(
        Case(
            'a transfer fails and continues', Flow.ready,
            transfer_failing(outcome, on_failure='continue'), State.READY,
            [f'transfer ongoing transfer_status={outcome}'], outcome,
        )
        for outcome in ('busy', 'unanswered', 'failed')
    ),
    Case(
        'a transfer fails and continues', Flow.ready,
        transfer_failing('busy', on_failure='continue', notify_url=''),
        State.ENDED, [], 'without notify_url',
    ),
    Case('hangup', Flow.ready, asks('hangup'), State.ENDED, ['hangup ended']),
    Case(
        'hangup', Flow.ready, asks('hangup', notify_url=''), State.ENDED, [],
        'without notify_url',
    ),
    *(
        Case(
            'forced hangup', start,
            asks('hangup', force='enabled', **values), State.ENDED,
            ['hangup ended'] if 'notify_url' not in values else [],
            f'{name}{" without notify_url" if values else ""}',
        )
        for start, name in (
            (Flow.ringing, 'ringing'), (Flow.dialling, 'dialling'), (Flow.ready, 'ready'),
            (Flow.gathering, 'gathering'), (Flow.recording, 'recording'), (Flow.held, 'held'),
            (Flow.transferring, 'transferring'), (Flow.bridged, 'bridged'),
            (Flow.in_room, 'in a room'),
        )
        for values in ({}, {'notify_url': ''})
    ),
    *(
        Case('another block while busy', start, refuses(NOT_READY, *BLOCKS), state, [], name)
        for start, name, state in (
            (Flow.dialling, 'dialling', State.DIALING), (Flow.gathering, 'gathering', State.BUSY),
            (Flow.recording, 'recording', State.BUSY),
            (Flow.transferring, 'transferring', State.BUSY),
            (Flow.bridged, 'bridged', State.BRIDGED), (Flow.in_room, 'in a room', State.BRIDGED),
            (Flow.busy_inbound, 'inbound', State.BUSY),
        )
    ),
    *(
        Case(
            'the remote party hangs up', start, hangs_up(REMOTE),
            State.ENDED, [news], name,
        )
        for start, name, news in (
            (Flow.ready, 'ready', 'dial ended dial_status=answered'),
            (Flow.ready_inbound, 'ready, inbound', 'play ended'),
            (Flow.gathering, 'gathering', 'gather ended digits='),
            (Flow.recording, 'recording', 'record ended record_url'),
            (Flow.held, 'held', 'dial ended dial_status=answered'),
            (Flow.transferring, 'transferring', 'transfer ended transfer_status=unanswered'),
        )
    ),
    Case(
        'the remote party hangs up', Flow.gathering,
        both(presses('42'), hangs_up(REMOTE)),
        State.ENDED, ['gather ended digits=42'], 'after some digits',
    ),
    *(
        Case(
            'the max_duration of the dial is reached',
            both(partial(Flow.ready, max_duration='20'), asks(block, timeout='99')),
            waits(20), State.ENDED, [news], block,
        )
        for block, news in (
            ('play', 'play ended'), ('gather', 'gather ended digits='),
            ('record', 'record ended record_url'), ('hold', 'dial ended dial_status=answered'),
            ('transfer', 'transfer ended transfer_status=unanswered'),
        )
    ),
    Case(
        'the max_duration of the dial is reached', partial(Flow.dialling, max_duration='20'),
        waits(29), State.DIALING, [], 'but not while it rings',
    ),
    Case(
        'the application stays silent', Flow.ready, silent,
        State.ENDED, ['dial ended dial_status=answered'],
    ),
    Case(
        'the application stays silent', Flow.ringing, waits(3600),
        State.RINGING, [], 'while it rings',
    ),
    Case(
        'a block after the end', Flow.ended, refuses(ENDED, *BLOCKS, 'unhold'),
        State.ENDED,
    ),
    Case(
        'a block after the end', Flow.ended, partial(Flow.ask, block='hangup', force='enabled'),
        State.ENDED, [], 'by force',
    ),
    Case(
        'the recording of a monitored call is ready', Flow.monitored, hangs_up(REMOTE),
        State.ENDED, ['monitor ended', 'monitor ended monitor_url'],
    ),
    Case(
        'the recording of a monitored call is ready', Flow.monitored,
        asks('hangup', notify_url=''),
        State.ENDED, ['monitor ended monitor_url'], 'without notify_url',
    ),
]  # fmt: skip


@pytest.fixture
def flow(service: LocalService) -> Flow:
    return Flow(service)


@pytest.mark.parametrize('case', CASES, ids=str)
def test_transition(flow: Flow, case: Case) -> None:
    case.start(flow)
    flow.news()
    case.event(flow)
    assert flow.state is case.state
    assert flow.news() == case.reported


def test_every_row_of_the_reference_has_a_case() -> None:
    assert list(dict.fromkeys(case.row for case in CASES)) == list(ROWS)
    assert len({str(case) for case in CASES}) == len(CASES)


@pytest.mark.parametrize('case', CASES, ids=str)
def test_nothing_is_left_after_the_end(flow: Flow, case: Case) -> None:
    case.start(flow)
    case.event(flow)
    for call in flow.remote.calls:
        call.hang_up()
    assert flow.state is State.ENDED
    world = flow.service.emulator.world
    assert world.live_calls == []
    assert flow.third.calls == []
    events = world.events
    flow.service.clock.advance(hours=2)
    assert world.events == events, 'something was still planned'
    assert sum(_ended(fields) for fields in flow.service.posted) <= 1


def _ended(fields: dict[str, str]) -> bool:
    return fields['call_state'] == 'ended' and 'monitor_url' not in fields


# The parameters of each notification


COSTS = {'date': '2026-01-01 00:00:00', 'currency': 'SGD'}
DATA_OF = {
    'gather': {'digits': '7'},
    'record': {'record_url': 'http://127.0.0.1:8420/_sandbox/files/S1/recording-1.mp3'},
}


def parties(inbound: bool) -> dict[str, str]:
    return {'from': REMOTE, 'to': NUMBER} if inbound else {'dest': REMOTE}


def head(block: str, state: str) -> dict[str, str]:
    return {'ivr_block': block, 'session': 'S1', 'txn_ref': 'AA-C-1', 'call_state': state}


def costs(inbound: bool, minutes: int = 1) -> dict[str, str]:
    rate = 10 if inbound else 18
    return {
        **COSTS,
        'duration': str(minutes),
        'rate': f'0.0{rate}',
        'debit': f'0.0{rate * minutes:02}',
    }


def start(flow: Flow, inbound: bool) -> None:
    if inbound:
        flow.ringing()
    else:
        flow.ready()


@pytest.mark.parametrize('tag', [{}, {'tag': 'mine'}, {'tag': ''}])
@pytest.mark.parametrize('inbound', [True, False])
@pytest.mark.parametrize('block', ['play', 'gather', 'record', 'monitor', 'unhold'])
def test_the_parameters_of_a_block(
    flow: Flow, block: str, inbound: bool, tag: dict[str, str]
) -> None:
    start(flow, inbound)
    if block == 'unhold':
        flow.begins('hold')
    flow.begins(block, **tag)
    if block in DATA_OF:
        flow.remote.press('7#')
    data = DATA_OF.get(block, {})
    assert flow.service.last == {**head(block, 'ongoing'), **tag, **data, **parties(inbound)}


@pytest.mark.parametrize('tag', [{}, {'tag': 'mine'}])
@pytest.mark.parametrize('inbound', [True, False])
@pytest.mark.parametrize('block', ['play', 'gather', 'record', 'monitor', 'unhold'])
def test_the_parameters_of_a_block_that_the_end_interrupts(
    flow: Flow, block: str, inbound: bool, tag: dict[str, str]
) -> None:
    start(flow, inbound)
    if block == 'unhold':
        flow.begins('hold')
    flow.begins(block, **tag)
    if block == 'gather':
        flow.remote.press('7')
    flow.passes(14)
    flow.remote.hang_up()
    data = DATA_OF.get(block, {})
    ended = [fields for fields in flow.service.posted if _ended(fields)]
    assert ended == [{**head(block, 'ended'), **tag, **data, **parties(inbound), **costs(inbound)}]


@pytest.mark.parametrize('inbound', [True, False])
def test_the_parameters_of_a_hangup(flow: Flow, inbound: bool) -> None:
    start(flow, inbound)
    flow.begins('play')
    flow.passes(59)
    flow.begins('play')
    flow.passes(2)
    flow.begins('hangup', tag='h')
    assert flow.service.last == {
        **head('hangup', 'ended'), 'tag': 'h', **parties(inbound), **costs(inbound, 2),
    }  # fmt: skip


@pytest.mark.parametrize('inbound', [True, False])
@pytest.mark.parametrize('outcome', ['answered', 'busy', 'unanswered', 'failed'])
def test_the_parameters_of_a_transfer_that_ends(flow: Flow, inbound: bool, outcome: str) -> None:
    start(flow, inbound)
    transfer_fails(flow, outcome, tag='t')
    if outcome == 'answered':
        flow.third.calls[0].answer()
        flow.third.hang_up()
    assert flow.service.last == {
        **head('transfer', 'ended'), 'tag': 't', 'transfer_status': outcome,
        **parties(inbound), **costs(inbound),
    }  # fmt: skip


@pytest.mark.parametrize('inbound', [True, False])
def test_the_parameters_of_a_transfer_that_continues(flow: Flow, inbound: bool) -> None:
    start(flow, inbound)
    transfer_fails(flow, 'busy', on_failure='continue')
    assert flow.service.last == {
        **head('transfer', 'ongoing'), 'transfer_status': 'busy', **parties(inbound),
    }  # fmt: skip


def test_the_parameters_of_a_dial(flow: Flow) -> None:
    flow.ready(tag='d')
    dialled = {**head('dial', 'ongoing'), 'tag': 'd', 'dial_status': 'answered', 'dest': REMOTE}
    assert flow.service.posted == [dialled]
    flow.remote.hang_up()
    assert flow.service.last == {**dialled, 'call_state': 'ended', **costs(inbound=False)}


def test_the_parameters_of_an_answer(flow: Flow) -> None:
    flow.ringing()
    assert flow.service.posted == [{**head('answer', 'ringing'), **parties(inbound=True)}]
    flow.remote.hang_up()
    over = {**head('answer', 'ended'), **parties(inbound=True), **costs(True, 0)}
    assert flow.service.last == over


@pytest.mark.parametrize('inbound', [True, False])
def test_the_parameters_of_a_monitored_call(flow: Flow, inbound: bool) -> None:
    start(flow, inbound)
    flow.begins('monitor', tag='m', monitor_notify_url=f'{HOOK}/monitored')
    flow.begins('play', tag='p')
    flow.remote.hang_up()
    url = 'http://127.0.0.1:8420/_sandbox/files/S1/monitor.mp3'
    over = {**parties(inbound), **costs(inbound)}
    assert flow.service.posted[-2:] == [
        {**head('play', 'ended'), 'tag': 'p', **over},
        {**head('monitor', 'ended'), 'tag': 'm', 'monitor_url': url, **over},
    ]
    urls = [notification.url for notification in flow.service.emulator.outbox.waiting][-2:]
    assert urls == [HOOK, f'{HOOK}/monitored']


# The order of the checks


@pytest.mark.parametrize('block', [*BLOCKS, 'unhold'])
def test_the_order_of_the_checks(flow: Flow, block: str) -> None:
    flow.ready()
    part = 'end' if block in {'transfer', 'hangup'} else 'middle'
    path = f'ivr/{part}/{block}'
    service = flow.service
    bad: dict[str, str] = {
        'dest': 'x', 'notify_url': 'x', 'tag': 't' * 300, 'max_digits': 'x', 'max_duration': 'x',
        'monitor_notify_url': 'x', 'msg': '<',
    }  # fmt: skip
    seed = service.emulator.seed
    other = {'app_id': seed.other_app_id, 'access_token': seed.other_access_token}
    assert service.status(path, **bad) == 'error_session_param_missing'
    wrong = {'access_token': 'x', 'session': 'S9', **bad}
    assert service.status(path, **wrong) == 'error_invalid_access_token'
    assert service.status(path, session='S9', **bad) == 'error_invalid_session'
    assert service.status(path, session='S1', **other, **bad) == 'error_session_access_denied'
    flow.begins('gather')
    not_ready = 'error_session_not_on_hold' if block == 'unhold' else NOT_READY
    assert service.status(path, session='S1', **bad) == not_ready
    flow.remote.press('#')
    if block == 'unhold':
        flow.begins('hold')
    value = 'error_msg_invalid_xml' if block == 'hold' else 'error_tag_invalid_length'
    assert service.status(path, session='S1', **bad) == value
    flow.remote.hang_up()
    assert service.status(path, session='S1', **bad) == ENDED
    assert service.status(path, session='S1', **other, **bad) == 'error_session_access_denied'


@pytest.mark.parametrize(
    ('block', 'values', 'status'),
    [
        ('gather', {'timeout': 'x'}, 'error_invalid_timeout'),
        ('record', {'max_duration': 'x'}, 'error_invalid_max_duration'),
        ('transfer', {'dest': 'x'}, 'error_dest_invalid'),
        ('transfer', {'dest': 'room:none'}, 'error_invalid_room'),
        ('transfer', {'on_failure': 'x'}, 'error_on_failure_invalid'),
    ],
)
def test_values_are_checked_before_the_message(
    flow: Flow, block: str, values: dict[str, str], status: str
) -> None:
    flow.ready()
    assert flow.ask(block, msg='<', **values) == status
    assert flow.ask(block, msg='<') == 'error_msg_invalid_xml'
    assert flow.state is State.READY


@pytest.mark.parametrize('block', [*MIDDLE, 'transfer', 'hangup'])
def test_a_refused_block_leaves_a_call_ringing(flow: Flow, block: str) -> None:
    flow.ringing()
    assert flow.ask(block, msg='<') == 'error_msg_invalid_xml'
    assert flow.state is State.RINGING
    assert flow.remote.calls[0].state == 'ringing'
    assert flow.service.balance()[0] == '54.650'


# Credit and call slots


def test_both_calls_of_a_transfer_are_paid(flow: Flow) -> None:
    flow.bridged()
    flow.passes(61)
    flow.remote.hang_up()
    first, second = flow.service('voice/get_history')['entries']
    assert (first['duration'], first['debit'], first['dest1']) == ('2', '0.036', THIRD)
    assert (second['duration'], second['debit'], second['dest1']) == ('2', '0.036', REMOTE)
    assert flow.service.balance()[0] == '54.578'


def test_hanging_up_by_the_voice_api_while_it_rings(flow: Flow) -> None:
    flow.dialling()
    flow.service('voice/hangup', txn_ref='AA-C-1')
    assert flow.news() == ['dial ended dial_status=unanswered']
    assert flow.remote.calls == []


def test_a_failed_transfer_is_free(flow: Flow) -> None:
    flow.ready()
    transfer_fails(flow, 'unanswered', on_failure='continue')
    failed = flow.service('voice/query_status', txn_ref='AA-C-2')
    assert (failed['call_status_dest1'], failed['debit']) == ('unanswered', '0.000')
    assert flow.service.balance()[0] == '54.632'


def test_a_transfer_can_be_repeated(flow: Flow) -> None:
    flow.ready()
    for _ in range(9):
        transfer_fails(flow, 'busy', on_failure='continue')
    flow.begins('transfer')
    flow.third.calls[0].answer()
    assert flow.remote.calls[0].talking_to == [THIRD]
    assert len(flow.service.emulator.world.live_calls) == 2


def test_a_transfer_fails_if_its_ringing_leg_is_hung_up(flow: Flow) -> None:
    flow.transferring(on_failure='continue')
    flow.service('voice/hangup', txn_ref='AA-C-2')
    assert flow.service.last['transfer_status'] == 'unanswered'
    assert flow.state is State.READY


def test_a_dial_ends_if_the_credit_is_used_up_before_it_is_answered(flow: Flow) -> None:
    flow.dialling(msg='Hello')
    flow.service.emulator.world.account.spend(flow.service.emulator.world.account.balance)
    flow.remote.calls[0].answer()
    assert flow.news() == ['dial ended dial_status=answered']
    assert flow.remote.heard == []
    assert (flow.service.last['duration'], flow.service.last['debit']) == ('0', '0.000')


def test_a_transfer_shows_the_requested_caller_id(flow: Flow) -> None:
    flow.ringing()
    flow.begins('transfer', caller_id=REMOTE)
    assert flow.third.calls[0].other == REMOTE


def test_a_room_connects_sessions_and_conferences(flow: Flow) -> None:
    flow.in_room()
    flow.service('voice/conference', dest=THIRD, room='R1')
    flow.third.calls[0].answer()
    assert flow.remote.calls[0].talking_to == [THIRD]
    assert flow.third.calls[0].talking_to == [REMOTE]
    flow.third.hang_up()
    assert flow.state is State.BRIDGED
    assert flow.remote.calls[0].talking_to == []
    flow.passes(3600)
    assert flow.state is State.BRIDGED


def test_applications_do_not_share_rooms(flow: Flow) -> None:
    flow.in_room()
    seed = flow.service.emulator.seed
    other = {'app_id': seed.other_app_id, 'access_token': seed.other_access_token}
    flow.service('voice/conference', dest=THIRD, room='R1', **other)
    flow.third.calls[0].answer()
    assert flow.remote.calls[0].talking_to == flow.third.calls[0].talking_to == []
