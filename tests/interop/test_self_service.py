"""Callers who do something else while they wait, over the wire: with keys, prompts and agents who come."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from media.prompts import load_prompts
from sipp_scenarios.audio import compare, find
from sipp_scenarios.phones import CallerPhone
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

PROMPTS, _ = load_prompts(Path(__file__).parents[2] / "conf" / "prompts")
SELF_SERVICE, LATER = "95590", "95591"
BILL = """
name: bill
title: 查询电费
language: zh
start: bill
nodes:
  bill: {type: menu, prompts: [zh/menu], choices: {"*": back, "0": bye}, timeout_s: 20, next: back}
  back: {type: back}
  bye: {type: hang_up}
"""
KEYS = {"2": "flow:bill", "3": "message:service"}


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchProcess]:
    folder = tmp_path_factory.mktemp("switch")
    more = "".join(
        (
            section("[[queues]]", name="billing", music="music", wrap_up_s=0.5, self_service_keys=KEYS),
            section("[[queues]]", name="later", self_service_keys=KEYS, self_service_turn="later"),
            section("[[message_boxes]]", name="service", max_s=1.5),
            section("[[access_codes]]", number=SELF_SERVICE, target="queue:billing"),
            section("[[access_codes]]", number=LATER, target="queue:later"),
        )
    )
    running = switch_process(folder, more=more)
    (folder / "flows" / "bill.yaml").write_text(BILL, "utf-8")
    with running:
        yield running


def goes_to_the_bill(centre: CallCentre, caller: CallerPhone) -> None:
    caller.wait_answered()
    centre.events.wait_for("queue.caller_joined")
    caller.talker.press("2")
    centre.events.wait_for("flow.entered", flow="bill")
    caller.talker.wait_to_hear(1)


def test_a_caller_hears_the_menu_comes_back_to_the_place_and_is_served(centre: CallCentre) -> None:
    with centre.caller(SELF_SERVICE) as first, centre.caller(SELF_SERVICE, "13900139000") as second:
        goes_to_the_bill(centre, first)
        second.wait_answered()
        centre.events.wait_for("queue.caller_joined", caller_number="13900139000")
        waiting = centre.events.call("queue.waiting", queue="billing")
        assert [(c["caller_number"], c["self_service"]) for c in waiting] == [
            ("13800138000", "flow:bill"),
            ("13900139000", None),
        ]
        first.talker.press("*")
        assert centre.events.wait_for("flow.left").fields["reason"] == "returned"
        centre.events.wait_for("queue.self_service_ended", reason="returned")
        (place, _) = centre.events.call("queue.waiting", queue="billing")
        assert (place["caller_number"], place["self_service"]) == ("13800138000", None)
        centre.register("2001")
        centre.events.call("agent.set_queues", agent="2001", queues=["billing"])
        with centre.phone(centre.seat("2001")) as agent:
            agent.wait_ringing()
            agent.answer()
            left = centre.events.wait_for("queue.caller_left", reason="connected").fields
            assert left["call_id"] == waiting[0]["call_id"]
            first.hang_up()
            agent.wait_hung_up_on()
        second.hang_up()
    assert find(PROMPTS.samples("zh/menu")[:8000], first.talker.heard).score > 0.9


def test_when_an_agent_is_free_the_menu_ends_and_the_two_talk(centre: CallCentre) -> None:
    centre.register("2001")
    centre.events.call("agent.set_queues", agent="2001", queues=["billing"])
    with centre.caller(SELF_SERVICE) as caller:
        goes_to_the_bill(centre, caller)
        with centre.phone(centre.seat("2001")) as agent:
            centre.events.wait_for("queue.self_service_ended", reason="interrupted")
            assert centre.events.wait_for("flow.left").fields["reason"] == "taken"
            agent.wait_ringing()
            agent.answer()
            centre.events.wait_for("call.connected", station="2001")
            agent.talker.wait_to_hear(0.5)
            caller.hang_up()
            agent.wait_hung_up_on()
    assert compare(agent.talker.heard, caller.talker.said).whole


def test_a_queue_may_serve_others_until_the_caller_is_back(centre: CallCentre) -> None:
    centre.register("2001")
    centre.events.call("agent.set_queues", agent="2001", queues=["later"])
    with centre.caller(LATER) as first, centre.caller(LATER, "13900139000") as second:
        goes_to_the_bill(centre, first)
        second.wait_answered()
        centre.events.wait_for("queue.caller_joined", caller_number="13900139000")
        with centre.phone(centre.seat("2001")) as agent:
            agent.wait_ringing()
            agent.answer()
            centre.events.wait_for("queue.caller_left", reason="connected")
            second.hang_up()
            agent.wait_hung_up_on()
        with centre.phone(centre.register("2001")) as agent:
            first.talker.press("*")
            agent.wait_ringing()
            agent.answer()
            agent.hang_up()
            first.wait_hung_up_on()


def test_a_message_is_left_while_waiting_and_the_wait_goes_on(centre: CallCentre) -> None:
    with centre.caller(SELF_SERVICE) as caller:
        caller.wait_answered()
        centre.events.wait_for("queue.caller_joined")
        caller.talker.press("3")
        left = centre.events.wait_for("voice_message.left", box="service", end="limit").fields
        centre.events.wait_for("queue.self_service_ended", reason="returned")
        (waiting,) = centre.events.call("queue.waiting", queue="billing")
        assert waiting["self_service"] is None
        assert waiting["wait_s"] > 1.5
        caller.hang_up()
    assert left["recording_id"] is not None
    assert centre.events.wait_for("queue.caller_left").fields["reason"] == "abandoned"


def test_a_flow_that_ends_the_call_has_served_the_caller(centre: CallCentre) -> None:
    with centre.caller(SELF_SERVICE) as caller:
        goes_to_the_bill(centre, caller)
        caller.talker.press("0")
        caller.wait_hung_up_on()
    assert centre.events.wait_for("queue.caller_left").fields["reason"] == "exited"
