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

FOLLOWED = frozenset({"feature:park", "feature:pick_up", "feature:pick_up_parked"})
"""Targets that can be told a number, by digits dialled right behind their access code."""
SLOT_KEY = "park-"
"""With a slot's number behind it: what the key of its lamp watches, and dials."""
SLOT_TARGET = "feature:slot"

_FOR_CALLERS = frozenset({"feature", "counter", "prompt", "recording"})
"""Schemes of what does something for the phone that dials it, and hangs up on whom it sends there."""
_PARKING = frozenset({"feature:park", SLOT_TARGET})
"""What parks whoever is sent there."""


def serves_callers_only(target: str) -> bool:
    """Whether a customer who is transferred to a target would be lost."""
    scheme, _, action = target.partition(":")
    return scheme in _FOR_CALLERS and f"{scheme}:{action.partition(':')[0]}" not in _PARKING


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
        followed = (code.number for code in self._codes.values() if code.target in FOLLOWED)
        self._followed = {bare(number): tenant_of(number) for number in followed}

    def access_code(self, number: str, station: str | None) -> AccessCodeConfig | None:
        """What a dialled number means: to a station only if it is of the same call centre."""
        code = self._codes.get(number)
        if code is None and station is not None and self._followed:
            code = self._with_number(number, station)
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
        if number.startswith(SLOT_KEY):
            slot = f"{SLOT_TARGET}:{number.removeprefix(SLOT_KEY)}"
            return slot if self._knows_target(slot) else None
        return outside if self._knows_target(outside) and self._may_dial(station, number) else None

    def _with_number(self, dialled: str, station: str) -> AccessCodeConfig | None:
        """The longest code that ``dialled`` begins with, told the digits behind it; a station of that name
        comes first."""
        stems = (dialled[:end] for end in range(len(dialled) - 1, 0, -1))
        tenant = tenant_of(station)
        stem = next((stem for stem in stems if self._followed.get(stem) == tenant), None)
        within = str(Target(STATION_SCHEME, qualify(tenant, dialled)))
        if stem is None or self._knows_target(within):
            return None
        code = self._codes[stem]
        target = f"{code.target}:{dialled.removeprefix(stem)}"
        return code.model_copy(update={"target": target}) if self._knows_target(target) else None

    def bars(self, number: str) -> bool:
        """Whether ``target_of`` found nobody because the station may not call this outside number."""
        return bool(number) and self._knows_target(str(Target(NUMBER_SCHEME, number)))
