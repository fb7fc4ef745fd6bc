"""Whether a recording's manifest says what its record says. Pure, but for reading it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from media.recordings.check import Fault, Finding
from media.recordings.manifest import SILENCED, Manifest, manifest_path, read_manifest
from media.recordings.wav import RecordingError

_SAME = ("recording_id", "contact_id", "state", "recovered", "duration_ms", "size_bytes", "sha256")
"""What record and manifest both tell, by the same names."""
_TOLERANCE_MS = 1.0


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


def is_silenced(manifest: Manifest) -> bool:
    """Whether all of it is marked as paused, masked or lost, so that nothing can be heard."""
    reached = 0.0
    silenced = (mark for mark in manifest.marks if mark.kind in SILENCED)
    for mark in sorted(silenced, key=lambda mark: mark.from_ms):
        if mark.from_ms > reached + _TOLERANCE_MS:
            return False
        reached = max(reached, mark.to_ms)
    return reached > 0 and reached >= (manifest.duration_ms or 0) - _TOLERANCE_MS
