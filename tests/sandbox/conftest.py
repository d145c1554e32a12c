"""The emulated service in this process, and a receiver of its notifications."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from hoiio.sandbox import FakeClock, Phone, Sandbox, Seed
from hoiio.sandbox.emulator import Emulator

HOOK = 'http://127.0.0.1:9/hook'


class LocalService:
    """The emulated service: call it with a path and parameters, as an application would."""

    def __init__(self, seed: Seed | None = None) -> None:
        self.clock = FakeClock()
        self.emulator = Emulator(seed, self.clock, origin='http://127.0.0.1:8420')

    def __call__(self, path: str, **values: str | bytes) -> dict[str, Any]:
        seed = self.emulator.seed
        credentials = {'app_id': seed.app_id, 'access_token': seed.access_token}
        return self.emulator.handle(path, {**credentials, **values})

    def status(self, path: str, **values: str | bytes) -> str:
        reply = self(path, **values)
        if reply['status'] != 'success_ok':
            assert list(reply) == ['status'], 'a refusal has no other fields'
        return str(reply['status'])

    def phone(self, number: str) -> Phone:
        return Phone(self.emulator, number)

    @property
    def posted(self) -> list[dict[str, str]]:
        return [dict(notification.fields) for notification in self.emulator.outbox.waiting]

    @property
    def last(self) -> dict[str, str]:
        return self.posted[-1]

    def balance(self) -> tuple[str, str, str]:
        reply = self('user/get_balance')
        return reply['balance'], reply['points'], reply['bonus']


@pytest.fixture
def service() -> LocalService:
    return LocalService()


@pytest.fixture
def service_with() -> Callable[..., LocalService]:
    """Return a function that makes a service with changes to the default account."""

    def make(**changes: Any) -> LocalService:
        return LocalService(replace(Seed(), **changes))

    return make


def ask(sandbox: Sandbox, path: str, **values: str) -> dict[str, Any]:
    """Send a request over the network, as the first application unless the values say otherwise."""
    parts = urlsplit(sandbox.url)
    form = {'app_id': sandbox.app_id, 'access_token': sandbox.access_token, **values}
    connection = http.client.HTTPConnection(parts.hostname or '', parts.port, timeout=30)
    with contextlib.closing(connection):
        connection.request('POST', parts.path + path, urlencode(form))
        reply: dict[str, Any] = json.loads(connection.getresponse().read())
    return reply


@dataclass(frozen=True)
class Post:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))


class Receiver:
    """The web server of an application: it stores notifications and can react to them."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.react: Callable[[Post], None] = lambda _post: None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers['Content-Length']))
                post = Post(self.path, dict(self.headers), body)
                receiver.posts.append(post)
                receiver.react(post)
                self.send_response(200)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.thread = threading.Thread(
            target=lambda: self.server.serve_forever(poll_interval=0.01), daemon=True
        )

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self.server.server_port}/hook'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    receiver.thread.join()
