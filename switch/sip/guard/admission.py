"""Whether there is time and room for another call (RFC 5390, RFC 6357 §4)."""

from runtime.vocabulary import Event
from switch.sip.guard.config import GuardConfig
from switch.sip.guard.events import RefusalKind, SwitchOverloaded, SwitchRecovered
from switch.sip.guard.rates import Rate

_SMOOTHING = 0.3
"""Weight of the newest measurement."""


class Admission:
    """Closed while the switch is late, so that calls that are up stay as they are.

    It closes when the smoothed delay was above the limit for ``overload_after_s`` and opens when it was
    below half of it for as long, so that it does not flap.
    """

    def __init__(self, config: GuardConfig) -> None:
        self._close_above_s = config.max_loop_delay_ms / 1000
        self._open_below_s = self._close_above_s / 2
        self._patience_s = config.overload_after_s
        self._max_calls = config.max_calls
        most = config.max_calls_per_s
        self._rate = Rate(most, most) if most else None
        self._spent = [0.0]
        self._delay_s = 0.0
        self._beyond_since: float | None = None
        """Since when the delay speaks for a change."""
        self._closed_at: float | None = None

    @property
    def delay_s(self) -> float:
        """The smoothed delay."""
        return self._delay_s

    @property
    def delay_ms(self) -> int:
        """The same in whole milliseconds."""
        return _ms(self._delay_s)

    @property
    def is_closed(self) -> bool:
        """Whether new calls and registrations are refused because the switch is late."""
        return self._closed_at is not None

    def measured(self, delay_s: float, now: float) -> list[Event]:
        """Work had to wait so long just now."""
        self._delay_s += _SMOOTHING * (delay_s - self._delay_s)
        if not self._speaks_for_change():
            self._beyond_since = None
            return []
        if self._beyond_since is None:
            self._beyond_since = now
        if now - self._beyond_since < self._patience_s:
            return []
        self._beyond_since = None
        return [self._close(now) if self._closed_at is None else self._open(now, self._closed_at)]

    def refusal_of_call(self, open_calls: int, now: float) -> RefusalKind | None:
        """Why a new call cannot be taken. One that can be counts towards the calls of this second."""
        if self._closed_at is not None:
            return RefusalKind.OVERLOAD
        if self._max_calls and open_calls >= self._max_calls:
            return RefusalKind.MAX_CALLS
        if self._rate is not None and not self._rate.spend(self._spent, 0, now):
            return RefusalKind.OVERLOAD
        return None

    def refusal_of_registration(self) -> RefusalKind | None:
        """Why a REGISTER has to wait."""
        return None if self._closed_at is None else RefusalKind.OVERLOAD

    def _speaks_for_change(self) -> bool:
        if self._closed_at is None:
            return self._delay_s > self._close_above_s
        return self._delay_s < self._open_below_s

    def _close(self, now: float) -> Event:
        self._closed_at = now
        return SwitchOverloaded(delay_ms=_ms(self._delay_s))

    def _open(self, now: float, closed_at: float) -> Event:
        self._closed_at = None
        return SwitchRecovered(delay_ms=_ms(self._delay_s), lasted_s=round(now - closed_at, 3))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
