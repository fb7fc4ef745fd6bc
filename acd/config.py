"""The ACD's part of the configuration: the sections ``[[queues]]`` and ``[[agents]]``."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from pydantic import Field

from runtime.models import Section
from runtime.problems import Finding, listed
from runtime.target import HANG_UP, WAY_OUT_PATTERN, parse_target

QUEUE_SCHEME = "queue"
"""Targets ``queue:<name>`` lead here."""


class StrategyName(StrEnum):
    """How a queue chooses among its free agents; what each does is in ``strategy.py``."""

    LONGEST_IDLE = "longest_idle"


class QueueConfig(Section):
    """Section ``[[queues]]``: one queue (技能队列)."""

    name: str = Field(
        min_length=1, pattern=r"^\S+$", description="Short name, used in targets such as queue:service."
    )
    title: str = Field(default="", description="Name for people; empty: the short name.")
    strategy: StrategyName = Field(
        default=StrategyName.LONGEST_IDLE, description="Which of several free agents gets the next call."
    )
    ring_timeout_s: float = Field(
        default=15, gt=0, le=300, description="Seconds an agent's phone rings before the offer ends (RONA)."
    )
    rona_reason: str = Field(
        default="no_answer",
        min_length=1,
        description="Not-ready reason given to an agent who let the phone ring in vain.",
    )
    refusal_delay_s: float = Field(
        default=10,
        ge=1,
        le=3600,
        description="Seconds without offers for an agent whose phone refused one (rejected, busy, failed).",
    )
    wrap_up_s: float = Field(
        default=10, ge=0, le=3600, description="Seconds of after-call work following each call; 0: none."
    )
    record: bool = Field(
        default=False,
        description="Whether callers are recorded when they talk to an agent, where the access code does "
        "not say so.",
    )
    record_share: float = Field(
        default=1.0, ge=0, le=1, description="The share of them that is recorded so, chosen by chance."
    )
    max_wait_s: float = Field(default=0, ge=0, description="Seconds a caller may wait; 0: no limit.")
    on_timeout: str = Field(
        default=HANG_UP,
        pattern=WAY_OUT_PATTERN,
        description="What happens at max_wait_s: hang_up, or a target such as flow:closed.",
    )
    max_waiting: int = Field(default=0, ge=0, description="Callers that may wait at once; 0: no limit.")
    on_full: str = Field(
        default=HANG_UP,
        pattern=WAY_OUT_PATTERN,
        description="What happens to a caller beyond max_waiting: hang_up, or a target.",
    )
    music: str = Field(
        default="", description="Prompt played again and again to those who wait; empty: silence."
    )


class AgentConfig(Section):
    """Section ``[[agents]]``: one agent (坐席)."""

    id: str = Field(min_length=1, pattern=r"^\S+$", description="The agent's number (工号).")
    name: str = Field(default="", description="The agent's name, for people.")
    queues: list[str] = Field(default_factory=list, description="Names of the queues the agent serves.")


def find_problems(queues: Sequence[QueueConfig], agents: Sequence[AgentConfig]) -> list[Finding]:
    """What is wrong between queues and agents that are each valid by themselves, no two of one name."""
    names = {queue.name for queue in queues}
    return [*_unknown_memberships(agents, names), *_unknown_targets(queues, names), *_full_circles(queues)]


def _unknown_memberships(agents: Sequence[AgentConfig], names: set[str]) -> Iterator[Finding]:
    for index, agent in enumerate(agents):
        for place, queue in enumerate(agent.queues):
            path = ("agents", index, "queues", place)
            if queue not in names:
                yield Finding(path, f"the name of a queue: {listed(names)}")
            elif queue in agent.queues[:place]:
                yield Finding(path, "each queue once")


def _unknown_targets(queues: Sequence[QueueConfig], names: set[str]) -> Iterator[Finding]:
    for index, queue in enumerate(queues):
        for key, target in (("on_timeout", queue.on_timeout), ("on_full", queue.on_full)):
            name = _queue_of(target)
            if name is not None and name not in names:
                yield Finding(("queues", index, key), f"queue:<name>, one of {listed(names)}")


def _full_circles(queues: Sequence[QueueConfig]) -> Iterator[Finding]:
    """Full queues that pass a caller round in a circle would do so for ever, in one instant."""
    when_full = {queue.name: _queue_of(queue.on_full) for queue in queues if queue.max_waiting}
    for index, queue in enumerate(queues):
        visited: set[str] = set()
        place = when_full.get(queue.name)
        while place is not None and place not in visited:
            visited.add(place)
            place = when_full.get(place)
        if queue.name in visited:
            expected = "a way out that does not lead back to this queue when all on it are full"
            yield Finding(("queues", index, "on_full"), expected)


def _queue_of(target: str) -> str | None:
    scheme, name = parse_target(target)
    return name if scheme == QUEUE_SCHEME else None
