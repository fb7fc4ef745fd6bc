"""Which of several free agents gets the next call: each queue ranks its own as they come and go."""

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from typing import Protocol

from acd.agent import Agent
from acd.config import StrategyName


class Ranking(Protocol):
    """The eligible agents of one queue, best first.

    What ranks an agent must not change between ``add`` and ``remove``.
    """

    def add(self, agent: Agent) -> None: ...

    def remove(self, agent_id: str) -> None:
        """Take an agent out; ignored when not in it."""

    def best(self) -> str | None:
        """Id of the agent whose turn it is."""

    def __len__(self) -> int: ...

    def __contains__(self, agent_id: str) -> bool: ...


class LongestIdle:
    """Whoever has been without a call for longest; among equals the lower agent number."""

    def __init__(self) -> None:
        self._order: list[tuple[float, str]] = []
        self._rank: dict[str, tuple[float, str]] = {}

    def add(self, agent: Agent) -> None:
        self._rank[agent.agent_id] = rank = (agent.idle_since, agent.agent_id)
        insort(self._order, rank)

    def remove(self, agent_id: str) -> None:
        rank = self._rank.pop(agent_id, None)
        if rank is not None:
            del self._order[bisect_left(self._order, rank)]

    def best(self) -> str | None:
        return self._order[0][1] if self._order else None

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, agent_id: str) -> bool:
        return agent_id in self._rank


# A new strategy is a class here, a name in ``config.StrategyName`` and a line in this table.
STRATEGIES: Mapping[StrategyName, Callable[[], Ranking]] = {
    StrategyName.LONGEST_IDLE: LongestIdle,
}
