"""A process that works out the ACD's state at the beginning of segments, and removes what is old.

python -m acd.replay.states

An order is ``{"folder", "kept_days", "max_mb", "wall"}``; its answer ``{"written", "removed"}``, or
``{"problem"}``. It tells the inputs again, so that the switch never stops to write down all it knows.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from acd.replay.code import ABOUT_THIS_CODE
from acd.replay.folder import (
    NotKept,
    Start,
    entries_from,
    first_entry,
    is_settled,
    start_of,
    state_path,
    write_state,
)
from acd.replay.player import Diverged, Player
from switch.archive.worker import work_off
from switch.records.segment import Segment, day_of, list_segments

_DAY_S = 86_400


def carry_out(order: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to one order."""
    folder = Path(order["folder"])
    try:
        written = write_states(folder)
        oldest_day = day_of(order["wall"] - order["kept_days"] * _DAY_S)
        kept = 1 if order["kept_days"] else 0
        removed = remove_old(folder, oldest_day, order["max_mb"] * 2**20, kept)
        return {"written": written, "removed": removed}
    except OSError as error:
        return {"problem": str(error)}


def write_states(folder: Path) -> int:
    """Write the state before each segment that has none and begins within a run; how many. Raises OSError."""
    written, start = 0, None
    for segment in list_segments(folder):
        first = first_entry(segment)
        if first is None:
            continue
        if not is_settled(segment, first):
            write_state(state_path(segment), _state_before(folder, start, first.sequence))
            written += 1
        start = start_of(segment, first) or start
    return written


def _state_before(folder: Path, start: Start | None, sequence: int) -> dict[str, Any]:
    """Or why there is none, so that nobody tries again."""
    try:
        if start is None:
            raise NotKept("what came before is not kept")
        player = Player(only_this_code=True)
        player.start(start)
        for entry in entries_from(folder, start):
            if entry.sequence >= sequence:
                break
            player.take(entry)
        return player.state()
    except (NotKept, Diverged) as problem:
        return {**ABOUT_THIS_CODE, "problem": str(problem)}


def remove_old(folder: Path, oldest_day: str, max_bytes: int, kept: int = 1) -> int:
    """Remove segments of days before, and the oldest beyond a size, but never the last ``kept``.

    Raises OSError.
    """
    segments = list_segments(folder)
    sizes = [_size(segment) for segment in segments]
    removed = 0
    for segment in segments[: len(segments) - kept]:
        if _day(segment) >= oldest_day and sum(sizes[removed:]) <= max_bytes:
            break
        for path in _files(segment):
            path.unlink(missing_ok=True)
        removed += 1
    return removed


def _day(segment: Segment) -> str:
    return segment.path.stem.partition("_")[2]


def _size(segment: Segment) -> int:
    return sum(path.stat().st_size for path in _files(segment) if path.exists())


def _files(segment: Segment) -> Sequence[Path]:
    """The state first: a state without its segment would stay for ever."""
    return (state_path(segment), segment.path)


if __name__ == "__main__":
    work_off(carry_out)
