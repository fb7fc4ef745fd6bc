"""A figure as it is from a moment on, until the next reading. Pure."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """``value`` at the moment ``at``, in monotonic seconds; it stays, or grows by one each second."""

    value: float
    at: float
    grows: bool = False

    def now(self, now: float) -> float:
        """The value now."""
        return self.value + (now - self.at) if self.grows else self.value

    def reaches_at(self, threshold: float, *, upwards: bool) -> float:
        """When it is at a threshold or beyond, as things stand; infinite: never."""
        if not upwards:
            return self.at if self.value <= threshold else math.inf
        if self.value >= threshold:
            return self.at
        return self.at + (threshold - self.value) if self.grows else math.inf
