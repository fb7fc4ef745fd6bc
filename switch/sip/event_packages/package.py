"""What a notifier needs of an event package (RFC 6665 §5)."""

from typing import Protocol

from switch.sip.hop import Hop


class EventPackage(Protocol):
    """One kind of state that phones may watch."""

    @property
    def name(self) -> str:
        """As in the Event header."""

    @property
    def content_type(self) -> str:
        """Of the bodies of its NOTIFYs."""

    def may_watch(self, watcher: str, resource: str) -> bool:
        """Whether this station may know this resource's state."""

    def write(self, resource: str, version: int, hop: Hop) -> bytes:
        """The whole state as it is now, for a watcher there; ``version`` counts the NOTIFYs of its
        subscription from 0."""
