"""Files of recordings mended by hand, as a start of the switch mends what a crash left; and lost manifests.

Rows and events stay as they are: a file without a record is catalogued by the switch at its next start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.recordings.manifest import Manifest, manifest_path, write_manifest
from media.recordings.wav import RecordingError
from media.recordings.wav_file import WavFile, mend, read_wav_file

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Repaired:
    """One file, and what was, or would be, done about it."""

    path: Path
    done: tuple[str, ...] = ()
    left: str | None = None
    """What stays wrong, and what helps."""

    def as_json(self) -> dict[str, Any]:
        """Empty ``done`` and no ``left`` for a good one."""
        return {"path": str(self.path), "done": self.done, "left": self.left}


def repair(path: Path, record: Row | None, *, is_written: bool, dry_run: bool) -> Repaired:
    """Make header and manifest true.

    ``record``: the row of the recording, if there is one; ``is_written``: whether a switch may write to it.
    """
    if is_written:
        return Repaired(path, left="it is being written; nothing was done")
    try:
        wav = read_wav_file(path)
        steps = [] if wav.is_true else [_untruth(wav)]
        if steps and not dry_run:
            wav = mend(path)
        if record is not None and not manifest_path(path).exists():
            steps.append("its manifest was written from its record")
            if not dry_run:
                write_manifest(_manifest(record, wav), path)
    except RecordingError as error:
        return Repaired(path, left=str(error))
    except OSError as error:
        return Repaired(path, left=f"{path}: {error.strerror or error}")
    unknown = record is None and not manifest_path(path).exists()
    left = "no record names it; the switch catalogues it at its next start" if unknown else None
    return Repaired(path, tuple(steps), left)


def _untruth(wav: WavFile) -> str:
    told_ms = wav.data_bytes // wav.frame_bytes * 1000 / wav.rate_hz
    odd = (wav.size_bytes - wav.data_at) % wav.frame_bytes
    text = f"its header told {told_ms / 1000:.3f} s and tells {wav.duration_ms / 1000:.3f} s"
    return f"{text}; {odd} octets that are no whole frame were cut off" if odd else text


def _manifest(record: Row, wav: WavFile) -> Manifest:
    """What the row tells; who came when is in the journal only."""
    return Manifest(
        recording_id=record["recording_id"],
        contact_id=record["contact_id"],
        call_ids=(record["call_id"],) if record["call_id"] else (),
        caller=record["caller"],
        called=record["called"],
        stations=(record["station"],) if record["station"] else (),
        started_at=record["started_at"].astimezone(),
        duration_ms=record["duration_ms"],
        format=wav.format,
        sample_rate_hz=wav.rate_hz,
        size_bytes=record["size_bytes"],
        sha256=record["sha256"],
        recovered=record["recovered"],
        state=record["state"],
        reason=record["reason"],
    )
