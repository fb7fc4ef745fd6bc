"""Callers who hang up and keep the place, over the wire: called back, they talk to the agent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from media.recordings.wav import read_recording
from sipp_scenarios.audio import compare
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import SippProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

BACK = "95590"
"""An access code that leads to a queue which calls back at the customer's phone."""
CUSTOMER = "2002"
"""That phone is one of our stations, so that it can be called without a trunk."""
RATE_HZ = 8000


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CallCentre]:
    code = section("[[access_codes]]", number=BACK, target=f"queue:back?callback={CUSTOMER}")
    rules = {"callback_prompt": "ring_back", "callback_ring_s": 5, "callback_retry_s": 1}
    queue = section("[[queues]]", name="back", music="music", wrap_up_s=0.5, **rules)
    with (
        switch_process(tmp_path, more=code + queue) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        yield CallCentre(switch, events, tmp_path)


def asked(centre: CallCentre) -> str:
    """A caller hears that the place is kept and is hung up on; returns the callback."""
    centre.events.call("agent.set_queues", agent="2001", queues=["back"])
    with centre.caller(BACK) as caller:
        caller.wait_answered()
        requested = centre.events.wait_for("queue.callback_requested", queue="back").fields
        caller.wait_hung_up_on()
    assert (requested["asked_by"], requested["numbers"]) == ("target", [CUSTOMER])
    (waiting,) = centre.events.call("queue.waiting", queue="back")
    assert (waiting["virtual"], waiting["position"]) == (True, 1)
    return str(requested["callback_id"])


def test_who_keeps_the_place_is_called_back_and_talks_to_the_agent(centre: CallCentre) -> None:
    called, desk = centre.register(CUSTOMER), centre.register("2001")
    callback_id = asked(centre)
    with centre.phone(called) as customer, centre.phone(desk) as agent:
        centre.sign_in("2001")
        customer.wait_ringing()
        assert centre.agent_state("2001") == "OFFERED"
        customer.answer()
        agent.wait_ringing()
        agent.answer()
        dialled = centre.events.wait_for("queue.callback_dialled", callback_id=callback_id).fields
        call_id = dialled["call_id"]
        centre.events.wait_for("call.connected", call_id=call_id, station="2001")
        agent.talker.wait_to_hear(1.5)
        customer.hang_up()
        agent.wait_hung_up_on()
    ended = centre.events.wait_for("queue.callback_ended", callback_id=callback_id).fields
    assert (ended["reason"], ended["attempts"]) == ("connected", 1)
    first = centre.events.wait_for("call.arrived", call_id=callback_id).fields
    assert first["contact_id"] == dialled["contact_id"]
    assert compare(agent.talker.heard, customer.talker.said).whole
    completed = centre.events.wait_for("recording.completed", call_id=call_id)
    recording = read_recording(Path(completed.fields["path"]))
    heard_of_s = 0.5  # what is said before the switch has read the answer is in no recording
    assert compare(customer.talker.said[round(heard_of_s * RATE_HZ) :], recording.customer).whole
    assert compare(agent.talker.said, recording.agent).whole


def test_a_customer_who_is_busy_is_called_again(centre: CallCentre) -> None:
    called, desk = centre.register(CUSTOMER), centre.register("2001")
    callback_id = asked(centre)
    with centre.phone(desk) as agent:
        with SippProcess(called.scenario("agent_is_busy"), centre.folder) as busy:
            centre.sign_in("2001")
            busy.finish().check()
        failed = centre.events.wait_for("queue.callback_failed", callback_id=callback_id).fields
        assert (failed["cause"], failed["again_in_s"]) == ("USER_BUSY", 1.0)
        with centre.phone(called) as customer:
            customer.wait_ringing()
            customer.answer()
            agent.wait_ringing()
            agent.answer()
            agent.talker.wait_to_hear(0.5)
            agent.hang_up()
            customer.wait_hung_up_on()
    ended = centre.events.wait_for("queue.callback_ended", callback_id=callback_id).fields
    assert (ended["reason"], ended["attempts"]) == ("connected", 2)
