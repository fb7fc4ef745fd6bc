"""What the ACD's verbs answer."""

from typing import Literal

from acd.agent import AgentState
from acd.callback import CallbackStage
from acd.entry import EntryState
from runtime.models import Answer


class AgentView(Answer):
    """An agent as it is now."""

    id: str
    """The number (工号)."""
    name: str
    state: AgentState
    reason: str
    """Why no calls shall come; empty in other states."""
    since_s: float | None
    """How long the state has lasted; null before the first sign-in."""
    not_ready_after: str | None
    """The reason for which no calls will come after the present one."""
    station: str | None
    """Where the agent sits; null when signed out."""
    reachable: bool
    """Whether a phone is registered there."""
    queues: list[str]
    skills: dict[str, int]
    """Skill → level."""
    tags: list[str]
    call_id: str | None
    """The call the agent has."""
    capacity: dict[str, int]
    """Medium → how many at a time."""
    items: int
    """How many chats and the like are offered or in hand beside the state."""
    leave: Literal["asked", "approved"] | None
    held: bool
    """Whether a supervisor set the state, and only one lifts it."""
    sign_out_after: bool
    """Whether the shift ends with the present call."""
    auto_answer: bool
    """Whether the phone is asked to answer calls of queues by itself."""


class FiguresView(Answer):
    """What an agent has done since signing in."""

    agent: str
    signed_in_s: float
    ready_s: float
    not_ready_s: dict[str, float]
    """By reason."""
    rest_s: float
    """The part of it for reasons configured as rest."""
    wrap_up_s: float
    calls: int
    talk_s: float
    busy_s: float
    average_talk_s: float
    items: dict[str, int]
    """What was finished, by medium."""
    offers: int
    """All that ended."""
    no_answer: int
    rejected: int


class ReasonView(Answer):
    """A reason agents may give for being not ready."""

    code: str
    title: str
    rest: bool
    """Whether it counts as rest."""


class ReasonsView(Answer):
    """For the menus of a desktop."""

    agents: list[ReasonView]
    """When it is empty agents may give any text."""
    supervisors: list[str]


class PlaceView(Answer):
    """Where somebody waits."""

    queue: str
    position: int
    """Counted from 1."""


class WaitView(Answer):
    """A caller's wait as it is now."""

    call_id: str
    state: EntryState | None
    """Null when the call waits in no queue any more."""
    priority: int | None
    places: list[PlaceView]


class ItemState(Answer):
    """What has become of an item."""

    item: str
    state: EntryState | None
    """Null when it is in no queue and with no agent any more."""


class ItemView(Answer):
    """A chat, mail or other item."""

    item: str
    """The id given by whoever brought it."""
    medium: str
    contact_id: str
    customer: str
    state: EntryState
    priority: int
    requirement: str
    tags: list[str]
    places: list[PlaceView]
    agents: list[str]
    """Who it is offered to, or who has it."""
    since_s: float
    """Since it came, or was taken."""
    data: dict[str, str]


class CallbackView(Answer):
    """A customer who is to be called back."""

    callback_id: str
    call_id: str
    """The call on the line, being dialled, or last."""
    contact_id: str
    queue: str
    """Whose rules hold."""
    queues: list[str]
    """In which it waits."""
    stage: CallbackStage
    numbers: list[str]
    attempts: int
    waited_s: float
    expires_in_s: float
    """Until it is given up."""


class EntryView(Answer):
    """One who waits in a queue."""

    call_id: str
    medium: str
    contact_id: str
    caller_number: str
    queue: str
    position: int
    """Counted from 1."""
    state: EntryState
    priority: int
    requirement: str
    also_in: list[str]
    """Other queues it waits in."""
    preferred: list[str]
    """Agents to be asked first."""
    tags: list[str]
    wait_s: float
    """In this queue."""
    waited_s: float
    """In all."""
    offers: int
    virtual: bool
    """Whether nobody is on the line: a callback, or a flow meanwhile."""
    self_service: str | None
    """What the caller hears meanwhile."""
    callback: CallbackView | None


class EstimateView(Answer):
    """How long a caller would wait who came now, in seconds."""

    low_s: float
    likely_s: float
    high_s: float


class EstimatesView(Answer):
    """How good such estimates were."""

    inside: int
    """Waits that were between low and high."""
    of: int
    share: float | None


class ServiceLevelView(Answer):
    """How many were answered in time."""

    within_s: float
    answered: int
    share: float | None
    """Of all whose wait is over since the threshold is configured; null when there are none."""


class QueueView(Answer):
    """A queue as it is now."""

    name: str
    title: str
    open: bool
    waiting: int
    longest_wait_s: float
    agents: dict[str, int]
    """The queue's agents by state."""
    eligible: int
    """Those who would be rung at once."""
    callbacks: int
    """Those of the waiting who are to be called back."""
    calls: dict[str, int]
    """Since the start, by what became of them."""
    estimated_wait: EstimateView | None
    """Null when somebody is free, or too little is known."""
    estimates: EstimatesView
    service_level: list[ServiceLevelView]
