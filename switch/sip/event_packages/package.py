"""What a notifier needs of an event package (RFC 6665 §5)."""

from typing import Protocol

from switch.sip.hop import Hop
from switch.sip.messages.grammar import Parameters


class EventPackage(Protocol):
    """One kind of state that phones may watch."""

    @property
    def name(self) -> str:
        """As in the Event header."""

    @property
    def content_type(self) -> str:
        """Of the bodies of its NOTIFYs."""

    def resource(self, watcher: str, named: str) -> str | None:
        """What this station watches that names somebody so; None when there is nothing it may know."""

    def write(self, resource: str, named: str, parameters: Parameters, version: int, hop: Hop) -> bytes:
        """The state as it is now, for a watcher there who names it so; the whole of it, or what the
        ``parameters`` of its Event header ask for.

        ``version`` counts the NOTIFYs of its subscription from 0.
        """
