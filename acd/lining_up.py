"""Where an entry can be found by agents who become free: under its demands, or in agents' personal lines.

WAITING                  in ``Demand.waiting`` of each of its queues, or, while certain agents alone are
                         asked, in the personal lines of those
OFFERED to all at once   in ``Demand.ringing`` of the queue that rings
otherwise                nowhere
"""

from acd.agent import Agent
from acd.config import StrategyName
from acd.entry import Entry, EntryState, Place
from acd.free import demand_of, drop_idle_demands
from acd.line import Line
from acd.queue import Demand, Queue
from acd.state import AcdState
from acd.step import Step


def line_up(step: Step, entry: Entry) -> None:
    """Let a WAITING entry be found."""
    for line in _lines(step, entry):
        line.add(entry)


def step_out(step: Step, entry: Entry) -> None:
    """Let it be found no longer."""
    for line in _lines(step, entry):
        line.remove(entry)
    for place in entry.places.values():
        drop_idle_demands(step.state, step.state.queues[place.queue_name])


def demand_at(step: Step, entry: Entry, place: Place) -> Demand:
    """What the entry asks for at this place."""
    return demand_of(step.state, step.state.queues[place.queue_name], entry.medium, place.requirement)


def asks_personally(entry: Entry) -> bool:
    """Whether certain agents alone are asked."""
    return entry.preferred_until is not None


def rings_all(queue: Queue) -> bool:
    """Whether it rings everybody who is free."""
    return queue.config.strategy is StrategyName.RING_ALL


def served_first(state: AcdState, agent: Agent) -> tuple[Entry, str] | None:
    """Whose turn it is with a free agent, and in which queue: None when nobody waits for this agent.

    Callers who want this agent alone come first, then those nobody is being rung for, then those whose queue
    rings everybody; among them the agent's own priorities decide, then the weight of queues, then rank.
    """
    personal = state.personal.get(agent.agent_id)
    if personal is not None and (entry := personal.first()) is not None:
        queue_name = common_queue(entry, agent)
        assert queue_name is not None, "personal lines hold callers of the agent's queues"
        return entry, queue_name
    best: tuple[tuple[object, ...], Entry, str] | None = None
    for membership in agent.memberships.values():
        queue = state.queues[membership.queue_name]
        for demand in queue.demands.values():
            first = demand.waiting.first() or demand.ringing.first()
            if first is None or not demand.is_met_by(membership):
                continue
            rung = first.state is EntryState.OFFERED
            key = (rung, membership.priority, -queue.config.weight, first.rank)
            if best is None or key < best[0]:
                best = (key, first, queue.name)
    return None if best is None else best[1:]


def common_queue(entry: Entry, agent: Agent) -> str | None:
    """The first of the queues the caller waits in that the agent serves."""
    return next((name for name in entry.places if name in agent.memberships), None)


def _lines(step: Step, entry: Entry) -> list[Line]:
    if entry.state is EntryState.OFFERED:
        return _ringing_lines(step, entry)
    if entry.state is not EntryState.WAITING:
        return []
    if asks_personally(entry):
        return [step.state.personal.setdefault(agent_id, Line()) for agent_id in entry.preferred]
    return [demand_at(step, entry, place).waiting for place in entry.places.values()]


def _ringing_lines(step: Step, entry: Entry) -> list[Line]:
    queue_name = entry.rings_all_in
    return [] if queue_name is None else [demand_at(step, entry, entry.places[queue_name]).ringing]
