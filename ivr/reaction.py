"""What a node answers to what happens in it."""

from dataclasses import dataclass, replace

from ivr.events import FlowEnd
from runtime.vocabulary import Command, Output


@dataclass(frozen=True, slots=True)
class Exit:
    """The flow is over for this call."""

    reason: FlowEnd
    command: Command
    """What becomes of the call."""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Reaction:
    """Outputs first, then at most one of the others. An empty reaction: nothing happens."""

    outputs: tuple[Output, ...] = ()
    play: tuple[str, ...] = ()
    """Play these prompts, and tell the node when they are over."""
    go: str = ""
    """The node to enter now."""
    wait_s: float | None = None
    """Tell the node when so much time has passed without a key."""
    exit: Exit | None = None

    def after(self, *first: Output) -> "Reaction":
        """This reaction with other outputs before its own."""
        return replace(self, outputs=(*first, *self.outputs))
