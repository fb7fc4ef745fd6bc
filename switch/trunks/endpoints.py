"""The places a trunk's calls are sent to, and in which order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from switch.sip.hop import Hop
from switch.sip.locating.search import Place, Wanted
from switch.sip.locating.weights import Draw, weighted_order
from switch.trunks.config import AddressConfig
from switch.trunks.health import Health


def trunk_of(endpoint: str) -> str:
    """The trunk that an endpoint's name begins with."""
    return endpoint.partition("/")[0]


class _Ranked(Protocol):
    """What has a priority and a weight: an address of the configuration, a server of a name."""

    @property
    def priority(self) -> int: ...

    @property
    def weight(self) -> int: ...


_R = TypeVar("_R", bound=_Ranked)


@dataclass(slots=True)
class Endpoint:
    """One place where the far end of a trunk answers."""

    name: str
    """``<trunk>/<address>``; what branches and events call it."""
    place: Place
    """Where messages for it are sent."""
    position: int
    """Of its entry in the trunk's ``addresses``."""
    address: AddressConfig
    """That entry."""
    health: Health

    @property
    def hop(self) -> Hop:
        return self.place.hop


def wanted(address: AddressConfig) -> Wanted:
    """What must be located for an address of the configuration."""
    return Wanted(address.host, address.port, address.transport)


def call_order(endpoints: Iterable[Endpoint], draw: Draw, now: float) -> list[Endpoint]:
    """The endpoints that take calls, in the order to try them.

    Addresses come by their priority and weight in the configuration, servers of one name by theirs in DNS.
    """
    servers: dict[int, list[Endpoint]] = {}
    for endpoint in endpoints:
        if endpoint.health.takes_calls(now):
            servers.setdefault(endpoint.position, []).append(endpoint)
    addresses = [(position, found[0].address) for position, found in servers.items()]
    return [
        servers[position][place]
        for position in (addresses[i][0] for i in rank([address for _, address in addresses], draw))
        for place in rank([server.place for server in servers[position]], draw)
    ]


def rank(ranked: Sequence[_R], draw: Draw) -> list[int]:
    """Positions by priority, lots drawn by weight among equals."""
    if len(ranked) < 2:
        return list(range(len(ranked)))
    by_priority: dict[int, list[int]] = {}
    for position, item in enumerate(ranked):
        by_priority.setdefault(item.priority, []).append(position)
    return [
        group[lot]
        for _, group in sorted(by_priority.items())
        for lot in weighted_order([ranked[position].weight for position in group], draw)
    ]
