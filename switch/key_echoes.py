"""Phones that tell each key twice, as telephone-event packets (RFC 4733) and by SIP INFO."""

from dataclasses import dataclass

_MOST_KEPT = 16
"""Keys; no phone lags further behind with its second telling."""


@dataclass(slots=True)
class KeyEchoes:
    """Knows which keys of a leg were told one way and may come the other way, too."""

    way: str = ""
    """How the kept keys were told."""
    keys: str = ""
    """Oldest first."""

    def is_echo(self, digit: str, way: str) -> bool:
        """Whether this key was counted already, because it came the other way before."""
        if way != self.way and self.keys.startswith(digit):
            self.keys = self.keys[1:]
            return True
        if way != self.way:
            self.way, self.keys = way, ""
        self.keys = (self.keys + digit)[-_MOST_KEPT:]
        return False
