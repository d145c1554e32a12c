"""The pictures of the documentation tell what the code does."""

from __future__ import annotations

import logging
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import pytest

from docs.diagrams import HERE, LETTER, Step, Story, read, svg
from hoiio import TransportError
from hoiio.sandbox import Sandbox
from hoiio.sandbox.phones import PhoneCall
from hoiio.sandbox.state.records import SessionState as State
from tests.sandbox.conftest import HOOK, LocalService, Receiver

PICTURES = sorted(path.stem for path in (HERE / 'pictures').iterdir())
NUMBER = '+6531580000'
PHONES = {
    'Phone': '+6598765432',
    'Caller': '+6598765432',
    'Colleague': '+6590000002',
    'Phone 1': '+6590000001',
    'Phone 2': '+6590000002',
}


def story_of(picture: str) -> Story:
    return read((HERE / 'pictures' / f'{picture}.txt').read_text('utf-8'))


# Stories that are played in the sandbox


class Stage:
    """The sandbox, its phones ringing until somebody acts, and the application's server."""

    def __init__(self, sandbox: Sandbox, receiver: Receiver) -> None:
        self.sandbox = sandbox
        self.client = sandbox.client()
        self.url = receiver.url
        self.posts: Queue[dict[str, str]] = Queue()
        self.waiting: list[dict[str, str]] = []
        self.calls: dict[str, PhoneCall] = {}
        self.answer: Any = None
        self.session = ''
        receiver.react = lambda post: self.posts.put(post.fields)

    def plays(self, step: Step, act: Callable[[Stage], object]) -> None:
        if step.source != 'Hoiio':
            # All that was reported until now stands above.
            self.sandbox.drain()
            assert self.posts.empty()
            assert not self.waiting
        act(self)

    def posted(self, step: Step) -> None:
        found = re.fullmatch(r'POST(?: for (.+?))?: (.+)', step.label)
        assert found is not None
        fields = self.next_post(found[1])
        self.session = fields.get('session', '')
        told = {*fields, *fields.values(), *map('='.join, fields.items())}
        assert {*found[2].split(', ')} <= told

    def next_post(self, phone: str | None) -> dict[str, str]:
        """Return what is posted next, about one phone if it is named."""
        while True:
            for fields in self.waiting:
                if phone is None or fields['dest'] == PHONES[phone]:
                    self.waiting.remove(fields)
                    return fields
            self.waiting.append(self.posts.get(timeout=30))

    # What the steps do

    def rings(self, phone: str, shown: str = '') -> None:
        self.calls[phone] = self.sandbox.phone(PHONES[phone]).expect_call(shown or None)
        assert self.calls[phone].state == 'ringing'

    def asks(self, block: str, *values: str, **options: str) -> None:
        method = getattr(self.client.ivr, block)
        res = method(self.session, *values, notify_url=self.url, **options)
        assert res.is_success(), res.status

    def calls_number(self) -> None:
        self.client.number.configure(NUMBER, forward_to=self.url)
        self.calls['Caller'] = self.sandbox.phone(PHONES['Caller']).call(NUMBER)


def does(method: str, phone: str, *values: str) -> Callable[[Stage], object]:
    return lambda stage: getattr(stage.calls[phone], method)(*values)


def asks(block: str, *values: str, **options: str) -> Callable[[Stage], object]:
    return lambda stage: stage.asks(block, *values, **options)


def rings(phone: str, shown: str = '') -> Callable[[Stage], object]:
    return lambda stage: stage.rings(phone, shown)


def sends(area: str, call: str, *values: Any, **options: str) -> Callable[[Stage], object]:
    def send(stage: Stage) -> None:
        method = getattr(getattr(stage.client, area), call)
        stage.answer = method(*values, notify_url=stage.url, **options).raise_for_status()

    return send


def answers(*fields: str) -> Callable[[Stage], object]:
    return lambda stage: [getattr(stage.answer, name) for name in fields]


def hears_the_last(text: str) -> Callable[[Stage], object]:
    def hear(stage: Stage) -> None:
        stage.calls['Caller'].expect_said(text)
        stage.calls['Caller'].expect_over()

    return hear


def gets_sms(phone: str) -> Callable[[Stage], object]:
    return lambda stage: stage.sandbox.phone(PHONES[phone]).expect_sms('Hello')


