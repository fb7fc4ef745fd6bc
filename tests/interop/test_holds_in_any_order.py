"""Holds and consultations in any order, by the phone's own keys and by verb: who hears whom after each."""

import pytest

from tests.helpers.call_centre import CallCentre
from tests.helpers.floor import JUDGED, Floor
from tests.helpers.mixture import speakers

pytestmark = pytest.mark.timeout(180)

TALKING = {"customer": {"agent"}, "agent": {"customer"}}


def test_both_hold_and_talk_again_when_both_have_ended_it_and_a_consultation_is_given_up(
    centre: CallCentre,
) -> None:
    with Floor(centre, "colleague", customer="caller_changes_codec_and_holds") as floor:
        call_id, call, told = floor.call_id, floor.events.call, floor.events.wait_for
        floor.customer.do("changed")
        floor.customer.talker.speak_in("ULAW")
        call("call.hold", call_id=call_id)
        floor.customer.talker.pause(True)
        floor.customer.do("held")
        told("call.held", by="customer")
        call("call.retrieve", call_id=call_id)
        told("call.resumed", by="station")
        assert floor.hearing("agent") == {"agent": set()}  # music: the customer's phone holds still
        call("call.hold", call_id=call_id)
        floor.customer.do("resumed")
        floor.customer.talker.pause(False)
        told("call.resumed", by="customer")
        assert floor.hearing("customer") == {"customer": set()}
        call("call.retrieve", call_id=call_id)
        assert floor.hearing("customer", "agent") == TALKING
        call("call.consult", call_id=call_id, target="station:2002")
        floor.third.wait_ringing()
        floor.third.answer()
        told("call.connected", station="2002")
        assert floor.hearing() == {"customer": set(), "agent": {"colleague"}, "colleague": {"agent"}}
        call("call.cancel_consultation", call_id=call_id)
        floor.third.wait_hung_up_on()
        assert told("call.consultation_ended").fields["reason"] == "cancelled"
        assert floor.hearing("customer", "agent") == TALKING
        floor.customer.hang_up()
        floor.agent.wait_hung_up_on()


def test_what_a_phone_says_before_it_answers_is_heard_by_who_consults_and_by_the_customer_left_to_it(
    centre: CallCentre,
) -> None:
    with Floor(centre, "colleague", third_phone="agent_announces") as floor:
        floor.events.call("call.consult", call_id=floor.call_id, target="station:2002")
        floor.third.announce()
        assert floor.hearing("customer", "agent") == {"customer": set(), "agent": {"colleague"}}
        floor.events.call("call.complete_transfer", call_id=floor.call_id)
        floor.agent.wait_hung_up_on()
        assert floor.hearing("customer") == {"customer": {"colleague"}}
        floor.third.answer()
        floor.events.wait_for("call.connected", station="2002")
        talking = {"customer": {"colleague"}, "colleague": {"customer"}}
        assert floor.hearing("customer", "colleague") == talking
        said = floor.said
        floor.customer.hang_up()
        floor.third.wait_hung_up_on()
        assert speakers(floor.recorded()[-JUDGED:, 1], said) == {"colleague"}
