"""``hoiio campaign send`` to 1,100 people, as processes, against a sandbox."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoiio.campaign.ledger import Ledger
from hoiio.campaign.states import PersonState
from hoiio.cli.exit_codes import ExitCode
from hoiio.sandbox import Sandbox

pytestmark = pytest.mark.slow

HOIIO = (sys.executable, '-m', 'hoiio')
LEDGER = ('--ledger', 'ledger.sqlite')
NUMBERS = [f'+659{row:07}' for row in range(1_100)]


@pytest.fixture(autouse=True)
def account(sandbox: Sandbox) -> Iterator[Sandbox]:
    with sandbox.environment():
        yield sandbox


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    rows = (f'Person {row},{number}\n' for row, number in enumerate(NUMBERS))
    (tmp_path / 'many.csv').write_text('name,phone\n' + ''.join(rows))
    return [
        *(*HOIIO, 'campaign', 'send', 'many.csv', '--message', 'Dear {{name}}', '--tag', 'many'),
        *('--settle', '1', '--yes', '--max-cost', '50', *LEDGER),
    ]


def inboxes(sandbox: Sandbox) -> set[int]:
    return {len(sandbox.phone(number).inbox) for number in NUMBERS}


def test_killed_at_random_moments_the_same_command_reaches_everybody_once(
    sandbox: Sandbox, command: list[str]
) -> None:
    for _ in range(6):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as killed:
            assert killed.stderr is not None
            # Its first line says that it begins, so it is killed while it sends.
            killed.stderr.readline()
            time.sleep(random.uniform(0, 0.5))  # noqa: S311 - not a secret
            killed.kill()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert inboxes(sandbox) == {1}
    with Ledger('ledger.sqlite') as ledger:
        status = ledger.campaign('many').status()
    assert (status.counts[PersonState.DELIVERED], status.twice) == (len(NUMBERS), 0)


def test_notifications_of_all_reach_the_ledger(sandbox: Sandbox, command: list[str]) -> None:
    listen = [*HOIIO, 'listen', '--port', '0', *LEDGER]
    with subprocess.Popen(
        listen, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as listener:
        assert listener.stderr is not None
        url = listener.stderr.readline().split()[2].removesuffix('.')
        done = subprocess.run([*command, '--notify-url', url], capture_output=True, check=False)
        assert done.returncode == ExitCode.DONE, done.stderr
        sandbox.drain(timeout=600)
        listener.send_signal(signal.SIGINT)
    assert listener.returncode == ExitCode.DONE
    assert inboxes(sandbox) == {1}
    with Ledger('ledger.sqlite') as ledger:
        campaign = ledger.campaign('many')
        assert campaign.status().counts[PersonState.DELIVERED] == len(NUMBERS)
        assert all(person.debit == 32_000 for person in campaign.people())