PLAYS: dict[str, dict[str, Callable[[Stage], object]]] = {
    'call-back': {
        'Application to Hoiio: voice.call(dest1, dest2)': sends(
            'voice', 'call', PHONES['Phone 1'], PHONES['Phone 2']
        ),
        'Hoiio to Application: txn_ref': answers('txn_ref'),
        'Hoiio to Phone 1: rings, shows dest2': rings('Phone 1', PHONES['Phone 2']),
        'Phone 1 to Hoiio: answers': does('answer', 'Phone 1'),
        # Where none is given, the caller_id is the registered number.
        'Hoiio to Phone 2: rings, shows caller_id': rings('Phone 2', '+6591234567'),
        'Phone 2 to Hoiio: answers': does('answer', 'Phone 2'),
        'Phone 1 and Phone 2: they talk': does('expect_talking_to', 'Phone 1', PHONES['Phone 2']),
        'Phone 2 to Hoiio: hangs up': does('hang_up', 'Phone 2'),
        'Hoiio to Phone 1: hangs up': does('expect_over', 'Phone 1'),
    },
    'bulk-sms': {
        'Application to Hoiio: sms.bulk_send(msg, dest)': sends(
            'sms', 'bulk_send', 'Hello', [PHONES['Phone 1'], PHONES['Phone 2']]
        ),
        'Hoiio to Application: bulk_txn_ref': answers('bulk_txn_ref'),
        'Hoiio to Phone 1: SMS': gets_sms('Phone 1'),
        'Hoiio to Phone 2: SMS': gets_sms('Phone 2'),
    },
    'ivr-session': {
        'Caller to Hoiio: calls your number': Stage.calls_number,
        'Application to Hoiio: ivr.play': asks('play', 'Welcome'),
        'Hoiio to Caller: "Welcome"': does('expect_said', 'Caller', 'Welcome'),
        'Application to Hoiio: ivr.gather': asks('gather', msg='Press 1 for sales'),
        'Hoiio to Caller: "Press 1 for sales"': does('expect_said', 'Caller', 'Press 1 for sales'),
        'Caller to Hoiio: 1#': does('press', 'Caller', '1#'),
        'Application to Hoiio: ivr.transfer, on_failure=continue': asks(
            'transfer', PHONES['Colleague'], on_failure='continue'
        ),
        'Hoiio to Colleague: rings': rings('Colleague'),
        'Colleague to Hoiio: is busy': does('reject', 'Colleague'),
        'Application to Hoiio: ivr.hangup': asks('hangup', msg='Call again'),
        'Hoiio to Caller: "Call again", then hangs up': hears_the_last('Call again'),
    },
    'ivr-dial': {
        'Application to Hoiio: ivr.dial(dest, msg)': sends(
            'ivr', 'dial', PHONES['Phone'], msg='Your parcel is here'
        ),
        'Hoiio to Application: session, txn_ref': answers('session', 'txn_ref'),
        'Hoiio to Phone: rings': rings('Phone'),
        'Phone to Hoiio: answers': does('answer', 'Phone'),
        'Hoiio to Phone: "Your parcel is here"': does(
            'expect_said', 'Phone', 'Your parcel is here'
        ),
        'Application to Hoiio: ivr.gather': asks('gather', msg='Press 1 to confirm'),
        'Hoiio to Phone: "Press 1 to confirm"': does('expect_said', 'Phone', 'Press 1 to confirm'),
        'Phone to Hoiio: hangs up': does('hang_up', 'Phone'),
    },
}


@pytest.fixture
def stage() -> Iterator[Stage]:
    receiver = Receiver()
    receiver.thread.start()
    with Sandbox(answer='manual') as sandbox:
        yield Stage(sandbox, receiver)
    receiver.server.shutdown()
    receiver.server.server_close()
    receiver.thread.join()


@pytest.mark.parametrize('picture', PLAYS)
def test_a_story_happens_as_it_is_drawn(stage: Stage, picture: str) -> None:
    plays = dict(PLAYS[picture])
    for step in filter(lambda step: step.arrow, story_of(picture).steps):
        if step.label.startswith('POST'):
            stage.posted(step)
        else:
            stage.plays(step, plays.pop(str(step)))
    assert not plays, 'the picture leaves something out'
    stage.sandbox.drain()
    assert stage.posts.empty()
    assert not stage.waiting
    stage.sandbox.assert_quiet()


