"""What happened in one run: a fold over the core's own events."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from acd.agent import AgentState
from acd.agent_events import AgentStateChanged
from acd.callback_events import CallbackDialled, CallbackEnded, CallbackRequested, CallbackReturned
from acd.events import CallerJoined, CallerLeft, LeaveReason
from acd.figures import QueueFigures
from acd.queue_config import QueueConfig
from runtime.vocabulary import Output


@dataclass(slots=True)
class Visit:
    """One caller from coming to the answer, through whichever queues."""

    comes_at: float
    queue: str
    """The first."""
    answered_after_s: float | None = None
    gave_up: bool = False
    waited_s: float = 0.0
    """Until the answer or until the caller was gone."""
    is_callback: bool = False
    """Who hung up and kept the place waits at home: that wait counts in no mean and is never the longest."""


@dataclass(slots=True)
class Callbacks:
    """What became of those who were to be called back."""

    requested: int = 0
    served: int = 0
    failed: int = 0
    """Not reached, too late, gone again before an agent was free, or still to be called at the end."""


@dataclass(slots=True)
class Record:
    """Keeps what figures and pictures are made of."""

    queues: Iterable[QueueConfig]
    figures: QueueFigures = field(init=False)
    visits: dict[str, Visit] = field(default_factory=dict)
    """By call."""
    waits_s: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Queue → waits of those it had answered."""
    longest_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Queue → the longest wait of all, however it ended."""
    callbacks: defaultdict[str, Callbacks] = field(default_factory=lambda: defaultdict(Callbacks))
    """By the queue whose rules held."""
    moves: list[tuple[float, str, int]] = field(default_factory=list)
    """When somebody joined (1) or left (-1) a queue."""
    states: list[tuple[float, AgentState, AgentState]] = field(default_factory=list)
    """When an agent went from one state to another."""
    spent_ms: defaultdict[str, Counter[AgentState]] = field(default_factory=lambda: defaultdict(Counter))
    """Agent → state → time spent in it."""

    def __post_init__(self) -> None:
        self.figures = QueueFigures(self.queues)

    def note(self, output: Output, now: float) -> None:
        match output:
            case CallerJoined():
                self.figures.caller_joined(output)
                self.visits.setdefault(output.call_id, Visit(now, output.queue))
                self.moves.append((now, output.queue, 1))
            case CallerLeft():
                self.figures.caller_left(output)
                self._left(output, now)
            case CallbackRequested():
                self.visits[output.call_id].is_callback = True
                self.callbacks[output.queue].requested += 1
            case CallbackDialled() | CallbackReturned():
                self.figures.call_changed(output)
                self.visits[output.call_id] = self.visits.pop(output.former_call_id)
            case CallbackEnded(reason=LeaveReason.CONNECTED):
                self.callbacks[output.queue].served += 1
            case CallbackEnded():
                self.callbacks[output.queue].failed += 1
            case AgentStateChanged():
                self.states.append((now, output.from_state, output.to_state))
                self.spent_ms[output.agent][output.from_state] += output.lasted_ms

    def _left(self, left: CallerLeft, now: float) -> None:
        visit = self.visits.setdefault(left.call_id, Visit(now, left.queue))
        visit.waited_s = now - visit.comes_at
        wait_s = left.wait_ms / 1000
        if left.position:
            self.moves.append((now, left.queue, -1))
        if left.position and not visit.is_callback:
            self.longest_s[left.queue] = max(self.longest_s[left.queue], wait_s)
        if left.reason is LeaveReason.CONNECTED:
            visit.answered_after_s = visit.waited_s
            if not visit.is_callback:
                self.waits_s[left.queue].append(wait_s)
        elif left.reason is LeaveReason.ABANDONED:
            visit.gave_up = True

    def busy_share(self, agents: Iterable[str]) -> float | None:
        """Of the time agents were there for calls, the part spent on them; None without such time."""
        spent: Counter[AgentState] = Counter()
        for agent_id in agents:
            spent.update(self.spent_ms.get(agent_id, {}))
        busy = spent[AgentState.OFFERED] + spent[AgentState.ON_CALL] + spent[AgentState.WRAP_UP]
        there = busy + spent[AgentState.AVAILABLE]
        return busy / there if there else None


def members_of(agents: Mapping[str, Iterable[str]], queue: str) -> list[str]:
    """Those of ``agents`` (id → queues) who serve a queue."""
    return [agent_id for agent_id, queues in agents.items() if queue in queues]
