from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoiio.sandbox import Sandbox

EXAMPLES = Path(__file__).parent.parent.parent / 'examples'
CALLER = '+6598765432'


@pytest.fixture(autouse=True)
def _examples_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(answer='manual') as sandbox:
        yield sandbox


def command(name: str) -> list[str]:
    """Return the command that runs an example in a sandbox, on free ports."""
    file = str(EXAMPLES / name)
    return [sys.executable, file, '--sandbox', '--sandbox-port', '0', '--port', '0']
