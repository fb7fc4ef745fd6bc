"""Figures of conversations for people and programs: one recording, or all of a day with a row each."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cli.output import duration, print_fields, print_json
from cli.recording_files import require_file
from cli.table import print_table
from media.recordings.conversation import ChannelFigures, Conversation, analyse_recording
from media.recordings.opening import opened
from media.recordings.tiers import Access, lying_at
from media.recordings.wav import RecordingError
from runtime.errors import UsageError

Row = Mapping[str, Any]
_NICE = 10
"""Calls on the same machine come first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the analysis of one recording."""

    recording: Row
    figures: Conversation | None
    problem: str | None
    """Why there are no figures, or they could not be kept."""

    def as_json(self) -> dict[str, Any]:
        """The row's ids and path with the figures, rounded to what they are worth."""
        named = {name: self.recording[name] for name in ("recording_id", "call_id", "path")}
        problem = {} if self.problem is None else {"problem": self.problem}
        figures = {} if self.figures is None else _rounded(asdict(self.figures))
        return {**named, **problem, **figures}


def analyse(recording: Row, access: Access) -> Outcome:
    """Measure one recording. What cannot be read is told, not raised."""
    begun = Path(recording["path"])
    try:
        require_file(recording)
        with opened(lying_at(begun, recording.get("moved_to")) or begun, access) as path:
            return Outcome(recording, analyse_recording(path), None)
    except (RecordingError, UsageError, OSError) as error:
        return Outcome(recording, None, str(error))


def analyse_all(
    recordings: Sequence[Row], jobs: int, done: Callable[[], None], access: Access, *, keep: bool
) -> list[Outcome]:
    """Measure many, in ``jobs`` processes that give way to others; ``done`` is called after each.

    With ``keep`` the figures of each are written as soon as they are there. The answer has their order.
    """
    outcomes: dict[int, Outcome] = {}
    for index, outcome in _outcomes(recordings, jobs, access):
        outcomes[index] = _kept(outcome) if keep else outcome
        done()
    return [outcomes[index] for index in range(len(recordings))]


def show_one(outcome: Outcome, *, keep: bool, as_json: bool) -> None:
    """Print the figures of one recording. Raises UsageError when there are none, or they cannot be kept."""
    outcome = _kept(outcome) if keep else outcome
    if outcome.figures is None or outcome.problem is not None:
        raise UsageError(f"recording {outcome.recording['recording_id']}: {outcome.problem}")
    if as_json:
        print_json(outcome.as_json())
    else:
        print_fields(outcome.recording["recording_id"], _fields(outcome.figures))


def show_many(outcomes: Sequence[Outcome], *, as_json: bool) -> None:
    """Print a row for each recording."""
    if as_json:
        print_json([outcome.as_json() for outcome in outcomes])
        return
    gives_way = ("levels dBFS", "from", "agent cuts in#", "customer cuts in#", "dead air#", "station")
    print_table("conversations", _COLUMNS, map(_table_row, outcomes), gives_way)


def _kept(outcome: Outcome) -> Outcome:
    """Write the figures beside the recording, whole or not at all; that they cannot be is told."""
    if outcome.figures is None:
        return outcome
    path = Path(outcome.recording["path"]).with_suffix(".analysis.json")
    part = path.with_suffix(".part")
    try:
        part.write_text(json.dumps(outcome.as_json(), ensure_ascii=False, indent=2) + "\n", "utf-8")
        part.replace(path)
    except OSError as error:
        return replace(outcome, problem=f"cannot write {path}: {error.strerror or error}")
    return outcome


_COLUMNS = (
    "recording",
    "from",
    "station",
    "length#",
    "customer talks#",
    "agent talks#",
    "dead air#",
    "reaction#",
    "customer cuts in#",
    "agent cuts in#",
    "levels dBFS",
    "problem",
)


def _table_row(outcome: Outcome) -> tuple[object, ...]:
    figures, recording = outcome.figures, outcome.recording
    who = (recording["recording_id"], recording["caller"], recording["station"])
    if figures is None:
        return (*who, *[None] * (len(_COLUMNS) - len(who) - 1), outcome.problem)
    customer, agent = figures.customer, figures.agent
    return (
        *who,
        duration(figures.duration_s),
        f"{customer.talk_ratio:.0%}",
        f"{agent.talk_ratio:.0%}",
        f"{figures.longest_dead_air_s:.1f} s",
        _seconds(figures.reaction_mean_s),
        customer.interruptions,
        agent.interruptions,
        " / ".join(_level(side) for side in (customer, agent)),
        outcome.problem,
    )


def _fields(figures: Conversation) -> dict[str, object]:
    """What people read of one recording, a line each."""
    reaction = _seconds(figures.reaction_mean_s)
    if figures.reaction_longest_s is not None:
        reaction = f"{reaction}, at most {_seconds(figures.reaction_longest_s)}"
    cuts = [
        f"{cut.by} at {cut.time_s:.1f} s{'' if cut.prevailed else ' in vain'}"
        for cut in figures.interruptions
    ]
    return {
        "length": f"{figures.duration_s:.1f} s",
        **_side("customer", figures.customer),
        **_side("agent", figures.agent),
        "both talk": f"{figures.both_talk_s:.1f} s",
        "nobody talks": f"{figures.nobody_talks_s:.1f} s",
        "longest dead air": f"{figures.longest_dead_air_s:.1f} s at {figures.longest_dead_air_at_s:.1f} s",
        "agent's reaction": reaction,
        "interruptions": cuts,
    }


def _side(name: str, side: ChannelFigures) -> dict[str, object]:
    peak = "–" if side.peak_dbfs is None else f"{side.peak_dbfs:.0f}"
    return {
        f"{name} talks": f"{side.talk_s:.1f} s ({side.talk_ratio:.0%})",
        f"{name}'s longest silence": f"{side.longest_silence_s:.1f} s at {side.longest_silence_at_s:.1f} s",
        f"{name}'s level": f"{_level(side)} dBFS, peak {peak} dBFS, clipped {side.clipped_ms:.0f} ms",
        f"{name}'s keys": [f"{key.key} at {key.start_s:.1f} s" for key in side.keys],
    }


def _outcomes(recordings: Sequence[Row], jobs: int, access: Access) -> Iterator[tuple[int, Outcome]]:
    if jobs == 1:
        yield from ((index, analyse(recording, access)) for index, recording in enumerate(recordings))
        return
    with ProcessPoolExecutor(jobs, initializer=_give_way) as pool:
        running: dict[Future[Outcome], int] = {
            pool.submit(analyse, recording, access): index for index, recording in enumerate(recordings)
        }
        yield from ((running[finished], finished.result()) for finished in as_completed(running))


def _give_way() -> None:
    os.nice(_NICE)


def _level(side: ChannelFigures) -> str:
    return "–" if side.level_dbfs is None else f"{side.level_dbfs:.0f}"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} s"


def _rounded(value: Any) -> Any:
    """Milliseconds and thousandths: more would pretend a precision that energy does not have."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, Mapping):
        return {name: _rounded(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
