"""The ACD's verbs on the control socket."""

from collections.abc import Callable, Collection
from typing import Any

from pydantic import Field

from acd.commands import MakeNotReady, MakeReady, SignIn, SignOut
from acd.figures import QueueFigures
from acd.state import AcdState
from acd.views import agent_view, queue_view
from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.models import Params
from runtime.vocabulary import Command

Submit = Callable[[Command], None]


class AgentParams(Params):
    """Names one agent."""

    agent: str = Field(min_length=1, description="the agent's number (工号)")


class SignInParams(AgentParams):
    """Names an agent and a station."""

    station: str = Field(min_length=1, description="the station, by the name it registers with")


class NotReadyParams(AgentParams):
    """Names an agent and why no calls shall come."""

    reason: str = Field(min_length=1, max_length=100, description="why, such as 午休 or training")


class AcdVerbs:
    """``agent.list``, ``agent.sign_in`` … ``queue.list``. What changes something goes through the driver."""

    def __init__(
        self,
        state: AcdState,
        stations: Collection[str],
        figures: QueueFigures,
        clock: Clock,
        submit: Submit,
    ) -> None:
        self._state = state
        self._stations = stations
        self._figures = figures
        self._clock = clock
        self._submit = submit

    def list_agents(self, _: object) -> list[dict[str, Any]]:
        now = self._clock.now()
        return [agent_view(self._state, agent, now) for agent in self._state.agents.values()]

    def list_queues(self, _: object) -> list[dict[str, Any]]:
        now = self._clock.now()
        queues = self._state.queues.values()
        return [queue_view(self._state, queue, self._figures, now) for queue in queues]

    def sign_in(self, params: SignInParams) -> dict[str, Any]:
        if params.station not in self._stations:
            raise UsageError(f"there is no station {params.station}; stations are listed in [[stations]]")
        return self._carry_out(SignIn(agent_id=params.agent, station=params.station), params.agent)

    def sign_out(self, params: AgentParams) -> dict[str, Any]:
        return self._carry_out(SignOut(agent_id=params.agent), params.agent)

    def ready(self, params: AgentParams) -> dict[str, Any]:
        return self._carry_out(MakeReady(agent_id=params.agent), params.agent)

    def not_ready(self, params: NotReadyParams) -> dict[str, Any]:
        return self._carry_out(MakeNotReady(agent_id=params.agent, reason=params.reason), params.agent)

    def _carry_out(self, command: Command, agent_id: str) -> dict[str, Any]:
        """Submit the command and show the agent as changed by it; the driver raises what the core refuses."""
        self._submit(command)
        return agent_view(self._state, self._state.agent(agent_id), self._clock.now())
