"""Queues as callers and agents at SIP phones meet them: priority, several at once, ways out, all rung."""

from collections.abc import Iterator

import pytest
import soundfile
from typer.testing import CliRunner

from cli.commands import app
from sipp_scenarios.audio import Samples, find, speech
from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.phones import CalledPhone, CallerPhone
from sipp_scenarios.runner import SippProcess, free_port
from sipp_scenarios.switch_process import SwitchProcess
from switch.records.projection import JournalEntry
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, UNLISTED, switch_process

HOST = "127.0.0.1"
IMPORTANT, IMPATIENT, SHARED, LEAVING, EVERYBODY, KNOWN = "95590", "95591", "95592", "95593", "95594", "95595"
QUEUES = """
[[queues]]
name = "impatient"
max_wait_s = 1
on_timeout = "queue:service"
music = "music"

[[queues]]
name = "shared"
[[queues.overflow]]
when = "wait"
above = 0.5
also = "service"

[[queues]]
name = "leaving"
exit_keys = { "0" = "station:2002", "9" = "message:service" }

[[queues]]
name = "everybody"
strategy = "ring_all"
wrap_up_s = 0

[[queues]]
name = "known"
[[queues.tag_rules]]
tag = "大客户"
priority = 20
[[queues.overflow]]
when = "tagged"
tag = "大客户"
also = "service"

[[message_boxes]]
name = "service"
greeting = ["zh/please_wait"]
max_s = 1.5

[[access_codes]]
number = "95590"
target = "queue:service?priority=50"
[[access_codes]]
number = "95591"
target = "queue:impatient"
[[access_codes]]
number = "95592"
target = "queue:shared"
[[access_codes]]
number = "95593"
target = "queue:leaving"
record = false
[[access_codes]]
number = "95594"
target = "queue:everybody"
[[access_codes]]
number = "95595"
target = "queue:known"
"""


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchProcess]:
    with switch_process(tmp_path_factory.mktemp("switch"), more=QUEUES) as running:
        yield running


def test_a_caller_of_higher_priority_goes_before_one_who_came_earlier(centre: CallCentre) -> None:
    with centre.caller(QUEUE_ONLY) as usual, centre.caller(IMPORTANT, "13900139000") as important:
        usual.wait_answered()
        important.wait_answered()
        centre.events.wait_for("queue.caller_joined", caller_number="13900139000")
        waiting = centre.events.call("queue.waiting", queue="service")
        assert [caller["caller_number"] for caller in waiting] == ["13900139000", "13800138000"]
        with centre.phone(centre.seat("2001")) as agent:
            agent.wait_ringing()
            agent.answer()
            call_id = centre.events.wait_for("queue.caller_left", reason="connected").fields["call_id"]
            assert call_id == waiting[0]["call_id"]
            important.hang_up()
            agent.wait_hung_up_on()
        usual.hang_up()


def test_a_queue_whose_time_is_over_passes_the_caller_on_without_losing_the_wait(centre: CallCentre) -> None:
    with centre.caller(IMPATIENT) as caller:
        caller.wait_answered()
        centre.events.wait_for("queue.caller_left", queue="impatient", reason="timed_out")
        (waiting,) = centre.events.call("queue.waiting", queue="service")
        assert waiting["waited_s"] >= waiting["wait_s"] + 1
        with centre.phone(centre.seat("2001")) as agent:
            talk_and_hang_up(agent, caller)
    assert centre.events.wait_for("queue.caller_left", queue="service").fields["reason"] == "connected"


def test_a_caller_waits_in_a_second_queue_too_and_is_served_there(centre: CallCentre) -> None:
    with centre.phone(centre.seat("2001")) as agent, centre.caller(SHARED) as caller:
        caller.wait_answered()
        talk_and_hang_up(agent, caller)
    centre.events.wait_for("queue.caller_left", queue="shared", reason="elsewhere")
    centre.events.wait_for("queue.caller_left", queue="service", reason="connected")


def test_queues_are_added_and_removed_while_the_caller_waits(centre: CallCentre) -> None:
    with centre.phone(centre.seat("2001")) as agent, centre.caller(LEAVING) as caller:
        caller.wait_answered()
        call_id = centre.events.wait_for("queue.caller_joined", queue="leaving").fields["call_id"]
        centre.events.call("queue.add", call_id=call_id, queue="impatient")
        changed = centre.events.call("queue.remove", call_id=call_id, queue="leaving")
        assert changed["places"] == [{"queue": "impatient", "position": 1}]
        centre.events.wait_for("queue.caller_left", queue="leaving", reason="withdrawn")
        centre.events.call("queue.add", call_id=call_id, queue="service")
        talk_and_hang_up(agent, caller)
    centre.events.wait_for("queue.caller_left", call_id=call_id, queue="service", reason="connected")
    centre.events.wait_for("queue.caller_left", call_id=call_id, queue="impatient", reason="elsewhere")


