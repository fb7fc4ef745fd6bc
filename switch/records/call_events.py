"""What the journal tells of one call."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from switch.records.projection import JournalEntry
from switch.records.segment import Segment, day_of, decode_line, list_segments


def events_of_call(journal: Path, call_id: str, began: datetime, ended: datetime) -> Iterator[JournalEntry]:
    """The events of a call in order, from the segments of the days it touched. Raises OSError."""
    first, last = day_of(began.timestamp()), day_of(ended.timestamp())
    for segment in list_segments(journal):
        if first <= _day(segment) <= last:
            yield from _naming(segment.path, call_id)


def _day(segment: Segment) -> str:
    return segment.path.stem.partition("_")[2]


def _naming(path: Path, call_id: str) -> Iterator[JournalEntry]:
    wanted = call_id.encode()
    with path.open("rb") as file:
        for line in file:
            # Looking for the bytes first, since decoding every line of a busy day takes long.
            entry = decode_line(line) if wanted in line else None
            if entry is not None and entry.fields.get("call_id") == call_id:
                yield entry
