"""A sandbox in this process, and the command line that controls it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from hoiio.cli.main import main
from hoiio.sandbox import FakeClock, Sandbox
from tests import wire

US = '+14155550100'


class Shell:
    """Runs ``hoiio sandbox`` in this process; the environment names the sandbox.

    Attributes:
        sandbox: The sandbox that the environment names.
        code: The exit code of the last command.
        out: What it printed.
        err: What it printed on standard error.
    """

    def __init__(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        self.sandbox = sandbox
        self.client = sandbox.client()
        self.port = str(urlsplit(sandbox.url).port)
        self._capsys = capsys
        self.code, self.out, self.err = 0, '', ''

    def __call__(self, *arguments: str) -> str:
        """Run a command, and return what it printed."""
        try:
            self.code = main(['sandbox', *arguments])
        except SystemExit as exc:
            assert isinstance(exc.code, int)
            self.code = exc.code
        self.out, self.err = self._capsys.readouterr()
        return self.out

    def done(self, *arguments: str) -> str:
        """Run a command that succeeds without a word on standard error."""
        self(*arguments)
        assert (self.code, self.err) == (0, '')
        return self.out

    def json(self, *arguments: str) -> Any:
        """Run a command with ``--json``, and return its object."""
        return json.loads(self(*arguments, '--json'))

    def refused(self, *arguments: str) -> tuple[int, str]:
        """Run a command that fails, and return its exit code and its sentence."""
        self(*arguments)
        return self.code, self.err


@pytest.fixture(scope='module')
def running() -> Iterator[Sandbox]:
    with Sandbox(clock=FakeClock()) as sandbox:
        yield sandbox


@pytest.fixture
def shell(
    running: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    running.clock.reset()
    running.reset()
    monkeypatch.setenv('HOIIO_BASE_URL', running.url)
    monkeypatch.setattr('hoiio.cli.sandbox.expectations.DRAIN_TIMEOUT', 60.0)
    return Shell(running, capsys)


@pytest.fixture
def application(shell: Shell) -> Iterator[wire.Server]:
    """An application that receives the notifications of a number."""
    with wire.serving(wire.answer_and_close(wire.http(b'ok'))) as server:
        shell.client.number.configure(US, forward_to=server.url, forward_sms_to=server.url)
        yield server
