from __future__ import annotations

import subprocess
import sys

import pytest

from tests.examples.conftest import EXAMPLES

pytestmark = pytest.mark.slow


def test_it_sends_a_campaign_by_hand_and_says_what_to_start() -> None:
    command = [sys.executable, str(EXAMPLES / 'campaign_celery.py')]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    first, *between, last = done.stdout.partition('\n\n')[0].splitlines()[:-1]
    assert (first, last) == ('10 waiting', '10 delivered')
    assert between
    for start in ('beat', 'worker'):
        assert f'celery --app campaign_celery {start}' in done.stdout


def test_it_is_an_application_of_celery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('BROKER_URL', 'memory://')
    monkeypatch.setenv('LEDGER_URL', 'sqlite:///never-opened.sqlite')
    shown = subprocess.run(
        [sys.executable, '-m', 'celery', '--app', 'campaign_celery', 'report'],
        cwd=EXAMPLES,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    ).stdout
    assert 'hoiio.campaign.send' in shown
