"""A survey after the talk, by the real exchange, ACD and IVR, however customers were passed on meanwhile."""

from collections.abc import Callable

import pytest

import acd.service
import ivr.service
from acd.agent_config import AgentConfig
from acd.core import AcdCore
from acd.queue_config import QueueConfig
from ivr.config import IvrConfig
from ivr.editions import FlowSet
from ivr.events import FlowEntered, FlowLeft, FlowResumed, SurveyAnswered
from media.events import DigitDetected
from runtime.target import parse_target
from switch.causes import Cause
from switch.events import CallArrived
from tests.acd.invariants import check_idle
from tests.ivr.scripted_caller import flow_of, world_of
from tests.sim.people import registration
from tests.switch.parking.test_parking import ParkingRig
from tests.switch.test_ways_back import WAYS

HOTLINE = flow_of(
    {
        "queue": {"type": "queue", "queue": "service", "next": "rate"},
        "rate": {
            "type": "survey",
            "questions": [{"name": "满意度", "prompts": ["zh/digits/6"], "keys": ["1", "2"]}],
            "next": "bye",
        },
        "bye": {"type": "hang_up"},
    }
)
SEATS = {"91": "1001", "81": "1002"}
"""Agents, and where they sit; the second is ready when somebody is to be passed on to an agent."""


class House(ParkingRig):
    """A customer whom a flow has led to a queue talks to the agent at station 1001."""

    def talk(self) -> str:
        agents = [AgentConfig(id=agent, queues=["service"]) for agent in SEATS]
        queue = QueueConfig(name="service", wrap_up_s=0)
        stations = dict.fromkeys(SEATS.values(), 0)
        self.acd = acd.service.build([queue], agents, stations, self.ids, self.driver.submit, self.clock)
        flows = FlowSet.of({"hotline": HOTLINE})
        application = ivr.service.build(IvrConfig(), flows, self.ids, world_of())
        self.flows = application.interpreter
        for part in (self.acd, application.application):
            self.driver.add_routes(part.routes)
            for core in part.cores:
                self.driver.add_core(core)
        self.feed(*(registration(station) for station in stations))
        self.sign_in("91")
        self.call_id = self.arrive()
        self.agent = self.answer_station()
        return self.call_id

    def knows_target(self, target: str) -> bool:
        scheme, name = parse_target(target)
        return self.flows.knows(name) if scheme == "flow" else super().knows_target(target)

    def sign_in(self, agent: str) -> None:
        self.verb("agent.sign_in", agent=agent, station=SEATS[agent])
        self.verb("agent.ready", agent=agent)

    def verb(self, name: str, **params: object) -> object:
        """Of the ACD."""
        verb = next(verb for verb in self.acd.verbs if verb.name == name)
        return verb.handle(verb.params.model_validate(params))

    def presses(self, digit: str) -> None:
        self.feed(DigitDetected(leg_id="customer", digit=digit, duration_ms=100))

    def assert_nothing_left(self) -> None:
        """Of the one call of a customer: no leg, no run of a flow, no agent who talks."""
        self.assert_idle()
        assert self.flows.snapshot() == {"runs": [], "lent": [], "waiting": []}
        assert len(self.all(FlowEntered)) == len(self.all(FlowLeft)) == 1
        (core,) = (core for core in self.acd.cores if isinstance(core, AcdCore))
        check_idle(core.state)


def transfers_to_an_agent(house: House) -> str:
    house.sign_in("81")
    house.ask("call.transfer", target="agent:81")
    return house.answer_station()


def consults_an_agent(house: House) -> str:
    house.sign_in("81")
    house.ask("call.consult", target="agent:81")
    other = house.answer_station()
    house.ask("call.complete_transfer")
    return other


def leaves_the_customer_in_the_queue(house: House) -> str:
    """Nobody is there yet who could be consulted."""
    house.ask("call.consult", target="queue:service")
    house.verb("agent.not_ready", agent="91", reason="午休")
    house.ask("call.complete_transfer")
    house.sign_in("81")
    return house.answer_station()


def leaves_three_with_an_agent(house: House) -> str:
    house.sign_in("81")
    house.ask("call.consult", target="agent:81")
    other = house.answer_station()
    house.ask("call.join")
    house.end(house.agent, Cause.NORMAL_CLEARING)
    return other


Way = Callable[[House], str]
each_way = pytest.mark.parametrize(
    "way",
    [
        *WAYS,
        transfers_to_an_agent,
        consults_an_agent,
        leaves_the_customer_in_the_queue,
        leaves_three_with_an_agent,
    ],
    ids=lambda way: way.__name__,
)


@each_way
def test_the_customer_rates_once_when_whoever_had_them_last_hangs_up(way: Way) -> None:
    house = House()
    house.end(way(house), Cause.NORMAL_CLEARING)
    house.presses("1")
    (rated,), (resumed,) = house.all(SurveyAnswered), house.all(FlowResumed)
    arrived = house.all(CallArrived)[0]
    assert (rated.answer, rated.contact_id) == ("1", arrived.contact_id)
    assert rated.caller_number == "13800138000"
    assert rated.call_id == resumed.call_id
    house.assert_nothing_left()


@each_way
def test_a_customer_who_hangs_up_is_not_asked(way: Way) -> None:
    house = House()
    way(house)
    house.end("customer", Cause.NORMAL_CLEARING)
    assert house.all(FlowResumed) == []
    house.assert_nothing_left()
