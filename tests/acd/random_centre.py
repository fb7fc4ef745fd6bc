"""Any configuration of queues and agents that has no problems."""

from random import Random

from acd.agent_config import AgentConfig
from acd.callback import CallbackPolicy
from acd.config_problems import find_problems
from acd.queue_config import Closing, QueueConfig, SelfServiceTurn, StrategyName
from acd.queue_rules import Absence, OverflowCause, OverflowRule, RingRule

NAMES = ("报修", "投诉", "service", "线路", "vip")
_CAPACITIES: tuple[dict[str, int], ...] = ({}, {}, {"voice": 1, "chat": 2}, {"chat": 3, "video": 1})


def random_centre(choices: Random) -> tuple[list[QueueConfig], list[AgentConfig]]:
    """Three to five queues, two to eight agents."""
    while True:
        names = choices.sample(NAMES, choices.randint(3, len(NAMES)))
        queues = [_queue(choices, name, names) for name in names]
        agents = [_agent(choices, str(1001 + number), names) for number in range(choices.randint(2, 8))]
        if not find_problems(queues, agents):
            return queues, agents


def reconfigured(
    queues: list[QueueConfig], agents: list[AgentConfig], choices: Random
) -> tuple[list[QueueConfig], list[AgentConfig]] | None:
    """The same with one thing other, more or less; None when few were left, or that would have problems."""
    names = [queue.name for queue in queues]
    change = choices.choice([_with_queue, _without_queue, _with_agent, _without_agent])
    queues, agents = change(choices, queues, agents, names)
    few = len(queues) < 3 or len(agents) < 2
    return None if few or find_problems(queues, agents) else (queues, agents)


_Centre = tuple[list[QueueConfig], list[AgentConfig]]


def _with_queue(
    choices: Random, queues: list[QueueConfig], agents: list[AgentConfig], names: list[str]
) -> _Centre:
    """A new one, or other rules."""
    name = choices.choice(NAMES)
    changed = {queue.name: queue for queue in queues}
    changed[name] = _queue(choices, name, sorted({*names, name}))
    return list(changed.values()), agents


def _without_queue(
    choices: Random, queues: list[QueueConfig], agents: list[AgentConfig], names: list[str]
) -> _Centre:
    removed = choices.choice(names)
    return [queue for queue in queues if queue.name != removed], [_left(agent, removed) for agent in agents]


def _with_agent(
    choices: Random, queues: list[QueueConfig], agents: list[AgentConfig], names: list[str]
) -> _Centre:
    agent_id = str(1001 + choices.randrange(10))
    changed = {agent.id: agent for agent in agents}
    changed[agent_id] = _agent(choices, agent_id, names)
    return queues, list(changed.values())


def _without_agent(
    choices: Random, queues: list[QueueConfig], agents: list[AgentConfig], names: list[str]
) -> _Centre:
    removed = choices.choice(agents)
    return queues, [agent for agent in agents if agent is not removed]


def _left(agent: AgentConfig, queue: str) -> AgentConfig:
    """The agent without one of the queues."""
    return agent.model_copy(
        update={
            "queues": [name for name in agent.queues if name != queue],
            "priorities": {name: level for name, level in agent.priorities.items() if name != queue},
            "penalties": {name: level for name, level in agent.penalties.items() if name != queue},
        }
    )


def _queue(choices: Random, name: str, names: list[str]) -> QueueConfig:
    return QueueConfig(
        name=name,
        strategy=choices.choice(list(StrategyName)),
        weight=choices.choice([0, 0, 5]),
        priority=choices.choice([0, 0, 3]),
        ring_timeout_s=choices.choice([3, 6, 15]),
        refusal_delay_s=choices.choice([1, 3, 20]),
        wrap_up_s=choices.choice([0, 5, 30]),
        max_wait_s=choices.choice([0, 20, 40]),
        on_timeout=_way_out(choices, names),
        max_waiting=choices.choice([0, 2, 6]),
        on_full=_way_out(choices, names),
        rings=_rings(choices),
        overflow=[_rule(choices, name, names) for _ in range(choices.choice([0, 0, 1, 2]))],
        calendar=choices.choice(["", "", "", "office", "counter"]),
        closing=choices.choice(list(Closing)),
        exit_keys={key: _way_out(choices, names) for key in choices.sample("019", choices.choice([0, 1, 2]))},
        self_service_keys=choices.choice([{}, {"5": "flow:bill"}]),
        self_service_turn=choices.choice(list(SelfServiceTurn)),
        callback_on_hang_up=choices.random() < 0.3,
        callback_policy=choices.choice(list(CallbackPolicy)),
        callback_calendar=choices.choice(["", "", "office"]),
        callback_valid_s=90,
        callback_ring_s=6,
        callback_retry_s=7,
    )


def _agent(choices: Random, agent_id: str, names: list[str]) -> AgentConfig:
    queues = choices.sample(names, choices.randint(1, len(names)))
    return AgentConfig(
        id=agent_id,
        queues=queues,
        priorities={queue: choices.choice([1, 2]) for queue in queues[:1]},
        penalties={queue: choices.choice([0, 1]) for queue in queues[-1:]},
        weight=choices.choice([0.5, 1, 3]),
        skills={
            skill: choices.choice([1, 3])
            for skill in choices.sample(["en", "complaints"], choices.choice([0, 1, 2]))
        },
        tags=choices.sample(["trainee"], choices.choice([0, 1])),
        capacity=choices.choice(_CAPACITIES),
    )


def _way_out(choices: Random, names: list[str]) -> str:
    return choices.choice(["hang_up", "flow:closed", f"queue:{choices.choice(names)}"])


def _rings(choices: Random) -> list[RingRule]:
    first = RingRule(after_s=choices.choice([0, 4]), require=choices.choice(["", "en", "complaints>=2"]))
    later = RingRule(after_s=12, require=choices.choice(["", "en"]), drop_callers_own=choices.random() < 0.5)
    return [[], [later], [first, later]][choices.choice([0, 0, 1, 2])]


def _rule(choices: Random, name: str, names: list[str]) -> OverflowRule:
    when, above = choices.choice(list(OverflowCause)), choices.choice([0, 2, 10])
    if when is OverflowCause.TAGGED:
        return OverflowRule(when=when, tag="vip", to=_way_out(choices, names))
    if when is OverflowCause.UNSTAFFED:
        absent = choices.sample(list(Absence), choices.choice([0, 1, 3]))
        return OverflowRule(when=when, above=above, to=_way_out(choices, names), not_counting=absent)
    if when is OverflowCause.CLOSED or choices.random() < 0.5:
        return OverflowRule(when=when, above=above, to=_way_out(choices, names))
    return OverflowRule(
        when=when, above=above, also=choices.choice([other for other in names if other != name])
    )
