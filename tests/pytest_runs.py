"""Options for the runs of pytest that tests start."""

from __future__ import annotations

from importlib.metadata import entry_points


def only_plugins(*names: str) -> list[str]:
    """Return options that block every plugin of the environment except these.

    A run with all the plugins that development needs takes twice as long.
    """
    installed = {plugin.name for plugin in entry_points(group='pytest11')}
    blocked = {*installed, 'cacheprovider'} - {*names}
    return [word for name in sorted(blocked) for word in ('-p', f'no:{name}')]
