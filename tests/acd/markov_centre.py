"""The real core in the world of Erlang's formulas: chance brings calls, ends talks and patience."""

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean, stdev

from acd.commands import RingStation
from acd.events import CallerLeft, LeaveReason
from acd.queue_config import QueueConfig
from acd.traffic import Traffic
from runtime.vocabulary import Output
from tests.acd.centre import Centre, agents_of, only

QUEUE = QueueConfig(name="service", wrap_up_s=0)
BATCHES = 20
T_OF_BATCHES = 4.9
"""Student's t with 19 degrees of freedom is beyond it once in ten thousand."""


@dataclass(frozen=True, slots=True)
class Call:
    """What became of a caller."""

    wait_s: float
    answered: bool

    def in_time(self, within_s: float) -> bool:
        return self.answered and self.wait_s <= within_s


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a mean lies, all but certainly."""

    mean: float
    reach: float

    def __contains__(self, value: float) -> bool:
        return abs(value - self.mean) <= self.reach


class MarkovCentre:
    """A queue with agents who are always there and phones that are answered at once."""

    def __init__(self, traffic: Traffic, agents: int, seed: int) -> None:
        self._traffic = traffic
        self._chance = Random(seed)
        self._centre = Centre([QUEUE], agents_of("service", count=agents))
        self._centre.staff(*(agent.id for agent in self._centre.agents))
        self._due: list[tuple[float, int, Callable[[str], None], str]] = []
        self._left: dict[str, Call] = {}

    def calls(self, count: int) -> list[Call]:
        """What became of so many callers, by the order in which they came."""
        for number in range(count):
            self._pass(self._drawn_s(1 / self._traffic.calls_per_s))
            call_id = f"call-{number}"
            if math.isfinite(self._traffic.patience_s):
                self._later(self._drawn_s(self._traffic.patience_s), self._give_up, call_id)
            self._note(self._centre.join(call_id))
        while len(self._left) < count:
            self._pass(self._traffic.handle_s)
        return [self._left[f"call-{number}"] for number in range(count)]

    def _pass(self, seconds: float) -> None:
        end = self._centre.now + seconds
        while self._due and self._due[0][0] <= end:
            moment, _, deed, call_id = heapq.heappop(self._due)
            self._note(self._centre.wait(moment - self._centre.now))
            deed(call_id)
        self._note(self._centre.wait(end - self._centre.now))

    def _note(self, outputs: Sequence[Output]) -> None:
        self._centre.outputs.clear()
        self._centre.inputs.clear()
        for left in only(CallerLeft, outputs):
            self._left[left.call_id] = Call(left.wait_ms / 1000, left.reason is LeaveReason.CONNECTED)
        for ring in only(RingStation, outputs):
            self._answer(ring.call_id)

    def _answer(self, call_id: str) -> None:
        self._note(self._centre.talk(call_id))
        self._later(self._drawn_s(self._traffic.handle_s), self._hang_up, call_id)

    def _give_up(self, call_id: str) -> None:
        if call_id not in self._left:
            self._hang_up(call_id)

    def _hang_up(self, call_id: str) -> None:
        self._note(self._centre.hang_up(call_id))

    def _later(self, seconds: float, deed: Callable[[str], None], call_id: str) -> None:
        entry = (self._centre.now + seconds, self._chance.getrandbits(40), deed, call_id)
        heapq.heappush(self._due, entry)

    def _drawn_s(self, mean_s: float) -> float:
        return self._chance.expovariate(1 / mean_s)


def interval_of(calls: Sequence[Call], value: Callable[[Call], float]) -> Interval:
    """The mean of a value over all calls, by the method of batch means; the first batch warms up."""
    size = len(calls) // (BATCHES + 1)
    means = [fmean(map(value, calls[size * n : size * (n + 1)])) for n in range(1, BATCHES + 1)]
    return Interval(fmean(means), T_OF_BATCHES * stdev(means) / math.sqrt(BATCHES))
