"""One queue: who waits in it, in order, what they ask for, and which of its agents are free for whom."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Self

from acd.agent import Agent, AgentState, Membership, membership_of
from acd.entry import Entry
from acd.line import Line
from acd.media import VOICE
from acd.pace import Pace
from acd.queue_config import QueueConfig
from acd.queue_rules import OverflowRule, absence_key
from acd.requirement import Requirement, needed, parse_requirement
from acd.strategy import Ranking

_IDLE_DEMANDS_KEPT = 12
"""Calls that ask for what was asked for lately find the ranking ready."""

DemandKey = tuple[str, str]
"""Medium and requirement."""


class Demand:
    """Those in a queue who ask for the same, and the free agents who could serve them.

    Between two inputs at least one of ``waiting`` and ``ranking`` is empty.
    """

    __slots__ = ("medium", "needs", "queue", "ranking", "requirement", "ringing", "waiting")

    def __init__(self, queue: "Queue", medium: str, requirement: Requirement) -> None:
        self.queue = queue
        self.medium = medium
        self.requirement = requirement
        self.needs = needed(requirement.text)
        """What all who meet it have; empty when that is nothing."""
        self.waiting: Line = WaitingLine(self)
        self.ringing = Line()
        """Where all agents are rung: those nobody has accepted yet."""
        self.ranking = Ranking()

    @property
    def key(self) -> DemandKey:
        return (self.medium, self.requirement.text)

    @property
    def is_made(self) -> bool:
        """Whether anybody asks for it now."""
        return bool(len(self.waiting) or len(self.ringing))

    def is_met_by(self, membership: Membership) -> bool:
        return self.requirement.is_met_by(membership.qualities)


class WaitingLine(Line):
    """Those who wait with one demand; its queue knows who is first of them."""

    __slots__ = ("_demand",)

    def __init__(self, demand: Demand) -> None:
        super().__init__()
        self._demand = demand

    def add(self, entry: Entry) -> None:
        first = self.first()
        super().add(entry)
        if self.first() is not first:
            self._change_first(first, entry)

    def remove(self, entry: Entry) -> None:
        first = self.first()
        super().remove(entry)
        if entry is first:
            self._change_first(first, self.first())

    def _change_first(self, before: Entry | None, after: Entry | None) -> None:
        by_need, needs = self._demand.queue.firsts, self._demand.needs
        firsts = by_need.setdefault(needs, [])
        if before is not None:
            del firsts[bisect_left(firsts, before.rank)]
        if after is not None:
            insort(firsts, (*after.rank, self._demand))
        if not firsts:
            del by_need[needs]


class Queue:
    """Callers in the order of their ranks. One whose offer failed keeps the place."""

    def __init__(self, config: QueueConfig, now: float = 0.0) -> None:
        self.config = config
        self.line = Line()
        """Everybody in it, those being offered included."""
        self.members: dict[str, Agent] = {}
        """All its agents by id, signed in or not."""
        self.members_ever = 0
        """Counts everybody who ever was one of them: the order for new ones."""
        self.ahead = Line()
        """Callbacks that wait to be dialled for an agent who is expected."""
        self.talks = 0
        """How many conversations its callers have had."""
        self.talk_s = 0.0
        """How long these were in all."""
        self.staff: Counter[AgentState] = Counter()
        """How many of them are in each state."""
        self.unstaffed_since: float | None = now
        """When the last of them signed out, or it was opened; None while somebody is signed in."""
        self.absent_since: dict[str, float] = {}
        """By what a rule of overflow does not count: since when nobody has been there who does."""
        self.last_seen: Agent | None = None
        """One who was there when last looked for; to begin with the next time."""
        self.pace = Pace()
        """How fast it goes of late."""
        self.pace.at = now
        self.is_closed = False
        """By its calendar."""
        self.is_retired = False
        """Whether the configuration has it no more: it goes with the last who waits, or talks."""
        self.firsts: dict[str, list[tuple[float, int, Demand]]] = {}
        """Ranks of the first who wait with each demand, the lowest first: whom free agents may be given. By
        what the demand needs, so that nobody looks at those who ask for what the agent has not."""
        self._with: dict[str, tuple[str, ...]] = {}
        """Members by a skill or tag that was looked for."""
        self._idle: dict[DemandKey, Demand] = {}
        """Those that nobody made when last looked at, the longest ago first."""
        everybody = Demand(self, VOICE, parse_requirement(""))
        self.demands = {everybody.key: everybody}

    @classmethod
    def opened(cls, config: QueueConfig, open_calendars: Collection[str], now: float) -> Self:
        """In the middle of a day."""
        queue = cls(config, now)
        queue.go_by_calendar(open_calendars)
        return queue

    def go_by_calendar(self, open_calendars: Collection[str]) -> None:
        """Be closed while its calendar is."""
        self.is_closed = bool(self.config.calendar) and self.config.calendar not in open_calendars

    def __len__(self) -> int:
        return len(self.line)

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def is_full(self) -> bool:
        return 0 < self.config.max_waiting <= len(self.line)

    @property
    def signed_in(self) -> int:
        return len(self.members) - self.staff[AgentState.LOGGED_OUT]

    def nobody_there_since(self, rule: OverflowRule) -> float | None:
        """None while somebody is there, as the rule counts."""
        return self.absent_since.get(absence_key(rule)) if rule.not_counting else self.unstaffed_since

    @property
    def eligible(self) -> int:
        """Agents who would be rung at once for one who asks for nothing."""
        return len(self.demands[VOICE, ""].ranking)

    def employ(self, agent: Agent) -> None:
        """Let an agent serve it, as the last of its agents."""
        agent.memberships[self.name] = membership_of(agent, self.name, self.members_ever)
        self.members_ever += 1
        self.members[agent.agent_id] = agent
        self.staff[agent.state] += 1
        self.note_qualities()

    def dismiss(self, agent: Agent) -> None:
        """Let an agent serve it no longer; called while no caller can find the agent."""
        del agent.memberships[self.name], self.members[agent.agent_id]
        self.staff[agent.state] -= 1
        self.note_qualities()

    def note_qualities(self) -> None:
        """Some member has other skills or tags than before."""
        self._with.clear()

    def members_with(self, quality: str) -> tuple[str, ...]:
        """Ids of its agents who have a skill or tag, at whatever level."""
        if quality not in self._with:
            self._with[quality] = tuple(
                agent_id
                for agent_id, agent in self.members.items()
                if quality in agent.memberships[self.name].qualities
            )
        return self._with[quality]

    @property
    def has_backlog(self) -> bool:
        """Whether somebody waits whom no agent is rung for."""
        return bool(self.firsts)

    def idle_demands(self, demand: Demand) -> Iterator[Demand]:
        """To be forgotten when nobody makes this one for now: all that nobody makes but those made last.

        What asks for nothing is never idle: it knows who is free, for all others.
        """
        if demand.requirement.text and not demand.is_made:
            self._idle.pop(demand.key, None)
            self._idle[demand.key] = demand
        while len(self._idle) > _IDLE_DEMANDS_KEPT:
            oldest = self._idle.pop(next(iter(self._idle)))
            if not oldest.is_made:
                yield oldest

    def longest_wait_s(self, now: float) -> float:
        """Of all in the line; priority may have put somebody else first."""
        return max((now - entry.places[self.name].joined_at for entry in self.line), default=0.0)
