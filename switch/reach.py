"""What can be reached now, as the house knows it; what is seen to be in vain is refused before it is done."""

from collections.abc import Callable, Container, Sized
from dataclasses import dataclass

from runtime.errors import UsageError
from switch.application import AgentFacts
from switch.dial_plan import RightCheck, TargetCheck


def _none(of: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Reach:
    """Stations, outside numbers and whatever else takes calls."""

    contacts: Callable[[str], Sized]
    """The phones registered for a station."""
    has_route: Callable[[str], bool]
    """Whether a route leads to an outside number, were its trunks up."""
    may_dial: RightCheck
    knows_target: TargetCheck
    access_codes: Container[str]
    obstacle: Callable[[str], str | None] = _none
    """Why whoever a known target leads to cannot be had now, as a sentence; None when they can."""
    station_to_call: Callable[[str], str] = AgentFacts().station_to_call
    """Where an agent can be called first now. Raises UsageError with the reason why not."""
    outage: Callable[[str], str | None] = _none
    """Why no trunk carries calls to an outside number that has a route, as a sentence; None when one does."""

    def refuse_silent(self, station: str) -> None:
        """Raises UsageError (``not_registered``) where no phone would ring."""
        if not len(self.contacts(station)):
            raise UsageError(f"no phone is registered at station {station}", reason="not_registered")

    def refuse_number(self, number: str, by: str = "") -> None:
        """Raises UsageError when it cannot be dialled, or not by the station ``by``.

        Reasons: ``no_route``, ``no_trunk``, ``barred``.
        """
        if not self.has_route(number):
            raise UsageError(
                f"no route leads to {number}; see [[routes]] of the configuration", reason="no_route"
            )
        outage = self.outage(number)
        if outage is not None:
            raise UsageError(outage, reason="no_trunk")
        if by and not self.may_dial(by, number):
            raise UsageError(
                f"station {by} may not call {number}: outside_level of its section", reason="barred"
            )

    def refuse_obstacle(self, target: str) -> None:
        """Raises UsageError (``signed_out``) when nobody is behind a known target now."""
        obstacle = self.obstacle(target)
        if obstacle is not None:
            raise UsageError(obstacle, reason="signed_out")
