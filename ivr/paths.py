"""Which way callers took through flows, for those who serve them next: a fold over the flows' events."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from ivr.events import DigitAccepted, FlowEntered, NodeEntered

MOST_PATHS = 10_000
"""Of as many calls; who has been in no flow for longest is forgotten first."""
LONGEST_PATH = 50
"""Nodes, and keys: the last ones."""


@dataclass(slots=True)
class FlowPath:
    """A call's way through its flows."""

    flow: str = ""
    """The last one."""
    nodes: deque[str] = field(default_factory=lambda: deque(maxlen=LONGEST_PATH))
    keys: deque[str] = field(default_factory=lambda: deque(maxlen=LONGEST_PATH))
    """Choices of menus only, no numbers that were asked for."""


class FlowPaths:
    """The memory of ways by call."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, FlowPath] = OrderedDict()

    def of(self, call_id: str) -> FlowPath:
        """Empty for a call that was in no flow."""
        return self._known.get(call_id) or FlowPath()

    def entered(self, event: FlowEntered) -> None:
        self._path(event.call_id).flow = event.flow

    def at_node(self, event: NodeEntered) -> None:
        self._path(event.call_id).nodes.append(event.node)

    def pressed(self, event: DigitAccepted) -> None:
        self._path(event.call_id).keys.append(event.digit)

    def _path(self, call_id: str) -> FlowPath:
        path = self._known.setdefault(call_id, FlowPath())
        self._known.move_to_end(call_id)
        if len(self._known) > MOST_PATHS:
            self._known.popitem(last=False)
        return path
