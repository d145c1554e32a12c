"""The program in the docstring of the package."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path

import pytest

import hoiio.campaign
from hoiio.sandbox import Sandbox
from tests.campaign.conftest import settings


@pytest.mark.slow
def test_it_runs_to_its_end(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    Path('people.csv').write_text('name,phone\nAnn,9123 4567\nBob,8123 4567\n', 'utf-8')
    _, text = (hoiio.campaign.__doc__ or '').split('::\n\n', 1)
    program = textwrap.dedent(text.partition('\n\nYou can')[0])
    names = {
        **vars(hoiio.campaign),
        'Hoiio': sandbox.client(),
        'settings': settings(app_id=sandbox.app_id, base_url=sandbox.url, settle=0.1, prefix='65'),
        'time': time,
    }
    exec(program, names)  # noqa: S102 - our own text
    assert capsys.readouterr().out.startswith('Done() {')
    assert [len(sandbox.phone(number).inbox) for number in ('+6591234567', '+6581234567')] == [1, 1]
