"""T1, T2 and T4 (RFC 3261, table 4 in appendix A), in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timers:
    """What the timers of all transactions follow from."""

    t1_s: float = 0.5
    t2_s: float = 4.0
    t4_s: float = 5.0

    @property
    def lifetime_s(self) -> float:
        """64*T1: how long a message is repeated before its peer counts as lost."""
        return 64 * self.t1_s
