from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hoiio.cli import streams
from hoiio.cli.exit_codes import ExitCode
from tests.cli.conftest import Run

HOIIO = [sys.executable, '-m', 'hoiio']
FULL = Path('/dev/full')

needs_a_full_disk = pytest.mark.skipif(not FULL.exists(), reason='only Linux has /dev/full')


class Unwritable(io.StringIO):
    """A stream whose reader or disk is gone."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self._error = error
        self._is_closing = False
        self._descriptor = os.open(os.devnull, os.O_WRONLY)

    def flush(self) -> None:
        if not self._is_closing:
            raise self._error

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        self._is_closing = True
        os.close(self._descriptor)
        super().close()


def test_the_exit_code_is_that_of_the_command() -> None:
    assert streams.guarded(lambda: ExitCode.REFUSED) == 1


def test_the_end_of_a_reader_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, 'stdout', Unwritable(BrokenPipeError(errno.EPIPE, 'Broken pipe')))
    assert streams.guarded(lambda: ExitCode.REFUSED) == 1
    assert capsys.readouterr().err == ''


def test_a_full_disk_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = OSError(errno.ENOSPC, 'No space left on device')
    monkeypatch.setattr(sys, 'stdout', Unwritable(full))
    assert streams.guarded(lambda: ExitCode.DONE) == ExitCode.PARTLY
    expected = 'hoiio: the output is not complete: No space left on device.\n'
    assert capsys.readouterr().err == expected


def test_another_error_of_the_system_is_not_hidden() -> None:
    def run() -> int:
        raise FileNotFoundError(errno.ENOENT, 'No such file', 'letter.pdf')

    with pytest.raises(FileNotFoundError):
        streams.guarded(run)


def test_ctrl_c_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def run() -> int:
        raise KeyboardInterrupt

    assert streams.guarded(run) == 130
    assert capsys.readouterr().err == 'Interrupted.\n'


def complain() -> int:
    streams.complain('hoiio: it is refused.')
    return 1


def test_standard_error_that_cannot_be_written_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, 'stderr', Unwritable(OSError(errno.ENOSPC, 'full')))
    assert streams.guarded(complain) == 1


def test_a_sentence_and_its_line_break_are_written_in_one_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pieces: list[str] = []

    class Pieces(io.StringIO):
        def write(self, text: str) -> int:
            pieces.append(text)
            return len(text)

    monkeypatch.setattr(sys, 'stderr', Pieces())
    complain()
    assert [*filter(None, pieces)] == ['hoiio: it is refused.\n']


@pytest.mark.parametrize(
    ('command', 'sentence'),
    [
        ('fax send +6563333333 -', 'file is missing'),
        ('sms bulk-send Hello --recipients -', 'the first row'),
        ('login --app-id ID', 'the access token is empty'),
        ('sandbox load -', 'is not a state'),
    ],
)
def test_a_command_that_reads_finds_nothing_if_standard_input_is_closed(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, sentence: str
) -> None:
    monkeypatch.setattr(sys, 'stdin', None)
    ended = run(*command.split())
    assert ended.code in {ExitCode.USAGE, ExitCode.CREDENTIALS}
    assert sentence in ended.err


@pytest.mark.parametrize(
    ('command', 'sentence'),
    [
        ('login --app-id ID', 'the access token is empty or is not text'),
        ('sms bulk-send Hello --recipients -', 'is not in UTF-8'),
    ],
)
def test_a_command_that_reads_refuses_bytes_in_another_encoding(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, sentence: str
) -> None:
    # The file of a shell on Windows, for example, is in UTF-16.
    utf_16 = io.BytesIO('TOKEN\n'.encode('utf-16'))
    monkeypatch.setattr(sys, 'stdin', io.TextIOWrapper(utf_16, encoding='utf-8'))
    ended = run(*command.split())
    assert ended.code in {ExitCode.USAGE, ExitCode.CREDENTIALS}
    assert sentence in ended.err


def test_closed_streams_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, 'stdout', None)
    monkeypatch.setattr(sys, 'stderr', None)
    assert streams.guarded(complain) == 1
    assert not streams.is_terminal(sys.stdout)
    assert streams.printable('é') == r'\xe9'


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('Hello 世界', 'Hello 世界'),
        ('\x1b[2J\x07', r'\x1b[2J\x07'),
        ('\x9b31m', r'\x9b31m'),
        ('abc\u202edef', r'abc\u202edef'),
        ('one\rtwo', r'one\rtwo'),
        ('one\ntwo', 'one\ntwo'),
        ('\udcff', r'\udcff'),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text: str, shown: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding='utf-8')
    assert streams.printable(text, stream) == shown


def test_what_the_encoding_lacks_is_escaped() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding='ascii')
    assert streams.printable('Hello 世界', stream) == r'Hello \u4e16\u754c'


# The same as processes, with the streams of the system.

COMMANDS = (['--help'], ['--version'], ['sms', '--help'], ['sms', 'send', '--help'], ['demo'])


@pytest.mark.slow
@pytest.mark.parametrize('unbuffered', ['', '1'])
@pytest.mark.parametrize('arguments', COMMANDS)
def test_no_command_prints_a_traceback_when_its_reader_ends(
    arguments: list[str], unbuffered: str
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, 'wb') as stdout:
        ended = subprocess.run(
            [*HOIIO, *arguments],
            stdout=stdout,
            stderr=subprocess.PIPE,
            env={**os.environ, 'PYTHONUNBUFFERED': unbuffered},
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (0, b'')


@needs_a_full_disk
@pytest.mark.slow
@pytest.mark.parametrize('unbuffered', ['', '1'])
@pytest.mark.parametrize('arguments', COMMANDS)
def test_no_command_prints_a_traceback_on_a_full_disk(
    arguments: list[str], unbuffered: str
) -> None:
    with FULL.open('wb') as full:
        ended = subprocess.run(
            [*HOIIO, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, 'PYTHONUNBUFFERED': unbuffered},
            text=True,
            check=False,
        )
    assert ended.returncode == 6
    assert ended.stderr == 'hoiio: the output is not complete: No space left on device.\n'


@needs_a_full_disk
@pytest.mark.slow
def test_an_error_on_a_full_disk_keeps_its_exit_code() -> None:
    with FULL.open('wb') as full:
        ended = subprocess.run([*HOIIO, 'smss'], stdout=full, stderr=full, check=False)
    assert ended.returncode == 2


# Runs a command, and presses Ctrl-C while a module is imported.
AT_IMPORT = """\
import signal, sys

class AtImport:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            signal.raise_signal(signal.SIGINT)

from hoiio.cli.main import main
sys.meta_path.insert(0, AtImport())
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize('arguments', [['demo'], ['sandbox', '--port', '0'], ['sms', '--help']])
@pytest.mark.parametrize(
    ('module', 'says'),
    [
        ('hoiio.cli.dispatch', b''),
        ('hoiio.cli.parser', b'Interrupted.\n'),
        ('requests', b'Interrupted.\n'),
    ],
)
def test_ctrl_c_during_the_imports_is_not_a_traceback(
    module: str, says: bytes, arguments: list[str]
) -> None:
    command = [sys.executable, '-c', AT_IMPORT, module, *arguments]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=600)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b'', says)
