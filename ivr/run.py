"""One call's run through flows: plain data that a snapshot can hold."""

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from ivr.expressions import Value
from runtime.contact_data import Data

PATH_LIMIT = 200
"""Nodes and keys remembered of one run: bounds what a long stay in a menu costs."""
MOST_TYPED_AHEAD = 32
DEEPEST = 8
"""Flows within flows."""


@dataclass(slots=True)
class Frame:
    """Where a call stands in one flow; a flow inside it has a frame of its own on top."""

    flow: str
    node: str = ""
    """Empty until the call is answered."""
    variables: dict[str, Value] = field(default_factory=dict)


class Utterance(NamedTuple):
    """A text that is to be made to speech."""

    text: str
    language: str
    voice: str


@dataclass(slots=True)
class Stay:
    """What the node the caller is in remembers; begins anew with each node."""

    tries_left: int = 0
    collected: str = ""
    """Keys of a number that is not complete."""
    question: int = 0
    """Of a survey."""
    playback_id: str = ""
    """The playback that is awaited; empty while none is."""
    request_id: str = ""
    """The answer that is awaited; empty while none is."""
    speech_id: str = ""
    """The text that is being made to speech; empty while none is."""
    to_play: list[str | Utterance] = field(default_factory=list)
    """Prompts that wait for the texts among them."""
    mask_id: str = ""
    """Behind which the caller's keys are hidden; empty while they are not."""
    masked: int = 0
    """How many keys behind the mask have been taken."""


@dataclass(slots=True)
class Run:
    """Where a call stands, and what is known of it."""

    call_id: str
    flow: str
    """The one the call was given to."""
    given: str = ""
    """The same with what was asked of it, as the target says: ``hotline?draft``."""
    version: int = 0
    """The one it goes through; 0: the document in the folder."""
    language: str = ""
    contact_id: str = ""
    caller_number: str = ""
    caller_name: str = ""
    access_code: str = ""
    area: str = ""
    lists: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    data: Data = field(default_factory=dict, repr=False)
    """What is noted of the contact, for whoever has the call."""
    back: str = ""
    """Where the call goes back to; empty when the caller waits nowhere."""
    is_in: bool = False
    """Whether the call is answered and has begun its way."""
    frames: list[Frame] = field(default_factory=list)
    stay: Stay = field(default_factory=Stay)
    typed_ahead: str = ""
    """Keys pressed before the node they are meant for."""
    fault: str = ""
    """What went wrong last."""
    idle_visits: int = 0
    """Nodes entered since the caller last pressed a key."""
    path: tuple[str, ...] = ()
    keys: str = ""

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def node(self) -> str:
        return self.frame.node

    def enter(self, node: str) -> None:
        """Stand at ``node`` with nothing playing."""
        self.frame.node = node
        self.stay = Stay()
        self.idle_visits += 1
        if len(self.path) < PATH_LIMIT:
            self.path += (node if len(self.frames) == 1 else f"{self.frame.flow}/{node}",)

    def press(self, digit: str) -> None:
        """Remember a key the caller pressed in answer to something."""
        self.idle_visits = 0
        self.keys = (self.keys + digit)[:PATH_LIMIT]

    def type_ahead(self, digit: str) -> None:
        """Keep a key for the node it is meant for."""
        self.typed_ahead = (self.typed_ahead + digit)[:MOST_TYPED_AHEAD]

    def take_typed_ahead(self) -> str:
        """The first key that waits for a node; empty when there is none."""
        digit, self.typed_ahead = self.typed_ahead[:1], self.typed_ahead[1:]
        return digit

    def to_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Run":
        to_play = [item if isinstance(item, str) else Utterance(*item) for item in data["stay"]["to_play"]]
        stay = Stay(**{**data["stay"], "to_play": to_play})
        tuples = {name: tuple(data[name]) for name in ("path", "lists", "tags")}
        frames = [Frame(**frame) for frame in data["frames"]]
        return cls(**{**data, **tuples, "stay": stay, "frames": frames})
