"""What the ACD shows to Prometheus."""

from collections import Counter
from collections.abc import Mapping

from acd.agent import AgentState
from acd.state import AcdState
from runtime.clock import Clock

Readings = Mapping[tuple[str, ...], float]


class AcdReadings:
    """Numbers that are true now, by label values."""

    def __init__(self, state: AcdState, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def waiting(self) -> Readings:
        return {(name,): float(len(queue)) for name, queue in self._state.queues.items()}

    def longest_wait_s(self) -> Readings:
        now = self._clock.now()
        return {(name,): queue.longest_wait_s(now) for name, queue in self._state.queues.items()}

    def agents(self) -> Readings:
        states = Counter(agent.state for agent in self._state.agents.values())
        return {(state.value,): float(states[state]) for state in AgentState}
