"""A file with people, and a command that tests run in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hoiio.cli.main import main
from tests.campaign.compiled import share_compiled

Run = Callable[..., int]


@pytest.fixture(scope='session', autouse=True)
def _compiled_once() -> None:
    share_compiled()


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path / 'data'))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / 'people.csv'
    path.write_text('name,phone\nAnn,+6591230001\nBen,+6591230002\nCho,+6591230003\n')
    return path


@pytest.fixture
def run() -> Run:
    """Return a function that runs an action of ``hoiio campaign`` and returns the exit code."""

    def run(action: str, *arguments: str) -> int:
        return main(['campaign', action, *arguments])

    return run


@pytest.fixture
def send(run: Run, people: Path) -> Run:
    """Return a function that sends to the people of the file."""

    def send(*arguments: str, message: str = 'Dear {{name}}', tag: str = 'reminder') -> int:
        return run('send', str(people), '--message', message, '--tag', tag, *arguments)

    return send
