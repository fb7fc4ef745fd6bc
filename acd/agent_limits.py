"""Agents are warned when what they do takes longer than it should (D6): a fold over events.

Limits of a stay (talk, wrap-up, not ready) run from its beginning; those of a shift (busy, rest) go on
where the stay before ended, and are told once a shift.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from acd.agent import AgentState
from acd.agent_events import AgentLimit, AgentSignedIn, AgentStateChanged, AgentWarned
from acd.config import AcdConfig
from runtime.deadlines import Deadlines
from runtime.vocabulary import Output

_OF_STATE = {
    AgentState.ON_CALL: AgentLimit.TALK,
    AgentState.WRAP_UP: AgentLimit.WRAP_UP,
    AgentState.NOT_READY: AgentLimit.NOT_READY,
}
"""What is limited of one stay."""
_OF_SHIFT = (AgentLimit.BUSY, AgentLimit.REST)


@dataclass(slots=True)
class _Shift:
    spent_s: Counter[AgentLimit] = field(default_factory=Counter)
    """Of those of the shift, until the present stay."""
    running: frozenset[AgentLimit] = frozenset()
    """What the present stay counts for."""
    since: float = 0.0
    told: set[AgentLimit] = field(default_factory=set)
    """Of those of the shift."""


class AgentLimits:
    """A core beside the ACD's: hears what agents do, and says when it takes too long."""

    def __init__(self, config: AcdConfig | None = None) -> None:
        self._shifts: dict[str, _Shift] = {}
        self._due: Deadlines[tuple[str, AgentLimit]] = Deadlines()
        self.configure(config or AcdConfig())

    def configure(self, config: AcdConfig) -> None:
        """Other limits hold from the next change of an agent's state."""
        self._limits = config.warn_agents
        self._rest = frozenset(reason.code for reason in config.not_ready_reasons if reason.rest)

    def signed_in(self, event: AgentSignedIn, now: float) -> Sequence[Output]:
        self._shifts[event.agent] = _Shift()
        return ()

    def state_changed(self, event: AgentStateChanged, now: float) -> Sequence[Output]:
        shift = self._shifts.setdefault(event.agent, _Shift())
        ran, runs = shift.running, frozenset(self._counted(event.to_state, event.reason))
        for limit in ran.intersection(_OF_SHIFT):
            shift.spent_s[limit] += now - shift.since  # type: ignore[assignment]
        shift.running, shift.since = runs, now
        for limit in ran - runs:
            self._due.cancel((event.agent, limit))
        for limit in sorted(runs - ran):
            self._run(event.agent, shift, limit, now)
        if event.to_state is AgentState.LOGGED_OUT:
            del self._shifts[event.agent]
        return ()

    def next_deadline(self) -> float | None:
        return self._due.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        """Warn the agent whose time is up first."""
        due = self._due.first_due(now)
        if due is None:
            return ()
        agent, limit = due
        if limit in _OF_SHIFT:
            self._shifts[agent].told.add(limit)
        limit_s = self._limit_s(limit)
        return (AgentWarned(agent=agent, limit=limit, limit_s=limit_s),) if limit_s else ()

    def _counted(self, state: AgentState, reason: str) -> Iterable[AgentLimit]:
        if state in _OF_STATE:
            yield _OF_STATE[state]
        if state is AgentState.NOT_READY:
            yield AgentLimit.BUSY
            if reason in self._rest:
                yield AgentLimit.REST

    def _run(self, agent: str, shift: _Shift, limit: AgentLimit, now: float) -> None:
        limit_s = self._limit_s(limit)
        if limit_s and limit not in shift.told:
            self._due.set((agent, limit), max(now, now + limit_s - shift.spent_s[limit]))

    def _limit_s(self, limit: AgentLimit) -> float:
        limit_s: float = getattr(self._limits, limit.value)
        return limit_s
