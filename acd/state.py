"""Everything the ACD knows at one moment. One owner: ``core.py``."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from acd.agent import Agent
from acd.agent_config import AgentConfig
from acd.by_number import EntriesByNumber
from acd.config import AcdConfig
from acd.entry import Entry, Offer
from acd.events import OfferCause
from acd.line import Line
from acd.queue import Demand, Queue
from acd.queue_config import QueueConfig
from runtime.deadlines import Deadlines
from runtime.errors import UsageError


class TimerKind(StrEnum):
    """What a deadline is for. Its subject is the id of an offer, entry, agent, queue or station."""

    OFFER_LEASE = "offer_lease"
    """An offer ends by itself."""
    MAX_WAIT = "max_wait"
    """An entry has waited as long as the queue allows."""
    RING = "ring"
    """Less, or something else, is asked of agents from now on for an entry in a queue."""
    OVERFLOW = "overflow"
    """An entry has waited so long in a queue that a rule of overflow applies."""
    UNSTAFFED = "unstaffed"
    """A queue has been without agents so long that a rule of overflow applies."""
    ANNOUNCEMENT = "announcement"
    """One who waits is to be told something."""
    PREFERENCE = "preference"
    """An entry has waited for certain agents as long as was asked for."""
    CALLBACK = "callback"
    """What is to be done next for a callback is due: to call again, or to call no longer."""
    CALLBACK_EXPIRY = "callback_expiry"
    """A callback is given up."""
    WRAP_UP = "wrap_up"
    """An agent's after-call work ends."""
    LEAVE = "leave"
    """Nobody has decided on an agent's request for leave."""
    REFUSAL_DELAY = "refusal_delay"
    """Offers may come again to an agent who refused one."""
    SILENCE = "silence"
    """A station that gave no sign may be rung again."""


class Timer(NamedTuple):
    """One deadline's key."""

    kind: TimerKind
    subject: str
    queue_name: str = ""
    """For what an entry has in each of its queues."""


class OwnCall(NamedTuple):
    """A call of an agent that no queue offered: placed for the agent, or taken at the phone."""

    agent_id: str
    was_wrapping_up: bool
    """Whether the agent called in a wrap-up, which goes on when nobody answers."""
    offer_id: str = ""
    """By which the phone is in a call that was taken; empty for one that was placed."""


CanDial = Callable[[str, int | None, str], bool]


OnDecision = Callable[["AcdState", Entry, str, Sequence[str], OfferCause, float], None]
"""Shown whom an entry is about to be offered to: queue, agents, why so, and now. Changes nothing."""


KnowsTarget = Callable[[str], bool]


def knowing_every_target(target: str) -> bool:
    """Whatever is named is there."""
    return True


def dialling_anybody(number: str, level: int | None, queue_name: str) -> bool:
    """Whoever has a number can be called."""
    return bool(number)


class AcdState:
    """Queues, agents, entries, offers and deadlines, each found by its id."""

    def __init__(
        self,
        queues: Iterable[QueueConfig],
        agents: Iterable[AgentConfig],
        config: AcdConfig | None = None,
        seed: int = 0,
        can_dial: CanDial = dialling_anybody,
        now: float = 0.0,
        knows_target: KnowsTarget = knowing_every_target,
    ) -> None:
        self.config = config or AcdConfig()
        self.can_dial = can_dial
        """Whether a queue can call back at a number, by routes up to a level; None for any route."""
        self.knows_target = knows_target
        """Whether anybody takes calls for a target that is no queue."""
        self.on_decision: OnDecision | None = None
        self.seed = seed
        self.queues = {rules.name: Queue(rules, now) for rules in queues}
        self.agents: dict[str, Agent] = {}
        self.entries: dict[str, Entry] = {}
        """By entry id: waiting, offered or talking."""
        self.calls: dict[str, str] = {}
        """Call id → entry id."""
        self.callers = EntriesByNumber()
        """Calls, by the caller's own number."""
        self.callbacks = EntriesByNumber()
        """Those that wait for a callback, or talk after one, by the numbers they are called at."""
        self.engaged: dict[str, str] = {}
        """Number → id of the entry whose customer is called, or talked to, there."""
        self.open_calendars: set[str] = set()
        self.offers: dict[str, Offer] = {}
        self.own_calls: dict[str, OwnCall] = {}
        """By call: those of agents who are called first, until the agent is out of them."""
        self.personal: dict[tuple[str, str], Line] = {}
        """Agent and medium → who waits for that agent alone."""
        self.free: dict[tuple[str, str], list[Demand]] = {}
        """Agent and a medium that may be offered now → the demands in whose rankings the agent is."""
        self.retired_queues: dict[str, None] = {}
        """Those that the configuration has no more, in the order in which it lost them."""
        self.retired_agents: dict[str, None] = {}
        self.registered: set[str] = set()
        """Stations whose phone is registered."""
        self.silent: set[str] = set()
        """Stations that gave no sign when last rung, for a while (``no_answer.py``)."""
        self.seats: dict[str, str] = {}
        """Station → id of the agent who sits there."""
        self.timers: Deadlines[Timer] = Deadlines()
        self.joined = 0
        """How many callers ever joined."""
        self.turns = 0
        """How many offers were ever made."""
        self.draws = 0
        """How often chance was asked."""
        for agent in agents:
            self.employ(agent)

    def employ(self, config: AgentConfig) -> Agent:
        """Have an agent who serves the queues that are configured."""
        agent = self.agents[config.id] = Agent.employed(config)
        for name in config.queues:
            self.queues[name].employ(agent)
        return agent

    def queues_of(self, agent: Agent) -> list[Queue]:
        return [self.queues[name] for name in agent.memberships]

    def rank(self, joined_at: float, priority: int, sequence: int) -> tuple[float, int]:
        """Each level of priority counts as so much more waiting."""
        return (joined_at - priority * self.config.priority_level_s, sequence)

    def can_ring(self, station: str | None) -> bool:
        """Whether it makes sense to ring a station."""
        return station in self.registered and station not in self.silent

    def entry_of(self, call_id: str) -> Entry | None:
        """Who waits, or talks, in this call."""
        entry_id = self.calls.get(call_id)
        return None if entry_id is None else self.entries[entry_id]

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

    def queue_in_use(self, queue_name: str) -> Queue:
        """Raises UsageError when there is no such queue, or nobody may come to it any more."""
        queue = self.queue(queue_name)
        if queue.is_retired:
            raise UsageError(f"queue {queue_name} is no longer in the configuration; nobody new comes to it")
        return queue
