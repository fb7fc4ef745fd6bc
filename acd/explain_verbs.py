"""Verbs that say why: ``queue.explain`` and ``agent.explain``."""

from typing import Any

from pydantic import Field

from acd.explain import explain_agent, explain_caller
from acd.state import AcdState
from acd.verbs import AgentParams
from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.models import Params
from switch.application import Verb


class ExplainCallerParams(Params):
    """Names one who waits."""

    call_id: str = Field(min_length=1, description="the call that waits")
    limit: int = Field(default=50, ge=1, le=5000, description="at most so many agents of each queue")


class ExplainVerbs:
    """Worked out when asked for, from the state as it is."""

    def __init__(self, state: AcdState, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "queue.explain",
                ExplainCallerParams,
                self.explain_caller,
                "Why a caller waits: who could be rung, in which order, and what removes the others.",
            ),
            Verb(
                "agent.explain",
                AgentParams,
                self.explain_agent,
                "What keeps calls from an agent, and whose turn it is when nothing does.",
            ),
        )

    def explain_caller(self, params: ExplainCallerParams) -> dict[str, Any]:
        entry = self._state.entry_of(params.call_id)
        if entry is None:
            raise UsageError(f"call {params.call_id} is in no queue now; the journal tells what became of it")
        return explain_caller(self._state, entry, self._clock.now(), params.limit)

    def explain_agent(self, params: AgentParams) -> dict[str, Any]:
        return explain_agent(self._state, self._state.agent(params.agent), self._clock.now())
