"""The legs of stations rung for a call: offered, ringing, accepted, connected."""

from media.commands import AttachToRecording, BridgeEndpoints, Channel, OpenEndpoint
from runtime.errors import PeerError
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch import negotiation
from switch.call import Call, Calls, CallState, Leg, Offer
from switch.causes import Cause
from switch.commands import ConnectCall, OfferCall, WithdrawOffer
from switch.endings import drop_offer
from switch.events import CallConnected, OfferAccepted, OfferRinging
from switch.sip.commands import DialStation
from switch.sip.events import LegAnswered, LegRinging


class StationLegs:
    """The part of the exchange that serves stations. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls, ids: Ids) -> None:
        self._calls = calls
        self._ids = ids

    def offer(self, command: OfferCall) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        if call is None:
            return []
        leg = Leg(leg_id=self._ids.new("leg"), call_id=call.call_id, offer_id=command.offer_id)
        self._calls.add_offer(call, Offer(command.offer_id, command.station, leg))
        return [OpenEndpoint(leg_id=leg.leg_id, near=call.customer.leg_id)]

    def dial(self, call: Call, leg: Leg) -> list[Output]:
        """The leg has its ports: ring the phone."""
        return [
            DialStation(
                leg_id=leg.leg_id,
                station=call.offer_of(leg).station,
                caller_number=call.caller_number,
                caller_name=call.caller_name,
                sdp=negotiation.offer(leg),
            )
        ]

    def ringing(self, event: LegRinging) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return []
        return [OfferRinging(call_id=leg.call_id, offer_id=self._calls.of_leg(leg).offer_of(leg).offer_id)]

    def answered(self, event: LegAnswered) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return []
        call = self._calls.of_leg(leg)
        offer = call.offer_of(leg)
        try:
            negotiation.take_answer(leg, event.sdp)
        except PeerError:
            return drop_offer(self._calls, call, offer, Cause.INCOMPATIBLE_DESTINATION, by_station=False)
        offer.accepted = True
        return [
            negotiation.configuration(leg),
            OfferAccepted(call_id=call.call_id, offer_id=offer.offer_id),
        ]

    def withdraw(self, command: WithdrawOffer) -> list[Output]:
        call, offer = self._find(command.call_id, command.offer_id)
        if call is None or offer is None:
            return []
        return drop_offer(self._calls, call, offer, command.cause, by_station=False)

    def connect(self, command: ConnectCall) -> list[Output]:
        call, offer = self._find(command.call_id, command.offer_id)
        if call is None or offer is None or not offer.accepted or call.connected_offer is not None:
            return []
        call.state = CallState.CONNECTED
        call.connected_offer = offer.offer_id
        return [
            BridgeEndpoints(leg_id=call.customer.leg_id, peer_leg_id=offer.leg.leg_id),
            *_record_agent(call, offer.leg),
            CallConnected(call_id=call.call_id, offer_id=offer.offer_id, station=offer.station),
        ]

    def _find(self, call_id: str, offer_id: str) -> tuple[Call | None, Offer | None]:
        call = self._calls.by_id.get(call_id)
        return call, call.offers.get(offer_id) if call else None


def _record_agent(call: Call, leg: Leg) -> list[Output]:
    if call.recording_id is None:
        return []
    return [AttachToRecording(recording_id=call.recording_id, leg_id=leg.leg_id, channel=Channel.AGENT)]
