"""Fixtures for the tests of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from hoiio.cli.main import main
from hoiio.sandbox import Sandbox


@pytest.fixture(autouse=True)
def profiles_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the profiles, which is not that of the person who runs the tests."""
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmp_path / 'config'))
    return tmp_path / 'config' / 'hoiio' / 'profiles'


class Ended(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``hoiio`` in this process."""

    def run_command(*arguments: str) -> Ended:
        try:
            code = main(arguments)
        except SystemExit as exc:
            assert isinstance(exc.code, int)
            code = exc.code
        return Ended(code, *capsys.readouterr())

    return run_command


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox whose account is that of the environment."""
    monkeypatch.setenv('HOIIO_APP_ID', sandbox.app_id)
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', sandbox.access_token)
    return sandbox
