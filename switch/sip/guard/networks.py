"""Networks of addresses, and which source an address belongs to."""

from collections.abc import Iterable
from enum import Enum, auto
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SOURCE_BITS = 64
"""What one subscriber is given of IPv6, and can send from at will."""


class Standing(Enum):
    """What the configuration says of a source."""

    STRANGER = auto()
    """Nothing: limits apply."""
    TRUSTED = auto()
    DENIED = auto()


class Networks:
    """A set of networks. Asking costs one look-up for each length of prefix there is."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self._prefixes: dict[tuple[int, int], set[int]] = {}
        for network in networks:
            shift = network.max_prefixlen - network.prefixlen
            known = self._prefixes.setdefault((network.version, shift), set())
            known.add(int(network.network_address) >> shift)

    def covers(self, address: Address) -> bool:
        """Whether one of the networks holds the address."""
        number, version = int(address), address.version
        return any(
            version == of_version and number >> shift in known
            for (of_version, shift), known in self._prefixes.items()
        )


class AccessLists:
    """Whom we trust and whom we never hear. What both lists cover is trusted."""

    def __init__(self, allow: Iterable[str], deny: Iterable[str]) -> None:
        self._allow = tuple(allow)
        self._denied = Networks(map(ip_network, deny))
        self._of_owners: dict[str, frozenset[str]] = {}
        self._networks_of: dict[str, Networks] = {}
        self._trusted = Networks(map(ip_network, self._allow))

    def trust(self, owner: str, sources: Iterable[str]) -> bool:
        """Trust these addresses and networks for ``owner``, in place of its former ones; whether they differ.

        Raises ValueError when one is neither.
        """
        wanted = frozenset(sources)
        if wanted == self._of_owners.get(owner, frozenset()):
            return False
        owned = {**self._of_owners, owner: wanted}
        texts = (*self._allow, *(text for texts in owned.values() for text in texts))
        self._trusted = Networks(map(ip_network, texts))
        self._of_owners = owned
        self._networks_of[owner] = Networks(map(ip_network, wanted))
        return True

    def belongs_to(self, owner: str, host: str) -> bool:
        """Whether an address is one of those trusted for ``owner``."""
        address, networks = read_address(host), self._networks_of.get(owner)
        return address is not None and networks is not None and networks.covers(address)

    def standing(self, key: str) -> Standing:
        """What we think of the source of that key."""
        address = read_address(key)
        if address is None:
            return Standing.STRANGER
        if self._trusted.covers(address):
            return Standing.TRUSTED
        return Standing.DENIED if self._denied.covers(address) else Standing.STRANGER

    def source_key(self, host: str) -> str:
        """The source an address belongs to; one that a list names is a source of its own."""
        address = read_address(host)
        if address is None or self.standing(host) is Standing.STRANGER:
            return source_of(host)
        return str(address)


@lru_cache(maxsize=16_384)
def source_of(host: str) -> str:
    """The source an address belongs to: itself, or its network where it is IPv6."""
    address = read_address(host)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), _SOURCE_BITS), strict=False))
    return host if address is None else str(address)


def read_address(text: str) -> Address | None:
    """An address, or the first one of a network; None when it is neither.

    IPv4 inside IPv6 is the IPv4 address it stands for (RFC 4291 §2.5.5.2); a zone is left out.
    """
    try:
        address = ip_address(text.partition("/")[0].partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address
    return address


def networks_of(texts: Iterable[str]) -> Networks:
    """The set of networks written so. Raises ValueError for text that names none."""
    return Networks(map(ip_network, texts))


def check_networks(networks: tuple[str, ...]) -> tuple[str, ...]:
    """The networks themselves. Raises ValueError for text that names none."""
    for text in networks:
        try:
            ip_network(text)
        except ValueError:
            raise ValueError(
                "IP addresses and networks such as 192.0.2.10, 192.0.2.0/24 and 2001:db8::/32, "
                "without bits behind the prefix"
            ) from None
    return networks
