"""What is noted of a recording while it runs. Plain data; moments are wall-clock seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Channel = Literal["customer", "agent"]


@dataclass(slots=True)
class LegNote:
    """Somebody who is heard."""

    leg_id: str
    channel: Channel
    party: str
    """Their station or number."""
    joined: float
    agent: str | None = None
    left: float | None = None
    at_counter: bool = False
    """Whether it is a station that is recorded by itself."""

    @property
    def is_ours(self) -> bool:
        """Whether it is a station, or whom it stands for: an agent's side, or the counter's phone."""
        return self.channel == "agent" or self.at_counter


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


@dataclass(frozen=True, slots=True)
class Ended:
    """A recording that is over."""

    note: RecordingNote
    sequence: int
    """The entry that ended it."""
    state: Literal["completed", "failed"]
    outcome: Mapping[str, Any]
    """The fields of ``recording.completed`` or ``recording.failed``."""
