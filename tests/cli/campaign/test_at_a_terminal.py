"""``hoiio campaign send`` as a person sees it: a program at a terminal, and a sandbox."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from werkzeug.wrappers import Response

from hoiio.cli.exit_codes import ExitCode
from hoiio.sandbox import Sandbox
from hoiio.sandbox.faults import Fault, Kind
from hoiio.sandbox.web.faulty_responses import FAULTY
from tests.cli.terminal import Terminal, at_a_terminal

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parent.parent.parent.parent / 'examples/people.csv'
NUMBERS = (
    *('+6591234567', '+6581234568', '+6591234569', '+6581234570', '+6591234571'),
    *('+60123456789', '+6581234573', '+85291234567'),
)
# What moves the cursor, or colours the text.
ESCAPES = re.compile(r'\x1b\[[\d;?]*[A-Za-z]')


@pytest.fixture(autouse=True)
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setenv('COLUMNS', '100')
    with sandbox.environment():
        yield sandbox


def command(*arguments: str, file: Path = EXAMPLE) -> list[str]:
    message = 'Dear {{{name}}}, see you on {{day}} at {{time}}.'
    return [
        *(sys.executable, '-m', 'hoiio', 'campaign', 'send', str(file)),
        *('--message', message, '--tag', 'reminder', '--settle', '1', *arguments),
    ]


def lines(terminal: Terminal) -> list[str]:
    """Return the lines that the terminal shows, each as it was last written."""
    text = ESCAPES.sub('', terminal.shown).replace('\r\n', '\n')
    return [line.rpartition('\r')[2].rstrip() for line in text.split('\n')]


def inboxes(sandbox: Sandbox) -> list[int]:
    return [len(sandbox.phone(number).inbox) for number in NUMBERS]


BEFORE = f"""\
Line 2, to +6591234567, 1 part:
    Dear Alice Tan, see you on 12 December at 09:30.

Line 3, to +6581234568, 1 part:
    Dear Ben O'Connor, see you on 12 December at 10:00.

Line 4, to +6591234569, 1 part:
    Dear Chandra Devi, see you on 12 December at 10:30.

The longest text, line 5, to +6581234570, 1 part:
    Dear Diyana Binte Ahmad, see you on 12 December at 11:00.

People       8, from the column 'phone' of {EXAMPLE} (UTF-8)
Parts        8
Cost         0.295 SGD
Balance      54.650 SGD
Sender       the registered number of the account
Quiet hours  none; messages leave at once (--window 09:00-21:00 sets them)

Send 8 messages for 0.295 SGD? This cannot be undone. [y/N] y
""".splitlines()

AFTER = """\
reminder: done
    delivered          8  ██████████████████████████████
    cost 0.295 of at most 0.295
""".splitlines()


def test_a_campaign_from_the_question_to_the_end(sandbox: Sandbox) -> None:
    with at_a_terminal(*command()) as terminal:
        terminal.wait_for('[y/N] ')
        terminal.press('y\n')
        assert terminal.wait_for_the_end() == ExitCode.DONE
    shown = lines(terminal)
    assert shown[: len(BEFORE)] == BEFORE
    assert shown[-len(AFTER) - 1 :] == [*AFTER, '']
    reason, bar = shown[len(BEFORE) : -len(AFTER) - 1]
    assert re.fullmatch(
        r'Nothing is left to send\. The next look at the history is at \d\d:\d\d:\d\d\.', reason
    )
    words = '0 left, 0 accepted, 0 refused, 8 delivered, cost 0.295'
    assert re.fullmatch(rf'━+ {words} \d:\d\d:\d\d', bar)
    assert inboxes(sandbox) == [1] * 8


@pytest.fixture
def answered(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Event:
    """What the answer to the first batch waits for, after the sandbox has carried it out."""
    answered = Event()

    def hold(_fault: Fault, response: Response, _closing: Event) -> Response:
        assert answered.wait(60)
        return response

    monkeypatch.setitem(FAULTY, Kind.LATENCY, hold)
    sandbox.fault('latency', 'sms/bulk_send')
    return answered


def test_ctrl_c_ends_after_the_answer_that_is_due(sandbox: Sandbox, answered: Event) -> None:
    with at_a_terminal(*command('--yes', '--max-cost', '1')) as terminal:
        wait_for_first(sandbox)
        terminal.process.send_signal(signal.SIGINT)
        terminal.wait_for('Waiting for the last response. To stop at once, press Ctrl-C again.')
        answered.set()
        assert terminal.wait_for_the_end() == ExitCode.INTERRUPTED
    told, goes_on, _ = lines(terminal)[-3:]
    assert told == 'Interrupted. Nothing is lost. To continue, run the same command:'
    assert goes_on.startswith(f'    hoiio campaign send {EXAMPLE} --message ')
    # The answer was written down.
    done = subprocess.run(command('--yes', '--max-cost', '1'), capture_output=True, check=False)
    assert done.returncode == ExitCode.DONE
    assert inboxes(sandbox) == [1] * 8


def wait_for_first(sandbox: Sandbox, number: str = NUMBERS[0]) -> None:
    """Wait until the sandbox has carried out the request that has this number."""
    limit = time.monotonic() + 300
    while not sandbox.phone(number).inbox:
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_killed_while_an_answer_is_due_the_same_command_goes_on(
    sandbox: Sandbox, answered: Event
) -> None:
    agreed = command('--yes', '--max-cost', '1')
    with subprocess.Popen(agreed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        wait_for_first(sandbox)
        first.kill()
    answered.set()
    done = subprocess.run(agreed, capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.DONE
    assert inboxes(sandbox) == [1] * 8
    assert done.stdout.splitlines()[0] == 'reminder: done'


def test_two_at_a_time_send_nothing_twice(sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / 'many.csv'
    rows = [f'Person {row},+659{row:07},1 May,10:00\n' for row in range(1100)]
    file.write_text('name,phone,day,time\n' + ''.join(rows))
    agreed = command('--yes', '--max-cost', '100', file=file)
    first = subprocess.Popen(agreed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with first:
        wait_for_first(sandbox, '+6590000000')
        second = subprocess.run(agreed, capture_output=True, text=True, check=False)
    assert (first.returncode, second.returncode) == (ExitCode.DONE, ExitCode.DONE)
    assert {len(sandbox.phone(f'+659{row:07}').inbox) for row in range(1100)} == {1}
