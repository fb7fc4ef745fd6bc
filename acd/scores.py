"""The keys by which agents are ranked, as people read them."""

from collections.abc import Mapping

from acd.queue_config import StrategyName
from acd.strategy import Key, Ranking

_NAMES: Mapping[StrategyName, tuple[str, ...]] = {
    StrategyName.LONGEST_IDLE: ("idle_s",),
    StrategyName.PREFERRED_AGENT: ("idle_s",),
    StrategyName.RING_ALL: ("idle_s",),
    StrategyName.FEWEST_CALLS: ("calls", "idle_s"),
    StrategyName.LEAST_TALK_TIME: ("talk_s", "idle_s"),
    StrategyName.ROUND_ROBIN: ("last_turn", "order"),
    StrategyName.LINEAR: ("order",),
    StrategyName.WEIGHTED_RANDOM: ("draw",),
    StrategyName.SKILL_LEVEL: ("levels", "idle_s"),
}
"""What stands at each place of a strategy's key: the first that differs decides."""

Score = tuple[tuple[str, float], ...]
"""Name and value of each part, the most important first."""
Ranked = tuple[tuple[str, int, Score], ...]
"""Agents by number with penalty and score, the best first."""

_TOLD = 3
"""The chosen, and the next two."""


def score(strategy: StrategyName, key: Key, now: float) -> Score:
    """A strategy's key with the moment told as a time, and levels as they are."""
    parts = zip(_NAMES[strategy], key, strict=True)
    return tuple((name, _told(name, value, now)) for name, value in parts)


def first_ranked(ranking: Ranking, strategy: StrategyName, now: float) -> Ranked:
    """The first of a ranking."""
    first = ranking.first(_TOLD)
    return tuple((agent_id, penalty, score(strategy, key, now)) for agent_id, penalty, key in first)


def _told(name: str, value: float, now: float) -> float:
    if name == "idle_s":
        return round(now - value, 3)
    return round(-value if name == "levels" else value, 6)
