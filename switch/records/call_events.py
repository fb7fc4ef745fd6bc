"""What the journal tells of one call, or of anything else that its entries name."""

from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from switch.records.journal_reader import JournalReader
from switch.records.projection import JournalEntry
from switch.records.segment import Segment, day_of, decode_line, list_segments

_AT_ONCE = 1000


def events_of_call(journal: Path, call_id: str, began: datetime, ended: datetime) -> Iterator[JournalEntry]:
    """The events of a call in order, from the segments of the days it touched. Raises OSError."""
    return events_naming(journal, "call_id", call_id, began, ended)


def events_naming(
    journal: Path, field: str, value: str, began: datetime, ended: datetime
) -> Iterator[JournalEntry]:
    """The events with this value in a field, in order, from the segments of these days. Raises OSError."""
    first, last = day_of(began.timestamp()), day_of(ended.timestamp())
    for segment in list_segments(journal):
        if first <= _day(segment) <= last:
            yield from _naming(segment.path, field, value)


def entries_since(journal: Path, wall: float, topics: Collection[str]) -> Iterator[JournalEntry]:
    """The entries of these topics from the day of a moment on, in order. Raises OSError."""
    day = day_of(wall)
    first = next((segment for segment in list_segments(journal) if _day(segment) >= day), None)
    if first is not None:
        with closing(JournalReader(journal, first.first_sequence, topics=topics)) as reader:
            while entries := reader.take(_AT_ONCE):
                yield from entries


def _day(segment: Segment) -> str:
    return segment.path.stem.partition("_")[2]


def _naming(path: Path, field: str, value: str) -> Iterator[JournalEntry]:
    wanted = value.encode()
    with path.open("rb") as file:
        for line in file:
            # Looking for the bytes first, since decoding every line of a busy day takes long.
            entry = decode_line(line) if wanted in line else None
            if entry is not None and entry.fields.get(field) == value:
                yield entry
