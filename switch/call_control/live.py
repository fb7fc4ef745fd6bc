"""The call and the leg that a verb means, or a refusal that tells what there is instead."""

from runtime.errors import UsageError
from switch.call import Call, CallState, Consultation, Leg
from switch.conversation import agents_leg
from switch.exchange import Exchange


def live_call(exchange: Exchange, call_id: str) -> Call:
    """The call of that id. Raises UsageError (``no_such_call``)."""
    call = exchange.find(call_id)
    if call is None:
        raise UsageError(f"no call {call_id} is up; call.list names those that are", reason="no_such_call")
    return call


def free_leg(exchange: Exchange, call: Call, station: str = "") -> Leg:
    """The same, of a call that is neither transferred nor consulted about.

    Raises UsageError (``transferring``, ``consulting``, and as ``stations_leg``).
    """
    leg = stations_leg(call, station)
    if call.transfer is not None:
        raise UsageError(
            f"call {call.call_id} is being transferred to {call.transfer.target}", reason="transferring"
        )
    consultation = call.consultation or exchange.consultation_at(leg)
    if consultation is not None:
        raise UsageError(
            f"{consultation.target} is consulted about call {consultation.call_id}: call.toggle, "
            "call.complete_transfer, call.join or call.cancel_consultation come first",
            reason="consulting",
        )
    return leg


def consultation_of(call: Call) -> Consultation:
    """Raises UsageError (``not_consulting``)."""
    if call.consultation is None:
        raise UsageError(
            f"nobody is consulted about call {call.call_id}; call.consult begins it", reason="not_consulting"
        )
    return call.consultation


def stations_leg(call: Call, station: str = "") -> Leg:
    """The leg of the station that serves the customer, or of the one named; of two stations one must be.

    Raises UsageError (``not_connected``, ``no_such_station``).
    """
    if call.state is not CallState.CONNECTED:
        raise UsageError(
            f"call {call.call_id} is {call.state.value}: nobody talks in it", reason="not_connected"
        )
    leg = agents_leg(call, station) if station else call.stations_leg
    if leg is None:
        whom = f"station {station} does not talk" if station else "no station talks"
        raise UsageError(f"{whom} in call {call.call_id}; call.show names who does", reason="no_such_station")
    return leg
