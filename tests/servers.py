"""Programs of the machine that some tests start: servers, browsers and shells.

A test asks for a program by its name::

    from tests import servers

    command = [servers.program('redis-server'), '--port', '0']

If the program is not installed, `program` skips the test with a reason. In CI, where ``CI=true``,
it fails the test instead: ``.ci/run`` installs every package of `PACKAGES` first, so a test that
needs a program adds it there. In a fixture, call `program` before you start anything.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

__all__ = ['CHROMIUM_ARGUMENTS', 'PACKAGES', 'program']

#: The Debian package of each program.
PACKAGES = {
    'chromium': 'chromium-headless-shell',
    'fish': 'fish',
    'initdb': 'postgresql',
    'postgres': 'postgresql',
    'redis-server': 'redis-server',
    'zsh': 'zsh',
}
# Chromium without what only a window needs: a page opens in half the CPU time.
PREFERRED = {'chromium': ('chromium-headless-shell',)}
CHROMIUM_ARGUMENTS = [
    '--headless',
    '--disable-gpu',
    '--no-first-run',
    # A browser that asks its maker for something would use the network.
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    # Chromium refuses to run its own sandbox as root.
    *(['--no-sandbox'] if hasattr(os, 'geteuid') and os.geteuid() == 0 else []),
]
# Debian keeps the programs of a PostgreSQL server out of the search path.
DEBIAN = '/usr/lib/postgresql'


def program(name: str) -> str:
    """Return the path of a program, or skip the test; in CI, fail it.

    Args:
        name: The name of the program, a key of `PACKAGES`.
    """
    # `.ci/run` runs this module before it installs pytest.
    import pytest  # noqa: PLC0415

    package = PACKAGES[name]
    if path := _find(name):
        return path
    reason = f'{name} is not installed: apt-get install {package}'
    if os.environ.get('CI') == 'true':
        pytest.fail(reason, pytrace=False)
    raise pytest.skip.Exception(reason)


def _find(name: str) -> str | None:
    versions = sorted(Path(DEBIAN).glob('*/bin'), reverse=True)
    folders = os.pathsep.join([os.environ.get('PATH', os.defpath), *map(str, versions)])
    found = (shutil.which(each, path=folders) for each in (*PREFERRED.get(name, ()), name))
    return next(filter(None, found), None)


if __name__ == '__main__':
    print(*sorted({*PACKAGES.values()}))  # noqa: T201 - for `.ci/run`
