"""Chance by name: what befalls a caller is the same whatever else happens, and whatever is configured.

So two configurations meet the same callers with the same patience (common random numbers), and what differs
between their figures is not luck.
"""

from hashlib import blake2b

_WHOLE = 1 << 56


class Chance:
    """Draws of one run."""

    def __init__(self, seed: int, run: int) -> None:
        self._key = f"{seed}:{run}"

    def draw(self, *name: object) -> float:
        """Above 0 and below 1, evenly; the same name gives the same number."""
        text = f"{self._key}:{':'.join(map(str, name))}".encode()
        return (int.from_bytes(blake2b(text, digest_size=7).digest(), "big") + 0.5) / _WHOLE