def test_a_tag_given_to_one_who_waits_puts_the_customer_first_and_into_another_queue_too(
    centre: CallCentre,
) -> None:
    with centre.caller(KNOWN) as usual, centre.caller(KNOWN, "13900139000") as known:
        usual.wait_answered()
        known.wait_answered()
        joined = centre.events.wait_for("queue.caller_joined", queue="known", caller_number="13900139000")
        call_id = joined.fields["call_id"]
        command = [
            "queues",
            "change",
            call_id,
            "--tag",
            "大客户",
            "--socket",
            str(centre.switch.control_socket),
        ]
        assert CliRunner().invoke(app, command).exit_code == 0
        changed = centre.events.wait_for("queue.caller_changed", call_id=call_id).fields
        assert (changed["tags"], changed["priority"]) == (["大客户"], 20)
        waiting = centre.events.call("queue.waiting", queue="known")
        assert [caller["caller_number"] for caller in waiting] == ["13900139000", "13800138000"]
        with centre.phone(centre.seat("2001")) as agent:
            talk_and_hang_up(agent, known)
        usual.hang_up()
    centre.events.wait_for("queue.caller_left", call_id=call_id, queue="service", reason="connected")


def test_a_key_leads_out_of_the_queue_to_a_phone(centre: CallCentre) -> None:
    with centre.phone(centre.register("2002")) as phone, centre.caller(LEAVING) as caller:
        caller.wait_answered()
        caller.talker.press("5")
        centre.events.wait_for("call.digit_received", digit="5")
        caller.talker.press("0")
        centre.events.wait_for("queue.caller_left", queue="leaving", reason="exited")
        talk_and_hang_up(phone, caller)


def test_a_caller_leaves_a_message_instead_of_waiting(centre: CallCentre) -> None:
    with centre.caller(LEAVING) as caller:
        caller.wait_answered()
        caller.talker.press("9")
        centre.events.wait_for("voice_message.started", box="service")
        left = centre.events.wait_for("voice_message.left", box="service", end="limit").fields
        caller.wait_hung_up_on()
    assert left["length_ms"] >= 1500
    recording = centre.events.wait_for("recording.completed", recording_id=left["recording_id"]).fields
    tagged = centre.events.wait_for("recording.tagged", tag="message:service").fields
    assert tagged["recording_id"] == left["recording_id"]
    heard: Samples = soundfile.read(recording["path"], dtype="int16", always_2d=True)[0]
    assert 1.3 < len(heard) / 8000 < 2
    assert find(heard[-8000:, 0], caller.talker.said).score > 0.9


def test_all_agents_are_rung_one_answers_and_the_others_are_told_it_was_answered_elsewhere(
    centre: CallCentre,
) -> None:
    stations = [centre.seat(agent) for agent in ("2001", "2002")]
    for agent in ("2001", "2002"):
        centre.events.call("agent.set_queues", agent=agent, queues=["everybody"])
    with (
        centre.phone(stations[0]) as first,
        ConductedScenario(stations[1].scenario("agent_loses_the_race"), centre.folder) as second,
        centre.caller(EVERYBODY) as caller,
    ):
        caller.wait_answered()
        second.wait_for("ringing")
        talk_and_hang_up(first, caller)
        second.finish().check()
    ended = {entry.fields["agent"]: entry.fields["result"] for entry in offers_ended(centre)}
    assert ended == {"2001": "accepted", "2002": "elsewhere"}
    assert {centre.agent_state(agent) for agent in ("2001", "2002")} == {"AVAILABLE"}
    for agent in ("2001", "2002"):
        centre.events.call("agent.set_queues", agent=agent, queues=["service"])


def test_a_caller_holds_and_resumes_while_waiting_and_loses_nothing(centre: CallCentre) -> None:
    centre.run("caller_holds", QUEUE_ONLY)
    left = centre.events.wait_for("queue.caller_left", queue="service")
    assert left.fields["reason"] == "abandoned"


def test_an_agent_transfers_the_caller_to_another_phone_and_gets_wrap_up(centre: CallCentre) -> None:
    station, other = centre.seat("2001"), centre.register("2002")
    phone = station.scenario("agent_transfers", rtp_port=free_port(HOST), nobody=UNLISTED, target=other.name)
    with (
        other.expect_call(speech(2002, 30), "agent_is_transferred_to") as target,
        SippProcess(phone, centre.folder) as transferring,
        centre.caller(QUEUE_ONLY) as caller,
    ):
        caller.wait_answered()
        target.wait_ringing()
        target.answer()
        centre.events.wait_for("call.transferred", kind="blind", by="2001")
        transferring.finish().check()
        centre.events.wait_for("agent.wrap_up_started", agent="2001")
        centre.events.wait_for("agent.wrap_up_ended", agent="2001")
        assert centre.agent_state("2001") == "AVAILABLE"
        target.talker.wait_to_hear(0.3)
        caller.hang_up()
        target.wait_hung_up_on()


def talk_and_hang_up(agent: CalledPhone, caller: CallerPhone) -> None:
    """The agent answers, both hear each other, the caller hangs up."""
    agent.wait_ringing()
    agent.answer()
    agent.talker.wait_to_hear(0.3)
    caller.talker.wait_to_hear(0.3)
    caller.hang_up()
    agent.wait_hung_up_on()


def offers_ended(centre: CallCentre) -> list[JournalEntry]:
    """As far as they were heard of."""
    centre.events.wait_for("queue.call_completed")
    return [entry for entry in centre.events.seen if entry.topic == "queue.offer_ended"]
