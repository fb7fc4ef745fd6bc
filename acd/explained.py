"""What the verbs that say why answer."""

from acd.agent import AgentState
from acd.callback import CallbackStage
from acd.entry import EntryState
from runtime.models import Answer


class ObstacleView(Answer):
    """What keeps somebody from something."""

    kind: str
    detail: str


class CandidateView(Answer):
    """An agent as a caller who waits sees it."""

    agent: str
    name: str
    preferred: bool
    penalty: int
    score: dict[str, float]
    """By which the queue's strategy puts agents in order; empty for those who cannot be rung."""
    obstacles: list[ObstacleView]


class PlaceExplained(Answer):
    """A queue in which a caller waits."""

    queue: str
    position: int
    wait_s: float
    requirement: str
    strategy: str
    agents: int
    removed: dict[str, int]
    """How many each obstacle removes."""
    candidates: list[CandidateView]
    """In the order in which they are rung, then the others."""


class ChoiceView(Answer):
    """Whom a caller would be offered to now."""

    queue: str
    agents: tuple[str, ...]
    decided_by: str


class CallbackExplained(Answer):
    """How far a callback has come, and what it waits for."""

    stage: CallbackStage
    delay: str | None
    """Why it is not dialled though an agent may be free."""
    again_in_s: float | None
    """When its number is tried again."""
    number: str
    """The number that is called next."""
    attempts: int


class CallerExplained(Answer):
    """Why a caller waits."""

    call_id: str
    caller_number: str
    state: EntryState
    priority: int
    waited_s: float
    requirement: str
    preferred: list[str]
    alone_for_s: float | None
    """How long the preferred agents alone are asked."""
    offered_to: list[str]
    offers: int
    self_service: str | None
    passed_over: bool
    callback: CallbackExplained | None
    queues: list[PlaceExplained]
    choice: ChoiceView | None


class FirstView(Answer):
    """Who is first in line for an agent."""

    call_id: str
    caller_number: str
    priority: int
    waited_s: float


class UnmetView(Answer):
    """What callers ask for that an agent has not."""

    callers: int
    obstacles: list[ObstacleView]


class MembershipExplained(Answer):
    """A queue that an agent serves."""

    queue: str
    priority: int
    penalty: int
    weight: int
    waiting: int
    fitting: int
    """How many ask for what the agent can."""
    unmet: list[UnmetView]
    first: FirstView | None


class TurnView(Answer):
    """Whose turn it is with an agent."""

    call_id: str
    queue: str
    delay: str | None
    """Why another would be served before."""


class AgentExplained(Answer):
    """What keeps calls from an agent."""

    agent: str
    name: str
    state: AgentState
    since_s: float | None
    idle_s: float
    calls: int
    talk_s: float
    free_for: list[str]
    """The media that may be offered now."""
    obstacles: list[ObstacleView]
    waiting_personally: int
    queues: list[MembershipExplained]
    next: TurnView | None
