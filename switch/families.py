"""Whether a phone's voice goes by IPv6: told by where it is reached, before anything is offered to it."""

from collections.abc import Callable, Iterable

from switch.sip.hop import Hop

HopsOf = Callable[[str], Iterable[Hop]]
"""Where a station, or an outside number, is reached now."""


def nowhere(party: str) -> tuple[Hop, ...]:
    """Nobody is known to be anywhere."""
    return ()


class Families:
    """Answers for all whom the exchange rings."""

    def __init__(self, of_station: HopsOf = nowhere, of_number: HopsOf = nowhere) -> None:
        self._of_station = of_station
        self._of_number = of_number

    def is_ipv6(self, party: str, *, outside: bool) -> bool:
        """Whether every way to it is IPv6. Where there are both, or none, IPv4 is understood by most."""
        hops = [*(self._of_number if outside else self._of_station)(party)]
        return bool(hops) and all([":" in hop.host for hop in hops])
