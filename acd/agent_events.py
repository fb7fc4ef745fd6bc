"""What the ACD reports about agents.

agent.signed_in … agent.state_changed … agent.wrap_up_started … agent.signed_out
"""

from enum import StrEnum
from typing import ClassVar

from acd.agent import AgentState
from runtime.vocabulary import Event, plain_data


@plain_data
class AgentSignedIn(Event):
    """An agent's shift began at a station."""

    topic: ClassVar[str] = "agent.signed_in"
    agent: str
    station: str
    queues: tuple[str, ...]


@plain_data
class AgentSignedOut(Event):
    """An agent's shift ended; the station is free."""

    topic: ClassVar[str] = "agent.signed_out"
    agent: str
    station: str
    by: str = ""
    """The supervisor who wanted it; empty when nobody but the agent did."""


@plain_data
class AgentMoved(Event):
    """An agent goes on at another station, in the same shift."""

    topic: ClassVar[str] = "agent.moved"
    agent: str
    from_station: str
    to_station: str


@plain_data
class AgentReleased(Event):
    """A supervisor ended what an agent had: the call, or the ringing of the phone."""

    topic: ClassVar[str] = "agent.released"
    agent: str
    call_id: str
    by: str


class LeaveDecision(StrEnum):
    """What became of a request for leave."""

    APPROVED = "approved"
    """The agent is not ready, at once or after the present call."""
    DENIED = "denied"
    TAKEN_BACK = "taken_back"
    """By the agent, or with the end of the shift."""
    EXPIRED = "expired"
    """Nobody decided in time."""


@plain_data
class LeaveAsked(Event):
    """An agent asks to go away for a while."""

    topic: ClassVar[str] = "agent.leave_asked"
    agent: str
    reason: str
    limit_s: float


@plain_data
class LeaveDecided(Event):
    """A request for leave is no longer open."""

    topic: ClassVar[str] = "agent.leave_decided"
    agent: str
    reason: str
    decision: LeaveDecision
    by: str


@plain_data
class LeaveEnded(Event):
    """An agent on leave is ready again, not ready for another reason, or has signed out."""

    topic: ClassVar[str] = "agent.leave_ended"
    agent: str
    reason: str
    away_ms: int
    """Since the approval."""


@plain_data
class AgentChanged(Event):
    """An agent serves other queues, or has other skills or tags, from now on."""

    topic: ClassVar[str] = "agent.changed"
    latest_of: ClassVar[str] = "agent"
    agent: str
    queues: tuple[str, ...]
    skills: tuple[tuple[str, int], ...]
    """Each with its level."""
    tags: tuple[str, ...]


@plain_data
class AutoAnswerSet(Event):
    """An agent's phone is asked to answer by itself from the next call on, or no longer."""

    topic: ClassVar[str] = "agent.auto_answer_set"
    agent: str
    on: bool
    """Whether it is."""


@plain_data
class AgentStateChanged(Event):
    """An agent went from one state to another, or got another reason for the same one."""

    topic: ClassVar[str] = "agent.state_changed"
    latest_of: ClassVar[str] = "agent"
    agent: str
    from_state: AgentState
    to_state: AgentState
    reason: str
    """Why not ready; empty in every other state."""
    lasted_ms: int
    """How long the agent had been in ``from_state``; 0 at the first sign-in."""
    call_id: str | None
    by: str = ""
    """The supervisor who wanted it; empty when nobody but the agent did."""


class AgentLimit(StrEnum):
    """What an agent is warned of; each is a key of ``[acd.warn_agents]``."""

    TALK = "talk_s"
    """The present conversation."""
    WRAP_UP = "wrap_up_s"
    """The present wrap-up."""
    NOT_READY = "not_ready_s"
    """The present stay not ready, for whatever reasons."""
    BUSY = "busy_s"
    """All such stays of the shift."""
    REST = "rest_s"
    """Those of the shift for reasons that count as rest."""


@plain_data
class AgentWarned(Event):
    """An agent's own figure passes its limit; for the desktop."""

    topic: ClassVar[str] = "agent.warned"
    agent: str
    limit: AgentLimit
    """Which: ``talk_s``, ``wrap_up_s``, ``not_ready_s``, ``busy_s`` or ``rest_s``."""
    limit_s: float


@plain_data
class WrapUpStarted(Event):
    """After-call work begins."""

    topic: ClassVar[str] = "agent.wrap_up_started"
    agent: str
    call_id: str
    limit_s: float


@plain_data
class WrapUpExtended(Event):
    """An agent needs longer for after-call work."""

    topic: ClassVar[str] = "agent.wrap_up_extended"
    agent: str
    call_id: str
    limit_s: float
    """In all, from the end of the call."""


@plain_data
class WrapUpEnded(Event):
    """After-call work is over, by its limit or because the agent said so."""

    topic: ClassVar[str] = "agent.wrap_up_ended"
    agent: str
    call_id: str
    wrap_up_ms: int
