"""Phones that tell each key several ways: as telephone-event (RFC 4733), as tones, by SIP INFO."""

from dataclasses import dataclass, field

_MOST_KEPT = 16
"""Keys; no phone lags further behind with its other tellings."""
_LONGEST_LAG_S = 4.0
"""No telling comes later: an INFO that was lost twice is there after 1.5 s (RFC 3261 §17.1.2.2)."""


@dataclass(slots=True)
class ToldKey:
    """A key that counted."""

    digit: str = field(repr=False)
    """Not told, as it may be masked."""
    at: float
    """When it was told first."""
    ways: set[str]
    """How it was told so far."""


@dataclass(slots=True)
class KeyEchoes:
    """Knows which keys of a leg were told one way and may come another way, too."""

    keys: list[ToldKey] = field(default_factory=list)
    """Oldest first."""

    def is_echo(self, digit: str, way: str, now: float) -> bool:
        """Whether this key was counted already, because it came another way before."""
        self.keys = [key for key in self.keys if now - key.at <= _LONGEST_LAG_S]
        for key in self.keys:
            if key.digit == digit and way not in key.ways:
                key.ways.add(way)
                return True
        self.keys = [*self.keys, ToldKey(digit, now, {way})][-_MOST_KEPT:]
        return False