def test_the_notes_hold_too(stage: Stage) -> None:
    call = stage.client.voice.call(PHONES['Phone 1'], PHONES['Phone 2'], notify_url=stage.url)
    stage.rings('Phone 1')
    stage.calls['Phone 1'].reject()
    ended = stage.next_post(None)
    assert (ended['txn_ref'], ended['debit']) == (call.txn_ref, '0.000')
    assert (ended['call_status_dest1'], ended['call_status_dest2']) == ('busy', 'unanswered')

    stage.client.sms.bulk_send('Hello', PHONES['Phone 1'], '12', notify_url=stage.url)
    stage.sandbox.drain()
    posts = [stage.posts.get() for _ in range(stage.posts.qsize())]
    (refused,) = [post for post in posts if post['dest'] == '12']
    assert refused['status'] == 'error_dest_invalid'
    assert 'txn_ref' not in refused


def test_a_lost_answer_is_looked_up_as_it_is_drawn(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    drawn = [step.label for step in story_of('exactly-once').steps if step.target == 'Hoiio']
    caplog.set_level(logging.DEBUG, 'hoiio')
    stage.sandbox.fault('dropped_after', 'sms/send')
    with pytest.raises(TransportError) as caught:
        stage.client.sms.send('Hello', PHONES['Phone'], tag='order-1')
    assert caught.value.outcome_unknown is True
    assert stage.client.sms.find('order-1') is not None
    assert stage.client.sms.find('order-2') is None
    told = [record.getMessage() for record in caplog.records if record.name == 'hoiio']
    asked = [message.partition(' ')[0] for message in told]
    assert [f'POST {operation}' for operation in asked[:2]] == drawn


# The states

# The block that leads from a call that waits for one to each of the later states.
LEADS_TO = {'BUSY': 'gather', 'HELD': 'hold', 'BRIDGED': 'transfer', 'ENDED': 'hangup'}
BLOCKS = ('play', 'gather', 'record', 'monitor', 'hold', 'unhold', 'transfer', 'hangup')


def begin(service: LocalService, state: str) -> str:
    """Bring a call into a state, and return its session."""
    phone = service.phone(PHONES['Phone'])
    if state == 'RINGING':
        service('number/update_forwarding', number=NUMBER, forward_to=HOOK)
        phone.call(NUMBER)
        return service.last['session']
    if state == 'DIALING':
        phone.react('answered', after=10)
    reply = service('ivr/start/dial', dest=PHONES['Phone'], notify_url=HOOK)
    session = str(reply['session'])
    if state in LEADS_TO:
        assert ask(service, session, LEADS_TO[state]) == 'success_ok'
    return session


def ask(service: LocalService, session: str, block: str) -> str:
    part = 'end' if block in {'transfer', 'hangup'} else 'middle'
    values = {'dest': PHONES['Colleague']} if block == 'transfer' else {}
    return service.status(f'ivr/{part}/{block}', session=session, notify_url=HOOK, **values)


def test_every_state_is_drawn() -> None:
    assert story_of('ivr-states').lanes == [state.name for state in State]


@pytest.mark.parametrize('state', [state.name for state in State])
def test_the_blocks_that_may_begin_are_those_of_the_arrows(state: str) -> None:
    may_begin = set()
    for block in BLOCKS:
        service = LocalService()
        if ask(service, begin(service, state), block) == 'success_ok':
            may_begin.add(block)
    labels = [step.label for step in story_of('ivr-states').steps if step.source == state]
    drawn = {word for label in labels for word in re.findall(r'\w+', label)} & {*BLOCKS}
    # The other arrows tell what happens by itself, and how a block ends.
    assert may_begin == (drawn if state in {'RINGING', 'READY', 'HELD'} else set())


# How they are drawn


@pytest.mark.parametrize('picture', PICTURES)
def test_nothing_sticks_out(picture: str) -> None:
    root = ET.fromstring(svg(story_of(picture)))  # noqa: S314 - of our own drawing
    _, _, width, height = map(float, root.attrib['viewBox'].split())
    assert root.attrib['aria-label']
    assert root[0].attrib['id'] == root.attrib['aria-describedby']
    for text in root.iter('{http://www.w3.org/2000/svg}text'):
        half = len(text.text or '') * LETTER / 2
        assert half <= float(text.attrib['x']) <= width - half
        assert 0 < float(text.attrib['y']) < height


@pytest.mark.parametrize('line', ['A -> C: why', 'A -> B', 'A => B: why', 'whatever'])
def test_a_line_that_says_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(line)):
        read(f'title: T\nlanes: A, B\n\n{line}\n')
