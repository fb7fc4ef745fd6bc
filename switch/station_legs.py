"""The legs of stations rung for a call: offered, ringing, accepted, connected."""

from media.commands import StartPlayback
from runtime.errors import PeerError
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.call import Call, Calls, CallState, Leg, Offer, Transfer
from switch.call_recording import CallRecording
from switch.causes import Cause
from switch.commands import ConnectCall, DialNumber, OfferCall, PlayToStation, WithdrawOffer
from switch.conferring import Conferring
from switch.conversation import let_talk
from switch.customer_legs import never_played
from switch.endings import drop_offer
from switch.events import CallConnected, OfferAccepted, OfferRinging
from switch.families import Families
from switch.holding import Holding
from switch.invitations import Invitation, Inviting
from switch.recorded_legs import record_two
from switch.recording_rule import RecordingRule
from switch.seats import ring_phone
from switch.sip.events import LegAnswered, LegRinging
from switch.transfers import Transfers
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
        inviting: Inviting,
        families: Families,
        conferring: Conferring,
    ) -> None:
        self._calls = calls
        self._ids = ids
        self._recording = recording
        self._holding = holding
        self._transfers = transfers
        self._inviting = inviting
        self._families = families
        self._conferring = conferring

    def offer(self, command: OfferCall) -> list[Output]:
        return self._ring(command.call_id, command.offer_id, command.station, auto_answer=command.auto_answer)

    def dial_number(self, command: DialNumber) -> list[Output]:
        return self._ring(command.call_id, command.offer_id, command.number, outside=True)

    def dial(self, call: Call, offer: Offer) -> list[Output]:
        """Its leg has its ports: ring the phone."""
        invitation = Invitation(
            party=offer.station,
            outside=offer.outside,
            caller_number=call.caller_number,
            caller_name=call.caller_name,
            referred_by=_referrer(call.transfer, offer) if call.transfer else "",
            auto_answer=offer.auto_answer,
            data=self._calls.data.of(call.contact_id),
        )
        return self._inviting.ring(call, offer.leg, invitation)

    def ringing(self, call: Call, leg: Leg, event: LegRinging) -> list[Output]:
        """It rings, perhaps with early media; another branch of the leg may bring other early media."""
        offer = call.offer_of(leg)
        heard = [] if event.sdp is None else self._inviting.hear_early(leg, event.sdp)
        offer.early_media = offer.early_media or bool(heard)
        if offer.is_party:
            return heard
        if not offer.announced:
            return [*heard, *self._transfers.rang(call)]
        ringing = OfferRinging(call_id=call.call_id, offer_id=offer.offer_id, early_media=offer.early_media)
        return [*heard, ringing]

    def answered(self, call: Call, leg: Leg, event: LegAnswered) -> list[Output]:
        offer = call.offer_of(leg)
        try:
            taken = self._inviting.take_answer(offer.leg, event, outside=offer.outside)
        except PeerError:
            return self.lose(call, offer, Cause.INCOMPATIBLE_DESTINATION, by_station=False)
        offer.accepted = True
        if offer.outside:
            offer.trunk = trunk_of(event.branch)
        if offer.is_party:
            return [*taken, *self._conferring.answered(call, offer)]
        if not offer.announced:
            return [*taken, *self._transfers.accepted(call)]
        return [*taken, OfferAccepted(call_id=call.call_id, offer_id=offer.offer_id)]

    def lose(self, call: Call, offer: Offer, cause: Cause, *, by_station: bool) -> list[Output]:
        """A phone is out of the call. One that a call was to be transferred to ends only the transfer."""
        if call.transfer is not None and call.transfer.offer_id == offer.offer_id:
            return self._transfers.failed(call, cause)
        if offer.is_party:
            return self._conferring.lose(call, offer, cause, by_station=by_station)
        if offer.offer_id == call.connected_offer and any(party.accepted for party in call.parties):
            return self._conferring.go_on(call, offer, cause, by_station=by_station)
        return drop_offer(self._calls, call, offer, cause, by_station=by_station)

    def withdraw(self, command: WithdrawOffer) -> list[Output]:
        found = self._calls.find_offer(command.call_id, command.offer_id)
        return drop_offer(self._calls, *found, command.cause, by_station=False) if found else []

    def play(self, command: PlayToStation) -> list[Output]:
        found = self._calls.find_offer(command.call_id, command.offer_id)
        if found is None:
            return []
        call, offer = found
        if not offer.accepted or call.connected_offer is not None:
            return [never_played(command, "no station has answered that is not connected yet")]
        leg_id = offer.leg.leg_id
        return [StartPlayback(playback_id=command.playback_id, leg_id=leg_id, prompts=command.prompts)]

    def connect(self, command: ConnectCall) -> list[Output]:
        found = self._calls.find_offer(command.call_id, command.offer_id)
        if found is None:
            return []
        call, offer = found
        if not offer.accepted or call.connected_offer is not None or call.state is CallState.CALLING:
            return []
        call.state = CallState.CONNECTED
        call.connected_offer = offer.offer_id
        if call.calls_out:
            call.trunk = offer.trunk
        return [
            *let_talk(call),
            *record_two(call),
            *self._recording.reached(call, RecordingRule.FROM_CONNECT),
            CallConnected(
                call_id=call.call_id,
                offer_id=offer.offer_id,
                station=offer.station,
                leg_id=offer.leg.leg_id,
                trunk=call.trunk,
            ),
            *self._recording.announced(call, command.greeting),
            *self._holding.connected(call),
        ]

    def _ring(
        self, call_id: str, offer_id: str, party: str, *, outside: bool = False, auto_answer: bool = False
    ) -> list[Output]:
        call = self._calls.by_id.get(call_id)
        if call is None:
            return []
        ipv6 = self._families.is_ipv6(party, outside=outside)
        return ring_phone(
            self._calls,
            self._ids,
            call,
            offer_id,
            party,
            outside=outside,
            ipv6=ipv6,
            auto_answer=auto_answer,
        )


def _referrer(transfer: Transfer, offer: Offer) -> str:
    """The station that transfers the call to this phone; empty when it is to another."""
    return transfer.by if transfer.offer_id == offer.offer_id else ""
