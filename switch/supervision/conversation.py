"""Which two talk in a call, and who of them is the agent whom a supervisor stands by."""

from typing import NamedTuple

from runtime.errors import UsageError
from switch.call import Call, CallState

_WHY_NOBODY = {
    CallState.ARRIVING: "is only arriving",
    CallState.CALLING: "is not answered yet",
    CallState.ALERTING: "is not answered yet",
    CallState.ANSWERED: "is with no agent",
    CallState.CONNECTED: "is between outside numbers",
}


class Conversation(NamedTuple):
    """Two who talk, and which of them is the agent."""

    call: Call
    station: str


def conversation_in(call: Call) -> Conversation:
    """Raises UsageError (``not_connected``, ``no_such_station``) when no station talks in the call."""
    station = next(iter(stations_that_talk(call)), None)
    if station is None:
        raise _nobody_to_supervise(call)
    return Conversation(call, station)


def stations_that_talk(call: Call) -> list[str]:
    """Whom was called before who calls: of two colleagues the first is meant."""
    legs = [call.connected_leg, call.customer] if call.connected_leg is not None else []
    return [station for leg in legs if leg is not None and (station := call.station_of(leg)) is not None]


def _nobody_to_supervise(call: Call) -> UsageError:
    """Outside numbers talk, but no station does; else nobody does."""
    reason = "no_such_station" if call.state is CallState.CONNECTED else "not_connected"
    return UsageError(
        f"call {call.call_id} {_WHY_NOBODY[call.state]}; there is nobody to supervise", reason=reason
    )
