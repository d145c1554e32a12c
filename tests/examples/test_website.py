"""The website in Django: its own tests, and what its maintainer checks before a release."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.campaign import postgresql
from tests.examples.conftest import EXAMPLES

ROOT = EXAMPLES.parent

pytestmark = pytest.mark.slow


@pytest.fixture
def website(tmp_path: Path) -> Path:
    """A copy, because the tests of the website create a database in its folder."""
    ignored = shutil.ignore_patterns('*.sqlite3', '__pycache__')
    return Path(shutil.copytree(EXAMPLES / 'website', tmp_path / 'website', ignore=ignored))


# SQLite locks the whole database, so the locks of rows need another one.
POSTGRESQL = """
from .settings import *

DATABASES = {{
    'default': {{
        'ENGINE': 'django.db.backends.postgresql',
        'NAME': 'postgres',
        'USER': 'hoiio',
        'HOST': {host!r},
    }}
}}
"""


def run(
    website: Path, *command: str, settings: str = 'settings'
) -> subprocess.CompletedProcess[str]:
    """Run a command of Python in the folder of the website."""
    return subprocess.run(
        [sys.executable, '-W', 'error', *command],
        cwd=website,
        env={
            **os.environ,
            'PYTHONPATH': str(ROOT),
            'PYTEST_DISABLE_PLUGIN_AUTOLOAD': '1',
            'DJANGO_SETTINGS_MODULE': f'website.{settings}',
        },
        capture_output=True,
        text=True,
        check=False,
    )


# Without the plugins that the tests of hoiio need, it starts faster.
PYTEST = ('-m', 'pytest', '-q', '-p', 'pytest_hoiio')


def test_its_own_tests_pass(website: Path) -> None:
    done = run(website, *PYTEST)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ' passed' in done.stdout


def test_its_own_tests_pass_with_postgresql(website: Path) -> None:
    with postgresql.running('fsync=off') as url:
        host = parse_qs(urlsplit(url).query)['host'][0]
        (website / 'website' / 'postgresql.py').write_text(POSTGRESQL.format(host=host), 'utf-8')
        done = run(website, *PYTEST, settings='postgresql')
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    'command',
    [
        ('check', '--fail-level', 'WARNING'),
        ('makemigrations', '--check', '--dry-run'),
        ('migrate',),
    ],
    ids=' '.join,
)
def test_a_command_of_django_finds_no_fault(website: Path, command: tuple[str, ...]) -> None:
    done = run(website, 'manage.py', *command)
    assert done.returncode == 0, done.stdout + done.stderr
