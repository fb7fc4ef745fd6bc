"""The picture of a recording with what happened to its calls: keys, queue, ringing, talk, hold, transfers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from media.recordings.manifest import Manifest, read_manifest
from media.recordings.plot import Mark, plot_recording
from media.recordings.plot_marks import HOLD, Stretch, Voice, stretches_of, voices_of
from media.recordings.wav import RecordingError
from switch.records.call_events import events_of_call
from switch.records.projection import JournalEntry


def draw_recording(
    recording: Mapping[str, Any], events: Sequence[JournalEntry], out: Path, manifest: Manifest | None = None
) -> None:
    """Draw a row of the table ``recordings`` into ``out``, marked with the events of its calls.

    ``manifest``: None while there is none. Raises what plot_recording raises.
    """
    stretches, voices = list(holds_of(recording, events)), list[Voice]()
    if manifest is not None:
        stretches += stretches_of(manifest)
        voices += voices_of(manifest)
    marks = list(marks_of(recording, events))
    plot_recording(Path(recording["path"]), out, title_of(recording), marks, stretches, voices)


def manifest_of_row(recording: Mapping[str, Any]) -> Manifest | None:
    """What lies beside its file; None when there is none, or none that can be read."""
    try:
        return read_manifest(Path(recording["path"]))
    except (RecordingError, OSError):
        return None


def events_of(
    recording: Mapping[str, Any], journal: Path, manifest: Manifest | None = None
) -> list[JournalEntry]:
    """What happened to its calls; nothing when the journal of that day is gone."""
    began = recording["started_at"]
    # Of one that failed, or runs, it is not known how long it is.
    length_ms = recording.get("duration_ms")
    length = timedelta(days=1) if length_ms is None else timedelta(milliseconds=length_ms)
    calls = (recording["call_id"],) if manifest is None else manifest.call_ids
    try:
        events = [
            entry for call_id in calls for entry in events_of_call(journal, call_id, began, began + length)
        ]
    except OSError:
        return []
    return sorted(events, key=lambda entry: entry.sequence)


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


def holds_of(recording: Mapping[str, Any], events: Iterable[JournalEntry]) -> Iterator[Stretch]:
    """When one of those who talked held the other: neither says anything to the other then."""
    began = recording["started_at"].timestamp()
    since: dict[str, float] = {}
    last = began
    for entry in events:
        last = max(last, entry.time)
        holder = f"{entry.fields.get('call_id')} {entry.fields.get('by')}"
        if entry.topic == "call.held":
            since[holder] = entry.time
        elif entry.topic == "call.resumed" and holder in since:
            yield _hold(began, since.pop(holder), entry.time)
    for held_at in since.values():
        yield _hold(began, held_at, last)


def _hold(began: float, held_at: float, until: float) -> Stretch:
    return Stretch(HOLD, "both", max(held_at - began, 0.0), max(until - began, 0.0))


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
        case "call.transferred":
            return f"{entry.fields['kind']} transfer by {entry.fields['by']}"
    return None
