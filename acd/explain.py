"""Why a caller is offered to whom, or waits on, and whom an agent gets: read from the state alone.

What is told here is worked out anew from the rules, not from the rankings the core keeps, so that the two can
be held against each other (``tests/acd/test_explain.py``).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, cast

from acd.agent import Agent, AgentState, Membership
from acd.callback_delays import delay_of, told_of_callback
from acd.eligibility import open_media
from acd.entry import Entry, Place
from acd.explained import (
    AgentExplained,
    CallerExplained,
    CandidateView,
    ChoiceView,
    MembershipExplained,
    ObstacleView,
    PlaceExplained,
    TurnView,
)
from acd.lining_up import asks_personally, rings_all, served_first
from acd.media import VOICE
from acd.obstacles import Obstacle, ObstacleKind, why_not_fit, why_not_free
from acd.queue import Queue
from acd.requirement import Requirement, parse_joined
from acd.scores import score
from acd.state import AcdState
from acd.strategy import KEYS, Candidacy, Key

Rank = tuple[int, Key, str]
"""Penalty, the strategy's key, and the agent's number: the least is first."""


_SIGNED_OUT = [Obstacle(ObstacleKind.SIGNED_OUT)]
"""Of those who are not at work nothing else matters; in large queues they are most."""


class Choice(NamedTuple):
    """Who would be rung for a caller now."""

    queue: str
    agents: tuple[str, ...]
    decided_by: str
    """preferred, penalty, strategy, number (all else was equal), alone (nobody else was there), or all."""


class Candidate(NamedTuple):
    """An agent of a queue, as one caller sees it.

    Which parts of a requirement are not met is worked out only for those who are shown, as it takes long.
    """

    agent: Agent
    membership: Membership
    obstacles: list[Obstacle]
    rank: Rank | None
    """None for one who is out of the question."""


class Survey:
    """All agents of the queues a caller waits in, looked at a part at a time: there may be thousands."""

    def __init__(self, state: AcdState, entry: Entry) -> None:
        self.state = state
        self.entry = entry
        self.found: dict[str, list[Candidate]] = {name: [] for name in entry.places}
        """By queue."""
        self.removed: dict[str, Counter[str]] = {name: Counter() for name in entry.places}
        """Kinds of obstacles, by queue."""
        self._ahead = iter(
            [(name, agent) for name in entry.places for agent in state.queues[name].members.values()]
        )

    def look(self, most: int | None = None) -> bool:
        """At so many more, or at all; False when nobody is left to look at."""
        looked = 0
        for name, agent in islice(self._ahead, most):
            looked += 1
            place = self.entry.places.get(name)
            if place is not None and name in agent.memberships:  # neither has left the queue meanwhile
                candidate = _judged(self.state, self.entry, place, agent)
                self.found[name].append(candidate)
                self.removed[name].update({obstacle.kind.value for obstacle in candidate.obstacles})
        return looked == most

    def candidates(self, place: Place) -> list[Candidate]:
        """Those of a queue in their order. Who could be rung is looked at once more, as it may be later."""
        name, everybody = place.queue_name, self.found[place.queue_name]
        left = [c.agent for c in everybody if c.rank is not None and name in c.agent.memberships]
        free = [_judged(self.state, self.entry, place, agent) for agent in left]
        return _in_order(self.state, self.entry, place, [*free, *(c for c in everybody if c.rank is None)])


def explain_caller(state: AcdState, entry: Entry, now: float, most: int) -> CallerExplained:
    """Candidates of every queue the caller waits in, at most so many of each, the best first."""
    survey = Survey(state, entry)
    survey.look()
    return told(survey, now, most)


def told(survey: Survey, now: float, most: int) -> CallerExplained:
    """What a survey has found."""
    state, entry = survey.state, survey.entry
    alone_s = None if entry.preferred_until is None else round(entry.preferred_until - now, 3)
    places = [place for place in entry.places.values() if place.queue_name in survey.found]
    found = {place.queue_name: survey.candidates(place) for place in places}
    is_due = entry.is_offerable and delay_of(state, entry) is None
    choice = _choose(state, entry, found) if is_due else None
    return {
        "call_id": entry.call_id,
        "caller_number": entry.caller_number,
        "state": entry.state,
        "priority": entry.priority,
        "waited_s": round(now - entry.joined_at, 3),
        "requirement": entry.requirement,
        "preferred": list(entry.preferred),
        "alone_for_s": alone_s,
        "offered_to": [state.offers[offer_id].agent_id for offer_id in entry.offer_ids],
        "offers": entry.offers,
        "self_service": None if entry.visit is None else entry.visit.target,
        "passed_over": entry.visit is not None and entry.visit.is_passed_over,
        "callback": told_of_callback(state, entry, now),
        "queues": [_explain_place(survey, place, found[place.queue_name], now, most) for place in places],
        "choice": None if choice is None else cast(ChoiceView, choice._asdict()),
    }


def explain_agent(state: AcdState, agent: Agent, now: float) -> AgentExplained:
    """What keeps calls from the agent, and who is first in each queue for when nothing does."""
    media = [medium for medium in agent.capacity if agent.has_room_for(medium)]
    found = served_first(state, agent, media, now)
    queues = [state.queues[name] for name in agent.memberships]
    return {
        "agent": agent.agent_id,
        "name": agent.name,
        "state": agent.state,
        "since_s": None if agent.since is None else round(now - agent.since, 3),
        "idle_s": round(now - agent.idle_since, 3),
        "calls": agent.calls,
        "talk_s": round(agent.talk_s, 3),
        "free_for": open_media(state, agent),
        "obstacles": _plain(why_not_free(state, agent, VOICE)),
        "waiting_personally": sum(len(state.personal.get((agent.agent_id, m), ())) for m in agent.capacity),
        "queues": [_explain_membership(state, agent, queue, now) for queue in queues],
        "next": None if found is None else _explain_turn(state, *found),
    }


def _explain_turn(state: AcdState, entry: Entry, queue: str) -> TurnView:
    """Whose turn it is; with a delay, this one will be put off then and another served."""
    delay = delay_of(state, entry)
    return {"call_id": entry.call_id, "queue": queue, "delay": None if delay is None else delay.value}


def choose(state: AcdState, entry: Entry) -> Choice | None:
    """Whom a caller who waits is to be offered to; None while nobody can be."""
    survey = Survey(state, entry)
    survey.look()
    return _choose(state, entry, {p.queue_name: survey.candidates(p) for p in entry.places.values()})


def _choose(state: AcdState, entry: Entry, found: Mapping[str, Sequence[Candidate]]) -> Choice | None:
    ranking = {name: [c for c in everybody if c.rank is not None] for name, everybody in found.items()}
    for agent_id in entry.preferred:
        for queue_name, left in ranking.items():
            if agent_id in [candidate.agent.agent_id for candidate in left]:
                return Choice(queue_name, (agent_id,), "preferred")
    for queue_name, left in ranking.items():
        if left:
            everybody = rings_all(state.queues[queue_name])
            agents = tuple(c.agent.agent_id for c in (left if everybody else left[:1]))
            return Choice(queue_name, agents, "all" if everybody else _decided_by(left))
    return None


def _in_order(state: AcdState, entry: Entry, place: Place, everybody: Sequence[Candidate]) -> list[Candidate]:
    """Those who can be rung in their order, then the others."""
    left = sorted((c for c in everybody if c.rank is not None), key=lambda c: _turn(entry, c))
    removed = [c for c in everybody if c.rank is None]
    if rings_all(state.queues[place.queue_name]) and left and left[0].agent.agent_id not in entry.preferred:
        lowest = left[0].membership.penalty
        removed = [*(_removed_by_penalty(c, lowest) for c in left if c.membership.penalty > lowest), *removed]
        left = [c for c in left if c.membership.penalty == lowest]
    return [*left, *removed]


def _judged(state: AcdState, entry: Entry, place: Place, agent: Agent) -> Candidate:
    """An agent as the caller sees it at a place."""
    return _candidate(state, entry, state.queues[place.queue_name], parse_joined(place.requirement), agent)


def _candidate(
    state: AcdState, entry: Entry, queue: Queue, requirement: Requirement, agent: Agent
) -> Candidate:
    membership = agent.memberships[queue.name]
    if agent.state is AgentState.LOGGED_OUT:
        return Candidate(agent, membership, _SIGNED_OUT, None)
    obstacles = [*why_not_free(state, agent, entry.medium), *_why_not_asked(entry, agent)]
    if not (asks_personally(entry) or requirement.is_met_by(membership.qualities)):
        obstacles.append(Obstacle(ObstacleKind.REQUIREMENT))
    if obstacles:
        return Candidate(agent, membership, obstacles, None)
    key = KEYS[queue.config.strategy](Candidacy(agent, membership, queue.config, requirement))
    return Candidate(agent, membership, [], (membership.penalty, key, agent.agent_id))


def _why_not_asked(entry: Entry, agent: Agent) -> Iterator[Obstacle]:
    if asks_personally(entry) and agent.agent_id not in entry.preferred:
        yield Obstacle(ObstacleKind.OTHERS_PREFERRED, ", ".join(entry.preferred))


def _removed_by_penalty(candidate: Candidate, lowest: int) -> Candidate:
    detail = f"penalty {candidate.membership.penalty}, while agents of penalty {lowest} are free"
    return candidate._replace(obstacles=[Obstacle(ObstacleKind.PENALTY, detail)], rank=None)


def _decided_by(left: list[Candidate]) -> str:
    """What puts the first before the second."""
    if len(left) == 1:
        return "alone"
    (penalty, key, _), (next_penalty, next_key, _) = _rank(left[0]), _rank(left[1])
    if penalty != next_penalty:
        return "penalty"
    return "strategy" if key != next_key else "number"


def _turn(entry: Entry, candidate: Candidate) -> tuple[int, Rank]:
    """Agents whom the caller prefers come first, in the caller's order."""
    agent_id, preferred = candidate.agent.agent_id, entry.preferred
    return preferred.index(agent_id) if agent_id in preferred else len(preferred), _rank(candidate)


