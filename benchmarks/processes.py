"""The measured processes, as seen from the process that measures."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from .environments import ROOT, Unavailable, clean

if TYPE_CHECKING:
    from typing_extensions import Self


class Process:
    """A module of the benchmarks in a separate process. It exchanges lines of JSON."""

    def __init__(
        self, python: str, module: str, *args: str, certificate: Path | None = None
    ) -> None:
        self._stderr: IO[str] = tempfile.TemporaryFile('w+', encoding='utf-8')  # noqa: SIM115
        self._process = subprocess.Popen(  # noqa: S603
            [python, '-m', f'{__package__}.{module}', *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
            cwd=ROOT,
            env=clean(certificate),
        )

    def listen(self) -> Any:
        """Return the next value that it writes.

        Raises:
            Unavailable: If the process ended.
        """
        assert self._process.stdout  # noqa: S101 - a pipe
        line = self._process.stdout.readline()
        if not line:
            raise Unavailable(f'it failed with {self._error()}')
        return json.loads(line)

    def ask(self, count: int, *which: str) -> float:
        """Run the task of the process, and return its cost.

        Args:
            count: The number of repetitions.
            which: The kind of work, if the task has several.

        Raises:
            Unavailable: If the process ended.
        """
        assert self._process.stdin  # noqa: S101 - a pipe
        self._process.stdin.write(f'{json.dumps([count, *which])}\n')
        self._process.stdin.flush()
        return float(self.listen())

    def _error(self) -> str:
        # Return only the name of the exception, because its message can contain paths.
        self._stderr.seek(0)
        lines = self._stderr.read().strip().splitlines()
        return lines[-1].partition(':')[0] if lines else 'no message'

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._process.kill()
        self._process.communicate()
        self._stderr.close()


def worker(python: str, task: str, *args: str, certificate: Path | None = None) -> Process:
    """Start a worker. It writes its first line when it is ready."""
    return Process(python, 'worker', task, *args, certificate=certificate)


@contextmanager
def serving(python: str, directory: Path) -> Iterator[dict[str, str]]:
    """Run the server, and yield its URL for each scheme."""
    with Process(python, 'server', str(directory)) as server:
        ports: dict[str, int] = server.listen()
        yield {scheme: f'{scheme}://localhost:{port}' for scheme, port in ports.items()}
