"""What the ACD is to be told so that it goes by another configuration."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from acd.agent_config import AgentConfig
from acd.config import AcdConfig
from acd.configuration_commands import ConfigureAcd
from acd.queue_config import QueueConfig

T = TypeVar("T")

AGENTS_AT_ONCE = 50
"""Agents in one command: a few milliseconds' work."""


@dataclass(frozen=True, slots=True)
class AcdSections:
    """The ACD's part of a configuration."""

    rules: AcdConfig
    queues: Sequence[QueueConfig]
    agents: Sequence[AgentConfig]


def differences(before: AcdSections, after: AcdSections, by: str = "") -> ConfigureAcd:
    """What is new, other or gone. Nothing at all leaves an empty command."""
    queues, agents = _by_name(before.queues), {agent.id: agent for agent in before.agents}
    kept_queues, kept_agents = _by_name(after.queues), {agent.id for agent in after.agents}
    return ConfigureAcd(
        rules=None if after.rules == before.rules else after.rules,
        queues=tuple(queue for queue in after.queues if queues.get(queue.name) != queue),
        agents=tuple(agent for agent in after.agents if agents.get(agent.id) != agent),
        removed_queues=tuple(name for name in queues if name not in kept_queues),
        removed_agents=tuple(agent_id for agent_id in agents if agent_id not in kept_agents),
        by=by,
    )


def in_parts(whole: ConfigureAcd, agents_at_once: int = AGENTS_AT_ONCE) -> Iterator[ConfigureAcd]:
    """The same as several commands, each whole in itself: the queues, and the agents some at a time.

    What retires does so first: its agents serve who waits there while their other queues change.
    """
    if whole.rules is not None or whole.queues or whole.removed_queues:
        yield ConfigureAcd(
            rules=whole.rules, queues=whole.queues, removed_queues=whole.removed_queues, by=whole.by
        )
    for agents in _slices(whole.agents, agents_at_once):
        yield ConfigureAcd(agents=agents, by=whole.by)
    for removed in _slices(whole.removed_agents, agents_at_once):
        yield ConfigureAcd(removed_agents=removed, by=whole.by)


def _slices(things: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    each = iter(things)
    while part := tuple(islice(each, size)):
        yield part


def _by_name(queues: Iterable[QueueConfig]) -> Mapping[str, QueueConfig]:
    return {queue.name: queue for queue in queues}
