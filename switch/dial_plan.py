"""What a number means that is dialled from within the house: an access code, a station, or outside."""

from collections.abc import Callable, Iterable

from runtime.target import Target
from runtime.tenancy import SEPARATOR, bare, qualify, tenant_of
from switch.config import AccessCodeConfig

STATION_SCHEME = "station"
"""Targets ``station:<name>`` ring a registered phone."""
NUMBER_SCHEME = "number"
"""Targets ``number:<digits>`` ring an outside number through the trunks."""
AGENT_SCHEME = "agent"
"""Targets ``agent:<number>`` lead to whoever signs in with that number, wherever that is."""

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
        self.configure(access_codes)
        self._knows_target = knows_target
        self._may_dial = may_dial

    def configure(self, access_codes: Iterable[AccessCodeConfig]) -> None:
        """Go by these from now on; calls under way go on."""
        self._codes = {bare(code.number): code for code in access_codes}

    def access_code(self, number: str, station: str | None) -> AccessCodeConfig | None:
        """What a dialled number means: to a station only if it is of the same call centre."""
        code = self._codes.get(number)
        if code is None or (station is not None and tenant_of(code.number) != tenant_of(station)):
            return None
        return code

    def target_of(self, number: str, station: str) -> str | None:
        """Who takes a call of a station to ``number``; None when nobody does, or it may not be called."""
        code = self.access_code(number, station)
        if code is not None:
            return code.target
        if not number or SEPARATOR in number:
            return None
        within = str(Target(STATION_SCHEME, qualify(tenant_of(station), number)))
        outside = str(Target(NUMBER_SCHEME, number))
        if self._knows_target(within):
            return within
        return outside if self._knows_target(outside) and self._may_dial(station, number) else None

    def bars(self, number: str) -> bool:
        """Whether ``target_of`` found nobody because the station may not call this outside number."""
        return bool(number) and self._knows_target(str(Target(NUMBER_SCHEME, number)))
