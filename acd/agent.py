"""One agent: the states, the table of what leads from one to the next, and what is known of the agent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from acd.agent_config import AgentConfig
from acd.media import USUAL_CAPACITY
from acd.requirement import PENALTY
from runtime.errors import UsageError
from runtime.tenancy import bare


class AgentState(StrEnum):
    """What an agent is doing."""

    LOGGED_OUT = "LOGGED_OUT"
    NOT_READY = "NOT_READY"
    """Signed in (签入) but wants no calls (示忙), for a reason."""
    AVAILABLE = "AVAILABLE"
    """Waits for a call (示闲)."""
    OFFERED = "OFFERED"
    """One call is being offered: from the command to ring until the caller is connected.

    Or the phone rings first for a call of the agent's own.
    """
    ON_CALL = "ON_CALL"
    WRAP_UP = "WRAP_UP"
    """After-call work (话后处理)."""


class AgentAction(StrEnum):
    """What leads from one state to the next."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    READY = "ready"
    NOT_READY = "not_ready"
    OFFER = "offer"
    END_OFFER = "end_offer"
    CALL = "call"
    """Have the switch place a call, whose phone rings first."""
    TAKE = "take"
    """Talk at the own phone, though not ready."""
    PUT_DOWN = "put_down"
    """Be done with such a call, having become ready meanwhile."""
    CONNECT = "connect"
    END_CALL = "end_call"
    END_WRAP_UP = "end_wrap_up"


TRANSITIONS: Mapping[AgentState, Mapping[AgentAction, AgentState]] = {
    AgentState.LOGGED_OUT: {
        AgentAction.SIGN_IN: AgentState.NOT_READY,
    },
    AgentState.NOT_READY: {
        AgentAction.READY: AgentState.AVAILABLE,
        AgentAction.NOT_READY: AgentState.NOT_READY,
        AgentAction.SIGN_OUT: AgentState.LOGGED_OUT,
        AgentAction.CALL: AgentState.OFFERED,
        AgentAction.TAKE: AgentState.ON_CALL,
    },
    AgentState.AVAILABLE: {
        AgentAction.READY: AgentState.AVAILABLE,
        AgentAction.NOT_READY: AgentState.NOT_READY,
        AgentAction.SIGN_OUT: AgentState.LOGGED_OUT,
        AgentAction.OFFER: AgentState.OFFERED,
        AgentAction.CALL: AgentState.OFFERED,
    },
    AgentState.OFFERED: {
        AgentAction.END_OFFER: AgentState.AVAILABLE,
        AgentAction.NOT_READY: AgentState.NOT_READY,
        AgentAction.CONNECT: AgentState.ON_CALL,
        AgentAction.END_CALL: AgentState.WRAP_UP,
    },
    AgentState.ON_CALL: {
        AgentAction.END_CALL: AgentState.WRAP_UP,
        AgentAction.NOT_READY: AgentState.NOT_READY,
        AgentAction.PUT_DOWN: AgentState.AVAILABLE,
    },
    AgentState.WRAP_UP: {
        AgentAction.END_WRAP_UP: AgentState.AVAILABLE,
        AgentAction.READY: AgentState.AVAILABLE,
        AgentAction.NOT_READY: AgentState.NOT_READY,
        AgentAction.SIGN_OUT: AgentState.LOGGED_OUT,
        AgentAction.CALL: AgentState.OFFERED,
    },
}


@dataclass(slots=True)
class Membership:
    """An agent in one queue."""

    queue_name: str
    order: int
    """The agent's place among the queue's agents, as configured."""
    priority: int = 1
    """Calls of the queue with the lowest number come first to this agent."""
    penalty: int = 0
    """Agents with the lowest number come first to a call of this queue."""
    weight: float = 1.0
    """The odds of this agent where chance decides."""
    last_turn: int = 0
    """Counts offers: the agent's latest in this queue; 0 before the first."""
    qualities: Mapping[str, int] = field(default_factory=dict)
    """Skills, tags and the penalty: what requirements of calls in this queue look at."""


@dataclass(slots=True)
class Leave:
    """An agent asks to go away for a while (离席), or is away."""

    reason: str
    asked_at: float
    approved_at: float | None = None


