"""A shift of two agents and their supervisor, each at a desktop of another machine, with real calls."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sipp_scenarios.follower import EventFollower
from switch.control.client import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.offices import Offices, serving_offices
from tests.helpers.switch_process import QUEUE_ONLY, Times

BY = "李娜"
OF_A_CALL: dict[str, dict[str, Any]] = {
    "call.show": {},
    "call.hang_up": {},
    "call.hold": {},
    "call.retrieve": {},
    "call.transfer": {"target": "queue:service"},
    "call.consult": {"target": "queue:service"},
    "call.join": {},
    "call.add_party": {"whom": "station:2001"},
    "call.parties": {},
    "call.park": {"slot": "701"},
    "call.pick_up": {},
    "call.redirect": {"target": "queue:service"},
    "call.mute": {"side": "customer"},
    "call.send_digits": {"digits": "1", "to": "customer"},
    "call.set_data": {"data": {"户号": "0042"}},
    "call.get_data": {},
    "call.record": {},
    "call.pause_recording": {},
}
"""What agents may do with calls of their own."""


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    with serving_offices(tmp_path_factory.mktemp("switch"), Times(wrap_up_s=60)) as offices:
        yield offices


@pytest.fixture
def desks(offices: Offices, tmp_path: Path) -> Iterator[CallCentre]:
    """The stations of both agents, registered; after the test everybody is at home."""
    with EventFollower(offices.switch.control_socket) as events:
        centre = CallCentre(offices.switch, events, tmp_path)
        yield centre
        centre.wait_until_nothing_is_left()
        centre.close()


def sit_down(offices: Offices, centre: CallCentre, agent: str) -> EventFollower:
    """The agent's own client, signed in and ready."""
    desktop = offices.of(agent)
    centre.register(agent)
    desktop.call("agent.sign_in", station=agent)
    desktop.call("agent.ready")
    return desktop


def state_told(desktop: EventFollower, state: str, **fields: object) -> None:
    desktop.wait_for("agent.state_changed", to_state=state, **fields)


def test_an_agent_takes_over_from_a_lost_session_and_goes_away_with_leave(
    offices: Offices, desks: CallCentre
) -> None:
    lost, supervisor = sit_down(offices, desks, "2001"), offices.of("supervisor")
    desks.register("2002")
    desktop = offices.of("2001")
    assert desktop.call("session.ping")["agent"] == "2001"
    with pytest.raises(VerbRefused, match="is signed in at station 2001; sign in with force"):
        desktop.call("agent.sign_in", station="2002")
    assert desktop.call("agent.sign_in", station="2002", force=True)["station"] == "2002"
    assert lost.wait_for("agent.moved", agent="2001").fields["to_station"] == "2002"
    assert desktop.call("agent.reasons")["agents"] == []
    assert desktop.call("agent.not_ready", reason="填单")["reason"] == "填单"
    for ask, decide, decision in (
        ("午休", "agent.deny_leave", "denied"),
        ("喝水", "agent.approve_leave", "approved"),
    ):
        desktop.call("agent.ask_leave", reason=ask)
        supervisor.wait_for("agent.leave_asked", agent="2001", reason=ask)
        supervisor.call(decide, agent="2001", by=BY)
        assert desktop.wait_for("agent.leave_decided", reason=ask).fields["decision"] == decision
    assert desktop.call("agent.list")[0]["reason"] == "喝水"
    desktop.call("agent.ready")
    desktop.call("agent.ask_leave", reason="开会")
    desktop.call("agent.take_back_leave")
    with pytest.raises(VerbRefused, match="no request for leave"):
        supervisor.call("agent.approve_leave", agent="2001", by=BY)
    assert set(supervisor.call("agent.figures", agent="2001")["not_ready_s"]) == {"signed_in", "填单", "喝水"}
    desktop.call("agent.sign_out")
    lost.wait_for("agent.signed_out", agent="2001")


