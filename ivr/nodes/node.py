"""What all nodes have in common."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from ivr.commands import SilencePrompts
from ivr.expressions import Value
from ivr.faults import FlowFault
from ivr.parts import Language, NodeRef, Part
from ivr.reaction import Reaction, Request
from ivr.visit import Visit
from runtime.problems import KeyPath

LONGEST_PRESS_S = 10.0
"""So long a key that went down may be held before the flow goes on without it."""


class Node(Part):
    """A node: its keys in the document, and what it does when something happens to a caller in it.

    Every method may raise FlowFault: the caller goes on where ``on_error`` of the node, of the flow or of the
    switch leads.
    """

    LOCAL_NAMES: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """What the expressions of a key can name besides variables and facts."""

    language: Language | None = None
    """From this node on the caller is served in this language."""
    on_error: NodeRef | None = None
    """The node to go to when this one cannot do what it should."""

    def assigned(self) -> Iterable[tuple[KeyPath, str]]:
        """The variables it may give a value, with the keys that name them."""
        return ()

    @property
    def ends(self) -> bool:
        """Whether the caller may leave the flow here."""
        return False

    def enter(self, visit: Visit) -> Reaction:
        """The caller comes to the node."""
        raise NotImplementedError

    def press(self, visit: Visit, digit: str) -> Reaction:
        """The caller presses a key, which is kept for a node that asks for one."""
        visit.run.type_ahead(digit)
        return Reaction()

    def while_playing(self, visit: Visit) -> Request | None:
        """What to ask as soon as what the node plays is heard."""
        return None

    def hear_end(self, visit: Visit) -> Reaction:
        """What the node played is over (or could not be played)."""
        return Reaction()

    def time_out(self, visit: Visit) -> Reaction:
        """The time the node asked for has passed without a key."""
        return Reaction()

    def take_answer(self, visit: Visit, answer: Value) -> Reaction:
        """What the node asked is answered."""
        return Reaction()

    def go_without(self, visit: Visit, reason: str) -> Reaction:
        """What the node asked is not answered, and will not be."""
        raise FlowFault(reason)

    def come_back(self, visit: Visit, outcome: str) -> Reaction:
        """The call is back from where it was lent, or from an inner flow."""
        return Reaction()

    @property
    def lets_key_interrupt(self) -> bool:
        """Whether a key stops what plays here as soon as it goes down."""
        return False


def silence(visit: Visit) -> SilencePrompts:
    """Stop what plays; its end is not awaited any more."""
    visit.run.stay.playback_id = ""
    return SilencePrompts(call_id=visit.run.call_id)
