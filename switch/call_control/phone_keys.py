"""Keys of stations' phones that are pressed by verbs: to answer, to hold, to retrieve."""

from collections.abc import Callable
from typing import NamedTuple

from runtime.errors import UsageError
from runtime.target import Target
from runtime.vocabulary import Command
from switch.call import Call, CallState, Leg
from switch.dial_plan import STATION_SCHEME
from switch.sip.commands import OrderPhone, PhoneOrder

_WAYS_AROUND = {
    PhoneOrder.TALK: "agent.set_auto_answer and auto_answer of call.originate have phones answer themselves",
    PhoneOrder.HOLD: "without by_phone the switch holds",
}


class PhoneKeys(NamedTuple):
    """The phones of calls, and what each understands."""

    understood: Callable[[str], frozenset[PhoneOrder]]
    """By the id of a leg: what its phone said of itself."""
    submit: Callable[[Command], None]

    def press(self, call: Call, leg: Leg, order: PhoneOrder) -> None:
        """Raises UsageError (``phone_cannot``) when the phone does not say that it understands it."""
        if order not in self.understood(leg.leg_id):
            whose = call.station_of(leg) or "whoever is outside"
            raise UsageError(
                f"the phone of {whose} does not say Allow-Events: {order.value}, so that its keys cannot be "
                f"pressed from here; {_WAYS_AROUND[order]}",
                reason="phone_cannot",
            )
        self.submit(OrderPhone(leg_id=leg.leg_id, order=order))


def ringing_leg(call: Call, station: str) -> Leg:
    """The leg of a station whose phone rings for a call. Raises UsageError (``not_ringing``)."""
    placed = call.placement if call.state is CallState.CALLING else None
    if placed is not None and placed.whom == Target(STATION_SCHEME, station):
        return call.customer
    for offer in call.offers.values():
        if offer.station == station and not offer.outside and not offer.accepted:
            return offer.leg
    raise UsageError(f"no phone rings at station {station} for call {call.call_id}", reason="not_ringing")
