"""Runs the console blocks of the documentation against a sandbox, and compares what they print.

A block has commands, which begin with ``$``, each followed by what it prints. An ellipsis stands
for any text: at most the rest of a line, or any lines if it is alone on a line. Times and ports may
differ. A block that shows no output at all is run, but its output is not compared. A command must
succeed, unless the next command is ``echo $?``.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest import mock
from urllib.parse import urlsplit

from hoiio.cli.main import main
from hoiio.cli.sandbox.command import ACTIONS
from hoiio.sandbox import Sandbox

__all__ = ['Command', 'Console', 'matches', 'parse']

ANY = '…'
PROMPT = '$ '
# The port of a sandbox in the documentation.
PORT = '8420'
# A file as standard input needs no shell.
STATUS = 'echo $?'
EVAL = re.compile(r'eval "\$\((.+)\)"')
INPUT = re.compile(r' < (\S+)$')
SHELL = re.compile(r'[|<>;&`]|\$\(')
HOME = '/home/me'
# What a sandbox prints after the Ctrl-C that the documentation does not show.
STOPPED = '\nStopped.\n'
PROGRAM = re.compile(r'hoiio\b|python -m hoiio\b')
NORMALISED = (
    (re.compile(r'\d{4}-\d\d-\d\d(?=[ T])'), '2026-01-01'),
    (re.compile(r'\b\d\d:\d\d:\d\d\b(\.\d+)?'), '00:00:00'),
    (re.compile(r'(127\.0\.0\.1|localhost|\[::1\]):\d+'), r'\1:8420'),
)


class Command(NamedTuple):
    """A command of a block, and the output that the block shows."""

    text: str
    shown: str


def parse(block: str) -> list[Command]:
    """Return the commands of a block."""
    commands: list[Command] = []
    for line in block.splitlines():
        if line.startswith(PROMPT):
            commands.append(Command(line.removeprefix(PROMPT), ''))
        elif commands and commands[-1].text.endswith('\\'):
            text = f'{commands[-1].text[:-1]}{line.removeprefix("> ").strip()}'
            commands[-1] = commands[-1]._replace(text=text)
        elif commands:
            shown = f'{commands[-1].shown}{line}\n'
            commands[-1] = commands[-1]._replace(shown=shown)
        else:
            raise AssertionError(f'a console block begins with a command, and not with {line!r}')
    return commands


def matches(shown: str, printed: str) -> bool:
    """Return True if a command printed what the documentation shows."""
    lines = [_pattern(line) for line in _normalised(shown)]
    return bool(re.fullmatch(''.join(lines), ''.join(_normalised(printed))))


def _pattern(line: str) -> str:
    if line.strip() == ANY:
        return r'(?:.*\n)*?'
    return re.escape(line).replace(ANY, '.*?')


def _normalised(text: str) -> list[str]:
    """Return the lines of a text, without what differs from run to run."""
    for pattern, replacement in NORMALISED:
        text = pattern.sub(replacement, text)
    return [f'{line.rstrip()}\n' for line in text.strip().splitlines()]


class Console:
    """A terminal in which the blocks of one chapter run.

    Args:
        sandbox: The sandbox that the commands use, with its account.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._port = str(urlsplit(sandbox.url).port)
        self._home = Path.cwd() / 'home'
        self._home.mkdir(exist_ok=True)
        self._environment = {**sandbox.environment(), 'HOME': str(self._home)}
        self._code = 0

    def run(self, block: str) -> None:
        """Run the commands of a block, if it has a command of ours.

        Raises:
            AssertionError: If one fails, or prints something else.
        """
        commands = parse(block)
        if not any(PROGRAM.match(command.text) for command in commands):
            return
        shows_output = any(command.shown for command in commands)
        following = [command.text for command in commands[1:]] + ['']
        for command, after in zip(commands, following, strict=True):
            printed = self._run(command.text).replace(str(self._home), HOME)
            if shows_output and not matches(command.shown, printed):
                raise AssertionError(_difference(command, printed))
            expects_failure = after == STATUS
            if self._code != 0 and not expects_failure:
                raise AssertionError(f'$ {command.text}\nexit code {self._code}\n{printed}')

    def _run(self, text: str) -> str:
        """Run a command, and return what it printed."""
        if text == STATUS:
            code, self._code = self._code, 0
            return str(code)
        if evaluated := EVAL.fullmatch(text):
            for line in self._run(evaluated[1]).splitlines():
                self._run(line)
            return ''
        text = re.sub(rf'\b{PORT}\b', self._port, text)
        if text.startswith('export '):
            name, _, value = shlex.split(text)[1].partition('=')
            self._environment[name] = value
            return ''
        if text.endswith(' &'):
            # What the documentation starts in the background runs already.
            return ''
        with mock.patch.dict(os.environ, self._environment):
            for name in ('XDG_CONFIG_HOME', 'XDG_DATA_HOME'):
                os.environ.pop(name, None)
            given = INPUT.search(text)
            if SHELL.search(INPUT.sub('', text)):
                return self._in_shell(text)
            return self._in_process(INPUT.sub('', text), given[1] if given else os.devnull)

    def _in_process(self, text: str, given: str) -> str:
        words = shlex.split(text)
        program = words[:1] if words[0] == 'hoiio' else words[:3]
        if program not in (['hoiio'], ['python', '-m', 'hoiio']):
            raise AssertionError(f'{text}: no command of ours')
        output = io.TextIOWrapper(io.BytesIO(), 'utf-8', newline='', write_through=True)
        with ExitStack() as stack:
            stack.enter_context(redirect_stdout(output))
            stack.enter_context(redirect_stderr(output))
            file = stack.enter_context(Path(given).open(encoding='utf-8'))
            stack.enter_context(mock.patch.object(sys, 'stdin', file))
            stack.enter_context(mock.patch.object(Sandbox, 'follow', _until_ctrl_c))
            self._code = _exit_code(_on_a_free_port(words[len(program) :], self._port))
        return output.buffer.getvalue().decode().removesuffix(STOPPED)

    def _in_shell(self, text: str) -> str:
        folder = Path.cwd() / '.commands'
        folder.mkdir(exist_ok=True)
        for name, arguments in (('hoiio', '-m hoiio '), ('python', '')):
            program = folder / name
            program.write_text(f'#!/bin/sh\nexec {sys.executable} {arguments}"$@"\n', 'utf-8')
            program.chmod(0o755)
        done = subprocess.run(
            ['/bin/sh', '-c', text],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, 'PATH': f'{folder}:{os.environ["PATH"]}'},
            text=True,
            check=False,
        )
        self._code = done.returncode
        return done.stdout


def _exit_code(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as exc:
        return int(exc.code or 0)


def _on_a_free_port(arguments: list[str], taken: str) -> list[str]:
    """Let a command that starts a sandbox use a free port."""
    if arguments[:1] != ['sandbox'] or ACTIONS.keys() & {*arguments}:
        return arguments
    rest = ['0' if each == taken else each for each in arguments[1:]]
    return ['sandbox', *rest] if '--port' in rest else ['sandbox', '--port', '0', *rest]


def _until_ctrl_c(sandbox: Sandbox) -> Iterator[str]:
    """Yield the events so far, then press Ctrl-C."""
    yield from sandbox.events
    raise KeyboardInterrupt


def _difference(command: Command, printed: str) -> str:
    """Return a message that shows what a command printed, and what it should have printed."""
    return f'$ {command.text}\nshown:\n{command.shown.strip()}\nprinted:\n{printed.strip()}'
