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

RightCheck = Callable[[str, str], bool]
"""Whether a station may dial an outside number by itself."""


def everybody_may(station: str, number: str) -> bool:
    """The rights of a switch where all stations are equal."""
    return True


class DialPlan:
    """Numbers and the targets they lead to; looked up, never searched."""

    def __init__(
        self, access_codes: Iterable[AccessCodeConfig], knows_target: TargetCheck, may_dial: RightCheck
    ) -> None:
        self._targets = {code.number: code.target for code in access_codes}
        self._knows_target = knows_target
        self._may_dial = may_dial

    def target_of(self, number: str, station: str) -> str | None:
        """Who takes a call of a station to ``number``; None when nobody does, or it may not be called."""
        target = self._targets.get(number)
        if target is not None or not number:
            return target
        within, outside = str(Target(STATION_SCHEME, number)), str(Target(NUMBER_SCHEME, number))
        if self._knows_target(within):
            return within
        return outside if self._knows_target(outside) and self._may_dial(station, number) else None

    def bars(self, number: str) -> bool:
        """Whether ``target_of`` found nobody because the station may not call this outside number."""
        return bool(number) and self._knows_target(str(Target(NUMBER_SCHEME, number)))
