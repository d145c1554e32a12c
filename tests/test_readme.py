"""The snippets of the README, run in their order against a sandbox."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hoiio.sandbox import Sandbox, Seed

README = (Path(__file__).parent.parent / 'README.rst').read_text('utf-8')
BLOCKS = re.compile(r'\.\. code-block:: python\n\n((?: {4}.*\n|\n)+)')


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(seed=Seed(app_id='MY_APP_ID', access_token='MY_ACCESS_TOKEN')) as sandbox:
        monkeypatch.setenv('HOIIO_BASE_URL', sandbox.url)
        yield sandbox


@pytest.fixture
def snippets() -> list[str]:
    return [textwrap.dedent(block) for block in BLOCKS.findall(README)]


def test_snippets(
    sandbox: Sandbox, snippets: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    first, ten_lines, fixture, failure = snippets
    exec(first, {})
    assert re.fullmatch(r'AA-S-\d+\n', capsys.readouterr().out)
    exec(ten_lines, {})
    shown = textwrap.dedent(README.partition('It prints::\n\n')[2].partition('\n\n')[0])
    assert capsys.readouterr().out == f'{shown}\n'
    namespace: dict[str, Any] = {}
    exec(fixture, namespace)
    namespace['test_a_welcome'](sandbox)
    exec(failure, {})


def test_the_two_commands() -> None:
    assert '\n    python -m pip install -e ".[sandbox]" && python -m hoiio demo\n' in README
    assert '\n    python -m pip install -r requirements.txt && python -m pytest\n' in README
    ci = (Path(__file__).parent.parent / '.ci/run').read_text('utf-8')
    assert 'python -m pip install --quiet -r requirements.txt && python -m pytest\n' in ci


def test_the_table_names_every_method() -> None:
    from hoiio import Hoiio  # noqa: PLC0415

    table = README.partition('What it can do')[2]
    for area in ('voice', 'sms', 'fax', 'ivr', 'number', 'account'):
        row = table.partition(f'``Hoiio.{area}``')[2].partition('``Hoiio.')[0]
        methods = {name for name in dir(getattr(Hoiio, area)) if not name.startswith('_')}
        assert set(re.findall(r'``(\w+)``', row)) == methods - {'active_numbers'}
