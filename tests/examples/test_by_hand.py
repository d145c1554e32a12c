"""The examples that answer the phone, run from the command line."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest

from hoiio.cli.main import main
from tests.examples.conftest import EXAMPLES, command

pytestmark = pytest.mark.slow

# The programs that answer the phone.
NAMES = ['auto_attendant.py', 'call_forwarding.py']


@pytest.mark.parametrize('name', NAMES)
def test_it_answers_a_call_in_a_sandbox(name: str) -> None:
    process = subprocess.Popen(
        command(name), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    advice = next(line for line in process.stdout if 'hoiio sandbox' in line)
    assert main(advice.split()[1:]) == 0
    story = ''
    for line in process.stdout:
        story += line
        if re.search(r'session S1 (gather|transfer)', line):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (out.split()[-1], process.returncode) == ('Stopped.', 0)
    assert 'Traceback' not in err
    assert 'session S1' in story


@pytest.mark.parametrize('name', NAMES)
def test_its_help_says_how_to_run_it(name: str) -> None:
    run = [sys.executable, str(EXAMPLES / name)]
    bare = subprocess.run(run, capture_output=True, text=True, check=False)
    assert bare.returncode == 2
    assert 'either --sandbox, or --number and --url' in bare.stderr
    shown = subprocess.run([*run, '--help'], capture_output=True, text=True, check=True).stdout
    assert f'python examples/{name} --sandbox' in shown
