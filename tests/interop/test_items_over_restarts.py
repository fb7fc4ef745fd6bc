"""Mails that wait, or that an agent has in hand, are there again though the switch is killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.written import wait_until_written

AGENT = """
[[agents]]
id = "3001"
queues = ["service"]
capacity = { voice = 1, mail = 2 }
"""
DATA = {"subject": "停电了"}
MAIL = {"medium": "mail", "queues": ["service"], "customer": "wang@example.com", "data": DATA}


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[SwitchProcess]:
    with switch_process(tmp_path, more=AGENT) as switch:
        yield switch


def test_a_mail_waits_on_over_a_restart_and_comes_back_to_the_agent_who_had_it(
    switch: SwitchProcess, tmp_path: Path
) -> None:
    with EventFollower(switch.control_socket) as events:
        events.call("item.submit", item="mail-1", priority=3, **MAIL)
        wait_until_written(switch, "queue.caller_joined")
        switch.kill()
    switch.start()
    with EventFollower(switch.control_socket) as events:
        wait_until_written(switch, "item.restored")
        (there,) = events.call("item.list")
        assert (there["item"], there["state"], there["priority"]) == ("mail-1", "waiting", 3)
        assert there["data"] == DATA
        assert there["since_s"] > 0.5, "the wait goes on"
        take(CallCentre(switch, events, tmp_path))
        wait_until_written(switch, "queue.caller_left")
        switch.kill()
    switch.start()
    with EventFollower(switch.control_socket) as events:
        wait_until_written(switch, "item.restored", times=2)
        take(CallCentre(switch, events, tmp_path))
        events.call("item.finish", item="mail-1", agent="3001")
        events.call("item.submit", item="mail-2", **MAIL)
        wait_until_written(switch, "item.came", times=4)
        switch.kill()
    switch.start()
    with EventFollower(switch.control_socket) as events:
        wait_until_written(switch, "item.restored", times=3)
        assert [item["item"] for item in events.call("item.list")] == ["mail-2"], "the first was finished"


def take(centre: CallCentre) -> None:
    """The agent begins a shift and takes the mail."""
    centre.register("2001")
    centre.events.call("agent.sign_in", agent="3001", station="2001")
    centre.events.call("agent.ready", agent="3001")
    centre.events.wait_for("item.offered", item="mail-1", agent="3001")
    centre.events.call("item.accept", item="mail-1", agent="3001")