def _rank(candidate: Candidate) -> Rank:
    assert candidate.rank is not None, "only those who can be rung are ranked"
    return candidate.rank


def _explain_place(
    survey: Survey, place: Place, candidates: Sequence[Candidate], now: float, most: int
) -> PlaceExplained:
    entry, queue = survey.entry, survey.state.queues[place.queue_name]
    requirement = parse_joined(place.requirement)
    return {
        "queue": queue.name,
        "position": queue.line.position(entry),
        "wait_s": round(now - place.joined_at, 3),
        "requirement": place.requirement,
        "strategy": queue.config.strategy.value,
        "agents": len(candidates),
        "removed": dict(_removed(survey, place, candidates)),
        "candidates": [_candidate_view(c, entry, queue, requirement, now) for c in candidates[:most]],
    }


def _removed(survey: Survey, place: Place, candidates: Sequence[Candidate]) -> Counter[str]:
    """How many each obstacle removes; penalties show when all have been looked at."""
    penalty = ObstacleKind.PENALTY
    outranked = sum(c.obstacles[0].kind is penalty for c in candidates if c.obstacles)
    counted = survey.removed[place.queue_name]
    return counted + Counter({penalty.value: outranked})


def _candidate_view(
    candidate: Candidate, entry: Entry, queue: Queue, requirement: Requirement, now: float
) -> CandidateView:
    agent, rank = candidate.agent, candidate.rank
    own = [obstacle for obstacle in candidate.obstacles if obstacle.kind is not ObstacleKind.REQUIREMENT]
    unmet = why_not_fit(requirement, candidate.membership) if len(own) < len(candidate.obstacles) else []
    return {
        "agent": agent.agent_id,
        "name": agent.name,
        "preferred": agent.agent_id in entry.preferred,
        "penalty": candidate.membership.penalty,
        "score": {} if rank is None else dict(score(queue.config.strategy, rank[1], now)),
        "obstacles": _plain([*own, *unmet]),
    }


