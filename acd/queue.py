"""One queue: who waits in it, in order, and which of its agents are free."""

from bisect import bisect_left, insort
from dataclasses import dataclass
from enum import StrEnum

from acd.config import QueueConfig
from acd.strategy import Ranking


class EntryState(StrEnum):
    """How far a caller has come."""

    WAITING = "waiting"
    OFFERED = "offered"
    """An agent's phone has been told to ring."""
    RINGING = "ringing"
    ACCEPTED = "accepted"
    """The agent picked up; caller and agent are being connected."""
    TALKING = "talking"
    """Out of the queue, with the agent."""


@dataclass(slots=True)
class Entry:
    """One caller, from joining a queue to leaving it, or to the end of the conversation."""

    call_id: str
    contact_id: str
    queue_name: str
    sequence: int
    """Counts all who ever joined any queue: the lower, the longer the wait."""
    joined_at: float
    state: EntryState = EntryState.WAITING
    offer_id: str | None = None
    """The offer under way, or the one that led to the conversation."""
    offers: int = 0
    connected_at: float = 0.0


@dataclass(slots=True)
class Offer:
    """One agent rung for one caller: a lease that ends by itself."""

    offer_id: str
    call_id: str
    agent_id: str
    station: str
    made_at: float
    accepted_at: float | None = None


class Queue:
    """Callers by the order in which they joined. One whose offer failed keeps the place."""

    def __init__(self, config: QueueConfig, ranking: Ranking, agent_ids: tuple[str, ...]) -> None:
        self.config = config
        self.ranking = ranking
        """Its eligible agents."""
        self.agent_ids = agent_ids
        """Of all its agents, signed in or not."""
        self._line: list[Entry] = []
        self._waiting: list[Entry] = []

    def __len__(self) -> int:
        """Callers in the line, those being offered included."""
        return len(self._line)

    @property
    def is_full(self) -> bool:
        return 0 < self.config.max_waiting <= len(self._line)

    def join(self, entry: Entry) -> None:
        """Put a caller into the line by sequence, which for a new one is the end."""
        insort(self._line, entry, key=_by_sequence)
        if entry.state is EntryState.WAITING:
            self.wait(entry)

    def leave(self, entry: Entry) -> None:
        """Take a caller out of the line."""
        _take_out(self._line, entry)
        if entry.state is EntryState.WAITING:
            _take_out(self._waiting, entry)

    def wait(self, entry: Entry) -> None:
        """Let a caller of the line wait for an offer (again)."""
        entry.state = EntryState.WAITING
        insort(self._waiting, entry, key=_by_sequence)

    def offer(self, entry: Entry) -> None:
        """Keep a caller's place in the line during an offer to an agent."""
        _take_out(self._waiting, entry)
        entry.state = EntryState.OFFERED

    def position(self, entry: Entry) -> int:
        """1 for the first of the line."""
        return bisect_left(self._line, entry.sequence, key=_by_sequence) + 1

    def first_waiting(self) -> Entry | None:
        """Whose turn it is."""
        return self._waiting[0] if self._waiting else None

    def longest_wait_s(self, now: float) -> float:
        return now - self._line[0].joined_at if self._line else 0.0


def _by_sequence(entry: Entry) -> int:
    return entry.sequence


def _take_out(entries: list[Entry], entry: Entry) -> None:
    del entries[bisect_left(entries, entry.sequence, key=_by_sequence)]
