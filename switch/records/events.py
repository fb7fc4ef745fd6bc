"""What the record keepers report about themselves."""

from collections.abc import Callable
from typing import ClassVar

from runtime.vocabulary import Event, plain_data

Report = Callable[[Event], None]
"""Told what became of the journal or the database, on a thread of theirs."""


@plain_data
class JournalTailCut(Event):
    """The last run was cut off while it wrote; what it had not finished writing was removed."""

    topic: ClassVar[str] = "journal.tail_cut"
    path: str
    size_bytes: int
    """Of what was removed: less than one entry, unless the disk itself lost data."""


@plain_data
class JournalWriteFailed(Event):
    """The journal cannot be written; it is tried again until it can. Once for each outage."""

    topic: ClassVar[str] = "journal.write_failed"
    path: str
    reason: str


@plain_data
class JournalWriteRecovered(Event):
    """The journal is written again."""

    topic: ClassVar[str] = "journal.write_recovered"
    path: str


@plain_data
class JournalEntriesLost(Event):
    """The disk was slower than the events for so long that these were not kept."""

    topic: ClassVar[str] = "journal.entries_lost"
    count: int
    first_sequence: int
    last_sequence: int


@plain_data
class DatabaseFailed(Event):
    """The database cannot be written; the journal keeps everything meanwhile. Once for each outage."""

    topic: ClassVar[str] = "database.failed"
    reason: str


@plain_data
class DatabaseRecovered(Event):
    """The database is written again and catches up with the journal."""

    topic: ClassVar[str] = "database.recovered"


@plain_data
class DatabaseMovedAside(Event):
    """The database was made by another version. A new one is filled from the journal; the old one is kept."""

    topic: ClassVar[str] = "database.moved_aside"
    path: str
    moved_to: str


@plain_data
class RecordRejected(Event):
    """The database refuses this one row for what it holds. The journal still has its events."""

    topic: ClassVar[str] = "database.record_rejected"
    table: str
    key: str
    reason: str
