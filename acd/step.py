"""One input's worth of work: what it works on, when, and what came out so far."""

from dataclasses import dataclass, field

from acd.state import AcdState
from acd.strategy import draw
from runtime.ids import Ids
from runtime.vocabulary import Output


@dataclass(slots=True)
class Step:
    """Handed from function to function while one input is worked on, then dropped."""

    state: AcdState
    ids: Ids
    now: float
    """Monotonic seconds."""
    outputs: list[Output] = field(default_factory=list)
    touched: dict[str, None] = field(default_factory=dict)
    """Queues in which agents became free or callers moved up: callbacks may be due."""

    def emit(self, *outputs: Output) -> None:
        self.outputs.extend(outputs)

    def ms_since(self, moment: float) -> int:
        return round((self.now - moment) * 1000)

    def draw(self) -> float:
        """By chance, above 0 and at most 1; after a restart from a snapshot the same as without."""
        self.state.draws += 1
        return draw(self.state.seed, self.state.draws)
