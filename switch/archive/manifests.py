"""The manifest of a recording, out of what was noted of it and what its file is. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from media.recordings.manifest import ChannelFacts, Channels, CodecChange, Manifest, ManifestLeg, Mark, Span
from media.recordings.wav_file import WavFile
from switch.archive.notes import Ended, LegNote, RecordingNote


def manifest_of(ended: Ended, wav: WavFile | None) -> Manifest:
    """``wav``: what the file's header says; None when there is no file that can be read."""
    note, outcome = ended.note, ended.outcome
    parties = ended.parties
    return Manifest(
        recording_id=note.recording_id,
        contact_id=note.contact_id,
        call_ids=tuple(note.call_ids),
        legs=tuple(_leg(leg, note) for leg in note.legs),
        agents=_each_once(leg.agent for leg in parties),
        queue=note.queue,
        caller=note.caller,
        called=note.called,
        trunk=note.trunk,
        stations=_each_once(leg.party for leg in parties),
        started_at=datetime.fromtimestamp(note.began, UTC).astimezone(),
        duration_ms=outcome.get("duration_ms"),
        stopped_ms=None if note.stopped is None else _ms_since(note.began, note.stopped),
        format=None if wav is None else wav.format,
        sample_rate_hz=None if wav is None else wav.rate_hz,
        channels=Channels(customer=_channel(ended, "customer"), agent=_channel(ended, "agent")),
        marks=_marks(outcome),
        codec_changes=_codec_changes(outcome),
        size_bytes=outcome.get("size_bytes"),
        sha256=outcome.get("sha256"),
        recovered=outcome.get("recovered", False),
        state=ended.state,
        reason=outcome.get("reason"),
    )


def _leg(leg: LegNote, note: RecordingNote) -> ManifestLeg:
    return ManifestLeg(
        leg_id=leg.leg_id,
        channel=leg.channel,
        role=leg.role,
        party=leg.party,
        agent=leg.agent,
        joined_ms=_ms_since(note.began, leg.joined),
        left_ms=None if leg.left is None else _ms_since(note.began, leg.left),
    )


def _channel(ended: Ended, name: str) -> ChannelFacts:
    outcome = ended.outcome
    if ended.state == "failed" or outcome.get("recovered", False):
        return ChannelFacts()
    return ChannelFacts(
        packets=outcome[f"{name}_packets"],
        lost_ms=outcome[f"{name}_lost_ms"],
        placed_ms=outcome.get(f"{name}_placed_ms"),
        silent_ms=outcome.get(f"{name}_silent_ms"),
        gaps=tuple(Span(from_ms=a, to_ms=b) for a, b in outcome.get(f"{name}_gaps", ())),
    )


def _marks(outcome: Mapping[str, Any]) -> tuple[Mark, ...]:
    """What is not what was said, and what else is to be told, in order."""
    marks = [
        Mark(kind=kind, channels=channels, from_ms=a, to_ms=b)
        for kind, channels, a, b in outcome.get("marks", ())
    ]
    lost = [Mark(kind="lost", from_ms=a, to_ms=b) for a, b in outcome.get("unwritten", ())]
    return tuple(sorted(marks + lost, key=lambda mark: mark.from_ms))


def _codec_changes(outcome: Mapping[str, Any]) -> tuple[CodecChange, ...]:
    heard = [
        CodecChange(channel=channel, at_ms=at, codec=codec)
        for channel in ("customer", "agent")
        for at, codec in outcome.get(f"{channel}_codecs", ())
    ]
    return tuple(sorted(heard, key=lambda change: change.at_ms))


def _ms_since(began: float, moment: float) -> int:
    """Of who was there before the recording, 0."""
    return max(0, round((moment - began) * 1000))


def _each_once(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
