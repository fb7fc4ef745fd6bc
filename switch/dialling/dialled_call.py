"""The state of the dialling application: the calls it has, as plain data."""

from dataclasses import dataclass, field

from msgspec import Struct

from runtime.deadlines import Deadlines


class DialledCall(Struct):
    """A call that goes, or went, to one phone."""

    call_id: str
    offer_id: str
    way_out: str | None
    """The target for a caller whose phone cannot be had; None: the call ends."""
    answered: bool
    """Whether the caller was answered before the phone was."""
    back: str | None = None
    """The target to which the call goes back in any case; None when nobody lent it."""
    connected: bool = False


@dataclass(slots=True)
class DialledCalls:
    """All of them, and until when they may ring."""

    by_id: dict[str, DialledCall] = field(default_factory=dict)
    ringing: Deadlines[str] = field(default_factory=Deadlines)
    """Call → when it has rung long enough."""
