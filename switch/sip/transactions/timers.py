"""The timers of RFC 3261 (table 4 in appendix A) and RFC 6026 (§7.1, §7.2), in seconds, for UDP."""

from dataclasses import dataclass
from enum import StrEnum


class Timer(StrEnum):
    """The transaction layer's timers by their letters. C belongs to the user agent (``dial_limit_s``)."""

    A = "A"
    """Repeats an INVITE."""
    B = "B"
    """Gives an INVITE up."""
    D = "D"
    """Keeps answering repeated failures of an INVITE with ACK."""
    E = "E"
    """Repeats another request."""
    F = "F"
    """Gives another request up."""
    G = "G"
    """Repeats a failure answer to an INVITE."""
    H = "H"
    """Gives the ACK of a failure answer up."""
    I = "I"  # noqa: E741 - the standard's letter
    """Absorbs repeated ACKs."""
    J = "J"
    """Keeps the answer to another request for its repetitions."""
    K = "K"
    """Absorbs repeated answers to another request."""
    L = "L"
    """Absorbs repetitions of an INVITE that was accepted."""
    M = "M"
    """Lets further 2xx of a forked INVITE through."""


REPEATING = frozenset({Timer.A, Timer.E, Timer.G})
"""These run again after they fired, at a growing interval."""


@dataclass(frozen=True, slots=True)
class Timers:
    """T1, T2, T4 and what follows from them."""

    t1_s: float = 0.5
    t2_s: float = 4.0
    t4_s: float = 5.0

    @property
    def lifetime_s(self) -> float:
        """64*T1: how long a message is repeated before its peer counts as lost."""
        return 64 * self.t1_s

    def durations(self) -> dict[Timer, float]:
        """The first (or only) run of each timer."""
        lifetime = self.lifetime_s
        return {
            Timer.A: self.t1_s,
            Timer.B: lifetime,
            Timer.D: lifetime,
            Timer.E: self.t1_s,
            Timer.F: lifetime,
            Timer.G: self.t1_s,
            Timer.H: lifetime,
            Timer.I: self.t4_s,
            Timer.J: lifetime,
            Timer.K: self.t4_s,
            Timer.L: lifetime,
            Timer.M: lifetime,
        }
