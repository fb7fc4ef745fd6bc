"""The free agents: each is in the rankings of all demands that the agent meets, in all queues served,
of all media that may be offered now.

Nothing here looks at all agents or at all who wait: an agent looks at the demands of the own queues, and a
new demand at the free agents of its queue, of whom it looks at those who have a skill it needs.
"""

from collections.abc import Collection, Iterable

from acd.agent import Agent, Membership
from acd.queue import Demand, Queue
from acd.requirement import parse_joined
from acd.state import AcdState
from acd.step import Step
from acd.strategy import Candidacy, Ranking


def put_in(step: Step, agent: Agent, media: Collection[str]) -> None:
    """From now on callers of these media find the agent."""
    agent.luck = step.draw()
    step.touched.update(dict.fromkeys(agent.memberships))
    let_be_found(step.state, agent, media)


def let_be_found(state: AcdState, agent: Agent, media: Collection[str]) -> None:
    """Into all rankings where the agent belongs, with the luck drawn before."""
    take_out(state, agent)
    ranked: dict[str, list[Demand]] = {medium: [] for medium in media}
    state.free.update(((agent.agent_id, medium), demands) for medium, demands in ranked.items())
    for membership in agent.memberships.values():
        for demand in state.queues[membership.queue_name].demands.values():
            if demand.medium in ranked and demand.is_met_by(membership):
                demand.ranking.add(_candidacy(demand, agent, membership))
                ranked[demand.medium].append(demand)


def take_out(state: AcdState, agent: Agent) -> None:
    """Callers find the agent no longer."""
    for medium in agent.capacity:
        for demand in state.free.pop((agent.agent_id, medium), ()):
            demand.ranking.remove(agent.agent_id)


def demand_of(state: AcdState, queue: Queue, medium: str, requirement: str) -> Demand:
    """The demand, with all free agents of the queue who meet it."""
    known = queue.demands.get((medium, requirement))
    if known is not None:
        return known
    demand = Demand(queue, medium, parse_joined(requirement))
    fitting: list[Candidacy] = []
    for agent_id in _free_with(state, demand):
        agent = state.agents[agent_id]
        membership = agent.memberships[queue.name]
        if demand.is_met_by(membership):
            fitting.append(_candidacy(demand, agent, membership))
            state.free[agent_id, medium].append(demand)
    demand.ranking.add_all(fitting)
    queue.demands[demand.key] = demand
    drop_idle_demands(state, demand)
    return demand


def drop_idle_demands(state: AcdState, demand: Demand) -> None:
    """Perhaps nobody makes this one now: forget what nobody has asked for in a while."""
    for idle in demand.queue.idle_demands(demand):
        forget_demand(state, idle)


def forget_demand(state: AcdState, demand: Demand) -> None:
    """Nobody makes it."""
    del demand.queue.demands[demand.key]
    for agent_id, _, _ in demand.ranking.order():
        state.free[agent_id, demand.medium].remove(demand)


def rank_anew(state: AcdState, queue: Queue) -> None:
    """The queue chooses among its free agents by other rules."""
    for demand in queue.demands.values():
        before, demand.ranking = demand.ranking, Ranking()
        agents = [state.agents[agent_id] for agent_id, _, _ in before.order()]
        demand.ranking.add_all(_candidacy(demand, agent, agent.memberships[queue.name]) for agent in agents)


def _free_with(state: AcdState, demand: Demand) -> Iterable[str]:
    """The free of the queue who may meet a demand: those who have what it needs, if these are fewer."""
    queue, medium = demand.queue, demand.medium
    if not demand.requirement.text:  # the first that is asked for this medium
        return [agent_id for agent_id in queue.members if (agent_id, medium) in state.free]
    everybody = demand_of(state, queue, medium, "").ranking
    able = queue.members_with(demand.needs) if demand.needs and len(everybody) else ()
    if demand.needs and len(able) < len(everybody):
        return [agent_id for agent_id in able if agent_id in everybody]
    return [agent_id for agent_id, _, _ in everybody.order()]


def _candidacy(demand: Demand, agent: Agent, membership: Membership) -> Candidacy:
    return Candidacy(agent, membership, demand.queue.config, demand.requirement)
