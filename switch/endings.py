"""How offers and calls end: what is let go of, what is told, and in which order.

A call's end is told before the ends of its offers, so that an application lets go of the whole before it
could think of ringing somebody else for a part.
"""

from media.commands import CloseEndpoint, StopRecording
from runtime.vocabulary import Output
from switch.call import Call, Calls, CallState, Leg, Offer
from switch.call_media.playing import stop_playing
from switch.causes import Cause
from switch.conversation import disband, stop_listening
from switch.events import CallEnded, CallRefused, OfferEnded, PartyLeft, SupervisionEnd
from switch.recorded_legs import forget_all, lose
from switch.sip.commands import HangUpLeg
from switch.sip.events import LegArrived


def refuse_arrival(
    event: LegArrived, call_id: str, cause: Cause, retry_after_s: int | None = None, black_list: str = ""
) -> list[Output]:
    """Turn away a leg before anything was done for it. ``call_id`` is what records and log know it by.

    ``black_list``: the number list that says so.
    """
    hang_up = HangUpLeg(leg_id=event.leg_id, cause=cause, retry_after_s=retry_after_s)
    refused = _call_refused(event, call_id, event.leg_id, cause, by_caller=False, black_list=black_list)
    return [hang_up, refused]


def refuse_call(calls: Calls, call: Call, cause: Cause, *, by_caller: bool = False) -> list[Output]:
    """Turn away a call that no application has seen yet."""
    calls.remove(call)
    return [
        *release(call.customer, cause),
        _call_refused(call, call.call_id, call.customer.leg_id, cause, by_caller=by_caller),
    ]


def drop_offer(
    calls: Calls,
    call: Call,
    offer: Offer,
    cause: Cause,
    *,
    by_station: bool,
    keep_leg: bool = False,
    keep_parties: bool = False,
) -> list[Output]:
    """Let go of a station. Its leg is forgotten at once: what its phone still says concerns SIP only.

    ``keep_leg``: the leg goes on in another call. ``keep_parties``: a conference goes on without it.
    """
    outputs = part(calls, call, keep_parties=keep_parties) if call.connected_offer == offer.offer_id else []
    calls.remove_offer(call, offer)
    if call.connected_offer == offer.offer_id:
        call.connected_offer = None
        call.state = CallState.ANSWERED
        if offer.leg.holding:
            outputs.append(stop_playing(call.customer))
    if not keep_leg:
        outputs += [*lose(offer.leg), *release(offer.leg, cause)]
    if offer.is_party:
        outputs.append(party_left(call, offer, cause))
    if offer.announced:
        outputs.append(
            OfferEnded(
                call_id=call.call_id,
                offer_id=offer.offer_id,
                cause=cause,
                accepted=offer.accepted,
                by_station=by_station,
            )
        )
    return outputs


def part(calls: Calls, call: Call, *, keep_parties: bool = False) -> list[Output]:
    """The two who are connected talk no longer. The parties go too, unless the conference goes on."""
    if len(call.offers) == 1 and not call.mixed:
        return []  # nobody else is there
    outputs = disband(calls, call)
    for party in [] if keep_parties else call.parties:
        outputs += drop_offer(calls, call, party, Cause.NORMAL_CLEARING, by_station=False)
    return outputs


def party_left(call: Call, party: Offer, cause: Cause) -> PartyLeft:
    """What is told of a party that is out."""
    return PartyLeft(call_id=call.call_id, party_id=party.offer_id, cause=cause, joined=party.accepted)


def end_call(calls: Calls, call: Call, cause: Cause, *, by_caller: bool) -> list[Output]:
    """End the call with all that hangs on it; afterwards the exchange knows nothing of it.

    All who talk are told the same cause.
    """
    outputs = release(call.customer, cause)
    if call.supervises is not None:
        left = SupervisionEnd.SUPERVISOR_LEFT if by_caller else SupervisionEnd.STOPPED
        outputs = [*stop_listening(calls, call, left), *outputs]
    if call.recording_id is not None:
        outputs.append(StopRecording(recording_id=call.recording_id))
        forget_all(calls, call)
    outputs.append(
        CallEnded(call_id=call.call_id, contact_id=call.contact_id, cause=cause, by_caller=by_caller)
    )
    for offer in call.parties_first:
        why = cause if offer.accepted else Cause.ORIGINATOR_CANCEL
        outputs += drop_offer(calls, call, offer, why, by_station=False)
    calls.remove(call)
    return outputs


def lose_customer(calls: Calls, call: Call, cause: Cause, *, by_peer: bool) -> list[Output]:
    """The customer's leg is over, and takes the call along."""
    if call.state is CallState.ARRIVING:
        return refuse_call(calls, call, cause, by_caller=by_peer)
    return end_call(calls, call, cause, by_caller=by_peer)


def _call_refused(
    who: LegArrived | Call,
    call_id: str,
    leg_id: str,
    cause: Cause,
    *,
    by_caller: bool,
    black_list: str = "",
) -> CallRefused:
    return CallRefused(
        call_id=call_id,
        leg_id=leg_id,
        sip_call_id=who.sip_call_id,
        caller_number=who.caller_number,
        called_number=who.called_number,
        cause=cause,
        by_caller=by_caller,
        black_list=black_list,
    )


def release(leg: Leg, cause: Cause) -> list[Output]:
    """Let go of a leg in signalling and media; harmless where the peer was first."""
    return [HangUpLeg(leg_id=leg.leg_id, cause=cause), CloseEndpoint(leg_id=leg.leg_id)]