def _explain_membership(state: AcdState, agent: Agent, queue: Queue, now: float) -> MembershipExplained:
    """Who is first of those in a queue whose requirement the agent meets, and what the others ask."""
    membership = agent.memberships[queue.name]
    made = (demand for demand in queue.demands.values() if demand.medium in agent.capacity)
    waiting = [demand for demand in made if len(demand.waiting)]
    unmet = [d for d in waiting if not d.is_met_by(membership)]
    firsts = [entry for d in waiting if d.is_met_by(membership) and (entry := d.waiting.first())]
    first = min(firsts, key=lambda entry: entry.rank, default=None)
    return {
        "queue": queue.name,
        "priority": membership.priority,
        "penalty": membership.penalty,
        "weight": queue.config.weight,
        "waiting": sum(len(demand.waiting) for demand in waiting),
        "fitting": sum(len(demand.waiting) for demand in waiting if demand.is_met_by(membership)),
        "unmet": [
            {"callers": len(d.waiting), "obstacles": _plain(why_not_fit(d.requirement, membership))}
            for d in unmet
        ],
        "first": None
        if first is None
        else {
            "call_id": first.call_id,
            "caller_number": first.caller_number,
            "priority": first.priority,
            "waited_s": round(now - first.joined_at, 3),
        },
    }


def _plain(obstacles: list[Obstacle]) -> list[ObstacleView]:
    return [{"kind": kind.value, "detail": detail} for kind, detail in obstacles]
