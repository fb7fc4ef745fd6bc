"""The legs of stations rung for a call: offered, ringing, accepted, connected."""

from media.commands import BridgeEndpoints
from media.config import Srtp
from runtime.errors import PeerError
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch import negotiation
from switch.call import Call, Calls, CallState, Leg, Offer
from switch.call_recording import CallRecording, record
from switch.causes import Cause
from switch.commands import ConnectCall, DialNumber, OfferCall, WithdrawOffer
from switch.encryption import EncryptionRules
from switch.endings import drop_offer
from switch.events import CallConnected, OfferAccepted, OfferRinging
from switch.families import Families
from switch.holding import Holding
from switch.recording_rule import RecordingRule
from switch.seats import ring_phone
from switch.sip.commands import DialStation
from switch.sip.events import LegAnswered, LegRinging
from switch.transfers import Transfers
from switch.trunks.commands import DialTrunk
from switch.trunks.endpoints import trunk_of


class StationLegs:
    """The part of the exchange that serves stations. Shares the exchange's ``Calls``."""

    def __init__(
        self,
        calls: Calls,
        ids: Ids,
        recording: CallRecording,
        holding: Holding,
        transfers: Transfers,
        encryption: EncryptionRules,
        families: Families,
    ) -> None:
        self._calls = calls
        self._ids = ids
        self._recording = recording
        self._holding = holding
        self._transfers = transfers
        self._encryption = encryption
        self._families = families

    def offer(self, command: OfferCall) -> list[Output]:
        return self._ring(command.call_id, command.offer_id, command.station)

    def dial_number(self, command: DialNumber) -> list[Output]:
        return self._ring(command.call_id, command.offer_id, command.number, outside=True)

    def dial(self, call: Call, leg: Leg) -> list[Output]:
        """The leg has its ports: ring the phone."""
        offer = call.offer_of(leg)
        if offer.outside:
            return [_to_trunk(call, offer, self._encryption.usual)]
        return [
            DialStation(
                leg_id=leg.leg_id,
                station=offer.station,
                caller_number=call.caller_number,
                caller_name=call.caller_name,
                sdp=negotiation.offer(leg),
                session_id=call.session_id,
                is_anonymous=call.privacy,
                referred_by=_referrer(call, offer),
                headers=tuple(("diversion", value) for value in call.diversions),
            )
        ]

    def ringing(self, event: LegRinging) -> list[Output]:
        """It rings, perhaps with early media; another branch of the leg may bring other early media."""
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return []
        call = self._calls.of_leg(leg)
        offer = call.offer_of(leg)
        heard = _hear_early(leg, event.sdp) if event.sdp is not None else []
        offer.early_media = offer.early_media or bool(heard)
        if not offer.announced:
            return [*heard, *self._transfers.rang(call)]
        ringing = OfferRinging(call_id=leg.call_id, offer_id=offer.offer_id, early_media=offer.early_media)
        return [*heard, ringing]

    def answered(self, event: LegAnswered) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return []
        call = self._calls.of_leg(leg)
        offer = call.offer_of(leg)
        try:
            rule = self._encryption.of_trunk(trunk_of(event.branch)) if offer.outside else None
            negotiation.take_answer(leg, event.sdp, rule)
        except PeerError:
            return self.lose(call, offer, Cause.INCOMPATIBLE_DESTINATION, by_station=False)
        offer.accepted = leg.answered = True
        if not offer.announced:
            return [negotiation.configuration(leg), *self._transfers.accepted(call)]
        accepted = OfferAccepted(call_id=call.call_id, offer_id=offer.offer_id)
        return [negotiation.configuration(leg), accepted]

    def lose(self, call: Call, offer: Offer, cause: Cause, *, by_station: bool) -> list[Output]:
        """A phone is out of the call. One that a call was to be transferred to ends only the transfer."""
        if call.transfer is not None and call.transfer.offer_id == offer.offer_id:
            return self._transfers.failed(call, cause)
        return drop_offer(self._calls, call, offer, cause, by_station=by_station)

    def withdraw(self, command: WithdrawOffer) -> list[Output]:
        found = self._calls.find_offer(command.call_id, command.offer_id)
        return drop_offer(self._calls, *found, command.cause, by_station=False) if found else []

    def connect(self, command: ConnectCall) -> list[Output]:
        found = self._calls.find_offer(command.call_id, command.offer_id)
        if found is None:
            return []
        call, offer = found
        if not offer.accepted or call.connected_offer is not None:
            return []
        call.state = CallState.CONNECTED
        call.connected_offer = offer.offer_id
        return [
            BridgeEndpoints(leg_id=call.customer.leg_id, peer_leg_id=offer.leg.leg_id),
            *record(call, offer.leg),
            *self._recording.reached(call, RecordingRule.FROM_CONNECT),
            CallConnected(
                call_id=call.call_id,
                offer_id=offer.offer_id,
                station=offer.station,
                leg_id=offer.leg.leg_id,
            ),
            *self._recording.announced(call),
            *self._holding.connected(call),
        ]

    def _ring(self, call_id: str, offer_id: str, party: str, *, outside: bool = False) -> list[Output]:
        call = self._calls.by_id.get(call_id)
        if call is None:
            return []
        ipv6 = self._families.is_ipv6(party, outside=outside)
        return ring_phone(self._calls, self._ids, call, offer_id, party, outside=outside, ipv6=ipv6)


def _referrer(call: Call, offer: Offer) -> str:
    """The station that transfers the call to this phone; empty when none does."""
    transfer = call.transfer
    return transfer.by if transfer is not None and transfer.offer_id == offer.offer_id else ""


def _to_trunk(call: Call, offer: Offer, srtp: Srtp) -> DialTrunk:
    return DialTrunk(
        leg_id=offer.leg.leg_id,
        number=offer.station,
        caller_number=call.caller_number,
        caller_name=call.caller_name,
        sdp=negotiation.offer(offer.leg),
        privacy=call.privacy,
        diversions=call.diversions,
        session_id=call.session_id,
        srtp=srtp,
        codec=call.customer.agreement.codec if call.customer.agreement else None,
    )


def _hear_early(leg: Leg, sdp: str) -> list[Output]:
    """Early media is a convenience: a description that is no good is passed over until the answer."""
    try:
        negotiation.take_answer(leg, sdp)
    except PeerError:
        return []
    return [negotiation.configuration(leg)]
