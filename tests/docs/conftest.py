"""What the tests of the built documentation share. It is made once for all workers of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

DOCS = Path(__file__).parents[2] / 'docs'
# Without garbage collections, the build takes little more than half the CPU time.
BUILD = 'import gc, runpy; gc.disable(); runpy.run_module("sphinx", run_name="__main__")'

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope='session')
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Return a function that makes a file or a folder, unless another worker has made it."""
    folder = tmp_path_factory.getbasetemp()
    if 'PYTEST_XDIST_WORKER' in os.environ:
        # Each worker has a folder of its own in that of the run.
        folder = folder.parent

    def made(name: str, make: Callable[[Path], object]) -> Path:
        path, unfinished = folder / name, folder / f'{name}.unfinished'
        with FileLock(folder / f'{name}.lock'):
            if not path.exists():
                make(unfinished)
                unfinished.rename(path)
        return path

    return made


def built(once: Once) -> Path:
    """Return the folder of the documentation, as Sphinx builds it."""
    return once('documentation', build)


def build(folder: Path) -> None:
    command = [sys.executable, '-c', BUILD, '-q', '-b', 'html', str(DOCS), str(folder)]
    subprocess.run(command, check=True)
