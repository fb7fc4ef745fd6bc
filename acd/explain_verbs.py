"""Verbs that say why: ``queue.explain`` and ``agent.explain``."""

from collections.abc import Awaitable, Generator
from types import coroutine

from pydantic import Field

from acd.entry import Entry
from acd.explain import Survey, explain_agent, told
from acd.explained import AgentExplained, CallerExplained
from acd.state import AcdState
from acd.verbs import AgentParams
from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.models import Params
from switch.application import Verb
from switch.roles import BUSINESS, SUPERVISORS


class ExplainCallerParams(Params):
    """Names one who waits."""

    call_id: str = Field(min_length=1, description="the call that waits")
    limit: int = Field(default=50, ge=1, le=5000, description="at most so many agents of each queue")


AGENTS_AT_ONCE = 250
"""So many are looked at in a few milliseconds."""


@coroutine
def _calls_first() -> Generator[None, None, None]:
    """Let the loop do what else there is to do."""
    yield


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
                who=BUSINESS,
                reads=True,
            ),
            Verb(
                "agent.explain",
                AgentParams,
                self.explain_agent,
                "What keeps calls from an agent, and whose turn it is when nothing does.",
                who=SUPERVISORS,
                reads=True,
            ),
        )

    def explain_caller(self, params: ExplainCallerParams) -> CallerExplained | Awaitable[CallerExplained]:
        """At once in small queues; in large ones calls go first between one look and the next."""
        survey = Survey(self._state, self._entry(params.call_id))
        if survey.look(AGENTS_AT_ONCE):
            return self._explain_slowly(survey, params)
        return told(survey, self._clock.now(), params.limit)

    async def _explain_slowly(self, survey: Survey, params: ExplainCallerParams) -> CallerExplained:
        await _calls_first()
        while survey.look(AGENTS_AT_ONCE):
            await _calls_first()
        self._entry(params.call_id)
        return told(survey, self._clock.now(), params.limit)

    def _entry(self, call_id: str) -> Entry:
        entry = self._state.entry_of(call_id)
        if entry is None:
            raise UsageError(f"call {call_id} is in no queue now; the journal tells what became of it")
        return entry

    def explain_agent(self, params: AgentParams) -> AgentExplained:
        return explain_agent(self._state, self._state.agent(params.agent), self._clock.now())
