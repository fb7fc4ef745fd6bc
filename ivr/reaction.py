"""What a node answers to what happens in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ivr.events import FlowEnd
from ivr.expressions import Value
from ivr.prompt_list import Piece
from runtime.vocabulary import Command, Output


@dataclass(frozen=True, slots=True)
class Exit:
    """The flow is over for this call."""

    reason: FlowEnd
    command: Command
    """What becomes of the call."""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A question to which an answer is awaited, under the id in ``command``."""

    command: Command
    request_id: str
    limit_s: float
    """The flow goes on without an answer when so much time has passed."""


@dataclass(frozen=True, slots=True)
class Inner:
    """Another flow is gone through before this one goes on."""

    flow: str
    variables: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Reaction:
    """Outputs first, then at most one of ``go``, ``exit``, ``inner``, ``is_done``, ``is_lent``.

    ``play``, ``ask`` and ``wait_s`` may come together. An empty reaction: nothing happens.
    """

    outputs: tuple[Output, ...] = ()
    play: tuple[Piece, ...] = ()
    """Play these, and tell the node when they are over."""
    ask: Request | None = None
    """Ask this, and tell the node of the answer."""
    go: str = ""
    """The node to enter now."""
    wait_s: float | None = None
    """Tell the node when so much time has passed without a key."""
    exit: Exit | None = None
    inner: Inner | None = None
    is_done: bool = False
    """This flow is over; the one around it goes on."""
    returned: Mapping[str, Value] = field(default_factory=dict)
    """What the flow around gets to know."""
    is_lent: bool = False
    """Somebody else has the call now, and gives it back."""

    def after(self, *first: Output) -> "Reaction":
        """This reaction with other outputs before its own."""
        return replace(self, outputs=(*first, *self.outputs))
