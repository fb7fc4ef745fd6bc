"""Supervisors lead agents, queues and those who wait, from desktops over TLS, with real calls."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from sipp_scenarios.follower import EventFollower
from switch.control.client import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.floor import JUDGED, LATELY, LISTEN_S
from tests.helpers.mixture import speakers
from tests.helpers.offices import Offices, serving_offices
from tests.helpers.switch_process import QUEUE_ONLY, Times
from tests.helpers.toml_text import section

BY = "李娜"
BILLING = "95600"
TWO_WAIT = [{"level": "warning", "on": 2, "off": 1}]
CLOSED = [{"when": "closed", "to": "queue:service"}]
MORE = "\n".join(
    [
        section("[[calendars]]", name="office", hours=["mon-sun 00:00-24:00"]),
        section("[[queues]]", name="billing", music="music", calendar="office", overflow=CLOSED),
        section("[[access_codes]]", number=BILLING, target="queue:billing"),
        section("[[number_lists]]", name="black", kind="black"),
        section("[[alarms]]", name="long-line", kind="queue", measure="waiting", levels=TWO_WAIT),
    ]
)


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    with serving_offices(tmp_path_factory.mktemp("switch"), Times(wrap_up_s=0), MORE) as offices:
        yield offices


@pytest.fixture
def centre(offices: Offices, tmp_path: Path) -> Iterator[CallCentre]:
    with EventFollower(offices.switch.control_socket) as events:
        centre = CallCentre(offices.switch, events, tmp_path)
        yield centre
        centre.wait_until_nothing_is_left()
        centre.close()


@pytest.fixture
def supervisor(offices: Offices, centre: CallCentre) -> EventFollower:
    """Who finds both phones registered."""
    for name in ("2001", "2002"):
        centre.register(name)
    return offices.of("supervisor")


def joined(client: EventFollower, number: str) -> str:
    """The call of a customer who waits."""
    return str(client.wait_for("queue.caller_joined", caller_number=number).fields["call_id"])


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["call_id"] for row in rows]


def test_who_waits_is_put_first_moved_and_sent_away_and_agents_are_made_to_fit(
    centre: CallCentre, supervisor: EventFollower
) -> None:
    supervisor.call("agent.sign_in", agent="2001", station="2001")
    with (
        centre.phone(centre.register("2001")) as phone,
        centre.caller(QUEUE_ONLY, "13800000001") as first,
        centre.caller(QUEUE_ONLY, "13800000002") as second,
    ):
        first.wait_answered()
        second.wait_answered()
        one, two = joined(supervisor, "13800000001"), joined(supervisor, "13800000002")
        raised = supervisor.wait_for("alarm.raised", alarm="long-line", subject="service")
        supervisor.call("alarm.acknowledge", alarm_id=raised.fields["alarm_id"], by=BY)
        supervisor.call("queue.change_caller", call_id=two, priority=20, require="billing>=3")
        line = supervisor.call("queue.waiting", queue="service")
        assert (line[0]["call_id"], {row["call_id"] for row in line}) == (two, {one, two})
        supervisor.call("queue.add", call_id=two, queue="billing")
        assert ids(supervisor.call("queue.waiting", queue="billing")) == [two]
        supervisor.call("queue.remove", call_id=two, queue="billing")
        supervisor.call("queue.move_caller", call_id=one, queue="billing")
        assert ids(supervisor.call("queue.waiting", queue="billing")) == [one]
        supervisor.wait_for("alarm.cleared", alarm_id=raised.fields["alarm_id"])
        supervisor.call("agent.force_ready", agent="2001", by=BY)
        (unmet,) = supervisor.call("agent.explain", agent="2001")["queues"][0]["unmet"]
        assert (unmet["callers"], unmet["obstacles"][0]["kind"]) == (1, "requirement")
        told = supervisor.call("queue.explain", call_id=two)["queues"][0]["candidates"]
        assert "requirement" in [obstacle["kind"] for obstacle in told[0]["obstacles"]]
        supervisor.call("agent.set_skills", agent="2001", skills={"billing": 5})
        phone.wait_ringing()
        phone.answer()
        assert supervisor.wait_for("call.connected", station="2001").fields["call_id"] == two
        kept = supervisor.call("agent.force_not_ready", agent="2001", reason="training", by=BY)
        assert (kept["state"], kept["not_ready_after"]) == ("ON_CALL", "training")
        supervisor.call("agent.release", agent="2001", by=BY)
        phone.wait_hung_up_on()
        second.wait_hung_up_on()
        assert supervisor.wait_for("agent.released").fields["by"] == BY
        with pytest.raises(VerbRefused, match="waits in billing alone"):
            supervisor.call("queue.remove", call_id=one, queue="billing")
        with centre.phone(centre.register("2001")) as phone:
            moved = supervisor.call("agent.move", agents=["2001"], join=["billing"], leave=["service"])
            assert (moved[0]["queues"], moved[0]["state"]) == (["billing"], "NOT_READY")
            supervisor.call("agent.force_ready", agent="2001", by=BY)
            phone.wait_ringing()
            supervisor.call("call.hang_up", call_id=one)
            first.wait_hung_up_on()
    assert supervisor.call("queue.list")[0]["calls"]["offered"] == 2
    history = once_written(lambda: supervisor.call("alarm.history", alarm="long-line"))
    assert [row["alarm_id"] for row in history] == [raised.fields["alarm_id"]]


def test_a_supervisor_stays_with_an_agent_from_call_to_call_and_is_heard_by_nobody(
    centre: CallCentre, supervisor: EventFollower
) -> None:
    supervisor.call("agent.sign_in", agent="2001", station="2001")
    supervisor.call("agent.set_queues", agent="2001", queues=["service"])
    supervisor.call("agent.force_ready", agent="2001", by=BY)
    with centre.phone(centre.register("2002")) as ear:
        supervisor.call("agent.follow", agent="2001", station="2002", by=BY)
        ear.wait_ringing()
        ear.answer()
        for number in ("13800000003", "13800000004"):
            with centre.phone(centre.register("2001")) as agent, centre.caller(QUEUE_ONLY, number) as caller:
                caller.wait_answered()
                agent.wait_ringing()
                agent.answer()
                call_id = joined(supervisor, number)
                supervisor.wait_for("supervision.began", call_id=call_id, by=BY)
                (follows,) = supervisor.call("call.supervisors")
                assert (follows["call_id"], follows["follows"], follows["mode"]) == (
                    call_id,
                    "2001",
                    "monitor",
                )
                if number == "13800000004":
                    talkers = {"customer": caller.talker, "agent": agent.talker, "ear": ear.talker}
                    ear.talker.wait_to_hear(LISTEN_S)
                    said = {name: talker.said[-LATELY:] for name, talker in talkers.items()}
                    heard = {name: speakers(talker.heard[-JUDGED:], said) for name, talker in talkers.items()}
                agent.hang_up()
                caller.wait_hung_up_on()
        supervisor.call("call.stop_supervising", station="2002", by=BY)
        ear.wait_hung_up_on()
    assert heard == {"customer": {"agent"}, "agent": {"customer"}, "ear": {"customer", "agent"}}
    assert supervisor.call("call.supervisors") == []


def test_hours_lists_and_silence_hold_for_the_next_caller(
    offices: Offices, centre: CallCentre, supervisor: EventFollower
) -> None:
    business = offices.of("integrator")
    supervisor.call("calendar.override", calendar="office", state="closed", reason="演练", by=BY)
    (office,) = supervisor.call("calendar.list")
    assert (office["open"], office["override"]["by"]) == (False, BY)
    with centre.caller(BILLING, "13800000006") as sent_on:
        sent_on.wait_answered()
        supervisor.wait_for("queue.caller_joined", caller_number="13800000006", queue="service")
        sent_on.hang_up()
    supervisor.call("calendar.override", calendar="office", state="hours", reason="演练结束", by=BY)
    shown = supervisor.call("calendar.show", calendar="office", days=1)
    assert (shown["open"], shown["days"][0]["hours"]) == (True, ["00:00-24:00"])
    business.call("list.add", list="black", entries=[{"number": "13700137000", "remark": "骚扰"}], by="crm")
    assert business.call("list.lookup", number="13700137000")["rejection"]["list"] == "black"
    centre.run("caller_is_declined", QUEUE_ONLY)
    assert business.call("list.show", list="black")["newest"][0]["remark"] == "骚扰"
    business.call("list.remove", list="black", numbers=["13700137000"], by="crm")
    assert [row["entries"] for row in business.call("list.list")] == [0]
    silenced = supervisor.call("alarm.silence", alarm="long-line", for_s=60, by=BY, reason="演练")
    assert supervisor.call("alarm.list")["alarms"][0]["silenced_until"] == silenced["silenced_until"]
    with centre.caller(QUEUE_ONLY, "13700137000") as caller:
        caller.wait_answered()
        caller.hang_up()


def test_a_business_system_has_customers_called_back_and_chats_served(
    offices: Offices, centre: CallCentre, supervisor: EventFollower
) -> None:
    business, desktop = offices.of("integrator"), offices.of("2001")
    asked = business.call("queue.callback", numbers=["2002"], queues=["service"])
    assert [row["callback_id"] for row in business.call("queue.callbacks")] == [asked["callback_id"]]
    supervisor.call("queue.cancel_callback", callback_id=asked["callback_id"])
    ended = business.wait_for("queue.callback_ended", callback_id=asked["callback_id"])
    assert (ended.fields["reason"], business.call("queue.callbacks")) == ("withdrawn", [])
    able = {"capacity": {"voice": 1, "chat": 1}}
    offices.of("administrator").call("configuration.set", section="agents", name="2001", keys=able)
    desktop.call("agent.sign_in", station="2001")
    desktop.call("agent.ready")
    business.call("item.submit", item="chat-1", medium="chat", queues=["service"], data={"text": "停电了"})
    desktop.wait_for("item.offered", item="chat-1")
    with pytest.raises(VerbRefused, match="there is no item chat-1"):
        offices.of("2002").call("item.accept", item="chat-1")
    desktop.call("item.reject", item="chat-1")
    business.wait_for("queue.offer_ended", call_id="chat-1", agent="2001", result="rejected")
    supervisor.call("item.withdraw", item="chat-1")
    assert business.call("item.list") == []


def test_a_recording_is_marked_held_and_freed_by_those_who_judge_it(
    offices: Offices, centre: CallCentre, supervisor: EventFollower
) -> None:
    administrator = offices.of("administrator")
    with centre.caller(QUEUE_ONLY, "13800000005") as caller:
        caller.wait_answered()
        caller.talker.wait_to_hear(0.2)
        caller.hang_up()
    one = str(supervisor.wait_for("recording.completed").fields["recording_id"])
    for verb, more in (
        ("recording.tag", {"tag": "投诉"}),
        ("recording.tag", {"tag": "误标"}),
        ("recording.untag", {"tag": "误标"}),
        ("recording.rate", {"rating": 4}),
        ("recording.hold", {"reason": "案件7"}),
    ):
        noted = supervisor.call(verb, recording_id=one, by=BY, **more)
    assert (noted["tags"], noted["rating"], noted["held"]) == (["投诉"], 4, True)
    with pytest.raises(VerbRefused, match="held"):
        administrator.call("recording.delete", recording_id=one, by="王", reason="清理")
    supervisor.call("recording.release", recording_id=one, by=BY, reason="结案")
    assert found(supervisor, caller="13800000005") == [one]
    assert (
        administrator.call("recording.delete", recording_id=one, by="王", reason="清理")["state"] == "deleted"
    )
    assert found(supervisor, caller="13800000005", state="deleted") == [one]
    kinds = [change["kind"] for change in supervisor.call("recording.show", recording_id=one)["changes"]]
    assert kinds == ["tagged", "tagged", "untagged", "rated", "held", "released", "deleted"]


def found(client: EventFollower, **asked: str) -> list[str]:
    """Recordings, once the database has what the journal told."""
    rows = once_written(lambda: client.call("recording.list", **asked)["recordings"])
    return [row["recording_id"] for row in rows]


def once_written(ask: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rows of the database, which follows the journal; none when it takes too long."""
    for _ in range(100):
        if rows := ask():
            return rows
        sleep(0.1)
    return []
