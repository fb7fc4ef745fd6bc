"""What agents do from the keys of their phones, without a desktop."""

import hmac
from collections.abc import Callable, Mapping, Sequence

from acd.agent import Agent, AgentState
from acd.commands import AskLeave, EndWrapUp, MakeNotReady, MakeReady, SignIn, SignOut
from acd.state import AcdState
from runtime.tenancy import qualify, tenant_of
from runtime.vocabulary import Command, Output

Handle = Callable[[Command, float], Sequence[Output]]
_COMMANDS: Mapping[str, Callable[[str, str], Command]] = {
    "sign_out": lambda agent, reason: SignOut(agent_id=agent),
    "ready": lambda agent, reason: MakeReady(agent_id=agent),
    "not_ready": lambda agent, reason: MakeNotReady(agent_id=agent, reason=reason),
    "end_wrap_up": lambda agent, reason: EndWrapUp(agent_id=agent),
    "leave": lambda agent, reason: AskLeave(agent_id=agent, reason=reason),
}
"""By ``switch.feature_codes.actions.Action``, but for signing in."""


class AgentPhoneDesk:
    """Tells the core what was asked for by keys; ``handle`` is the core's, and raises what it refuses."""

    def __init__(self, state: AcdState, handle: Handle) -> None:
        self._state = state
        self._handle = handle

    def has_pin(self, number: str, station: str) -> bool:
        agent = self._agent(number, station)
        return agent is None or agent.config.pin is not None

    def sign_in(self, number: str, pin: str, station: str, now: float) -> Sequence[Output] | None:
        agent = self._agent(number, station)
        if agent is None or not _is_right(agent, pin):
            return None
        return self._handle(SignIn(agent_id=agent.agent_id, station=station), now)

    def seat_of(self, number: str, station: str) -> str | None:
        agent = self._agent(number, station)
        return None if agent is None else agent.station

    def is_not_ready(self, station: str) -> bool:
        agent = self._state.seats.get(station)
        return agent is not None and self._state.agents[agent].state is AgentState.NOT_READY

    def do(self, action: str, reason: str, station: str, now: float) -> Sequence[Output] | None:
        agent = self._state.seats.get(station)
        return None if agent is None else self._handle(_COMMANDS[action](agent, reason), now)

    def _agent(self, number: str, station: str) -> Agent | None:
        return self._state.agents.get(qualify(tenant_of(station), number))


def _is_right(agent: Agent, pin: str) -> bool:
    if agent.config.pin is None:
        return True
    return hmac.compare_digest(agent.config.pin.get_secret_value(), pin)
