"""The state of listening by phone: who hears what, as plain data."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Excerpt:
    """A piece of a recording, which is a prompt once it was read."""

    prompt: str
    from_ms: int
    length_ms: int | None = None
    """None until it was read."""

    def holds(self, place_ms: int) -> bool:
        """Whether the sound at a place is in it."""
        return self.length_ms is not None and 0 <= place_ms - self.from_ms < self.length_ms


@dataclass(slots=True)
class Listener:
    """A call whose customer hears a recording."""

    call_id: str
    recording_id: str
    station: str
    who: str
    channels: str
    place_ms: int
    """Where they are in the recording, while nothing plays."""
    present: Excerpt
    """What plays, or shall as soon as it was read."""
    following: Excerpt | None = None
    """What plays next; None when nothing does, or nobody has begun to hear."""
    listens: bool = False
    """Whether they have answered."""
    told: bool = False
    """Whether it was told that they listen."""
    playback_id: str | None = None
    """None while nothing plays."""
    paused: bool = False
    key: str | None = None
    """Pressed while it played; it counts when what played has stopped."""


@dataclass(slots=True)
class Listeners:
    """All of them."""

    by_call: dict[str, Listener] = field(default_factory=dict)
