"""Where the requests of a dialog go: the peer's Contact, and the proxies on the way (RFC 3261 §12.1)."""

from enum import IntEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import NamedTuple

from switch.sip.hop import Hop
from switch.sip.messages.header_values import parse_contacts, parse_name_addr, split_values
from switch.sip.messages.message import Headers
from switch.sip.messages.uri import SipUri
from switch.sip.messages.via_rules import DEFAULT_PORT

_LONGEST_KEPT = 256
"""Characters."""
_INNER = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("100.64.0.0/10"),
    IPv6Network("fc00::/7"),
)
"""RFC 1918, RFC 6598, RFC 4193."""


class Reach(IntEnum):
    """From how far messages to a host arrive."""

    NOWHERE = 0
    """It is no address, or one that nobody has."""
    MACHINE = 1
    LINK = 2
    SITE = 3
    WORLD = 4


class RemoteTarget(NamedTuple):
    """Where a peer, or a proxy, wants to be asked."""

    uri: str
    """As it stands in a Request-URI."""
    host: str
    port: int
    reach: Reach
    """Of the host."""


def target_of(uri: SipUri) -> RemoteTarget:
    """The target that an address is."""
    return RemoteTarget(str(uri), uri.host, uri.port or DEFAULT_PORT, reach_of(uri.host))


def read_contact(lines: list[str]) -> RemoteTarget | None:
    """The first of a peer's Contacts; None when it names none. Raises SipSyntaxError."""
    if len(lines) == 1 and 0 < len(lines[0]) <= _LONGEST_KEPT and "," not in lines[0]:  # as nearly always
        return _kept(lines[0])
    contacts = parse_contacts(lines)
    return target_of(contacts[0].uri) if contacts else None


def read_routes(headers: Headers) -> list[str]:
    """The members of Record-Route, each known to be readable. Raises SipSyntaxError."""
    routes = split_values(headers.get_all("record-route"))
    for route in routes:
        parse_name_addr(route)
    return routes


def next_hop(routes: list[str], target: RemoteTarget, source: Hop, behind_nat: bool) -> Hop:
    """Where requests of a dialog go: its first route or its target, as far as that is an address.

    Names are not looked up: whoever sits behind one is reached where its message came from. So is a peer
    behind NAT, or whose address says less far than the one it sends from, except that a target on the same
    host may name another port of it, and a peer that opened a connection with us: it may listen nowhere else.
    """
    if source.transport != "udp":
        return source
    first = target_of(parse_name_addr(routes[0]).uri) if routes else target
    if first.host != source.host and (behind_nat or first.reach < reach_of(source.host)):
        return source
    return Hop(source.transport, first.host, first.port)


@lru_cache(maxsize=1024)
def _kept(contact: str) -> RemoteTarget:
    """The same phones call again and again. A flood of made-up ones occupies some hundred kilobytes."""
    return target_of(parse_name_addr(contact).uri)


@lru_cache(maxsize=1024)
def reach_of(host: str) -> Reach:
    """How far a host is known by this address."""
    try:
        address = ip_address(host)
    except ValueError:
        return Reach.NOWHERE
    if address.is_unspecified or address.is_multicast:
        return Reach.NOWHERE
    if address.is_loopback:
        return Reach.MACHINE
    if address.is_link_local:
        return Reach.LINK
    return Reach.SITE if any(address in network for network in _INNER) else Reach.WORLD
