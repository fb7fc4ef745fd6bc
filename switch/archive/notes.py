"""What is noted of a recording while it runs. Plain data; moments are wall-clock seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from switch.leg_role import LegRole

Channel = Literal["customer", "agent"]


@dataclass(slots=True)
class LegNote:
    """Somebody who is heard."""

    leg_id: str
    role: LegRole
    party: str
    """Their station or number."""
    outside: bool
    """Whether it is an outside number."""
    joined: float
    agent: str | None = None
    left: float | None = None

    @property
    def channel(self) -> Channel:
        return "customer" if self.role is LegRole.CUSTOMER else "agent"

    @property
    def is_customer_outside(self) -> bool:
        """Whether it is the customer, and none of the house: the call's numbers name them."""
        return self.outside and self.role is LegRole.CUSTOMER


@dataclass(slots=True)
class RecordingNote:
    """A recording that has begun, or is about to."""

    recording_id: str
    contact_id: str
    sequence: int
    """The first entry of the journal that its manifest needs."""
    began: float
    path: str = ""
    """Empty until the file is begun."""
    call_ids: list[str] = field(default_factory=list)
    legs: list[LegNote] = field(default_factory=list)
    queue: str | None = None
    caller: str | None = None
    called: str | None = None
    trunk: str | None = None
    stopped: float | None = None
    """When it was to end although its call went on."""

    def still_there(self, leg_id: str) -> LegNote | None:
        """The leg, if it is heard now."""
        there = (leg for leg in reversed(self.legs) if leg.leg_id == leg_id and leg.left is None)
        return next(there, None)


@dataclass(frozen=True, slots=True)
class Ended:
    """A recording that is over."""

    note: RecordingNote
    sequence: int
    """The entry that ended it."""
    state: Literal["completed", "failed"]
    outcome: Mapping[str, Any]
    """The fields of ``recording.completed`` or ``recording.failed``."""

    @property
    def parties(self) -> list[LegNote]:
        """All who were heard but a customer from outside, in order."""
        return [leg for leg in self.note.legs if not leg.is_customer_outside]

    @property
    def last_talked_to(self) -> LegNote | None:
        """The last the customer talked to; the only one there was, where nobody talked to anybody."""
        talked_to = [leg for leg in self.parties if leg.role is LegRole.AGENT] or self.parties
        return talked_to[-1] if talked_to else None
