from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from argparse import Namespace
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoiio.cli import output
from hoiio.cli.output import print_record, print_rows
from hoiio.service.number import Country, State

PLAIN = Namespace(json=False, csv=False)
JSON = Namespace(json=True, csv=False)
CSV = Namespace(json=False, csv=True)

# What the cells of a spreadsheet must not begin with.
FORMULAS = [
    '=1+1',
    '@SUM(A1)',
    '\t=1+1',
    '\r=1+1',
    '\n=1+1',
    '+cmd',
    '-cmd',
    '+65 9123 4567',
    '+6591234567,+6581234567',
    '-1+1',
    '  =1+1',
    '\xa0=1+1',
    '\u200b=1+1',
    '\ufeff=1+1',
    '\x00=1+1',
    '\N{FULLWIDTH EQUALS SIGN}1+1',
    '\N{FULLWIDTH PLUS SIGN}cmd',
    '\N{FULLWIDTH HYPHEN-MINUS}cmd',
    '\N{FULLWIDTH COMMERCIAL AT}SUM(A1)',
    '\N{SMALL PLUS SIGN}cmd',
    '+\N{FULLWIDTH DIGIT SIX}5',
    '\tplain',
]


@pytest.mark.parametrize('text', FORMULAS)
def test_a_cell_is_never_a_formula(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([text], [{text: text}], CSV)
    names, cells = csv.reader(io.StringIO(capsys.readouterr().out, newline=''))
    assert names == cells == [f"'{text}"]


@pytest.mark.parametrize(
    'text',
    ['+6591234567', '-5', '-0.032', '5', 'Hello', 'a=b', 'me@example.com', 'AA-S-1', '', "'=1"],
)
def test_numbers_and_plain_text_stay_as_they_are(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_rows(['text', 'end'], [{'text': text, 'end': 1}], CSV)
    [_, cells] = csv.reader(io.StringIO(capsys.readouterr().out))
    assert cells == [text, '1']


@given(st.text(st.characters(exclude_categories=['Cs'])))
def test_no_text_begins_a_formula(text: str) -> None:
    cell = output._safe_cell(text)
    assert cell in {text, f"'{text}"}
    seen = [each for each in cell if unicodedata.category(each)[0] not in 'ZC']
    if seen and unicodedata.normalize('NFKC', seen[0])[:1] in '=+-@':
        float(cell)


def test_csv_keeps_line_breaks_quotes_and_commas(capsys: pytest.CaptureFixture[str]) -> None:
    text = 'one\ntwo, "three"'
    print_rows(['msg'], [{'msg': text}], CSV)
    out = capsys.readouterr().out
    assert out == 'msg\n"one\ntwo, ""three"""\n'


ROW: dict[str, Any] = {
    'txn_ref': 'AA-S-1',
    'tag': None,
    'date': datetime(2026, 1, 31, 12, 0, 5),
    'expiry': date(2026, 2, 1),
    'is_unicode': True,
    'rate': 0.00001,
    'capability': ['VOICE', 'SMS'],
    'states': [State({'code': 'AL'}), State({'name': 'Alaska'})],
    'extra': {'a': [1]},
    'msg': 'Hi\x1b[2J\nthere 世界',
}


def test_a_record_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    print_record(list(ROW), ROW, PLAIN)
    assert capsys.readouterr().out == (
        'txn_ref     AA-S-1\n'
        'tag         -\n'
        'date        2026-01-31 12:00:05\n'
        'expiry      2026-02-01\n'
        'is_unicode  yes\n'
        'rate        0.00001\n'
        'capability  VOICE, SMS\n'
        'states      AL, {"name": "Alaska"}\n'
        'extra       {"a": [1]}\n'
        'msg         Hi\\x1b[2J\\nthere 世界\n'
    )


def test_a_record_in_csv(capsys: pytest.CaptureFixture[str]) -> None:
    print_record(list(ROW), ROW, CSV)
    [cells] = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=''))
    assert cells == {
        'txn_ref': 'AA-S-1',
        'tag': '',
        'date': '2026-01-31 12:00:05',
        'expiry': '2026-02-01',
        'is_unicode': 'true',
        'rate': '0.00001',
        'capability': 'VOICE, SMS',
        'states': 'AL, {"name": "Alaska"}',
        'extra': '{"a": [1]}',
        'msg': 'Hi\x1b[2J\nthere 世界',
    }


