"""What parking reports."""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data


class ParkingEnd(StrEnum):
    """Why a call waits in its slot no longer."""

    TAKEN = "taken"
    """It goes elsewhere: somebody picked it up, or led it on."""
    RETURNED = "returned"
    """It had waited long enough, and goes back to who parked it."""
    CALL_OVER = "call_over"
    """The customer hung up."""


@plain_data
class CallParked(Event):
    """A call waits in a slot, and hears music."""

    topic: ClassVar[str] = "call.parked"
    call_id: str
    slot: str
    """The slot; another than was asked for when that was taken."""
    by: str
    """The station that parked it; empty when no station did."""


@plain_data
class CallUnparked(Event):
    """A call waits in its slot no longer. Exactly once for each CallParked."""

    topic: ClassVar[str] = "call.unparked"
    call_id: str
    slot: str
    """The slot, which is free again."""
    reason: ParkingEnd
    """Why."""
