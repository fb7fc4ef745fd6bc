"""Short words for simulated days."""

from collections.abc import Sequence

from acd.agent_config import AgentConfig
from acd.config import AcdConfig
from acd.queue_config import QueueConfig
from acd.queue_target import parse_queue_target
from acd.simulation.callers import Stream, Wave
from acd.simulation.day import Centre
from acd.simulation.duties import Duty
from acd.simulation.intervals import Estimate
from acd.simulation.outcome import Outcome
from acd.simulation.runs import Plan, estimates_of
from acd.simulation.scenario import HabitsConfig
from acd.simulation.spread import Spread, SpreadKind

HOUR_S = 3600.0
AT_ONCE = Spread(kind=SpreadKind.CONSTANT, mean_s=1e-6)
QUICK = HabitsConfig(ring_delay=AT_ONCE, answer=AT_ONCE)


def centre(
    queues: Sequence[QueueConfig],
    agents: int,
    *,
    hours: float = 10,
    habits: HabitsConfig = QUICK,
    breaks_s: tuple[tuple[float, float], ...] = (),
) -> Centre:
    """All agents serve all queues, from midnight on."""
    everybody = [AgentConfig(id=str(1001 + n), queues=[q.name for q in queues]) for n in range(agents)]
    duties = [Duty(agent.id, 0.0, hours * HOUR_S, breaks_s) for agent in everybody]
    return Centre(queues, everybody, AcdConfig(), duties, habits)


def stream(
    queue: str = "service",
    *,
    calls_per_hour: float,
    talk_s: float = 180,
    patience_s: float | None = None,
    hours: float = 10,
) -> Stream:
    """Calls at one rate, exponential throughout."""
    waves = [Wave(0.0, hours * HOUR_S, calls_per_hour / 3600, None, None)]
    patience = None if patience_s is None else Spread(mean_s=patience_s)
    return Stream(parse_queue_target(queue), waves, Spread(mean_s=talk_s), patience)


def plan(*streams: Stream, seed: int = 1, hours: float = 10) -> Plan:
    return Plan(streams, [hour * HOUR_S for hour in range(int(hours) + 1)], seed)


def go_through(plan: Plan, centre: Centre, runs: int) -> list[Outcome]:
    return [plan.run(centre, number) for number in range(runs)]


def figure(outcomes: Sequence[Outcome], scope: str, name: str) -> Estimate:
    found = estimates_of(outcomes)[scope][name]
    assert found is not None
    return found
