"""One call's run through a flow: plain data that a snapshot can hold."""

from dataclasses import asdict, dataclass
from typing import Any

PATH_LIMIT = 200
"""Nodes and keys remembered of one run: bounds what a long stay in a menu costs."""


@dataclass(slots=True)
class Run:
    """Where a call stands."""

    call_id: str
    flow: str
    language: str
    node: str = ""
    """Empty until the call is answered."""
    playback_id: str = ""
    """The playback that is awaited; empty while none is."""
    typed_ahead: str = ""
    """A key pressed before the menu it is meant for."""
    tries_left: int = 0
    """Of the menu the caller is in."""
    idle_visits: int = 0
    """Nodes entered since the caller last pressed a key."""
    path: tuple[str, ...] = ()
    keys: str = ""
    back: str = ""
    """Where the call goes back to; empty when the caller waits nowhere."""
    caller_number: str = ""
    lists: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def enter(self, node: str) -> None:
        """Stand at ``node`` with nothing playing."""
        self.node = node
        self.playback_id = ""
        self.idle_visits += 1
        if len(self.path) < PATH_LIMIT:
            self.path += (node,)

    def press(self, digit: str) -> None:
        """Remember a key the caller pressed in a menu."""
        self.idle_visits = 0
        self.keys = (self.keys + digit)[:PATH_LIMIT]

    def take_typed_ahead(self) -> str:
        """The key that waits for a menu, once; empty when there is none."""
        digit, self.typed_ahead = self.typed_ahead, ""
        return digit

    def to_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Run":
        return cls(**{**data, **{name: tuple(data[name]) for name in ("path", "lists", "tags")}})
