"""Which IP addresses are public: global unicast ones that are nobody's but the internet's.

Named are those that may be called, as far as possible, and not those that may not: what IANA
assigns to something special later is outside already. The lists are IANA's registries of special
purpose addresses for IPv4 (RFC 6890) and IPv6.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All else in IPv6 is local, multicast, mapped (::ffff:0:0/96), translated (64:ff9b::/96), or not
assigned."""

_SPECIAL_V6 = tuple(
    IPv6Network(each)
    for each in (
        "2001::/23",  # the IETF's: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
    )
)
_SPECIAL_V4 = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers (NAT)
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local: the metadata of a machine, and of a function
        "172.16.0.0/12",
        "192.0.0.0/24",  # the IETF's
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)


def is_public(text: str) -> bool:
    """Say whether an address is a public one. What is no address isn't."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_V4)
    scoped = address.scope_id is not None
    if scoped or address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _SPECIAL_V6)
