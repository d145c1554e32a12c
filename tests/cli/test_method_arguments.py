from __future__ import annotations

import io
import os
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hoiio.cli.method_arguments import add_arguments, parameters_of, read_call, returned_by
from hoiio.response import Response, Transaction
from hoiio.service.sms import Sms, SmsHistory
from tests.cli.conftest import Run
from tests.cli.service_calls import ALICE, BOB


def method(
    self: object,
    first: str | None,
    count: int,
    more: str = 'x',
    *,
    labels: list[str] | None = None,
    colours: Mapping[str, str] | None = None,
    start: date | None = None,
    loud: bool | None = None,
) -> Transaction:
    """Do it.

    Args:
        first: 100% of it.
    """
    raise NotImplementedError


def called(*arguments: str) -> tuple[list[Any], dict[str, Any]]:
    parser, parameters = ArgumentParser(), list(parameters_of(method))
    add_arguments(parser, parameters)
    return read_call(parser.parse_args(arguments), parameters)


@pytest.mark.parametrize(
    ('arguments', 'args', 'keywords'),
    [
        ('a 1', ['a', 1], {}),
        ('a 1 z', ['a', 1, 'z'], {}),
        ('a 1 --labels x --labels y', ['a', 1], {'labels': ['x', 'y']}),
        ('a 1 --colours a=b --colours c==d', ['a', 1], {'colours': {'a': 'b', 'c': '=d'}}),
        ('a 1 --start 2026-01-31', ['a', 1], {'start': '2026-01-31 00:00:00'}),
        ('a 1 --start 2026-01-31T12:00:05', ['a', 1], {'start': '2026-01-31 12:00:05'}),
        ('a 1 --loud', ['a', 1], {'loud': True}),
        ('a 1 --no-loud', ['a', 1], {'loud': False}),
    ],
)
def test_the_annotation_says_how_to_read_a_value(
    arguments: str, args: list[Any], keywords: dict[str, Any]
) -> None:
    assert called(*arguments.split()) == (args, keywords)


def test_nothing_stands_for_none() -> None:
    assert called('', '1') == ([None, 1], {})


