"""A Redis server of the tests, in a temporary folder. It keeps its data when it restarts."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests import servers

__all__ = ['Redis']


class Redis:
    """A server on a socket of its own; it is ready when `start` returns."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / 'redis.sock'
        kept = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
        where = ['--port', '0', '--unixsocket', str(self._socket), '--dir', str(folder)]
        self._command = [servers.program('redis-server'), *where, *kept]
        self._server: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The URL of the server as a broker of Celery."""
        return f'redis+socket://{self._socket}'

    def start(self) -> None:
        server = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        self._server = server
        assert server.stdout is not None
        while 'ready to accept connections' not in (line := server.stdout.readline().lower()):
            assert line, 'the server has ended'

    def stop(self) -> None:
        """End the server at once, as a crash would."""
        assert self._server is not None
        self._server.kill()
        self._server.communicate()
