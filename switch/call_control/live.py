"""The call and the leg that a verb means, or a refusal that tells what there is instead."""

from runtime.errors import UsageError
from switch.call import Call, CallState, Leg
from switch.conversation import agents_leg
from switch.exchange import Exchange


def live_call(exchange: Exchange, call_id: str) -> Call:
    """The call of that id. Raises UsageError (``no_such_call``)."""
    call = exchange.find(call_id)
    if call is None:
        raise UsageError(f"no call {call_id} is up; call.list names those that are", reason="no_such_call")
    return call


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
