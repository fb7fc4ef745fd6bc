"""One who waits, the places held in queues meanwhile, and the offers to agents."""

from dataclasses import dataclass, field
from enum import StrEnum

from acd.callback import Callback
from acd.media import EXCLUSIVE, VOICE


class EntryState(StrEnum):
    """How far a caller has come."""

    WAITING = "waiting"
    OFFERED = "offered"
    """Phones of agents have been told to ring."""
    ACCEPTED = "accepted"
    """An agent picked up; caller and agent are being connected."""
    TALKING = "talking"
    """Out of all queues, with the agent."""


@dataclass(slots=True)
class Place:
    """An entry's place in one queue."""

    queue_name: str
    joined_at: float
    requirement: str = ""
    """What is asked of an agent now: the caller's own requirement and the ring's."""


@dataclass(slots=True)
class Visit:
    """A caller who waits is somewhere else meanwhile, for self-service."""

    target: str
    """``<scheme>:<name>``."""
    queue_name: str
    """The queue whose key led there."""
    began_at: float
    is_passed_over: bool
    """Whether agents do not find the caller meanwhile."""


@dataclass(slots=True)
class Entry:
    """One caller, from joining a queue to leaving the last one, or to the end of the conversation."""

    entry_id: str
    """The id of the call that joined, or of a callback asked for without a call."""
    call_id: str
    """The call on the line, the one being dialled, or between these the one that was last."""
    contact_id: str
    caller_number: str
    sequence: int
    """Counts all who ever joined: the lower, the earlier."""
    joined_at: float
    """When the first queue was joined."""
    priority: int
    rank: tuple[float, int]
    """Served by it, lowest first: the moment of joining, moved forward by the priority; then ``sequence``.

    It does not change as time passes: of two callers the one who is ahead stays ahead, and any priority is
    overtaken by a long enough wait.
    """
    medium: str = VOICE
    is_item: bool = False
    """Whether it was brought by a verb, and is taken at a desktop: no phone rings, nobody is connected."""
    data: tuple[tuple[str, str], ...] = ()
    """What an item brings for the agent."""
    own_priority: int = 0
    """Without what tags add, and not within any range."""
    of_tags: dict[str, int] = field(default_factory=dict)
    """What each tag added, by the rules of the first queue when the tag came."""
    requirement: str = ""
    """The caller's own."""
    preferred: tuple[str, ...] = ()
    """Agents who are asked first."""
    preferred_until: float | None = None
    """When others are asked too; None when they are already."""
    tags: tuple[str, ...] = ()
    repeats: int = 0
    """How often the caller talked with agents lately."""
    places: dict[str, Place] = field(default_factory=dict)
    """By queue, in the order joined; kept when TALKING only for the queue that served."""
    state: EntryState = EntryState.WAITING
    offer_ids: list[str] = field(default_factory=list)
    """The offers under way, or the one that led to the conversation."""
    rings_all_in: str | None = None
    """The queue that rings all its free agents for this entry now."""
    connecting: str | None = None
    """The accepted offer that is being connected."""
    offers: int = 0
    """How many there ever were."""
    connected_at: float = 0.0
    language: str = ""
    """The caller's; empty for the queue's."""
    announcing: str | None = None
    """The playback in which the caller is told something now."""
    announcements: int = 0
    """How many there were."""
    told_position: int | None = None
    """The last one."""
    access_code: str = ""
    """What the caller dialled; empty when that is not known."""
    back: str = ""
    """The target to which the caller goes in place of being released; empty when nobody lent the call."""
    callback: Callback | None = None
    """Present from when a callback was asked for."""
    visit: Visit | None = None
    """Present while WAITING in self-service."""

    @property
    def is_absent(self) -> bool:
        """Whether no customer is on the line."""
        return self.callback is not None and self.callback.is_absent

    @property
    def is_offerable(self) -> bool:
        """Whether it waits for an agent now."""
        return (
            self.state is EntryState.WAITING
            and (self.callback is None or self.callback.is_found_by_agents)
            and (self.visit is None or not self.visit.is_passed_over)
        )


@dataclass(slots=True)
class Offer:
    """One agent rung for one caller: a lease that ends by itself."""

    offer_id: str
    entry_id: str
    call_id: str
    queue_name: str
    agent_id: str
    station: str
    made_at: float
    medium: str = VOICE
    reserved: bool = False
    """Whether the agent is kept free while the customer is called back; the phone does not ring yet."""
    has_rung: bool = False
    auto_answer: bool = False
    """Whether the phone was asked to answer by itself."""
    accepted_at: float | None = None
    greeting: str | None = None
    """The playback the agent hears before the caller."""

    @property
    def takes_agent_whole(self) -> bool:
        """Whether the agent's state tells of it."""
        return self.medium in EXCLUSIVE
