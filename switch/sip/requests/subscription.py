"""One phone's subscription to a station's state (RFC 6665 §4.1)."""

from dataclasses import dataclass
from enum import Enum, auto

from switch.sip.dialogs.dialog import Dialog
from switch.sip.event_packages.package import EventPackage
from switch.sip.messages.grammar import Parameters


class Due(Enum):
    """What a subscription waits for."""

    NEWS = auto()
    """The pause between two NOTIFYs is over."""
    EXPIRY = auto()


@dataclass(slots=True, eq=False)
class Subscription:
    """Who watches what, until when, and what they know."""

    package: EventPackage
    resource: str
    """The station, or lamp, that is watched."""
    named: str
    """What the watcher calls it."""
    watcher: str
    """The station that watches."""
    dialog: Dialog
    event: str
    """Value of the Event header of its NOTIFYs."""
    parameters: Parameters
    """Of that header."""
    expires_at: float
    next_version: int = 0
    is_asking: bool = False
    """A NOTIFY waits for its answer."""
    has_news: bool = False
    """Something is to be told when that is possible."""
    quiet_until: float = 0.0
    """No change is told before; keeps the rate of NOTIFYs down."""
    ended_by: str = ""
    """Why it is over; empty while it lasts."""

    def state(self, now: float) -> str:
        """Value of the Subscription-State header (RFC 6665 §4.1.3)."""
        if self.ended_by:
            return f"terminated;reason={self.ended_by}"
        return f"active;expires={max(0, round(self.expires_at - now))}"
