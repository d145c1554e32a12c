"""Where the sandbox is that a command controls."""

from __future__ import annotations

import argparse
import os
from ipaddress import ip_address
from urllib.parse import urlsplit

from ..exit_codes import ExitCode
from ..port_number import to_port
from .control_client import ControlError, Location

__all__ = ['PORT', 'add_location', 'find']

PORT = 8420


def add_location(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which sandbox to control."""
    # Without SUPPRESS, the default of an inner parser would replace the value of an outer one.
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        '--port',
        type=to_port,
        metavar='PORT',
        default=argparse.SUPPRESS,
        help=f'the port of the sandbox on this machine (default: HOIIO_BASE_URL, or else {PORT})',
    )
    where.add_argument(
        '--url',
        default=argparse.SUPPRESS,
        help='the URL of the sandbox, such as http://127.0.0.1:8420/open/',
    )


def find(given: argparse.Namespace) -> Location:
    """Return the location of the sandbox: by option, by ``HOIIO_BASE_URL``, or at port 8420.

    Raises:
        ControlError: If the option or the variable does not name a sandbox of this machine.
    """
    options = vars(given)
    if options.get('port') == 0:
        raise ControlError('port 0 has no sandbox: name the port that it printed', ExitCode.USAGE)
    if 'port' in options:
        return Location('127.0.0.1', options['port'])
    if 'url' in options:
        return _parse(options['url'], '--url')
    if base_url := os.environ.get('HOIIO_BASE_URL', '').strip():
        return _parse(base_url, 'HOIIO_BASE_URL')
    return Location('127.0.0.1', PORT)


def _parse(url: str, source: str) -> Location:
    try:
        parts = urlsplit(url)
        host, number = parts.hostname or '', 80 if parts.port is None else parts.port
    except ValueError:
        host = ''
    if not host or parts.scheme.lower() not in {'http', 'https'}:
        # Do not quote the value: a URL may contain a password.
        raise ControlError(
            f'{source} is not a URL of a sandbox, such as http://127.0.0.1:{PORT}/open/',
            ExitCode.USAGE,
        )
    if parts.scheme.lower() == 'https' or not _is_of_this_machine(host):
        raise ControlError(
            f'{source} leads to {host}, which is not a sandbox on this machine. Choose the sandbox:'
            f' use --port, or --url http://127.0.0.1:{PORT}/open/',
            ExitCode.USAGE,
        )
    return Location(host, number)


def _is_of_this_machine(host: str) -> bool:
    """Return False for hosts that cannot be this machine, and for all names but localhost.

    A sandbox accepts control requests only from its own machine, but it may listen on an address
    of a private network. A link-local address may be the metadata service of a cloud.
    """
    try:
        address = ip_address(host.partition('%')[0])
    except ValueError:
        return host.lower() == 'localhost' or host.lower().endswith('.localhost')
    return address.is_loopback or (address.is_private and not address.is_link_local)
