"""What lamps show of agents, queues, slots and features."""

import pytest

from acd.agent import AgentState
from acd.agent_events import AgentSignedIn, AgentSignedOut, AgentStateChanged
from acd.events import CallerJoined, CallerLeft, LeaveReason
from cli.house.lamps import Lamps
from runtime.vocabulary import Event
from switch.parking.events import CallParked, CallUnparked, ParkingEnd
from switch.sip.event_packages.lamps import LampState

CODES = {
    "*81": "feature:toggle_ready:午休",
    "*80": "feature:sign_in",
    "*89": "feature:leave:午休",
    "701": "feature:slot:701",
    "acme/702": "feature:slot:702",
    "95598": "queue:service",
    "acme/95001": "queue:acme/service",
    "95599": "flow:hotline",
}
KNOWN = {*CODES.values(), "agent:2001", "queue:service", "agent:acme/2001", "park:701"}
DARK, BLINKING, LIT = LampState.DARK, LampState.BLINKING, LampState.LIT


class Keys(Lamps):
    """Lamps with what they told."""

    def __init__(self) -> None:
        super().__init__(CODES.get, KNOWN.__contains__)

    def see(self, *events: Event) -> list[str]:
        """What is told of these."""
        told = [output for event in events for output in self.routes()[type(event)](event, 0.0)]
        return [output.lamp for output in told]


def changed(to_state: AgentState) -> AgentStateChanged:
    return AgentStateChanged(
        agent="2001",
        from_state=AgentState.AVAILABLE,
        to_state=to_state,
        reason="午休" if to_state is AgentState.NOT_READY else "",
        lasted_ms=0,
        call_id=None,
    )


def joined(call_id: str) -> CallerJoined:
    return CallerJoined(call_id=call_id, contact_id="c", queue="service", caller_number="1", position=1)


def left(call_id: str) -> CallerLeft:
    return CallerLeft(
        call_id=call_id,
        contact_id="c",
        queue="service",
        reason=LeaveReason.ABANDONED,
        position=1,
        wait_ms=1,
        offers=0,
        agent=None,
    )


@pytest.mark.parametrize(
    ("watcher", "named", "lamp"),
    [
        ("1001", "agent-2001", "agent:2001"),
        ("1001", "queue-service", "queue:service"),
        ("1001", "park-701", "park:701"),
        ("1001", "95598", "queue:service"),
        ("1001", "*81", "not_ready:1001"),
        ("1001", "*80", "signed_in:1001"),
        ("1001", "701", "park:701"),
        ("acme/1001", "acme/702", "park:acme/702"),
        ("acme/1001", "acme/agent-2001", "agent:acme/2001"),
        ("acme/1001", "acme/95001", "queue:acme/service"),
        ("acme/1001", "acme/95598", None),
        ("1001", "agent-2002", None),
        ("1001", "flow-hotline", None),
        ("1001", "95599", None),
        ("1001", "*89", None),
        ("1001", "agent", None),
    ],
)
def test_a_key_names_its_lamp_by_an_access_code_or_spelled_out(
    watcher: str, named: str, lamp: str | None
) -> None:
    assert Keys().find(watcher, named) == lamp


@pytest.mark.parametrize("to_state", AgentState)
def test_the_lamp_of_an_agent_is_dark_while_a_call_may_come(to_state: AgentState) -> None:
    keys = Keys()
    assert keys.state("agent:2001") is LIT, "nobody signed in"
    assert keys.see(changed(to_state)) == ["agent:2001"]
    shows = {AgentState.AVAILABLE: DARK, AgentState.OFFERED: BLINKING}
    assert keys.state("agent:2001") is shows.get(to_state, LIT)


def test_the_own_keys_light_when_they_act() -> None:
    keys = Keys()
    assert (keys.state("signed_in:1001"), keys.state("not_ready:1001")) == (DARK, DARK)
    in_event = AgentSignedIn(agent="2001", station="1001", queues=("service",))
    assert keys.see(in_event) == ["signed_in:1001", "not_ready:1001"]
    assert keys.see(changed(AgentState.NOT_READY)) == ["agent:2001", "not_ready:1001"]
    assert (keys.state("signed_in:1001"), keys.state("not_ready:1001")) == (LIT, LIT)
    keys.see(changed(AgentState.AVAILABLE))
    assert keys.state("not_ready:1001") is DARK
    keys.see(changed(AgentState.NOT_READY), AgentSignedOut(agent="2001", station="1001"))
    assert (keys.state("signed_in:1001"), keys.state("not_ready:1001")) == (DARK, DARK)


def test_the_lamp_of_a_queue_blinks_from_the_first_caller_to_the_last() -> None:
    keys = Keys()
    assert keys.see(joined("a"), joined("b"), left("a")) == ["queue:service"], "told once"
    assert keys.state("queue:service") is BLINKING
    assert keys.see(left("b"), left("b")) == ["queue:service"]
    assert keys.state("queue:service") is DARK


def test_the_lamp_of_a_slot_is_lit_while_somebody_waits_there() -> None:
    keys = Keys()
    assert keys.see(CallParked(call_id="a", slot="701", by="1001")) == ["park:701"]
    assert keys.state("park:701") is LIT
    assert keys.see(CallUnparked(call_id="a", slot="701", reason=ParkingEnd.TAKEN)) == ["park:701"]
    assert keys.state("park:701") is DARK
