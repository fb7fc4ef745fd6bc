"""What screen-pops tell of a call beside the ACD: gathered from the exchange and the flows."""

from collections.abc import Callable

from acd.popups import PoppedCall, Rung
from ivr.paths import FlowPaths
from runtime.contact_data import Data
from switch.call import Call, Leg, Offer


class PoppedCalls:
    """Looks calls up as they are now."""

    def __init__(
        self,
        find_call: Callable[[str], Call | None],
        find_leg: Callable[[str], Leg | None],
        told_data: Callable[[str], Data],
        paths: FlowPaths,
    ) -> None:
        """``told_data`` tells what is noted of a call's contact, as events may tell it."""
        self._find_call = find_call
        self._find_leg = find_leg
        self._told_data = told_data
        self._paths = paths

    def call(self, call_id: str, came_as: str) -> PoppedCall | None:
        call = self._find_call(call_id)
        if call is None:
            return None
        path = self._paths.of(came_as)
        return PoppedCall(
            contact_id=call.contact_id,
            caller_number="" if call.privacy else call.caller_number,
            caller_name="" if call.privacy else call.caller_name,
            area=call.area,
            called_number=call.called_number,
            access_code=call.access_code,
            language=call.language,
            business_type=call.business_type,
            flow=path.flow,
            flow_path=tuple(path.nodes),
            flow_keys="".join(path.keys),
            lists=call.facts.lists,
            tags=call.facts.tags,
            recording_id=call.recording_id,
            data=self._told_data(call_id),
        )

    def rung(self, leg_id: str) -> Rung | None:
        leg = self._find_leg(leg_id)
        if leg is None or leg.offer_id is None:
            return None
        call = self._find_call(leg.call_id)
        return None if call is None else _at_a_station(call, call.offer_of(leg))

    def talking(self, call_id: str) -> Rung | None:
        call = self._find_call(call_id)
        if call is None or call.connected_offer is None:
            return None
        return _at_a_station(call, call.offers[call.connected_offer])


def _at_a_station(call: Call, offer: Offer) -> Rung | None:
    return None if offer.outside else Rung(call.call_id, offer.offer_id, offer.station)
