"""The picture of a recording with what happened to its call: keys, queue, ringing, conversation."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from media.recordings.plot import Mark, plot_recording
from switch.records.call_events import events_of_call
from switch.records.projection import JournalEntry


def draw_recording(recording: Mapping[str, Any], events: Iterable[JournalEntry], out: Path) -> None:
    """Draw a row of the table ``recordings`` into ``out``, marked with the events of its call.

    Raises what plot_recording raises.
    """
    plot_recording(Path(recording["path"]), out, title_of(recording), list(marks_of(recording, events)))


def events_of(recording: Mapping[str, Any], journal: Path) -> list[JournalEntry]:
    """What happened to its call; nothing when the journal of that day is gone."""
    began = recording["started_at"]
    # Of one that failed, or runs, it is not known how long it is.
    length_ms = recording.get("duration_ms")
    length = timedelta(days=1) if length_ms is None else timedelta(milliseconds=length_ms)
    try:
        return list(events_of_call(journal, recording["call_id"], began, began + length))
    except OSError:
        return []


def title_of(recording: Mapping[str, Any]) -> str:
    """Who called whom, which recording it is and when it began."""
    people = [recording[name] for name in ("caller", "called", "station") if recording.get(name)]
    began = recording["started_at"].astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return " · ".join([*([" → ".join(people)] if people else []), recording["recording_id"], began])


def marks_of(recording: Mapping[str, Any], events: Iterable[JournalEntry]) -> Iterator[Mark]:
    """What is worth a mark while the recording runs."""
    began = recording["started_at"].timestamp()
    for entry in events:
        label = _label(entry)
        if label is not None and entry.time >= began:
            yield Mark(entry.time - began, label)


def _label(entry: JournalEntry) -> str | None:
    match entry.topic:
        case "call.digit_received":
            return f"key {entry.fields['digit']}"
        case "queue.caller_joined":
            return f"queue {entry.fields['queue']}"
        case "offer.ringing":
            return "rings"
        case "call.connected":
            return f"connected to {entry.fields['station']}"
    return None
