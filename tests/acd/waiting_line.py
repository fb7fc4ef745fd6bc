"""A queue with agents and impatient callers, state by state: slow, plain, and only for small ones."""

import math
from dataclasses import dataclass

from acd.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Line:
    """What the states of the birth and death process say."""

    states: list[float]
    """The probability of so many calls, waiting and being answered."""
    traffic: Traffic
    agents: int

    @property
    def waiting_share(self) -> float:
        return sum(self.states[self.agents :])

    @property
    def waiting_calls(self) -> float:
        return sum(n * share for n, share in enumerate(self.states[self.agents :]))

    @property
    def abandoned_share(self) -> float:
        """Those who wait give up at their rate; those who come, come at theirs."""
        return self.waiting_calls / self.traffic.patience_s / self.traffic.calls_per_s

    @property
    def occupancy(self) -> float:
        return sum(min(n, self.agents) * share for n, share in enumerate(self.states)) / self.agents

    def service_level(self, within_s: float) -> float:
        at_once = sum(self.states[: self.agents])
        waiting = self.states[self.agents :]
        return at_once + sum(
            share * self._answered(ahead, within_s) for ahead, share in enumerate(waiting) if share > 1e-14
        )

    def _answered(self, ahead: int, within_s: float) -> float:
        """The probability that a caller with so many ahead is answered in time, by uniformization."""
        end_per_s, leave_per_s = self.agents / self.traffic.handle_s, 1 / self.traffic.patience_s
        most_per_s = end_per_s + (ahead + 1) * leave_per_s
        places = [0.0] * ahead + [1.0]
        answered, result = 0.0, 0.0
        events = most_per_s * within_s
        for n in range(int(events + 12 * math.sqrt(events) + 30)):
            result += answered * math.exp(n * math.log(events) - events - math.lgamma(n + 1))
            answered += places[0] * end_per_s / most_per_s
            moves = [(end_per_s + place * leave_per_s) / most_per_s for place in range(ahead + 1)]
            stays = [1 - move - leave_per_s / most_per_s for move in moves]
            places = [
                places[place] * stays[place]
                + (places[place + 1] * moves[place + 1] if place < ahead else 0.0)
                for place in range(ahead + 1)
            ]
        return result


def line(traffic: Traffic, agents: int) -> Line:
    """All states that matter."""
    states = [1.0]
    while True:
        n = len(states)
        down_per_s = min(n, agents) / traffic.handle_s + max(n - agents, 0) / traffic.patience_s
        states.append(states[-1] * traffic.calls_per_s / down_per_s)
        if traffic.calls_per_s < down_per_s and states[-1] < 1e-25 * max(states):
            break
    total = math.fsum(states)
    return Line([state / total for state in states], traffic, agents)
