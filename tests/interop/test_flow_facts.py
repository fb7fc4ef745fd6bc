"""What flows know of callers, and what queues learn of a flow, over the wire."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from media.prompts import load_prompts
from sipp_scenarios.audio import find
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

PROMPTS, _ = load_prompts(Path(__file__).parents[2] / "conf" / "prompts")
ENTRANCE = "95590"
FLOW = """
name: entrance
title: 服务入口
language: en
start: who
nodes:
  who:
    type: branch
    queue: first
    ways: [{ repeats: 1, go: again }]
    next: first
  first: { type: queue, queue: first }
  again: { type: queue, queue: "again?priority=10" }
"""
TOLD = {"first_after_s": 0, "messages": ["{language}/queue/please_hold"]}


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchProcess]:
    folder = tmp_path_factory.mktemp("switch")
    code = section("[[access_codes]]", number=ENTRANCE, target="flow:entrance")
    queues = "".join(
        section("[[queues]]", name=name, wrap_up_s=0.5, announcements=TOLD) for name in ("first", "again")
    )
    running = switch_process(folder, more=code + queues)
    (folder / "flows" / "entrance.yaml").write_text(FLOW, "utf-8")
    with running:
        yield running


def test_who_calls_again_goes_another_way_and_is_told_things_in_the_flows_language(
    centre: CallCentre,
) -> None:
    station = centre.seat("2001")
    centre.events.call("agent.set_queues", agent="2001", queues=["first"])
    with centre.phone(station) as agent, centre.caller(ENTRANCE) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.5)
        caller.hang_up()
        agent.wait_hung_up_on()
    centre.events.wait_for("queue.call_completed", queue="first")
    with centre.caller(ENTRANCE) as again:
        again.wait_answered()
        joined = centre.events.wait_for("queue.caller_joined", queue="again").fields
        assert (joined["repeats"], joined["priority"]) == (1, 10)
        centre.events.wait_for("queue.caller_told", queue="again", call_id=joined["call_id"])
        again.talker.wait_to_hear(1.5)
        again.hang_up()
    assert find(PROMPTS.samples("en/queue/please_hold")[:8000], again.talker.heard).score > 0.9
    with centre.caller(ENTRANCE, "13900139000") as stranger:
        stranger.wait_answered()
        assert centre.events.wait_for("queue.caller_joined", caller_number="13900139000").fields["queue"] == (
            "first"
        )
        stranger.hang_up()
