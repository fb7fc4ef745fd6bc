"""A process that works out the ACD's state at the beginning of segments, and removes what is old.

python -m acd.replay.states

An order is ``{"folder", "kept_days", "max_mb", "wall"}``; its answer ``{"written", "removed"}``, or
``{"problem"}``. It tells the inputs again, so that the switch never stops to write down all it knows.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from acd.replay.code import ABOUT_THIS_CODE
from acd.replay.folder import (
    Start,
    entries_from,
    first_entry,
    is_settled,
    start_of,
    state_path,
    write_state,
)
from acd.replay.player import Player, words_of
from switch.archive.worker import work_off
from switch.records.segment import Segment, day_of, list_segments

_DAY_S = 86_400


def carry_out(order: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to one order. What is old goes first: no fault in telling again may fill the disk."""
    folder = Path(order["folder"])
    oldest_day = day_of(order["wall"] - order["kept_days"] * _DAY_S)
    kept = 1 if order["kept_days"] else 0
    try:
        removed = remove_old(folder, oldest_day, order["max_mb"] * 2**20, kept)
        return {"written": write_states(folder), "removed": removed}
    except OSError as error:
        return {"problem": str(error)}


def write_states(folder: Path) -> int:
    """Write the state before each segment that has none and begins within a run; how many. Raises OSError."""
    written, telling = 0, _Telling(folder, Start(1, None))
    for segment in list_segments(folder):
        first = first_entry(segment)
        if first is None:
            continue
        if is_settled(segment, first):
            telling = _Telling(folder, start_of(segment, first) or Start(first.sequence, None))
        else:
            write_state(state_path(segment), telling.state_before(first.sequence))
            written += 1
    return written


class _Telling:
    """Tells inputs again from a start, each once, and has the state wherever it is asked for."""

    def __init__(self, folder: Path, start: Start) -> None:
        self._folder = folder
        self._start: Start | None = start
        self._at = start.sequence
        self._player = Player(only_this_code=True)
        self._problem = ""

    def state_before(self, sequence: int) -> dict[str, Any]:
        """Or why there is none, so that nobody tries again. Raises OSError."""
        if self._start is not None:
            self._attempt(partial(self._player.start, self._start))
            self._start = None
        if not self._player.other_version:
            self._tell_up_to(sequence)
        self._at = sequence
        try:
            return self._player.state()
        except Exception as fault:
            return {**ABOUT_THIS_CODE, "problem": self._problem or words_of(fault)}

    def _tell_up_to(self, sequence: int) -> None:
        for entry in entries_from(self._folder, Start(self._at, None)):
            if entry.sequence >= sequence or self._player.other_version:
                break
            self._attempt(partial(self._player.take, entry))

    def _attempt(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as fault:  # whatever it is: the next beginning may be one to go on from
            self._player.core, self._problem = None, words_of(fault)


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
