"""Chats and phone calls come to one agent, at a registered SIP phone and a desktop on the control socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipp_scenarios.follower import EventFollower
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, switch_process

AGENT = """
[[agents]]
id = "3001"
queues = ["service"]
capacity = { voice = 1, chat = 2 }
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CallCentre]:
    with switch_process(tmp_path, more=AGENT) as switch, EventFollower(switch.control_socket) as events:
        yield CallCentre(switch, events, tmp_path)


def test_an_agent_chats_and_takes_a_call_beside_it(desk: CallCentre) -> None:
    station = desk.register("2001")
    desk.events.call("agent.sign_in", agent="3001", station="2001")
    desk.events.call("agent.ready", agent="3001")
    data = {"text": "停电了"}
    for item in ("chat-1", "chat-2", "chat-3"):
        desk.events.call("item.submit", item=item, medium="chat", queues=["service"], data=data)
    offered = desk.events.wait_for("item.offered", item="chat-1", agent="3001")
    assert dict(offered.fields["data"]) == data
    assert desk.events.call("item.accept", item="chat-1", agent="3001")["state"] == "talking"
    assert desk.events.call("item.accept", item="chat-2", agent="3001")["state"] == "talking"
    with desk.phone(station) as agent, desk.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        desk.events.wait_for("call.connected", station="2001")
        assert desk.agent_state("3001") == "ON_CALL"
        (waiting,) = desk.events.call("item.list", queue="service")
        assert (waiting["item"], waiting["state"]) == ("chat-3", "waiting"), "two are as many as fit"
        desk.events.call("item.finish", item="chat-1", agent="3001")
        assert desk.agent_state("3001") == "ON_CALL", "the call goes on"
        caller.hang_up()
        agent.wait_hung_up_on()
    desk.events.wait_for("item.offered", item="chat-3", agent="3001")
    for item in ("chat-2", "chat-3"):
        desk.events.call("item.withdraw", item=item)
    assert desk.events.call("item.list") == []
