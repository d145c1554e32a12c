"""Tell loopback, private and link-local addresses apart, in every way to write them."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

__all__ = ['is_link_local_or_metadata', 'is_local', 'is_loopback']

IP: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

LOOPBACK = ('127.0.0.0/8', '::1/128')
PRIVATE = ('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7')
# Cloud providers have metadata servers that return the credentials of a machine. Most of these
# servers have link-local addresses. AWS, Google and Oracle also use private IPv6 addresses.
# Alibaba, Azure and Oracle also use single IPv4 addresses.
LINK_LOCAL_OR_METADATA = (
    '169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32', 'fd20:ce::/32', 'fd00:c1::/32',
    '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32',
)  # fmt: skip
NAT64 = ('64:ff9b::/96', '64:ff9b:1::/48')


def is_loopback(address: str) -> bool:
    """Return True for a loopback address, and False for a host name."""
    try:
        return _is_in(address, LOOPBACK)
    except ValueError:
        return False


def is_local(address: str) -> bool:
    """Return True for an address on this machine or on a private network.

    Raises:
        ValueError: If it is not an IP address.
    """
    return _is_in(address, LOOPBACK + PRIVATE) and not is_link_local_or_metadata(address)


def is_link_local_or_metadata(address: str) -> bool:
    """Return True for a link-local address or the address of a metadata server.

    Raises:
        ValueError: If it is not an IP address.
    """
    return _is_in(address, LINK_LOCAL_OR_METADATA)


def _is_in(address: str, networks: tuple[str, ...]) -> bool:
    ip = _unmapped(ipaddress.ip_address(address.partition('%')[0]))
    return any(ip in ipaddress.ip_network(network) for network in networks)


def _unmapped(ip: IP) -> IP:
    """Return the IPv4 address that an IPv6 address embeds, or the address itself."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if any(ip in ipaddress.ip_network(network) for network in NAT64):
        return ipaddress.IPv4Address(ip.packed[-4:])
    _server, client = ip.teredo or (None, None)
    return ip.ipv4_mapped or ip.sixtofour or client or ip
