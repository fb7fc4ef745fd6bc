"""Whether a recording's manifest says what its record says. Pure, but for reading it."""

from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from media.recordings.check import Fault, Finding
from media.recordings.manifest import (
    AFTERWARDS,
    CHANNELS,
    SILENCED,
    ChannelFacts,
    Manifest,
    manifest_path,
    read_manifest,
)
from media.recordings.wav import RecordingError

_SAME = ("recording_id", "contact_id", "state", "recovered", "duration_ms", "size_bytes", "sha256")
"""What record and manifest both tell, by the same names."""
_TOLERANCE_MS = 1.0
_LATE_SHARE, _LATE_MS = 0.1, 200
"""A packet that came late is not counted as lost, and may be told as a gap still."""
_MOVED_MS = 500.0
"""What may have come and found no place: of a burst at the beginning, or ahead of the end."""


def find_manifest(path: Path) -> tuple[Manifest | None, list[Finding]]:
    """The manifest of the recording at ``path``, and what is wrong when there is none to be read."""
    try:
        manifest = read_manifest(path)
    except (RecordingError, OSError) as error:
        return None, [Finding(Fault.MANIFEST_WRONG, str(error))]
    if manifest is None:
        return None, [Finding(Fault.NO_MANIFEST, f"there is no {manifest_path(path).name} beside it")]
    return manifest, []


def differences(manifest: Manifest, record: Mapping[str, Any]) -> Iterator[Finding]:
    """What the manifest tells otherwise than the record."""
    for name in _SAME:
        told = getattr(manifest, name)
        if told != record[name]:
            text = f"its manifest tells {name} {told}, its record {record[name]}"
            yield Finding(Fault.MANIFEST_WRONG, text)


def unexplained_gaps(manifest: Manifest) -> Iterator[Finding]:
    """Channels with longer gaps than packets were lost on the way: the recording itself has a hole."""
    for channel in CHANNELS:
        facts = getattr(manifest.channels, channel)
        gaps_ms = sum(gap.to_ms - gap.from_ms for gap in facts.gaps)
        if facts.lost_ms is not None and gaps_ms > facts.lost_ms * (1 + _LATE_SHARE) + _LATE_MS:
            text = f"the {channel}'s channel has gaps of {gaps_ms:.0f} ms, and {facts.lost_ms} ms were lost"
            yield Finding(Fault.UNEXPLAINED_GAPS, text)


def sound_ms(manifest: Manifest) -> dict[str, float]:
    """How much is to be heard at least on each channel of which that is known, by what its packets carried.

    Half of it: two packets of which each holds one sound may have both in one piece that is listened to. Of
    voices that speak at once each is counted.
    """
    told = ((channel, _sound_ms(manifest, channel)) for channel in CHANNELS)
    return {channel: ms for channel, ms in told if ms is not None}


def _sound_ms(manifest: Manifest, channel: str) -> float | None:
    facts: ChannelFacts = getattr(manifest.channels, channel)
    if not facts.placed_ms or facts.silent_ms is None:
        return None
    carried_ms = facts.placed_ms - facts.silent_ms
    left_ms = max(0.0, carried_ms - _silenced_ms(manifest, channel) - _MOVED_MS)
    return left_ms / 2 / max(1, sum(leg.channel == channel for leg in manifest.legs))


def _silenced_ms(manifest: Manifest, channel: str) -> float:
    """How much of a channel was silenced after it came."""
    return sum(to_ms - from_ms for from_ms, to_ms in _silenced(manifest, channel, AFTERWARDS))


def _silenced(manifest: Manifest, channel: str, kinds: Container[str]) -> Iterator[tuple[float, float]]:
    """The stretches of a channel that marks of these kinds cover, in order and apart from each other."""
    marks = (mark for mark in manifest.marks if mark.channels in (channel, "both") and mark.kind in kinds)
    spans = sorted((mark.from_ms, mark.to_ms) for mark in marks)
    reached = 0.0
    for from_ms, to_ms in spans:
        if to_ms > reached:
            yield max(from_ms, reached), to_ms
            reached = to_ms


def silenced_channels(manifest: Manifest) -> frozenset[str]:
    """Channels of which the marks tell why nothing can be heard: paused, masked, lost or undecoded."""
    return frozenset(channel for channel in CHANNELS if _is_silenced(manifest, channel))


def _is_undecoded(manifest: Manifest, channel: str) -> bool:
    """Whether all that came on a channel was said in a codec that is only relayed."""
    kinds = {mark.kind for mark in manifest.marks if mark.channels in (channel, "both")}
    return "undecoded" in kinds and not getattr(manifest.channels, channel).packets


def _is_silenced(manifest: Manifest, channel: str) -> bool:
    if _is_undecoded(manifest, channel):
        return True
    reached = 0.0
    for from_ms, to_ms in _silenced(manifest, channel, SILENCED):
        if from_ms > reached + _TOLERANCE_MS:
            return False
        reached = to_ms
    return reached > 0 and reached >= (manifest.duration_ms or 0) - _TOLERANCE_MS
