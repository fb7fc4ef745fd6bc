"""Which of several free agents gets the next call: the best of a ranking, by a key the strategy gives.

Before the strategy comes the penalty an agent has in the queue: a lower one always goes first. Among agents
of equal keys the lower number does.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import takewhile
from math import log

from acd.agent import Agent, Membership
from acd.queue_config import QueueConfig, StrategyName
from acd.requirement import Requirement

Key = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Candidacy:
    """An agent who becomes free for those who wait in a queue."""

    agent: Agent
    membership: Membership
    rules: QueueConfig
    requirement: Requirement


def _longest_idle(candidacy: Candidacy) -> Key:
    return (candidacy.agent.idle_since,)


def _fewest_calls(candidacy: Candidacy) -> Key:
    return (candidacy.agent.calls, candidacy.agent.idle_since)


def _least_talk_time(candidacy: Candidacy) -> Key:
    return (candidacy.agent.talk_s, candidacy.agent.idle_since)


def _round_robin(candidacy: Candidacy) -> Key:
    """Whose last turn in this queue is longest ago; those who had none yet, as configured."""
    return (candidacy.membership.last_turn, candidacy.membership.order)


def _linear(candidacy: Candidacy) -> Key:
    return (candidacy.membership.order,)


def _weighted_random(candidacy: Candidacy) -> Key:
    """The least of independent exponential draws is an agent's with the odds of its weight.

    Efraimidis and Spirakis, Weighted random sampling with a reservoir (2006).
    """
    return (-log(candidacy.agent.luck) / candidacy.membership.weight,)


def _skill_level(candidacy: Candidacy) -> Key:
    """The highest levels, added up, of what the queue ranks by, or else of what the call asks for."""
    names = candidacy.rules.rank_skills or candidacy.requirement.names
    return (-sum(candidacy.agent.qualities.get(name, 0) for name in names), candidacy.agent.idle_since)


KEYS: Mapping[StrategyName, Callable[[Candidacy], Key]] = {
    StrategyName.LONGEST_IDLE: _longest_idle,
    StrategyName.PREFERRED_AGENT: _longest_idle,
    StrategyName.RING_ALL: _longest_idle,
    StrategyName.FEWEST_CALLS: _fewest_calls,
    StrategyName.LEAST_TALK_TIME: _least_talk_time,
    StrategyName.ROUND_ROBIN: _round_robin,
    StrategyName.LINEAR: _linear,
    StrategyName.WEIGHTED_RANDOM: _weighted_random,
    StrategyName.SKILL_LEVEL: _skill_level,
}
"""A new strategy is a function here, a name in ``config.StrategyName`` and a line in this table."""


def draw(seed: int, number: int) -> float:
    """The ``number``-th of the draws of a seed: above 0 and at most 1, evenly."""
    digest = blake2b(b"%d:%d" % (seed, number), digest_size=7).digest()
    return (int.from_bytes(digest, "big") + 1) / (1 << 56)


class Ranking:
    """Free agents, best first."""

    __slots__ = ("_order", "_rank")

    def __init__(self) -> None:
        self._order: list[tuple[int, Key, str]] = []
        self._rank: dict[str, tuple[int, Key, str]] = {}

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, agent_id: str) -> bool:
        return agent_id in self._rank

    def add(self, candidacy: Candidacy) -> None:
        """What the key is made of must not change until ``remove``."""
        insort(self._order, self._note(candidacy))

    def add_all(self, candidacies: Iterable[Candidacy]) -> None:
        """The same of many at once."""
        self._order.extend(map(self._note, candidacies))
        self._order.sort()

    def _note(self, candidacy: Candidacy) -> tuple[int, Key, str]:
        agent_id = candidacy.agent.agent_id
        key = KEYS[candidacy.rules.strategy](candidacy)
        self._rank[agent_id] = rank = (candidacy.membership.penalty, key, agent_id)
        return rank

    def remove(self, agent_id: str) -> None:
        """Take an agent out; ignored when not in it."""
        rank = self._rank.pop(agent_id, None)
        if rank is not None:
            del self._order[bisect_left(self._order, rank)]

    def best(self) -> str | None:
        """Id of the agent whose turn it is."""
        return self._order[0][2] if self._order else None

    def all_best(self) -> list[str]:
        """Ids of all agents of the lowest penalty."""
        if not self._order:
            return []
        lowest = self._order[0][0]
        return [rank[2] for rank in takewhile(lambda rank: rank[0] == lowest, self._order)]

    def order(self) -> list[tuple[str, int, Key]]:
        """Agent, penalty and key of everybody, best first."""
        return self.first(len(self._order))

    def first(self, most: int) -> list[tuple[str, int, Key]]:
        """The same of at most so many."""
        return [(agent_id, penalty, key) for penalty, key, agent_id in self._order[:most]]
