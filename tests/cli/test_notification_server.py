"""The HTTP server of ``hoiio listen`` when the command itself fails, or a sender is gone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from hoiio.cli.notification_server import Answer, Incoming, NotificationServer

REQUEST = b'POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n'


class Server(NotificationServer):
    """A server that says when it is done with a request."""

    def __init__(self, receive: Callable[[Incoming], Answer]) -> None:
        super().__init__(0, receive)
        self.done = threading.Event()

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.done.set()


@contextmanager
def serving(receive: Callable[[Incoming], Answer]) -> Iterator[Server]:
    with Server(receive) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def answer_of(server: Server) -> bytes:
    with socket.create_connection(('127.0.0.1', server.server_port), 30) as peer:
        peer.sendall(REQUEST)
        return b''.join(iter(lambda: peer.recv(4096), b''))


def test_a_mistake_of_the_command_is_reported_and_the_server_goes_on(
    capfd: pytest.CaptureFixture[str],
) -> None:
    outcomes: list[Answer | RuntimeError] = [Answer(200), RuntimeError('a mistake')]

    def receive(_incoming: Incoming) -> Answer:
        outcome = outcomes.pop()
        if isinstance(outcome, Answer):
            return outcome
        raise outcome

    with serving(receive) as server:
        assert answer_of(server) == b''
        assert answer_of(server).startswith(b'HTTP/1.0 200')
    assert 'RuntimeError: a mistake' in capfd.readouterr().err


def test_starting_asks_no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> str:
        raise AssertionError('a name was looked up')

    monkeypatch.setattr(socket, 'getfqdn', refuse)
    with serving(lambda _incoming: Answer(200)) as server:
        assert answer_of(server).startswith(b'HTTP/1.0 200')


def test_a_sender_that_is_gone_is_not_worth_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    gone = threading.Event()

    def receive(_incoming: Incoming) -> Answer:
        gone.wait(30)
        return Answer(200, b'x' * 10_000_000)

    with serving(receive) as server:
        with socket.create_connection(('127.0.0.1', server.server_port), 30) as peer:
            peer.sendall(REQUEST)
        gone.set()
        assert server.done.wait(30)
    assert capfd.readouterr().err == ''
