"""Screen-pops: who is told what of which call, and when."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from acd.events import CallCompleted, OfferMade
from acd.popup_events import AgentPopUp, PopUpPhase
from acd.popups import PoppedCall, PopUps, Rung
from acd.queue_config import QueueConfig
from acd.repeats import RepeatCallers
from runtime.vocabulary import Output
from tests.acd.centre import Centre, agents_of

CALL = PoppedCall(
    contact_id="contact",
    caller_number="13800138000",
    caller_name="",
    area="广西 来宾",
    called_number="95598",
    access_code="95598",
    language="zh",
    business_type="用电",
    flow="hotline",
    flow_path=("greeting", "menu"),
    flow_keys="1",
    lists=("vip",),
    tags=("老人",),
)


class Switch:
    """Calls as the exchange would know them."""

    def __init__(self) -> None:
        self.calls = {"call": CALL}
        self.legs: dict[str, Rung] = {}
        self.talks: dict[str, Rung] = {}
        self.asked_for: list[str] = []

    def call(self, call_id: str, came_as: str) -> PoppedCall | None:
        self.asked_for.append(came_as)
        return self.calls.get(call_id)

    def rung(self, leg_id: str) -> Rung | None:
        return self.legs.get(leg_id)

    def talking(self, call_id: str) -> Rung | None:
        return self.talks.get(call_id)


class Desk:
    """A centre with one queue, and what its desktops are told."""

    def __init__(self, **queue: object) -> None:
        config = QueueConfig.model_validate({"name": "service", **queue})
        self.centre = Centre([config], agents_of("service", count=2))
        self.switch, self.repeats = Switch(), RepeatCallers(lambda: 1000.0)
        self.popups = PopUps(self.centre.core.state, self.repeats, self.switch)

    def offer(self) -> tuple[OfferMade, Sequence[Output]]:
        """A call comes, and the agent who is free is offered it five seconds later."""
        self.centre.join("call")
        self.centre.wait(5)
        self.centre.outputs.clear()
        self.centre.staff("1001")
        made = next(output for output in self.centre.outputs if isinstance(output, OfferMade))
        return made, self.popups.offer_made(made, self.centre.now - 1)

    def told(self) -> AgentPopUp:
        return popup(self.offer()[1])


def popup(outputs: Sequence[Output]) -> AgentPopUp:
    (one,) = outputs
    assert isinstance(one, AgentPopUp)
    return one


def test_a_call_of_a_queue_is_told_at_the_offer_and_when_they_talk() -> None:
    desk = Desk()
    made, outputs = desk.offer()
    offered = popup(outputs)
    assert (offered.agent, offered.station, offered.queue) == ("1001", "phone-1001", "service")
    assert (offered.phase, offered.waited_ms, offered.callback) == (PopUpPhase.OFFERED, 5000, False)
    assert (offered.flow_path, offered.flow_keys, offered.lists) == (("greeting", "menu"), "1", ("vip",))
    rung = Rung("call", made.offer_id, made.station)
    desk.switch.legs["leg"] = desk.switch.talks["call"] = rung
    assert desk.popups.phone_rang("leg", 200.0) == (), "told already"
    answered = popup(desk.popups.talks("call", desk.centre.now + 2))
    assert (answered.phase, answered.queue, answered.waited_ms) == (PopUpPhase.ANSWERED, "service", 8000)


def test_a_call_from_no_queue_is_told_to_whoever_sits_there() -> None:
    desk = Desk()
    desk.centre.seat("1002")
    desk.switch.legs = {
        "seated": Rung("call", "offer-1", "phone-1002"),
        "empty": Rung("call", "offer-2", "phone-9"),
    }
    told = popup(desk.popups.phone_rang("seated", 100.0))
    assert (told.agent, told.queue, told.waited_ms, told.repeats) == ("1002", "", 0, 0)
    assert desk.popups.phone_rang("empty", 100.0) == ()
    assert desk.popups.phone_rang("gone", 100.0) == ()


@pytest.mark.parametrize("over", ["offer", "call"])
def test_nothing_is_left_of_calls_that_are_over(over: str) -> None:
    desk = Desk()
    made, _ = desk.offer()
    assert desk.popups.open_calls == 1
    if over == "offer":
        desk.popups.offer_over("call", made.offer_id)
    else:
        desk.popups.call_over("call")
    assert desk.popups.open_calls == 0


def test_a_transfer_is_told_to_who_talks_then_and_a_call_that_waits_to_nobody() -> None:
    desk = Desk()
    desk.centre.seat("1002")
    assert desk.popups.talks("call", 100.0) == ()
    desk.switch.talks["call"] = Rung("call", "offer-7", "phone-1002")
    told = popup(desk.popups.talks("call", 100.0))
    assert (told.agent, told.phase) == ("1002", PopUpPhase.ANSWERED)


@pytest.mark.parametrize(
    ("noted", "of_queue", "expected"),
    [("报修", "催费", "报修"), ("", "催费", "催费"), ("", "", "用电")],
)
def test_the_business_type_is_of_call_data_queue_or_access_code(
    noted: str, of_queue: str, expected: str
) -> None:
    desk = Desk(business_type=of_queue)
    desk.switch.calls["call"] = replace(CALL, data={"business_type": noted})
    assert desk.told().business_type == expected


def test_who_calls_again_is_told_with_the_last_agent_though_long_ago() -> None:
    desk = Desk(repeat_period_h=24)
    desk.switch.calls["call"] = replace(CALL, caller_number="13912345678")
    for number in ("13912345678", "13999999999"):
        desk.repeats.call_completed(
            CallCompleted(
                call_id="before",
                contact_id="before",
                queue="service",
                agent="1002",
                talk_ms=1,
                by_agent=False,
                caller_number=number,
            )
        )
    told = desk.told()
    assert (told.repeats, told.last_agent, told.last_talk_at) == (1, "1002", 1000.0)


def test_who_hides_the_number_has_no_history() -> None:
    desk = Desk()
    desk.switch.calls["call"] = replace(CALL, caller_number="")
    told = desk.told()
    assert (told.repeats, told.last_agent, told.last_talk_at) == (0, "", None)


def test_a_call_that_is_gone_is_told_nobody() -> None:
    desk = Desk()
    del desk.switch.calls["call"]
    assert desk.offer()[1] == ()
    assert desk.popups.open_calls == 0
