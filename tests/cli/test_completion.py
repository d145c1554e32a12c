"""The ``hoiio completion`` command, in the real shells."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import argcomplete
import pytest

from hoiio.cli import listen
from hoiio.cli.main import COMMANDS, main
from tests import servers
from tests.cli.terminal import at_a_terminal

# A line, some of its completions, and some words that are none.
LINES = [
    ('hoiio ', {*COMMANDS}, {'trigger', 'bash'}),
    ('hoiio lis', {'listen'}, {'login'}),
    ('hoiio listen --forward', {'--forward-to', '--forward-invalid'}, {'--port'}),
    ('hoiio sms send --no', {'--notify-url'}, {'--tag'}),
    ('hoiio sandbox trigger ', {'sms', 'call', 'hangup'}, {'resend'}),
    ('hoiio completion ', {'bash', 'zsh', 'fish'}, {'listen'}),
    ('hoiio logout --profile ', {'work', 'home'}, {'listen'}),
    ('hoiio listen --port 1 --profile w', {'work'}, {'home'}),
]


@pytest.fixture(autouse=True)
def _hoiio_in_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / 'bin' / 'hoiio'
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m hoiio "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv('PATH', f'{program.parent}{os.pathsep}{os.environ["PATH"]}')
    monkeypatch.setenv('HOME', str(tmp_path))


@pytest.fixture(autouse=True)
def _profiles(profiles_folder: Path) -> None:
    profiles_folder.mkdir(parents=True)
    for name in ('work', 'home'):
        (profiles_folder / f'{name}.toml').write_text('not even readable')


def output_of(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout


def check(completed: list[list[str]]) -> None:
    for words, (line, found, absent) in zip(completed, LINES, strict=True):
        assert found <= {*words}, line
        assert not absent & {*words}, line


# One shell completes all lines, because a shell loads its completions for half a second.

BASH = """
eval "$(hoiio completion bash)"
for COMP_LINE; do
    COMP_POINT=${#COMP_LINE}
    _python_argcomplete hoiio
    printf '%s ' "${COMPREPLY[@]}"
    echo
done
"""


@pytest.mark.slow
def test_bash_completes() -> None:
    lines = [line for line, _, _ in LINES]
    shown = output_of('bash', '--norc', '-c', BASH, 'bash', *lines).splitlines()
    check([words.split() for words in shown])


FISH = """
hoiio completion fish | source
for line in $argv
    complete -C $line
    echo end
end
"""


@pytest.mark.slow
def test_fish_completes_and_says_what_each_word_means() -> None:
    lines = [line for line, _, _ in LINES]
    shown = output_of(servers.program('fish'), '--no-config', '-c', FISH, *lines)
    texts = [
        dict(each.partition('\t')[::2] for each in part.splitlines())
        for part in shown.removesuffix('end\n').split('\nend\n')
    ]
    check([[*words] for words in texts])
    assert all(texts[0][name] == COMMANDS[name][1] for name in COMMANDS)


@pytest.mark.slow
def test_zsh_completes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('TERM', 'dumb')
    with at_a_terminal(servers.program('zsh'), '-f', '-i') as terminal:
        terminal.press('stty rows 40 cols 120; PS1=; unsetopt LIST_AMBIGUOUS\n')
        terminal.press('autoload -Uz compinit; compinit -u -D; eval "$(hoiio completion zsh)"\n')
        for number, (line, found, absent) in enumerate(LINES):
            terminal.press(f'echo ready $(({number} + 100))\n')
            terminal.wait_for(f'ready {number + 100}')
            terminal.clear()
            # One Tab, because zsh inserts a Tab if another key is pressed already.
            terminal.press(f'{line}\t')
            for word in found:
                terminal.wait_for(word)
            # Ctrl-U deletes the line.
            terminal.press(f'\x15echo done $(({number} + 200))\n')
            terminal.wait_for(f'done {number + 200}')
            assert not absent & {*terminal.shown.split()}, line


def printed(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(['completion', shell]) == 0
    return capsys.readouterr().out


def test_each_shell_has_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert 'complete -o nospace -o default' in printed('bash', capsys)
    assert '#compdef hoiio' in printed('zsh', capsys)
    assert 'complete --command hoiio' in printed('fish', capsys)


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(['completion', 'tcsh'])
    assert caught.value.code == 2
    assert 'tcsh' in capsys.readouterr().err


def test_without_argcomplete_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, 'argcomplete', None)
    assert main(['completion', 'bash']) == 1
    assert capsys.readouterr() == (
        '',
        'hoiio completion: argcomplete is not installed: pip install "hoiio[cli]"\n',
    )


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line whose end is behind the cursor."""
    # It is emptied, so this puts it back.
    monkeypatch.setattr(sys, 'stdin', sys.stdin)
    monkeypatch.setenv('_ARGCOMPLETE', '1')
    monkeypatch.setenv('COMP_LINE', 'hoiio listen --forw --help')
    monkeypatch.setenv('COMP_POINT', '19')


def test_the_parser_of_the_command_has_its_arguments_before_argcomplete_reads_it(
    line: None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    configured: list[str] = []
    add_arguments = listen.configure

    def configure(parser: ArgumentParser) -> None:
        configured.append(parser.prog)
        add_arguments(parser)

    def autocomplete(_parser: ArgumentParser, exit_method: Callable[[int], None]) -> None:
        assert configured == ['hoiio listen']
        exit_method(0)

    monkeypatch.setattr(listen, 'configure', configure)
    monkeypatch.setattr(argcomplete, 'autocomplete', autocomplete)
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 0
    assert capfd.readouterr() == ('', '')


def test_a_shell_gets_nothing_without_argcomplete(
    line: None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, 'argcomplete', None)
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 1
    assert capfd.readouterr() == ('', '')


@pytest.mark.slow
@pytest.mark.parametrize('command', ['fax send +6563333333', 'sms bulk-send Hi --recipients'])
def test_the_key_does_not_wait_for_what_somebody_types(command: str, tmp_path: Path) -> None:
    line = f'hoiio {command} - --t'
    # The shell makes these variables.
    environment = {
        **os.environ,
        '_ARGCOMPLETE': '1',
        '_ARGCOMPLETE_STDOUT_FILENAME': str(tmp_path / 'found'),
        'COMP_LINE': line,
        'COMP_POINT': str(len(line)),
    }
    typed, _never_closed = os.pipe()
    hoiio = [sys.executable, '-m', 'hoiio']
    subprocess.run(hoiio, stdin=typed, env=environment, check=True, timeout=600)
    assert '--tag' in (tmp_path / 'found').read_text()


def test_the_key_does_not_wait_for_requests() -> None:
    code = (
        'import sys; from hoiio.cli import completion, listen, login, logout, whoami;'
        ' print({"requests", "hoiio.notification"} & {*sys.modules})'
    )
    assert output_of(sys.executable, '-c', code) == 'set()\n'
