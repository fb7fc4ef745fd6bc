"""Where inputs are kept, and from where on they can be told again.

    run/journal/acd_inputs/000000000001_2026-11-20.jsonl        what the ACD was told, in segments
    run/journal/acd_inputs/000000064001_2026-11-20.state.gz     its state before the first entry of one

A run of the switch begins a segment with its configuration. Where another begins within a run there is the
state beside it, worked out by a process of its own (``states.py``).
"""

import gzip
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import orjson

from acd.replay.code import ABOUT_THIS_CODE
from acd.replay.lines import BEGINNINGS
from runtime.errors import UsageError
from switch.records.journal_reader import JournalReader
from switch.records.projection import JournalEntry
from switch.records.segment import Segment, decode_line, list_segments

_AT_ONCE = 1000


class NotKept(UsageError):
    """What the ACD was told then is not there, or not any more."""


@dataclass(frozen=True, slots=True)
class Start:
    """From where on inputs can be told again."""

    sequence: int
    state: Mapping[str, Any] | None
    """As ``Player.state`` had it; None where the entry itself is a beginning."""


def folder_of(journal: Path) -> Path:
    """Where inputs are kept, beside the journal's own segments."""
    return journal / "acd_inputs"


def start_before(folder: Path, wall: float) -> Start:
    """The last before a moment. Raises NotKept, OSError."""
    for segment in reversed(list_segments(folder)):
        first = first_entry(segment)
        if first is not None and first.time <= wall and (start := start_of(segment, first)):
            return start
    raise NotKept("what the ACD was told then is not kept; see acd.inputs_kept_days")


def first_start(folder: Path) -> Start:
    """The earliest there is. Raises NotKept, OSError."""
    for segment in list_segments(folder):
        first = first_entry(segment)
        if first is not None and (start := start_of(segment, first)):
            return start
    raise NotKept("nothing of what the ACD was told is kept; see acd.inputs_kept_days")


def start_of(segment: Segment, first: JournalEntry) -> Start | None:
    """The start at a segment's first entry, if it is one."""
    if first.topic in BEGINNINGS:
        return Start(first.sequence, None)
    state = read_state(state_path(segment))
    return None if state is None else Start(first.sequence, state)


def first_entry(segment: Segment) -> JournalEntry | None:
    """None where it cannot be read. Raises OSError."""
    with segment.path.open("rb") as file:
        return decode_line(file.readline())


def entries_from(folder: Path, start: Start, until: float = float("inf")) -> Iterator[JournalEntry]:
    """All entries from a start to a moment, in order. Raises OSError."""
    return takewhile(lambda entry: entry.time <= until, _all_from(folder, start.sequence))


def _all_from(folder: Path, sequence: int) -> Iterator[JournalEntry]:
    with closing(JournalReader(folder, sequence)) as reader:
        while entries := reader.take(_AT_ONCE):
            yield from entries


def state_path(segment: Segment) -> Path:
    """Where the state before a segment is, if it is kept."""
    return segment.path.with_suffix(".state.gz")


def is_settled(segment: Segment, first: JournalEntry) -> bool:
    """Whether nothing is to be worked out for a segment: it is a beginning, or this code was there before."""
    return first.topic in BEGINNINGS or _by_this_code(state_path(segment)) is not None


def read_state(path: Path) -> Mapping[str, Any] | None:
    """None when there is none that this code can go on from."""
    state = _by_this_code(path)
    return state if state is not None and "snapshot" in state else None


def _by_this_code(path: Path) -> Mapping[str, Any] | None:
    try:
        state: Mapping[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
        return state if state["code"] == ABOUT_THIS_CODE["code"] else None
    except (OSError, EOFError, ValueError, LookupError, zlib.error):
        return None


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Whole or not at all. Raises OSError."""
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(gzip.compress(_encode(state), compresslevel=3))
    unfinished.chmod(0o640)
    os.replace(unfinished, path)


def _encode(state: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(state)
    except TypeError:  # bytes from SIP that are not UTF-8, as in ``lines.encode``
        return json.dumps(state, separators=(",", ":")).encode("ascii")
