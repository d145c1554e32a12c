"""What callers of the survey hear, and what is stored."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from hoiio.sandbox import PhoneCall, Sandbox
from tests import wire
from tests.examples.conftest import CALLER

if TYPE_CHECKING:
    from survey import Results

URL = 'http://testserver'


@pytest.fixture
def results(tmp_path: Path) -> Results:
    from survey import Results  # noqa: PLC0415

    return Results(tmp_path)


@pytest.fixture
def app(sandbox: Sandbox, results: Results) -> FastAPI:
    from survey import create_app  # noqa: PLC0415

    client = sandbox.client()
    number = client.number.subscribed_numbers().entries[0].number
    client.number.configure(number, forward_to=f'{URL}/hoiio').raise_for_status()
    return create_app(client, results, URL)


@pytest.fixture
def call(sandbox: Sandbox, app: FastAPI) -> Iterator[PhoneCall]:
    """A call that hears the first question."""
    browser = TestClient(app)

    def post(url: str, body: str, headers: dict[str, str]) -> object:
        return browser.post(url, content=body, headers=headers)

    number = sandbox.client().number.subscribed_numbers().entries[0].number
    with sandbox.delivered_by(post):
        call = sandbox.phone(CALLER).call(number)
        sandbox.drain()
        call.expect_said('How was our service?')
        yield call
        sandbox.drain()


def press(sandbox: Sandbox, call: PhoneCall, keys: str) -> None:
    call.press(keys)
    sandbox.drain()


def test_a_caller_answers_and_leaves_a_comment(
    sandbox: Sandbox, call: PhoneCall, results: Results, tmp_path: Path
) -> None:
    press(sandbox, call, '5')
    call.expect_said('Will you come back?')
    press(sandbox, call, '1')
    call.expect_said('Please leave a comment')
    press(sandbox, call, '#')
    call.expect_said('Thank you. Goodbye.')
    assert results.answers() == [('S1', 'service', '5'), ('S1', 'again', '1')]
    assert (tmp_path / 'comment-1.mp3').read_bytes()
    assert not list(tmp_path.glob('*.part'))


def test_an_answer_is_stored_before_the_next_question(
    sandbox: Sandbox, call: PhoneCall, results: Results
) -> None:
    sandbox.fault('dropped_before', 'ivr/middle/gather')
    call.press('5')
    with pytest.raises(AssertionError, match='not answered with 2xx'):
        sandbox.drain()
    assert results.answers() == [('S1', 'service', '5')]


def test_a_notification_that_comes_twice_counts_once(
    sandbox: Sandbox, call: PhoneCall, results: Results
) -> None:
    sandbox.notifications.duplicate_next()
    press(sandbox, call, '4')
    press(sandbox, call, '2')
    assert results.answers() == [('S1', 'service', '4'), ('S1', 'again', '2')]
    assert [event for event in sandbox.events if 'refused' in event] == []


def test_a_wrong_key_repeats_the_question_once(
    sandbox: Sandbox, call: PhoneCall, results: Results
) -> None:
    press(sandbox, call, '9')
    call.expect_said('How was our service?')
    press(sandbox, call, '9')
    call.expect_said('Goodbye.')
    assert results.answers() == []


def test_silence_repeats_the_question_once(sandbox: Sandbox, call: PhoneCall) -> None:
    for said in ('How was our service?', 'Goodbye.'):
        sandbox.clock.advance(seconds=10)
        sandbox.drain()
        call.expect_said(said)


def test_a_caller_who_hangs_up_keeps_the_answers(
    sandbox: Sandbox, call: PhoneCall, results: Results
) -> None:
    press(sandbox, call, '3')
    call.hang_up()
    sandbox.drain()
    assert results.answers() == [('S1', 'service', '3')]


def test_a_comment_is_kept_if_the_caller_hangs_up(
    sandbox: Sandbox, call: PhoneCall, tmp_path: Path
) -> None:
    press(sandbox, call, '3')
    press(sandbox, call, '1')
    sandbox.clock.advance(seconds=5)
    call.hang_up()
    sandbox.drain()
    assert (tmp_path / 'comment-1.mp3').exists()


def test_a_refused_block_is_logged(
    sandbox: Sandbox, call: PhoneCall, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.fail_next('ivr/middle/gather', 'error_session_ended')
    press(sandbox, call, '5')
    assert 'session S1: error_session_ended' in caplog.text


def test_a_download_that_fails_is_repeated_after_the_next_call(
    sandbox: Sandbox, call: PhoneCall, results: Results, tmp_path: Path
) -> None:
    press(sandbox, call, '3')
    press(sandbox, call, '1')
    with patch('requests.get', side_effect=OSError):
        press(sandbox, call, '#')
    call.expect_said('Thank you. Goodbye.')
    assert not (tmp_path / 'comment-1.mp3').exists()
    results.download_comments()
    assert (tmp_path / 'comment-1.mp3').exists()


def test_a_forged_notification_is_refused(app: FastAPI, results: Results) -> None:
    form = {'session': 'S1', 'call_state': 'ongoing', 'digits': '5', 'question': '0'}
    browser = TestClient(app)
    for headers in ({}, {'X-Hoiio-Signature': 'a' * 64}):
        assert browser.post('/hoiio', data=form, headers=headers).status_code == 403
    assert results.answers() == []


# The download of a comment


HEAD = b'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'
DOWNLOADS: dict[str, wire.Behaviour] = {
    'too large': wire.answer(wire.http(b'x' * 2000)),
    'too slow': wire.endless(HEAD, b'x', 0.01),
    'not found': wire.answer(wire.http(b'', 404)),
    'dropped': wire.drop,
    'cut off': wire.answer_and_close(HEAD + b'x' * 10),
}


@pytest.mark.parametrize(
    'behaviour',
    [
        pytest.param(behaviour, id=name, marks=[pytest.mark.slow] * (name == 'too slow'))
        for name, behaviour in DOWNLOADS.items()
    ],
)
def test_a_bad_download_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behaviour: wire.Behaviour
) -> None:
    import survey  # noqa: PLC0415

    monkeypatch.setattr(survey, 'MAX_BYTES', 1000)
    monkeypatch.setattr(survey, 'MAX_SECONDS', 0.3)
    with wire.serving(behaviour) as server:
        assert not survey.download(server.url, tmp_path / 'comment.mp3')
    assert list(tmp_path.iterdir()) == []


# On a real port


@contextmanager
def served(app: FastAPI, port: socket.socket) -> Iterator[None]:
    """Serve an application with uvicorn, in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, log_level='warning'))
    thread = threading.Thread(target=server.run, args=([port],))
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.slow
def test_it_runs_under_uvicorn(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from survey import Results, from_environment  # noqa: PLC0415

    number = sandbox.client().number.subscribed_numbers().entries[0].number
    with socket.create_server(('127.0.0.1', 0)) as port, sandbox.environment():
        monkeypatch.setenv('SURVEY_URL', f'http://127.0.0.1:{port.getsockname()[1]}/')
        monkeypatch.setenv('SURVEY_NUMBER', number)
        monkeypatch.chdir(tmp_path)
        with served(from_environment(), port):
            call = sandbox.phone(CALLER).call(number)
            for said, key in (('service', '5'), ('come back', '2'), ('comment', '#')):
                call.expect_said(said)
                call.press(key)
            call.expect_said('Thank you.')
            call.expect_over()
            sandbox.drain()
    assert Results(tmp_path).answers() == [('S1', 'service', '5'), ('S1', 'again', '2')]
    assert (tmp_path / 'comment-1.mp3').exists()
