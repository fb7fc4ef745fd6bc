"""A projection folds journal entries into rows of one table."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from runtime.event import Event, event_fields

if TYPE_CHECKING:  # SQLAlchemy takes long to load, and control clients need only the entries
    from sqlalchemy import Table


class JournalEntry(NamedTuple):
    """One line of the journal. (A tuple, since one is made for every event and clients have no structs.)"""

    sequence: int
    """Counts up by one over the life of the installation."""
    time: float
    """Wall clock, seconds since the Unix epoch."""
    topic: str
    fields: Mapping[str, Any]


class FreshEntry(NamedTuple):
    """An entry on its way to the disk: it still holds the event itself, whose fields few ask for."""

    sequence: int
    time: float
    topic: str
    event: Event

    @property
    def fields(self) -> Mapping[str, Any]:
        """As ``JournalEntry.fields``."""
        return event_fields(self.event)


Entry = tuple[int, float, str, Event | Mapping[str, Any]]
"""One before it is written, with its event or fields. (A bare tuple, since one is made for every event.)"""
AnyEntry = JournalEntry | FreshEntry


class Projection(Protocol):
    """Plain synchronous code without a database: entries in, finished rows out."""

    table: "Table"

    @property
    def topics(self) -> frozenset[str]:
        """What it folds; it is shown nothing else."""

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        """Take the next entry of its topics; return rows that are now complete (usually none)."""

    def oldest_open(self) -> int | None:
        """Sequence of the earliest entry that an unfinished row still needs, or None.

        After a restart the journal is read again from there; rows have a unique key and are
        written once whatever is read twice.
        """
