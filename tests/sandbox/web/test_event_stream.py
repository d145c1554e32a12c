from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from hoiio.sandbox import Sandbox
from hoiio.sandbox.web.event_stream import Changes
from tests.sandbox.conftest import ask
from tests.sandbox.web.control_page import ControlPage

DEST = '+6598765432'


class Stream:
    """A page that follows the events and all other changes."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer

    def frame(self) -> tuple[str, Any]:
        """Wait for a frame that is not a comment, and return its name and its data."""
        lines: dict[str, str] = {}
        while 'data' not in lines:
            lines = {}
            while (line := self._answer.readline().decode()) not in {'\n', ''}:
                name, _, value = line.rstrip('\n').partition(': ')
                lines[name] = value
            assert line, 'the stream has ended'
        return lines.get('event', 'event'), json.loads(lines['data'])

    def next(self, wanted: str) -> Any:
        """Wait for a frame with a name, and return its data."""
        while True:
            name, data = self.frame()
            if name == wanted:
                return data


@pytest.fixture
def stream(sandbox: Sandbox) -> Iterator[Stream]:
    address = ControlPage(sandbox).address
    with contextlib.closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        headers = {'Accept': 'text/event-stream'}
        connection.request('GET', '/_sandbox/events?changes=true', headers=headers)
        with connection.getresponse() as answer:
            yield Stream(answer)


@pytest.fixture
def page(sandbox: Sandbox) -> ControlPage:
    return ControlPage(sandbox)


def test_a_stream_begins_with_the_run_and_the_clock(page: ControlPage, stream: Stream) -> None:
    name, hello = stream.frame()
    assert (name, hello['run']) == ('hello', page.get('health')['run'])
    assert hello['last_event'] == page.get('events')['last']
    assert hello['last_request'] == page.get('requests')['last']
    assert stream.frame() == ('clock', page.get('clock'))
    with Sandbox() as other:
        assert ControlPage(other).get('health')['run'] != hello['run']


def test_a_stream_has_requests_and_changed_phones(page: ControlPage, stream: Stream) -> None:
    ask(page.sandbox, 'sms/send', dest=DEST, msg='x')
    seen = dict(stream.frame() for _ in range(5))
    assert seen.keys() == {'hello', 'clock', 'event', 'phones', 'request'}
    assert seen['phones'] == {'numbers': [DEST], 'more': False}
    assert seen['event']['txn_ref'] == seen['request']['txn_ref'] == 'AA-S-1'
    assert page.get('requests')['requests'] == [seen['request']]


@pytest.mark.parametrize(
    'action', ['rings', 'busy', 'answers', 'reject_next', 'call', 'replies', 'script']
)
def test_a_stream_says_when_a_phone_changes_without_an_event(
    page: ControlPage, stream: Stream, action: str
) -> None:
    fields: dict[str, Any] = {
        'call': {'number': '+6531580000'},
        'replies': {'text': 'x'},
        'script': {'script': {}},
    }
    stream.next('clock')
    page.post(f'phones/{quote(DEST)}/{action}', **fields.get(action, {}))
    assert stream.next('phones') == {'numbers': [DEST], 'more': False}


def test_a_stream_says_when_a_call_goes_on(page: ControlPage, stream: Stream) -> None:
    phone = f'phones/{quote(DEST)}'
    page.post(f'{phone}/rings')
    ask(page.sandbox, 'ivr/start/dial', dest=DEST, notify_url='http://127.0.0.1:9/')
    stream.next('request')
    for action in ('answer', 'hang_up'):
        page.post(f'{phone}/{action}')
        assert stream.next('phones')['numbers'] == [DEST]


def test_a_bulk_names_at_most_a_hundred_phones(sandbox: Sandbox) -> None:
    changes = Changes(sandbox._emulator)
    for number in range(150):
        sandbox._emulator.journal.add_change(f'+65900{number:05}')
    assert changes.pending
    [frame] = changes.frames()
    data = json.loads(frame.partition(b'data: ')[2])
    assert (len(data['numbers']), data['numbers'][0], data['more']) == (100, '+6590000149', True)
    assert [*changes.frames()] == []


def test_a_stream_says_that_the_clock_was_moved(page: ControlPage, stream: Stream) -> None:
    assert stream.next('clock')['offset'] == 0
    page.post('clock/advance', minutes=1)
    assert stream.next('clock')['offset'] == 60
    page.sandbox.clock.advance(minutes=1)
    assert stream.next('clock')['offset'] == 120
    page.sandbox.clock.reset()
    assert stream.next('clock')['offset'] == 0


def test_a_stream_goes_on_after_a_reset(page: ControlPage, stream: Stream) -> None:
    ask(page.sandbox, 'sms/send', dest=DEST, msg='before')
    assert stream.next('request')['form']['msg'] == 'before'
    page.post('reset')
    assert stream.next('reset') == {}
    ask(page.sandbox, 'sms/send', dest=DEST, msg='after')
    assert stream.next('request')['form']['msg'] == 'after'


def test_a_stream_has_no_request_twice(page: ControlPage, stream: Stream) -> None:
    for number in range(50):
        ask(page.sandbox, 'sms/send', dest=DEST, msg=f'{number}')
    seen = [stream.next('request')['form']['msg'] for _ in range(50)]
    assert seen == [f'{number}' for number in range(50)]
