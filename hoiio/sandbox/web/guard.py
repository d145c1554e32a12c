"""Access control: programs and the sandbox's own pages are allowed, pages of other sites are not.

A page in a browser on this machine can send requests to every local port. Three headers, which a
page cannot change, identify such requests. ``Sec-Fetch-Site`` and ``Origin`` name the site of the
page. ``Host`` is a foreign name if the site made that name point to this machine (DNS rebinding).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..addresses import is_loopback
from ..emulator import Emulator
from ..state import files

if TYPE_CHECKING:
    # Werkzeug takes longer to import than the sandbox, and only a running one needs it.
    from werkzeug.wrappers import Request

__all__ = ['BASE_PATH', 'CONTROL_PATH', 'Guard', 'host_names']

BASE_PATH = '/open/'
CONTROL_PATH = '/_sandbox/'
OWN_SITE = frozenset({'same-origin', 'none'})
HOST = r'(?P<host>\[[\da-f:.]+\]|[\w.-]+)'
AUTHORITY = re.compile(rf'{HOST}(:\d*)?', re.ASCII | re.IGNORECASE)
ORIGIN = re.compile(rf'https?://{HOST}(:\d+)?', re.ASCII | re.IGNORECASE)


class Guard:
    """Checks every request, before the request is processed.

    Args:
        emulator: The emulator that it protects.
        allowed_hosts: Additional host names under which clients reach the service. The control API
            does not accept them.
    """

    def __init__(self, emulator: Emulator, allowed_hosts: frozenset[str] = frozenset()) -> None:
        self._emulator = emulator
        self._allowed = allowed_hosts

    def refusal(self, request: Request) -> str | None:
        """Return the reason to refuse a request, or None to accept it."""
        control = request.path.startswith(CONTROL_PATH) and not request.path.startswith(files.PATH)
        site = request.headers.get('Sec-Fetch-Site', 'none')
        if site not in OWN_SITE and not _opens_the_page(request):
            return 'the sandbox does not accept requests from pages of other sites'
        if control and not _is_of_this_machine(request):
            return 'the control API accepts only clients on this machine'
        host, origin = request.headers.get('Host', ''), request.headers.get('Origin')
        allowed: frozenset[str] = frozenset() if control else self._allowed
        if not self._accepts(AUTHORITY.fullmatch(host), request, allowed):
            return f'Host {host!r:.80} is not allowed: use 127.0.0.1 or see allowed_hosts'
        if origin is not None and not self._accepts(ORIGIN.fullmatch(origin), request, allowed):
            return f'Origin {origin!r:.80} is not allowed: use 127.0.0.1 or see allowed_hosts'
        return None

    def _accepts(
        self, found: re.Match[str] | None, request: Request, allowed: frozenset[str]
    ) -> bool:
        if found is None:
            return False
        host = found['host'].strip('[]').lower()
        own = {'localhost', urlsplit(self._emulator.origin).hostname, _own_address(request)}
        return host in own or host in allowed or host.endswith('.localhost') or is_loopback(host)


def _opens_the_page(request: Request) -> bool:
    """Return True if somebody followed a link to the phone page, which changes nothing."""
    document = request.headers.get('Sec-Fetch-Dest') == 'document'
    return document and request.method == 'GET' and request.path in {'/', CONTROL_PATH}


def _is_of_this_machine(request: Request) -> bool:
    # If this machine connects to its own network address, that address is at both ends.
    peer = request.environ.get('REMOTE_ADDR', '')
    return is_loopback(peer) or peer == _own_address(request)


def _own_address(request: Request) -> str:
    return str(request.environ['SERVER_NAME'])


def host_names(names: Iterable[str]) -> frozenset[str]:
    """Check a list of host names, and return them in lower case.

    Raises:
        TypeError: If ``names`` is a string instead of a list.
        ValueError: If a name cannot be the host of a URL.
    """
    if isinstance(names, str):
        raise TypeError(f'allowed_hosts must be a list of names: write [{names!r}]')
    return frozenset(map(_host_name, names))


def _host_name(name: str) -> str:
    if not re.fullmatch(HOST, name, re.ASCII | re.IGNORECASE):
        raise ValueError(f'an allowed host must be a name without a port, not {name!r}')
    return name.strip('[]').lower()