@pytest.mark.parametrize(
    ('arguments', 'says'),
    [
        ('a one', 'must be a whole number'),
        ('a 1.5', 'must be a whole number'),
        ('a ٣', 'must be a whole number'),
        ('a 1 --start yesterday', 'must be a date in GMT+8'),
        ('a 1 --start 2026-02-30', 'must be a date in GMT+8'),
        ('a 1 --start 2026-W01-1', 'must be a date in GMT+8'),
        ('a 1 --colours red', 'must be a name and a value'),
        ('a 1 --colours =red', 'must be a name and a value'),
        ('\udcff 1', 'must be text in the encoding of the terminal'),
    ],
)
def test_a_wrong_value_is_a_sentence(
    arguments: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        called(*arguments.split())
    assert caught.value.code == 2
    assert says in capsys.readouterr().err


def test_the_help_is_that_of_the_docstring(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        called('--help')
    assert "100% of it. Write '' for None." in capsys.readouterr().out


def test_what_a_method_returns() -> None:
    assert returned_by(Sms.history) is SmsHistory
    assert returned_by(Sms.find) is object


def test_annotations_that_only_a_type_checker_knows_are_read_as_text() -> None:
    def hidden(self: object, text: Unknown, **params: Unknown) -> Response:  # type: ignore[name-defined]  # noqa: F821
        """Do it."""
        raise NotImplementedError

    names = [each.name for each in parameters_of(hidden)]
    assert names == ['text', 'extra', 'timeout']


# Through the whole command: nothing is sent, as the dry run shows.


@pytest.mark.parametrize(
    ('arguments', 'shown'),
    [
        (['send', 'Hi', ALICE], ['msg Hi', f'dest {ALICE}']),
        (['send', '--tag', 'x', 'Hi', ALICE], ['tag x']),
        (['send', 'Hi', '--tag', 'x', ALICE], ['tag x', f'dest {ALICE}']),
        (['send', 'Hi', ALICE, '--tag=-x'], ['tag -x']),
        (['send', 'Hi', ALICE, '--tag', '-x'], ['tag -x']),
        (['send', '--', '-Hi', ALICE], ['msg -Hi']),
        (['send', '--tag', 'x', '--', '--tag', ALICE], ['tag x', 'msg --tag']),
        (['send', '-5', ALICE], ['msg -5']),
        (['send', '-', ALICE], ['msg -']),
        (['send', 'Hi', '6591234567'], ['dest 6591234567']),
        (['send', 'Hi', ALICE, '--extra', 'new=a=b', '--extra', 'x='], ['new a=b', 'x -']),
        (['bulk-send', 'Hi', ALICE, '--tag', 'x', BOB], [f'dest {ALICE},{BOB}']),
        (['bulk-send', '--tag', 'x', 'Hi', ALICE, BOB], [f'dest {ALICE},{BOB}']),
        (['history', '--from', '2026-01-01'], ['from 2026-01-01 00:00:00']),
    ],
)
def test_options_and_texts_come_in_any_order(
    arguments: list[str], shown: list[str], run: Run
) -> None:
    ended = (
        run('sms', *arguments, '--dry-run')
        if '--' not in arguments
        else run('sms', arguments[0], '--dry-run', *arguments[1:])
    )
    assert (ended.code, ended.err) == (0, '')
    lines = [' '.join(line.split()) for line in ended.out.splitlines()]
    assert {*shown} <= {*lines}


@pytest.mark.parametrize(
    ('arguments', 'says'),
    [
        ('sms send Hi', 'the following arguments are required: DEST'),
        (f'sms send Hi {ALICE} {BOB}', 'too many arguments; a text with spaces needs quotes.'),
        (f'sms send -x {ALICE}', 'unknown option -x; if it is a text, write -- before it.'),
        (f'sms send Hi {ALICE} --tag', 'argument --tag: expected one argument'),
        (f'sms send Hi {ALICE} --ta x', 'unknown option --ta;'),
        (f'sms send Hi {ALICE} --access-token=SECRET', 'unknown option --access-token;'),
        (f'sms send Hi {ALICE} --extra access_token=SECRET', 'must not be access_token'),
        (f'sms send Hi {ALICE} --extra app_id=SECRET', 'must not be app_id'),
        (
            f'sms send Hi {ALICE} --timeout 0',
            'must be a number of seconds, such as 2.5, more than 0',
        ),
        (f'sms send Hi {ALICE} --timeout soon', 'must be a number of seconds'),
        ('fax history --type unknown', "invalid choice: 'unknown'"),
        ('sms history --limit 0', '--limit: must be 1 or more'),
        ('sms history --json --csv', 'not allowed with argument'),
        ('sms bulk-send Hi --recipients nowhere.csv', 'cannot read nowhere.csv: No such file'),
        (f'voice conference {ALICE} {ALICE}', 'or pass --allow-duplicates'),
        ('fax send +6561234567 nowhere.pdf', 'No such file or directory (nowhere.pdf)'),
    ],
)
def test_wrong_usage_is_a_sentence(arguments: str, says: str, run: Run) -> None:
    ended = run(*arguments.split())
    assert (ended.code, ended.out) == (2, '')
    assert says in ended.err
    assert 'SECRET' not in ended.err


def test_a_file_of_recipients(run: Run, tmp_path: Path) -> None:
    path = tmp_path / 'people.csv'
    path.write_text(f'dest,name\n{ALICE},Alice\n', encoding='utf-8')
    ended = run('sms', 'bulk-send', 'Hi {{name}}', '--recipients', str(path), '--dry-run', '--json')
    assert ended.code == 0
    assert '\\"name\\": \\"Alice\\"' in ended.out


def test_a_fax_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, 'stdin', io.TextIOWrapper(io.BytesIO(b'%PDF-1.4')))
    ended = run('fax', 'send', ALICE, '-', '--filename', 'letter.pdf', '--dry-run')
    assert ended.code == 0
    assert '12 characters of base64' in ended.out
    assert 'letter.pdf' in ended.out


def test_a_fax_from_a_pipe_with_a_path(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / 'pipe'
    os.mkfifo(pipe)
    # A writer waits for its reader.
    threading.Thread(target=pipe.write_bytes, args=(b'%PDF-1.4',), daemon=True).start()
    ended = run('fax', 'send', ALICE, str(pipe), '--dry-run')
    assert (ended.code, ended.err) == (0, '')
    assert '12 characters of base64' in ended.out


def test_the_timeout_of_gather_is_that_of_the_api(run: Run) -> None:
    ended = run('ivr', 'gather', 'S1', '--timeout', '5', '--request-timeout', '2.5', '--dry-run')
    assert ended.out == 'operation  ivr/middle/gather\nsession    S1\ntimeout    5\n'
