"""Requests that are too long for UDP go by TCP, to those who take it (RFC 3261 §18.1.1)."""

from switch.sip.hop import Hop

_REFUSAL_HOLDS_S = 600.0
"""So long a neighbour that did not take TCP is not tried again."""
_MOST_REFUSALS = 10_000


class SizeRule:
    """Knows how long is too long, and who took no TCP."""

    def __init__(self, udp_max_bytes: int) -> None:
        self.udp_max_bytes = udp_max_bytes
        self._refused: dict[Hop, float] = {}
        """Until when, by the neighbour's UDP hop."""

    def other_way(self, hop: Hop, now: float) -> Hop:
        """Where a request goes that is too long for this hop; the hop itself when it must do."""
        if hop.transport != "udp":
            return hop
        if (until := self._refused.get(hop)) is not None:
            if until > now:
                return hop
            del self._refused[hop]
        return hop._replace(transport="tcp")

    def refused(self, hop: Hop, now: float) -> None:
        """A neighbour known by this UDP hop took no TCP."""
        if len(self._refused) >= _MOST_REFUSALS:
            del self._refused[next(iter(self._refused))]
        self._refused[hop] = now + _REFUSAL_HOLDS_S
