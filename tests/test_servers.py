from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers


@pytest.fixture(autouse=True)
def _nothing_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv('PATH', str(tmp_path))
    monkeypatch.setattr(servers, 'DEBIAN', str(tmp_path / 'postgresql'))


def test_a_test_without_its_program_is_skipped_with_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv('CI', raising=False)
    with pytest.raises(pytest.skip.Exception, match='fish is not installed: apt-get install fish'):
        servers.program('fish')


def test_in_ci_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('CI', 'true')
    with pytest.raises(pytest.fail.Exception, match='apt-get install postgresql'):
        servers.program('initdb')


def test_a_program_is_found_in_the_search_path(tmp_path: Path) -> None:
    found = install(tmp_path, 'fish')
    assert servers.program('fish') == str(found)


def test_a_postgresql_server_is_found_in_the_newest_version(tmp_path: Path) -> None:
    for version in ('14', '17', '15'):
        install(tmp_path / 'postgresql' / version / 'bin', 'postgres')
    assert servers.program('postgres') == str(tmp_path / 'postgresql/17/bin/postgres')


def test_any_chromium_will_do_and_the_one_without_windows_is_the_first_choice(
    tmp_path: Path,
) -> None:
    window = install(tmp_path, 'chromium')
    assert servers.program('chromium') == str(window)
    shell = install(tmp_path, 'chromium-headless-shell')
    assert servers.program('chromium') == str(shell)


def test_ci_installs_the_packages_of_all_programs() -> None:
    root = Path(servers.__file__).parent.parent
    shown = subprocess.run(
        [sys.executable, 'tests/servers.py'],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert {*shown.split()} == {*servers.PACKAGES.values()}
    assert 'python tests/servers.py' in (root / '.ci/run').read_text('utf-8')


def install(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text('#!/bin/sh\n')
    path.chmod(0o755)
    return path