@dataclass(slots=True)
class Agent:
    """What the ACD knows of one agent now. Times are the core's monotonic seconds."""

    agent_id: str
    config: AgentConfig
    skills: Mapping[str, int]
    """With their levels."""
    tags: tuple[str, ...]
    qualities: Mapping[str, int]
    """What requirements look at: skills, tags and the agent's number."""
    memberships: dict[str, Membership] = field(default_factory=dict)
    """By queue, in the order in which they were given."""
    state: AgentState = AgentState.LOGGED_OUT
    reason: str = ""
    """Why NOT_READY; empty in every other state."""
    since: float | None = None
    """When the present state (or reason) began; None until the first sign-in."""
    idle_since: float = 0.0
    """When the last call and its wrap-up were over; before the first call, when the shift began.

    Offers that came to nothing and breaks leave it as it is: nobody gains or loses a turn by them.
    """
    station: str | None = None
    offer_id: str | None = None
    """The offer the agent is rung for or talks on; None in a call of the agent's own."""
    call_id: str | None = None
    """The call the agent is rung for, talks on or wraps up."""
    not_ready_after: str | None = None
    """Reason of a not-ready request that waits for the end of the present call."""
    not_ready_by: str = ""
    """Which supervisor made that request, if one did."""
    held_reason: str = ""
    """Of the not-ready state a supervisor has set and only one lifts, in this shift or the next."""
    sign_out_after: bool = False
    """Whether the shift ends as soon as nothing is in hand."""
    sign_out_by: str = ""
    leave: Leave | None = None
    wrap_up_s: float = 0.0
    """So long the present wrap-up may take."""
    auto_answer: bool = False
    """Whether the phone is asked to answer by itself."""
    missed: int = 0
    """Offers unanswered in a row."""
    luck: float = 1.0
    """Drawn anew whenever the agent becomes free: above 0 and at most 1."""
    items: dict[str, str] = field(default_factory=dict)
    """Offers of media that run side by side, whether rung for or in hand: offer → medium."""
    calls: int = 0
    """Taken in this shift, of all media."""
    talk_s: float = 0.0
    """Spent on those by voice or video."""

    @classmethod
    def employed(cls, config: AgentConfig) -> Self:
        """In no queue yet."""
        qualities = qualities_of(config.id, config.skills, config.tags)
        skills, tags = config.skills, tuple(config.tags)
        return cls(config.id, config, skills, tags, qualities, auto_answer=config.auto_answer)

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def capacity(self) -> Mapping[str, int]:
        """How much of each medium at once."""
        return self.config.capacity or USUAL_CAPACITY

    def has_room_for(self, medium: str) -> bool:
        """Of a medium that runs side by side with others."""
        in_hand = sum(1 for item in self.items.values() if item == medium)
        return in_hand < self.capacity.get(medium, 0)

    @property
    def queue_names(self) -> tuple[str, ...]:
        return tuple(self.memberships)

    def state_after(self, action: AgentAction) -> AgentState:
        """The state the table gives. Raises UsageError when it gives none."""
        state = TRANSITIONS[self.state].get(action)
        if state is None:
            asked, *possible = (a.replace("_", " ") for a in (action, *TRANSITIONS[self.state]))
            can = " or ".join(possible)
            raise UsageError(
                f"agent {self.agent_id} is {self.state}: {asked} is not possible now, only {can}"
            )
        return state


def qualities_of(agent_id: str, skills: Mapping[str, int], tags: Iterable[str]) -> dict[str, int]:
    """What requirements can ask for: skills at their levels, tags, and the agent in person.

    A tenant's agent has the number there by which the tenant knows the agent, as its requirements do.
    """
    return {**dict.fromkeys(tags, 1), f"agent:{bare(agent_id)}": 1, **skills}


def membership_of(agent: Agent, queue_name: str, order: int) -> Membership:
    """The agent as one of a queue's, as configured."""
    penalty = agent.config.penalties.get(queue_name, 0)
    return Membership(
        queue_name=queue_name,
        order=order,
        priority=agent.config.priorities.get(queue_name, 1),
        penalty=penalty,
        weight=agent.config.weight,
        qualities=with_penalty(agent.qualities, penalty),
    )


def with_penalty(qualities: Mapping[str, int], penalty: int) -> Mapping[str, int]:
    """The qualities as one queue sees them."""
    return {**qualities, PENALTY: penalty} if penalty else qualities
