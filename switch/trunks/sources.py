"""Which trunks a message may have come from, by its address."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_Networks = dict[tuple[int, int], dict[int, tuple[str, ...]]]
"""By version and length of the prefix: trunks by the bits before it."""


class Sources:
    """Addresses and networks of the trunks. A look-up takes one step for each length of prefix in use."""

    def __init__(self, networks: Iterable[tuple[str, str]]) -> None:
        """``networks`` are pairs of an address or network and the name of a trunk."""
        self._networks: _Networks = {}
        for network, trunk in networks:
            self._add(network, trunk)

    def trunks_of(self, host: str) -> tuple[str, ...]:
        """Names of the trunks an address belongs to, those of the smallest network first."""
        if not self._networks:
            return ()
        address = _plain(host)
        found: dict[str, None] = {}
        for (version, length), trunks in self._networks.items():
            if version == address.version:
                key = int(address) >> (address.max_prefixlen - length)
                found.update(dict.fromkeys(trunks.get(key, ())))
        return tuple(found)

    def _add(self, text: str, trunk: str) -> None:
        network = ip_network(text)
        key = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
        of_length = self._networks.setdefault((network.version, network.prefixlen), {})
        of_length[key] = (*of_length.get(key, ()), trunk)
        self._networks = dict(sorted(self._networks.items(), key=lambda item: -item[0][1]))


def _plain(host: str) -> IPv4Address | IPv6Address:
    """An IPv4 address that came over an IPv6 socket is an IPv4 address (RFC 4291 §2.5.5.2)."""
    address = ip_address(host.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address
