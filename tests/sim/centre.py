"""A whole contact centre on the manual clock: the real exchange, the real ACD, simulated people."""

from collections.abc import Callable, Sequence

from acd import service
from acd.agent_config import AgentConfig
from acd.core import AcdCore
from acd.queue_config import QueueConfig
from media._core import Ways
from runtime.alarm import ManualAlarm
from runtime.clock import ManualClock
from runtime.driver import Driver, Outputs
from runtime.ids import SeededIds
from runtime.vocabulary import Event, Output
from switch.config import AccessCodeConfig
from switch.events import CallConnected
from switch.exchange import Exchange
from tests.helpers.exchange_rig import BookkeepingMedia
from tests.sim.people import Habits, People, registration

Watcher = Callable[[AcdCore, Sequence[Output]], None]


class SimulatedCentre:
    """Every queue has an access code of its own name; every agent a registered phone."""

    def __init__(
        self,
        queues: Sequence[QueueConfig],
        agents: Sequence[AgentConfig],
        *,
        callers: int,
        habits: Habits,
        seed: int,
    ) -> None:
        self.clock = ManualClock()
        self.events: list[Event] = []
        self.media = BookkeepingMedia()
        self.alarm = ManualAlarm()
        self.driver = Driver(self.clock, self.alarm, _fail, Ways())
        ids = SeededIds(seed)
        self.application = service.build(
            queues, agents, {agent.id: 0 for agent in agents}, ids, self.driver.submit, self.clock
        )
        core = self.application.cores[0]
        assert isinstance(core, AcdCore)
        self.acd = core
        codes = [AccessCodeConfig(number=queue.name, target=f"queue:{queue.name}") for queue in queues]
        targets = {code.target for code in codes}
        self.exchange = Exchange(codes, ids, targets.__contains__)
        self.people = People(habits, [queue.name for queue in queues], callers, seed)
        self._wire()
        for agent in agents:
            self._seat(agent.id)
        self.people.expect_caller(self.clock.now())

    def run(self, watch: Watcher) -> None:
        """Until nothing will ever happen again; ``watch`` sees the ACD after every wake-up."""
        self.driver.wake()
        while self.alarm.deadline is not None:
            mark = len(self.events)
            self.clock.move_to(self.alarm.deadline)
            self.alarm.ring()
            watch(self.acd, self.events[mark:])

    def _wire(self) -> None:
        tables = (
            self.exchange.routes(),
            self.media.routes(),
            self.application.routes,
            self.people.routes(self._legs_of),
        )
        for routes in tables:
            self.driver.add_routes(routes)
        for core in self.application.cores:
            self.driver.add_core(core)
        self.driver.add_core(self.people)
        self.driver.observe(lambda event, wall: self.events.append(event))

    def _seat(self, agent: str) -> None:
        self.driver.submit(registration(agent))
        sign_in = next(verb for verb in self.application.verbs if verb.name == "agent.sign_in")
        sign_in.handle(sign_in.params.model_validate({"agent": agent, "station": agent}))

    def _legs_of(self, event: CallConnected) -> tuple[str, str]:
        call = self.exchange.find(event.call_id)
        assert call is not None
        return call.customer.leg_id, call.offers[event.offer_id].leg.leg_id


def _fail(item: object, fault: Exception) -> Outputs:
    raise AssertionError(f"{item} raised {fault!r}") from fault
