"""The files of the journal: JSON lines, cut into segments by day and size.

    run/journal/000000000001_2026-11-20.jsonl      the first entry's sequence, and its day in UTC
    {"sequence":1,"time":1790000000.25,"topic":"call.answered","fields":{"call_id":"call-5f0c9a1e"}}

A line that does not end, or cannot be read, was cut off by a crash or a full disk: readers pass over it.
"""

import json
import mmap
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import starmap
from pathlib import Path
from typing import Any

import msgspec

from runtime.vocabulary import Event, event_fields
from switch.records.projection import Entry, JournalEntry

_encode_anything = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


class _Told(msgspec.Struct, gc=False):
    """An entry as it is written."""

    sequence: int
    time: float
    topic: str
    fields: Any


class _Read(_Told, gc=False):
    """An entry as it is read: whatever else a line holds is none."""

    fields: dict[str, Any]


_encoder = msgspec.json.Encoder(enc_hook=str)
_read = msgspec.json.Decoder(_Read).decode


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One file of the journal. Segments sort in the order they were written."""

    first_sequence: int
    path: Path


def list_segments(folder: Path) -> list[Segment]:
    """All segments of a folder, oldest first; other files are left alone."""
    segments = []
    for path in folder.glob("*_*.jsonl"):
        number = path.name.partition("_")[0]
        if number.isascii() and number.isdigit():
            segments.append(Segment(int(number), path))
    return sorted(segments)


def day_of(wall: float) -> str:
    """The UTC day of a moment, as in the segments' names."""
    return datetime.fromtimestamp(wall, UTC).date().isoformat()


def beginning_of_others(topics: Iterable[str]) -> re.Pattern[bytes]:
    """Matches the beginning of a line of none of these topics; its group is the sequence.

    So nobody need read the fields of what is passed over.
    """
    ours = "|".join(map(re.escape, topics)).encode()
    sequence = rb'\{"sequence":([0-9]{1,18}),"time":[0-9.e+\-]++,'
    return re.compile(sequence + rb'"topic":"(?!(?:' + ours + rb')")[a-z0-9_.]++","fields":')


def encode_line(sequence: int, time: float, topic: str, fields: Event | Mapping[str, Any]) -> bytes:
    """The line of an entry, whose fields are those of an event or of whatever else is noted."""
    try:
        return _encoder.encode_lines((_Told(sequence, time, topic, fields),))
    except UnicodeEncodeError:
        # Bytes from SIP that are not UTF-8 are lone surrogates here; escaped they are legal JSON again.
        plain = event_fields(fields) if isinstance(fields, Event) else fields
        keys = {"sequence": sequence, "time": time, "topic": topic, "fields": plain}
        return _encode_anything(keys).encode("utf-8", "backslashreplace") + b"\n"


def encode_lines(entries: Iterable[Entry]) -> bytes:
    """Their lines, one behind the other."""
    try:
        return _encoder.encode_lines(list(starmap(_Told, entries)))
    except UnicodeEncodeError:
        return b"".join([encode_line(*entry) for entry in entries])


def decode_line(line: bytes) -> JournalEntry | None:
    """The entry of a line, or None when it does not hold one."""
    try:
        read = _decode(line)
    except (ValueError, RecursionError):
        return None
    return JournalEntry(read.sequence, read.time, read.topic, read.fields)


def _decode(line: bytes) -> _Read:
    try:
        return _read(line)
    except msgspec.DecodeError:  # msgspec takes no lone surrogates
        return msgspec.convert(json.loads(line.decode()), _Read)


def as_decoded(entries: Sequence[Entry]) -> list[JournalEntry]:
    """The entries as they would be read from their lines, but that tuples stay tuples; without any line."""
    if not entries:
        return []
    sequences, times, topics, told = zip(*entries, strict=True)
    try:
        fields = msgspec.to_builtins(told, str_keys=True, enc_hook=str)
    except Exception:  # a line takes what this does not, such as keys that are no texts
        return [read for entry in entries if (read := decode_line(encode_line(*entry))) is not None]
    return list(map(JournalEntry, sequences, times, topics, fields))


class SegmentWriter:
    """A segment that is being written. All methods raise OSError."""

    def __init__(self, folder: Path, first_sequence: int, first_time: float) -> None:
        self.day = day_of(first_time)
        self.path = folder / f"{first_sequence:012d}_{self.day}.jsonl"
        self._fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self.size = os.fstat(self._fd).st_size
        self._before_next = b"\n" if self.size else b""  # a failed attempt is there: begin on a new line

    def append(self, lines: bytes) -> None:
        """Write whole lines; when that fails, what was written of them is taken back."""
        rest = memoryview(self._before_next + lines)
        try:
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except OSError:
            with suppress(OSError):
                os.truncate(self._fd, self.size)
            raise
        self.size += len(self._before_next) + len(lines)
        self._before_next = b""

    def sync(self) -> None:
        """Wait until the disk has it."""
        os.fsync(self._fd)

    def close(self) -> None:
        os.close(self._fd)


@dataclass(frozen=True, slots=True)
class Tail:
    """How the last run left the journal."""

    last_sequence: int
    """0 when there is no entry at all."""
    path: Path | None
    """The segment that was cut, if one was."""
    removed_bytes: int


def mend_tail(segments: Iterable[Segment]) -> Tail:
    """Remove what a crash left unfinished at the end; find the last entry. Raises OSError."""
    cut_path, removed = None, 0
    for segment in sorted(segments, reverse=True):
        size = segment.path.stat().st_size
        last, end = _last_entry(segment.path, size)
        if end < size:
            cut_path, removed = segment.path, removed + size - end
            os.truncate(segment.path, end)
        if last is not None:
            return Tail(last.sequence, cut_path, removed)
        segment.path.unlink()
    return Tail(0, cut_path, removed)


def _last_entry(path: Path, size: int) -> tuple[JournalEntry | None, int]:
    """The last whole entry of a file and where its line ends."""
    if size == 0:
        return None, 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        end = text.rfind(b"\n") + 1
        while end > 0:
            start = text.rfind(b"\n", 0, end - 1) + 1
            entry = decode_line(text[start:end])
            if entry is not None:
                return entry, end
            end = start
    return None, 0
