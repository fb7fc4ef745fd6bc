"""Who has failed too often to be listened to for a while. Pure: time is handed in, memory is bounded."""

from dataclasses import dataclass


@dataclass(slots=True)
class _Failures:
    count: int
    forgotten_at: float
    """When they are as if they had not been; later with each."""


class Lockout:
    """Failures by key, such as a source or an agent: so many, and the key is locked for so long."""

    def __init__(self, after: int, lasts_s: float, most: int = 10_000) -> None:
        """``most``: keys remembered; beyond, those that failed longest ago are forgotten."""
        self._after = after
        self._lasts_s = lasts_s
        self._most = most
        self._failures: dict[str, _Failures] = {}

    def left_s(self, key: str, now: float) -> float:
        """How long a key is still locked; 0 when it is not."""
        failures = self._failures.get(key)
        if failures is None or failures.count < self._after:
            return 0.0
        return max(0.0, failures.forgotten_at - now)

    def fail(self, key: str, now: float) -> bool:
        """Count a failure; whether this is the one that locks the key."""
        failures = self._failures.pop(key, None)
        if failures is None or failures.forgotten_at <= now:
            failures = _Failures(0, now)
        failures.count += 1
        failures.forgotten_at = now + self._lasts_s
        self._failures[key] = failures
        if len(self._failures) > self._most:
            del self._failures[next(iter(self._failures))]
        return failures.count == self._after

    def forgive(self, key: str) -> None:
        """Forget its failures; no harm if there are none."""
        self._failures.pop(key, None)
