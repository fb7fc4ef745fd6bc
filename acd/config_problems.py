"""Mistakes that only show when queues and agents are read together."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from acd.agent_config import AgentConfig
from acd.agent_target import own_queue
from acd.config import AGENT_SCHEME, QUEUE_SCHEME
from acd.queue_config import CALLBACK, QueueConfig
from acd.queue_rules import OverflowCause, OverflowRule
from acd.queue_target import parse_queue_target
from runtime.errors import UsageError
from runtime.problems import Finding, KeyPath, listed
from runtime.target import HANG_UP, parse_target

_AT_ONCE = (
    OverflowCause.LENGTH,
    OverflowCause.ESTIMATED_WAIT,
    OverflowCause.UNSTAFFED,
    OverflowCause.CLOSED,
    OverflowCause.TAGGED,
)
"""Rules of overflow that can send a newcomer on before any waiting."""


def find_problems(queues: Sequence[QueueConfig], agents: Sequence[AgentConfig]) -> list[Finding]:
    """What is wrong between queues and agents that are each valid by themselves, no two of one name."""
    names = {queue.name for queue in queues}
    return [
        *_unknown_memberships(agents, names),
        *_values_for_other_queues(agents),
        *_wrong_targets(queues, names, agents),
        *_unknown_second_queues(queues, names),
        *_circles(queues, own_queues(agents)),
        *_never_closed(queues),
    ]


def ways_out(index: int, queue: QueueConfig) -> Iterator[tuple[KeyPath, str]]:
    """Every place where a queue sends callers somewhere: its path in the configuration, and where to."""
    section = ("queues", index)
    yield (*section, "on_timeout"), queue.on_timeout
    yield (*section, "on_full"), queue.on_full
    for number, rule in enumerate(queue.overflow):
        if rule.to:
            yield (*section, "overflow", number, "to"), rule.to
    for key, target in queue.exit_keys.items():
        if target != CALLBACK:
            yield (*section, "exit_keys", key), target
    for key, target in queue.self_service_keys.items():
        yield (*section, "self_service_keys", key), target


def own_queues(agents: Sequence[AgentConfig]) -> dict[str, str]:
    """Agent → the queue that targets ``agent:<number>`` lead to; without those who have none."""
    return {agent.id: name for agent in agents if (name := own_queue(agent)) is not None}


def why_no_target(target: str, names: set[str], agents: Collection[str] = ()) -> str | None:
    """What should have been in the place of a target that names no queue, or no agent with a queue.

    None for any other target.
    """
    scheme, name = parse_target(target)
    if scheme == AGENT_SCHEME and name not in agents:
        return "agent:<number>, of an agent with a queue"
    if scheme != QUEUE_SCHEME:
        return None
    try:
        unknown = set(parse_queue_target(name).queues) - names
    except UsageError as mistake:
        return str(mistake)
    return f"queue:<name>, one of {listed(names)}" if unknown else None


def _unknown_memberships(agents: Sequence[AgentConfig], names: set[str]) -> Iterator[Finding]:
    for index, agent in enumerate(agents):
        for place, queue in enumerate(agent.queues):
            path = ("agents", index, "queues", place)
            if queue not in names:
                yield Finding(path, f"the name of a queue: {listed(names)}")
            elif queue in agent.queues[:place]:
                yield Finding(path, "each queue once")


def _values_for_other_queues(agents: Sequence[AgentConfig]) -> Iterator[Finding]:
    for index, agent in enumerate(agents):
        for key, values in (("priorities", agent.priorities), ("penalties", agent.penalties)):
            for queue in values:
                if queue not in agent.queues:
                    yield Finding(("agents", index, key, queue), "a queue from the agent's queues")


def _wrong_targets(
    queues: Sequence[QueueConfig], names: set[str], agents: Sequence[AgentConfig]
) -> Iterator[Finding]:
    known = own_queues(agents)
    for index, queue in enumerate(queues):
        for path, target in ways_out(index, queue):
            if (expected := why_no_target(target, names, known)) is not None:
                yield Finding(path, expected)


def _unknown_second_queues(queues: Sequence[QueueConfig], names: set[str]) -> Iterator[Finding]:
    for index, queue in enumerate(queues):
        for number, rule in enumerate(queue.overflow):
            if rule.also and (rule.also not in names or rule.also == queue.name):
                path = ("queues", index, "overflow", number, "also")
                yield Finding(path, f"the name of another queue: {listed(names - {queue.name})}")


def _never_closed(queues: Sequence[QueueConfig]) -> Iterator[Finding]:
    for index, queue in enumerate(queues):
        for number, rule in enumerate(queue.overflow):
            if rule.when is OverflowCause.CLOSED and not queue.calendar:
                path = ("queues", index, "overflow", number, "when")
                yield Finding(path, "a queue with a calendar: without one it never closes")


def _circles(queues: Sequence[QueueConfig], of_agents: Mapping[str, str]) -> Iterator[Finding]:
    """Queues that pass a caller round without any waiting would do so for ever, in one instant."""
    leads_to = {
        queue.name: dict(_instant_ways_out(index, queue, of_agents)) for index, queue in enumerate(queues)
    }
    for queue in queues:
        for path, first in leads_to[queue.name].items():
            if _reaches(leads_to, first, queue.name):
                yield Finding(path, "a way out that does not lead back to this queue when all on it refuse")


def _instant_ways_out(
    index: int, queue: QueueConfig, of_agents: Mapping[str, str]
) -> Iterator[tuple[KeyPath, str]]:
    if queue.max_waiting and (name := _queue_of(queue.on_full, of_agents)):
        yield ("queues", index, "on_full"), name
    for number, rule in enumerate(queue.overflow):
        if _applies_at_once(rule) and (name := _queue_of(rule.to, of_agents)):
            yield ("queues", index, "overflow", number, "to"), name


def _applies_at_once(rule: OverflowRule) -> bool:
    return rule.when in _AT_ONCE or (rule.when is OverflowCause.WAIT and not rule.above)


def _reaches(leads_to: Mapping[str, Mapping[KeyPath, str]], start: str, end: str) -> bool:
    visited, frontier = {start}, [start]
    while frontier:
        name = frontier.pop()
        if name == end:
            return True
        for following in set(leads_to.get(name, {}).values()) - visited:
            visited.add(following)
            frontier.append(following)
    return False


def _queue_of(target: str, of_agents: Mapping[str, str]) -> str | None:
    if target == HANG_UP or not target:
        return None
    scheme, name = parse_target(target)
    if scheme == AGENT_SCHEME:
        return of_agents.get(name)
    return name.partition("?")[0] if scheme == QUEUE_SCHEME else None
