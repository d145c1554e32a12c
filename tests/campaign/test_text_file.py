from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from hoiio.campaign.exceptions import PlanInvalid
from hoiio.campaign.text_file import delimiter_of, encoding_of

TEXT = 'name,phone\nJosé,+6591234567\n'
# Longer than what is read at once.
LONG = 'name,phone\n' + 'Nick,+6591234567\n' * 70_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'people.csv'


@pytest.mark.parametrize(
    ('written', 'encoding'),
    [
        (TEXT.encode(), 'utf-8-sig'),
        (codecs.BOM_UTF8 + TEXT.encode(), 'utf-8-sig'),
        (b'', 'utf-8-sig'),
        (b'n', 'utf-8-sig'),
        (TEXT.encode('cp1252'), 'cp1252'),
        (LONG.encode() + 'José'.encode('cp1252'), 'cp1252'),
        (codecs.BOM_UTF16_LE + TEXT.encode('utf-16-le'), 'utf-16'),
        (codecs.BOM_UTF16_BE + TEXT.encode('utf-16-be'), 'utf-16'),
        (TEXT.encode('utf-16-le'), 'utf-16-le'),
        (TEXT.encode('utf-16-be'), 'utf-16-be'),
    ],
)
def test_the_encoding_is_found(path: Path, written: bytes, encoding: str) -> None:
    path.write_bytes(written)
    assert encoding_of(path) == encoding
    if written:
        assert path.read_text(encoding)[0] == 'n'


@pytest.mark.parametrize(
    ('written', 'line'),
    [
        # Windows-1252 has no character for this byte.
        (b'name,phone\nNick\x81,+6591234567\n', 2),
        (LONG.encode() + b'\x81', 70_002),
        # It was UTF-8 up to there, so it is damaged and not in another encoding.
        (TEXT.encode() + b'Ren\xe9,+6591234568\n', 3),
        (TEXT.encode() + 'é'.encode()[:1], 3),
        (codecs.BOM_UTF16_LE + TEXT.encode('utf-16-le') + b'\0\xd8\n\0', 3),
    ],
)
def test_a_byte_that_is_not_text_is_refused_with_its_line(
    path: Path, written: bytes, line: int
) -> None:
    path.write_bytes(written)
    with pytest.raises(PlanInvalid, match='not text; save it as "CSV UTF-8" again') as caught:
        encoding_of(path)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ('written', 'line'),
    [
        (TEXT.encode() + b'Nick\0,+6591234568\n', 3),
        (LONG.encode() + b'\0', 70_002),
        (TEXT.encode('cp1252') + b'\0', 3),
        (TEXT.encode('utf-32'), 1),
    ],
)
def test_a_nul_byte_is_refused_with_its_line(path: Path, written: bytes, line: int) -> None:
    path.write_bytes(written)
    with pytest.raises(PlanInvalid, match='a NUL byte') as caught:
        encoding_of(path)
    assert caught.value.line == line


@pytest.mark.parametrize('start', [b'PK\x03\x04', b'\xd0\xcf\x11\xe0\xa1\xb1'])
def test_a_workbook_is_refused_whatever_its_name(path: Path, start: bytes) -> None:
    path.write_bytes(start + b'\0' * 100)
    with pytest.raises(PlanInvalid, match='save it as "CSV UTF-8"'):
        encoding_of(path)


@pytest.mark.parametrize(
    ('header', 'delimiter'),
    [
        ('name,phone', ','),
        ('name;phone', ';'),
        ('name\tphone', '\t'),
        ('"name, first, last";phone', ';'),
        ('first name\tlast name\tphone, with code', '\t'),
        ('phone', ','),
        ('', ','),
    ],
)
def test_the_delimiter_is_found(header: str, delimiter: str) -> None:
    assert delimiter_of(header) == delimiter
