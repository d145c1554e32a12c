from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from hoiio import InputInvalid
from hoiio.cli.recipients_file import read_recipients

PEOPLE = [{'dest': '+6591234567', 'name': 'Nick, Jr.'}, {'dest': '+6581234567', 'name': '李'}]
CSV = 'dest, name\r\n+6591234567,"Nick, Jr."\r\n\r\n+6581234567,李\r\n'
JSON = '\n[{"dest": "+6591234567", "name": "Nick, Jr."}, {"dest": "+6581234567", "name": "李"}]'


@pytest.mark.parametrize('text', [CSV, f'\ufeff{CSV}', JSON])
def test_csv_and_json(text: str, tmp_path: Path) -> None:
    path = tmp_path / 'people'
    path.write_bytes(text.encode())
    assert read_recipients(str(path)) == PEOPLE


@pytest.mark.parametrize('text', [CSV, JSON])
def test_standard_input(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, 'stdin', io.TextIOWrapper(io.BytesIO(text.encode())))
    assert read_recipients('-') == PEOPLE


@pytest.mark.parametrize(
    ('content', 'says'),
    [
        (b'', 'the first row'),
        (b'number,name\n+65,Nick\n', 'the first row'),
        (b'dest,name,name\n+65,a,b\n', 'the first row'),
        (b'dest;name\n+65;Nick\n', 'the first row'),
        (b'dest,name\n+65\n', 'line 2 of the file of recipients has 1 values, but there are 2'),
        (b'dest,name\n+65,Nick,x\n', 'line 2 of the file of recipients has 3 values'),
        (b'dest,name\n+65,"Nick\n', 'line 2 of the file of recipients is not CSV: unexpected end'),
        (b'dest,name\n+65,Andr\xe9\n', 'not in UTF-8: see line 2'),
        (b'{"dest": "+65"}', 'must be CSV, or a JSON list'),
        (b'[{"dest":\n +65}]', 'is not JSON: see line 2, column 2'),
        (b'[{"dest": "+65", "dest": "+66"}]', 'has a name twice'),
        (b'[' * 100_000, 'must be CSV, or a JSON list'),
    ],
)
def test_anything_else_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / 'people'
    path.write_bytes(content)
    with pytest.raises(InputInvalid, match=says):
        read_recipients(str(path))


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match=r'cannot read .+/people: No such file'):
        read_recipients(str(tmp_path / 'people'))