def test_a_record_in_json_is_one_object_in_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    print_record(list(ROW), ROW, JSON)
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.count('\n') == 1
    states = [
        {'name': None, 'code': 'AL', 'capability': None},
        {'name': 'Alaska', 'code': None, 'capability': None},
    ]
    assert json.loads(out) == {
        **ROW,
        'date': '2026-01-31 12:00:05',
        'expiry': '2026-02-01',
        'states': states,
    }


def test_a_table_is_aligned_also_with_wide_characters(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {'msg': '世界', 'end': 1},
        {'msg': 'e\u0301t\u00e9', 'end': 2},
        {'msg': 'x' * 50, 'end': False},
    ]
    assert print_rows(['msg', 'end'], rows, PLAIN) == 3
    assert capsys.readouterr().out.splitlines() == [
        f'msg{" " * 38}  end',
        f'世界{" " * 37}  1',
        f'e\u0301t\u00e9{" " * 38}  2',
        f'{"x" * 40}…  no',
    ]


def test_a_long_table_streams(capsys: pytest.CaptureFixture[str]) -> None:
    shown: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(300):
            shown.append(capsys.readouterr().out.count('\n'))
            yield {'n': number}

    assert print_rows(['n'], rows(), PLAIN) == 300
    # After the rows that decide the widths, each row is printed before the next one is read.
    assert shown[99:] == [0, 101, *[1] * 199]


@pytest.mark.parametrize(('form', 'out'), [(PLAIN, ''), (CSV, 'n\n'), (JSON, '')])
def test_a_list_without_entries(
    form: Namespace, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_rows(['n'], [], form) == 0
    ended = capsys.readouterr()
    assert ended.out == out
    assert ended.err == ('There are no entries.\n' if form is PLAIN else '')


def test_a_country_is_shown_by_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    print_record(['country'], {'country': Country({'code': 'SG'})}, PLAIN)
    assert capsys.readouterr().out == 'country  SG\n'


class Screen(io.StringIO):
    """A terminal."""

    encoding = 'utf-8'

    def isatty(self) -> bool:
        return True


def test_csv_on_a_terminal_has_no_control_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, 'stdout', screen)
    print_rows(['msg', 'tag'], [{'msg': 'Hi\x1b[2J\rthere\nBob, 世界', 'tag': 'a'}], CSV)
    assert screen.getvalue() == 'msg,tag\n"Hi\\x1b[2J\\rthere\nBob, 世界",a\n'


@pytest.mark.parametrize('rich', [True, False])
def test_a_terminal_shows_the_same_with_and_without_rich(
    rich: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('TERM', 'xterm')
    monkeypatch.setenv('COLUMNS', '20')
    monkeypatch.delenv('NO_COLOR', raising=False)
    if not rich:
        monkeypatch.setitem(sys.modules, 'rich.console', None)
    screen = Screen()
    monkeypatch.setattr(sys, 'stdout', screen)
    columns = [f'a long name {number}' for number in range(5)]
    print_rows(columns, [dict.fromkeys(columns, '[red]x')], PLAIN)
    print_record(['msg'], {'msg': 'Hello'}, PLAIN)
    shown = screen.getvalue()
    assert ('\x1b[1m' in shown) is rich
    plain = shown.replace('\x1b[1m', '').replace('\x1b[0m', '')
    assert plain.splitlines() == [
        '  '.join(columns),
        '  '.join(['[red]x       '] * 5).rstrip(),
        'msg  Hello',
    ]
