"""Who sits where in a call: legs that take the customer's place, leave it, or go to another call.

A call has one customer and any number of offers, of which one is connected. A transfer changes who they
are, never that there is a customer; the recording stays with the contact, legs come and go on it.
"""

from media.commands import OpenEndpoint, StopRecording
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.call import Call, Calls, CallState, Leg, Offer
from switch.call_media.playing import stop_playing
from switch.causes import Cause
from switch.conversation import let_talk, lose_agent, stop_listening
from switch.data_keeping import data_told, join_data
from switch.endings import drop_offer, part, release
from switch.events import CallEnded, OfferEnded, RecordingStopped, SupervisionEnd
from switch.recorded_legs import forget_all, lose, record_two


def ring_phone(
    calls: Calls,
    ids: Ids,
    call: Call,
    offer_id: str,
    station: str,
    *,
    outside: bool = False,
    announced: bool = True,
    ipv6: bool = False,
    auto_answer: bool = False,
) -> list[Output]:
    """Take ports for one more phone of a call; it is rung as soon as they are there.

    ``ipv6``: the phone is reached by IPv6 only, and so are they.
    """
    leg = Leg(leg_id=ids.new("leg"), call_id=call.call_id, offer_id=offer_id)
    offer = Offer(offer_id, station, leg, outside=outside, announced=announced, auto_answer=auto_answer)
    calls.add_offer(call, offer)
    return [OpenEndpoint(leg_id=leg.leg_id, near=call.customer.leg_id, ipv6=ipv6)]


def seat(calls: Calls, call: Call, leg: Leg) -> list[Output]:
    """``leg`` is the customer's from now on; the leg that was is let go of."""
    left = stop_listening(calls, call, SupervisionEnd.SUPERVISOR_LEFT)
    leaving, leg.holds_by_order = call.customer, False
    left += lose_agent(calls, call, leaving)
    del calls.legs[leaving.leg_id]
    leg.call_id, leg.offer_id = call.call_id, None
    call.customer = calls.legs[leg.leg_id] = leg
    outputs: list[Output] = [*left, stop_playing(leg), *lose(leaving), *record_two(call)]
    if call.connected_leg is not None:
        outputs += let_talk(call)
    return [*outputs, *release(leaving, Cause.NORMAL_CLEARING)]


def vacate(calls: Calls, call: Call, leg: Leg, cause: Cause, *, by_peer: bool) -> list[Output]:
    """``leg`` leaves a conversation; whom it talked to is the customer then. Who is alone stays."""
    if leg is not call.customer:
        return drop_offer(calls, call, call.offer_of(leg), cause, by_station=by_peer)
    if call.connected_offer is None:
        return []
    offer = call.offers[call.connected_offer]
    apart = part(calls, call)
    calls.remove_offer(call, offer)
    call.connected_offer, call.state = None, CallState.ANSWERED
    call.ways_back = []  # of the one who leaves
    call.caller_number, call.caller_name = offer.station, ""
    call.caller_station = None if offer.outside else offer.station
    ended = OfferEnded(
        call_id=call.call_id,
        offer_id=offer.offer_id,
        cause=Cause.NORMAL_CLEARING,
        accepted=True,
        by_station=False,
    )
    return [*apart, *seat(calls, call, offer.leg), ended]


def dissolve(calls: Calls, call: Call, keep: Leg, into: Call) -> list[Output]:
    """End a call of which one leg goes on in another, with what was noted."""
    outputs = stop_listening(calls, call, SupervisionEnd.INTERCEPTED)
    if call.recording_id is not None:
        outputs.append(StopRecording(recording_id=call.recording_id))
        forget_all(calls, call)
    if keep is not call.customer:
        outputs += [*lose(call.customer), *release(call.customer, Cause.NORMAL_CLEARING)]
    outputs.append(
        CallEnded(
            call_id=call.call_id, contact_id=call.contact_id, cause=Cause.NORMAL_CLEARING, by_caller=False
        )
    )
    for offer in call.parties_first:
        is_kept = offer.leg is keep
        outputs += drop_offer(calls, call, offer, Cause.NORMAL_CLEARING, by_station=False, keep_leg=is_kept)
    calls.remove(call)
    return [*outputs, *join_data(calls, call.contact_id, into)]


def carry_contact(calls: Calls, source: Call, target: Call) -> list[Output]:
    """The customer goes on in another call: contact and recording go along, and what became of it."""
    outputs: list[Output] = []
    if target.recording_id is not None:
        told = RecordingStopped(call_id=target.call_id, recording_id=target.recording_id)
        outputs += [StopRecording(recording_id=target.recording_id), told]
        forget_all(calls, target)
    noted, contact_id = calls.data.of(target.contact_id), target.contact_id
    calls.give_contact(target, source.contact_id)
    target.recording_rule = source.recording_rule
    outputs += [*data_told(calls, target, noted), *join_data(calls, contact_id, target)]
    target.recording_id, source.recording_id = source.recording_id, None
    target.recording_paused, target.recording_failed = source.recording_paused, source.recording_failed
    return outputs
