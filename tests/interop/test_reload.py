"""The configuration read anew while callers wait and talk: none of them is disturbed."""

from collections.abc import Iterator

import pytest

from sipp_scenarios.switch_process import SwitchProcess
from switch.control.client import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, switch_process

NEW_NUMBER = "95600"
NEW_QUEUE = f"""
[[queues]]
name = "new"
wrap_up_s = 0
[[access_codes]]
number = "{NEW_NUMBER}"
target = "queue:new"
"""
LATE_FLOW = """
name: late
title: 久等
language: zh
start: bye
nodes:
  bye: {type: hang_up}
"""
TO_LATE = 'overflow = [{ when = "wait", above = 0, to = "flow:late" }]'
"""A rule of overflow that is due at once."""


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchProcess]:
    with switch_process(tmp_path_factory.mktemp("switch")) as running:
        yield running


@pytest.fixture
def original(switch: SwitchProcess, centre: CallCentre) -> Iterator[str]:
    """The text of the configuration, which holds again after the test."""
    text = switch.path.read_text("utf-8")
    yield text
    switch.path.write_text(text, "utf-8")
    centre.events.call("configuration.reload")


def without(text: str, header: str, name: str) -> str:
    """The configuration without one of its sections."""
    sections = [section for section in text.split("\n\n") if section.strip()]
    kept = [s for s in sections if not (s.strip().startswith(header) and f'"{name}"' in s)]
    assert len(kept) == len(sections) - 1
    return "\n\n".join(kept) + "\n"


def test_an_agent_who_is_removed_finishes_the_call_while_another_caller_waits_for_the_next(
    switch: SwitchProcess, centre: CallCentre, original: str
) -> None:
    with centre.phone(centre.seat("2001")) as leaving, centre.caller(QUEUE_ONLY) as talking:
        talking.wait_answered()
        leaving.wait_ringing()
        leaving.answer()
        centre.events.wait_for("queue.caller_left", reason="connected")
        with centre.caller(QUEUE_ONLY, "13900139000") as waiting:
            waiting.wait_answered()
            centre.events.wait_for("queue.caller_joined", caller_number="13900139000")
            switch.path.write_text(without(original, "[[agents]]", "2001"), "utf-8")
            told = centre.events.call("configuration.reload", by="9001")
            assert told["changes"] == [{"section": "agents", "kind": "removed", "name": "2001", "keys": []}]
            assert centre.agent_state("2001") == "ON_CALL"
            assert len(centre.events.call("queue.waiting", queue="service")) == 1
            talking.hang_up()
            leaving.wait_hung_up_on()
            centre.events.wait_for("agent.removed", agent="2001")
            with centre.phone(centre.seat("2002")) as staying:
                staying.wait_ringing()
                staying.answer()
                centre.events.wait_for("queue.caller_left", reason="connected", agent="2002")
                waiting.hang_up()
                staying.wait_hung_up_on()


def test_a_queue_that_is_added_takes_the_next_call(
    switch: SwitchProcess, centre: CallCentre, original: str
) -> None:
    served = original.replace('queues = ["service"]', 'queues = ["service", "new"]') + NEW_QUEUE
    switch.path.write_text(served, "utf-8")
    counts = centre.events.call("configuration.reload")["counts"]
    assert counts == {"queues.added": 1, "access_codes.added": 1, "agents.changed": 2}
    with centre.phone(centre.seat("2001")) as agent, centre.caller(NEW_NUMBER) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        centre.events.wait_for("queue.caller_left", queue="new", reason="connected")
        caller.hang_up()
        agent.wait_hung_up_on()


def test_a_shorter_longest_wait_holds_for_who_waits(
    switch: SwitchProcess, centre: CallCentre, original: str
) -> None:
    with centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        centre.events.wait_for("queue.caller_joined")
        switch.path.write_text(
            original.replace("wrap_up_s = 0.5", "wrap_up_s = 0.5\nmax_wait_s = 1"), "utf-8"
        )
        centre.events.call("configuration.reload")
        caller.wait_hung_up_on()
    assert centre.events.wait_for("queue.caller_left").fields["reason"] == "timed_out"


def test_who_waits_is_led_into_a_flow_that_comes_with_the_rule_that_leads_there(
    switch: SwitchProcess, centre: CallCentre, original: str
) -> None:
    (switch.path.parent / "flows" / "late.yaml").write_text(LATE_FLOW, "utf-8")
    with centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        centre.events.wait_for("queue.caller_joined")
        switch.path.write_text(original.replace("wrap_up_s = 0.5", f"wrap_up_s = 0.5\n{TO_LATE}"), "utf-8")
        centre.events.call("configuration.reload")
        assert centre.events.wait_for("call.handed_off").fields["target"] == "flow:late"
        caller.wait_hung_up_on()


def test_a_configuration_with_a_mistake_changes_nothing_and_says_where_it_is(
    switch: SwitchProcess, centre: CallCentre, original: str
) -> None:
    with centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        centre.events.wait_for("queue.caller_joined")
        switch.path.write_text(original.replace('queues = ["service"]', 'queues = ["servce"]'), "utf-8")
        with pytest.raises(VerbRefused, match=r"ringmain\.toml:\d+: agents\[0\]\.queues\[0\]"):
            centre.events.call("configuration.reload")
        refused = centre.events.wait_for("configuration.refused").fields
        assert refused["mistakes"] == 2
        (view,) = centre.events.call("queue.list")
        assert view["waiting"] == 1
        caller.hang_up()


def test_what_needs_a_restart_is_told_before_and_after_and_not_done(
    switch: SwitchProcess, centre: CallCentre, original: str
) -> None:
    switch.path.write_text(original.replace("[switch]\n", '[switch]\nname = "other"\n'), "utf-8")
    for check in (True, False, True):
        told = centre.events.call("configuration.reload", check=check)
        assert (told["changes"], told["restart_needed"]) == ([], ["switch.name"])
    assert centre.events.call("switch.status")["name"] == "ringmain"


def test_a_station_that_is_removed_is_registered_no_more_and_its_call_goes_on(
    switch: SwitchProcess, centre: CallCentre, original: str
) -> None:
    with centre.phone(centre.seat("2002")) as agent, centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        centre.events.wait_for("queue.caller_left", reason="connected")
        switch.path.write_text(without(original, "[[stations]]", "2002"), "utf-8")
        switch.read_anew()
        centre.events.wait_for("configuration.reloaded", by="SIGHUP")
        assert centre.events.call("registration.list")["registrations"] == []
        assert centre.agent_state("2002") == "ON_CALL"
        caller.hang_up()
        agent.wait_hung_up_on()
