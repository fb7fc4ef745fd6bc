"""What a node answers to what happens in it."""

from dataclasses import dataclass, replace

from ivr.events import LeaveReason
from runtime.vocabulary import Command, Event


@dataclass(frozen=True, slots=True)
class Exit:
    """The flow is over for this call."""

    reason: LeaveReason
    command: Command
    """What becomes of the call."""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Outputs first, then at most one of the others. An empty step: nothing happens."""

    outputs: tuple[Event | Command, ...] = ()
    go: str = ""
    """The node to enter now."""
    wait_s: float | None = None
    """Tell the node when so much time has passed without a key."""
    exit: Exit | None = None

    def after(self, *first: Event | Command) -> "Step":
        """This step with other outputs before its own."""
        return replace(self, outputs=(*first, *self.outputs))
