"""What an IP address stands for, however it is written."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

__all__ = ['is_link_local_or_metadata', 'is_local', 'is_loopback']

IP: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

LOOPBACK = ('127.0.0.0/8', '::1/128')
PRIVATE = ('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7')
# The servers of cloud providers that hand out the credentials of a machine: they are link-local,
# at AWS, Google and Oracle also among the private addresses of IPv6, or, at Alibaba, Azure and
# Oracle, single addresses of IPv4.
LINK_LOCAL_OR_METADATA = (
    '169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32', 'fd20:ce::/32', 'fd00:c1::/32',
    '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32',
)  # fmt: skip
NAT64 = ('64:ff9b::/96', '64:ff9b:1::/48')


def is_loopback(address: str) -> bool:
    """Return True for an address of this machine alone; a name is not one."""
    try:
        return _is_in(address, LOOPBACK)
    except ValueError:
        return False


def is_local(address: str) -> bool:
    """Return True for an address of this machine or of a private network.

    Raises:
        ValueError: It is not an address.
    """
    return _is_in(address, LOOPBACK + PRIVATE) and not is_link_local_or_metadata(address)


def is_link_local_or_metadata(address: str) -> bool:
    """Return True for an address at which only the machine's own network should answer.

    Raises:
        ValueError: It is not an address.
    """
    return _is_in(address, LINK_LOCAL_OR_METADATA)


def _is_in(address: str, networks: tuple[str, ...]) -> bool:
    ip = _unmapped(ipaddress.ip_address(address.partition('%')[0]))
    return any(ip in ipaddress.ip_network(network) for network in networks)


def _unmapped(ip: IP) -> IP:
    """Return the IPv4 address that an IPv6 address carries, if it carries one."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if any(ip in ipaddress.ip_network(network) for network in NAT64):
        return ipaddress.IPv4Address(ip.packed[-4:])
    _server, client = ip.teredo or (None, None)
    return ip.ipv4_mapped or ip.sixtofour or client or ip
