"""The console blocks of the documentation run, and a wrong one is found."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from hoiio.sandbox import Sandbox
from tests.console import Command, Console, matches, parse

ROOT = Path(__file__).parent.parent.parent
SENT = '$ hoiio sandbox trigger sms +6598765432 +6591234567 Hello\n'
CONSOLE = re.compile(r'^\.\. code-block:: console\n(\s*\n| +.*\n)+', re.MULTILINE)
EVENT = '00:00:00 sms +6598765432 -> +6591234567: Hello\n…\n'


@pytest.fixture
def console(sandbox: Sandbox) -> Console:
    return Console(sandbox)


def test_a_block_has_commands_and_their_output() -> None:
    block = '$ one \\\n>   two\nprinted\n\n  more\n$ three\n'
    assert parse(block) == [Command('one two', 'printed\n\n  more\n'), Command('three', '')]
    with pytest.raises(AssertionError, match='begins with a command'):
        parse('printed\n$ one\n')


@pytest.mark.parametrize(
    ('shown', 'printed'),
    [
        ('one', 'one\n'),
        ('at 17:21:02', 'at 00:00:59'),
        ('2026-01-01 17:21:02', '2031-12-31 00:00:00'),
        ('http://127.0.0.1:8420/', 'http://127.0.0.1:41234/'),
        ('o…e', 'one'),
        ('one …\nthree', 'one two\nthree'),
        ('one\n…\nfour', 'one\ntwo\nthree\nfour'),
        ('one\n…', 'one'),
        ('…\nthree', 'one\ntwo\nthree'),
        ('a (b) [c] + * ? \\', 'a (b) [c] + * ? \\'),
    ],
)
def test_output_that_matches(shown: str, printed: str) -> None:
    assert matches(shown, printed)


@pytest.mark.parametrize(
    ('shown', 'printed'),
    [
        ('one', 'two'),
        ('one', 'one\ntwo'),
        ('', 'one'),
        ('one', ''),
        ('one …', 'one two\nthree'),
        ('one\n…\nfour', 'one\ntwo\nthree'),
        ('at 17:21:02', 'at noon'),
        ('0.032', '0.033'),
        ('a.c', 'abc'),
    ],
)
def test_output_that_differs(shown: str, printed: str) -> None:
    assert not matches(shown, printed)


@pytest.mark.parametrize(
    'block',
    [
        f'{SENT}{EVENT}$ echo $?\n1\n$ hoiio sandbox inbox +6591234567\n… Hello\n',
        f'{SENT}$ echo $?',
        '$ python -m hoiio sandbox clock --port 8420\n2026-01-01 17:21:02\n',
        '$ export HOIIO_BASE_URL=http://127.0.0.1:8420/open/\n$ hoiio sandbox wait\n',
        '$ hoiio sandbox --port 8420 &\n$ eval "$(hoiio sandbox env)"\n$ hoiio account balance\n',
        '$ hoiio sandbox --answer manual\nThe sandbox is running at http://127.0.0.1:8420/open/…\n…\n',
        '$ pip install "hoiio[sandbox]"',
    ],
)
def test_a_block_that_is_right(console: Console, block: str) -> None:
    console.run(block)


@pytest.mark.slow
def test_a_block_that_needs_a_shell(console: Console) -> None:
    console.run('$ hoiio sandbox numbers | head -n 1\n+6588880001 …\n$ python -m hoiio > x\n')
    assert Path('x').read_text('utf-8').startswith('usage: hoiio')


@pytest.mark.parametrize(
    ('block', 'problem'),
    [
        ('$ hoiio sandbox clock\nyesterday\n', r'shown:\nyesterday\nprinted:\n2'),
        (SENT, 'not one of your numbers'),
        (f'{SENT}{EVENT}$ echo $?\n0\n', r'echo \$\?'),
        ('$ hoiio sandbox wait\nready\n', r'shown:\nready\nprinted:\n$'),
        ('$ hoiio sandbox unknown\n', 'unknown'),
        ('$ hoiio sandbox wait\n$ rm -r x\n', 'rm -r x: no command of ours'),
    ],
)
def test_a_block_that_is_wrong(console: Console, block: str, problem: str) -> None:
    with pytest.raises(AssertionError, match=problem):
        console.run(block)


def test_commands_find_no_files_of_the_person_who_runs_the_tests(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('XDG_CONFIG_HOME', '/nowhere')
    Path('token.txt').write_text('MY_ACCESS_TOKEN', 'utf-8')
    console.run('$ hoiio login --app-id MY_APP_ID < token.txt\n… /home/me/.config/…\n…\n')
    assert os.environ['XDG_CONFIG_HOME'] == '/nowhere'
    assert list(Path('home').rglob('default.toml'))


def test_each_command_of_a_chapter_is_in_a_console_block() -> None:
    """Commands in other blocks, such as those after two colons, would not run."""
    found = []
    for path in (*ROOT.glob('*.rst'), *ROOT.glob('docs/**/*.rst')):
        rest = CONSOLE.sub('', path.read_text('utf-8'))
        found += re.findall(r'^ +(?:\$ )?(?:python -m )?hoiio .*', rest, re.MULTILINE)
    assert found == []
