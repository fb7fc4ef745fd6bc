"""Everything the ACD knows at one moment. One owner: ``core.py``."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from acd.agent import Agent
from acd.config import AgentConfig, QueueConfig
from acd.queue import Entry, Offer, Queue
from acd.strategy import STRATEGIES
from runtime.deadlines import Deadlines
from runtime.errors import UsageError


class TimerKind(StrEnum):
    """What a deadline is for. Its subject is an offer's, a call's or an agent's id."""

    OFFER_LEASE = "offer_lease"
    """An offer ends by itself."""
    MAX_WAIT = "max_wait"
    """A call has waited as long as its queue allows."""
    WRAP_UP = "wrap_up"
    """An agent's after-call work ends."""
    REFUSAL_DELAY = "refusal_delay"
    """Offers may come again to an agent who refused one."""


class Timer(NamedTuple):
    """One deadline's key."""

    kind: TimerKind
    subject: str


class AcdState:
    """Queues, agents, callers, offers and deadlines, each found by its id."""

    def __init__(self, queues: Iterable[QueueConfig], agents: Iterable[AgentConfig]) -> None:
        self.agents = {agent.id: Agent(agent.id, agent.name, tuple(agent.queues)) for agent in agents}
        self.queues = {config.name: self._open(config) for config in queues}
        self.entries: dict[str, Entry] = {}
        """By call id: waiting, offered or talking."""
        self.offers: dict[str, Offer] = {}
        self.registered: set[str] = set()
        """Stations whose phone is registered."""
        self.silent: set[str] = set()
        """Stations that gave no sign when last rung, until they register anew or their agent says ready."""
        self.seats: dict[str, str] = {}
        """Station → id of the agent who sits there."""
        self.timers: Deadlines[Timer] = Deadlines()
        self.joined = 0
        """How many callers ever joined a queue."""

    def _open(self, config: QueueConfig) -> Queue:
        served_by = tuple(a.agent_id for a in self.agents.values() if config.name in a.queue_names)
        return Queue(config, STRATEGIES[config.strategy](), served_by)

    def can_ring(self, station: str | None) -> bool:
        """Whether it makes sense to ring a station."""
        return station in self.registered and station not in self.silent

    def agent(self, agent_id: str) -> Agent:
        """Raises UsageError when there is no such agent."""
        if agent_id not in self.agents:
            raise UsageError(
                f"there is no agent {agent_id}; agents are listed in [[agents]] of the configuration"
            )
        return self.agents[agent_id]

    def queue(self, queue_name: str) -> Queue:
        """Raises UsageError when there is no such queue."""
        if queue_name not in self.queues:
            raise UsageError(
                f"there is no queue {queue_name}; queues are listed in [[queues]] of the configuration"
            )
        return self.queues[queue_name]

    def queues_of(self, agent: Agent) -> list[Queue]:
        return [self.queues[name] for name in agent.queue_names]
