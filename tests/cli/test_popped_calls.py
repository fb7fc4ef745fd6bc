"""Which phones screen-pops are for: those of stations, not outside numbers that read like one."""

from acd.popups import Rung
from cli.house.popped_calls import PoppedCalls
from ivr.paths import FlowPaths
from switch.call import Call, Leg, Offer
from switch.recording_rule import RecordingRule


def call_to(party: str, *, outside: bool) -> Call:
    call = Call(
        call_id="call",
        contact_id="contact",
        sip_call_id="",
        caller_number="1001",
        caller_name="",
        called_number=party,
        access_code="",
        target=f"number:{party}",
        peer="",
        trunk=None,
        area="",
        recording_rule=RecordingRule.NEVER,
        arrived_at=0.0,
        customer=Leg(leg_id="customer", call_id="call", offer_id=None),
    )
    leg = Leg(leg_id="leg", call_id="call", offer_id="offer")
    call.offers["offer"] = Offer("offer", party, leg, outside=outside)
    call.connected_offer = "offer"
    return call


def calls_with(call: Call) -> PoppedCalls:
    legs = {leg.leg_id: leg for leg in (call.customer, *(offer.leg for offer in call.offers.values()))}
    return PoppedCalls({"call": call}.get, legs.get, lambda call_id: {}, FlowPaths())


def test_a_station_that_rings_or_talks_is_told() -> None:
    calls = calls_with(call_to("2001", outside=False))
    assert calls.rung("leg") == calls.talking("call") == Rung("call", "offer", "2001")


def test_an_outside_number_that_reads_like_a_station_is_not() -> None:
    calls = calls_with(call_to("2001", outside=True))
    assert (calls.rung("leg"), calls.talking("call")) == (None, None)


def test_the_customers_leg_and_calls_that_are_over_are_nobodys_phone() -> None:
    calls = calls_with(call_to("2001", outside=False))
    assert (calls.rung("customer"), calls.rung("gone"), calls.talking("gone")) == (None, None, None)


def test_who_hides_the_number_is_told_without_it() -> None:
    call = call_to("2001", outside=False)
    call.privacy = True
    told = calls_with(call).call("call", "call")
    assert told is not None
    assert (told.caller_number, told.caller_name) == ("", "")