def test_a_call_keeps_an_agent_who_then_wraps_up_and_another_agent_cannot_touch_it(
    offices: Offices, desks: CallCentre
) -> None:
    desktop, other = sit_down(offices, desks, "2001"), offices.of("2002")
    desks.register("2002")
    other.call("agent.sign_in", station="2002")
    with desks.phone(desks.register("2001")) as phone, desks.caller(QUEUE_ONLY) as customer:
        customer.wait_answered()
        phone.wait_ringing()
        phone.answer()
        call_id = str(desktop.wait_for("call.connected").fields["call_id"])
        with pytest.raises(VerbRefused, match="sign out when call"):
            desktop.call("agent.sign_out")
        assert desktop.call("agent.not_ready", reason="午休")["not_ready_after"] == "午休"
        for verb, params in OF_A_CALL.items():
            with pytest.raises(VerbRefused, match=r"call\.list names those") as refusal:
                other.call(verb, call_id=call_id, **params)
            assert str(refusal.value).replace(call_id, "X") == never_was(other, verb, params), verb
        assert (other.call("call.list"), len(desktop.call("call.list"))) == ([], 1)
        desktop.call("call.hold", call_id=call_id)
        desktop.wait_for("call.held", call_id=call_id)
        desktop.call("call.retrieve", call_id=call_id)
        desktop.call("call.hang_up", call_id=call_id)
        phone.wait_hung_up_on()
        customer.wait_hung_up_on()
    state_told(desktop, "WRAP_UP")
    desktop.call("agent.extend_wrap_up", extend_s=120)
    assert desktop.wait_for("agent.wrap_up_extended").fields["limit_s"] == 180
    assert desktop.call("agent.end_wrap_up")["reason"] == "午休"
    assert desktop.call("agent.figures")["calls"] == 1
    other.call("agent.sign_out")
    other.wait_for("agent.signed_out")
    assert {entry.fields.get("agent") for entry in other.seen} == {"2002"}


def never_was(desktop: EventFollower, verb: str, params: dict[str, Any]) -> str:
    """What an agent is told of a call that there has never been."""
    with pytest.raises(VerbRefused) as refusal:
        desktop.call(verb, call_id="X", **params)
    return str(refusal.value)


def test_who_is_forced_out_of_the_shift_talks_to_the_end(offices: Offices, desks: CallCentre) -> None:
    desktop, supervisor = sit_down(offices, desks, "2001"), offices.of("supervisor")
    with desks.phone(desks.register("2001")) as phone, desks.caller(QUEUE_ONLY) as customer:
        customer.wait_answered()
        phone.wait_ringing()
        phone.answer()
        state_told(desktop, "ON_CALL")
        assert desktop.call("agent.sign_out", force=True)["sign_out_after"]
        customer.talker.wait_to_hear(0.2)
        with pytest.raises(VerbRefused, match="is for supervisors"):
            desktop.call("agent.force_sign_out", agent="2001", by=BY)
        customer.hang_up()
        phone.wait_hung_up_on()
    state_told(desktop, "WRAP_UP")
    desktop.call("agent.end_wrap_up")
    assert desktop.wait_for("agent.signed_out").fields["by"] == ""
    desktop = sit_down(offices, desks, "2001")
    supervisor.call("agent.force_sign_out", agent="2001", by=BY)
    assert desktop.wait_for("agent.signed_out").fields["by"] == BY
    assert desks.agent_state("2001") == "LOGGED_OUT"


def test_texts_go_to_agents_and_groups_until_they_are_confirmed(offices: Offices, desks: CallCentre) -> None:
    desktop, supervisor = sit_down(offices, desks, "2001"), offices.of("supervisor")
    supervisor.call("agent.set_skills", agent="2001", tags=["夜班"])
    text = "城东停电，预计十八点恢复"
    sent = supervisor.call("agent.send_message", tags=["夜班"], text=text, by=BY, importance="high")
    assert (sent["told"], sent["kept"]) == (["2001"], [])
    told = desktop.wait_for("agent.message", message_id=sent["message_id"]).fields
    assert (told["text"], told["by"], told["importance"]) == (text, BY, "high")
    desktop.call("agent.confirm_message", message_id=sent["message_id"])
    supervisor.wait_for("agent.message_reached", message_id=sent["message_id"], channel="desktop")
    assert desktop.call("agent.messages")[-1]["reached"] == ["desktop"]
    answer = desktop.call("agent.send_message", agents=["2002"], text="收到", by="班长")
    assert answer["kept"] == ["2002"]
    kept = supervisor.wait_for("agent.message_kept", message_id=answer["message_id"]).fields
    assert kept["by"] == "2001", "an agent writes in nobody else's name"
