"""Phones that are made to answer, hold and retrieve by verbs."""

import pytest

from switch.commands import AnswerCall, OfferCall, PlaceCall
from switch.sip.commands import DialStation, OrderPhone, PhoneOrder
from tests.helpers.call_control_rig import CallControlRig

BOTH = frozenset(PhoneOrder)


@pytest.fixture
def rig() -> CallControlRig:
    return CallControlRig()


def ring(rig: CallControlRig) -> str:
    """A customer is offered to station 1001, whose phone rings; returns the station's leg."""
    rig.call_id = rig.arrive()
    rig.feed(
        AnswerCall(call_id=rig.call_id),
        OfferCall(call_id=rig.call_id, offer_id="offer-1", station="1001"),
    )
    return rig.last(DialStation).leg_id


def test_a_phone_that_rings_answers_when_it_understands_it(rig: CallControlRig) -> None:
    leg_id = ring(rig)
    assert rig.refusal("call.answer", station="1001") == "phone_cannot"
    rig.understood[leg_id] = frozenset({PhoneOrder.TALK})
    rig.ask("call.answer", station="1001")
    assert rig.all(OrderPhone) == [OrderPhone(leg_id=leg_id, order=PhoneOrder.TALK)]
    assert rig.refusal("call.answer", station="1002") == "not_ringing"
    rig.answer_station()
    assert rig.refusal("call.answer", station="1001") == "not_ringing"


def test_a_phone_that_the_switch_calls_first_answers_too(rig: CallControlRig) -> None:
    order = PlaceCall(call_id="placed", contact_id="contact", whom="station:1001", target="flow:hotline")
    rig.feed(order)
    leg_id = rig.last(DialStation).leg_id
    rig.understood[leg_id] = BOTH
    rig.ask("call.answer", call_id="placed", station="1001")
    assert rig.last(OrderPhone).leg_id == leg_id
    assert rig.refusal("call.answer", call_id="placed", station="1002") == "not_ringing"


def test_a_phone_holds_and_retrieves_as_if_its_keys_were_pressed(rig: CallControlRig) -> None:
    rig.talk()
    assert rig.refusal("call.hold", by_phone=True) == "phone_cannot"
    rig.understood[rig.agent] = BOTH
    rig.ask("call.hold", by_phone=True)
    rig.ask("call.retrieve", by_phone=True)
    assert [told.order for told in rig.all(OrderPhone)] == [PhoneOrder.HOLD, PhoneOrder.TALK]
    assert rig.media.playing == {}
