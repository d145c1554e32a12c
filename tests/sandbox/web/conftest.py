"""A sandbox that all tests of a module use, each with a fresh state."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hoiio.sandbox import FakeClock, Sandbox, Seed


@pytest.fixture(scope='module')
def running() -> Iterator[Sandbox]:
    """The sandbox itself; a module that needs other options defines its own."""
    with Sandbox(clock=FakeClock(), seed=Seed(queries_per_minute=None)) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running
