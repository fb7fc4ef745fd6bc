"""Flows replaced while two hundred calls are in them: exchange, IVR and callers on the manual clock."""

from random import Random

import ivr.service
from ivr.config import IvrConfig
from ivr.document import Flow
from ivr.editions import Edition, Editions, FlowSet
from ivr.events import FlowEnd, FlowEntered, FlowLeft
from media.events import DigitDetected, PlaybackEnded
from switch.events import CallEnded
from tests.helpers.exchange_rig import ExchangeRig
from tests.ivr.scripted_caller import flow_of, world_of

CALLS = 200


def hotline(age: str) -> Flow:
    """Greeting, a menu, a flow within, and the end; every node and prompt tells the age."""
    nodes = {
        f"{age}-greeting": {"type": "play", "prompts": [f"{age}/hello"], "next": f"{age}-menu"},
        f"{age}-menu": {
            "type": "menu",
            "prompts": [f"{age}/menu"],
            "choices": {"1": f"{age}-inner"},
            "next": f"{age}-bye",
        },
        f"{age}-inner": {"type": "flow", "flow": "inner", "next": f"{age}-bye"},
        f"{age}-bye": {"type": "hang_up"},
    }
    return flow_of(nodes)


def inner(age: str) -> Flow:
    nodes = {
        f"{age}-told": {"type": "play", "prompts": [f"{age}/told"], "next": f"{age}-done"},
        f"{age}-done": {"type": "return"},
    }
    return flow_of(nodes, name="inner")


class House:
    """Callers who hear out, press keys or wait, each when chance says so."""

    def __init__(self) -> None:
        self.rig = ExchangeRig()
        flows = FlowSet.of({"hotline": hotline("old"), "inner": inner("old")})
        built = ivr.service.build(IvrConfig(), flows, self.rig.ids, world_of())
        self.interpreter = built.interpreter
        self.rig.driver.add_core(built.interpreter)
        self.rig.driver.add_routes(built.application.routes)
        self.chance = Random(7)

    def call(self, number: int) -> str:
        return self.rig.arrive(f"leg-{number}")

    def act(self) -> None:
        """Somebody does something, or time passes."""
        legs = sorted(self.rig.media.open_endpoints)
        if not legs or self.chance.random() < 0.1:
            self.rig.pass_time(self.chance.uniform(0.5, 6))
            return
        leg_id = self.chance.choice(legs)
        playback_id = self.rig.media.playing.get(leg_id)
        if playback_id and self.chance.random() < 0.7:
            del self.rig.media.playing[leg_id]
            self.rig.feed(PlaybackEnded(playback_id=playback_id, leg_id=leg_id, reason="finished"))
        else:
            self.rig.feed(DigitDetected(leg_id=leg_id, digit=self.chance.choice("119"), duration_ms=100))


def test_two_hundred_calls_go_on_as_they_began_and_newcomers_go_through_the_new_flow() -> None:
    house = House()
    before = {house.call(number) for number in range(CALLS)}
    for _ in range(CALLS):
        house.act()
    assert house.interpreter.calls_in("hotline") > CALLS / 2
    editions = {"hotline": hotline("new"), "inner": inner("new")}
    house.interpreter.configure(FlowSet({n: Editions(Edition(f, 1)) for n, f in editions.items()}))
    after = {house.call(number) for number in range(CALLS, 2 * CALLS)}
    while house.rig.media.open_endpoints:
        house.act()
    left = {event.call_id: event for event in house.rig.all(FlowLeft)}
    assert left.keys() == before | after
    assert {event.reason for event in left.values()} == {FlowEnd.HUNG_UP}
    for call_id, event in left.items():
        age = "old" if call_id in before else "new"
        assert all(node.removeprefix("inner/").startswith(age) for node in event.path)
        assert event.node == f"{age}-bye"
    assert any("inner/old-told" in left[call_id].path for call_id in before)
    assert {event.version for event in house.rig.all(FlowEntered) if event.call_id in after} == {1}
    assert len(house.rig.all(CallEnded)) == 2 * CALLS
    house.rig.assert_idle()
