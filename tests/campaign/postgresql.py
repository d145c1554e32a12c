"""A PostgreSQL server of the tests, in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests import servers
from tests.memory import folder_in_memory


@contextmanager
def running(*options: str) -> Iterator[str]:
    """Run a server on a socket of its own; yield the URL of an empty database.

    Args:
        *options: Settings, such as ``synchronous_commit=off``.
    """
    initdb, postgres = servers.program('initdb'), servers.program('postgres')
    folder = Path(tempfile.mkdtemp(prefix='hoiio-pg-', dir=folder_in_memory()))
    user = _user(folder)
    data = folder / 'data'
    _run(user, [initdb, '-D', str(data), '-U', 'hoiio', '--auth=trust', '--no-sync'])
    chosen = ['listen_addresses=', f'unix_socket_directories={folder}', *options]
    arguments = [argument for option in chosen for argument in ('-c', option)]
    log = folder / 'log'
    with log.open('wb') as stderr:
        server = subprocess.Popen([*user, postgres, '-D', str(data), *arguments], stderr=stderr)
    try:
        while not _is_up(folder):
            assert server.poll() is None, log.read_text('utf-8')
            time.sleep(0.02)
        yield f'postgresql://hoiio@/postgres?host={folder}'
    finally:
        # Unlike SIGTERM, it does not wait for those who are still connected.
        server.send_signal(signal.SIGINT)
        server.wait()
        shutil.rmtree(folder)


def _is_up(folder: Path) -> bool:
    try:
        psycopg.connect(host=str(folder), user='hoiio', dbname='postgres').close()
    except psycopg.OperationalError:
        return False
    return True


def _user(folder: Path) -> list[str]:
    """Return what runs a command as another user, because the server refuses to run as root."""
    if os.getuid():
        return []
    shutil.chown(folder, 'nobody')
    return ['setpriv', '--reuid=nobody', '--clear-groups', '--']


def _run(user: list[str], command: list[str]) -> None:
    done = subprocess.run([*user, *command], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
