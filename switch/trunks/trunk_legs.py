"""Which trunk carries which leg: the channels in use."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from runtime.tenancy import HOUSE
from switch.trunks.trunk import Trunk


@dataclass(slots=True)
class TrunkLeg:
    """A leg on a trunk."""

    leg_id: str
    trunk: str
    outgoing: bool
    endpoint: str = ""
    """Name of the one it is dialled through; empty for a leg that came in."""
    answered: bool = False
    """Whether the endpoint gave a sign of life on it."""
    tenant: str = HOUSE
    """Whose call it is."""


class TrunkLegs:
    """The legs that are up. A trunk's counts always equal the legs kept here."""

    def __init__(self, trunks: Mapping[str, Trunk], legs: Iterable[TrunkLeg] = ()) -> None:
        self._trunks = trunks
        self._legs: dict[str, TrunkLeg] = {}
        self.ids: Container[str] = self._legs
        self.find: Callable[[str], TrunkLeg | None] = self._legs.get
        for leg in legs:
            self.add(leg)

    def __iter__(self) -> Iterator[TrunkLeg]:
        return iter(self._legs.values())

    def __len__(self) -> int:
        return len(self._legs)

    def add(self, leg: TrunkLeg) -> None:
        """A leg takes a channel of its trunk; its id is not known here yet."""
        self._legs[leg.leg_id] = leg
        self._count(leg, 1)

    def move(self, leg: TrunkLeg, trunk: str) -> None:
        """A leg is tried through another trunk, and frees the channel of the one before."""
        self._count(leg, -1)
        leg.trunk = trunk
        self._count(leg, 1)

    def remove(self, leg_id: str) -> None:
        """The leg is over; no harm if it is on no trunk."""
        leg = self._legs.pop(leg_id, None)
        if leg is not None:
            self._count(leg, -1)

    def _count(self, leg: TrunkLeg, change: int) -> None:
        trunk = self._trunks.get(leg.trunk)
        if trunk is None:  # a snapshot may name one that is configured no more
            return
        trunk.channels.count(leg.tenant, change, outgoing=leg.outgoing)
