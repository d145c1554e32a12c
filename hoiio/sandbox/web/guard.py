"""Who may use a sandbox: programs and its own pages, but not the pages of other sites.

A page that a browser on this machine shows can send requests to every local port. Three headers
give it away, which no page can change: ``Sec-Fetch-Site`` and ``Origin`` tell where it is from, and
``Host`` is a foreign name if that name was made to point here (DNS rebinding).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from ..addresses import is_loopback
from ..emulator import Emulator
from ..state import files

__all__ = ['BASE_PATH', 'CONTROL_PATH', 'Guard', 'host_names']

BASE_PATH = '/open/'
CONTROL_PATH = '/_sandbox/'
OWN_SITE = frozenset({'same-origin', 'none'})
HOST = r'(?P<host>\[[\da-f:.]+\]|[\w.-]+)'
AUTHORITY = re.compile(rf'{HOST}(:\d*)?', re.ASCII | re.IGNORECASE)
ORIGIN = re.compile(rf'https?://{HOST}(:\d+)?', re.ASCII | re.IGNORECASE)


class Guard:
    """Checks each request, whatever its path, before anything else looks at it.

    Args:
        emulator: The service that it guards.
        allowed_hosts: Names, besides those of this machine, under which clients reach the
            service. The control API does not answer to them.
    """

    def __init__(self, emulator: Emulator, allowed_hosts: frozenset[str] = frozenset()) -> None:
        self._emulator = emulator
        self._allowed = allowed_hosts

    def refusal(self, request: Request) -> str | None:
        """Return why a request is turned down; None if it is not."""
        control = request.path.startswith(CONTROL_PATH) and not request.path.startswith(files.PATH)
        if request.headers.get('Sec-Fetch-Site', 'none') not in OWN_SITE:
            return 'the sandbox does not answer the pages of other sites'
        if control and not _is_of_this_machine(request):
            return 'the control API answers clients on this machine only'
        host, origin = request.headers.get('Host', ''), request.headers.get('Origin')
        allowed: frozenset[str] = frozenset() if control else self._allowed
        if not self._knows(AUTHORITY.fullmatch(host), request, allowed):
            return f'Host {host!r:.80} is foreign here: use 127.0.0.1 or see allowed_hosts'
        if origin is not None and not self._knows(ORIGIN.fullmatch(origin), request, allowed):
            return f'Origin {origin!r:.80} is foreign here: use 127.0.0.1 or see allowed_hosts'
        return None

    def _knows(
        self, found: re.Match[str] | None, request: Request, allowed: frozenset[str]
    ) -> bool:
        if found is None:
            return False
        host = found['host'].strip('[]').lower()
        own = {'localhost', urlsplit(self._emulator.origin).hostname, _own_address(request)}
        return host in own or host in allowed or host.endswith('.localhost') or is_loopback(host)


def _is_of_this_machine(request: Request) -> bool:
    # A connection from this machine to its own address in a network has it at both ends.
    peer = request.environ.get('REMOTE_ADDR', '')
    return is_loopback(peer) or peer == _own_address(request)


def _own_address(request: Request) -> str:
    return str(request.environ['SERVER_NAME'])


def host_names(names: Iterable[str]) -> frozenset[str]:
    """Read a list of names.

    Raises:
        TypeError: If it is one name instead of a list.
        ValueError: If a name cannot be the host of a URL.
    """
    if isinstance(names, str):
        raise TypeError(f'allowed_hosts is a list of names: write [{names!r}]')
    return frozenset(map(_host_name, names))


def _host_name(name: str) -> str:
    if not re.fullmatch(HOST, name, re.ASCII | re.IGNORECASE):
        raise ValueError(f'an allowed host is a name without a port, such as box, not {name!r}')
    return name.strip('[]').lower()
