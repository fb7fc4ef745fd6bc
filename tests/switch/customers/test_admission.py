"""Callers come in with what is known of them, or not at all."""

from typing import Any

from runtime.ids import SeededIds
from switch.arrival import Admitted, TurnedAway, admit_everybody
from switch.causes import Cause
from switch.commands import HandOff
from switch.config import AccessCodeConfig
from switch.customers.admission import CustomerAdmission
from switch.events import CallArrived, CallHandedOff, CallRefused
from switch.exchange import Exchange
from switch.sip.commands import AnswerLeg, HangUpLeg
from switch.sip.events import LegArrived
from switch.verbs import view_of_call
from tests.helpers.exchange_rig import TARGETS, ExchangeRig
from tests.switch.customers.test_customer_lists import BLACK, VIP
from tests.switch.customers.test_customer_lists import Rig as Lists

CALLER = "13800138000"
CODES = [AccessCodeConfig(number="95598", target="flow:hotline", record=False)]


def house(*configs: dict[str, Any]) -> tuple[Lists, ExchangeRig]:
    lists = Lists(*configs)
    admission = CustomerAdmission(lists.lists, lambda: 100.0, admit_everybody)
    return lists, ExchangeRig(
        exchange=Exchange(CODES, SeededIds(), TARGETS.__contains__, admit=admission.admit)
    )


def test_what_is_known_of_a_caller_comes_with_the_call_and_goes_on_with_it() -> None:
    lists, rig = house(VIP)
    lists.add("vip", CALLER)
    call_id = rig.arrive()
    rig.feed(HandOff(call_id=call_id, target="queue:service"))
    for event in (rig.last(CallArrived), rig.last(CallHandedOff)):
        assert (event.lists, event.tags, event.priority) == (("vip",), ("大客户",), 50)
    call = rig.exchange.find(call_id)
    assert call is not None
    view = view_of_call(call, 0.0)
    assert (view["lists"], view["tags"]) == (["vip"], ["大客户"])


def test_who_is_on_a_black_list_is_refused_before_anything_is_done() -> None:
    lists, rig = house(BLACK | {"cause": "USER_BUSY"})
    lists.add("black", CALLER)
    assert rig.arrive() == ""
    assert rig.last(HangUpLeg).cause is Cause.USER_BUSY
    refused = rig.last(CallRefused)
    assert (refused.cause, refused.black_list) == (Cause.USER_BUSY, "black")
    assert not rig.all(AnswerLeg)
    assert not rig.all(CallArrived)
    rig.assert_idle()


def test_a_black_list_may_send_its_callers_elsewhere() -> None:
    lists, rig = house(BLACK | {"target": "queue:service"})
    lists.add("black", CALLER)
    rig.arrive()
    assert (rig.last(CallArrived).target, rig.last(CallArrived).access_code) == ("queue:service", "95598")


def test_a_number_that_nobody_has_is_unknown_to_the_black_list_too() -> None:
    lists, rig = house(BLACK | {"target": "queue:service"})
    lists.add("black", CALLER)
    assert rig.arrive(called="999") == ""
    assert rig.last(CallRefused).cause is Cause.UNALLOCATED_NUMBER


def test_stations_are_on_no_list() -> None:
    lists, rig = house(BLACK)
    lists.add("black", "1001")
    assert rig.arrive(station="1001")


def test_the_number_of_the_house_is_looked_up_and_a_refusal_stands() -> None:
    """The admission before says in which numbers a call comes in, and whether."""
    lists = Lists(VIP)
    lists.add("vip", CALLER)
    answers: list[Admitted | TurnedAway] = [
        Admitted("95598", CALLER, ""),
        Admitted("95598", "13700137000", ""),
        TurnedAway(Cause.CALL_REJECTED),
    ]
    arrived = LegArrived(
        leg_id="l", sip_call_id="c", caller_number="1", caller_name="", called_number="2", peer="p", sdp=None
    )
    known, unknown, refused = (
        CustomerAdmission(lists.lists, lambda: 100.0, lambda event, now, a=answer: a).admit(arrived, 0.0)  # type: ignore[misc]
        for answer in answers
    )
    assert isinstance(known, Admitted)
    assert known.facts.lists == ("vip",)
    assert unknown is answers[1]
    assert refused is answers[2]
