"""One agent: the states, the table of what leads from one to the next, and what is known of the agent."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from runtime.errors import UsageError


class AgentState(StrEnum):
    """What an agent is doing."""

    LOGGED_OUT = "LOGGED_OUT"
    NOT_READY = "NOT_READY"
    """Signed in (签入) but wants no calls (示忙), for a reason."""
    AVAILABLE = "AVAILABLE"
    """Waits for a call (示闲)."""
    OFFERED = "OFFERED"
    """One call is being offered: from the command to ring until the caller is connected."""
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
    },
    AgentState.AVAILABLE: {
        AgentAction.READY: AgentState.AVAILABLE,
        AgentAction.NOT_READY: AgentState.NOT_READY,
        AgentAction.SIGN_OUT: AgentState.LOGGED_OUT,
        AgentAction.OFFER: AgentState.OFFERED,
    },
    AgentState.OFFERED: {
        AgentAction.END_OFFER: AgentState.AVAILABLE,
        AgentAction.NOT_READY: AgentState.NOT_READY,
        AgentAction.CONNECT: AgentState.ON_CALL,
    },
    AgentState.ON_CALL: {
        AgentAction.END_CALL: AgentState.WRAP_UP,
    },
    AgentState.WRAP_UP: {
        AgentAction.END_WRAP_UP: AgentState.AVAILABLE,
        AgentAction.READY: AgentState.AVAILABLE,
        AgentAction.NOT_READY: AgentState.NOT_READY,
        AgentAction.SIGN_OUT: AgentState.LOGGED_OUT,
    },
}


@dataclass(slots=True)
class Agent:
    """What the ACD knows of one agent now. Times are the core's monotonic seconds."""

    agent_id: str
    name: str
    queue_names: tuple[str, ...]
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
    """The offer the agent is rung for or talks on."""
    call_id: str | None = None
    """The call the agent is rung for, talks on or wraps up."""
    not_ready_after: str | None = None
    """Reason of a not-ready request that waits for the end of the present call."""

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
