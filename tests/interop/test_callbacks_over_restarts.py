"""Callers who keep the place are called back though the switch is killed between, over the wire."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, switch_process
from tests.helpers.toml_text import section
from tests.helpers.written import topics, wait_until_written

BACK = "95590"
CUSTOMER = "2002"
"""One of our stations, so that it can be called without a trunk."""
PATIENCE_S = 45.0


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[SwitchProcess]:
    code = section("[[access_codes]]", number=BACK, target=f"queue:back?callback={CUSTOMER}&tag=老人")
    rules = {"callback_prompt": "ring_back", "callback_ring_s": 5, "callback_retry_s": 1}
    queue = section("[[queues]]", name="back", music="music", wrap_up_s=0.5, **rules)
    with switch_process(tmp_path, more=code + queue) as switch:
        yield switch


def test_who_asked_before_the_switch_was_killed_is_called_after_it_started(
    switch: SwitchProcess, tmp_path: Path
) -> None:
    with EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        called, desk = centre.register(CUSTOMER), centre.register("2001")
        with centre.caller(BACK) as caller, centre.caller(QUEUE_ONLY, number="13900000001") as waiting:
            caller.wait_answered()
            waiting.wait_answered()
            asked = events.wait_for("queue.callback_requested").fields
            caller.wait_hung_up_on()
            wait_until_written(switch, "queue.callback_requested")
            switch.kill()
    switch.start()
    with EventFollower(switch.control_socket) as events:
        restored = wait_for_callbacks(events)
        assert [(one["callback_id"], one["numbers"], one["attempts"]) for one in restored] == [
            (asked["callback_id"], [CUSTOMER], 0)
        ]
        assert restored[0]["waited_s"] > 0.5, "the wait goes on"
        assert events.call("queue.waiting", queue="service") == [], "a caller is no callback"
        centre = CallCentre(switch, events, tmp_path)
        called.register()
        desk.register()
        events.call("agent.set_queues", agent="2001", queues=["back"])
        with centre.phone(called) as customer, centre.phone(desk) as agent:
            centre.sign_in("2001")
            customer.wait_ringing()
            wait_until_written(switch, "queue.callback_dialled")
            switch.kill()
    switch.start()
    with EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        called.register()
        desk.register()
        events.call("agent.set_queues", agent="2001", queues=["back"])
        (again,) = wait_for_callbacks(events)
        assert again["attempts"] == 1, "the attempt that was cut off was one"
        with centre.phone(called) as customer, centre.phone(desk) as agent:
            centre.sign_in("2001")
            customer.wait_ringing()
            customer.answer()
            agent.wait_ringing()
            agent.answer()
            ended = events.wait_for("queue.callback_ended").fields
            customer.hang_up()
            agent.wait_hung_up_on()
        assert (ended["callback_id"], ended["reason"], ended["attempts"]) == (
            asked["callback_id"],
            "connected",
            2,
        )
    wait_until_written(switch, "queue.callback_ended")
    switch.kill()
    switch.start()
    with EventFollower(switch.control_socket) as events:
        wait_until_written(switch, "switch.started", times=4)
        sleep(2.0)  # in which it would be restored
        assert events.call("queue.callbacks") == []
    assert [topic for topic in topics(switch) if topic == "queue.callback_ended"] == ["queue.callback_ended"]


def wait_for_callbacks(events: EventFollower) -> list[dict[str, Any]]:
    """They are there as soon as the database has the journal of the run before."""
    deadline = monotonic() + PATIENCE_S
    while not (found := events.call("queue.callbacks")):
        assert monotonic() < deadline, "no callback was restored"
        sleep(0.1)
    callbacks: list[dict[str, Any]] = found
    return callbacks
