"""A phone takes the place of another in its call: by INVITE with Replaces (RFC 3891), or by a code it dials.

So a colleague picks up what rings elsewhere or waits, and a transfer ends whose REFER went past this switch.
"""

from media.commands import OpenEndpoint
from runtime.errors import PeerError
from runtime.ids import Ids
from runtime.target import Target
from runtime.tenancy import bare, id_kind, tenant_of
from runtime.vocabulary import Output
from switch import negotiation
from switch.call import Call, Calls, CallState, Leg, Offer
from switch.call_media.playing import stop_playing
from switch.causes import Cause
from switch.commands import PickUpCall
from switch.conferring import Conferring
from switch.customer_legs import accept
from switch.dial_plan import STATION_SCHEME
from switch.endings import drop_offer, refuse_arrival
from switch.events import OfferAccepted, PartyAdded, TransferKind
from switch.holding import Holding
from switch.placed_calls import PlacedCalls
from switch.seats import dissolve, seat, vacate
from switch.sip.events import LegArrived
from switch.telling import handed_off, transferred
from switch.transfers import Transfers


class Replacements:
    """The part of the exchange that lets one phone step in for another. Shares the exchange's ``Calls``."""

    def __init__(
        self,
        calls: Calls,
        ids: Ids,
        holding: Holding,
        transfers: Transfers,
        placed: PlacedCalls,
        conferring: Conferring,
    ) -> None:
        self._calls = calls
        self._ids = ids
        self._holding = holding
        self._transfers = transfers
        self._placed = placed
        self._conferring = conferring

    def arrived(self, event: LegArrived) -> list[Output]:
        """Only a station that has proved to be one may, and only while the leg is there."""
        replaced = self._calls.legs.get(event.replaces_leg_id or "")
        tenant = tenant_of(event.station or "")
        call_id = self._ids.new(id_kind("call", tenant))
        if replaced is None or event.station is None:
            cause = Cause.CALL_REJECTED if replaced is not None else Cause.UNALLOCATED_NUMBER
            return refuse_arrival(event, call_id, cause)
        call = self._calls.of_leg(replaced)
        if call.tenant != tenant:  # as if there were none
            return refuse_arrival(event, call_id, Cause.UNALLOCATED_NUMBER)
        offer_id = self._ids.new("offer")
        leg = Leg(leg_id=event.leg_id, call_id=call.call_id, offer_id=offer_id, peer_sdp=event.sdp)
        offer = Offer(offer_id, event.station, leg, announced=False, replaces=replaced.leg_id)
        self._calls.add_offer(call, offer)
        ipv6 = negotiation.speaks_ipv6(event.sdp, event.peer)
        return [OpenEndpoint(leg_id=leg.leg_id, near=replaced.leg_id, ipv6=ipv6)]

    def opened(self, call: Call, offer: Offer) -> list[Output]:
        """The ports are there: answer, and step in."""
        leg = offer.leg
        replaced = self._calls.legs.get(offer.replaces or "")
        if replaced is None:
            return drop_offer(self._calls, call, offer, Cause.UNALLOCATED_NUMBER, by_station=False)
        if leg.peer_sdp is not None:
            try:
                negotiation.answer(leg, leg.peer_sdp)
            except PeerError:
                return drop_offer(self._calls, call, offer, Cause.INCOMPATIBLE_DESTINATION, by_station=False)
        offer.accepted = True
        return [*accept(leg), *self._step_in(call, offer, replaced)]

    def pick_up(self, command: PickUpCall) -> list[Output]:
        """The station's leg goes over to the other call, answered as it is."""
        call, own = (self._calls.by_id.get(each) for each in (command.call_id, command.by_call_id))
        if call is None or own is None or own.caller_station is None or not own.customer.answered:
            return []
        rung = self._calls.legs.get(command.leg_id)
        if call.tenant != own.tenant or not _is_to_be_had(call, rung):
            return []
        leg, offer_id = own.customer, self._ids.new("offer")
        ended = dissolve(self._calls, own, keep=leg, into=call)
        offer = Offer(offer_id, own.caller_station, leg, accepted=True, announced=False)
        leg.call_id, leg.offer_id, leg.holds_by_order = call.call_id, offer_id, False
        self._calls.add_offer(call, offer)
        silent = stop_playing(leg)
        stepped_in = self._as_station(call, offer) if rung is None else self._step_in(call, offer, rung)
        return [*ended, silent, *stepped_in]

    def _step_in(self, call: Call, offer: Offer, replaced: Leg) -> list[Output]:
        if replaced is not call.customer and call.offer_of(replaced).is_party:
            return self._as_party(call, offer, call.offer_of(replaced))
        if call.transfer is not None:
            if replaced.offer_id == call.transfer.offer_id:
                return self._transfers.picked_up(call, offer)
            undecided = self._transfers.failed(call, Cause.NORMAL_CLEARING)
            return [*undecided, *self._step_in(call, offer, replaced)]
        if replaced is call.customer:
            return self._as_customer(call, offer)
        return self._as_station(call, offer, replaced)

    def _as_customer(self, call: Call, offer: Offer) -> list[Output]:
        by = call.caller_station or call.caller_number
        self._calls.remove_offer(call, offer)
        call.caller_station = offer.station
        call.caller_number, call.caller_name = bare(offer.station), ""
        seated = seat(self._calls, call, offer.leg)
        told = transferred(call, TransferKind.REPLACED, by)
        taken = self._placed.taken(call) if call.state is CallState.CALLING else []
        return [told, *seated, *taken, *self._holding.connected(call)]

    def _as_party(self, call: Call, offer: Offer, old: Offer) -> list[Output]:
        offer.is_party = True
        cause = Cause.NORMAL_CLEARING if old.accepted else Cause.LOSE_RACE
        left = drop_offer(self._calls, call, old, cause, by_station=False)
        whom = str(Target(STATION_SCHEME, offer.station))
        told = PartyAdded(call_id=call.call_id, party_id=offer.offer_id, whom=whom, by=offer.station)
        return [*left, told, *self._conferring.answered(call, offer)]

    def _as_station(self, call: Call, offer: Offer, replaced: Leg | None = None) -> list[Output]:
        """``replaced`` is None where the customer is with nobody."""
        offer.announced = True
        call.target = str(Target(STATION_SCHEME, offer.station))
        by = offer.station if replaced is None else call.offer_of(replaced).station
        left = [] if replaced is None else self._let_go(call, replaced)
        return [
            transferred(call, TransferKind.REPLACED, by),
            handed_off(call, offer.offer_id),
            *left,
            OfferAccepted(call_id=call.call_id, offer_id=offer.offer_id),
        ]

    def _let_go(self, call: Call, replaced: Leg) -> list[Output]:
        cause = Cause.NORMAL_CLEARING if call.offer_of(replaced).accepted else Cause.LOSE_RACE
        return vacate(self._calls, call, replaced, cause, by_peer=False)


def _is_to_be_had(call: Call, rung: Leg | None) -> bool:
    """Whether that phone still rings for it, or else nobody talks to the customer."""
    if rung is not None:
        return rung.call_id == call.call_id and not rung.answered
    return call.state is CallState.ANSWERED
