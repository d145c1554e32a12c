"""The ``hoiio sandbox`` command: it runs a sandbox, or controls one that is running."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from hoiio import Hoiio, HoiioClient
from hoiio.cli.demo import small_pdf
from hoiio.cli.main import main
from hoiio.sandbox.presets.magic_numbers import MAGIC
from tests import wire

# Nearly each of them starts a Python of its own.
pytestmark = pytest.mark.slow


class Running:
    """A sandbox that was started by the command line."""

    def __init__(self, *args: str, env: dict[str, str] | None = None) -> None:
        command = [sys.executable, '-m', 'hoiio', 'sandbox', '--port', '0', *args]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
        )
        self.head = self.read_until('HOIIO_ACCESS_TOKEN')
        self.port = re.findall(r'127\.0\.0\.1:(\d+)/', self.head)[0]

    def read_until(self, word: str) -> str:
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if word in line:
                return ''.join(lines)
        raise AssertionError(f'{word!r} never came: {"".join(lines)}')

    def do(self, *args: str) -> int:
        return main(['sandbox', '--port', self.port, *args])

    def interrupt(self) -> tuple[str, str, int]:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        return out, err, self.process.returncode


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.process.kill()
    running.process.communicate()


def test_a_sandbox_says_how_to_use_it(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    exported = dict(re.findall(r'^  export (\w+)=(\S+)$', running.head, re.MULTILINE))
    assert sorted(exported) == ['HOIIO_ACCESS_TOKEN', 'HOIIO_APP_ID', 'HOIIO_BASE_URL']
    for name, value in exported.items():
        monkeypatch.setenv(name, value)
    Hoiio.sms.send('Hoiio World', '+6598765432').raise_for_status()
    assert '-> +6598765432: Hoiio World' in running.read_until('AA-S-1')


def test_ctrl_c_stops_the_sandbox(running: Running) -> None:
    out, err, code = running.interrupt()
    assert (out.strip(), err, code) == ('Stopped.', '', 0)


def test_a_taken_port_is_reported(running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert running.do() == 1
    assert f'port {running.port} is not available' in capsys.readouterr().err


def test_trigger_performs_actions_of_phones(
    running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / 'hello.pdf'
    file.write_bytes(small_pdf())
    assert running.do('trigger', 'sms', '+6598765432', '+14155550100', 'hello') == 0
    assert '+6598765432 -> +14155550100: hello' in running.read_until('AA-SI-1')
    assert running.do('trigger', 'call', '+6598765432', '+6531580000') == 0
    assert running.read_until('call +6598765432 -> +6531580000')
    assert running.do('trigger', 'fax', '+6598765432', '+6531580000', str(file)) == 0
    assert running.read_until('fax +6598765432 -> +6531580000')
    assert capsys.readouterr().err == ''


def test_a_refused_trigger_is_reported(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    assert running.do('trigger', 'sms', 'nobody', '+14155550100', 'hello') == 1
    assert 'nobody' in capsys.readouterr().err
    assert running.do('trigger', 'fax', '+6598765432', '+6531580000', 'nowhere.pdf') == 1
    assert 'nowhere.pdf' in capsys.readouterr().err


def test_resend_delivers_a_notification_again(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    client = HoiioClient(
        'MY_APP_ID', 'MY_ACCESS_TOKEN', base_url=f'http://127.0.0.1:{running.port}/open/'
    )
    with wire.serving() as server:
        client.sms.send('Hoiio World', '+6598765432', notify_url=server.url).raise_for_status()
        shown = running.read_until('notification')
        number = re.findall(r'notification (\d+)', shown)[0]
        assert running.do('resend', number) == 0
        running.read_until('notification')
        assert len(server.requests) == 2
        first, second = (request.partition(b'\r\n\r\n')[2] for request in server.requests)
    assert first == second
    assert capsys.readouterr().out.strip().isdigit()
    assert running.do('resend', '999') == 1
    assert '999' in capsys.readouterr().err


def test_wait_ends_when_the_sandbox_is_ready(running: Running) -> None:
    assert running.do('wait') == 0


def test_wait_gives_up_after_its_timeout(capsys: pytest.CaptureFixture[str]) -> None:
    port = wire.refused_url().rpartition(':')[2].partition('/')[0]
    assert main(['sandbox', '--port', port, 'wait', '--timeout', '0.1']) == 1
    assert f'no sandbox answered at port {port} within 0.1 s' in capsys.readouterr().err


def test_open_shows_the_state_in_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def look(url: str) -> None:
        opened.append(url)
        raise KeyboardInterrupt

    monkeypatch.setattr('webbrowser.open', look)
    assert main(['sandbox', '--port', '0', '--open']) == 0
    assert re.fullmatch(r'http://127\.0\.0\.1:\d+/_sandbox/state', opened[0])


def test_triggers_answer_press_and_hang_up() -> None:
    running = Running('--answer', 'manual')
    try:
        client = HoiioClient(
            'MY_APP_ID',
            'MY_ACCESS_TOKEN',
            base_url=f'http://127.0.0.1:{running.port}/open/',
        )
        with wire.serving() as server:
            session = client.ivr.dial('+6598765432', notify_url=server.url).session
            assert running.do('trigger', 'answer', '+6598765432') == 0
            running.read_until('notification')
            client.ivr.gather(session, max_digits=1, notify_url=server.url).raise_for_status()
            assert running.do('trigger', 'press', '+6598765432', '1') == 0
            running.read_until('notification')
            assert running.do('trigger', 'hangup', '+6598765432') == 0
            running.read_until('notification')
            bodies = [parse_qs(request.decode()) for request in server.requests]
    finally:
        running.interrupt()
    assert [body['call_state'] for body in bodies] == [['ongoing'], ['ongoing'], ['ended']]
    assert bodies[1]['digits'] == ['1']


def test_numbers_lists_the_magic_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(['sandbox', 'numbers']) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(MAGIC)
    assert not any('`' in line for line in lines)


def test_characters_that_the_terminal_cannot_show_are_escaped() -> None:
    running = Running(env={**os.environ, 'PYTHONIOENCODING': 'ascii'})
    try:
        assert running.do('trigger', 'sms', '+6598765432', '+14155550100', 'Grüße 👍 \x1b[31m') == 0
        line = running.read_until('AA-SI-1')
        assert line.endswith('Gr\\xfc\\xdfe \\U0001f44d \\x1b[31m\n')
    finally:
        assert running.interrupt()[2] == 0


def test_a_closed_pipe_ends_the_command() -> None:
    running = Running()
    assert running.process.stdout is not None
    running.process.stdout.close()
    # The command may end before this event, when it writes the rest of its welcome text.
    running.do('trigger', 'sms', '+6598765432', '+14155550100', 'hello')
    assert running.process.stderr is not None
    with running.process.stderr as stderr:
        assert stderr.read() == ''
    assert running.process.wait(30) == 1


@pytest.mark.parametrize('port', ['-1', '70000', 'x'])
def test_an_invalid_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(['sandbox', '--port', port])
    assert caught.value.code == 2
    assert 'PORT' in capsys.readouterr().err


def test_another_server_at_the_port_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with wire.serving(wire.answer(wire.http(b'[1]'))) as server:
        assert main(['sandbox', '--port', str(server.port), 'resend', '1']) == 1
    assert 'no sandbox answers at port' in capsys.readouterr().err
