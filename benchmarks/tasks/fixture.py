"""Run small tests with the pytest fixture and without it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from itertools import count as counting
from pathlib import Path
from statistics import median
from time import process_time

import pytest

from . import Task, reset

TESTS = """
import pytest

pytestmark = pytest.mark.parametrize('number', range({count}))

def test_with(number, hoiio_sandbox):
    pass

def test_without(number):
    pass
"""

# A module that was imported once is not looked at again.
_numbers = counting()


def prepare(what: str) -> Task:
    """Prepare one of the two.

    The task takes so many seconds of CPU time for so many times.

    Args:
        what: ``fixture``: what the fixture adds to a test. ``json``: a page of a history, parsed
            and written.
    """
    # Other installed plugins would add to each test.
    os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'
    return _added if what == 'fixture' else reset.prepare('json')


def _added(count: int) -> float:
    timer = _Timer()
    with tempfile.TemporaryDirectory() as directory:
        module = Path(directory) / f'test_{next(_numbers)}.py'
        module.write_text(TESTS.format(count=count), 'utf-8')
        alone = [
            '-p',
            'pytest_hoiio',
            '-p',
            'no:terminal',
            '-p',
            'no:cacheprovider',
            '-c',
            '/dev/null',
        ]
        pytest.main([str(module), f'--rootdir={directory}', *alone], plugins=[timer])
    # The first test starts the server.
    return count * (median(timer.seconds['test_with']) - median(timer.seconds['test_without']))


class _Timer:
    """A plugin that takes the time of each test."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {'test_with': [], 'test_without': []}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Generator[None, None, None]:
        """Time a test with its set-up and its clean-up."""
        started = process_time()
        yield
        self.seconds[item.originalname].append(process_time() - started)
