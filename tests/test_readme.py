"""What the README says beside its snippets, which are run with those of the documentation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hoiio import Hoiio

README = (Path(__file__).parent.parent / 'README.rst').read_text('utf-8')
SETUP = Path(__file__).parent.parent / 'setup.py'
PICTURE = re.compile(r'^\.\. image:: (.+)$', re.MULTILINE)


def test_the_two_commands() -> None:
    assert '\n    python -m pip install -e ".[sandbox]" && python -m hoiio demo\n' in README
    assert '\n    python -m pip install -r requirements.txt && python -m pytest -n auto\n' in README
    ci = (Path(__file__).parent.parent / '.ci/run').read_text('utf-8')
    assert '\npython -m pip install -r requirements.txt && python -m pytest -n auto\n' in ci


def test_the_table_names_every_method() -> None:
    table = README.partition('What it can do')[2]
    for area in ('voice', 'sms', 'fax', 'ivr', 'number', 'account'):
        row = table.partition(f'``Hoiio.{area}``')[2].partition('``Hoiio.')[0]
        methods = {name for name in dir(getattr(Hoiio, area)) if not name.startswith('_')}
        assert set(re.findall(r'``(\w+)``', row)) == methods - {'active_numbers'}


def test_its_pictures_are_in_the_repository_and_small() -> None:
    pictures = PICTURE.findall(README)
    assert pictures
    for picture in pictures:
        assert (Path(__file__).parent.parent / picture).stat().st_size < 600_000, picture


@pytest.mark.slow
def test_the_package_index_gets_pictures_with_a_full_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package: dict[str, Any] = {}
    monkeypatch.setattr('setuptools.setup', package.update)
    address = 'https://example.com/hoiio'
    line = re.compile(r"^REPOSITORY = '.*'$", re.MULTILINE)
    filled_in = line.sub(f"REPOSITORY = '{address}'", SETUP.read_text('utf-8'))
    exec(compile(filled_in, SETUP, 'exec'), {'__file__': str(SETUP)})  # noqa: S102
    shown = PICTURE.findall(package['long_description'])
    assert shown == [f'{address}/raw/main/{path}' for path in PICTURE.findall(README)]


def test_each_heading_is_there_once() -> None:
    headings = re.findall(r'^(.+)\n---+$', README, re.MULTILINE)
    assert sorted(set(headings)) == sorted(headings)
