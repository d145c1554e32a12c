"""The commands in the documentation install version 1 or newer, and not the release of 2014."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r'pip install ["\']?hoiio[^\s`]*')
# The chapters that warn of the old release, or show how people installed it.
OLD = {'README.rst': 1, 'docs/coming-from-0.1.5.rst': 1}


def test_install_commands_name_version_1() -> None:
    old: dict[str, int] = {}
    new = 0
    for path in (*ROOT.glob('*.rst'), *ROOT.glob('docs/**/*.rst')):
        for command in COMMAND.findall(path.read_text('utf-8')):
            if '>=1' in command:
                new += 1
            else:
                name = path.relative_to(ROOT).as_posix()
                old[name] = old.get(name, 0) + 1
    assert old == OLD
    assert new > 5
