"""How often something may happen, counted with one number a source."""

MESSAGES, REGISTRATIONS, CALLS, JUNK, PASSWORD_FAILURES = range(5)
"""What a source is limited in: places in ``Source.spent``. Plain numbers, as each message uses them."""
REFUSED_MESSAGES, REFUSED_REGISTRATIONS, REFUSED_CALLS = range(5, 8)
"""Beyond the limit; as many again are borne before the source is banned."""
KINDS_OF_RATES = 8


class Rate:
    """So many a second on average, ``burst`` of them at once: a token bucket.

    Kept as the time at which the bucket will be full again (the virtual scheduling algorithm of ITU-T
    I.371, annex A), so that nothing has to be refilled and a source that is idle costs nothing.
    """

    __slots__ = ("_interval_s", "_reach_s")

    def __init__(self, per_s: float, burst: int) -> None:
        self._interval_s = 1 / per_s
        self._reach_s = burst * self._interval_s

    def spend(self, spent: list[float], rated: int, now: float) -> bool:
        """Take one, if there is one left; ``spent[rated]`` is 0.0 at first."""
        full_at = spent[rated]
        full_at = (full_at if full_at > now else now) + self._interval_s
        if full_at - now > self._reach_s + _ROUNDING_S:
            return False
        spent[rated] = full_at
        return True

    def is_spent(self, spent: list[float], rated: int, now: float) -> bool:
        """Whether none is left."""
        return spent[rated] - now + self._interval_s > self._reach_s + _ROUNDING_S


_ROUNDING_S = 1e-9
"""A sum of many intervals may miss their product by so much."""
