"""Callers who keep the place by a key or by hanging up, over the wire: called back in turn, as they came."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sipp_scenarios.audio import speech
from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CalledPhone
from sipp_scenarios.runner import Scenario, free_port
from sipp_scenarios.switch_process import SwitchProcess
from sipp_scenarios.talker import Talker
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

BACK, CHECKED = "95590", "95591"
"""Access codes of a queue that takes whoever answers for the customer, and of one that wants a key first."""
CUSTOMERS = ("13800000001", "13800000002", "13800000003")
CARRIER = "127.0.0.2"
"""Where their phones are, each behind a trunk of its own."""


class Hotline(CallCentre):
    """A call centre whose customers can be called back."""

    def __init__(
        self, switch: SwitchProcess, events: EventFollower, folder: Path, ports: Mapping[str, int]
    ) -> None:
        super().__init__(switch, events, folder)
        self._ports = ports

    def customer(self, number: str) -> CalledPhone:
        """A customer's phone that is about to be called back."""
        talker = Talker(speech(int(number), 30.0), CARRIER)
        return CalledPhone(self._at(number, "agent_answers", rtp_port=talker.port), talker, self.folder)

    def absent(self, number: str, calls: int) -> ConductedScenario:
        """A customer's phone that rings so many times and nobody answers."""
        return ConductedScenario(replace(self._at(number, "agent_does_not_answer"), calls=calls), self.folder)

    def _at(self, number: str, name: str, **keys: str | int) -> Scenario:
        return Scenario(
            name=name,
            switch=self.switch.sip,
            local_host=CARRIER,
            port=self._ports[number],
            keys={"station": number, **keys},
        )


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Hotline]:
    rules = {"music": "music", "wrap_up_s": 1.0, "callback_ring_s": 8, "callback_retry_s": 1}
    ways = {"callback_on_hang_up": True, "callback_prompt": "ring_back", "exit_keys": {"1": "callback"}}
    checks = {"callback_confirm_key": "1", "callback_confirm_prompt": "ring_back", "callback_confirm_s": 2}
    sections = [
        section("[[queues]]", name="back", **rules, **ways),
        section("[[queues]]", name="checked", **rules, **ways, **checks),
        section("[[access_codes]]", number=BACK, target="queue:back"),
        section("[[access_codes]]", number=CHECKED, target="queue:checked"),
    ]
    ports = {number: free_port(CARRIER) for number in CUSTOMERS}
    for number, port in ports.items():
        addresses = [{"host": CARRIER, "port": port}]
        sections += [
            section("[[trunks]]", name=f"to-{number}", addresses=addresses, options_interval_s=0),
            section("[[routes]]", numbers=[number], trunks=[f"to-{number}"]),
        ]
    with (
        switch_process(tmp_path, more="\n".join(sections)) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre = Hotline(switch, events, tmp_path, ports)
        events.call("agent.set_queues", agent="2001", queues=["back", "checked"])
        yield centre


def test_three_who_keep_the_place_by_key_and_by_hanging_up_are_called_in_their_order(
    centre: Hotline,
) -> None:
    for number, way in zip(CUSTOMERS, ("key", "hang_up", "key"), strict=True):
        keep_place(centre, BACK, number, way)
    desk = centre.register("2001")
    centre.sign_in("2001")
    for number in CUSTOMERS:
        with centre.customer(number) as customer, centre.phone(desk) as agent:
            customer.wait_ringing()
            due = centre.events.wait_for("queue.callback_dialled", number=number).fields
            customer.answer()
            agent.wait_ringing()
            agent.answer()
            callback_id = due["callback_id"]
            centre.events.wait_for("queue.callback_ended", callback_id=callback_id, reason="connected")
            agent.talker.wait_to_hear(0.5)
            agent.hang_up()
            customer.wait_hung_up_on()
    assert centre.events.call("queue.callbacks") == []
    dialled = [entry for entry in centre.events.seen if entry.topic == "queue.callback_dialled"]
    assert tuple(entry.fields["number"] for entry in dialled) == CUSTOMERS


def test_a_machine_that_answers_takes_no_agents_time_and_who_presses_the_key_gets_the_agent(
    centre: Hotline,
) -> None:
    keep_place(centre, CHECKED, CUSTOMERS[0], "hang_up")
    desk = centre.register("2001")
    with centre.phone(desk) as agent:
        with centre.customer(CUSTOMERS[0]) as machine:
            centre.sign_in("2001")
            machine.wait_ringing()
            machine.answer()
            failed = centre.events.wait_for("queue.callback_failed").fields
            assert (failed["cause"], failed["attempt"]) == ("UNCONFIRMED", 1)
            machine.wait_hung_up_on()
        with centre.customer(CUSTOMERS[0]) as customer:
            customer.wait_ringing()
            customer.answer()
            customer.talker.wait_to_hear(0.3)
            customer.talker.press("1")
            agent.wait_ringing()
            agent.answer()
            agent.talker.wait_to_hear(0.5)
            customer.hang_up()
            agent.wait_hung_up_on()
    ended = centre.events.wait_for("queue.callback_ended").fields
    assert (ended["reason"], ended["attempts"]) == ("connected", 2)
    offers = [entry for entry in centre.events.seen if entry.topic == "offer.ringing"]
    assert len(offers) == 1, "the machine had nobody's phone ring"


def test_who_does_not_answer_is_called_again_and_then_at_the_second_number(centre: Hotline) -> None:
    first, second = CUSTOMERS[:2]
    asked = centre.events.call("queue.callback", numbers=[first, second], queues=["back"])
    desk = centre.register("2001")
    with (
        centre.absent(first, calls=2) as absent,
        centre.customer(second) as customer,
        centre.phone(desk) as agent,
    ):
        centre.sign_in("2001")
        absent.finish().check()
        customer.wait_ringing()
        customer.answer()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.5)
        agent.hang_up()
        customer.wait_hung_up_on()
    ended = centre.events.wait_for("queue.callback_ended", callback_id=asked["callback_id"]).fields
    assert (ended["reason"], ended["attempts"]) == ("connected", 3)
    dialled = [entry.fields for entry in centre.events.seen if entry.topic == "queue.callback_dialled"]
    assert [each["number"] for each in dialled] == [first, first, second]
    failed = [entry.fields for entry in centre.events.seen if entry.topic == "queue.callback_failed"]
    assert [(each["cause"], each["again_in_s"]) for each in failed] == [
        ("NO_ANSWER", 1.0),
        ("NO_ANSWER", 0.0),
    ]


def keep_place(centre: Hotline, dialled: str, number: str, way: str) -> None:
    """Call, wait, and ask to be called back in one way or the other."""
    with centre.caller(dialled, number) as caller:
        caller.wait_answered()
        caller.talker.wait_to_hear(0.3)
        if way == "key":
            caller.talker.press("1")
            asked = centre.events.wait_for("queue.callback_requested", caller_number=number).fields
            caller.talker.wait_to_hear(0.8)
            caller.wait_hung_up_on()
        else:
            caller.hang_up()
            asked = centre.events.wait_for("queue.callback_requested", caller_number=number).fields
    assert (asked["asked_by"], asked["numbers"]) == (way, [number])
