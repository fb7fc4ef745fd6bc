"""Where an entry can be found by agents who become free: under its demands, or in agents' personal lines.

WAITING                  in ``Demand.waiting`` of each of its queues, or, while certain agents alone are
                         asked, in the personal lines of those
OFFERED to all at once   in ``Demand.ringing`` of the queue that rings
a callback               also while the customer is dialled; or, where customers are dialled ahead, in
                         ``Queue.ahead`` until then
otherwise                nowhere
"""

from collections.abc import Collection

from acd.agent import Agent, Membership
from acd.entry import Entry, EntryState, Place
from acd.free import demand_of, drop_idle_demands
from acd.line import Line, Rank
from acd.overflow import due_way_out
from acd.queue import Demand, Queue
from acd.queue_config import StrategyName
from acd.state import AcdState
from acd.step import Step

Turn = tuple[int, float, float, int]
"""Whose turn it is, lowest first: the agent's priority (1 and up), the queue's weight, and rank."""
_PASSED_OVER_LONG_ENOUGH = -1
"""Before all priorities."""
_IN_PERSON = 0
"""Of those who want this agent alone."""


def line_up(step: Step, entry: Entry) -> None:
    """Let a WAITING entry be found."""
    for line in _lines(step, entry):
        line.add(entry)


def step_out(step: Step, entry: Entry) -> None:
    """Let it be found no longer."""
    for line in _lines(step, entry):
        line.remove(entry)
    for place in entry.places.values():
        demands = step.state.queues[place.queue_name].demands
        if (demand := demands.get((entry.medium, place.requirement))) is not None:
            drop_idle_demands(step.state, demand)


def demand_at(step: Step, entry: Entry, place: Place) -> Demand:
    """What the entry asks for at this place."""
    return demand_of(step.state, step.state.queues[place.queue_name], entry.medium, place.requirement)


def asks_personally(entry: Entry) -> bool:
    """Whether certain agents alone are asked."""
    return entry.preferred_until is not None


def rings_all(queue: Queue) -> bool:
    """Whether it rings everybody who is free."""
    return queue.config.strategy is StrategyName.RING_ALL


def served_first(
    state: AcdState, agent: Agent, media: Collection[str], now: float
) -> tuple[Entry, str] | None:
    """Whose turn it is with an agent free for these media, and in which queue: None when nobody waits.

    Callers who want this agent alone come first, then those nobody is being rung for, then those whose queue
    rings everybody; among them the agent's own priorities decide, then the weight of queues, then rank. Who
    has waited as long as anybody may be passed over goes before all that.
    """
    personal, waiting = _first_in_person(state, agent, media), _first_waiting(state, agent, media, now)
    if personal is None:
        return waiting[1:] if waiting else _first_ringing(state, agent, media, now)
    if waiting is not None and waiting[0] < _turn(state, _IN_PERSON, 0, personal.rank, now):
        return waiting[1:]
    queue_name = common_queue(personal, agent)
    assert queue_name is not None, "personal lines hold callers of the agent's queues"
    return personal, queue_name


def _turn(state: AcdState, priority: int, weight: int, rank: Rank, now: float) -> Turn:
    if rank[0] <= now - state.config.passed_over_s:
        return (_PASSED_OVER_LONG_ENOUGH, 0, *rank)
    return (priority, -weight, *rank)


def _first_waiting(
    state: AcdState, agent: Agent, media: Collection[str], now: float
) -> tuple[Turn, Entry, str] | None:
    """A look at the first of each demand, in the order of rank, down to the first the agent meets."""
    best: tuple[Turn, Demand] | None = None
    for membership in agent.memberships.values():
        queue = state.queues[membership.queue_name]
        for firsts in _firsts_for(queue, membership):
            for joined_at, sequence, demand in firsts:
                turn = _turn(state, membership.priority, queue.config.weight, (joined_at, sequence), now)
                if best is not None and turn >= best[0]:
                    break
                if demand.medium in media and demand.is_met_by(membership):
                    best = (turn, demand)
                    break
    if best is None or (first := best[1].waiting.first()) is None:
        return None
    return best[0], first, best[1].queue.name


def _firsts_for(queue: Queue, membership: Membership) -> list[list[tuple[float, int, Demand]]]:
    """Those who ask for nothing, and for what the agent has; by the shorter of both lists."""
    by_need, qualities = queue.firsts, membership.qualities
    if len(by_need) <= len(qualities):
        return [firsts for need, firsts in by_need.items() if not need or need in qualities]
    return [by_need[need] for need in ("", *qualities) if need in by_need]


def _first_ringing(
    state: AcdState, agent: Agent, media: Collection[str], now: float
) -> tuple[Entry, str] | None:
    best: tuple[Turn, Entry, str] | None = None
    for membership in agent.memberships.values():
        queue = state.queues[membership.queue_name]
        for demand in queue.demands.values():
            if not len(demand.ringing) or demand.medium not in media or not demand.is_met_by(membership):
                continue
            first = next((e for e in demand.ringing if may_be_rung_too(state, e, queue, agent, now)), None)
            if first is not None:
                turn = _turn(state, membership.priority, queue.config.weight, first.rank, now)
                if best is None or turn < best[0]:
                    best = (turn, first, queue.name)
    return None if best is None else best[1:]


def may_be_rung_too(state: AcdState, entry: Entry, queue: Queue, agent: Agent, now: float) -> bool:
    """Whether a free agent is rung as well, where all are and phones ring for a caller.

    Nobody is rung twice for the same, which one who takes several at once could be; nobody beside those of
    a lower penalty; and nobody for a caller who leaves as soon as these phones ring no longer.
    """
    running = [state.offers[offer_id] for offer_id in entry.offer_ids]
    if agent.agent_id in {offer.agent_id for offer in running}:
        return False
    rung = (state.agents[offer.agent_id].memberships.get(queue.name) for offer in running)
    own = agent.memberships[queue.name].penalty
    if any(membership is not None and membership.penalty < own for membership in rung):
        return False
    home = state.queues[next(iter(entry.places))]
    return due_way_out(queue, entry, now) is None and due_way_out(home, entry, now) is None


def _first_in_person(state: AcdState, agent: Agent, media: Collection[str]) -> Entry | None:
    lines = [line for medium in media if (line := state.personal.get((agent.agent_id, medium)))]
    return min((entry for line in lines if (entry := line.first())), key=lambda e: e.rank, default=None)


def common_queue(entry: Entry, agent: Agent) -> str | None:
    """The first of the queues the caller waits in that the agent serves."""
    return next((name for name in entry.places if name in agent.memberships), None)


def _lines(step: Step, entry: Entry) -> list[Line]:
    if entry.state is EntryState.OFFERED:
        return _ringing_lines(step, entry)
    if not entry.is_offerable:
        return _lines_ahead(step, entry)
    if asks_personally(entry):
        lines = step.state.personal
        return [lines.setdefault((agent_id, entry.medium), Line()) for agent_id in entry.preferred]
    return [demand_at(step, entry, place).waiting for place in entry.places.values()]


def _lines_ahead(step: Step, entry: Entry) -> list[Line]:
    callback = entry.callback
    if entry.state is not EntryState.WAITING or callback is None or not callback.is_due_ahead:
        return []
    if callback.queue_name not in entry.places:
        return []
    step.touched[callback.queue_name] = None
    return [step.state.queues[callback.queue_name].ahead]


def _ringing_lines(step: Step, entry: Entry) -> list[Line]:
    queue_name = entry.rings_all_in
    return [] if queue_name is None else [demand_at(step, entry, entry.places[queue_name]).ringing]
