"""What keeps an agent from a caller: every reason by its name, with what a supervisor would ask next."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from acd.agent import Agent, AgentState, Membership
from acd.eligibility import open_media
from acd.media import EXCLUSIVE, VOICE
from acd.requirement import Requirement, parts_of
from acd.state import AcdState, Timer, TimerKind


class ObstacleKind(StrEnum):
    """Why an agent is out of the question for a caller now."""

    SIGNED_OUT = "signed_out"
    NOT_READY = "not_ready"
    RUNG = "rung"
    """A phone rings, for this caller or another."""
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    UNREACHABLE = "unreachable"
    """No phone is registered where the agent sits, or it gave no sign when last rung."""
    REFUSAL_DELAY = "refusal_delay"
    SIGNING_OUT = "signing_out"
    CAPACITY = "capacity"
    """Takes nothing of this medium, or has as much of it in hand as there is room for."""
    NOT_FREE = "not_free"
    """For a reason that has no name here."""
    REQUIREMENT = "requirement"
    PENALTY = "penalty"
    """Where all are rung: only those of the lowest penalty are."""
    OTHERS_PREFERRED = "others_preferred"
    """The caller waits for certain agents alone."""


class Obstacle(NamedTuple):
    """One reason, and what is to be known of it."""

    kind: ObstacleKind
    detail: str = ""


_STATES = {
    AgentState.LOGGED_OUT: ObstacleKind.SIGNED_OUT,
    AgentState.NOT_READY: ObstacleKind.NOT_READY,
    AgentState.OFFERED: ObstacleKind.RUNG,
    AgentState.ON_CALL: ObstacleKind.ON_CALL,
    AgentState.WRAP_UP: ObstacleKind.WRAP_UP,
}


_WITH_A_CALL = (AgentState.OFFERED, AgentState.ON_CALL, AgentState.WRAP_UP)


def why_not_free(state: AcdState, agent: Agent, medium: str) -> list[Obstacle]:
    """Why nothing of a medium is offered to the agent; empty when the agent is free for it."""
    if medium in open_media(state, agent):
        return []
    if medium not in agent.capacity:
        return [Obstacle(ObstacleKind.CAPACITY, f"takes {', '.join(agent.capacity)}, not {medium}")]
    return list(_own_obstacles(state, agent, medium)) or [Obstacle(ObstacleKind.NOT_FREE)]


def why_not_fit(requirement: Requirement, membership: Membership) -> list[Obstacle]:
    """What of a requirement the agent does not meet in this queue."""
    if requirement.is_met_by(membership.qualities):
        return []
    unmet = [part for part in parts_of(requirement.text) if not part.is_met_by(membership.qualities)]
    return [Obstacle(ObstacleKind.REQUIREMENT, _compared(part, membership)) for part in unmet]


def _own_obstacles(state: AcdState, agent: Agent, medium: str) -> Iterator[Obstacle]:
    kind = _STATES.get(agent.state)
    if kind is not None and not _runs_beside(state, agent, medium):
        yield Obstacle(kind, agent.reason or agent.call_id or "")
    if agent.sign_out_after:
        yield Obstacle(ObstacleKind.SIGNING_OUT, "the shift ends when nothing is in hand")
    if not agent.has_room_for(medium):
        yield Obstacle(ObstacleKind.CAPACITY, f"has {agent.capacity[medium]} {medium} in hand")
    if medium == VOICE and agent.station is not None and not state.can_ring(agent.station):
        how = "gave no sign when last rung" if agent.station in state.silent else "is not registered"
        yield Obstacle(ObstacleKind.UNREACHABLE, f"{agent.station} {how}")
    if Timer(TimerKind.REFUSAL_DELAY, agent.agent_id) in state.timers:
        yield Obstacle(ObstacleKind.REFUSAL_DELAY)


def _runs_beside(state: AcdState, agent: Agent, medium: str) -> bool:
    """Whether a call in hand is no hindrance to work of this medium."""
    beside = state.config.parallel_during_calls and medium not in EXCLUSIVE
    return beside and agent.state in _WITH_A_CALL and agent.not_ready_after is None


def _compared(part: Requirement, membership: Membership) -> str:
    """``billing>=3 (has billing 2)``."""
    has = ", ".join(f"{name} {membership.qualities.get(name, 0)}" for name in sorted(part.names))
    return f"{part.text} (has {has})"
