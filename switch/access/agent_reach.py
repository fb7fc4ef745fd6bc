"""How far agents reach out of their call centre: whom they have called, by which numbers, and where they sit.

A station's ``outside_level`` says what its phone may dial. Whoever sits there gets no further with a desktop.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from runtime.errors import UsageError
from runtime.target import parse_target
from runtime.tenancy import bare, qualify
from switch.control.verbs import NotAllowed
from switch.dial_plan import NUMBER_SCHEME

PEOPLE = frozenset({"agent", "flow", "message", NUMBER_SCHEME, "park", "queue", "station"})
"""Schemes of targets to which agents lead calls; the others serve phones that have dialled for it."""


@dataclass(frozen=True, slots=True)
class AgentReach:
    """What the house knows of the ways out, in the names of the switch."""

    bars: Callable[[str, str], bool] = lambda station, number: False
    """Whether routes that lead to an outside number are closed to a station."""
    numbers_of: Callable[[Collection[str]], Collection[str]] = lambda queues: ()
    """The numbers at which customers of some queues call, and those that they see who are called back."""
    talks: Callable[[str], bool] = lambda station: False
    """Whether a station takes part in a call."""


@dataclass(frozen=True, slots=True)
class AgentsWayOut:
    """Of one agent: refuses in the tenant's own names what is out of reach."""

    reach: AgentReach
    tenant: str
    station: str | None
    """Where the agent sits, in the names of the switch; None for who is signed out."""
    queues: Collection[str]
    """Which the agent serves, in the names of the switch."""

    def refuse_target(self, target: str) -> None:
        """Raises UsageError (``no_such_target``, ``barred``) for what the agent's own phone cannot call."""
        scheme, name = parse_target(target)
        if scheme not in PEOPLE:
            raise UsageError(
                f"nothing takes agents' calls for {target}; expected such as queue:<name> or number:<digits>",
                reason="no_such_target",
            )
        if scheme == NUMBER_SCHEME and self.station and self.reach.bars(self.station, name):
            raise UsageError(
                f"station {bare(self.station)} may not call {name}: outside_level of its section",
                reason="barred",
            )

    def refuse_number(self, number: str) -> None:
        """Raises NotAllowed for a number by which the agent's customers do not know their call centre."""
        own = sorted({bare(each) for each in self.reach.numbers_of(self.queues)})
        if number not in own:
            known = ", ".join(own) or "there is none"
            raise NotAllowed(f"agents call by the numbers of their own queues ({known}), and not by {number}")

    def refuse_seat(self, station: str) -> None:
        """Raises UsageError for a station in whose call the agent has no part yet."""
        seat = qualify(self.tenant, station)
        if seat != self.station and self.reach.talks(seat):
            raise UsageError(f"station {station} has a call; sign in there when it is over", reason="busy")
