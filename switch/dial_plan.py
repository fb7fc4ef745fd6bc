"""What a number means that is dialled from within the house: an access code, a station, or outside."""

from collections.abc import Callable, Iterable

from runtime.target import Target
from switch.config import AccessCodeConfig

STATION_SCHEME = "station"
"""Targets ``station:<name>`` ring a registered phone."""
NUMBER_SCHEME = "number"
"""Targets ``number:<digits>`` ring an outside number through the trunks."""

TargetCheck = Callable[[str], bool]
"""Whether some application takes ``<scheme>:<name>``."""


class DialPlan:
    """Numbers and the targets they lead to; looked up, never searched."""

    def __init__(self, access_codes: Iterable[AccessCodeConfig], knows_target: TargetCheck) -> None:
        self._targets = {code.number: code.target for code in access_codes}
        self._knows_target = knows_target

    def target_of(self, number: str) -> str | None:
        """Who takes a call to ``number``; None when nobody does."""
        target = self._targets.get(number)
        if target is not None or not number:
            return target
        ways = (str(Target(STATION_SCHEME, number)), str(Target(NUMBER_SCHEME, number)))
        return next((way for way in ways if self._knows_target(way)), None)
